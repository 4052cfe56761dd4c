package route

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
)

// Chosen says whether a filter leaves anything out.
func Chosen(f roster.Filter) bool { return len(Encode(f)) > 0 }

// Stats counts what stood as of a moment, as far as a filter wants.
func Stats(snap *snapshot.Snapshot, at time.Time, f roster.Filter) roster.Stats {
	if !Chosen(f) {
		return snap.Stats(at) // which may be at hand
	}
	return snap.StatsOf(at, func(a roster.Agreement) bool { return f.MatchAgreement(a, snap.InArea) })
}

// Compare compares two moments, as far as a filter wants.
func Compare(snap *snapshot.Snapshot, from, to time.Time, f roster.Filter) snapshot.Difference {
	if !Chosen(f) {
		return snap.Compare(from, to)
	}
	return snap.CompareOf(from, to, func(a roster.Agreement) bool { return f.MatchAgreement(a, snap.InArea) })
}

// A parameter that some page of the site knows is never ignored: a page that does not
// know it says so, and leads to one that does.

// Foreign are the parameters that choose something on several pages, and that a page
// with these parameters does not know.
func Foreign(params []string) []string {
	return slices.DeleteFunc(ChangeParams("status", "as_of", "sort", "from", "to", "day"), func(name string) bool { return slices.Contains(params, name) })
}

// SetAside takes out of a request what a page with these parameters does not know.
func (r *Request) SetAside(params []string) (unused url.Values) {
	q := r.URL.Query()
	for _, name := range Foreign(params) {
		if values, given := q[name]; given && strings.Join(values, "") != "" {
			if unused == nil {
				unused = url.Values{}
			}
			unused[name] = values
		}
		q.Del(name)
	}
	r.URL.RawQuery = q.Encode()
	return unused
}

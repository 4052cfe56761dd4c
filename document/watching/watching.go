// Package watching says which document is looked at when, and what a look means, as diff
// does for lists. It is pure: what is known of addresses and documents, the rows that link
// them, what came and the clock lead to what is known then, and what is news.
package watching

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/watch287g/watch287g/roster"
)

// The times between looks.
const (
	week   = 7 * 24 * time.Hour
	day    = 24 * time.Hour
	second = 6 * time.Hour    // until a second look, which has to bear out that there is no document
	first  = time.Hour        // after a first failure or refusal; it doubles each time
	down   = 10 * time.Minute // for which nothing is asked for where no server answers
	pace   = 10 * time.Second // between two documents that were linked before they were watched
)

// Known is what is known of documents. Its functions change neither map.
type Known struct {
	Addresses map[string]roster.DocumentAddress // by URL
	Documents map[string]roster.Document        // by SHA256
}

// Link is the link of a listed row to a document.
type Link struct {
	Record *roster.Record
	Part   roster.DocumentPart
	URL    string // as roster.DocumentURL writes it
}

// id is the agreement's.
func (l Link) id() string { return l.Record.ID() }

// LinksOf returns the links of all rows that are listed, by URL, those of each in the order
// of the agreements' ids.
func LinksOf(records map[string]*roster.Record) map[string][]Link {
	found := map[string][]Link{}
	for _, id := range slices.Sorted(maps.Keys(records)) {
		r := records[id]
		if !r.Listed() {
			continue
		}
		for _, part := range []roster.DocumentPart{roster.PartMOA, roster.PartAddendum} {
			if url, ok := roster.DocumentURL(linked(r.Now(), part)); ok {
				found[url] = append(found[url], Link{r, part, url})
			}
		}
	}
	return found
}

// linked is what an agreement's row links.
func linked(a roster.Agreement, part roster.DocumentPart) string {
	if part == roster.PartAddendum {
		return a.Addendum
	}
	return a.MOA
}

// Note returns the addresses of which something is to be noted now: those that are new, and
// those whose rows changed. News are the agreements that changes have just been told of; what
// others link, and was not known, was linked before documents were watched. published is when
// the lists in force were published.
func (k Known) Note(links map[string][]Link, news map[string]bool, published map[roster.List]time.Time, now time.Time) []roster.DocumentAddress {
	var noted, baseline []roster.DocumentAddress
	for _, url := range slices.Sorted(maps.Keys(links)) {
		of := links[url]
		changed := slices.ContainsFunc(of, func(l Link) bool { return news[l.id()] })
		a, known := k.Addresses[url]
		known = known && !a.OnlyCaptured() // what others had there says nothing of what is news today
		switch {
		case !known && changed:
			noted = append(noted, roster.DocumentAddress{URL: url, FirstLinked: published[of[0].Record.List], DueAt: now, Versions: a.Versions})
		case !known:
			a = roster.DocumentAddress{URL: url, Baseline: true, FirstLinked: since(of), Versions: a.Versions}
			for _, l := range of {
				a.Links = append(a.Links, roster.DocumentLink{Agreement: l.id(), Part: l.Part})
			}
			baseline = append(baseline, a)
		case changed || a.DueAt.IsZero(): // or it was linked by nobody for a while
			due := later(now, a.LookedAt.Add(day))
			if a.DueAt.IsZero() || due.Before(a.DueAt) && a.Failures == 0 {
				a.DueAt = due
				noted = append(noted, a)
			}
		}
	}
	slices.SortStableFunc(baseline, func(a, b roster.DocumentAddress) int { return b.FirstLinked.Compare(a.FirstLinked) })
	for i := range baseline {
		baseline[i].DueAt = now.Add(time.Duration(i) * pace)
	}
	return append(noted, baseline...)
}

// since is when the first of these rows began to link their address.
func since(links []Link) (first time.Time) {
	for _, l := range links {
		versions := l.Record.Versions
		from := versions[len(versions)-1].From
		for _, v := range slices.Backward(versions) {
			if url, _ := roster.DocumentURL(linked(v.Agreement, l.Part)); url != l.URL {
				break
			}
			from = v.From
		}
		if first.IsZero() || from.Before(first) {
			first = from
		}
	}
	return first
}

// Next returns the address that is looked at next, and when, "" for none. What was linked
// since documents are watched goes first, what failed last.
func (k Known) Next(now time.Time) (url string, at time.Time) {
	stop := k.StopUntil()
	rank := func(a roster.DocumentAddress) int {
		switch {
		case a.DueAt.After(now):
			return 3
		case a.Failures > 0:
			return 2
		case a.LookedAt.IsZero() && !a.Baseline:
			return 0
		}
		return 1
	}
	var next roster.DocumentAddress
	for _, a := range k.Addresses {
		if a.DueAt.IsZero() {
			continue
		}
		if next.URL == "" || cmp.Or(cmp.Compare(rank(a), rank(next)), a.DueAt.Compare(next.DueAt), cmp.Compare(a.URL, next.URL)) < 0 {
			next = a
		}
	}
	if next.URL == "" {
		return "", time.Time{}
	}
	return next.URL, later(next.DueAt, stop)
}

// StopUntil is until when ICE's server is asked for no document; zero or past for now.
func (k Known) StopUntil() (stop time.Time) {
	for _, a := range k.Addresses {
		stop = later(stop, a.StopUntil)
	}
	return stop
}

// Unread returns the document that is to be read with rules of a version, of those that were
// not and are not to be left out; "" for none.
func (k Known) Unread(version int, without map[string]bool) (sha256 string) {
	for hash, d := range k.Documents {
		if d.ReadBy < version && !without[hash] && (sha256 == "" || hash < sha256) {
			sha256 = hash
		}
	}
	return sha256
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// growing is a pause that doubles from an hour to a day, by how often it was needed.
func growing(n int) time.Duration { return min(first<<min(max(n-1, 0), 10), day) }

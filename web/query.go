package web

import (
	"fmt"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// The bounds on what one address can ask for.
const (
	longestQuery = 2000 // bytes
	mostValues   = 60   // of one parameter: there are 56 states
	mostPatterns = 10   // names and patterns of agencies
	longestName  = 120  // bytes of a name, a pattern or a query
	mostPerPage  = 500
)

// query is what an address asks for, in the words of the command line.
type query struct {
	roster.Filter
	Statuses []roster.Status
	AsOf     time.Time // zero: now
	Day      roster.Date
	Before   uint64 // only changes with a smaller number; 0: all
	Limit    int    // 0: the usual
}

// The parameters of the addresses that choose changes, and of those that choose
// agreements.
var (
	agreementParams = []string{"state", "county", "model", "type", "agency"}
	changeParams    = append(slices.Clone(agreementParams), "kind", "since", "until")
)

// readQuery reads the parameters of an address. Each list can be given with
// commas or by repeating the parameter; a single value cannot be repeated.
func readQuery(q url.Values) (w query, err error) {
	read := &queryReader{q: q}
	w.States = list(read, "state", mostValues, roster.ParseState)
	w.Models = list(read, "model", mostValues, roster.ParseModelClass)
	w.Types = list(read, "type", mostValues, roster.ParseType)
	w.Kinds = list(read, "kind", mostValues, func(s string) (roster.Kind, bool) {
		k := roster.Kind(strings.ToLower(s))
		return k, slices.Contains(roster.Kinds(), k)
	})
	w.Statuses = list(read, "status", mostValues, func(s string) (roster.Status, bool) {
		k := roster.Status(strings.ToLower(s))
		return k, slices.Contains([]roster.Status{roster.StatusActive, roster.StatusPending, roster.StatusEnded}, k)
	})
	w.Counties = list(read, "county", mostValues, func(s string) (string, bool) { return s, len(s) <= longestName })
	w.Agencies = list(read, "agency", mostPatterns, func(s string) (string, bool) {
		_, err := path.Match(s, "")
		return s, err == nil && len(s) <= longestName
	})
	w.Since = read.moment("since", false)
	w.Until = read.moment("until", true)
	w.AsOf = read.moment("as_of", true)
	w.Before = read.number("before")
	w.Limit = min(int(read.number("limit")), mostPerPage) //nolint:gosec // a number below 2^31, as number reads it
	return w, read.err
}

// queryReader reads parameters until one is wrong.
type queryReader struct {
	q   url.Values
	err error
}

func (r *queryReader) fail(name, value, want string) {
	if r.err == nil {
		r.err = badRequest(fmt.Sprintf("%s=%s is not %s.", name, strconv.Quote(prose.Shorten(value, 60)), want))
	}
}

// list reads a parameter that can have many values; blanks around them, empty
// ones and doubles do not matter.
func list[T ~string](r *queryReader, name string, most int, parse func(string) (T, bool)) []T {
	var all []T
	for _, given := range r.q[name] {
		for part := range strings.SplitSeq(given, ",") {
			part = strings.TrimSpace(part)
			if part == "" {
				continue
			}
			v, ok := parse(part)
			if !ok {
				r.fail(name, part, wanted(name))
				return nil
			}
			if !slices.Contains(all, v) {
				all = append(all, v)
			}
			if len(all) > most {
				r.fail(name, "…", fmt.Sprintf("a list of at most %d", most))
				return nil
			}
		}
	}
	slices.Sort(all)
	return all
}

// wanted says what a parameter takes.
func wanted(name string) string {
	switch name {
	case "state":
		return "a state: write its postal code, as in TX"
	case "model":
		return "a model: write JEM, TFM, WSO or other"
	case "type":
		return "a kind of agency: write county, municipality or state"
	case "kind":
		kinds := words(roster.Kinds())
		return "a kind of change: write " + strings.Join(kinds[:len(kinds)-1], ", ") + " or " + kinds[len(kinds)-1]
	case "status":
		return "a status: write active, pending or ended"
	case "since", "until", "as_of":
		return "a time: write a day, as in 2025-05-19, or an RFC 3339 time"
	}
	return fmt.Sprintf("a name of at most %d letters", longestName)
}

func (r *queryReader) single(name string) string {
	if len(r.q[name]) > 1 {
		r.fail(name, strings.Join(r.q[name], ", "), "given once")
		return ""
	}
	return strings.TrimSpace(r.q.Get(name))
}

// moment reads a day in Washington, or a time; a day is its beginning, or its
// end.
func (r *queryReader) moment(name string, end bool) time.Time {
	s := r.single(name)
	if s == "" {
		return time.Time{}
	}
	if day, err := time.ParseInLocation(time.DateOnly, s, roster.Washington()); err == nil {
		if end {
			return roster.Date(s).EndOf()
		}
		return day
	}
	// A "+" that nobody escaped arrives as a blank.
	t, err := time.Parse(time.RFC3339, strings.ReplaceAll(s, " ", "+"))
	if err != nil {
		r.fail(name, s, wanted(name))
	} else if t.IsZero() { // which would mean that none is given
		t = t.Add(1)
	}
	return t
}

func (r *queryReader) number(name string) uint64 {
	s := r.single(name)
	if s == "" {
		return 0
	}
	n, err := strconv.ParseUint(s, 10, 31)
	if err != nil || n == 0 {
		r.fail(name, s, "a number from 1 on")
	}
	return n
}

// encode is the filter as the parameters that readQuery reads, in one order for
// equal filters.
func encode(f roster.Filter) url.Values {
	q := url.Values{}
	set := func(name string, values []string) {
		if len(values) > 0 {
			q.Set(name, strings.Join(values, ","))
		}
	}
	set("state", words(f.States))
	set("model", words(f.Models))
	set("type", words(f.Types))
	set("kind", words(f.Kinds))
	set("county", f.Counties)
	set("agency", f.Agencies)
	for name, t := range map[string]time.Time{"since": f.Since, "until": f.Until} {
		if !t.IsZero() {
			q.Set(name, inQuery(t, name == "until"))
		}
	}
	return q
}

// inQuery writes a moment as a day where it is the beginning of one, or the end.
func inQuery(t time.Time, end bool) string {
	day := roster.Day(t)
	if end && day.EndOf().Equal(t) || !end && t.Equal(time.Date(day.Time().Year(), day.Time().Month(), day.Time().Day(), 0, 0, 0, 0, roster.Washington())) {
		return string(day)
	}
	return t.UTC().Format(time.RFC3339)
}

func words[T ~string](list []T) []string {
	all := make([]string, len(list))
	for i, v := range list {
		all[i] = string(v)
	}
	return all
}

func each[T, U any](list []T, f func(T) U) []U {
	all := make([]U, len(list))
	for i, v := range list {
		all[i] = f(v)
	}
	return all
}

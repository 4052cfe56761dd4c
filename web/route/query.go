package route

import (
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
)

// The bounds on what one address can ask for.
const (
	mostValues   = 60  // of one parameter: there are 56 states
	mostPatterns = 10  // names and patterns of agencies
	longestName  = 120 // bytes of a name, a pattern or a query
)

// Query is what an address asks for, in the words of the command line.
type Query struct {
	roster.Filter
	Statuses []roster.Status
	AsOf     time.Time // zero: now
	Language prose.Language
	Before   uint64 // only what has a smaller number; 0: all
}

// AgreementParams are the parameters that choose agreements, and more.
func AgreementParams(more ...string) []string {
	return append([]string{"state", "county", "place", "model", "type", "agency"}, more...)
}

// ChangeParams are the parameters that choose changes, and more.
func ChangeParams(more ...string) []string {
	return append(AgreementParams("kind", "since", "until"), more...)
}

// Select finds the agreements and pending entries that are asked for, and the moment
// that they are as of.
func (q Query) Select(snap *snapshot.Snapshot) (all []roster.AgreementAt, at time.Time, err error) {
	if at, err = AsOf(q.Language, snap, q.AsOf); err != nil {
		return nil, at, err
	}
	return snap.Select(at, q.Filter, q.Statuses...), at, nil
}

// ReadQuery reads the parameters of an address. Each list can be given with
// commas or by repeating the parameter; a single value cannot be repeated.
func (r *Request) ReadQuery() (q Query, err error) {
	read := &queryReader{l: r.Language, q: r.URL.Query()}
	q.Language = r.Language
	q.States = list(read, "state", mostValues, roster.ParseState)
	q.Models = list(read, "model", mostValues, roster.ParseModelClass)
	q.Types = list(read, "type", mostValues, roster.ParseType)
	q.Kinds = list(read, "kind", mostValues, func(s string) (roster.Kind, bool) {
		k := roster.Kind(strings.ToLower(s))
		return k, slices.Contains(roster.Kinds(), k)
	})
	q.Statuses = list(read, "status", mostValues, func(s string) (roster.Status, bool) {
		k := roster.Status(strings.ToLower(s))
		return k, slices.Contains(roster.Statuses(), k)
	})
	q.Counties = list(read, "county", mostValues, area(place.CountiesNamed))
	q.Places = list(read, "place", mostValues, area(place.PlacesNamed))
	q.Agencies = list(read, "agency", mostPatterns, func(s string) (string, bool) {
		_, err := path.Match(s, "")
		return s, err == nil && len(s) <= longestName
	})
	q.Since = read.moment("since", false)
	q.Until = read.moment("until", true)
	q.AsOf = read.moment("as_of", true)
	q.Before = read.number("before")
	return q, read.err
}

// queryReader reads parameters until one is wrong.
type queryReader struct {
	l   prose.Language
	q   url.Values
	err error
}

func (r *queryReader) fail(name, value, want string) {
	if r.err == nil {
		r.err = Refused(r.l, name, value, want)
	}
}

// Refused says what a parameter takes that was given something else.
func Refused(l prose.Language, name, value, want string) error {
	return Unclear(l, "page.query.refused", "name", name, "value", strconv.Quote(prose.Shorten(value, 60)), "want", want)
}

// list reads a parameter that can have many values; spaces around them,
// empty ones and duplicates do not matter.
func list[T ~string](r *queryReader, name string, most int, parse func(string) (T, bool)) []T {
	var all []T
	for _, given := range r.q[name] {
		for _, part := range split(name, given) {
			if part == "" {
				continue
			}
			v, ok := parse(part)
			if !ok {
				r.fail(name, part, wanted(r.l, name))
				return nil
			}
			if !slices.Contains(all, v) {
				all = append(all, v)
			}
			if len(all) > most {
				r.fail(name, "…", r.l.Say("page.query.most", "n", strconv.Itoa(most)))
				return nil
			}
		}
	}
	slices.Sort(all)
	return all
}

// area reads the name of a county or a town. One that is not known would match nothing
// for ever, which whoever misspelled it would take for news that there is none.
func area(named func(roster.State, string) []string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		in := func(s roster.State) bool { return len(named(s, name)) > 0 }
		return name, len(name) <= longestName && slices.ContainsFunc(roster.States(), in)
	}
}

// split takes the values of a parameter apart. A state's code after a place belongs to
// it: "Houston, TX".
func split(name, given string) (all []string) {
	for part := range strings.SplitSeq(given, ",") {
		part = strings.TrimSpace(part)
		if (name == "county" || name == "place") && len(part) == 2 && len(all) > 0 && all[len(all)-1] != "" && !strings.Contains(all[len(all)-1], ",") {
			if s, ok := roster.ParseState(part); ok && strings.EqualFold(string(s), part) {
				all[len(all)-1] += ", " + string(s)
				continue
			}
		}
		all = append(all, part)
	}
	return all
}

// wanted says what a parameter takes.
func wanted(l prose.Language, name string) string {
	switch name {
	case "state":
		return l.Say("page.query.state")
	case "model":
		return l.Say("page.query.model", "values", Either(l, roster.ModelClasses()))
	case "type":
		return l.Say("page.query.type", "values", Either(l, roster.Types()))
	case "kind":
		return l.Say("page.query.kind", "values", Either(l, roster.Kinds()))
	case "status":
		return l.Say("page.query.status", "values", Either(l, roster.Statuses()))
	case "county":
		return l.Say("page.query.county")
	case "place":
		return l.Say("page.query.place")
	case "since", "until", "as_of":
		return l.Say("page.query.time")
	}
	return l.Say("page.query.name", "n", strconv.Itoa(longestName))
}

// Either lists values that will do: "active, pending or ended".
func Either[T ~string](l prose.Language, values []T) string {
	last := len(values) - 1
	return l.Say("page.query.either", "values", strings.ReplaceAll(Join(values[:last]), ",", ", "), "last", string(values[last]))
}

func (r *queryReader) single(name string) string {
	if len(r.q[name]) > 1 {
		r.fail(name, strings.Join(r.q[name], ", "), r.l.Say("page.query.once"))
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
	// A "+" that nobody escaped arrives as a space.
	t, err := time.Parse(time.RFC3339, strings.ReplaceAll(s, " ", "+"))
	if err != nil {
		r.fail(name, s, wanted(r.l, name))
	} else if t.IsZero() { // which would mean that none is given
		t = t.Add(1)
	}
	return t
}

// ReadMoment reads one parameter that is a time, of which a day means its end; it is
// zero where none is given.
func (r *Request) ReadMoment(name string) (time.Time, error) {
	read := &queryReader{l: r.Language, q: r.URL.Query()}
	t := read.moment(name, true)
	return t, read.err
}

// ReadDay reads a parameter that is a day; it is "" where none is given.
func (r *Request) ReadDay(name string) (roster.Date, error) {
	read := &queryReader{l: r.Language, q: r.URL.Query()}
	given := read.single(name)
	if given != "" && roster.Date(given).Time().IsZero() {
		read.fail(name, given, r.Language.Say("page.query.day"))
	}
	return roster.Date(given), read.err
}

// ReadOneOf reads a parameter that is one of some values, in whatever case; it is "" where
// none is given.
func (r *Request) ReadOneOf(name string, values ...string) (string, error) {
	read := &queryReader{l: r.Language, q: r.URL.Query()}
	given := read.single(name)
	for _, v := range values {
		if strings.EqualFold(v, given) {
			return v, read.err
		}
	}
	if given != "" {
		read.fail(name, given, r.Language.Say("page.query.known", "values", Either(r.Language, values)))
	}
	return "", read.err
}

func (r *queryReader) number(name string) uint64 {
	s := r.single(name)
	if s == "" {
		return 0
	}
	n, err := strconv.ParseUint(s, 10, 31)
	if err != nil || n == 0 {
		r.fail(name, s, r.l.Say("page.query.number"))
	}
	return n
}

// Encode is the filter as the parameters that ReadQuery reads, in one order for
// equal filters.
func Encode(f roster.Filter) url.Values {
	q := url.Values{}
	set := func(name, list string) {
		if list != "" {
			q.Set(name, list)
		}
	}
	set("state", Join(f.States))
	set("model", Join(f.Models))
	set("type", Join(f.Types))
	set("kind", Join(f.Kinds))
	set("county", Join(f.Counties))
	set("place", Join(f.Places))
	set("agency", Join(f.Agencies))
	for name, t := range map[string]time.Time{"since": f.Since, "until": f.Until} {
		if !t.IsZero() {
			q.Set(name, FormatMoment(t, name == "until"))
		}
	}
	return q
}

// FormatMoment writes a moment as a day where it is the beginning of one, or the end.
func FormatMoment(t time.Time, end bool) string {
	day := roster.Day(t)
	if end && day.EndOf().Equal(t) || !end && t.Equal(time.Date(day.Time().Year(), day.Time().Month(), day.Time().Day(), 0, 0, 0, 0, roster.Washington())) {
		return string(day)
	}
	return t.UTC().Format(time.RFC3339)
}

// Join writes values as one parameter.
func Join[T ~string](list []T) string {
	var b strings.Builder
	for i, v := range list {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(string(v))
	}
	return b.String()
}

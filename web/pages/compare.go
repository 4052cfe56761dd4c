package pages

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
	"github.com/watch287g/watch287g/web/places"
	"github.com/watch287g/watch287g/web/route"
)

// comparedShown is how many agreements each table of a comparison shows.
const comparedShown = 200

// comparison is what the page of two days shows.
type comparison struct {
	Language prose.Language
	Empty    bool
	Filter   roster.Filter // of what is compared
	States   []choice      // for the form
	Hidden   []link        // what else of the filter the form passes on
	Whole    string        // address of the same without the filter; "" where there is none
	From, To roster.Date   // for the form
	First    roster.Date   // the least that the form takes
	Last     roster.Date   // and the most
	FromURL  string        // of the days' own pages
	ToURL    string
	FromHead string // and shorter, above a column
	ToHead   string
	Notes    []string // what is compared otherwise than asked
	Presets  []link
	Diff     places.Difference
	Sentence string
	Counts   []countPair
	ByState  []countPair
	Parts    []comparedPart
	Other    []places.Rewrite
	Signed   []snapshot.Signing
	Rest     map[string]int // of the lists that are cut: how many are not shown
	Between  string         // address of the changes in between
}

// countPair is a count at both moments.
type countPair struct {
	Words         string
	URL           string
	Language      prose.Language
	Before, After int // -1 where it is not known
}

// Known says of both numbers whether they are.
func (m countPair) Known() bool { return m.Before >= 0 && m.After >= 0 }

// By is the difference with its sign.
func (m countPair) By() string { return m.Language.Difference(m.After - m.Before) }

// comparedPart is a table of agreements, or of pending entries.
type comparedPart struct {
	ID      string // of its heading
	Heading string
	About   string
	Ends    bool // its last column says when it ended
	Pending bool
	All     []roster.AgreementAt // cut
	Rest    int                  // how many are not shown
	URL     string               // of the changes where all are
}

// comparePage shows what differs between two days.
func comparePage(req *request) (*response, error) {
	c := &comparison{Language: req.Language, Empty: req.Snapshot.Extent().Empty()}
	c.First, c.Last = req.knownDays()
	p := &page{Template: "compare", Title: req.Language.Say("page.compare.heading"), Path: "/compare", Data: c,
		Description: req.Language.Say("page.compare.says")}
	if c.Empty {
		return req.render(p)
	}
	asked, err := req.ReadQuery()
	if err != nil {
		return nil, err
	}
	from, to, err := req.bounds(c)
	if err != nil {
		return nil, err
	}
	c.choose(asked.Filter)
	c.From, c.To = roster.Day(from), roster.Day(to)
	c.FromURL, c.ToURL = route.At(route.DayURL(c.From), route.Encode(c.Filter), 0), route.At(route.DayURL(c.To), route.Encode(c.Filter), 0)
	c.FromHead, c.ToHead = momentHead(req.Language, from), momentHead(req.Language, to)
	c.Presets = req.presets(c.Filter)
	scope := req.Language.Scope(c.Filter, req.Snapshot.NameOf)
	c.Diff = places.Difference{Difference: route.Compare(req.Snapshot, from, to, c.Filter), Language: req.Language}
	c.Sentence = c.Diff.Sentence(scope)
	if from.Before(to) {
		c.Between = route.ChangesURL(between(from, to, c.Filter), 0)
	}
	c.fill()
	p.Title = req.Language.BetweenTitle(from, to, scope)
	p.Description = c.Sentence
	p.Filter = c.Filter
	if len(req.URL.Query()) > 0 {
		p.Path = route.CompareURL(route.FormatMoment(from, true), route.FormatMoment(to, true), c.Filter)
	}
	if route.Chosen(c.Filter) {
		c.Whole = route.CompareURL(route.FormatMoment(from, true), route.FormatMoment(to, true), roster.Filter{})
	}
	return req.render(p)
}

// choose takes over what is to be compared.
func (c *comparison) choose(f roster.Filter) {
	c.Filter, c.States = f, choices(c.Language, c.Language.Say("page.choice.states"), statesOf(c.Language), c.Language.State, f.States)
	c.Hidden = hidden(f, "state")
}

// hidden are the parameters of a filter that a form has no field for.
func hidden(f roster.Filter, fields ...string) []link {
	q := route.Encode(f)
	var all []link
	for _, name := range slices.Sorted(maps.Keys(q)) {
		if !slices.Contains(fields, name) {
			all = append(all, linkTo(name, q.Get(name)))
		}
	}
	return all
}

// bounds reads the two moments, and brings them to where something is known.
func (req *request) bounds(c *comparison) (from, to time.Time, err error) {
	from, err = req.ReadMoment("from")
	if err == nil {
		to, err = req.ReadMoment("to")
	}
	if err != nil {
		return from, to, route.Unclear(req.Language, "page.problem.from-to")
	}
	if to.IsZero() {
		to = later(req.Snapshot.KnownUntil(), from)
	}
	if from.IsZero() {
		from = earlier(req.Snapshot.DaysBefore(roster.Day(to), lookBack).EndOf(), to)
	}
	if to.Before(from) {
		from, to = to, from
		c.Notes = append(c.Notes, req.Language.Say("page.compare.turned"))
	}
	if req.Snapshot.Extent().Beyond(to) {
		to, from = req.Snapshot.KnownUntil(), earlier(from, req.Snapshot.KnownUntil())
		c.Notes = append(c.Notes, req.Language.Say("page.compare.ends", "moment", route.Until(req.Language, req.Snapshot)))
	}
	if from.Before(req.Snapshot.Extent().First) {
		from = req.Snapshot.Extent().Cut(c.First.EndOf())
		to = later(to, from)
		c.Notes = append(c.Notes, req.Language.Say("page.compare.begins", "date", req.Language.Date(c.First)))
	}
	return from, to, nil
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// momentHead is the same above a narrow column.
func momentHead(l prose.Language, t time.Time) string {
	if day := roster.Day(t); day.EndOf().Equal(t) {
		return l.ShortDate(day)
	}
	return l.ShortMoment(t)
}

// between wants the changes of a filter that were seen after one moment and up to another.
// Moments in an address have no parts of a second.
func between(from, to time.Time, f roster.Filter) roster.Filter {
	f.Since, f.Until = from.Add(time.Nanosecond), to
	if !roster.Day(from).EndOf().Equal(from) {
		f.Since = from.Truncate(time.Second).Add(time.Second)
	}
	if !roster.Day(to).EndOf().Equal(to) {
		f.Until = to.Truncate(time.Second).Add(time.Second)
	}
	return f
}

func compareURL(from, to roster.Date) string {
	return route.CompareURL(string(from), string(to), roster.Filter{})
}

// presets are the comparisons that are asked for most.
func (req *request) presets(f roster.Filter) []link {
	var all []link
	first, last := req.knownDays()
	for _, days := range []int{7, 30, 90} {
		from, to := req.Snapshot.LastDays(days)
		if from == first {
			break
		}
		all = append(all, linkTo(req.Language.Say("page.compare.last", "n", strconv.Itoa(days)), route.CompareURL(string(from), string(to), f)))
	}
	return append(all, linkTo(req.Language.Say("page.compare.since-first"), route.CompareURL(string(first), string(last), f)))
}

// fill puts the difference into words and tables.
func (c *comparison) fill() {
	d, l := &c.Diff, c.Language
	c.Counts = []countPair{
		{l.Say("page.compare.active"), "", l, d.Before.Active, d.After.Active},
		{l.Say("page.compare.agencies"), "", l, d.Before.Agencies, d.After.Agencies},
	}
	if len(c.Filter.States) != 1 {
		c.Counts = append(c.Counts, countPair{l.Say("page.compare.states"), "", l, d.Before.States, d.After.States})
	}
	for _, m := range roster.Models() {
		c.Counts = append(c.Counts, countPair{l.ModelCell(m), "", l, d.Before.ByModel[m], d.After.ByModel[m]})
	}
	if was, now := d.Before.ByModel[roster.OtherModel], d.After.ByModel[roster.OtherModel]; was+now > 0 {
		c.Counts = append(c.Counts, countPair{l.Model(roster.OtherModel), "", l, was, now})
	}
	pending := func(s roster.Stats) int {
		if !s.Knows(roster.ListPending) {
			return -1
		}
		return s.Pending
	}
	c.Counts = append(c.Counts, countPair{l.Say("page.compare.pending"), "", l, pending(d.Before), pending(d.After)})
	for _, s := range statesOf(l) {
		if len(c.Filter.States) == 1 {
			break
		}
		if was, now := d.Before.ByState[s].Active, d.After.ByState[s].Active; was != now {
			c.ByState = append(c.ByState, countPair{l.State(s), route.StateURL(s), l, was, now})
		}
	}
	slices.SortStableFunc(c.ByState, func(a, b countPair) int { return cmp.Compare(b.After-b.Before, a.After-a.Before) })
	c.fillParts()
}

// fillParts makes the tables, each cut to what a page can hold.
func (c *comparison) fillParts() {
	d, l := &c.Diff, c.Language
	for _, p := range []comparedPart{
		{ID: "new", Heading: l.Say("page.compare.new"), All: d.New, URL: c.changesOf(roster.KindNew),
			About: l.Say("page.compare.new.about")},
		{ID: "again", Heading: l.Say("page.compare.again"), All: d.Again, URL: c.changesOf(roster.KindRestored),
			About: l.Say("page.compare.again.about")},
		{ID: "gone", Heading: l.Say("page.compare.gone"), All: d.Gone, Ends: true, URL: c.changesOf(roster.KindRemoved),
			About: l.Say("page.compare.gone.about")},
		{ID: "came", Heading: l.Say("page.compare.came"), All: d.Came, Pending: true, URL: c.changesOf(roster.KindPending)},
		{ID: "left", Heading: l.Say("page.compare.left"), All: d.Left, Pending: true, Ends: true, URL: c.changesOf(roster.KindWithdrawn),
			About: l.Say("page.compare.left.about")},
	} {
		p.All = byState(l, p.All, func(a roster.AgreementAt) roster.State { return a.State })
		p.Rest = max(0, len(p.All)-comparedShown)
		p.All = p.All[:len(p.All)-p.Rest]
		c.Parts = append(c.Parts, p)
	}
	signed := byState(l, d.Signed, func(s snapshot.Signing) roster.State { return s.Agreement.State })
	other := byState(l, d.Other, func(r snapshot.Rewrite) roster.State { return r.Now.State })
	c.Signed, c.Other = signed[:min(len(signed), comparedShown)], each(other[:min(len(other), comparedShown)], func(r snapshot.Rewrite) places.Rewrite { return places.RewriteInWords(l, r) })
	c.Rest = map[string]int{"signed": len(d.Signed) - len(c.Signed), "other": len(d.Other) - len(c.Other)}
}

// byState is a list that is in order within each state, in the order of the states' names
// in a language.
func byState[T any](l prose.Language, all []T, of func(T) roster.State) []T {
	return slices.SortedStableFunc(slices.Values(all), func(a, b T) int { return l.CompareStates(of(a), of(b)) })
}

// changesOf is the address of the changes of one kind.
func (c *comparison) changesOf(k roster.Kind) string {
	f := between(c.Diff.From, c.Diff.To, c.Filter)
	f.Kinds = []roster.Kind{k}
	return route.ChangesURL(f, 0)
}

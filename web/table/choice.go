package table

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/web/route"
)

// Choice is what a reader chose of a table, by an address.
type Choice struct {
	Language prose.Language  // of what is said
	Path     string          // of the page that the table is on
	Place    roster.State    // that the path names, so that parameters need not; "" for none
	Filter   roster.Filter   // of agreements and entries
	Statuses []roster.Status // none: all
	Sort     string          // one of Sorts; "" for ByAgency
}

// What rows are sorted by, besides the models.
const (
	ByAgency = "agency" // A to Z
	ByCounty = "county" // A to Z; statewide agencies and those that are not placed are last
	ByNewest = "newest" // what was listed last is first
)

// Sorts are all that rows can be sorted by, then the same the other way round. By a
// model, the agreement that was signed last is first.
func Sorts() []string {
	all := []string{ByAgency, ByCounty}
	for _, m := range roster.ModelClasses() {
		all = append(all, string(m))
	}
	all = append(all, ByNewest)
	for _, by := range slices.Clone(all) {
		all = append(all, "-"+by)
	}
	return all
}

// Anchor is the id of a table on its page.
const Anchor = "agencies"

// Column is one that rows can be sorted by.
type Column struct {
	Model  roster.Model // one of roster.ModelClasses; "" for a column that has none
	Name   string
	URL    string // of the table sorted by it; the other way round where it is
	Sorted string // as aria-sort says it; "" where rows are sorted by another
}

// Group is ways to narrow a table by one thing, of which one is chosen at a time.
type Group struct {
	Name    string
	Options []Option
}

// Option is one way to narrow a table.
type Option struct {
	Name, URL string
	Chosen    bool
}

// wants says whether a status is among the chosen ones.
func (c Choice) wants(s roster.Status) bool {
	return len(c.Statuses) == 0 || slices.Contains(c.Statuses, s)
}

// Narrows says whether the choice leaves anything out of what the page's path names.
func (c Choice) Narrows() bool {
	q := c.query()
	q.Del("sort")
	return len(q) > 0
}

// query is the choice as parameters.
func (c Choice) query() url.Values {
	q := route.Encode(c.Filter)
	if c.Place != "" {
		q.Del("state")
	}
	if len(c.Statuses) > 0 {
		q.Set("status", route.Join(c.Statuses))
	}
	if c.Sort != "" && c.Sort != ByAgency {
		q.Set("sort", c.Sort)
	}
	return q
}

// url is the address of the table with the choice.
func (c Choice) url() string { return route.At(c.Path, c.query(), 0) + "#" + Anchor }

// All is the address of the table that nothing is left out of.
func (c Choice) All() string {
	f := roster.Filter{}
	if c.Place == "" {
		f.States = c.Filter.States
	}
	return Choice{Language: c.Language, Path: c.Path, Place: c.Place, Filter: f, Sort: c.Sort}.url()
}

// Head is the column by which rows are sorted that is not a model's.
func (c Choice) Head(by string) Column {
	return c.column(by, c.Language.Column(by))
}

func (c Choice) column(by, name string) Column {
	sorted, back := strings.CutPrefix(cmp.Or(c.Sort, ByAgency), "-")
	col := Column{Name: name}
	c.Sort = by
	if sorted == by {
		col.Sorted = "ascending"
		if alphabetic := by == ByAgency || by == ByCounty; alphabetic == back {
			col.Sorted = "descending"
		}
		if !back {
			c.Sort = "-" + by
		}
	}
	col.URL = c.url()
	return col
}

// columns are those of the models: the chosen ones, else the three, and one for all
// others where there are any.
func columns(c Choice, all []roster.AgreementAt) []Column {
	var cols []Column
	for _, m := range roster.ModelClasses() {
		if m == roster.OtherModel && !slices.ContainsFunc(all, func(a roster.AgreementAt) bool {
			return a.Status != roster.StatusEnded && a.Model.Class() == m
		}) {
			continue
		}
		if len(c.Filter.Models) == 0 || slices.ContainsFunc(c.Filter.Models, func(chosen roster.Model) bool { return chosen.Class() == m || chosen == m }) {
			col := c.column(string(m), c.Language.Model(m))
			col.Model = m
			cols = append(cols, col)
		}
	}
	return cols
}

// groups are the ways to narrow the table to what there is.
func (c Choice) groups(all []roster.AgreementAt) []Group {
	l, models, types, statuses := c.Language, map[roster.Model]bool{}, map[roster.Type]bool{}, map[roster.Status]bool{}
	for _, a := range all {
		models[a.Model.Class()], types[a.Type], statuses[a.Status] = true, true, true
	}
	return []Group{
		group(c, l.Column("model"), roster.ModelClasses(), models, l.Model, func(c *Choice) *[]roster.Model { return &c.Filter.Models }),
		group(c, l.Column("kind"), roster.Types(), types, func(t roster.Type) string { return prose.Capitalize(l.TypeShort(t, c.Place)) },
			func(c *Choice) *[]roster.Type { return &c.Filter.Types }),
		group(c, l.Column("status"), roster.Statuses(), statuses,
			func(s roster.Status) string { return prose.Capitalize(l.Status(s)) }, func(c *Choice) *[]roster.Status { return &c.Statuses }),
	}
}

// group offers all values together and each that there is, or that is chosen. part
// is the part of a choice that they are.
func group[T comparable](c Choice, name string, values []T, there map[T]bool, say func(T) string, part func(*Choice) *[]T) Group {
	chosen := *part(&c)
	option := func(name string, values []T) Option {
		*part(&c) = values
		return Option{name, c.url(), slices.Equal(values, chosen)}
	}
	g := Group{name, []Option{option(c.Language.Column("any"), nil)}}
	for _, v := range values {
		if there[v] || slices.Contains(chosen, v) {
			g.Options = append(g.Options, option(say(v), []T{v}))
		}
	}
	return g
}

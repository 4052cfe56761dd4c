package pages

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
	"github.com/watch287g/watch287g/web/bulk"
	"github.com/watch287g/watch287g/web/places"
	"github.com/watch287g/watch287g/web/route"
)

// changesData is what the page of changes shows.
type changesData struct {
	Wrong         string   // what is wrong with the address, in words; then nothing but the form is shown
	Words         string   // what is shown, in words
	Count         int      // of all pages
	Recent        []figure // what is new and gone in the last days, as on the front page; nil where a part is asked for
	Days          []dayOfChanges
	Older, Newest string // addresses; "" where there is nothing
	Usual         bool   // no kinds were asked for
	Everything    string // address of the same with every kind
	Filtered      bool   // something was asked for
	Begins        roster.Date
	Unknown       string // that a part of the time asked for is not known
	Form          changesForm
	Downloads     []link
	Only          string // a channel's rule for this view, as YAML
	Timed         bool   // the view has a first or a last day, which a rule and a feed cannot have
}

// changesForm is the form that narrows the list.
type changesForm struct {
	States, Kinds, Models, Types []choice
	County, Place, Agency        string
	Since, Until                 string
}

// choice is one option of a select.
type choice struct {
	Value, Text string
	Selected    bool
}

// changesPage lists the changes that the address asks for, the newest first. Where
// something is wrong with that, it says so beside the form.
func changesPage(req *request) (*response, error) {
	asked, err := req.ReadQuery()
	if err != nil {
		p := route.ProblemOf(req.Language, err)
		return req.renderAs(p.Status, &page{Template: "changes", Title: p.Title, Description: p.Detail, Path: "/changes", Hidden: true,
			Data: changesData{Wrong: p.Detail, Form: newChangesForm(req.Language, asked.Filter)}})
	}
	shown := asked.Filter
	if len(shown.Kinds) == 0 {
		shown.Kinds = roster.DefaultKinds()
	}
	days, more := bulk.Page(req.Language, req.Snapshot, shown, asked.Before)
	d := changesData{
		Words: filterWords(req.Language, req.Snapshot, asked.Filter), Count: req.Snapshot.Count(shown), Days: days, Usual: len(asked.Kinds) == 0,
		Filtered: route.Chosen(asked.Filter), Begins: roster.Day(req.Snapshot.Extent().First), Form: newChangesForm(req.Language, asked.Filter),
		Downloads: changeDownloads(shown), Only: onlyYAML(asked.Filter),
		Timed: !asked.Since.IsZero() || !asked.Until.IsZero(),
	}
	if !d.Filtered && asked.Before == 0 && !req.Snapshot.Extent().Empty() {
		recent := places.Difference{Difference: req.Snapshot.Recent(lookBack), Language: req.Language}
		d.Recent = recentFigures(req.Language, recent, len(recent.New), len(recent.Gone), "", "")
	}
	every := asked.Filter
	every.Kinds = roster.Kinds()
	d.Everything = route.ChangesURL(every, 0)
	if more {
		last := days[len(days)-1].Changes
		d.Older = route.At("/changes", route.Encode(asked.Filter), last[len(last)-1].Seq)
	}
	if asked.Before > 0 {
		d.Newest = route.ChangesURL(asked.Filter, 0)
	}
	d.Unknown = unknownTimeNote(req.Language, req.Snapshot, asked.Filter)
	title := req.Language.Say("page.changes.heading")
	if d.Filtered {
		title = prose.Shorten(d.Words, 120)
	}
	return req.render(&page{Template: "changes", Title: title, Path: route.ChangesURL(asked.Filter, asked.Before), Filter: asked.Filter,
		Description: req.Language.SayCount("page.changes.says", d.Count, "words", d.Words),
		Hidden:      asked.Before > 0 || d.Filtered && len(route.Encode(asked.Filter)) > 1, Data: d})
}

// unknownTimeNote says of what part of the time that is asked for nothing is known; ""
// where all of it is.
func unknownTimeNote(l prose.Language, snap *snapshot.Snapshot, f roster.Filter) string {
	switch {
	case snap.Extent().Empty():
		return l.Unread()
	case snap.Extent().Before(f.Until) || snap.Extent().Before(f.Since):
		return l.Say("page.changes.before", "date", route.Begins(l, snap))
	case snap.Extent().Beyond(f.Since) || snap.Extent().Beyond(f.Until):
		return l.Say("page.changes.beyond", "moment", route.Until(l, snap))
	}
	return ""
}

// changeDownloads are the files that hold just these changes.
func changeDownloads(f roster.Filter) []link {
	query := route.Encode(f).Encode()
	return []link{linkTo("CSV", "/downloads/changes.csv?"+query), linkTo("Excel", "/downloads/changes.xlsx?"+query), linkTo("JSON", "/downloads/changes.json?"+query)}
}

// newChangesForm fills the form with what was asked for.
func newChangesForm(l prose.Language, f roster.Filter) changesForm {
	form := changesForm{
		States: choices(l, l.Say("page.choice.states"), statesOf(l), l.State, f.States),
		Models: choices(l, l.Say("page.choice.models"), roster.ModelClasses(), l.Model, f.Models),
		Types:  choices(l, l.Say("page.choice.kinds"), roster.Types(), func(t roster.Type) string { return prose.Capitalize(l.Types(t)) }, f.Types),
		Kinds:  choices(l, l.Say("page.choice.usual"), roster.Kinds(), l.Kind, f.Kinds),
		County: strings.Join(f.Counties, ", "),
		Place:  strings.Join(f.Places, ", "),
		Agency: strings.Join(f.Agencies, ", "),
	}
	everything := choice{route.Join(roster.Kinds()), l.Say("page.choice.everything"), len(f.Kinds) == len(roster.Kinds())}
	form.Kinds = slices.DeleteFunc(form.Kinds, func(c choice) bool { return strings.Count(c.Value, ",") == len(roster.Kinds())-1 })
	form.Kinds = slices.Insert(form.Kinds, 1, everything)
	if !f.Since.IsZero() {
		form.Since = route.FormatMoment(f.Since, false)
	}
	if !f.Until.IsZero() {
		form.Until = route.FormatMoment(f.Until, true)
	}
	return form
}

// choices are the options of a select. One select takes one value: where an
// address asks for several, they are an option of their own.
func choices[T ~string](l prose.Language, all string, values []T, say func(T) string, chosen []T) []choice {
	options := []choice{{"", all, len(chosen) == 0}}
	if len(chosen) > 1 {
		var said []string
		for _, c := range chosen {
			said = append(said, say(c))
		}
		options = append(options, choice{route.Join(chosen), l.And(said), true})
	}
	for _, v := range values {
		options = append(options, choice{string(v), say(v), len(chosen) == 1 && chosen[0] == v})
	}
	return options
}

// filterWords says what a filter wants: "New agreements in Texas, Warrant Service
// Officer, since June 1, 2025".
func filterWords(l prose.Language, snap *snapshot.Snapshot, f roster.Filter) string {
	return l.Filter(f, snap.NameOf)
}

// onlyYAML writes the rule of a channel that wants just these changes; "" where
// it needs none. A channel without kinds gets the usual ones, as the page does.
func onlyYAML(f roster.Filter) string {
	var b strings.Builder
	writeList(&b, "kinds", f.Kinds)
	writeList(&b, "states", f.States)
	writeList(&b, "models", f.Models)
	writeList(&b, "types", f.Types)
	writeList(&b, "counties", quoted(f.Counties))
	writeList(&b, "places", quoted(f.Places))
	writeList(&b, "agencies", quoted(f.Agencies))
	if b.Len() == 0 {
		return ""
	}
	return "only:" + b.String() + "\n"
}

func writeList[T ~string](b *strings.Builder, key string, values []T) {
	if len(values) > 0 {
		fmt.Fprintf(b, "\n  %s: [%s]", key, strings.Join(each(values, func(v T) string { return string(v) }), ", "))
	}
}

// quoted writes texts as YAML takes them, which reads the strings of JSON. The
// configuration takes each once, in whatever case.
func quoted(list []string) []string {
	var all []string
	for i, s := range list {
		if slices.ContainsFunc(list[:i], func(t string) bool { return strings.EqualFold(s, t) }) {
			continue
		}
		var b strings.Builder
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		_ = e.Encode(s) // a string always encodes
		all = append(all, strings.TrimSpace(b.String()))
	}
	return all
}

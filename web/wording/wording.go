// Package wording makes the page on what ICE's page says: its words, the numbers that it
// states beside those of ICE's lists, and how both have changed.
package wording

import (
	"embed"
	"html/template"
	"net/http"
	"slices"
	"time"

	"github.com/watch287g/watch287g/icepage"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
	"github.com/watch287g/watch287g/web/frame"
	"github.com/watch287g/watch287g/web/route"
)

//go:embed all:templates
var templateFiles embed.FS

// Options are what the page is made of, besides what each request carries.
type Options struct {
	Assets map[string]string // addresses of stylesheet and icon, by name
	SignUp bool              // readers can sign up for mail
}

// Set is the page.
type Set struct{ frame *frame.Set }

// New reads the templates.
func New(o Options) (*Set, error) {
	framed, err := frame.New(frame.Options{Files: templateFiles, Assets: o.Assets, SignUp: o.SignUp,
		Funcs: func(l prose.Language) template.FuncMap {
			return template.FuncMap{"version": func(t time.Time) string { return "v" + t.UTC().Format("20060102T150405Z") }}
		}})
	if err != nil {
		return nil, err //nolint:wrapcheck // it names the template
	}
	return &Set{frame: framed}, nil
}

// Routes are the addresses of the page.
func (s *Set) Routes() []route.Route {
	return []route.Route{frame.Route(route.IcePage, nil, s.page)}
}

// mostVersions is how many versions the page tells of, the newest first.
const mostVersions = 100

// version is what the page said from one moment on.
type version struct {
	icepage.Version
	Came           string    // who captured it, where that was not this service
	Until          time.Time // when it was found to say something else; zero while it does not
	Added, Removed []string  // paragraphs, against the version before
	Numbers        bool      // only numbers, or their dates, are other than before
	First          bool      // it was never read before
}

// number is one that the page states, in words.
type number struct {
	Sentence string
	What     string // "1,001 agreements, Task Force Model"
	AsOf     roster.Date
	Says     string // how it stands beside ours
}

// page shows what ICE's page says.
func (s *Set) page(req frame.Request) (*route.Response, error) {
	texts := req.Snapshot.PageTexts()
	data := struct {
		Now        *icepage.Version
		Captured   bool             // by others, and never read by this service
		Read       *roster.PageText // where it was captured first: when this service first read the same
		Paragraphs []string
		Numbers    []number
		Versions   []version
		More       int  // versions that are not shown
		Past       bool // some were captured by others
	}{}
	l := req.Language
	if all := icepage.Versions(texts); len(all) > 0 {
		data.Now = &all[len(all)-1]
		data.Captured = texts[len(texts)-1].Origin != nil
		if i := slices.IndexFunc(data.Now.Also, func(t roster.PageText) bool { return t.Origin == nil }); i >= 0 && data.Now.Origin != nil {
			data.Read = &data.Now.Also[i]
		}
		data.Paragraphs = icepage.Paragraphs(data.Now.Text)
		data.Past = slices.ContainsFunc(texts, func(t roster.PageText) bool { return t.Origin != nil })
		for _, a := range Answers(req.Snapshot) {
			data.Numbers = append(data.Numbers, inWords(l, a))
		}
		data.Versions = versions(l, all)
		data.More = len(all) - len(data.Versions)
	}
	return s.frame.Render(req, http.StatusOK, &frame.Page{Template: "ice-page", Title: l.Say("page.wording.title"), //nolint:wrapcheck // it names the template
		Description: l.Say("page.wording.says"), Path: route.IcePage, Filter: roster.Filter{Kinds: []roster.Kind{roster.KindPage}}, Data: data})
}

// versions are what the page said, the newest first.
func versions(l prose.Language, texts []icepage.Version) (all []version) {
	until := time.Time{}
	for i := len(texts) - 1; i >= 0 && len(all) < mostVersions; i-- {
		v := version{Version: texts[i], Came: l.Origin(texts[i].Origin), Until: until, First: i == 0}
		if i > 0 {
			v.Added, v.Removed = icepage.Difference(texts[i-1].Text, texts[i].Text)
			v.Numbers = len(v.Added)+len(v.Removed) == 0
		}
		all, until = append(all, v), texts[i].SeenAt
	}
	return all
}

// inWords puts a number into words.
func inWords(l prose.Language, a icepage.Answer) number {
	what := l.IcePage("what."+string(a.What), 0)
	if a.Model != "" {
		what = l.IcePage("what.of", 0, "what", what, "model", l.Model(a.Model))
	}
	n := number{Sentence: a.Sentence, What: l.Thousands(a.Count) + " " + what, AsOf: a.AsOf}
	n.Says = l.IcePage(string(a.Reason), a.By, "ours", l.Thousands(a.Ours), "date", l.Date(a.Day))
	return n
}

// compared is how many days of lists a number that nothing else explains is looked for in.
const compared = 60

// Answers are the numbers that ICE's page states now, beside those of its lists.
func Answers(snap *snapshot.Snapshot) (all []icepage.Answer) {
	texts := snap.PageTexts()
	if len(texts) == 0 || texts[len(texts)-1].Origin != nil { // what it says now was never read
		return nil
	}
	for _, c := range icepage.Stated(texts[len(texts)-1].Text) {
		now, then := ours(snap, snap.KnownUntil(), c.Model), (*icepage.Ours)(nil)
		if at, ok := snap.AsOf(c.AsOf.EndOf()); ok && c.AsOf != "" && roster.Day(at) == c.AsOf {
			o := ours(snap, at, c.Model)
			then = &o
		}
		a := icepage.Explain(c, now, then, nil)
		if a.Reason == icepage.ReasonMore || a.Reason == icepage.ReasonFewer {
			a = icepage.Explain(c, now, then, before(snap, c.Model))
		}
		all = append(all, a)
	}
	return all
}

// before is what the lists said on the days before, the newest first.
func before(snap *snapshot.Snapshot, m roster.Model) (all []icepage.Ours) {
	days := snap.Days()
	for _, day := range slices.Backward(days[max(0, len(days)-compared):]) {
		all = append(all, ours(snap, day.EndOf(), m))
	}
	return all
}

// ours is what the lists said at one moment, of one model or of all.
func ours(snap *snapshot.Snapshot, at time.Time, m roster.Model) icepage.Ours {
	stats := snap.StatsOf(at, func(a roster.Agreement) bool { return m == "" || a.Model == m })
	o := icepage.Ours{Agreements: stats.Active, Agencies: stats.Agencies, States: stats.States, Pending: stats.Pending, KnowsPending: stats.Knows(roster.ListPending)}
	if stats.Knows(roster.ListParticipating) {
		o.Day = roster.Day(at)
	}
	return o
}

// Lines say in a sentence each how the numbers that ICE's page states stand beside those of
// its lists.
func Lines(l prose.Language, snap *snapshot.Snapshot) (all []string) {
	for _, a := range Answers(snap) {
		n := inWords(l, a)
		all = append(all, l.Say("page.wording.status", "number", n.What, "says", n.Says))
	}
	return all
}

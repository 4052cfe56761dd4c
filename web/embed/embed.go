// Package embed makes what other sites show of this one: cards in a frame, the code
// that they paste for it, and the answers to programs that ask for that code (oEmbed).
package embed

import (
	"bytes"
	_ "embed" // the template
	"fmt"
	"html/template"
	"net/http"
	"time"

	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
	"github.com/watch287g/watch287g/web/draw"
	"github.com/watch287g/watch287g/web/route"
	"github.com/watch287g/watch287g/web/translate"
)

//go:embed card.html
var cardTemplate string

// Set is every card.
type Set struct {
	card   map[prose.Language]*template.Template
	assets map[string]string
}

// New reads the template. The assets are the addresses of stylesheets and icon, by
// name.
func New(assets map[string]string) (*Set, error) {
	s := &Set{map[prose.Language]*template.Template{}, assets}
	for _, l := range prose.Languages() {
		t := template.New("cards").Funcs(translate.Funcs(l)).Funcs(template.FuncMap{"moment": func(t time.Time) template.HTML { return moment(l, t) }, "day": l.Day, "unread": l.Unread})
		if err := translate.Add(t, l, "card", cardTemplate); err != nil {
			return nil, err //nolint:wrapcheck // it names the template
		}
		s.card[l] = t.Lookup("card")
	}
	return s, nil
}

// Routes are the addresses of the cards, and the one where programs ask for them.
func (s *Set) Routes() []route.Route {
	return []route.Route{
		{Path: "/embed/nation", Params: Params(), Framed: true, Translated: true, Handler: s.nation},
		{Path: "/embed/states/{state}", Params: Params(), Framed: true, Translated: true, Handler: s.state},
		{Path: "/embed/counties/{county}", Params: Params(), Framed: true, Translated: true, Handler: s.county},
		{Path: "/oembed", Params: []string{"url", "maxwidth", "maxheight", "format"}, Handler: oembed},
	}
}

// Nation is the card of the whole country, and OfState that of a state.
func Nation(l prose.Language) Card {
	return Card{route.In(l, "/embed/nation"), l.Say("page.embed.nation"), l}
}

// OfState is the card of a state.
func OfState(l prose.Language, s roster.State) Card {
	return Card{route.In(l, "/embed"+route.StateURL(s)), l.Say("page.embed.in", "place", l.InSentence(s)), l}
}

// OfCounty is the card of a county.
func OfCounty(l prose.Language, c place.County) Card {
	return Card{route.In(l, "/embed"+route.CountyURL(c.FIPS)), l.Say("page.embed.in", "place", l.CountyIn(c)), l}
}

// card is what a card shows.
type card struct {
	Card
	Look      Look
	Style     string // address of the stylesheet
	Scheme    string // the color schemes that it has
	Icon      string
	More      string // the page that says more
	Discovery string
	Number    int
	Words     string // after the number
	Pending   string
	Spark     template.HTML
	Fresh     route.Freshness
	AsOf      time.Time
}

func (s *Set) nation(req *route.Request) (*route.Response, error) {
	stats := req.Snapshot.CurrentStats()
	return s.render(req, card{Card: Nation(req.Language), More: "/"}, stats, req.Language.WithAgencies(stats), req.Snapshot.Curve())
}

func (s *Set) state(req *route.Request) (*route.Response, error) {
	given := req.PathValue("state")
	state, ok := roster.ParseState(given)
	if !ok {
		return nil, route.Missing(req.Language, "page.problem.no-state-short")
	}
	of := OfState(req.Language, state)
	if string(state) != given {
		return req.Redirect(route.At("/embed"+route.StateURL(state), req.URL.Query(), 0), http.StatusMovedPermanently), nil
	}
	in := func(a roster.Agreement) bool { return a.State == state }
	return s.part(req, card{Card: of, More: route.StateURL(state)}, in)
}

func (s *Set) county(req *route.Request) (*route.Response, error) {
	of, ok := place.ByFIPS(req.PathValue("county"))
	if !ok {
		return nil, route.Missing(req.Language, "page.problem.no-county-code")
	}
	return s.part(req, card{Card: OfCounty(req.Language, of), More: route.CountyURL(of.FIPS)}, func(a roster.Agreement) bool { return req.Snapshot.CountsFor(a, of.FIPS) })
}

// part fills a card with the agreements that are wanted.
func (s *Set) part(req *route.Request, c card, wanted func(roster.Agreement) bool) (*route.Response, error) {
	stats := req.Snapshot.StatsOf(req.Snapshot.KnownUntil(), wanted)
	return s.render(req, c, stats, req.Language.With(stats.Agencies), req.Snapshot.CurveOf(wanted))
}

// render fills a card, which other sites may frame.
func (s *Set) render(req *route.Request, c card, stats roster.Stats, reach string, curve []snapshot.Point) (*route.Response, error) {
	var err error
	if c.Look, err = ReadLook(req.Language, req.URL.Query()); err != nil {
		return nil, err
	}
	c.Style, c.Scheme = s.assets["style-"+c.Look.Theme+".css"], c.Look.Theme
	if c.Look.Theme == Themes[0] {
		c.Style, c.Scheme = s.assets["style.css"], "light dark"
	}
	c.Icon = s.assets["icon.svg"]
	if req.Public {
		c.Discovery = Discovery(req.Base, c.URL(c.Look))
	}
	c.Fresh, c.AsOf = req.Fresh(), req.Snapshot.KnownUntil()
	c.Number, c.Words, c.Pending = stats.Active, req.Language.ActiveWord(stats.Active), prose.Capitalize(req.Language.PendingListed(stats))
	if stats.Active > 0 {
		c.Words += " " + reach
	}
	points := make([]draw.Point, len(curve))
	for i, p := range curve {
		points[i] = draw.Point(p)
	}
	c.Spark = draw.Spark(draw.CurveData{Language: req.Language, Points: points, Until: c.AsOf, Axis: true})
	var b bytes.Buffer
	if err := s.card[req.Language].Execute(&b, c); err != nil {
		return nil, fmt.Errorf("filling the template of cards: %w", err)
	}
	return route.OK("text/html; charset=utf-8", route.Localize(req.Language, b.Bytes())), nil
}

// moment is a moment that programs can read too.
func moment(l prose.Language, t time.Time) template.HTML {
	return template.HTML(`<time datetime="` + t.UTC().Format(time.RFC3339) + `">` + l.Moment(t) + `</time>`) //nolint:gosec // made of numbers
}

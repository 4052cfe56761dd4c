package draw

import (
	"cmp"
	"html/template"
	"math"
	"slices"
	"strings"

	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// CountyMapData is what a map of counties shows.
type CountyMapData struct {
	ID          string                     // what its ids begin with; "counties" where it is ""
	Title       string                     // its name for readers who do not see it
	Description string                     // and what it says, in a sentence or two
	Language    prose.Language             // English where it is ""
	Now         map[string]prose.CountyNow // by FIPS code; a county that is missing has nothing
}

// The size of a map of counties at most, in half pixels of a desktop screen, and what
// it leaves out.
const (
	countyMapWidth  = 1440
	countyMapHeight = 1200
	countyMapMargin = 6
	countyMapBend   = 3
	countyMapIsland = 40
	countyMapNames  = 33 // the most counties of which names are written
)

// CountyMap draws the counties of a state: the model of the county's own agencies that
// reaches farthest as fill, that of local agencies as dots where it reaches farther,
// and pending entries as hatching. Each county leads to /counties/48001 and has a
// title for those who point at it. A state can have 254 of them, so the keyboard and
// screen readers pass these links by, and are told in the description what the map
// shows; a table beside it has to have the same links. It is "" for an unknown state.
func (b *Borders) CountyMap(s roster.State, d CountyMapData) template.HTML {
	b.read()
	counties := b.ofState[s]
	if len(counties) == 0 {
		return ""
	}
	p, width, height := b.fit(counties, countyMapWidth, countyMapHeight, countyMapMargin, mostScale)
	m := countyMap{view: b.view(p, countyMapBend, countyMapIsland), canvas: canvas{l: cmp.Or(d.Language, prose.English)}, id: identifier(d.ID, "counties"), now: d.Now, unlisted: true}
	m.Grow(64 << 10)
	class := ""
	if !slices.ContainsFunc(counties, func(fips string) bool { return !d.Now[fips].Empty() }) {
		class = " counties-bare"
	}
	m.add(`<div class="map counties%s"><svg viewBox="0 0 %.0f %.0f" role="group" %s>`, class, math.Ceil(width), math.Ceil(height), named(m.id))
	m.name(m.id, d.Title, d.Description)
	m.patterns(counties, 14)
	m.add(`<g aria-hidden="true">`)
	m.counties(counties)
	m.add(`</g>`)
	if len(counties) <= countyMapNames {
		m.labels(counties, "", width, height)
	}
	m.add(`</svg>`)
	m.legend(counties, s)
	m.add(`</div>`)
	return m.html()
}

// countyMap collects a map of counties.
type countyMap struct {
	canvas
	*view
	id       string
	now      map[string]prose.CountyNow
	unlisted bool              // its links are not for the keyboard
	colors   map[string]string // attributes in the place of classes, for a file without a stylesheet; nil for a page
}

// as are the attributes that make something look as a class does.
func (m *countyMap) as(class string) string {
	if m.colors != nil {
		return m.colors[class]
	}
	return `class="` + class + `"`
}

// look is how a county is drawn.
type look struct {
	fill    roster.Model // of its own agencies; "" for none
	dots    roster.Model // of local agencies, where that reaches farther; "" for none
	pending bool
}

func lookOf(now prose.CountyNow) look {
	return look{fill: farthest(now.Own, ""), dots: farthest(now.Local, farthest(now.Own, "")), pending: now.Pending > 0}
}

// farthest is the model of some that reaches farthest, "" where none reaches farther
// than another one.
func farthest(agencies map[roster.Model]int, than roster.Model) roster.Model {
	for _, m := range prose.Reaching() {
		if m == than {
			return ""
		}
		if agencies[m] > 0 {
			return m
		}
	}
	return ""
}

// modelClass names a model in the stylesheet.
func modelClass(m roster.Model) string {
	if m == "" {
		return "none"
	}
	return strings.ToLower(string(m.Class()))
}

// patterns are those that the map needs: dots by model, and the hatching.
func (m *countyMap) patterns(counties []string, size int) {
	m.add(`<defs>`)
	half := float64(size) / 2
	for _, model := range m.dotted(counties) {
		m.add(`<pattern id="%s-dots-%s" width="%d" height="%d" patternUnits="userSpaceOnUse"><circle %s cx="%.1f" cy="%.1f" r="%.1f"/></pattern>`,
			m.id, modelClass(model), size, size, m.as("dots-"+modelClass(model)), half, half, half*0.66)
	}
	if m.pending(counties) {
		m.add(`<pattern id="%s-hatch" width="%d" height="%d" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path %s d="M0 0V%d"/><path %s d="M%.1f 0V%d"/></pattern>`,
			m.id, size, size, m.as("hatch-under"), size, m.as("hatch"), half, size)
	}
	m.add(`</defs>`)
}

// dotted are the models that are shown by dots.
func (m *countyMap) dotted(counties []string) []roster.Model {
	return slices.DeleteFunc(prose.Reaching(), func(model roster.Model) bool {
		return !slices.ContainsFunc(counties, func(fips string) bool { return lookOf(m.now[fips]).dots == model })
	})
}

func (m *countyMap) pending(counties []string) bool {
	return slices.ContainsFunc(counties, func(fips string) bool { return m.now[fips].Pending > 0 })
}

// counties draws counties, those without an agreement first, so that the borders of
// the others cover theirs.
func (m *countyMap) counties(counties []string) {
	for _, model := range slices.Backward(append(prose.Reaching(), "")) {
		open := false
		for _, fips := range counties {
			if lookOf(m.now[fips]).fill != model {
				continue
			}
			if !open {
				m.add(`<g class="county-%s">`, modelClass(model))
				open = true
			}
			m.county(fips)
		}
		if open {
			m.add(`</g>`)
		}
	}
}

// county draws one, as a link.
func (m *countyMap) county(fips string) {
	l := lookOf(m.now[fips])
	d := path(m.rings(m.outlines[fips], of(fips)), true)
	c, _ := place.ByFIPS(fips)
	m.add(`<a href="/counties/%s"`, fips)
	title := escape(m.l.CountyNow(of(fips), m.l.CountyName(c), m.now[fips]))
	if m.unlisted {
		m.add(` tabindex="-1"><title>%s</title>`, title)
	} else {
		m.add(` aria-labelledby="%s-%s"><title id="%s-%s">%s</title>`, m.id, fips, m.id, fips, title)
	}
	m.add(`<path d="%s"/>`, d)
	if l.dots != "" {
		m.add(`<path class="over" fill="url(#%s-dots-%s)" d="%s"/>`, m.id, modelClass(l.dots), d)
	}
	if l.pending {
		m.add(`<path class="over" fill="url(#%s-hatch)" d="%s"/>`, m.id, d)
	}
	m.add(`</a>`)
}

// legend names what the map shows of fills, dots and hatching.
func (m *countyMap) legend(counties []string, s roster.State) {
	all := m.signs(counties, s)
	m.add(`<div class="map-legend">`)
	if all[0].class == "" {
		m.add(`<span class="map-what">%s</span>`, escape(all[0].text))
		all = all[1:]
	}
	fills := 0
	m.add(`<ul>`)
	for _, k := range all {
		m.add(`<li><svg class="map-key" viewBox="0 0 32 24" aria-hidden="true"><g class="county-%s"><rect x="1" y="1" width="30" height="22"/></g>`, k.class)
		if k.pattern != "" {
			m.add(`<rect class="over" x="1" y="1" width="30" height="22" fill="url(#%s-%s)"/>`, m.id, k.pattern)
		}
		m.add(`</svg> %s</li>`, escape(k.text))
		if k.class != "none" {
			fills++
		}
	}
	m.add(`</ul></div>`)
	if fills > 1 {
		m.add(`<p class="map-note">%s</p>`, escape(m.l.CountyLegend("order", s)))
	}
}

// sign is an entry of a legend: what a fill and a pattern mean; a heading where it
// has no class.
type sign struct{ class, pattern, text string }

// signs are what a map shows of fills, dots and hatching, and says of them in a state.
func (m *countyMap) signs(counties []string, s roster.State) []sign {
	shown := map[roster.Model]bool{}
	for _, fips := range counties {
		shown[lookOf(m.now[fips]).fill] = true
	}
	var all []sign
	for _, model := range prose.Reaching() {
		if !shown[model] {
			continue
		}
		if all == nil {
			all = append(all, sign{text: m.l.CountyLegend("fill", s)})
		}
		all = append(all, sign{modelClass(model), "", m.l.Model(model)})
	}
	if dotted := m.dotted(counties); len(dotted) > 0 {
		all = append(all, sign{"none", "dots-" + modelClass(dotted[0]), m.l.CountyLegend("dots", s)})
	}
	if m.pending(counties) {
		all = append(all, sign{"none", "hatch", m.l.CountyLegend("hatching", s)})
	}
	if slices.ContainsFunc(counties, func(fips string) bool { return m.now[fips].Empty() }) {
		all = append(all, sign{"none", "", m.l.CountyLegend("none", s)})
	}
	return all
}

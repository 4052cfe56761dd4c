package draw

import "github.com/watch287g/watch287g/roster"

// NationFile is what a map of the nation's counties says that stands alone.
type NationFile struct {
	NationMapData
	Site  string   // the address of the pages that the states lead to
	Lines []string // what stands below: the date, the source, the license
}

// The file's layout, in the units of its map.
const (
	fileTop  = 120  // above the map
	fileMap  = 1216 // the map's height
	fileLine = 44
)

// fileColors are those of the pages by day, as attributes: a file that is opened
// anywhere has no stylesheet.
func fileColors() map[string]string {
	const paper, ink, border, none = "#ffffff", "#1b1f24", "#868e98", "#eceff3"
	colors := map[string]string{
		"county-none":  `fill="` + none + `" stroke="` + border + `" stroke-width="1.2"`,
		"over":         `stroke="none"`,
		"hatch":        `stroke="` + ink + `" stroke-width="2"`,
		"hatch-under":  `stroke="` + paper + `" stroke-width="3"`,
		"county-lines": `fill="none" stroke="` + border + `" stroke-width=".6"`,
		"state-lines":  `fill="none" stroke="` + ink + `" stroke-width="1.4"`,
		"ink":          `fill="` + ink + `"`,
		"muted":        `fill="#57606a"`,
		"paper":        `fill="` + paper + `"`,
	}
	for m, color := range map[roster.Model]string{roster.TFM: "#4b2e83", roster.JEM: "#5b9bd5", roster.WSO: "#c26a0c", roster.OtherModel: "#57606a"} {
		colors["dots-"+modelClass(m)] = `fill="` + color + `"`
		colors["county-"+modelClass(m)] = `fill="` + color + `" stroke="` + border + `" stroke-width=".6"`
	}
	return colors
}

// NationSVG draws the map of NationMap as a file that stands alone, with its title,
// its legend and what else is to be said. Text that is too long is not wrapped.
func (b *Borders) NationSVG(d NationFile) []byte {
	b.read()
	all := b.union()
	m := countyMap{view: b.view(newUnion(nationScale), nationBend, nationIsland), id: "nation", now: d.Now, colors: fileColors()}
	m.Grow(256 << 10)
	keys := m.signs(all, "")
	height := fileTop + fileMap + fileLine*(len(keys)+len(d.Lines)+2)
	m.add(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2000 %d" width="1000" height="%d" font-family="system-ui, Helvetica, Arial, sans-serif" %s>`, height, height/2, named(m.id))
	m.name(m.id, d.Title, d.Description)
	m.add(`<rect width="2000" height="%d" %s/>`, height, m.as("paper"))
	m.patterns(all, nationPattern)
	m.add(`<text x="40" y="76" font-size="52" font-weight="700" %s>%s</text><g transform="translate(0 %d)">`, m.as("ink"), escape(d.Title), fileTop-32)
	m.states(d.Site, d.Names)
	m.add(`</g>`)
	y := fileTop + fileMap + fileLine
	for _, k := range keys {
		x := 40
		if k.class != "" {
			m.add(`<rect x="40" y="%d" width="44" height="30" %s/>`, y-26, m.as("county-"+k.class))
			x = 100
		}
		if k.pattern != "" {
			m.add(`<rect x="40" y="%d" width="44" height="30" %s fill="url(#%s-%s)"/>`, y-26, m.as("over"), m.id, k.pattern)
		}
		m.add(`<text x="%d" y="%d" font-size="28" %s>%s</text>`, x, y, m.as("ink"), escape(k.text))
		y += fileLine
	}
	y += fileLine / 2
	for _, line := range d.Lines {
		m.add(`<text x="40" y="%d" font-size="24" %s>%s</text>`, y, m.as("muted"), escape(line))
		y += fileLine * 3 / 4
	}
	m.add(`</svg>`)
	return []byte(m.String())
}

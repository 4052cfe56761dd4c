package draw

import (
	"cmp"
	"strings"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// NationFile is what a map of the nation's counties says that stands alone.
type NationFile struct {
	NationMapData
	Site  string   // the address of the pages that the states lead to
	Lines []string // what stands below: the date, the source, the license
}

// The file's layout, in the units of its map.
const (
	fileTop     = 120  // above the map
	fileMap     = 1216 // the map's height
	fileLine    = 44
	fileSmall   = 34
	fileLetters = 150 // that a small line has room for
)

// fileColors are those of the pages by day, as attributes: a file that is opened
// anywhere has no stylesheet.
func fileColors() map[string]string {
	const paper, ink, border, none = "#ffffff", "#1b1f24", "#7d8590", "#eceff3"
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
	for m, color := range map[roster.Model]string{roster.TFM: "#3c2675", roster.JEM: "#538fe8", roster.WSO: "#a65200", roster.OtherModel: "#57606a"} {
		colors["dots-"+modelClass(m)] = `fill="` + color + `"`
		colors["county-"+modelClass(m)] = `fill="` + color + `" stroke="` + border + `" stroke-width=".6"`
	}
	return colors
}

// NationSVG draws the map of NationMap as a file that stands alone, with its title,
// its legend and what else is to be said.
func (b *Borders) NationSVG(d NationFile) []byte {
	b.read()
	all := b.union()
	m := countyMap{view: b.view(newUnion(nationScale), nationBend, nationIsland), canvas: canvas{l: cmp.Or(d.Language, prose.English)}, id: "nation", now: d.Now, colors: fileColors()}
	m.Grow(256 << 10)
	keys := m.signs(all, "")
	var lines []string
	for _, line := range d.Lines {
		lines = append(lines, wrap(line, fileLetters)...)
	}
	height := fileTop + fileMap + fileLine*(len(keys)+2) + fileSmall*len(lines)
	m.add(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" font-family="system-ui, Helvetica, Arial, sans-serif" %s>`, nationWidth, height, nationWidth/2, height/2, named(m.id))
	m.name(m.id, d.Title, d.Description)
	m.add(`<rect width="%d" height="%d" %s/>`, nationWidth, height, m.as("paper"))
	m.patterns(all, nationPattern)
	m.add(`<text x="40" y="76" font-size="52" font-weight="700" %s>%s</text><g transform="translate(%d %d)">`, m.as("ink"), escape(d.Title), -nationLeft, fileTop-32)
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
	for _, line := range lines {
		m.add(`<text x="40" y="%d" font-size="24" %s>%s</text>`, y, m.as("muted"), escape(line))
		y += fileSmall
	}
	m.add(`</svg>`)
	return []byte(m.String())
}

// wrap breaks a text between words into lines of so many letters.
func wrap(text string, letters int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len(line)+1+len(word) > letters {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimSpace(line + " " + word)
	}
	return append(lines, line)
}

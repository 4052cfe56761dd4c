package export

import (
	"bufio"
	"io"

	"github.com/watch287g/watch287g/roster"
)

// aboutJSON is an About within a file. Its moments are in UTC.
type aboutJSON struct {
	Title      string            `json:"title"`
	AsOf       string            `json:"as_of,omitempty"`
	KnownUntil string            `json:"known_until,omitempty"`
	Made       string            `json:"made"`
	Site       string            `json:"site"`
	License    string            `json:"licence"`
	Sources    []roster.Evidence `json:"sources"`
}

func (a *About) json() *aboutJSON {
	if a == nil {
		return nil
	}
	sources := append([]roster.Evidence{}, a.Sources...) // none are [], not null
	return &aboutJSON{a.Title, rfc3339(a.AsOf), rfc3339(a.KnownUntil), rfc3339(a.Made), a.Site, License, sources}
}

// json writes an array of the rows; with an About, an object that has both.
func (t table[T]) json(w io.Writer, about *About) error {
	if about == nil {
		return roster.EncodeJSON(w, t.rows, indent)
	}
	return roster.EncodeJSON(w, map[string]any{"about": about.json(), t.name: t.rows}, indent) // in the order of the alphabet
}

const indent = " "

// jsonLines writes a line for each row. None of them is an About: a reader wants
// lines of one kind.
func (t table[T]) jsonLines(w io.Writer, _ *About) error {
	out := bufio.NewWriter(w)
	for i := range t.rows {
		if err := roster.EncodeJSON(out, &t.rows[i], ""); err != nil {
			return err
		}
	}
	return out.Flush()
}

// The shapes of RFC 7946 that a list needs.
type (
	featureCollection struct {
		Type     string     `json:"type"`
		About    *aboutJSON `json:"about,omitempty"` // a foreign member, which section 6.1 allows
		Features []feature  `json:"features"`
	}
	feature struct {
		Type       string `json:"type"`
		ID         string `json:"id"`
		Geometry   *point `json:"geometry"` // null where no county is known
		Properties any    `json:"properties"`
	}
	point struct {
		Type        string     `json:"type"`
		Coordinates [2]float64 `json:"coordinates"` // longitude, latitude
	}
)

func (a agreement) feature() feature { return feature{"Feature", a.ID, a.middle(), a} }

func (c change) feature() feature {
	return feature{"Feature", c.ID, c.place.middle(), struct {
		change
		county
	}{c, c.place}}
}

// geoJSON puts each row in the middle of its county.
func (t table[T]) geoJSON(w io.Writer, about *About) error {
	fc := featureCollection{"FeatureCollection", about.json(), make([]feature, len(t.rows))}
	for i, r := range t.rows {
		fc.Features[i] = r.feature()
	}
	return roster.EncodeJSON(w, fc, indent)
}

package export

import (
	"strings"

	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/roster"
)

// agreement is an agreement as JSON has it.
type agreement struct {
	roster.AgreementAt
	county
	origin
}

// change is a change as JSON has it: in the shape that webhooks and the API have.
type change struct {
	roster.Change
	License string `json:"licence,omitempty"`
	place   county
}

// Locate finds out where the agency of an agreement is.
type Locate func(roster.Agreement) place.Location

// county is where an agreement is; its code is "" where that is not known, and for
// an agency of the whole state.
type county struct {
	FIPS   string `json:"county_fips,omitempty"`
	Others string `json:"other_county_fips,omitempty"` // separated by spaces
	Name   string `json:"county_name,omitempty"`
	By     string `json:"placed_by,omitempty"` // place.Basis
	// StateName is that of the agency's state, and Latitude and Longitude are the middle
	// of the county in degrees: nil where there is no FIPS code.
	StateName string   `json:"state_name,omitempty"`
	Latitude  *float64 `json:"latitude,omitempty"`
	Longitude *float64 `json:"longitude,omitempty"`
}

func (locate Locate) countyOf(a roster.Agreement) county {
	at := locate(a)
	c := county{By: string(at.By), StateName: a.State.Name()}
	if found, ok := place.ByFIPS(at.County()); ok {
		c.FIPS, c.Name, c.Latitude, c.Longitude = found.FIPS, found.FullName(), &found.Lat, &found.Lon
		c.Others = strings.Join(at.Counties[1:], " ")
	}
	return c
}

// middle is the point that stands for the county on a map, nil for none.
func (c county) middle() *point {
	if c.Latitude == nil {
		return nil
	}
	return &point{"Point", [2]float64{*c.Longitude, *c.Latitude}}
}

// origin is what a row says of itself in a file that has no place for an About.
type origin struct {
	SHA256  string `json:"source_sha256,omitempty"` // of the list in force that names it; "" once none does
	License string `json:"licence,omitempty"`
}

// amendments says in one cell what was amended.
func amendments(fields []roster.Field) string {
	var b strings.Builder
	for i, f := range fields {
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(f.Name + ": " + f.From + " → " + f.To)
	}
	return b.String()
}

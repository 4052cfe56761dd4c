package diff

import (
	"sync"

	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/roster"
)

// Names remembers what agencies' names and county cells say, so that each is read
// once, however often lists are compared. It is safe for several goroutines; the
// zero value is ready.
type Names struct {
	parsed   memo[*name]
	counties memo[string] // state and cell to FIPS code
}

// maxNames bounds what is remembered: ICE has printed 3,000 spellings in two
// years.
const maxNames = 50_000

// memo remembers what was read of each spelling.
type memo[V any] struct {
	mu    sync.Mutex
	known map[roster.Spelling]V
}

func (m *memo[V]) get(s roster.Spelling, read func(roster.Spelling) V) V {
	m.mu.Lock()
	defer m.mu.Unlock()
	if v, known := m.known[s]; known {
		return v
	}
	if m.known == nil || len(m.known) >= maxNames {
		m.known = map[roster.Spelling]V{}
	}
	m.known[s] = read(s)
	return m.known[s]
}

// parse returns the normal form of a spelling, which nobody may change.
func (m *Names) parse(s roster.Spelling) *name { return m.parsed.get(s, parse) }

// county returns the FIPS code of the county that a cell names, "" for none.
func (m *Names) county(s roster.State, cell string) string {
	if cell == "" || s == "" {
		return ""
	}
	return m.counties.get(roster.Spelling{State: s, Name: cell}, func(roster.Spelling) string {
		c, _ := place.CountyOf(s, cell)
		return c.FIPS
	})
}

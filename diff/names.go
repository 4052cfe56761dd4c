package diff

import (
	"sync"

	"github.com/watch287g/watch287g/roster"
)

// Names remembers what agencies' names and county cells say, so that each is read
// once, however often lists are compared. It is safe for several goroutines; the
// zero value is ready.
type Names struct {
	mu       sync.Mutex
	parsed   map[roster.Spelling]*name
	counties map[roster.Spelling]string // state and cell to FIPS code
}

// maxNames bounds what is remembered: ICE has printed 3,000 spellings in two
// years.
const maxNames = 50_000

// parse returns the normal form of a spelling, which nobody may change.
func (m *Names) parse(s roster.Spelling) *name {
	m.mu.Lock()
	defer m.mu.Unlock()
	if n, known := m.parsed[s]; known {
		return n
	}
	if m.parsed == nil || len(m.parsed) >= maxNames {
		m.parsed = map[roster.Spelling]*name{}
	}
	n := parse(s)
	m.parsed[s] = &n
	return &n
}

// county returns the FIPS code of the county that a cell names, "" for none.
func (m *Names) county(s roster.State, cell string) string {
	if cell == "" || s == "" {
		return ""
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	key := roster.Spelling{State: s, Name: cell}
	if fips, known := m.counties[key]; known {
		return fips
	}
	if m.counties == nil || len(m.counties) >= maxNames {
		m.counties = map[roster.Spelling]string{}
	}
	c, _ := roster.CountyOf(s, cell)
	m.counties[key] = c.FIPS
	return c.FIPS
}

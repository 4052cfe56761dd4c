package diff_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/watch287g/watch287g/diff"
	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/roster"
)

// press is ICE's list as the test knows it: what is true, and what is printed.
type press struct {
	*rand.Rand
	counties   map[roster.State][]place.County
	rows       []*body
	names      map[string]bool // state, name and model ever used
	spelled    map[string]bool // state and name ever used
	towns      []string
	touched    map[*body]bool // rows that something happens to in the next list
	gone       map[*body]bool // rows that the next list lacks
	duplicates []roster.Row   // rows that the next list has besides
	away       []absence      // rows that left and may come back
	later      []later        // what the next list will do of itself
	events     []*event
	owners     map[string]string // a key to the class that last touched it, for false alarms
	day        time.Time
	file       int
	leaving    int // rows that go in the next list

	pool []body // real agencies that may join

	// The pending list, and what is to happen on later days.
	waiting []*body
	agenda  map[int][]func()
	today   int
	quiet   [2]int     // the days without a participating list: from, and before
	memory  diff.Names // what a service remembers of names from list to list
}

// absence is a row that has left, and when it may come back.
type absence struct {
	*body
	back time.Time
}

// later is an event of the next list, with the row that it happens to.
type later struct {
	*body
	*event
}

// The list is as long as ICE's in the first year of the program's growth. More
// rows than mostGone are never gone at once, so that no list is held.
const (
	listSize = 1000
	mostGone = 6
)

func newPress(seed, world uint64, rows int) *press {
	p := &press{Rand: rand.New(rand.NewPCG(seed, world)), names: map[string]bool{}, spelled: map[string]bool{}, touched: map[*body]bool{},
		gone: map[*body]bool{}, agenda: map[int][]func(){}, owners: map[string]string{}, counties: map[roster.State][]place.County{},
		day: time.Date(2026, 3, 2, 14, 0, 0, 0, time.UTC)}
	for _, s := range drawn {
		if p.counties[roster.State(s)] == nil {
			p.counties[roster.State(s)] = place.Counties(roster.State(s))
		}
	}
	for len(p.rows) < rows {
		b := p.join(p.longAgo())
		if p.chance(5) {
			p.misprinted(b)
		}
	}
	clear(p.touched)
	return p
}

// longAgo is a day on which agreements were signed: many of one day, as ICE signs
// them in batches.
func (p *press) longAgo() roster.Date {
	n := p.IntN(110)
	n = n * n / 110 // the later the more
	return roster.DateOf(p.day.AddDate(0, 0, -12-4*n))
}

// lately is a day of the last week and a half.
func (p *press) lately() roster.Date { return roster.DateOf(p.day.AddDate(0, 0, -p.IntN(10))) }

func keyOf(s roster.State, agency string, m roster.Model) string {
	return string(s) + "|" + roster.Fold(agency) + "|" + string(m)
}

func rowKeyOf(r roster.Row) string { return keyOf(r.State, r.Agency, r.Model) }

// bare is a name without "City of" and the like, and with one word for each of
// the bodies that are one and the same.
func bare(agency string) string {
	s := roster.Fold(agency)
	for _, start := range []string{"city of ", "town of ", "village of "} {
		s = strings.TrimPrefix(s, start)
	}
	for _, pair := range [][2]string{{" department", ""}, {" office", ""}, {" pd", " police"}, {" sheriffs", " sheriff"}, {" constables", " constable"}, {" county", ""}, {" parish", ""}} {
		s = strings.Replace(s, pair[0], pair[1], 1)
	}
	return s
}

// isFree says that no row ever had the name, nor one that means the same.
func (p *press) isFree(r roster.Row) bool {
	return !p.names[rowKeyOf(r)] && !p.names[keyOf(r.State, "= "+bare(r.Agency), r.Model)]
}

func (p *press) use(r roster.Row) {
	p.names[rowKeyOf(r)] = true
	p.names[keyOf(r.State, "= "+bare(r.Agency), r.Model)] = true
	p.spelled[keyOf(r.State, r.Agency, "")] = true
}

// join lists an agency that was never there.
func (p *press) join(signed roster.Date) *body {
	for {
		b := p.draw()
		b.Signed = signed
		if p.list(&b, p.IntN(3) > 0) {
			return &b
		}
	}
}

// list adds a row, unless its name was ever used.
func (p *press) list(b *body, withFile bool) bool {
	if !p.isFree(b.Row) {
		return false
	}
	p.use(b.Row)
	if withFile {
		p.link(&b.Row)
	}
	p.rows = append(p.rows, b)
	p.touched[b] = true
	return true
}

// pick chooses a row that nothing has happened to in this list, nil where none
// that fits is found soon.
func (p *press) pick(fits func(*body) bool) *body {
	for range 400 {
		if b := p.rows[p.IntN(len(p.rows))]; !p.touched[b] && (fits == nil || fits(b)) {
			return b
		}
	}
	return nil
}

// drop has a row be gone from the next list.
func (p *press) drop(b *body) {
	p.touched[b], p.gone[b] = true, true
	p.leaving++
}

// print makes the next list of what has happened, a day later.
func (p *press) print() roster.Roster {
	p.rows = slices.DeleteFunc(p.rows, func(b *body) bool { return p.gone[b] })
	printed := make([]roster.Row, 0, len(p.rows)+len(p.duplicates))
	for _, b := range p.rows {
		printed = append(printed, b.Row)
	}
	printed = append(printed, p.duplicates...)
	for i := range printed {
		printed[i].Number = i + 2
	}
	p.duplicates, p.leaving = nil, 0
	clear(p.gone)
	clear(p.touched)
	p.day = p.day.Add(24 * time.Hour)
	return roster.Roster{List: roster.ListParticipating, Rows: printed}
}

// arrive has a list arrive at the time of the press.
func (p *press) arrive(r roster.Roster, first bool) diff.Candidate {
	return diff.Candidate{Roster: r, Baseline: first, Publication: roster.Publication{List: r.List, SHA256: string(r.List) + p.day.String(),
		Digest: r.Digest(), PublishedAt: p.day, SeenAt: p.day, File: string(r.List) + p.day.Format("Agencies01022006.xlsx")}}
}

// event is what was done, and what may be said of it.
type event struct {
	class string
	what  string
	keys  []string   // of the rows that it touches
	want  [][]string // sets of lines, any of which is right
	said  []string
	peers [3][]string // what the peers' rules say
	left  int         // the day on which a pending entry left its list
	signs bool        // it signed, so that it can never be called withdrawn
}

// A line is a kind and a row; "amended?" stands for one that is only likely. What
// is wanted without the question mark may be said with it.
func lineOf(kind roster.Kind, r roster.Row) string { return string(kind) + " " + rowKeyOf(r) }

func renamed(old, now roster.Row) string {
	return lineOf(roster.KindAmended, now) + " < " + rowKeyOf(old)
}

func spoken(c roster.Change) string {
	mark := ""
	if c.Certainty == roster.Likely {
		mark = "?"
	}
	s := string(c.Kind) + mark + " " + keyOf(c.Agreement.State, c.Agreement.Agency, c.Agreement.Model)
	if c.Kind == roster.KindNew && c.PendingSince != "" {
		s += afterPending
	}
	if c.Kind == roster.KindAmended && c.Before != nil {
		s += " < " + keyOf(c.Before.State, c.Before.Agency, c.Before.Model)
	}
	return s
}

// afterPending marks a new agreement whose agency was pending for it.
const afterPending = " pending since"

func unsure(line string) string { return strings.Replace(line, " ", "? ", 1) }

// right says whether one of the sets that may be said was said.
func (e *event) right() bool { return e.allows(e.said) }

func (e *event) allows(lines []string) bool {
	for _, want := range e.want {
		said := slices.Clone(lines)
		all := len(said) == len(want)
		for _, w := range want {
			at := slices.IndexFunc(said, func(s string) bool { return s == w || s == unsure(w) })
			if at < 0 {
				all = false
				break
			}
			said = slices.Delete(said, at, at+1)
		}
		if all {
			return true
		}
	}
	return false
}

// certain says whether something that links two rows was said without doubt.
func (e *event) certain() bool {
	return slices.ContainsFunc(e.said, func(s string) bool {
		kind, _, _ := strings.Cut(s, " ")
		return !strings.HasSuffix(kind, "?")
	})
}

func (e *event) likely() bool {
	return slices.ContainsFunc(e.said, func(s string) bool {
		kind, _, _ := strings.Cut(s, " ")
		return strings.HasSuffix(kind, "?")
	})
}

func (e *event) String() string {
	return fmt.Sprintf("%s: %s — said %q", e.class, e.what, e.said)
}

// told reports whether a change is one that the test judges by.
func told(c roster.Change) bool {
	return c.Kind != roster.KindDetail && c.Kind != roster.KindDocument && c.Kind != roster.KindMilestone
}

// attribute gives each claim to the events whose rows it names, and returns those
// that no event explains.
func (p *press) attribute(claims []claim) (alarms []*event) {
	owners := p.ownersOf()
	for _, c := range claims {
		given := p.give(owners, c, func(e *event) { e.said = append(e.said, c.line) })
		if !given {
			alarms = append(alarms, &event{class: "false alarm", what: "after " + p.owners[c.keys[0]], said: []string{c.line}})
		}
	}
	return alarms
}

// attributePeers does so for what the peers' rules say.
func (p *press) attributePeers(before, after []roster.Row) {
	owners := p.ownersOf()
	before, after = changed(before, after), changed(after, before)
	for rule := range peers {
		for _, c := range peersSay(rule, before, after) {
			p.give(owners, c, func(e *event) { e.peers[rule] = append(e.peers[rule], c.line) })
		}
	}
}

func (p *press) ownersOf() map[string][]*event {
	owners := map[string][]*event{}
	for _, e := range p.events {
		for _, k := range e.keys {
			owners[k] = append(owners[k], e)
			p.owners[k] = e.class
		}
	}
	return owners
}

// give hands a claim to each event whose rows it names, and says whether there is one.
func (p *press) give(owners map[string][]*event, c claim, to func(*event)) bool {
	given := map[*event]bool{}
	for _, k := range c.keys {
		for _, e := range owners[k] {
			if !given[e] {
				given[e] = true
				to(e)
			}
		}
	}
	return len(given) > 0
}

// happened notes an event; each set of lines is one that may be said.
func (p *press) happened(what string, touched []roster.Row, want ...[]string) *event {
	e := &event{what: what, want: want}
	for _, r := range touched {
		if k := rowKeyOf(r); !slices.Contains(e.keys, k) {
			e.keys = append(e.keys, k)
		}
	}
	return e
}

func lines(l ...string) []string { return l }

func describe(r roster.Row) string {
	file := "no file"
	if r.MOA != "" {
		file = r.MOA[strings.LastIndexByte(r.MOA, '/')+1:]
	}
	return fmt.Sprintf("%s (%s, %q, %s, %s, %s)", r.Agency, r.State, r.County, r.Model, r.Signed, file)
}

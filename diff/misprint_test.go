package diff

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/roster"
)

var seed = flag.Uint64("seed", 287, "for the misprints that nobody has seen yet")

// The test below plays ICE: it keeps a true list of agreements, prints it with
// misprints that it makes up, and lets agencies really join and leave. What
// Update calls it is compared with what was done.

const (
	listSize   = 1500
	wantEvents = 10_000
	perList    = 40
	mayBeWrong = 10
)

func TestMisprintsNobodyHasSeen(t *testing.T) {
	t.Logf("seed %d (-args -seed N repeats it)", *seed)
	want := wantEvents
	if testing.Short() {
		want /= 5
	}
	wrong, events := playMisprints(*seed, want)
	for _, w := range wrong {
		t.Log(w)
	}
	t.Logf("%d of %d events called wrongly", len(wrong), events)
	if len(wrong) > mayBeWrong {
		t.Errorf("%d of %d events were called wrongly, want at most %d", len(wrong), events, mayBeWrong)
	}
}

func BenchmarkMisprints(b *testing.B) {
	wrong, events := 0, 0
	for i := range b.N {
		w, n := playMisprints(*seed+uint64(i), wantEvents)
		wrong, events = wrong+len(w), events+n
	}
	b.ReportMetric(float64(wrong)/float64(events)*10_000, "wrong/10k-events")
}

// playMisprints makes events until there are n, and returns the wrong calls.
func playMisprints(seed uint64, n int) (wrong []string, events int) {
	p := newPress(seed)
	known := p.publish(roster.Known{}).Known
	for events < n {
		p.events = nil
		for range perList {
			p.happen()
		}
		o := p.publish(known)
		if len(o.Holds) > 0 {
			return append(wrong, fmt.Sprintf("held: %v", o.Holds)), events
		}
		wrong = append(wrong, p.compare(o.Changes)...)
		known, events = o.Known, events+len(p.events)
	}
	return wrong, events
}

// publish prints the list and has Update compare it with what is known.
func (p *press) publish(known roster.Known) Outcome { return Update(p.print(known)) }

// print makes the next list of what has happened, a day later.
func (p *press) print(known roster.Known) Input {
	slices.Sort(p.gone)
	for _, i := range slices.Backward(p.gone) {
		p.rows = slices.Delete(p.rows, i, i+1)
	}
	printed := slices.Concat(p.rows, p.doubles)
	for i := range printed {
		printed[i].Number = i + 2
	}
	p.gone, p.doubles, p.touched = nil, nil, map[int]bool{}
	p.day = p.day.Add(24 * time.Hour)
	r := roster.Roster{List: roster.Participating, Rows: printed}
	return Input{Known: known, Now: p.day, Arrivals: []Arrival{{Roster: r, Baseline: known.First.IsZero(),
		Publication: roster.Publication{List: r.List, SHA256: p.day.String(), Digest: p.day.String(), PublishedAt: p.day}}}}
}

// compare names the events that were called wrongly.
func (p *press) compare(changes []roster.Change) (wrong []string) {
	got := map[string]int{}
	for _, c := range changes {
		switch c.Kind {
		case roster.Detail, roster.Document, roster.Milestone:
		default:
			got[line(c.Kind, roster.Row{State: c.Agreement.State, Agency: c.Agreement.Agency, Model: c.Agreement.Model})]++
		}
	}
	for _, e := range p.events {
		for _, w := range e.want {
			if got[w] > 0 {
				got[w]--
				continue
			}
			wrong = append(wrong, e.what)
			break
		}
	}
	// What was said instead explains a wrong call, in two lines at most; anything
	// beyond that is a false alarm of its own.
	var said []string
	for l, n := range got {
		said = append(said, slices.Repeat([]string{l}, n)...)
	}
	slices.Sort(said)
	for i := range wrong {
		wrong[i] += fmt.Sprintf(" — said in this list: %v", said)
	}
	for i := 2 * len(wrong); i < len(said); i++ {
		wrong = append(wrong, "false alarm: "+said[i])
	}
	return wrong
}

// event is what was done, and what should be said of it.
type event struct {
	what string
	want []string // kind|state|agency|model lines
}

// press is ICE's list as the test knows it.
type press struct {
	*rand.Rand
	rows    []roster.Row
	names   map[string]bool // state, name and model ever used
	places  []place
	touched map[int]bool // rows that something happens to in the next list
	gone    []int        // rows that the next list lacks
	doubles []roster.Row // rows that the next list has twice
	events  []event
	day     time.Time
	file    int
}

type place struct {
	state  roster.State
	county string
}

func newPress(seed uint64) *press {
	p := &press{Rand: rand.New(rand.NewPCG(seed, 1)), names: map[string]bool{}, touched: map[int]bool{},
		day: time.Date(2026, 3, 2, 14, 0, 0, 0, time.UTC)}
	for _, s := range []roster.State{"FL", "TX", "GA", "AL", "TN", "PA", "NC", "SC", "VA", "OK", "KS", "WI", "MO", "LA", "AR", "IN", "MS", "UT"} {
		for _, c := range roster.Counties(s) {
			p.places = append(p.places, place{s, c.Name})
		}
	}
	for len(p.rows) < listSize {
		p.join(p.day.AddDate(0, 0, -p.IntN(400)))
	}
	return p
}

// The words that made-up towns are named with.
var (
	heads = strings.Fields("Oak Maple Cedar Spring Clear Fair Green Glen High Lake Mill Moss Pine Red Ridge River Rock Sand Silver Stone Summer Wald West Wind Winter Wood Ash Beech Brook Camp Clay Cross Deer Eagle Elm Falcon Fern Fox Frost Grand Harp Haw Hazel Holly Iron Kings Lark Laurel Long")
	tails = strings.Fields("field ford ton ville burg dale wood land mont port view well brook crest haven ridge stead worth ham bury")
)

func (p *press) town() string {
	name := heads[p.IntN(len(heads))] + tails[p.IntN(len(tails))]
	switch p.IntN(8) {
	case 0:
		name += []string{" Beach", " Park", " Heights", " Springs", " City"}[p.IntN(5)]
	case 1:
		name = []string{"North ", "South ", "East ", "West ", "New "}[p.IntN(5)] + name
	}
	return name
}

// join lists an agency that was never there.
func (p *press) join(signed time.Time) roster.Row {
	for {
		at := p.places[p.IntN(len(p.places))]
		county := at.county + " County"
		if at.state == "LA" {
			county = at.county + " Parish"
		}
		r := roster.Row{State: at.state, County: county, Type: roster.County, Agency: county + " Sheriff's Office",
			Model: roster.Models()[p.IntN(3)], Signed: roster.DateOf(signed)}
		switch p.IntN(10) {
		case 0, 1, 2, 3:
			r.Type, r.Agency = roster.Municipality, p.town()+" Police Department"
		case 4:
			r.Type, r.Agency = roster.County, fmt.Sprintf("%s Constable's Office Precinct %d", county, 1+p.IntN(8))
		}
		if p.add(&r) {
			return r
		}
	}
}

// add lists a row unless its name was ever used; two in three have a file.
func (p *press) add(r *roster.Row) bool {
	key := string(r.State) + roster.Fold(r.Agency) + string(r.Model)
	if p.names[key] {
		return false
	}
	p.names[key] = true
	if p.IntN(3) > 0 {
		p.file++
		r.MOA = fmt.Sprintf("https://www.ice.gov/doclib/287gMOA/%s%s_%s_MOA_%d.pdf", strings.ReplaceAll(r.Agency, " ", ""), r.State, r.Model, p.file)
	}
	p.rows = append(p.rows, *r)
	p.touched[len(p.rows)-1] = true
	return true
}

// pick chooses a row that nothing has happened to in this list.
func (p *press) pick() int {
	for {
		if i := p.IntN(len(p.rows)); !p.touched[i] {
			p.touched[i] = true
			return i
		}
	}
}

func line(kind roster.Kind, r roster.Row) string {
	return fmt.Sprintf("%s|%s|%s|%s", kind, r.State, roster.Fold(r.Agency), r.Model)
}

func (p *press) happen() {
	switch p.IntN(12) {
	case 0:
		p.amend("letter", misspell(p, 1))
	case 1:
		p.amend("two letters", misspell(p, 2))
	case 2:
		p.amend("swapped letters", swapLetters(p))
	case 3:
		p.amend("abbreviation", abbreviate(p))
	case 4:
		p.amend("words", words(p))
	case 5:
		p.amend("date", func(r *roster.Row) {
			r.Signed = roster.DateOf(r.Signed.Time().AddDate(0, 0, 1+p.IntN(20)))
		})
	case 6:
		p.amend("state", func(r *roster.Row) { r.State = p.places[p.IntN(len(p.places))].state })
	case 7:
		p.double()
	case 8:
		p.cosmetic()
	case 9:
		r := p.join(p.day.AddDate(0, 0, -p.IntN(10)))
		p.events = append(p.events, event{"join", []string{line(roster.New, r)}})
	case 10:
		p.leave("leave")
	case 11:
		p.namesake()
	}
}

// amend changes a row in place. A change that gives it another row's name, or
// none at all, is not made.
func (p *press) amend(what string, change func(*roster.Row)) {
	i := p.pick()
	r := p.rows[i]
	change(&r)
	key := string(r.State) + roster.Fold(r.Agency) + string(r.Model)
	if r.Signed == p.rows[i].Signed && (p.names[key] || !plausible(p.rows[i], r)) {
		return
	}
	p.names[key] = true
	p.events = append(p.events, event{fmt.Sprintf("%s: %s (%s, %s) to %s (%s)", what, p.rows[i].Agency, p.rows[i].State, p.rows[i].Signed, r.Agency, r.State),
		[]string{line(roster.Amended, r)}})
	p.rows[i] = r
}

// plausible leaves out the misprints that make another real county of the one
// meant: no reader of the list alone could tell.
func plausible(old, now roster.Row) bool {
	if old.State != now.State {
		return true
	}
	name, _, county := strings.Cut(roster.Fold(now.Agency), " county")
	_, exists := roster.FindCounty(now.State, name)
	return !county || !exists || strings.HasPrefix(roster.Fold(old.Agency), name+" county")
}

func misspell(p *press, letters int) func(*roster.Row) {
	return func(r *roster.Row) {
		s := []byte(r.Agency)
		for range letters {
			i := p.letter(s)
			switch p.IntN(3) {
			case 0:
				s[i] = byte('a' + p.IntN(26))
			case 1:
				s = slices.Delete(s, i, i+1)
			case 2:
				s = slices.Insert(s, i, byte('a'+p.IntN(26)))
			}
		}
		r.Agency = string(s)
	}
}

// letter picks a letter within a word.
func (p *press) letter(s []byte) int {
	for {
		if i := 1 + p.IntN(len(s)-1); isLetter(s[i]) && s[i-1] != ' ' {
			return i
		}
	}
}

func isLetter(b byte) bool { return b|0x20 >= 'a' && b|0x20 <= 'z' }

func swapLetters(p *press) func(*roster.Row) {
	return func(r *roster.Row) {
		s := []byte(r.Agency)
		for range 50 {
			i := p.letter(s)
			if i+1 < len(s) && isLetter(s[i+1]) && s[i] != s[i+1] {
				s[i], s[i+1] = s[i+1], s[i]
				break
			}
		}
		r.Agency = string(s)
	}
}

func abbreviate(p *press) func(*roster.Row) {
	pairs := [][2]string{{"Police Department", "PD"}, {"Department", "Dept."}, {"Department", "Dept"}, {"County", "Co."},
		{"Sheriff's Office", "SO"}, {"Precinct", "Pct."}, {"Saint", "St."}, {"Fort", "Ft."}}
	return func(r *roster.Row) {
		for range 20 {
			pair := pairs[p.IntN(len(pairs))]
			if strings.Contains(r.Agency, pair[0]) {
				r.Agency = strings.Replace(r.Agency, pair[0], pair[1], 1)
				return
			}
			if strings.HasSuffix(r.Agency, pair[1]) {
				r.Agency = strings.TrimSuffix(r.Agency, pair[1]) + pair[0]
				return
			}
		}
	}
}

func words(p *press) func(*roster.Row) {
	return func(r *roster.Row) {
		switch {
		case strings.HasSuffix(r.Agency, " Police Department") && p.IntN(2) == 0:
			r.Agency = strings.TrimSuffix(r.Agency, " Department")
		case strings.HasSuffix(r.Agency, " Police Department"):
			r.Agency = []string{"Town of ", "City of ", "Village of "}[p.IntN(3)] + r.Agency
		case strings.HasSuffix(r.Agency, " Sheriff's Office") && p.IntN(2) == 0:
			r.Agency = strings.TrimSuffix(r.Agency, " Office") + " Department"
		case strings.HasSuffix(r.Agency, " Sheriff's Office"):
			r.Agency = strings.Replace(r.Agency, " County", "", 1)
		default:
			r.Agency += " / Law Enforcement Division"
		}
	}
}

// double lists a row twice, for good; that is one agreement.
func (p *press) double() {
	i := p.pick()
	r := p.rows[i]
	if slices.ContainsFunc(p.rows[:i], func(o roster.Row) bool { return o.Agency == r.Agency && o.State == r.State && o.Model == r.Model }) {
		return
	}
	p.events = append(p.events, event{what: "double: " + r.Agency})
	p.doubles = append(p.doubles, r)
}

func (p *press) cosmetic() {
	i := p.pick()
	r := &p.rows[i]
	switch p.IntN(3) {
	case 0:
		r.Agency = strings.ToUpper(r.Agency)
	case 1:
		r.Agency = strings.ReplaceAll(r.Agency, "'", "")
	case 2:
		r.Agency = strings.ReplaceAll(r.Agency, " County ", "  county ")
	}
	p.events = append(p.events, event{what: "cosmetic: " + r.Agency})
}

func (p *press) leave(what string) roster.Row {
	i := p.pick()
	r := p.rows[i]
	p.gone = append(p.gone, i)
	p.events = append(p.events, event{fmt.Sprintf("%s: %s (%s, %s)", what, r.Agency, r.State, r.Signed), []string{line(roster.Removed, r)}})
	return r
}

// namesake has an agency leave as one of a like name joins: the town's Beach, the
// next precinct, a county that begins alike.
func (p *press) namesake() {
	i := p.pick()
	old := p.rows[i]
	r := old
	r.MOA = ""
	for r.Signed == old.Signed { // or nothing at all could tell
		r.Signed = roster.DateOf(p.day.AddDate(0, 0, -p.IntN(10)))
	}
	switch at := strings.IndexAny(old.Agency, "12345678"); {
	case at >= 0:
		r.Agency = old.Agency[:at] + string('1'+byte(p.IntN(8))) + old.Agency[at+1:]
		r.Signed = old.Signed // a precinct's number tells, whatever else is alike
	case old.Type == roster.Municipality:
		r.Agency = "North " + old.Agency
		if p.IntN(2) == 0 {
			r.Agency = strings.Replace(old.Agency, " Police", " Beach Police", 1)
		}
	default:
		name := p.likeCounty(old)
		if name == "" {
			return
		}
		r.County = name + " County"
		r.Agency = r.County + " Sheriff's Office"
		r.Signed = old.Signed // both counties exist: that tells
	}
	if !p.add(&r) {
		return
	}
	p.gone = append(p.gone, i)
	p.events = append(p.events, event{fmt.Sprintf("namesake: %s (%s, %s) leaves as %s (%s) joins", old.Agency, old.State, old.Signed, r.Agency, r.Signed),
		[]string{line(roster.Removed, old), line(roster.New, r)}})
}

// likeCounty returns a county of the state whose name is near the row's own
// county's, "" where there is none.
func (p *press) likeCounty(r roster.Row) string {
	own, _, _ := strings.Cut(r.County, " County")
	if _, exists := roster.FindCounty(r.State, own); !exists || !strings.HasPrefix(roster.Fold(r.Agency), roster.Fold(own)+" county") {
		return "" // moved or misprinted before
	}
	for _, c := range roster.Counties(r.State) {
		if near := roster.Distance(c.Name, own); near > 0 && near <= 3 {
			return c.Name
		}
	}
	return ""
}

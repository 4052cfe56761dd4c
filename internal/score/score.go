// Package score compares what the program says about an archive of ICE's lists
// with what is known to be true of them, publication by publication.
package score

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/watch287g/watch287g/roster"
)

// Truth is what is known of an archive.
type Truth struct {
	publications map[string]*counts         // by file name
	becameOf     map[string]map[string]bool // what became of the pending entries, by their side
	pendingKnown bool
}

// counts are how often each side changed with a publication.
type counts struct {
	added, removed map[string]int
	amended        map[string]int  // by both sides
	ambiguous      map[string]bool // sides of which nobody can tell
}

func newCounts() *counts {
	return &counts{map[string]int{}, map[string]int{}, map[string]int{}, map[string]bool{}}
}

// side names one side of a change as the truth and the program both can: without
// the signing date, as a misprinted one has no right spelling.
func side(state, agency, model string) string {
	if s, ok := roster.ParseState(state); ok {
		state = string(s)
	}
	return state + "|" + strings.ToLower(roster.Clean(agency)) + "|" + model
}

func bothSides(before, after string) string { return before + " => " + after }

// ReadTruth reads two CSV files. changes has a row for each change of the
// participating list: the file name of the publication, a label (added, removed,
// ambiguous, or any other for an agreement that was amended), and old_ and new_
// state, agency and model. pending, which may be nil, has a row for each entry of
// the pending list: state, agency, model, and as a label what became of it.
func ReadTruth(changes, pending io.Reader) (*Truth, error) {
	t := &Truth{publications: map[string]*counts{}, becameOf: map[string]map[string]bool{}, pendingKnown: pending != nil}
	err := eachRow(changes, []string{"publication", "label", "old_state", "old_agency", "old_model", "new_state", "new_agency", "new_model"}, t.addChange)
	if err != nil {
		return nil, fmt.Errorf("reading the changes: %w", err)
	}
	if pending == nil {
		return t, nil
	}
	if err := eachRow(pending, []string{"state", "agency", "model", "label"}, t.addPending); err != nil {
		return nil, fmt.Errorf("reading what became of the pending entries: %w", err)
	}
	return t, nil
}

// eachRow calls do with every row of a CSV file, which must have some columns.
func eachRow(r io.Reader, columns []string, do func(get func(column string) string)) error {
	rows, err := csv.NewReader(r).ReadAll()
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		return errors.New("the file is empty")
	}
	for _, column := range columns {
		if !slices.Contains(rows[0], column) {
			return fmt.Errorf("there is no column %s", column)
		}
	}
	for _, row := range rows[1:] {
		do(func(column string) string { return row[slices.Index(rows[0], column)] })
	}
	return nil
}

func (t *Truth) addChange(get func(column string) string) {
	c := t.publications[get("publication")]
	if c == nil {
		c = newCounts()
		t.publications[get("publication")] = c
	}
	before := side(get("old_state"), get("old_agency"), get("old_model"))
	after := side(get("new_state"), get("new_agency"), get("new_model"))
	switch get("label") {
	case "added":
		c.added[after]++
	case "removed":
		c.removed[before]++
	case "ambiguous":
		c.ambiguous[before], c.ambiguous[after] = true, true
	default:
		c.amended[bothSides(before, after)]++
	}
}

func (t *Truth) addPending(get func(column string) string) {
	entry := side(get("state"), get("agency"), get("model"))
	if t.becameOf[entry] == nil {
		t.becameOf[entry] = map[string]bool{}
	}
	t.becameOf[entry][get("label")] = true
}

// Tally says how much of what is true was found.
type Tally struct {
	Known, Found int
	False        int      // false alarms
	Wrong        []string // what was missed and what is false, one a line, in order
}

// Result is how well the program did.
type Result struct {
	Publications int // that the truth has changes of
	Silent       int // of which the program says nothing
	New          Tally
	Removed      Tally
	Amended      Tally
	Others       int // amended agreements that the truth lacks, such as PD for Police Department: they do not count as false
	Withdrawn    Tally
	Pending      bool // what became of pending entries is known
}

// Right tells whether everything was found, and nothing invented.
func (r Result) Right() bool {
	return len(r.New.Wrong)+len(r.Removed.Wrong)+len(r.Amended.Wrong)+len(r.Withdrawn.Wrong) == 0
}

// Score compares changes, in the JSON Lines of "changes --format jsonl", with the
// truth. Changes of publications that the truth does not name are passed over.
func (t *Truth) Score(changes io.Reader) (Result, error) {
	said, withdrawn, err := read(changes)
	if err != nil {
		return Result{}, err
	}
	r := Result{Publications: len(t.publications), Pending: t.pendingKnown}
	for file, want := range t.publications {
		got := said[file]
		if got == nil {
			r.Silent++
			got = newCounts()
		}
		r.New.compare(file, want.added, got.added, want.ambiguous)
		r.Removed.compare(file, want.removed, got.removed, want.ambiguous)
		r.compareAmended(file, want, got)
	}
	if t.pendingKnown {
		t.scoreWithdrawn(&r.Withdrawn, withdrawn)
	}
	for _, tally := range []*Tally{&r.New, &r.Removed, &r.Amended, &r.Withdrawn} {
		slices.Sort(tally.Wrong)
	}
	return r, nil
}

// read counts what the program says of each publication, and the entries that it
// says were withdrawn.
func read(changes io.Reader) (said map[string]*counts, withdrawn map[string]bool, err error) {
	said, withdrawn = map[string]*counts{}, map[string]bool{}
	in := bufio.NewScanner(changes)
	in.Buffer(nil, 1<<24)
	for n := 1; in.Scan(); n++ {
		var c struct {
			Kind        string
			Publication struct{ File string }
			Agreement   agreement
			Before      agreement
		}
		if err := json.Unmarshal(in.Bytes(), &c); err != nil {
			return nil, nil, fmt.Errorf("reading line %d: %w", n, err)
		}
		file := path.Base(c.Publication.File)
		if said[file] == nil {
			said[file] = newCounts()
		}
		switch c.Kind {
		case "new", "restored":
			said[file].added[c.Agreement.side()]++
		case "removed":
			said[file].removed[c.Agreement.side()]++
		case "amended":
			said[file].amended[bothSides(c.Before.side(), c.Agreement.side())]++
		case "withdrawn":
			withdrawn[c.Agreement.side()] = true
		}
	}
	return said, withdrawn, in.Err()
}

type agreement struct{ State, Agency, Model string }

func (a agreement) side() string { return side(a.State, a.Agency, a.Model) }

func (t *Tally) miss(where, what string)  { t.Wrong = append(t.Wrong, where+": missed "+what) }
func (t *Tally) alarm(where, what string) { t.Wrong = append(t.Wrong, where+": false "+what) }

// find counts what is known and found.
func (t *Tally) find(file string, want, got map[string]int) {
	for what, n := range want {
		t.Known += n
		t.Found += min(n, got[what])
		if got[what] < n {
			t.miss(file, what)
		}
	}
}

func (t *Tally) compare(file string, want, got map[string]int, ambiguous map[string]bool) {
	t.find(file, want, got)
	for what, n := range got {
		if n > want[what] && !ambiguous[what] {
			t.False += n - want[what]
			t.alarm(file, what)
		}
	}
}

func (r *Result) compareAmended(file string, want, got *counts) {
	r.Amended.find(file, want.amended, got.amended)
	for what, n := range got.amended {
		before, after, _ := strings.Cut(what, " => ")
		if n > want.amended[what] && !want.ambiguous[before] && !want.ambiguous[after] {
			r.Others += n - want.amended[what]
		}
	}
}

// scoreWithdrawn compares the entries that are said to be withdrawn with those that
// were. One that was signed much later, or of which nobody can tell, may be said
// to be.
func (t *Truth) scoreWithdrawn(tally *Tally, said map[string]bool) {
	for entry, became := range t.becameOf {
		if !became["withdrawn"] {
			continue
		}
		if tally.Known++; said[entry] {
			tally.Found++
		} else {
			tally.miss("pending", entry)
		}
	}
	for entry := range said {
		became := t.becameOf[entry]
		if !became["withdrawn"] && !became["relisted"] && !became["signed later"] && !became["ambiguous"] {
			tally.False++
			tally.alarm("pending", entry)
		}
	}
}

// String gives the figures, a line for each kind of change.
func (r Result) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "publications %d, without a change %d\n", r.Publications, r.Silent)
	fmt.Fprintf(&b, "new       %4d of %4d found, %d false alarms\n", r.New.Found, r.New.Known, r.New.False)
	fmt.Fprintf(&b, "removed   %4d of %4d found, %d false alarms\n", r.Removed.Found, r.Removed.Known, r.Removed.False)
	fmt.Fprintf(&b, "amended   %4d of %4d found, %d others\n", r.Amended.Found, r.Amended.Known, r.Others)
	if r.Pending {
		fmt.Fprintf(&b, "withdrawn %4d of %4d found, %d false alarms\n", r.Withdrawn.Found, r.Withdrawn.Known, r.Withdrawn.False)
	}
	return b.String()
}

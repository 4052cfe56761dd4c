package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// claim is a change as it is printed and sent. A key that the oracle does not
// know is an error: nothing that is claimed goes unchecked.
type claim struct {
	ID          string    `json:"id"`
	Seq         int       `json:"seq"`
	Kind        string    `json:"kind"`
	DetectedAt  time.Time `json:"detected_at"`
	Publication struct {
		List        string    `json:"list"`
		File        string    `json:"file"`
		SHA256      string    `json:"sha256"`
		URL         string    `json:"url"`
		PublishedAt time.Time `json:"published_at"`
		Row         int       `json:"row"`
	} `json:"publication"`
	Agreement         claimed        `json:"agreement"`
	Before            *claimed       `json:"before"`
	Fields            []claimedField `json:"fields"`
	Certainty         string         `json:"certainty"`
	PendingSince      string         `json:"pending_since"`
	PendingUntil      string         `json:"pending_until"`
	ListedSince       string         `json:"listed_since"`
	Gaps              []claimedSpell `json:"gaps"`
	SinceIsLowerBound bool           `json:"at_least"`
	Holding           int            `json:"holding"`
	Beside            string         `json:"beside"`
	Holds             []claimedHold  `json:"holds"`
	Seeks             []string       `json:"seeks"`
	WasPending        []claimedSpell `json:"was_pending"`
	WasSigned         []claimedSpell `json:"was_signed"`
	Corrects          string         `json:"takes_back"`
	Near              string         `json:"near"`
	Why               []string       `json:"why"`
	Milestone         *struct {
		Name       string `json:"name"`
		Count      int    `json:"count"`
		Day        string `json:"day"`
		Among      int    `json:"among"`
		LeavingOut string `json:"leaving_out"`
	} `json:"milestone"`
	Page     *claimedPage      `json:"page"`
	Document *claimedDocument  `json:"document"`
	Text     string            `json:"text"`
	Texts    map[string]string `json:"texts"`
}

// claimedField is what is said to be otherwise.
type claimedField struct {
	Name string `json:"name"`
	From string `json:"from"`
	To   string `json:"to"`
}

// claimed is an agreement as a change gives it.
type claimed struct {
	ID       string `json:"id"`
	AgencyID string `json:"agency_id"`
	State    string `json:"state"`
	Agency   string `json:"agency"`
	County   string `json:"county"`
	Type     string `json:"type"`
	Model    string `json:"model"`
	Signed   string `json:"signed"`
	SignedAs string `json:"signed_as"`
	MOA      string `json:"moa_url"`
	Addendum string `json:"addendum_url"`
}

// oracle holds what the lists say against what is claimed.
type oracle struct {
	lists   map[string][]*icesList // those that counted, in order
	changes []claim
	byID    map[string]int
	names   map[string]map[string]bool // an agency's id to every name that the changes give it, as state|bare name
	taken   map[string]string          // a change to the one that takes it back
	told    map[string]string          // what was told to the change that told it
	forms   []knownForm
	threads []thread
	papers  *paperStory     // what is known of documents; nil for nothing
	heard   map[string]bool // what was told of them

	unlessTakenBack map[string][]func() // what speaks against a change, where none takes it back
	found           []string
}

// readClaims reads a log of changes.
func readClaims(jsonl string) ([]claim, error) {
	var all []claim
	for line := range strings.Lines(jsonl) {
		var c claim
		d := json.NewDecoder(strings.NewReader(line))
		d.DisallowUnknownFields()
		if err := d.Decode(&c); err != nil {
			return nil, fmt.Errorf("%w, which the oracle cannot check\n%s", err, line)
		}
		all = append(all, c)
	}
	return all, nil
}

// contradictions says what the lists that counted contradict of what is claimed.
func contradictions(changes []claim, lists []*icesList) []string {
	return contradictionsWith(changes, lists, nil)
}

// newOracle has heard nothing yet.
func newOracle(changes []claim, lists []*icesList, papers *paperStory) *oracle {
	o := &oracle{lists: byList(lists), changes: changes, byID: map[string]int{}, names: map[string]map[string]bool{},
		taken: map[string]string{}, told: map[string]string{}, unlessTakenBack: map[string][]func(){}, forms: readForms(), papers: papers, heard: map[string]bool{}}
	for i, c := range changes {
		o.byID[c.ID] = i
		for _, a := range []*claimed{&c.Agreement, c.Before} {
			if a == nil {
				continue
			}
			if o.names[a.AgencyID] == nil {
				o.names[a.AgencyID] = map[string]bool{}
			}
			o.names[a.AgencyID][a.State+"|"+bareName(a.Agency)] = true
		}
	}
	return o
}

// contradictionsWith knows what became of documents, too.
func contradictionsWith(changes []claim, lists []*icesList, papers *paperStory) []string {
	o := newOracle(changes, lists, papers)
	for i := range changes {
		o.check(&changes[i])
	}
	o.checkStanding()
	o.checkPapersTold()
	return o.found
}

// hearing is one change before the oracle.
type hearing struct {
	*oracle
	c            *claim
	here, before *icesList // the list that the change was read from, and the one before it
	at           int       // its place among the lists of its kind
	active       *icesList // the participating list in force
	activeAt     int
	waiting      *icesList // the pending one
	waitingAt    int
	names        map[string]bool
	row          *listRow
	said         map[string]bool
}

// no notes a contradiction, under a class that names what is wrong.
func (h *hearing) no(class, format string, args ...any) {
	h.found = append(h.found, fmt.Sprintf("%s: change %d, %s %s: %s\n\t%s", class, h.c.Seq, h.c.Kind, h.c.Certainty, fmt.Sprintf(format, args...), h.c.Text))
}

func (o *oracle) check(c *claim) {
	h := &hearing{oracle: o, c: c, names: o.names[c.Agreement.AgencyID], said: map[string]bool{}}
	lists := o.lists[c.Publication.List]
	h.at = slices.IndexFunc(lists, func(l *icesList) bool {
		return l.sha == c.Publication.SHA256 && l.file == c.Publication.File && l.at.Equal(c.Publication.PublishedAt)
	})
	if h.at < 0 {
		h.no("evidence", "no list that counted is %s of %v", c.Publication.File, c.Publication.PublishedAt)
		return
	}
	if h.here = lists[h.at]; h.at > 0 {
		h.before = lists[h.at-1]
	}
	h.active, h.activeAt = o.inForce("participating", c.DetectedAt)
	h.waiting, h.waitingAt = o.inForce("pending", c.DetectedAt)
	if c.Kind == "page" {
		h.checkPage()
		return
	}
	if c.Document != nil && h.activeAt > 0 && c.DetectedAt.Sub(h.active.at) < pollsAtLeast { // nobody may have looked for the list yet
		h.waiting = o.lists["participating"][h.activeAt-1]
	}
	if (h.here != h.active && h.here != h.waiting) || h.before == nil {
		h.no("evidence", "%s was not in force, or the first list", c.Publication.File)
		return
	}
	h.checkFields()
	if c.Document != nil {
		h.checkPaper()
		return
	}
	h.checkOnce()
	h.checkWhy()
	h.checkNear()
	if c.Corrects != "" && (c.Kind == "new" || c.Kind == "amended") {
		h.checkTakesBack()
	}
	if check := map[string]func(){"new": h.checkNew, "pending": h.checkPending, "removed": h.checkRemoved, "withdrawn": h.checkWithdrawn,
		"restored": h.checkRestored, "amended": h.checkAmended, "detail": h.checkAmended, "document": h.checkAmended, "milestone": h.checkMilestone}[c.Kind]; check != nil {
		check()
	} else {
		h.no("unknown kind", "%q", c.Kind)
	}
	h.checkText()
}

// inForce is the last list that was published until then, and its place.
func (o *oracle) inForce(list string, at time.Time) (*icesList, int) {
	for i, l := range slices.Backward(o.lists[list]) {
		if !l.at.After(at) {
			return l, i
		}
	}
	return nil, -1
}

// agreements are a list's agreements by state: rows that repeat one, under a name
// loosely the same, with the same date or file, count once.
func (l *icesList) agreements() map[string][]*listRow {
	if l.distinct != nil {
		return l.distinct
	}
	l.distinct = map[string][]*listRow{}
	for i := range l.rows {
		r := &l.rows[i]
		if r.state == "" || r.model == "" {
			continue
		}
		same := func(o *listRow) bool {
			return o.bare == r.bare && o.model == r.model && (o.signed == r.signed && o.printed == r.printed || o.documentID != "" && o.documentID == r.documentID)
		}
		if !slices.ContainsFunc(l.distinct[r.state], same) {
			l.distinct[r.state] = append(l.distinct[r.state], r)
		}
	}
	return l.distinct
}

// total counts them all.
func (l *icesList) total() int {
	n := 0
	for _, rows := range l.agreements() {
		n += len(rows)
	}
	return n
}

// named are a list's agreements of an agency, under any of its names, in a model
// or, with "", in any.
func (l *icesList) named(names map[string]bool, model string) []*listRow {
	var found []*listRow
	states := map[string]bool{}
	for key := range names {
		state, _, _ := strings.Cut(key, "|")
		states[state] = true
	}
	for state := range states {
		for _, r := range l.agreements()[state] {
			if names[state+"|"+r.bare] && (model == "" || r.model == model) {
				found = append(found, r)
			}
		}
	}
	return found
}

// spell is the place of the first list of the run, up to the one at that place,
// that has the agency in the model under any of its names, or under its file.
func (o *oracle) spell(list string, at int, names map[string]bool, model string) (first int, has bool) {
	documents := map[string]bool{}
	first = at + 1
	for i := at; i >= 0; i-- {
		l := o.lists[list][i]
		rows := l.named(names, model)
		if len(rows) == 0 {
			for j := range l.rows {
				if r := &l.rows[j]; r.model == model && documents[r.documentID] {
					rows = append(rows, r)
				}
			}
		}
		if len(rows) == 0 {
			break
		}
		for _, r := range rows {
			if r.documentID != "" {
				documents[r.documentID] = true
			}
		}
		first = i
	}
	return first, first <= at
}

// newYork is the zone of Washington's days, which is read from a file.
var newYork = sync.OnceValues(func() (*time.Location, error) { return time.LoadLocation("America/New_York") })

// eastern is the day in Washington.
func eastern(t time.Time) string {
	zone, err := newYork()
	if err != nil {
		return err.Error()
	}
	return t.In(zone).Format(time.DateOnly)
}

// daysBetween counts calendar days.
func daysBetween(from, to string) int {
	a, _ := time.Parse(time.DateOnly, from)
	b, _ := time.Parse(time.DateOnly, to)
	return int(b.Sub(a).Hours() / 24)
}

// long spells a day out.
func long(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return ""
	}
	return t.Format("January 2, 2006")
}

package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/watch287g/watch287g/internal/fakeice"
	"github.com/watch287g/watch287g/store/postgres"
)

// fireCheck compares what came of a fleet under fire with what should have, by what the
// program prints, what the database holds and what the far ends got. It shares no code
// with the program, but for the look into the store itself.
type fireCheck struct {
	*underFire
	changes    []fireChange
	deliveries map[string]fireDelivery
	doubles    map[string]int
}

// fireChange is a change as "changes --format jsonl" prints it.
type fireChange struct {
	ID         string          `json:"id"`
	Kind       string          `json:"kind"`
	DetectedAt time.Time       `json:"detected_at"`
	Agreement  firePlace       `json:"agreement"`
	Fields     json.RawMessage `json:"fields"`
	Certainty  string          `json:"certainty"`
	Milestone  json.RawMessage `json:"milestone"`
	Text       string          `json:"text"`
	From       struct {
		SHA256 string `json:"sha256"`
	} `json:"publication"`
}

type firePlace struct {
	ID     string `json:"id"`
	Agency string `json:"agency"`
}

// fireDelivery is a row of the deliveries.
type fireDelivery struct {
	ID      string `json:"id"`
	Seq     int    `json:"seq"`
	Channel string `json:"channel"`
	State   string `json:"state"`
	Error   string `json:"last_error"`
}

func (c fireCheck) all() {
	c.Helper()
	c.doubles = map[string]int{}
	c.sameAsAnImport()
	c.read()
	for _, channel := range []string{"all", "news", "joined", "members", "on-call", "slack", "phone"} {
		c.channel(channel)
	}
	polls := c.polls()
	c.Logf("%d publications, %d changes, %d deliveries, %d messages that came, %d polls, %d lives; done to the fleet: %v; by the far ends: %v; doubles: %v",
		len(c.published), len(c.changes), len(c.deliveries), len(c.ends.got), polls, c.lives, c.faults, c.ends.faults, c.doubles)
	if n, longest := c.machine.times(); n > 0 {
		c.Logf("the machine stood still %d times, for %v at most; what is measured is not all the fleet's doing", n, longest)
	}
	c.takeovers()
	if !c.pace.turns {
		c.Logf("tables at the end:\n%s", sizes(c.T, c.look))
	}
}

// sameAsAnImport compares the changes with those of an import of the same lists.
func (c *fireCheck) sameAsAnImport() {
	c.Helper()
	s, err := postgres.Open(c.Context(), c.database, postgres.Options{})
	if err != nil {
		c.Fatal(err)
	}
	if err := cmp.Or(consistent(c.Context(), s), s.Close()); err != nil {
		c.Error(err)
	}
	c.changes = c.printed(configured(c.T, fmt.Sprintf("store: %q", c.database)), c.TempDir())
	data, none := c.TempDir(), configured(c.T, "holds: {accept: never}")
	index, err := fakeice.WriteArchive(c.TempDir(), c.published)
	if err != nil {
		c.Fatal(err)
	}
	output(c.T, program(c.T, time.Time{}, "--data", data, "--config", none, "import", index))
	want, got := blurred(c.printed(none, data)), blurred(c.changes)
	if !slices.Equal(want, got) || len(got) == 0 {
		c.Errorf("%d changes, and %d by an import. The import alone has\n%s\nand the fleet alone has\n%s", len(got), len(want), others(want, got), others(got, want))
	}
}

func (c *fireCheck) printed(config, data string) (changes []fireChange) {
	c.Helper()
	for line := range strings.Lines(output(c.T, program(c.T, time.Time{}, "--data", data, "--config", config, "changes", "--format", "jsonl"))) {
		var change fireChange
		if err := json.Unmarshal([]byte(line), &change); err != nil {
			c.Fatal(err)
		}
		changes = append(changes, change)
	}
	return changes
}

// blurred are changes without when they were seen. A withdrawal is told with whichever
// list ends its grace, and names the pending list that was had by then.
func blurred(changes []fireChange) (lines []string) {
	for _, c := range changes {
		sha := c.From.SHA256
		if c.Kind == "withdrawn" {
			sha = ""
		}
		lines = append(lines, fmt.Sprintf("%s %s %s %s %s %.8s: %s", c.Kind, c.Agreement.ID, c.Fields, c.Milestone, c.Certainty, sha, c.Text))
	}
	slices.Sort(lines)
	return lines
}

// read reads the deliveries, all of which must have been sent.
func (c *fireCheck) read() {
	c.Helper()
	rows, err := c.look.Query(c.Context(), "SELECT doc FROM watch287g.deliveries ORDER BY seq")
	if err != nil {
		c.Fatal(err)
	}
	defer rows.Close()
	c.deliveries = map[string]fireDelivery{}
	for rows.Next() {
		var doc []byte
		var d fireDelivery
		if err := cmp.Or(rows.Scan(&doc), json.Unmarshal(doc, &d)); err != nil {
			c.Fatal(err)
		}
		c.deliveries[d.ID] = d
		if d.State != "sent" {
			c.Errorf("%s to %s is %s: %s", d.ID, d.Channel, d.State, d.Error)
		}
	}
	if rows.Err() != nil {
		c.Fatal(rows.Err())
	}
}

// wanted are the changes that a channel is to get.
func (c *fireCheck) wanted(channel string) (wanted []fireChange) {
	for _, change := range c.changes {
		is := change.Kind != "detail" && change.Kind != "document"
		switch channel {
		case "all":
			is = true
		case "joined":
			is = change.Kind == "new"
		case "on-call":
			is = false
		}
		if is {
			wanted = append(wanted, change)
		}
	}
	return wanted
}

// channel looks at what one channel got.
func (c *fireCheck) channel(name string) {
	c.Helper()
	by := map[string][]*fireReceipt{}
	for _, r := range c.ends.got {
		if r.channel() == name {
			by[r.to] = append(by[r.to], r)
		}
	}
	groups := inMoments(c.wanted(name))
	if name == "members" && len(by) != 2 && len(groups) > 0 {
		c.Errorf("mail went to %d readers, not 2", len(by))
	}
	for to, receipts := range by {
		if name == "slack" || name == "phone" {
			c.texts(to, receipts, groups)
			continue
		}
		c.messages(to, name, receipts)
	}
	if len(by) == 0 && len(groups) > 0 {
		c.Errorf("%s got nothing", name)
	}
}

// inMoments groups changes by the poll that found them.
func inMoments(changes []fireChange) (groups [][]fireChange) {
	for _, change := range changes {
		if n := len(groups); n == 0 || !groups[n-1][0].DetectedAt.Equal(change.DetectedAt) {
			groups = append(groups, nil)
		}
		groups[len(groups)-1] = append(groups[len(groups)-1], change)
	}
	return groups
}

// messages looks at those that have the ids of their deliveries.
func (c *fireCheck) messages(to, channel string, receipts []*fireReceipt) {
	c.Helper()
	last, first := 0, map[string]*fireReceipt{}
	var changes []string
	taken, whole := map[string]*fireReceipt{}, map[string]bool{}
	for _, r := range receipts {
		d, known := c.deliveries[r.delivery()]
		if !known || d.Channel != channel {
			c.Errorf("%s got %q, which is not committed for it", to, r.id)
			continue
		}
		if d.Seq < last {
			c.Errorf("%s got %s, number %d, from life %d at %s, after number %d", to, r.id, d.Seq, r.life.n, clockOf(r.at), last)
		}
		last = d.Seq
		if before := first[r.id]; before == nil {
			first[r.id], changes = r, append(changes, r.changes...)
		} else if channel != "members" && before.text != r.text {
			c.Errorf("%s got %s with two bodies:\n%s\n%s", to, r.id, before.text, r.text)
		}
		if before := taken[r.id]; before != nil {
			c.double(to, before, r)
		}
		if r.mood == takes {
			taken[r.id], whole[d.ID] = r, true
		}
	}
	sent := 0
	for id, d := range c.deliveries {
		if d.Channel != channel {
			continue
		}
		if sent++; !whole[id] {
			c.Errorf("%s never got %s", to, id)
		}
	}
	var want []string
	groups := inMoments(c.wanted(channel))
	for _, change := range slices.Concat(groups...) {
		want = append(want, change.ID)
	}
	if channel != "on-call" && sent != len(groups) {
		c.Errorf("%s: %d deliveries for %d polls with changes", to, sent, len(groups))
	}
	if channel != "members" && !slices.Equal(want, changes) {
		c.Errorf("%s got %d changes, and not the %d that it wants, in their order", to, len(changes), len(want))
	}
}

// double asks why a message that was taken came again.
func (c *fireCheck) double(to string, before, again *fireReceipt) {
	c.Helper()
	life := before.life
	answered := cmp.Or(before.answered, before.at)
	until := answered.Add(10 * time.Second) // by when the answer is recorded, on a busy machine
	switch {
	case !life.killed.IsZero() && !life.killed.Before(before.at.Add(-time.Second)) && life.killed.Before(until):
		c.doubles["killed"]++
	case c.troubled(life.node, before.at.Add(-5*time.Second), until):
		c.doubles["database out of reach"]++
	default:
		c.Errorf("%s got %s from life %d at %s, took it at %s, and got it again from life %d at %s", to, cmp.Or(before.id, before.text[:min(80, len(before.text))]),
			life.n, clockOf(before.at), clockOf(answered), again.life.n, clockOf(again.at))
	}
}

func clockOf(t time.Time) string { return t.Format("15:04:05.000") }

// texts looks at messages without ids: in the order in which they first came, each names
// an agency of the poll that it is of, none is left out, and there is no going back.
func (c *fireCheck) texts(to string, receipts []*fireReceipt, groups [][]fireChange) {
	c.Helper()
	var texts []string
	for _, r := range receipts {
		if !slices.Contains(texts, r.text) {
			texts = append(texts, r.text)
		}
	}
	of, failed := assign(texts, groups)
	if failed >= 0 {
		c.Errorf("%s got %d messages for %d polls; this one is of none that it could be of, or there is one too many or too few by then: %.400s", to, len(texts), len(groups), texts[failed])
		return
	}
	last, taken := 0, map[string]*fireReceipt{}
	for _, r := range receipts {
		if of[r.text] < last {
			c.Errorf("%s got again from life %d at %s what is of poll %d, after that of poll %d: %.300s", to, r.life.n, clockOf(r.at), of[r.text], last, r.text)
		}
		last = of[r.text]
		if before := taken[r.text]; before != nil {
			c.double(to, before, r)
		}
		if r.mood == takes {
			taken[r.text] = r
		}
	}
	for _, text := range texts {
		if taken[text] == nil {
			c.Errorf("%s never took %.300s", to, text)
		}
	}
}

// assign finds which of the groups, in their order and none left out, texts in their
// order can be of. failed is the last text that one was found for, or -1 where all are.
func assign(texts []string, groups [][]fireChange) (of map[string]int, failed int) {
	can := make([][]bool, len(texts))
	for i, text := range texts {
		can[i] = make([]bool, len(groups))
		for g, group := range groups {
			follows := i == 0 && g == 0 || i > 0 && (can[i-1][g] || g > 0 && can[i-1][g-1])
			can[i][g] = follows && names(text, group)
		}
	}
	i, g := len(texts)-1, len(groups)-1
	if i < 0 || g < 0 || !can[i][g] {
		failed = max(i, 0)
		for failed > 0 && !slices.Contains(can[failed], true) {
			failed--
		}
		return nil, failed
	}
	of = map[string]int{}
	for ; i >= 0; i-- {
		if of[texts[i]] = g; g > 0 && i > 0 && can[i-1][g-1] {
			g--
		}
	}
	return of, -1
}

// names says whether a text names an agency that some changes are of.
func names(text string, changes []fireChange) bool {
	text = letters(text)
	return slices.ContainsFunc(changes, func(c fireChange) bool { return strings.Contains(text, letters(c.Agreement.Agency)) })
}

func letters(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, strings.ReplaceAll(text, `\u0026`, "&"))
}

// polls looks at what ICE's site saw: never two polls at once, and none before the pause
// after the last one was over.
func (c *fireCheck) polls() (n int) {
	c.Helper()
	var page *fireRequest // at which the poll that is under way began
	for _, q := range c.site.requests {
		for _, before := range c.site.requests {
			if before.begun.Before(q.begun) && before.life != q.life && before.ended.After(q.begun) && !c.gone(before.life, q.begun) &&
				!c.machine.still(before.begun, q.begun) {
				c.Errorf("lives %d and %d asked ICE at once, at %s", before.life.n, q.life.n, clockOf(q.begun))
			}
		}
		switch {
		case q.path == "/robots.txt":
			continue
		case q.path != fakeice.PagePath:
			if page == nil || page.life != q.life {
				c.Errorf("life %d asked for a list at %s, in the middle of another one's poll", q.life.n, clockOf(q.begun))
			}
			continue
		}
		if n++; page != nil {
			c.tooSoon(page, q)
		}
		page = q
	}
	return n
}

// tooSoon looks at the pause between two polls, also where the process of the first one
// was killed in the middle. A poll counts from before it reads what is known, which takes
// a while on a busy machine, and longer where the way to the database is bad.
func (c *fireCheck) tooSoon(last, next *fireRequest) {
	c.Helper()
	pause := next.begun.Sub(last.begun)
	jumped := slices.ContainsFunc(c.site.jumps, func(j time.Time) bool {
		return j.After(last.begun.Add(-300*time.Millisecond)) && j.Before(next.begun.Add(100*time.Millisecond))
	})
	late := c.troubled(last.life.node, last.begun.Add(-5*time.Second), last.begun) || c.machine.still(last.begun.Add(-5*time.Second), last.begun)
	if pause < c.pace.every*3/4 && !jumped && !late {
		c.Errorf("life %d asked for ICE's page %v after life %d had, at %s", next.life.n, pause, last.life.n, clockOf(next.begun))
	}
}

// gone says whether a life had ended by a moment.
func (c *fireCheck) gone(life *fireLife, by time.Time) bool {
	return !life.killed.IsZero() && !life.killed.After(by)
}

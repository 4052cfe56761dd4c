package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/watch287g/watch287g/document/archive"
	"github.com/watch287g/watch287g/document/pdf/pdftest"
	"github.com/watch287g/watch287g/internal/fakeice"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/sheet/sheettest"
)

var documentsFleet = flag.Bool("documents.fleet", false, "have a fleet look at documents in TestDocumentsOfAFleet, as make chaos does")

// firePapers are the documents of a made-up ICE, with who asked for them. The one who asks for
// the file that is set is killed: while it waits for the answer, or once it has it.
type firePapers struct {
	u      *underFire
	mu     sync.Mutex
	files  map[string][]byte
	log    []paperRequest
	bait   string
	late   bool // once it has the answer
	bitten chan *fireLife
}

type paperRequest struct {
	name string
	life *fireLife
	at   time.Time // for the machine
	then time.Time // for the fleet
	cut  bool
}

func (p *firePapers) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name, u := path.Base(r.URL.Path), p.u
	u.site.mu.Lock()
	life := u.site.lifeOf(r)
	u.site.mu.Unlock()
	p.mu.Lock()
	body, there := p.files[name]
	bitten, late := p.bait == name, p.late
	if bitten {
		p.bait = ""
	}
	p.log = append(p.log, paperRequest{name, life, time.Now(), u.now(), bitten})
	p.mu.Unlock()
	switch {
	case bitten && !late:
		p.bitten <- life
		<-r.Context().Done()
		return
	case !there:
		http.NotFound(w, r)
	default:
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
	}
	if bitten {
		p.bitten <- life
	}
}

// set sets what is there, and whose request is the last one of its process.
func (p *firePapers) set(bait string, late bool, files map[string][]byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.bait, p.late = bait, late
	for name, body := range files {
		if p.files[name] = body; body == nil {
			delete(p.files, name)
		}
	}
}

// TestDocumentsOfAFleet has three processes look at documents, of which those that ask are
// killed in the middle. Nothing is asked for twice within its week, but what was cut off, and
// not two things within a second; each file is kept once, and each change is told once.
func TestDocumentsOfAFleet(t *testing.T) {
	if !*documentsFleet {
		t.Skip("it takes half a minute: -documents.fleet")
	}
	t.Parallel()
	u := newUnderFire(t, 1, firePace{every: time.Hour}, "poll,send", "poll,send", "poll,send")
	u.direct, u.keep = true, "on"
	u.channels = "  - {name: all, webhook: {url: \"http://%[6]s/all\", allow_private: true}, only: {kinds: [document]}} # not %[7]s\n"
	u.ends.mend()
	u.site.hurry()
	p := &firePapers{u: u, files: map[string][]byte{}, bitten: make(chan *fireLife, 1)}
	u.site.papers = p
	for _, dir := range []string{"documents", "pdfium"} { // as on a disk that all share
		shared := filepath.Join(u.dir, dir)
		if err := os.Mkdir(shared, 0o700); err != nil {
			t.Fatal(err)
		}
		for _, n := range u.nodes {
			data := filepath.Join(u.dir, n.name, "data")
			if err := os.MkdirAll(data, 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink(shared, filepath.Join(data, dir)); err != nil {
				t.Fatal(err)
			}
		}
	}
	page := func(words string) []byte { return pdftest.Text("I. Purpose of it all.", "II. "+words) }
	p.set("", false, map[string][]byte{"0.pdf": page("Words of none."), "1.pdf": page("Words of one."), "2.pdf": page("Words of two."), "3.pdf": page("Words of three.")})

	u.jump(time.Date(2026, time.March, 2, 15, 0, 0, 0, time.UTC))
	u.list(2)
	for _, n := range u.nodes {
		u.start(n)
	}
	had := func(n int) func() bool {
		return func() bool { return u.count("SELECT count(*) FROM watch287g.documents") == n }
	}
	u.until("the rows are noted", func() bool { return u.count("SELECT count(*) FROM watch287g.addresses") == 2 })
	u.jump(u.now().Add(time.Minute)) // there was no hurry
	u.until("what was linked before is had", had(2))

	u.list(4)
	p.set("2.pdf", false, nil)
	u.jump(u.now().Add(2 * time.Hour))
	u.bite(p)
	u.until("what is new is had", had(4))

	p.set("0.pdf", true, map[string][]byte{"0.pdf": page("Other words altogether."), "1.pdf": nil})
	u.jump(u.now().Add(8 * 24 * time.Hour))
	u.bite(p)
	u.until("another file is had", had(5))
	u.until("one is missed", func() bool {
		return u.count("SELECT count(*) FROM watch287g.addresses WHERE doc ->> 'gone_seen' IS NOT NULL") == 1
	})
	u.until("all were looked at", func() bool {
		return u.count("SELECT count(*) FROM watch287g.addresses WHERE (doc ->> 'looked_at')::timestamptz < $1::timestamptz", u.now().Add(-time.Hour)) == 0
	})
	u.jump(u.now().Add(7 * time.Hour))
	u.until("it is gone", func() bool {
		return u.count("SELECT count(*) FROM watch287g.addresses WHERE doc ->> 'gone_since' IS NOT NULL") == 1
	})
	u.until("all messages are sent", u.isSent)
	p.check()
}

// list has ICE list so many rows, each of which links a document.
func (u *underFire) list(n int) {
	rows := sheettest.Sample(n)
	for i := range rows {
		rows[i].MOA, rows[i].Addendum = fmt.Sprintf("https://ice.example/doclib/287gMOA/%d.pdf", i), ""
	}
	u.site.Publish(fakeice.File{Link: fakeice.Participating, Name: fmt.Sprintf("%d.xlsx", n), At: u.now(), Body: sheettest.Participating(rows...)})
}

// bite waits until the bait is taken, kills who took it, and starts another one in its place.
func (u *underFire) bite(p *firePapers) {
	u.Helper()
	var life *fireLife
	u.until("somebody asks for "+p.bait, func() bool {
		select {
		case life = <-p.bitten:
			return true
		default:
			return false
		}
	})
	u.kill(life.node)
	life.node.again = time.Now().Add(3 * time.Second)
}

// check compares what was asked for, kept and told with what was done.
func (p *firePapers) check() {
	u := p.u
	u.Helper()
	last := map[string]paperRequest{}
	var before time.Time
	lives := map[*fireLife]bool{}
	for _, q := range p.log {
		if pause := q.at.Sub(before); pause < time.Second {
			u.Errorf("%s is asked for %v after another one", q.name, pause)
		}
		before, lives[q.life] = q.at, true
		if past, again := last[q.name]; again && !past.cut && q.then.Sub(past.then) < 6*time.Hour {
			u.Errorf("%s is asked for again after %v, by life %d and by %d", q.name, q.then.Sub(past.then), past.life.n, q.life.n)
		}
		last[q.name] = q
	}
	u.Logf("%d requests, by %d processes", len(p.log), len(lives))
	want := []string{"gone 1.pdf", "linked 2.pdf", "linked 3.pdf", "replaced 0.pdf"}
	var told, arrived, ids []string
	rows, err := u.look.Query(u.Context(), "SELECT doc FROM watch287g.changes WHERE doc -> 'document' ->> 'event' IS NOT NULL")
	if err != nil {
		u.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var doc []byte
		var c roster.Change
		if err := rows.Scan(&doc); err != nil {
			u.Fatal(err)
		}
		if err := json.Unmarshal(doc, &c); err != nil {
			u.Fatal(err)
		}
		told, ids = append(told, fmt.Sprintf("%s %s", c.Document.Event, path.Base(c.Document.URL))), append(ids, c.ID)
	}
	for _, r := range u.ends.got {
		arrived = append(arrived, r.changes...)
	}
	slices.Sort(told)
	slices.Sort(ids)
	arrived = slices.DeleteFunc(arrived, func(id string) bool { return !slices.Contains(ids, id) }) // that the list links another address
	slices.Sort(arrived)
	if !slices.Equal(told, want) || !slices.Equal(arrived, ids) {
		u.Errorf("told are %s, want %s; of %v arrived %v", strings.Join(told, ", "), strings.Join(want, ", "), ids, arrived)
	}
	v, err := archive.Verify(context.Background(), archive.NewDisk(filepath.Join(u.dir, "documents"), 0, time.Now), nil)
	if err != nil || v.Err() != nil || v.Files != 5 {
		u.Errorf("kept are %+v (%v)", v, err)
	}
}

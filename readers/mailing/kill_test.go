package mailing_test

import (
	"flag"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/readers"
	"github.com/watch287g/watch287g/readers/bolt"
	file "github.com/watch287g/watch287g/store/bolt"
)

var killed = flag.Int("readers.killed", 600, "to how many readers the process writes that is killed, as `number`")

// A process that is killed at any moment is followed by another one: nobody is missed, and
// who gets a mail twice was being sent to, and can tell by its Message-ID.
func TestKilledWhileMailing(t *testing.T) {
	path := filepath.Join(t.TempDir(), bolt.Name)
	s, err := bolt.Open(t.Context(), path, file.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Load(t.Context(), made(*killed, *killed, 0)); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	sink := newSink(t)
	sink.took = make(chan struct{}, 10**killed)
	env := map[string]string{envReader: path, envPort: strconv.Itoa(sink.port), envNow: strconv.FormatInt(july3.Unix(), 10), envAlert: "Albany"}
	kills := 0
	for start := time.Now(); len(slices.Compact(sink.recipients())) < *killed; kills++ {
		if time.Since(start) > time.Minute+time.Duration(*killed)*20*time.Millisecond {
			t.Fatalf("after %d kills %d readers of %d have mail", kills, len(slices.Compact(sink.recipients())), *killed)
		}
		c := child(t, "send", env)
		in, err := c.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		quiet := false
		for range 1 + rand.IntN(*killed/2) { // mails until it is killed
			select {
			case <-sink.took:
			case <-time.After(5 * time.Second):
				quiet = true
			}
			if quiet || len(slices.Compact(sink.recipients())) == *killed {
				break
			}
		}
		_ = c.Process.Kill()
		_ = c.Wait()
		_ = in.Close()
	}
	ids, doubles := map[string]string{}, 0
	for _, m := range sink.all(t) {
		id, known := ids[m.to]
		if known {
			doubles++
		}
		if known && id != m.header.Get("Message-Id") {
			t.Errorf("%s has a mail twice, with two ids", m.to)
		}
		ids[m.to] = m.header.Get("Message-Id")
	}
	t.Logf("%d kills, %d readers, %d mails twice", kills, len(ids), doubles)
	if doubles > 300*kills { // 50 of each of five lanes are under way
		t.Errorf("%d mails were sent twice in %d kills", doubles, kills)
	}
	again, err := bolt.Open(t.Context(), path, file.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close() //nolint:errcheck // it was only read
	if w, err := again.Work(t.Context()); err != nil || w.Heads[notify.Instant] == (readers.Head{}) {
		t.Errorf("in the end there is %+v (%v)", w, err)
	}
}

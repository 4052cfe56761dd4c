package main

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/watch287g/watch287g/internal/archivetest"
	"github.com/watch287g/watch287g/internal/fakeice"
)

// archiveOf2025 returns what ICE published in 2025, moment by moment, where that is
// at hand.
func archiveOf2025(t *testing.T) []fakeice.Step {
	t.Helper()
	files, err := fakeice.ReadArchive(filepath.Join(archivetest.Need(t), "index.csv"))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for n < len(files) && files[n].At.Year() == 2025 {
		n++
	}
	return fakeice.Moments(files[:n])
}

// publish puts the lists of a moment on the page, a minute ago.
func (s *stage) publish(step fakeice.Step) {
	s.site.Publish(step.Files...)
	s.clock.set(step.At.Add(time.Minute))
}

func TestTheMainJobOnTheArchive(t *testing.T) {
	all := archiveOf2025(t)
	s := newStage(t, all[0].At)
	s.publish(all[0])
	stop := s.start()
	s.expectSilence("the first poll of an empty store")
	begun := time.Now()
	for _, step := range all[1:] {
		s.publish(step)
		s.must("poll")
	}
	polled := time.Since(begun)
	s.finish()
	s.settle()
	t.Logf("%d moments: polled in %s, all sent after %s", len(all), polled.Round(time.Second), time.Since(begun).Round(time.Second))
	s.check(0)
	found, _ := s.changes(0, usual...)
	t.Logf("%d changes; hook %d, bot %d, texas %d, digest %d, all %d, phone %d messages, %d notices", len(found), len(s.ends.posts["hook"]),
		len(s.ends.posts["bot"]), len(s.ends.hooks["texas"]), len(s.ends.hooks["digest"]), len(s.ends.hooks["all"]), len(s.ends.chats), len(s.ends.hooks["on-call"]))
	s.expectSecrecy()
	stop()
}

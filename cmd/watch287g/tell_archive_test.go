package main

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"
)

// captured is the time that an archive adds to the name of a file which ICE kept
// overwriting under one name.
var captured = regexp.MustCompile(`-\d{14}`)

// issue is one list of the archive.
type issue struct {
	at   time.Time
	link string
	path string
}

func (i issue) file() string { return captured.ReplaceAllString(filepath.Base(i.path), "") }

// realIssues are what ICE really published in 2025, where that is at hand.
func realIssues(t *testing.T) []issue {
	t.Helper()
	index := archiveIndex()
	if index == "" {
		t.Skip("the archive of ICE's lists is not here; WATCH287G_ARCHIVE names its folder")
	}
	dir := filepath.Dir(index)
	f, err := os.Open(index)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var all []issue
	for _, row := range rows[1:] {
		at, err := time.Parse(time.RFC3339, row[0])
		if err != nil {
			t.Fatal(err)
		}
		if at.Year() == 2025 {
			all = append(all, issue{at, row[1], filepath.Join(dir, filepath.FromSlash(row[2]))})
		}
	}
	return all
}

func (s *stage) issue(i issue) {
	s.t.Helper()
	body, err := os.ReadFile(i.path)
	if err != nil {
		s.t.Fatal(err)
	}
	if s.clock.advance(time.Second); s.clock.now().Before(i.at) { // both lists can have one time
		s.clock.set(i.at.Add(time.Minute))
	}
	s.site.publish(i.link, iceList{i.file(), i.at, body})
}

func TestTheMainJobOnTheArchive(t *testing.T) {
	all := realIssues(t)
	if most := 60; raced || testing.Short() {
		all = all[:min(most, len(all))]
		t.Logf("only the first %d publications", len(all))
	}
	s := newStage(t, all[0].at)
	s.issue(all[0])
	s.issue(all[1])
	stop := s.start()
	s.expectSilence("the first poll of an empty store")
	begun := time.Now()
	for n, i := range all[2:] {
		s.issue(i)
		if next := n + 3; next < len(all) && all[next].at.Equal(i.at) {
			continue // the one without the other can be a page without the participating list
		}
		s.must("poll")
	}
	polled := time.Since(begun)
	s.finish()
	s.settle()
	t.Logf("%d publications: polled in %s, all sent after %s", len(all), polled.Round(time.Second), time.Since(begun).Round(time.Second))
	s.check(0)
	found, _ := s.changes(0, usual...)
	t.Logf("%d changes; hook %d, bot %d, texas %d, digest %d, all %d, phone %d messages, %d notices", len(found), len(s.ends.posts["hook"]),
		len(s.ends.posts["bot"]), len(s.ends.hooks["texas"]), len(s.ends.hooks["digest"]), len(s.ends.hooks["all"]), len(s.ends.chats), len(s.ends.hooks["on-call"]))
	s.expectSecrecy()
	stop()
}

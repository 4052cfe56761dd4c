package main

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/watch287g/watch287g/roster"
)

// check checks that each channel got what it wants of the changes after a number,
// once and in order, and nothing else.
func (s *stage) check(after uint64) {
	s.t.Helper()
	s.ends.mu.Lock()
	defer s.ends.mu.Unlock()
	for _, wrong := range s.ends.wrong {
		s.t.Error(wrong)
	}
	wanted, lines := s.changes(after, usual...)
	_, everything := s.changes(after, "--kind", "new,pending,removed,withdrawn,restored,amended,milestone,detail,document")
	_, texan := s.changes(after, "--state", "TX", "--kind", "new,removed")
	s.checkHooks("all", everything)
	s.checkHooks("texas", texan)
	s.checkHooks("digest", lines)
	s.checkDigest()
	s.checkSlack("hook", wanted)
	s.checkSlack("bot", wanted)
	s.checkThreads(wanted)
	s.checkMail(wanted)
	s.checkChat(wanted)
}

// checkHooks checks that a webhook got these changes as they are printed.
func (s *stage) checkHooks(name string, want []string) {
	s.t.Helper()
	var got []string
	ids := map[string]bool{}
	for _, h := range s.ends.hooks[name] {
		if h.Type != "changes" || h.Notice != nil || ids[h.id] || !strings.HasPrefix(h.id, h.DeliveryID) {
			s.t.Errorf("%s: a %q of id %q, which it had: %t", name, h.Type, h.id, ids[h.id])
		}
		ids[h.id] = true
		for _, c := range h.Changes {
			got = append(got, string(c))
		}
	}
	if len(want) == 0 {
		s.t.Errorf("%s: nothing was to be sent, which tests nothing", name)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		s.t.Errorf("%s: %d changes are printed and %d were sent (-printed +sent):\n%.3000s", name, len(want), len(got), diff)
	}
}

// checkDigest checks that each digest came at or after the hour that follows its
// first change, with the changes before that hour alone.
func (s *stage) checkDigest() {
	s.t.Helper()
	for _, h := range s.ends.hooks["digest"] {
		var first, last roster.Change
		if err := errors.Join(json.Unmarshal(h.Changes[0], &first), json.Unmarshal(h.Changes[len(h.Changes)-1], &last)); err != nil {
			s.t.Fatal(err)
		}
		at := first.DetectedAt.In(roster.Washington())
		hour := time.Date(at.Year(), at.Month(), at.Day(), 8, 0, 0, 0, at.Location())
		if !hour.After(at.Add(time.Minute)) {
			hour = hour.AddDate(0, 0, 1)
		}
		if h.at.Before(hour) || !last.DetectedAt.Before(hour) {
			s.t.Errorf("the digest of %s came at %s, with changes from %s to %s", hour, h.at, at, last.DetectedAt)
		}
	}
}

// sentence is how a line that says the change begins.
func sentence(c roster.Change) string {
	switch c.Kind {
	case roster.KindNew:
		return "+ " + roster.Clean(c.Agreement.Agency)
	case roster.KindPending:
		return "? " + roster.Clean(c.Agreement.Agency)
	case roster.KindRemoved, roster.KindWithdrawn:
		return "− " + roster.Clean(c.Agreement.Agency)
	case roster.KindMilestone:
		return strings.TrimPrefix(roster.Clean(c.Text), "Correction: ") // which changeLines leaves out
	default:
		return "~ " + roster.Clean(c.Agreement.Agency)
	}
}

// tells says whether a line begins with a sentence, or is the milestone.
func tells(line, sentence string) bool {
	if mark, rest, _ := strings.Cut(line, " "); mark == "•" || mark == "*" {
		line = rest
	}
	return strings.HasPrefix(line, sentence)
}

// checkLines checks that each change is told on one line, and no line tells
// anything else.
func (s *stage) checkLines(where string, lines []string, wanted []roster.Change) {
	s.t.Helper()
	left := slices.Clone(lines)
	for _, c := range wanted {
		i := slices.IndexFunc(left, func(line string) bool { return tells(line, sentence(c)) })
		if i < 0 {
			s.t.Errorf("%s: %s is not told: %s", where, c.ID, sentence(c))
			continue
		}
		left = slices.Delete(left, i, i+1)
	}
	if len(left) > 0 {
		s.t.Errorf("%s: %d lines of %d tell no change, or one twice: %q", where, len(left), len(lines), left[:min(3, len(left))])
	}
}

func (s *stage) checkSlack(name string, wanted []roster.Change) {
	s.t.Helper()
	var lines []string
	for _, p := range s.ends.posts[name] {
		lines = append(lines, p.lines...)
		if strings.HasPrefix(p.header, "watch287g:") {
			s.t.Errorf("%s: a message to the operator: %s", name, p.header)
		}
	}
	s.checkLines(name, lines, wanted)
}

// checkThreads checks that a correction answers the message that it corrects,
// where there is one. The changes are followed in order through the messages.
func (s *stage) checkThreads(wanted []roster.Change) {
	s.t.Helper()
	left := slices.Clone(s.ends.posts["bot"])
	for i := range left {
		left[i].lines = slices.Clone(left[i].lines)
	}
	told := map[string]string{}  // the message in which a change is told, by the change's id
	named := map[string]string{} // and the last one that names an agreement
	threads := 0
	for _, c := range wanted {
		post := s.pull(left, c)
		original := told[c.Corrects]
		if c.Kind == roster.KindAmended && c.Corrects == "" {
			original = named[c.Agreement.ID]
		}
		corrects := c.Corrects != "" || c.Kind == roster.KindAmended
		if corrects && original != "" && original != post.ts && post.thread != original {
			s.t.Errorf("%s (%s of %s) is told in the thread %q, and what it corrects in %q", c.ID, c.Kind, c.Agreement.Agency, post.thread, original)
		}
		if corrects && original != "" && post.thread != "" {
			threads++
		}
		root := post.ts
		if post.thread != "" {
			root = post.thread
		}
		told[c.ID] = root
		if slices.Contains([]roster.Kind{roster.KindNew, roster.KindPending, roster.KindRestored, roster.KindAmended}, c.Kind) {
			named[c.Agreement.ID] = root
		}
	}
	s.t.Logf("%d corrections stand in threads", threads)
	if threads == 0 {
		s.t.Error("no correction stands in a thread, which this test is to see")
	}
}

// pull takes the first line that tells a change out of the messages.
func (s *stage) pull(posts []posted, c roster.Change) posted {
	for i := range posts {
		at := slices.IndexFunc(posts[i].lines, func(line string) bool { return tells(line, sentence(c)) })
		if at >= 0 {
			posts[i].lines = slices.Delete(posts[i].lines, at, at+1)
			return posts[i]
		}
	}
	s.t.Errorf("bot: %s is not told", c.ID)
	return posted{}
}

func (s *stage) checkMail(wanted []roster.Change) {
	s.t.Helper()
	if got := slices.Sorted(maps.Keys(s.ends.mails)); !slices.Equal(got, []string{"ann@example.net", "ben@example.net", "cy@example.net"}) {
		s.t.Errorf("mail went to %v", got)
	}
	ids := map[string]bool{}
	for to, mails := range s.ends.mails {
		var lines []string
		for _, raw := range mails {
			l, err := readLetter(raw)
			if err != nil || ids[l.id] || l.id == "" || strings.HasPrefix(l.subject, "watch287g:") {
				s.t.Errorf("%s got %q with the id %s, which was there: %t, %v", to, l.subject, l.id, ids[l.id], err)
			}
			ids[l.id] = true
			lines = append(lines, changeLines(l.text)...)
		}
		s.checkLines(to, lines, wanted)
		if want := momentsIn(wanted); len(mails) != want {
			s.t.Errorf("%s got %d mails, not %d", to, len(mails), want)
		}
	}
}

// momentsIn is how many polls brought the changes.
func momentsIn(changes []roster.Change) int {
	at := map[int64]bool{}
	for _, c := range changes {
		at[c.DetectedAt.UnixNano()] = true
	}
	return len(at)
}

func (s *stage) checkChat(wanted []roster.Change) {
	s.t.Helper()
	if got, want := len(s.ends.chats), momentsIn(wanted); got != want {
		s.t.Errorf("the chat service got %d messages for %d deliveries", got, want)
	}
	for i, text := range s.ends.chats {
		if !strings.HasPrefix(text, "287(g): ") || i > 0 && text == s.ends.chats[i-1] {
			s.t.Errorf("the chat service got %.200q", text)
		}
	}
}

// expectNotices checks that the operator got these notices, each once, and no
// change.
func (s *stage) expectNotices(want ...string) {
	s.t.Helper()
	s.ends.mu.Lock()
	defer s.ends.mu.Unlock()
	var got []string
	for _, h := range s.ends.hooks["on-call"] {
		if h.Type != "notice" || h.Notice == nil || len(h.Changes) > 0 {
			s.t.Errorf("the operator got %+v", h)
			continue
		}
		got = append(got, h.Notice.Kind)
	}
	if !slices.Equal(got, want) {
		s.t.Errorf("the operator got the notices %v, not %v", got, want)
	}
}

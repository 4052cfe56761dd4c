package main

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/watch287g/watch287g/prose"
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

// sentences are how a line that says the change begins.
func sentences(c roster.Change) []string {
	switch c.Kind {
	case roster.KindNew:
		return []string{"+ " + roster.Clean(c.Agreement.Agency)}
	case roster.KindPending:
		return []string{"• " + roster.Clean(c.Agreement.Agency)}
	case roster.KindRemoved, roster.KindWithdrawn:
		return []string{"− " + roster.Clean(c.Agreement.Agency)}
	case roster.KindMilestone: // in full where it is all, else by its title
		return []string{"* " + withoutFlag(roster.Clean(c.Text)), "* " + withoutFlag(prose.English.Title(c)), "★ " + withoutFlag(roster.Clean(c.Text)), "★ " + withoutFlag(prose.English.Title(c))}
	default:
		return []string{"~ " + roster.Clean(c.Agreement.Agency)}
	}
}

// tells says whether a line says a change.
func tells(line string, c roster.Change) bool {
	return slices.ContainsFunc(sentences(c), func(s string) bool { return strings.HasPrefix(line, s) })
}

// checkLines checks that each change is told on one line, and no line tells
// anything else.
func (s *stage) checkLines(where string, lines []string, wanted []roster.Change) {
	s.t.Helper()
	left := slices.Clone(lines)
	for _, c := range wanted {
		i := slices.IndexFunc(left, func(line string) bool { return tells(line, c) })
		if i < 0 {
			s.t.Errorf("%s: %s is not told: %s", where, c.ID, sentences(c)[0])
			continue
		}
		left = slices.Delete(left, i, i+1)
	}
	if len(left) > 0 {
		s.t.Errorf("%s: %d lines of %d tell no change, or one twice: %q", where, len(left), len(lines), left[:min(3, len(left))])
	}
}

// checkSlack checks that each post tells changes that are wanted, each once, and counts
// those for which it has no room, so that none is lost. A webhook gets one post for each
// poll.
func (s *stage) checkSlack(name string, wanted []roster.Change) {
	s.t.Helper()
	left := slices.Clone(wanted)
	take := func(line string, says func(roster.Change) bool) {
		if i := slices.IndexFunc(left, says); i >= 0 {
			left = slices.Delete(left, i, i+1)
		} else {
			s.t.Errorf("%s: %q tells no change, or one twice", name, line)
		}
	}
	counted, inRows := 0, []string(nil)
	for _, p := range s.ends.posts[name] {
		if strings.HasPrefix(p.header, "watch287g:") {
			s.t.Errorf("%s: a message to the operator: %s", name, p.header)
		}
		counted += p.left
		for _, line := range p.lines {
			if item, inRow := strings.CutPrefix(line, "in a row: "); inRow {
				inRows = append(inRows, item)
				continue
			}
			take(line, func(c roster.Change) bool { return tells(line, c) })
		}
	}
	for _, item := range inRows { // which do not say what kind of change they are of
		take(item, func(c roster.Change) bool { return strings.HasPrefix(item, roster.Clean(c.Agreement.Agency)+" (") })
	}
	if len(left) != counted {
		s.t.Errorf("%s: %d changes of %d are not shown, and %d are said not to be", name, len(left), len(wanted), counted)
	}
	if got, want := len(s.ends.posts[name]), momentsIn(wanted); name == "hook" && got != want {
		s.t.Errorf("%s: %d messages for %d polls with changes", name, got, want)
	}
}

// checkThreads checks that what stands in a thread corrects the message that the thread
// is of.
func (s *stage) checkThreads(wanted []roster.Change) {
	s.t.Helper()
	posts, threads := map[string]posted{}, 0
	byID := map[string]roster.Change{}
	for _, p := range s.ends.posts["bot"] {
		posts[p.ts] = p
	}
	for _, c := range wanted {
		byID[c.ID] = c
	}
	for _, p := range s.ends.posts["bot"] {
		root := posts[p.thread]
		for _, line := range p.lines {
			if p.thread == "" {
				continue
			}
			threads++
			names := slices.ContainsFunc(wanted, func(c roster.Change) bool {
				corrected := []string{c.Agreement.Agency, byID[c.Corrects].Agreement.Agency}
				if c.Before != nil {
					corrected = append(corrected, c.Before.Agency)
				}
				return tells(line, c) && (c.Corrects != "" || c.Kind == roster.KindAmended) && slices.ContainsFunc(corrected, func(agency string) bool {
					return agency != "" && slices.ContainsFunc(root.lines, func(line string) bool { return strings.Contains(line, roster.Clean(agency)) })
				})
			})
			if !names && root.left == 0 {
				s.t.Errorf("bot: %q stands in a thread that does not correct it: %q", line, root.lines)
			}
		}
	}
	s.t.Logf("%d corrections stand in threads", threads)
	if threads == 0 {
		s.t.Error("no correction stands in a thread, which this test is to see")
	}
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

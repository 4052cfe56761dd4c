package icepage

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/watch287g/watch287g/roster"
)

// mostUnread is how long a store may not have read the page itself before what others
// captured meanwhile counts. What it read itself is better evidence.
const mostUnread = 24 * time.Hour

// Captured returns the texts that are to be kept beside those of a store, of what others
// captured: of before the store read the page, and of whenever it did not for a day or more,
// as its log of polls says. What the page said already is not repeated, and after what was
// captured comes again what the store read next. Of several addresses that ICE's page had one
// after the other, each counts until the next one does.
func Captured(kept, captured []roster.PageText, polls []roster.Poll) (more []roster.PageText) {
	own := slices.DeleteFunc(slices.Clone(kept), func(t roster.PageText) bool { return t.Origin != nil })
	var read []time.Time
	for _, p := range polls {
		if !p.Failed() {
			read = append(read, p.At.UTC())
		}
	}
	slices.SortFunc(read, time.Time.Compare)
	isKept := map[string]bool{}
	for _, t := range kept {
		isKept[t.ID()] = true
	}
	has, all := maps.Clone(isKept), slices.Clone(kept)
	add := func(t roster.PageText) {
		if !has[t.ID()] {
			has[t.ID()] = true
			all = append(all, t)
		}
	}
	for _, t := range whole(successive(captured)) {
		next, counts := unread(own, read, t.SeenAt)
		if !counts {
			continue
		}
		add(t)
		if i := lastBy(own, next); i >= 0 && !own[i].SeenAt.After(t.SeenAt) { // it said again what it had said
			add(roster.PageText{SeenAt: next, URL: own[i].URL, Text: own[i].Text})
		}
	}
	slices.SortStableFunc(all, inTime)
	before := ""
	for _, t := range all {
		if !isKept[t.ID()] {
			if Compare(before, t.Text) <= OtherDate {
				continue
			}
			more = append(more, t)
		}
		before = t.Text
	}
	return more
}

func inTime(a, b roster.PageText) int { return a.SeenAt.Compare(b.SeenAt) }

// lastBy is the index of the text that the page had at a moment; negative for none.
func lastBy(texts []roster.PageText, at time.Time) int {
	n, _ := slices.BinarySearchFunc(texts, at, func(t roster.PageText, at time.Time) int {
		if t.SeenAt.After(at) {
			return 1
		}
		return -1
	})
	return n - 1
}

// unread says whether a store did not read the page for a while around a moment, and when it
// did next; zero where it had not begun to.
func unread(own []roster.PageText, read []time.Time, at time.Time) (next time.Time, ok bool) {
	if len(own) == 0 || at.Before(own[0].SeenAt) {
		return time.Time{}, true
	}
	i, _ := slices.BinarySearchFunc(read, at, time.Time.Compare)
	if i == 0 || i == len(read) { // the log does not reach back so far, or nothing was read since
		return time.Time{}, false
	}
	return read[i], read[i].Sub(read[i-1]) > mostUnread
}

// successive are texts in the order of time, without those of an address that another one had
// taken the place of.
func successive(texts []roster.PageText) []roster.PageText {
	texts = slices.Clone(texts)
	slices.SortStableFunc(texts, inTime)
	first, last := map[string]time.Time{}, map[string]time.Time{}
	for _, t := range texts {
		at := place(t.URL)
		if _, ok := first[at]; !ok {
			first[at] = t.SeenAt
		}
		last[at] = t.SeenAt
	}
	return slices.DeleteFunc(texts, func(t roster.PageText) bool {
		at := place(t.URL)
		for other, begun := range first {
			if last[other].After(last[at]) && !begun.After(t.SeenAt) {
				return true
			}
		}
		return false
	})
}

func place(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.") + strings.ToLower(strings.TrimSuffix(u.Path, "/"))
}

// whole leaves out a text that lost most of its words, unless the next one says the same: it
// can have come in part.
func whole(texts []roster.PageText) (all []roster.PageText) {
	for i, t := range texts {
		if n := len(all); n > 0 && len(t.Text) < len(all[n-1].Text)/2 && Compare(all[n-1].Text, t.Text) == OtherWords &&
			(i+1 == len(texts) || Compare(t.Text, texts[i+1].Text) == OtherWords) {
			continue
		}
		if len(Paragraphs(t.Text)) > 0 {
			all = append(all, t)
		}
	}
	return all
}

// Version is what the page said from one moment on.
type Version struct {
	roster.PageText
	Also []roster.PageText // that say the same, and came later
}

// Versions are the versions of the page, of its texts in the order of time: what was captured
// can say what the text after it says.
func Versions(texts []roster.PageText) (all []Version) {
	for _, t := range texts {
		if n := len(all); n > 0 && Compare(all[n-1].Text, t.Text) <= OtherDate {
			all[n-1].Text = t.Text // as of a later day
			all[n-1].Also = append(all[n-1].Also, t)
			continue
		}
		all = append(all, Version{PageText: t})
	}
	return all
}

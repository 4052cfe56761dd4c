package roster

import (
	"iter"
	"slices"
	"time"
)

// ListReading is how far one of ICE's lists was read.
type ListReading struct {
	ReadAt time.Time // when a poll last had it, changed or not; zero where none did
	Linked bool      // whether ICE's page linked it when the page was last read well
}

// ListReadings returns what the last polls say of each list, of which the newest comes
// first. It asks for no more of them than it needs.
func ListReadings(polls iter.Seq[Poll]) map[List]ListReading {
	lists := map[List]ListReading{}
	read := false // a poll that did not fail has come
	for p := range polls {
		for _, list := range Lists() {
			l := lists[list]
			if l.ReadAt.IsZero() && slices.Contains(p.Had, list) {
				l.ReadAt = p.At
			}
			if !read && !p.Failed() {
				l.Linked = !slices.Contains(p.Absent, list)
			}
			lists[list] = l
		}
		read = read || !p.Failed()
		if read && !slices.ContainsFunc(Lists(), func(list List) bool { return lists[list].ReadAt.IsZero() }) {
			break
		}
	}
	return lists
}

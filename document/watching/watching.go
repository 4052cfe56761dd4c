// Package watching says which document is looked at when, and what a look means, as diff
// does for lists. It is pure: what is known of addresses and documents, the rows that link
// them, what came and the clock lead to what is known then, and what is news.
package watching

import (
	"cmp"
	"hash/fnv"
	"maps"
	"slices"
	"time"

	"github.com/watch287g/watch287g/roster"
)

// The times between looks.
const (
	week   = 7 * 24 * time.Hour
	day    = 24 * time.Hour
	second = 6 * time.Hour    // until a second look, which has to bear out that there is no document
	many   = 10               // documents that are missed at a time; where there are more, it takes a day
	first  = time.Hour        // after a first failure or refusal; it doubles each time
	down   = 10 * time.Minute // for which nothing is asked for where no server answers
	pace   = 10 * time.Second // between two documents that were linked before they were watched
	whole  = 4 * week         // until a file is asked for whatever its date: an older one in its place looks unchanged
	skew   = time.Hour        // how far ahead of all rules a time may be; more was written by a clock that was wrong
)

// Known is what is known of documents. Its functions change neither map.
type Known struct {
	Addresses map[string]roster.DocumentAddress // by URL
	Documents map[string]roster.Document        // by SHA256
}

// Link is the link of a listed row to a document.
type Link struct {
	Record *roster.Record
	Part   roster.DocumentPart
	URL    string // as roster.DocumentURL writes it
}

// id is the agreement's.
func (l Link) id() string { return l.Record.ID() }

// LinksOf returns the links of all rows that are listed, by URL, those of each in the order
// of the agreements' ids.
func LinksOf(records map[string]*roster.Record) map[string][]Link {
	found := map[string][]Link{}
	for _, id := range slices.Sorted(maps.Keys(records)) {
		r := records[id]
		if !r.Listed() {
			continue
		}
		for _, part := range []roster.DocumentPart{roster.PartMOA, roster.PartAddendum} {
			if url, ok := roster.DocumentURL(linked(r.Now(), part)); ok {
				found[url] = append(found[url], Link{r, part, url})
			}
		}
	}
	return found
}

// linked is what an agreement's row links.
func linked(a roster.Agreement, part roster.DocumentPart) string {
	if part == roster.PartAddendum {
		return a.Addendum
	}
	return a.MOA
}

// Rows is what is known of the rows that link documents.
type Rows struct {
	Links     map[string][]Link         // those of LinksOf
	News      map[string]bool           // the agreements that changes have just been told of
	Published map[roster.List]time.Time // when the lists in force were published
	// Seen is when a publication was first seen, by its number; zero where that is not known.
	Seen func(publication uint64) time.Time
}

// Note returns the addresses of which something is to be noted now: those that are new, and
// those whose rows changed. What rows link that were there before documents were watched is no
// news; what they have come to link since then is, also where nobody watched for a while.
func (k Known) Note(rows Rows, now time.Time) []roster.DocumentAddress {
	var noted, baseline []roster.DocumentAddress
	last := k.lastNoted(now)
	for _, url := range slices.Sorted(maps.Keys(rows.Links)) {
		of := rows.Links[url]
		changed := slices.ContainsFunc(of, func(l Link) bool { return rows.News[l.id()] })
		a, known := k.Addresses[url]
		known = known && !a.OnlyCaptured() // what others had there says nothing of what is news today
		switch {
		case !known && changed:
			noted = append(noted, roster.DocumentAddress{URL: url, FirstLinked: rows.Published[of[0].Record.List], DueAt: now, Versions: a.Versions})
		case !known && !last.IsZero() && slices.ContainsFunc(of, func(l Link) bool { return rows.began(l).After(last) }):
			noted = append(noted, roster.DocumentAddress{URL: url, FirstLinked: since(of), DueAt: now, Versions: a.Versions})
		case !known:
			a = roster.DocumentAddress{URL: url, Baseline: true, FirstLinked: since(of), Versions: a.Versions}
			for _, l := range of {
				a.Links = append(a.Links, roster.DocumentLink{Agreement: l.id(), Part: l.Part})
			}
			baseline = append(baseline, a)
		case changed || a.DueAt.IsZero(): // or it was linked by nobody for a while
			due := later(now, a.LookedAt.Add(day))
			if a.DueAt.IsZero() || due.Before(a.DueAt) && a.Failures == 0 {
				a.DueAt = due
				noted = append(noted, a)
			}
		}
	}
	slices.SortStableFunc(baseline, func(a, b roster.DocumentAddress) int { return b.FirstLinked.Compare(a.FirstLinked) })
	for i := range baseline {
		baseline[i].DueAt = now.Add(time.Duration(i) * pace)
	}
	return append(noted, baseline...)
}

// lastNoted is the last moment at which documents are known to have been watched; zero where
// they never were.
func (k Known) lastNoted(now time.Time) (last time.Time) {
	for _, a := range k.Addresses {
		for _, at := range []time.Time{a.LookedAt, a.FirstLinked} {
			if !a.OnlyCaptured() && !at.After(now) { // or else a clock was wrong
				last = later(last, at)
			}
		}
	}
	return last
}

// began is when it was first seen that a row links its address; zero where that was so on the
// first list ever read.
func (r Rows) began(l Link) time.Time {
	v, first := l.began()
	if first && l.Record.Baseline {
		return time.Time{}
	}
	return r.Seen(v.Source)
}

// began is the version with which a row began to link its address, and whether that is its
// first one.
func (l Link) began() (v roster.Version, first bool) {
	versions := l.Record.Versions
	i := len(versions) - 1
	for ; i > 0; i-- {
		if url, _ := roster.DocumentURL(linked(versions[i-1].Agreement, l.Part)); url != l.URL {
			break
		}
	}
	return versions[i], i == 0
}

// since is when the first of these rows began to link their address.
func since(links []Link) (first time.Time) {
	for _, l := range links {
		if v, _ := l.began(); first.IsZero() || v.From.Before(first) {
			first = v.From
		}
	}
	return first
}

// Next returns the address that is looked at next, and when, "" for none. What was linked
// since documents are watched goes first, what failed last.
func (k Known) Next(now time.Time) (url string, at time.Time) {
	stop := k.StopUntil(now)
	rank := func(a roster.DocumentAddress) int {
		switch {
		case a.DueAt.After(now):
			return 3
		case a.Failures > 0:
			return 2
		case a.LookedAt.IsZero() && !a.Baseline:
			return 0
		}
		return 1
	}
	var next roster.DocumentAddress
	for _, a := range k.Addresses {
		if a.DueAt.IsZero() {
			continue
		}
		if a.DueAt.After(now.Add(week + skew)) {
			a.DueAt = now
		}
		if next.URL == "" || cmp.Or(cmp.Compare(rank(a), rank(next)), a.DueAt.Compare(next.DueAt), cmp.Compare(a.URL, next.URL)) < 0 {
			next = a
		}
	}
	if next.URL == "" {
		return "", time.Time{}
	}
	return next.URL, later(next.DueAt, stop)
}

// StopUntil is until when ICE's server is asked for no document; zero or past for now. No
// server is obeyed for more than a day.
func (k Known) StopUntil(now time.Time) (stop time.Time) {
	for _, a := range k.Addresses {
		if !a.StopUntil.After(now.Add(day + skew)) {
			stop = later(stop, a.StopUntil)
		}
	}
	return stop
}

// Whole says whether an address is asked for its file whatever the date of what is known. ICE's
// server says "not modified" of each file that is not newer, also of an older one that took its
// place. The first time comes after one to four weeks, so that not all come at once.
func Whole(a roster.DocumentAddress, now time.Time) bool {
	last, had := a.Last()
	pause := whole
	if a.SentAt.IsZero() {
		hash := fnv.New32a()
		_, _ = hash.Write([]byte(a.URL))
		pause = time.Duration(1+hash.Sum32()%uint32(whole/week)) * week
	}
	return had && now.Sub(later(a.SentAt, last.From)) >= pause
}

// By is what documents are read by.
type By struct {
	Version  int  // of the rules
	Pictures bool // pages that are pictures can be read
}

// Better says whether a document would be read better than it was.
func (b By) Better(d roster.Document) bool {
	return d.ReadBy < b.Version || b.Pictures && d.Scanned > d.MachineRead && !d.MachineTried
}

// Unread returns the document that is to be read, of those that would be read better and are
// not to be left out; "" for none.
func (k Known) Unread(by By, without map[string]bool) (sha256 string) {
	for hash, d := range k.Documents {
		if by.Better(d) && !without[hash] && (sha256 == "" || hash < sha256) {
			sha256 = hash
		}
	}
	return sha256
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// growing is a pause that doubles from an hour to a day, by how often it was needed.
func growing(n int) time.Duration { return min(first<<min(max(n-1, 0), 10), day) }

// Package past keeps what others had from ICE's site before this store watched it, or
// while it did not: pages, lists and documents, each as it was captured, with where it
// was had and how its time is known. Nothing of it counts by being here; "rebuild"
// derives the record anew from it and from the store's own publications, in order.
package past

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/watch287g/watch287g/roster"
)

// Kind is what a capture is of.
type Kind string

// The kinds of captures.
const (
	KindPage     Kind = "page"     // ICE's page about the program, in HTML; until February 2025 the list was a table on it
	KindList     Kind = "list"     // a file that was linked as a list
	KindDocument Kind = "document" // an agreement's document
	KindWords    Kind = "words"    // what ICE's page said, as another instance gives it: a paragraph a line
)

// Capture is what one address of ICE's site had at one moment, as somebody else saw it.
type Capture struct {
	Kind   Kind          `json:"kind"`
	URL    string        `json:"url,omitempty"`    // ICE's; "" where its source does not know it
	File   string        `json:"file,omitempty"`   // its name, where that is no part of URL
	SHA256 string        `json:"sha256,omitempty"` // of the bytes, in hex; "" where Problem says why there are none
	Size   int64         `json:"size,omitempty"`   // bytes
	At     time.Time     `json:"at"`               // when it was captured: it was there by then
	List   roster.List   `json:"list,omitempty"`   // whose link it was behind, as far as its source knows
	Origin roster.Origin `json:"origin"`
	// Modified is the Last-Modified that ICE's server sent with it; zero where it sent none,
	// or one that cannot be.
	Modified time.Time `json:"last_modified,omitzero"`
	Status   int       `json:"status,omitempty"`   // of ICE's answer, where it is not 200
	Location string    `json:"location,omitempty"` // where it redirected to
	Digest   string    `json:"digest,omitempty"`   // what its source calls the bytes: the SHA-1 of an archive's index, in base 32
	Problem  string    `json:"problem,omitempty"`  // why it is no evidence, in a sentence; "" where it is
}

// Published is when it was published, as far as that is known: at its Last-Modified, or
// else by the time that it was captured.
func (c Capture) Published() time.Time {
	if c.Origin.Dated == roster.DatedLastModified && !c.Modified.IsZero() {
		return c.Modified
	}
	return c.At
}

// date finds fault with times that cannot be: what stood at an address after other bytes
// were captured there was published after those, whatever its Last-Modified says. All that
// is known then is that it was published by the time that it was captured.
func date(captures []Capture) {
	slices.SortStableFunc(captures, func(a, b Capture) int { return cmp.Or(a.At.Compare(b.At), compare(a, b)) })
	type stand struct {
		hash    string
		at      time.Time // when it was captured there last
		changed time.Time // when other bytes were captured there last
	}
	there := map[string]stand{}
	for i := range captures {
		c := &captures[i]
		if c.Problem != "" {
			continue
		}
		s := there[Place(c.URL)]
		if s.hash != c.SHA256 {
			s.hash, s.changed = c.SHA256, s.at
		}
		s.at = c.At
		there[Place(c.URL)] = s
		if c.Modified.Before(s.changed) {
			c.Origin.Dated = roster.DatedCaptured
		}
	}
}

// compare orders captures by when they were published, then by when they were captured,
// and then so that the order is always the same.
func compare(a, b Capture) int {
	return cmp.Or(a.Published().Compare(b.Published()), a.At.Compare(b.At), a.Origin.Grade()-b.Origin.Grade(),
		strings.Compare(a.URL, b.URL), strings.Compare(a.SHA256, b.SHA256), strings.Compare(a.Origin.URL, b.Origin.URL))
}

package storetest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

// keptAs is a publication of other bytes that say the same as an entry's.
func keptAs(seq uint64, e store.NewPublication, body string) store.NewPublication {
	other := entry(seq, e.Publication.List, body, at(int(seq)))
	other.Publication.KeptAs = e.Publication.SHA256
	other.Body, other.Roster = nil, roster.Roster{}
	return other
}

// testKeptAs publishes the same rows under new bytes, again and again.
func testKeptAs(t *testing.T, b Backend) {
	open := b.New(t)
	s := open(t)
	first := entry(1, roster.ListParticipating, strings.Repeat("a workbook ", 100_000), at(0))
	commit(t, s, store.Batch{Entries: []store.NewPublication{first}})
	size := backupSize(t, s)
	var all []store.NewPublication
	for seq := uint64(2); seq <= 100; seq++ {
		all = append(all, keptAs(seq, first, fmt.Sprint("other bytes ", seq)))
		commit(t, s, store.Batch{Entries: all[len(all)-1:]})
	}
	if grown := backupSize(t, s) - size; grown > len(first.Body) {
		t.Errorf("99 publications without bytes took %d", grown)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = closing(t, open(t))

	for _, e := range all {
		p := e.Publication
		same(t, "the publication", p, must[roster.Publication](t)(s.Publication(t.Context(), p.Seq)))
		same(t, "the rows", first.Roster, must[roster.Roster](t)(s.Roster(t.Context(), p.Seq)))
		_, err := s.Body(t.Context(), p.SHA256)
		fails(t, "bytes that were not kept", err, store.ErrNotFound)
	}

	// A day later the same bytes come again, and are kept.
	again := entry(101, roster.ListParticipating, "other bytes 2", at(30))
	commit(t, s, store.Batch{Entries: []store.NewPublication{again}})
	if got := must[[]byte](t)(s.Body(t.Context(), again.Publication.SHA256)); string(got) != "other bytes 2" {
		t.Errorf("the bytes are %q", got)
	}
	same(t, "the rows of then", first.Roster, must[roster.Roster](t)(s.Roster(t.Context(), 2)))
	same(t, "the rows of now", again.Roster, must[roster.Roster](t)(s.Roster(t.Context(), 101)))
	testKeptAsRefused(t, s, first)
}

// testKeptAsRefused holds that no bytes get lost that are not kept elsewhere.
func testKeptAsRefused(t *testing.T, s store.Store, first store.NewPublication) {
	bend := func(change func(*store.NewPublication)) store.Batch {
		e := keptAs(102, first, "more bytes")
		change(&e)
		return store.Batch{Before: known(t, s).Seqs, Entries: []store.NewPublication{e}}
	}
	moved := keptAs(2, first, "other bytes 2").Publication
	moved.KeptAs = ""
	for name, batch := range map[string]store.Batch{
		"bytes that are kept nowhere": bend(func(e *store.NewPublication) { e.Publication.KeptAs = strings.Repeat("0", 64) }),
		"a hash that is not kept itself": bend(func(e *store.NewPublication) {
			e.Publication.KeptAs = keptAs(3, first, "other bytes 3").Publication.SHA256
		}),
		"bytes beside":                      bend(func(e *store.NewPublication) { e.Body = []byte("more bytes") }),
		"rows beside":                       bend(func(e *store.NewPublication) { e.Roster = first.Roster }),
		"a publication without a hash":      bend(func(e *store.NewPublication) { e.Publication.SHA256 = "" }),
		"a verdict that changes what it is": {Before: known(t, s).Seqs, Verdicts: []roster.Publication{moved}},
	} {
		t.Run(name, func(t *testing.T) { _ = withoutTrace(t, s, batch) })
	}
}

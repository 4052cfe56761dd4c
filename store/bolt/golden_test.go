package bolt

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/watch287g/watch287g/internal/golden"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/store/storetest"
)

// The stored files of testdata were written by the program of their time, which
// imported the first lists of the story of internal/fakeice and polled the others.
// schema2-early is of the days before commits were numbered and how far ICE's page
// was read was kept. schema4 is schema3 with documents, put there by the program of its
// time. What each has to tell is in the text beside it.

// stored unpacks a stored file into a directory of its own.
func stored(t *testing.T, name string) (path string) {
	t.Helper()
	packed, err := os.Open(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close() //nolint:errcheck // it was only read
	z, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), "watch287g.db")
	if err := os.WriteFile(path, plain, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// story tells what is in a store.
func story(c storetest.Contents) string {
	var b strings.Builder
	const minute = "2006-01-02 15:04"
	for i, p := range c.Publications {
		fmt.Fprintf(&b, "publication %d: %s, %s, %s, %d rows, %d of them read, %d bytes\n", p.Seq, p.List, p.PublishedAt.UTC().Format(minute),
			p.Verdict, p.Rows, len(c.Rosters[i].Rows), len(c.Bodies[p.SHA256]))
	}
	for i := len(c.Polls) - 1; i >= 0; i-- {
		p := c.Polls[i]
		fmt.Fprintf(&b, "poll %d: %s, %s, %d changes\n", p.Seq, p.At.UTC().Format(minute), p.Outcome, p.Changes)
	}
	for _, h := range c.Holds {
		fmt.Fprintf(&b, "%s: %s, %s to %s\n", h.ID, h.State, h.Since.UTC().Format(minute), h.EndedAt.UTC().Format(minute))
	}
	for _, ch := range c.Changes {
		fmt.Fprintf(&b, "change %d: %s %s %s\n", ch.Seq, ch.ID, ch.Kind, ch.Agreement.ID)
	}
	for _, id := range slices.Sorted(maps.Keys(c.Known.Records)) {
		a, _ := c.Known.Records[id].AgreementAt(c.Reading.Read)
		fmt.Fprintf(&b, "%s: %s, %s %s, since %s\n", a.ID, a.Agency, a.Status, a.Signed, a.Since.UTC().Format(minute))
	}
	for _, d := range c.Deliveries {
		fmt.Fprintf(&b, "delivery %d to %s: %s after %d tries, changes %v\n", d.Seq, d.Channel, d.State, d.Attempts, d.Changes)
	}
	for _, a := range c.Addresses {
		last, _ := a.Last()
		fmt.Fprintf(&b, "document at %s: %d versions, the last %.8s of %s\n", a.URL, len(a.Versions), last.SHA256, last.From.UTC().Format(minute))
	}
	for _, d := range c.Documents {
		fmt.Fprintf(&b, "document %.8s: %s, %d pages, signed %s\n", d.SHA256, d.Form, d.Pages, d.Day())
	}
	for _, p := range c.PageTexts {
		fmt.Fprintf(&b, "the page since %s: %s\n", p.SeenAt.UTC().Format(minute), p.Text)
	}
	fmt.Fprintf(&b, "%d agencies, %d addresses; read until %s\n", len(c.Known.Agencies), len(c.Validators), c.Reading.Read.UTC().Format(minute))
	return b.String()
}

func TestStoredFilesAreStillRead(t *testing.T) {
	for _, tt := range []struct {
		file     string
		outdated bool
	}{
		{"schema1", true},
		{"schema2-early", true},
		{"schema2", true},
		{"schema3", true},
		{"schema4", false},
	} {
		t.Run(tt.file, func(t *testing.T) {
			path := stored(t, tt.file+".db.gz")
			readOnly := impatient()
			readOnly.ReadOnly = true
			if s, err := Open(path, readOnly); tt.outdated {
				says(t, err, errOutdated, "open it once for writing, as run and poll do, to bring it up to date")
			} else if err != nil {
				t.Error(err)
			} else if err := s.Close(); err != nil {
				t.Error(err)
			}
			s := opened(t, path, impatient())
			if version, _, _ := schema(t, s); version != len(steps()) {
				t.Errorf("it is brought to schema %d", version)
			}
			c := contents(t, s)
			golden.Compare(t, tt.file+".txt", []byte(story(c)))
			checkGrows(t, s, c)
		})
	}
}

// checkGrows makes sure that a store takes in what comes next.
func checkGrows(t *testing.T, s *Store, c storetest.Contents) {
	t.Helper()
	seq := c.Known.Seqs.Change + 1
	batch := store.Batch{
		Before:     c.Known.Seqs,
		Changes:    []roster.Change{{ID: "chg_next", Seq: seq, Kind: roster.KindNew}},
		Deliveries: []roster.Delivery{{ID: "dlv_next", Channel: "next", Changes: []uint64{seq}, State: roster.DeliveryWaiting}},
		Poll:       &roster.Poll{Outcome: "changed"},
	}
	if err := s.Commit(t.Context(), batch); err != nil {
		t.Fatal(err)
	}
	next, err := s.NextPending(t.Context(), "next")
	if err != nil || len(next) != 1 || next[0].ID != "dlv_next" {
		t.Errorf("to be sent next: %v (%v)", next, err)
	}
	var backup bytes.Buffer
	if err := s.Backup(t.Context(), &backup); err != nil || backup.Len() == 0 {
		t.Errorf("a backup of %d bytes (%v)", backup.Len(), err)
	}
}

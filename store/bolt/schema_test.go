package bolt

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"go.etcd.io/bbolt"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/store/storetest"
)

// later lists today's steps and two made-up ones of the future: one that
// rewrites what is stored, and one that adds a part.
func later(t *testing.T) []step {
	t.Helper()
	rewrite := func(tx *bbolt.Tx) error {
		all, err := collect(every[roster.Agency](t.Context(), tx, agencies))
		if err != nil {
			return err
		}
		for _, a := range all {
			a.Spellings = []roster.Spelling{{Name: "rewritten"}}
			if err := put(agencies.of(tx), []byte(a.ID), a); err != nil {
				return err
			}
		}
		return nil
	}
	add := func(tx *bbolt.Tx) error {
		_, err := tx.CreateBucket([]byte("added"))
		return err
	}
	return append(steps(), rewrite, add)
}

// schema reads the version of a store, and whether its agencies are rewritten
// and the part is added.
func schema(t *testing.T, s *Store) (version int, rewritten, added bool) {
	t.Helper()
	err := s.db.View(func(tx *bbolt.Tx) (err error) {
		version, err = versionOf(tx)
		added = tx.Bucket([]byte("added")) != nil
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range contents(t, s).Known.Agencies {
		rewritten = rewritten || a.Spellings[0].Name == "rewritten"
	}
	return version, rewritten, added
}

func TestNewStoreHasToday(t *testing.T) {
	s := opened(t, filled(t), impatient())
	if version, rewritten, added := schema(t, s); version != len(steps()) || rewritten || added {
		t.Errorf("version %d, rewritten %v, added %v", version, rewritten, added)
	}
}

// TestOlderStore brings a store of today to a version of the future.
func TestOlderStore(t *testing.T) {
	path, readOnly := filled(t), impatient()
	readOnly.ReadOnly = true
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = open(path, readOnly, later(t))
	says(t, err, errOutdated, "open it once for writing")
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
		t.Errorf("opening it for reading changed it (%v)", err)
	}
	for range 2 { // the second time there is nothing left to do
		s, err := open(path, impatient(), later(t))
		if err != nil {
			t.Fatal(err)
		}
		if version, rewritten, added := schema(t, s); version != len(later(t)) || !rewritten || !added {
			t.Errorf("version %d, rewritten %v, added %v", version, rewritten, added)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestFailingStep fails at the second of two steps: the first one stays taken,
// nothing of the second is left, and both are there after another try.
func TestFailingStep(t *testing.T) {
	path := filled(t)
	failing, broken := later(t), errors.New("no room to move")
	complete := failing[len(failing)-1]
	failing[len(failing)-1] = func(tx *bbolt.Tx) error { return errors.Join(complete(tx), broken) }
	_, err := open(path, impatient(), failing)
	today := len(steps())
	says(t, err, broken, fmt.Sprintf("bringing it from schema %d to %d", today+1, today+2))

	s, err := open(path, impatient(), later(t)[:today+1])
	if err != nil {
		t.Fatal(err)
	}
	if version, rewritten, added := schema(t, s); version != today+1 || !rewritten || added {
		t.Errorf("version %d, rewritten %v, added %v", version, rewritten, added)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if s, err = open(path, impatient(), later(t)); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	if version, rewritten, added := schema(t, s); version != today+2 || !rewritten || !added {
		t.Errorf("version %d, rewritten %v, added %v", version, rewritten, added)
	}
}

// TestNewerStore opens a store of the future with the program of today.
func TestNewerStore(t *testing.T) {
	path := filled(t)
	s, err := open(path, impatient(), later(t))
	if err != nil {
		t.Fatal(err)
	}
	want := contents(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, opts := range []Options{impatient(), {ReadOnly: true}} {
		_, err = Open(path, opts)
		says(t, err, store.ErrNewer, "install that version again; nothing was changed")
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the file was changed (%v)", err)
	}
	if s, err = open(path, impatient(), later(t)); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	if diff := storetest.Diff(want, contents(t, s)); diff != "" {
		t.Error(diff)
	}
}

// TestUnfinishedStore opens a file that was made, and lost to a crash before it
// was a store.
func TestUnfinishedStore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "watch287g.db")
	s, err := open(path, impatient(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if known, err := opened(t, path, impatient()).Known(t.Context()); err != nil || known.Seqs != (roster.Seqs{}) {
		t.Errorf("its numbers are %+v (%v)", known.Seqs, err)
	}
}

// TestBeforeOutbox opens a store of the first version, which had no deliveries.
func TestBeforeOutbox(t *testing.T) {
	path := filepath.Join(t.TempDir(), "watch287g.db")
	s, err := open(path, impatient(), steps()[:1])
	if err != nil {
		t.Fatal(err)
	}
	batch := store.Batch{
		Changes:  []roster.Change{{ID: "chg_1", Seq: 1, Kind: roster.KindNew}},
		Agencies: []roster.Agency{{ID: "TX-1", Spellings: []roster.Spelling{{State: "TX", Name: "Agency"}}}},
		Poll:     &roster.Poll{Outcome: "changed"},
	}
	if err := s.Commit(t.Context(), batch); err != nil {
		t.Fatal(err)
	}
	parts := partsOf(t, s)
	want := []string{"agencies", "bodies", "changes", "changes_by_id", "holds", "meta", "polls",
		"publications", "publications_by_sha", "records", "rosters", "validators"}
	if !slices.Equal(parts, want) {
		t.Errorf("the first version has %v, and had %v", parts, want)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	readOnly := impatient()
	readOnly.ReadOnly = true
	_, err = Open(path, readOnly)
	says(t, err, errOutdated, "open it once for writing")

	s = opened(t, path, impatient())
	if version, _, _ := schema(t, s); version != len(steps()) {
		t.Errorf("it has the version %d", version)
	}
	c := contents(t, s)
	if c.Known.Seqs != (roster.Seqs{Change: 1}) || len(c.Known.Agencies) != 1 || len(c.Polls) != 1 || len(c.Deliveries)+len(c.Heads)+len(c.Incidents) > 0 {
		t.Errorf("it has now %+v", c)
	}
	d := roster.Delivery{ID: "dlv_1", Channel: "ops", Changes: []uint64{1}, State: roster.DeliveryWaiting}
	if err := s.Enqueue(t.Context(), []roster.Delivery{d}, nil); err != nil {
		t.Fatal(err)
	}
	if heads, err := s.NextPending(t.Context()); err != nil || len(heads) != 1 || heads[0].Seq != 1 {
		t.Errorf("to be sent next: %v (%v)", heads, err)
	}
}

// TestBeforeSecrets opens a store of today with the program that knew no secrets: it
// is refused, since a state that such a program kept would lose what an operator
// decided.
func TestBeforeSecrets(t *testing.T) {
	path := filled(t)
	_, err := open(path, impatient(), steps()[:2])
	says(t, err, store.ErrNewer, "install that version again; nothing was changed")

	old := filepath.Join(t.TempDir(), "watch287g.db")
	s, err := open(old, impatient(), steps()[:2])
	if err != nil {
		t.Fatal(err)
	}
	if parts := partsOf(t, s); slices.Contains(parts, "secrets") || !slices.Contains(parts, "incidents") {
		t.Errorf("the second version has %v", parts)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = opened(t, old, impatient())
	if secret, err := s.Secret(t.Context(), "links"); err != nil || len(secret) != 32 {
		t.Errorf("the secret is %x (%v)", secret, err)
	}
}

// TestSecretReadOnly asks a store for secrets that cannot make one.
func TestSecretReadOnly(t *testing.T) {
	path, readOnly := filled(t), impatient()
	readOnly.ReadOnly = true
	s := opened(t, path, impatient())
	want, err := s.Secret(t.Context(), "links")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = opened(t, path, readOnly)
	if got, err := s.Secret(t.Context(), "links"); err != nil || !bytes.Equal(got, want) {
		t.Errorf("the secret is %x (%v), and was %x", got, err, want)
	}
	if _, err := s.Secret(t.Context(), "other"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a secret that was not made: %v", err)
	}
}

// partsOf lists the buckets of a store by name.
func partsOf(t *testing.T, s *Store) []string {
	t.Helper()
	var parts []string
	err := s.db.View(func(tx *bbolt.Tx) error {
		return tx.ForEach(func(name []byte, _ *bbolt.Bucket) error {
			parts = append(parts, string(name))
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return parts
}

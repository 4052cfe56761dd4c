// Package storetest is the suite that every backend of the store must pass. It
// sees a backend only through store.Store, and holds it against a store in
// memory that is too plain to be wrong.
package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

// Backend is what a backend lends the suite.
type Backend struct {
	// New makes room for one store, empty at first, and returns what opens it
	// as it then is. The suite closes the store before it is opened again.
	New func(t *testing.T) (open func(t *testing.T) store.Store)
	// Restore opens a store made of what Backup wrote.
	Restore func(t *testing.T, backup []byte) store.Store
	// Polls and Validators are how many of each the store keeps. So that the
	// suite is quick, that may be fewer here than in service.
	Polls, Validators int
}

// Run holds a backend against the contract.
func Run(t *testing.T, b Backend) {
	for _, test := range []struct {
		name string
		run  func(*testing.T, Backend)
	}{
		{"Empty", testEmpty},
		{"EveryField", testEveryField},
		{"Order", testOrder},
		{"Changes", testChanges},
		{"Revision", testRevision},
		{"Conflict", testConflict},
		{"Refused", testRefused},
		{"OneWriterWins", testOneWriterWins},
		{"Bodies", testBodies},
		{"KeptAs", testKeptAs},
		{"InForce", testInForce},
		{"Holds", testHolds},
		{"Polls", testPolls},
		{"Reading", testReading},
		{"BegunPoll", testBegunPoll},
		{"Validators", testValidators},
		{"Deliveries", testDeliveries},
		{"EveryFieldSaved", testEveryFieldSaved},
		{"Heads", testNextPending},
		{"SaveProgress", testSaveProgress},
		{"SaveProgressRefused", testSaveProgressRefused},
		{"Grown", testGrown},
		{"DeliveriesRefused", testDeliveriesRefused},
		{"EnqueueBesideCommit", testEnqueueBesideCommit},
		{"DeliveryOf", testDeliveryOf},
		{"ChangesAt", testChangesAt},
		{"Incidents", testIncidents},
		{"SenderBesideWatcher", testSenderBesideWatcher},
		{"Dropped", testDropped},
		{"Moved", testMoved},
		{"MoveRefused", testMoveRefused},
		{"MoveAll", testMoveAll},
		{"MoveMeanwhile", testMoveMeanwhile},
		{"Decisions", testDecisions},
		{"Secret", testSecret},
		{"Ownership", testOwnership},
		{"Cancelled", testCancelled},
		{"WholeBatches", testWholeBatches},
		{"BigBatch", testBigBatch},
		{"Measures", testMeasures},
		{"Backup", testBackup},
		{"RandomHistory", testRandomHistory},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, b) })
	}
}

// open opens an empty store that is closed with the test.
func (b Backend) open(t *testing.T) store.Store {
	t.Helper()
	return closing(t, b.New(t)(t))
}

func closing(t *testing.T, s store.Store) store.Store {
	t.Helper()
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("closing the store: %v", err)
		}
	})
	return s
}

// commit writes a batch that must be taken, with the numbers of before it.
func commit(t *testing.T, s store.Store, b store.Batch) {
	t.Helper()
	b.Before = known(t, s).Seqs
	if err := s.Commit(t.Context(), b); err != nil {
		t.Fatalf("commit: %v", err)
	}
}

func known(t *testing.T, s store.Reader) roster.Snapshot {
	t.Helper()
	k, err := s.Known(t.Context())
	if err != nil {
		t.Fatalf("known: %v", err)
	}
	return k
}

// contents reads the whole store.
func contents(t *testing.T, s store.Store) Contents {
	t.Helper()
	c, err := Read(t.Context(), s)
	if err != nil {
		t.Fatalf("reading the store: %v", err)
	}
	return c
}

// same compares answers.
func same(t *testing.T, what string, want, got any) {
	t.Helper()
	if diff := diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// must returns an answer that has to be there.
func must[T any](t *testing.T) func(answer T, err error) T {
	t.Helper()
	return func(answer T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return answer
	}
}

// fails asks for an error.
func fails(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: got the error %v, want %v", what, err, want)
	}
}

// at is the moment h hours into the made-up history.
func at(h int) time.Time {
	return time.Date(2025, time.June, 1, 12, 0, 0, 123456789, time.UTC).Add(time.Duration(h) * time.Hour)
}

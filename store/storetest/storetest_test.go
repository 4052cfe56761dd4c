package storetest

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/watch287g/watch287g/store"
)

// TestMemory makes sure that the suite asks for nothing but the contract, and
// that the store in memory, against which others are held, keeps it.
func TestMemory(t *testing.T) {
	const polls, validators = 7, 9
	Run(t, Backend{
		New: func(*testing.T) func(*testing.T) store.Store {
			m := newMemory(polls, validators)
			return func(*testing.T) store.Store { return m }
		},
		Restore: func(t *testing.T, backup []byte) store.Store {
			m := newMemory(polls, validators)
			if err := json.NewDecoder(bytes.NewReader(backup)).Decode(&m.data); err != nil {
				t.Fatal(err)
			}
			return m
		},
		Polls: polls, Validators: validators,
	})
}

package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

// sickStore is a store whose writes fail as they are told to.
type sickStore struct {
	store.Store
	mu            sync.Mutex
	commit, write error
}

func (s *sickStore) set(commit, write error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.commit, s.write = commit, write
}

func (s *sickStore) Commit(context.Context, store.Batch) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.commit
}

func (s *sickStore) SaveProgress(context.Context, ...roster.Delivery) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.write
}

// TestOperatorIsToldOfTheStore has a store fail in one way or another, while the service
// tries to write to it as it does.
func TestOperatorIsToldOfTheStore(t *testing.T) {
	full := fmt.Errorf("writing the store x.db: %w; free some space on its disk", syscall.ENOSPC)
	for name, tt := range map[string]struct {
		commit, write error
		lasts         time.Duration
		told          int
	}{
		"a full disk":                  {commit: full, lasts: 5 * time.Hour, told: 2},
		"a disk that fails":            {commit: syscall.EIO, write: syscall.EIO, lasts: 20 * time.Minute, told: 2},
		"a disk that is read-only":     {commit: syscall.EROFS, write: syscall.EROFS, lasts: 3 * time.Hour, told: 2},
		"a database that is away":      {commit: errors.New("connection refused"), write: errors.New("connection refused"), lasts: 10 * time.Minute, told: 2},
		"a database nobody hears of":   {commit: errors.New("connection refused"), lasts: 2 * time.Minute},
		"a database that starts anew":  {commit: errors.New("connection refused"), lasts: 30 * time.Second},
		"what another machine has":     {commit: store.ErrConflict, write: store.ErrConflict, lasts: time.Hour},
		"what nobody knows of anymore": {write: store.ErrNotFound, lasts: time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sick := &sickStore{}
				w := watchStore(sick, time.Now, slog.New(slog.DiscardHandler))
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				var told []string
				refuse := 2 // the operator's channel is down, too, for a moment
				go func() {
					_ = w.run(ctx, func(_ context.Context, n roster.Notice, sent map[string]bool) error {
						if refuse--; refuse >= 0 {
							return errors.New("503")
						}
						told = append(told, n.Kind+": "+n.Text)
						sent["ops"] = true
						return nil
					})
				}()
				use := func(d time.Duration) {
					for end := time.Now().Add(d); time.Now().Before(end); time.Sleep(20 * time.Second) {
						_ = w.Commit(ctx, store.Batch{})
						_ = w.SaveProgress(ctx)
					}
				}
				use(10 * time.Minute)
				sick.set(tt.commit, tt.write)
				use(tt.lasts)
				sick.set(nil, nil)
				use(3 * time.Hour)
				synctest.Wait()
				if len(told) != tt.told {
					t.Fatalf("told %q", told)
				}
				if tt.told > 0 && (!strings.HasPrefix(told[0], "store-failing: ") || !strings.Contains(told[0], clean(tt.commit)) || !strings.HasPrefix(told[1], "store-recovered: ")) {
					t.Errorf("told %q", told)
				}
			})
		})
	}
}

func clean(err error) string { return strings.TrimRight(err.Error(), ".") }

// A store that fails for two minutes in every ten is told of, and then at most every
// hour.
func TestOperatorIsToldOfAStoreThatFlapsNowAndThen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sick := &sickStore{}
		w := watchStore(sick, time.Now, slog.New(slog.DiscardHandler))
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var told []string
		go func() {
			_ = w.run(ctx, func(_ context.Context, n roster.Notice, sent map[string]bool) error {
				told = append(told, n.Kind)
				sent["ops"] = true
				return nil
			})
		}()
		for i := range 6 * 24 * 10 { // a minute each
			sick.set(nil, nil)
			if i%10 < 2 {
				sick.set(syscall.EIO, nil)
			}
			_ = w.Commit(ctx, store.Batch{})
			time.Sleep(time.Minute)
		}
		synctest.Wait() // the last minute's end may have woken the other, too
		if n := len(told); n < 2 || n > 2*24 || !slices.Equal(told[:2], []string{"store-failing", "store-recovered"}) {
			t.Errorf("told %d times: %v", len(told), told)
		}
	})
}

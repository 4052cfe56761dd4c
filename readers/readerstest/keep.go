package readerstest

import (
	"errors"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/watch287g/watch287g/readers"
)

// keeping changes small values, from several places at once.
func keeping(t *testing.T, s readers.Store) {
	ctx, until := t.Context(), Start().Add(time.Hour)
	get := func(key string) (value string) {
		t.Helper()
		look := errors.New("only looking")
		err := s.Keep(ctx, key, until, func(old []byte) ([]byte, error) {
			value = "none"
			if old != nil {
				value = string(old)
			}
			return []byte("never kept"), look
		})
		if !errors.Is(err, look) || err.Error() != look.Error() {
			t.Errorf("an error of the caller came back as %v", err)
		}
		return value
	}
	if got := get("count"); got != "none" {
		t.Errorf("at first: %s", got)
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 5 {
				err := s.Keep(ctx, "count", until, func(old []byte) ([]byte, error) {
					n, _ := strconv.Atoi(string(old))
					return strconv.AppendInt(nil, int64(n+1), 10), nil
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	set := func(key, value string, until time.Time) {
		t.Helper()
		err := s.Keep(ctx, key, until, func([]byte) ([]byte, error) {
			if value == "" {
				return nil, nil
			}
			return []byte(value), nil
		})
		if err != nil {
			t.Error(err)
		}
	}
	set("other", "x", until.Add(time.Hour))
	if got := get("count") + " " + get("other"); got != "20 x" {
		t.Errorf("after 20 calls at once: %s", got)
	}
	set("taken away", "y", until)
	set("taken away", "", until)
	set("never there", "", until)
	if _, err := s.Sweep(ctx, until.Add(time.Minute), 0); err != nil {
		t.Error(err)
	}
	if got := get("count") + " " + get("other") + " " + get("taken away") + " " + get("never there"); got != "none x none none" {
		t.Errorf("after a sweep: %s", got)
	}
}

package cache

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"
)

func ok(body string) func() (*Response, error) {
	return func() (*Response, error) {
		return New(0).NewResponse(http.StatusOK, http.Header{}, []byte(body), time.Time{}), nil
	}
}

func TestCachedResponsesAreBounded(t *testing.T) {
	c := New(100_000)
	for n := range 500 {
		if _, err := c.Do(strings.Repeat("k", n), "1", ok(strings.Repeat("b", 3000))); err != nil {
			t.Fatal(err)
		}
	}
	if c.bytes > 100_000 || c.byKey.Len() < 10 {
		t.Errorf("%d responses of %d bytes are kept", c.byKey.Len(), c.bytes)
	}
	newest := strings.Repeat("k", 499)
	if c.Get(newest, "1") == nil {
		t.Error("the last one is gone")
	}
	if c.Get(newest, "2") != nil {
		t.Error("one of an earlier epoch is given out")
	}
	if recent := c.Recent(2); len(recent) != 2 || recent[1] != newest {
		t.Errorf("asked for last: %d keys, the last of %d bytes", len(recent), len(recent[len(recent)-1]))
	}
}

func TestWhatCannotBeSentAgainIsNotKept(t *testing.T) {
	c := New(10 << 20)
	missing := func() (*Response, error) {
		return c.NewResponse(http.StatusNotFound, http.Header{}, nil, time.Time{}), nil
	}
	if r, err := c.Do("missing", "1", missing); r == nil || err != nil || c.Get("missing", "1") != nil {
		t.Errorf("an error's page: %v, %v; kept: %v", r, err, c.Get("missing", "1"))
	}
	broken := errors.New("broken")
	if _, err := c.Do("broken", "1", func() (*Response, error) { return nil, broken }); !errors.Is(err, broken) || c.Get("broken", "1") != nil {
		t.Errorf("an error: %v", err)
	}
	if r, err := c.Do("broken", "1", ok("whole")); err != nil || string(r.body) != "whole" {
		t.Errorf("after an error: %v, %v", r, err)
	}
	if _, err := c.Do("long", "1", ok(strings.Repeat("b", maxEntryBytes))); err != nil || c.Get("long", "1") != nil {
		t.Errorf("one that is too long: %v; kept: %v", err, c.Get("long", "1") != nil)
	}
}

package bucket_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/document/archive"
	"github.com/watch287g/watch287g/document/archive/bucket"
	"github.com/watch287g/watch287g/document/archive/suite"
)

func open(t *testing.T, s *service, change func(*bucket.Options)) *bucket.Bucket {
	t.Helper()
	o := bucket.Options{Endpoint: s.URL, Bucket: "docs", Region: region, Prefix: "watch287g/", AccessKey: keyID, SecretKey: secret, Now: time.Now}
	if change != nil {
		change(&o)
	}
	b, err := bucket.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestBucket(t *testing.T) {
	var s *service
	suite.Run(t, suite.Backend{
		New: func(t *testing.T) func() archive.Archive {
			s = newService(t)
			s.objects["docs/watch287g/notes.txt"], s.objects["docs/other/"+archive.Hash(nil)+".pdf"] = []byte("another's"), nil
			return func() archive.Archive { return open(t, s, nil) }
		},
		Spoil: func(t *testing.T, _ archive.Archive, hash string, reading bool) {
			name := "docs/watch287g/" + hash[:2] + "/" + hash + ".pdf"
			if reading {
				name = strings.TrimSuffix(name, ".pdf") + ".json.gz"
			}
			s.mu.Lock()
			defer s.mu.Unlock()
			body := bytes.Clone(s.objects[name])
			body[len(body)/2] ^= 4
			s.objects[name] = body
		},
	})
}

// TestDamagedStays keeps the damaged object under another name.
func TestDamagedStays(t *testing.T) {
	s := newService(t)
	b := open(t, s, nil)
	hash := archive.Hash([]byte("whole"))
	name := "docs/watch287g/" + hash[:2] + "/" + hash + ".pdf"
	s.objects[name] = []byte("wh")
	if _, err := b.Put(t.Context(), []byte("whole")); err != nil {
		t.Fatal(err)
	}
	kept := 0
	for other, body := range s.objects {
		if strings.HasPrefix(other, name+".damaged-") && string(body) == "wh" {
			kept++
		}
	}
	if kept != 1 || string(s.objects[name]) != "whole" {
		t.Errorf("the objects are %q", s.objects)
	}
}

// faults answers the first n requests of a method in the service's place.
func faults(n int, method string, answer func(w http.ResponseWriter)) func(http.ResponseWriter, *http.Request, []byte) bool {
	return func(w http.ResponseWriter, r *http.Request, _ []byte) bool {
		if r.Method != method || n == 0 {
			return false
		}
		n--
		answer(w)
		return true
	}
}

func status(code int) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) { w.WriteHeader(code) }
}

// cut promises more than it sends.
func cut(w http.ResponseWriter) {
	w.Header().Set("ETag", `"made-up"`)
	w.Header().Set("Last-Modified", "Mon, 02 Jun 2025 15:04:05 GMT")
	w.Header().Set("Content-Length", "5")
	_, _ = w.Write([]byte("who"))
}

func TestFaults(t *testing.T) {
	for _, tt := range []struct {
		name     string
		fault    func(http.ResponseWriter, *http.Request, []byte) bool
		put, get string // what the errors say; "" for none
	}{
		{"an error that passes, of what is kept", faults(1, http.MethodPut, status(503)), "", ""},
		{"an error that passes, of what is read", faults(1, http.MethodGet, status(500)), "", ""},
		{"errors that stay", faults(-1, http.MethodPut, status(500)), "status 500", "not found"},
		{"an answer that breaks off", faults(1, http.MethodGet, cut), "", ""},
		{"answers that always break off", faults(-1, http.MethodGet, cut), "unexpected EOF", "unexpected EOF"},
		{"no right", faults(-1, http.MethodPut, status(403)), "refuses the key", "not found"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newService(t)
			b := open(t, s, nil)
			s.fail(tt.fault)
			hash, err := b.Put(t.Context(), []byte("whole"))
			says(t, "keeping it", err, tt.put)
			body, err := b.Get(t.Context(), hash)
			says(t, "reading it", err, tt.get)
			if err == nil && string(body) != "whole" {
				t.Errorf("it is %q", body)
			}
		})
	}
}

func says(t *testing.T, what string, err error, want string) {
	t.Helper()
	switch {
	case want == "" && err != nil, want != "" && (err == nil || !strings.Contains(err.Error(), want)):
		t.Errorf("%s: got %v, want %q", what, err, want)
	case err == nil:
		return
	case errors.Is(err, archive.ErrDamaged):
		t.Errorf("%s: what was not read counts as damaged: %v", what, err)
	}
	if err != nil && (strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), keyID) || strings.Contains(err.Error(), "signed")) {
		t.Errorf("%s: the error shows what is secret: %v", what, err)
	}
}

func TestMistakes(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*bucket.Options)
		want   string
	}{
		{"no such bucket", func(o *bucket.Options) { o.Bucket = "none" }, "there is no such bucket; make it, or mend documents.bucket"},
		{"nobody there", func(o *bucket.Options) { o.Endpoint = "http://127.0.0.1:1" }, "connection refused"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := open(t, newService(t), tt.change)
			_, err := b.Put(t.Context(), []byte("body"))
			says(t, "Put", err, tt.want)
			for _, err := range b.All(t.Context()) {
				says(t, "All", err, tt.want)
			}
		})
	}
	t.Run("the wrong secret", func(t *testing.T) {
		s := newService(t)
		b := open(t, s, func(o *bucket.Options) { o.SecretKey = "another" })
		_, err := b.Put(t.Context(), []byte("body"))
		says(t, "Put", err, "refuses the key")
		if len(s.wrong) == 0 {
			t.Error("the service took what another key has signed")
		}
		s.wrong = nil
	})
}

// TestSlow gives a service up once the context ends, and a body without end before it is
// all in memory.
func TestSlow(t *testing.T) {
	s := newService(t)
	b := open(t, s, nil)
	hash, err := b.Put(t.Context(), []byte("body"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	s.fail(func(_ http.ResponseWriter, r *http.Request, _ []byte) bool {
		<-r.Context().Done()
		return true
	})
	begun := time.Now()
	if _, err := b.Get(ctx, hash); !errors.Is(err, context.DeadlineExceeded) || time.Since(begun) > 5*time.Second {
		t.Errorf("after %v: %v", time.Since(begun), err)
	}
	s.fail(func(w http.ResponseWriter, r *http.Request, _ []byte) bool {
		w.Header().Set("ETag", `"made-up"`)
		w.Header().Set("Last-Modified", "Mon, 02 Jun 2025 15:04:05 GMT")
		w.Header().Set("Content-Length", strconv.Itoa(1<<40))
		for chunk := make([]byte, 1<<20); r.Context().Err() == nil; {
			if _, err := w.Write(chunk); err != nil {
				break
			}
		}
		return true
	})
	if _, err := b.Get(t.Context(), hash); !errors.Is(err, archive.ErrDamaged) {
		t.Errorf("without end: %v", err)
	}
}

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/watch287g/watch287g/past"
	"github.com/watch287g/watch287g/past/instance"
	"github.com/watch287g/watch287g/store"
)

// shelf keeps documents in memory.
type shelf map[string][]byte

func (s shelf) Put(_ context.Context, body []byte) (string, error) {
	s[past.Hash(body)] = body
	return past.Hash(body), nil
}

func (s shelf) Has(_ context.Context, sha256 string) (bool, error) { return s[sha256] != nil, nil }

func (s shelf) Get(_ context.Context, sha256 string) ([]byte, error) {
	if s[sha256] == nil {
		return nil, store.ErrNotFound
	}
	return s[sha256], nil
}

// papersFrom imports another site into a directory, with its documents.
func papersFrom(ctx context.Context, t *testing.T, dir string, docs shelf, wire http.RoundTripper) (r instance.Report, all []past.Capture, err error) {
	t.Helper()
	r, err = importInto(ctx, t, dir, docs, wire, noneOwn, func(pool *past.Pool) {
		for _, c := range pool.Captures() {
			if c.Problem == "" {
				if _, err := pool.Body(t.Context(), c); err != nil {
					t.Error(err)
				}
			}
		}
		all = pool.All()
	})
	return r, all, err
}

// tales are what the other site says instead of what it is, by path, or beside that.
type tales map[string]any

func (a tales) over(t *testing.T, site http.Handler, asked map[string]int) wireTo {
	return func(w http.ResponseWriter, r *http.Request) error {
		asked[r.URL.Path]++
		switch answer := a[r.URL.Path].(type) {
		case nil:
			site.ServeHTTP(w, r)
		case int:
			w.WriteHeader(answer)
		case []byte:
			_, err := w.Write(answer)
			return err
		case func() any:
			return json.NewEncoder(w).Encode(answer())
		default:
			return json.NewEncoder(w).Encode(answer)
		}
		return nil
	}
}

type object = map[string]any

// theirs is another site with documents and what ICE's page said.
func theirs() (a tales, good []byte) {
	good = []byte("%PDF-1.7\nan agreement\n%%EOF\n")
	html, withheld, elsewhere, here := []byte("<html>"), past.Hash([]byte("withheld")), past.Hash([]byte("elsewhere")), []byte("%PDF-1.7\nknown\n%%EOF\n")
	at := func(url, from string) []object { return []object{{"url": url, "from": from}} }
	const linked, day = "https://www.ice.gov/doclib/a.pdf", "2025-03-04T12:00:00Z"
	return tales{
		"/api/v1/documents": object{"documents": []object{
			{"sha256": past.Hash(good), "size": len(good), "addresses": at(linked, day)},
			{"sha256": past.Hash(html), "size": len(html), "addresses": at(linked, day)},
			{"sha256": withheld, "size": 9, "addresses": at(linked, day)},
			{"sha256": past.Hash(here), "size": len(here), "addresses": at(linked, "2025-03-05T12:00:00Z")},
			{"sha256": elsewhere, "size": 9, "addresses": at("https://www.ice.gov/doclib/nobody/links.pdf", day)},
			{"sha256": past.Hash([]byte("x")), "size": 9, "addresses": at("https://evil.example/doclib/a.pdf", day)},
			{"sha256": past.Hash([]byte("y")), "size": 9, "addresses": at(linked, "2031-01-01T00:00:00Z")}}},
		"/documents/" + past.Hash(good) + ".pdf": good, "/documents/" + past.Hash(html) + ".pdf": html, "/documents/" + withheld + ".pdf": http.StatusNotFound,
		"/api/v1/ice-page": object{"versions": []object{
			{"seen_at": "2025-03-05T12:00:00Z", "url": "https://www.ice.gov/identify-and-arrest/287g", "text": "ICE says\n b\x1b[31m."},
			{"seen_at": "2025-03-04T12:00:00Z", "url": "https://evil.example/287g", "text": "Nothing"},
			{"seen_at": "2025-03-03T12:00:00Z", "url": "https://www.ice.gov/identify-and-arrest/287g", "text": "ICE says a."}}},
	}, good
}

// Documents and what ICE's page said come from another site that has them, by their hashes, as
// far as lists link them; once, and whatever breaks. A site without them is as before.
func TestImportOfPapers(t *testing.T) {
	site := otherSite(t)
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2025, 11, 1, 0, 0, 0, 0, time.UTC)))
		a, good := theirs()
		dir, asked := t.TempDir(), map[string]int{}
		here := []byte("%PDF-1.7\nknown\n%%EOF\n")
		docs := shelf{past.Hash(here): here}
		r, all, err := papersFrom(t.Context(), t, dir, docs, a.over(t, site, asked))
		if err != nil || r.New != 7 || r.Papers != 1 || r.NoPapers != 1 || r.PapersWithheld != 1 || r.Unlinked != 3 || r.Left != 0 || r.Words != 2 {
			t.Fatalf("%+v, %v", r, err)
		}
		var words []string
		for _, c := range all {
			if c.Kind == past.KindWords {
				words = append(words, fmt.Sprintf("%s %v %s", c.At.Format(time.DateOnly), c.Origin.Checked, c.Origin.Source))
			}
		}
		if diff := cmp.Diff([]string{"2025-03-05 false instance", "2025-03-03 false instance"}, words); diff != "" {
			t.Error(diff)
		}
		if asked["/documents/"+past.Hash(here)+".pdf"] != 0 || len(docs) != 2 || string(docs[past.Hash(good)]) != string(good) {
			t.Errorf("asked for %v, and kept %d documents", asked, len(docs))
		}
		clear(asked)
		again, same, err := papersFrom(t.Context(), t, dir, docs, a.over(t, site, asked))
		if err != nil || again.New+again.Papers+again.Words+again.NoPapers != 0 || len(same) != len(all) {
			t.Errorf("again: %+v, %v", again, err)
		}
		for path, n := range asked {
			if strings.HasSuffix(path, ".pdf") && path != "/documents/"+past.Hash([]byte("withheld"))+".pdf" {
				t.Errorf("again, %s was fetched %d times", path, n)
			}
		}
		// A document that cannot be had now keeps nothing else from counting, and comes next time.
		dir, docs = t.TempDir(), shelf{}
		a["/documents/"+past.Hash(good)+".pdf"] = http.StatusForbidden
		if r, _, err := papersFrom(t.Context(), t, dir, docs, a.over(t, site, asked)); err != nil || r.New != 7 || r.Papers != 0 || r.Left != 1 {
			t.Errorf("%+v, %v", r, err)
		}
		a["/documents/"+past.Hash(good)+".pdf"] = good
		if r, _, err := papersFrom(t.Context(), t, dir, docs, a.over(t, site, asked)); err != nil || r.Known != 7 || r.Papers != 1 || r.Left != 0 {
			t.Errorf("%+v, %v", r, err)
		}
		// Sites of before have neither.
		none := tales{"/api/v1/documents": http.StatusNotFound, "/api/v1/ice-page": http.StatusNotFound}
		if r, _, err := papersFrom(t.Context(), t, t.TempDir(), shelf{}, none.over(t, site, asked)); err != nil || r.New != 7 || r.Papers+r.Words != 0 {
			t.Errorf("a site of before: %+v, %v", r, err)
		}
	})
}

// A site that is false about documents or about ICE's page changes nothing.
func TestFalsePapers(t *testing.T) {
	site := otherSite(t)
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2025, 11, 1, 0, 0, 0, 0, time.UTC)))
		good := []byte("%PDF-1.7\nan agreement\n%%EOF\n")
		const ice = "https://www.ice.gov/identify-and-arrest/287g"
		one := object{"sha256": past.Hash(good), "size": 9, "addresses": []object{{"url": "https://www.ice.gov/doclib/a.pdf", "from": "2025-03-04T12:00:00Z"}}}
		seen := time.Now()
		n := 0
		for name, tt := range map[string]struct {
			tell tales
			want string
		}{
			"other bytes": {tales{"/api/v1/documents": object{"documents": []object{one}}, "/documents/" + past.Hash(good) + ".pdf": append([]byte("%PDF-1.7 "), good...)}, "has the SHA-256"},
			"no hash":     {tales{"/api/v1/documents": object{"documents": []object{{"sha256": "../../etc/passwd"}}}}, "has no SHA-256"},
			"large hash":  {tales{"/api/v1/documents": object{"documents": []object{{"sha256": strings.ToUpper(past.Hash(good))}}}}, "has no SHA-256"},
			"twice":       {tales{"/api/v1/documents": object{"documents": []object{one}, "next": "x"}}, "lists a document twice"},
			"without end": {tales{"/api/v1/documents": func() any {
				n++
				return object{"documents": []object{{"sha256": past.Hash([]byte(fmt.Sprint(n)))}}, "next": fmt.Sprint(n)}
			}}, "has no end"},
			"nothing more":  {tales{"/api/v1/documents": object{"next": "x"}}, "has no end"},
			"read tomorrow": {tales{"/api/v1/ice-page": object{"versions": []object{{"seen_at": "2025-11-03T00:00:00Z", "url": ice, "text": "a"}}}}, "it read ICE's page at 2025-11-03"},
			"no order":      {tales{"/api/v1/ice-page": object{"versions": []object{{"seen_at": "2025-10-03T00:00:00Z", "url": ice, "text": "a"}}, "next": "x"}}, "is not in order"},
			"a long text":   {tales{"/api/v1/ice-page": object{"versions": []object{{"seen_at": "2025-10-03T00:00:00Z", "url": ice, "text": strings.Repeat("a ", 200<<10)}}}}, "longer than any"},
			"words without end": {tales{"/api/v1/ice-page": func() any {
				seen = seen.Add(-time.Minute)
				return object{"versions": []object{{"seen_at": seen, "url": ice, "text": "a"}}, "next": "x"}
			}}, "has no end"},
		} {
			docs := shelf{}
			_, all, err := papersFrom(t.Context(), t, t.TempDir(), docs, tt.tell.over(t, site, map[string]int{}))
			if !errors.Is(err, instance.ErrLie) || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "nothing of it was taken") {
				t.Errorf("%s: %v", name, err)
			}
			if len(all) != 0 || len(docs) != 0 {
				t.Errorf("%s: %d captures and %d documents are kept", name, len(all), len(docs))
			}
		}
	})
}

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/watch287g/watch287g/config"
	"github.com/watch287g/watch287g/internal/pasttest"
	"github.com/watch287g/watch287g/past"
	"github.com/watch287g/watch287g/past/instance"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/sheet/sheettest"
	"github.com/watch287g/watch287g/store/bolt"
	"github.com/watch287g/watch287g/watch"
)

// otherSite is another watch287g with six lists, of which two have Safe Links in them.
func otherSite(t *testing.T) http.Handler {
	t.Helper()
	lists := growing(6, "https://www.ice.gov/doclib/a.pdf", func(i int, rows []sheettest.Row) {
		if i > 3 {
			rows[0].MOA = "https://gcc02.safelinks.protection.outlook.com/?url=https%3A%2F%2Fwww.ice.gov%2Fdoclib%2Fa.pdf&data=05%7C02%7Cjane.doe%40ice.dhs.gov%7C0"
		}
	})
	// One comes back with its bytes of before.
	again := lists[5]
	again.PublishedAt = again.PublishedAt.AddDate(0, 0, 3)
	site, _ := siteOf(t, append(lists, again))
	return site
}

// growing are so many lists, a day apart: the first has two agencies, and each has one more
// than the one before. All rows link one agreement. edit, if not nil, changes the rows of one.
func growing(n int, moa string, edit func(i int, rows []sheettest.Row)) (lists []watch.Past) {
	for i := range n {
		var rows []sheettest.Row
		for j := range i + 2 {
			rows = append(rows, sheettest.Row{State: "Texas", Agency: fmt.Sprintf("%c County Sheriff's Office", 'A'+j), Type: "County", Model: "Jail Enforcement Model", Signed: "43591", MOA: moa})
		}
		if edit != nil {
			edit(i, rows)
		}
		body := sheettest.Book{Sheets: []sheettest.Sheet{{Rows: sheettest.List(sheettest.ParticipatingColumns(), rows...)}}}.Bytes()
		lists = append(lists, watch.Past{PublishedAt: time.Date(2025, 3, 3+i, 14, 0, 0, 0, time.UTC), Link: "participating", File: fmt.Sprintf("list%d.xlsx", i),
			Open: func() ([]byte, error) { return body, nil }})
	}
	return lists
}

// siteOf is the site of a store with some lists, on April 1, 2025.
func siteOf(t *testing.T, lists []watch.Past) (http.Handler, *bolt.Store) {
	t.Helper()
	s, err := bolt.Open(filepath.Join(t.TempDir(), "other.db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	now := func() time.Time { return time.Date(2025, 4, 1, 0, 0, 0, 0, time.UTC) }
	if _, err := watch.New(watch.Options{Store: s, Now: now}).Import(t.Context(), lists, nil); err != nil {
		t.Fatal(err)
	}
	site, err := newApp(io.Discard, io.Discard, now).newSite(s, config.Default(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return site, s
}

// wireTo carries requests to a handler, without a network.
type wireTo func(w http.ResponseWriter, r *http.Request) error

func (to wireTo) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	w := httptest.NewRecorder()
	if err := to(w, r); err != nil {
		return nil, err
	}
	return w.Result(), nil
}

// importFrom imports another site into a directory.
func importFrom(ctx context.Context, t *testing.T, dir string, wire http.RoundTripper, own func(string) (string, bool)) (instance.Report, error) {
	t.Helper()
	return importInto(ctx, t, dir, nil, wire, own, func(*past.Pool) {})
}

// importInto imports another site into a directory, with its documents unless docs is nil, and
// has then look at what is there after it.
func importInto(ctx context.Context, t *testing.T, dir string, docs past.Documents, wire http.RoundTripper, own func(string) (string, bool), then func(*past.Pool)) (instance.Report, error) {
	t.Helper()
	pool, err := past.Open(filepath.Join(dir, past.Dir), docs)
	if err != nil {
		t.Fatal(err)
	}
	staged, err := past.Open(filepath.Join(dir, past.Dir, "staged"), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = errors.Join(pool.Close(), staged.Close()) }()
	r, err := instance.Import(ctx, instance.Options{Base: &url.URL{Scheme: "https", Host: "other.example"}, Pool: pool, Staged: staged, Documents: docs,
		Own: func(_ context.Context, hash string) (string, bool, error) {
			public, has := own(hash)
			return public, has, nil
		},
		Agent: "watch287g/test", Pace: time.Second, Transport: wire, Now: time.Now, Say: func(string, ...any) {}, Progress: func(string, int, int) {}})
	then(pool)
	return r, err
}

func noneOwn(string) (string, bool) { return "", false }

func poolIn(t *testing.T, dir string) (lines []string) {
	t.Helper()
	p, err := past.Read(filepath.Join(dir, past.Dir), nil)
	if err != nil {
		t.Fatal(err)
	}
	for l, err := range p.Lists(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(l.Body, []byte("jane.doe")) {
			t.Error("an address of ICE's staff came over")
		}
	}
	for _, c := range p.Captures() {
		if _, err := p.Body(t.Context(), c); err != nil {
			t.Error(err)
		}
		lines = append(lines, fmt.Sprintf("%s %s %.8s %.8s", c.Published().Format(time.DateOnly), c.File, c.SHA256, c.Origin.PublicOf))
	}
	return lines
}

// Whatever breaks, all that another site has comes over once, and counts only as a whole.
func TestImportOfAnotherSite(t *testing.T) {
	site := otherSite(t)
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2025, 11, 1, 0, 0, 0, 0, time.UTC)))
		plain := wireTo(func(w http.ResponseWriter, r *http.Request) error { site.ServeHTTP(w, r); return nil })
		dir := t.TempDir()
		r, err := importFrom(t.Context(), t, dir, plain, noneOwn)
		if err != nil || r.New != 7 || r.Known != 0 {
			t.Fatalf("%+v, %v", r, err)
		}
		want := poolIn(t, dir)
		if changed := slices.DeleteFunc(slices.Clone(want), func(l string) bool { return strings.HasSuffix(l, " ") }); len(want) != 7 || len(changed) == 0 {
			t.Fatal(strings.Join(want, "\n"))
		}
		if r, err := importFrom(t.Context(), t, dir, plain, noneOwn); err != nil || r.New != 0 || r.Known != 7 || !cmp.Equal(want, poolIn(t, dir)) {
			t.Errorf("again: %+v, %v", r, err)
		}
		for seed := range uint64(12) {
			random, dir, fetched := rand.New(rand.NewPCG(seed, 1)), t.TempDir(), map[string]int{} //nolint:gosec // a test's
			wire := wireTo(func(w http.ResponseWriter, r *http.Request) error {
				switch random.IntN(12) {
				case 0:
					w.Header().Set("Retry-After", "20")
					w.WriteHeader(http.StatusServiceUnavailable)
				case 1:
					return pasttest.ErrBroken
				default:
					if fetched[r.URL.Path]++; strings.HasSuffix(r.URL.Path, "/file") && fetched[r.URL.Path] > 1 {
						t.Errorf("seed %d: fetched %s again", seed, r.URL.Path)
					}
					site.ServeHTTP(w, r)
				}
				return nil
			})
			for n := 0; ; n++ {
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(random.IntN(60))*time.Second)
				_, err := importFrom(ctx, t, dir, wire, noneOwn)
				cancel()
				if err == nil {
					break
				}
				if !errors.Is(err, context.DeadlineExceeded) || n > 500 {
					t.Fatal(n, err)
				}
				if n := len(poolIn(t, dir)); n != 0 && n != 7 {
					t.Fatalf("seed %d: %d of it count after an interruption", seed, n)
				}
			}
			if diff := cmp.Diff(want, poolIn(t, dir)); diff != "" {
				t.Fatalf("seed %d: %s", seed, diff)
			}
		}
	})
}

// What the store has itself is not fetched, and compared with what the other site says.
func TestImportOfWhatIsHere(t *testing.T) {
	site := otherSite(t)
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2025, 11, 1, 0, 0, 0, 0, time.UTC)))
		wire := wireTo(func(w http.ResponseWriter, r *http.Request) error {
			if strings.HasSuffix(r.URL.Path, "/file") {
				t.Errorf("fetched %s", r.URL.Path)
			}
			site.ServeHTTP(w, r)
			return nil
		})
		r, err := importFrom(t.Context(), t, t.TempDir(), wire, func(hash string) (string, bool) { return strings.Repeat("0", 64), true })
		if err != nil || r.Differs != 7 {
			t.Errorf("%+v, %v", r, err)
		}
		r, err = importFrom(t.Context(), t, t.TempDir(), wire, func(hash string) (string, bool) { return "", true })
		if err != nil || r.Own != 7 {
			t.Errorf("%+v, %v", r, err)
		}
	})
}

// falsehood is one way in which another site can be false: it changes an answer, whose JSON it
// gets decoded.
type falsehood struct {
	at   string // what the path holds
	tell func(answer map[string]any, body []byte) []byte
	want string
}

func falsehoods() map[string]falsehood {
	list := func(change func(p map[string]any)) func(map[string]any, []byte) []byte {
		return func(answer map[string]any, _ []byte) []byte {
			all, _ := answer["publications"].([]any)
			change(all[len(all)/2].(map[string]any))
			text, _ := json.Marshal(answer)
			return text
		}
	}
	set := func(name string, value any) func(map[string]any, []byte) []byte {
		return list(func(p map[string]any) { p[name] = value })
	}
	const lists = "/api/v1/publications?"
	return map[string]falsehood{
		"another file":       {"/file", func(_ map[string]any, b []byte) []byte { return append(b, 0) }, "has the SHA-256"},
		"a gigantic file":    {"/file", func(map[string]any, []byte) []byte { return make([]byte, 9<<20) }, "larger than a list can be"},
		"a gigantic answer":  {lists, func(map[string]any, []byte) []byte { return bytes.Repeat([]byte(" "), 9<<20) }, "longer than any"},
		"published tomorrow": {lists, set("published_at", "2025-11-02T00:00:00Z"), "dated in the future"},
		"seen next year":     {lists, set("seen_at", "2026-11-02T00:00:00Z"), "dated in the future"},
		"published in 1900":  {lists, set("published_at", "1900-01-01T00:00:00Z"), "before the first agreement"},
		"seen before":        {lists, set("seen_at", "2025-01-02T00:00:00Z"), "seen before it was published"},
		"another time alone": {lists, set("published_at", "2019-01-02T00:00:00Z"), "says otherwise of it alone"},
		"another list":       {lists, set("list", "secret"), "of no list"},
		"no hash":            {lists, set("sha256", "../../../etc/passwd"), "has no SHA-256"},
		"no bytes":           {lists, set("size", 0), "as no list has"},
		"many bytes":         {lists, set("size", 1<<40), "as no list has"},
		"no order":           {lists, set("seq", 1), "not in order"},
		"no number":          {lists, set("seq", 0), "has no number"},
		"another hash of a file": {"/api/v1/publications/", func(answer map[string]any, _ []byte) []byte {
			answer["file_sha256"], answer["file_changed"] = strings.Repeat("ab", 32), false
			text, _ := json.Marshal(answer)
			return text
		}, "has another hash"},
		"of before it was signed": {"", func(answer map[string]any, b []byte) []byte {
			return bytes.ReplaceAll(b, []byte(`"2025-03-0`), []byte(`"2019-03-0`))
		}, "dated before what it lists was signed"},
		"no JSON": {lists, func(map[string]any, []byte) []byte { return []byte("<html>") }, "not what a watch287g answers"},
	}
}

// Another site that is false in anything changes nothing, whatever was had before.
func TestFalseSite(t *testing.T) {
	site := otherSite(t)
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2025, 11, 1, 0, 0, 0, 0, time.UTC)))
		for name, l := range falsehoods() {
			dir, n := t.TempDir(), 0
			_, err := importFrom(t.Context(), t, dir, wireTo(func(w http.ResponseWriter, r *http.Request) error {
				rec := httptest.NewRecorder()
				site.ServeHTTP(rec, r)
				body := rec.Body.Bytes()
				if strings.Contains(r.URL.RequestURI(), l.at) {
					if n++; l.at != "/file" || n > 2 { // after some truth
						answer := map[string]any{}
						_ = json.Unmarshal(body, &answer)
						body = l.tell(answer, body)
					}
				}
				w.WriteHeader(rec.Code)
				_, err := w.Write(body)
				return err
			}), noneOwn)
			if err == nil || !strings.Contains(err.Error(), l.want) {
				t.Errorf("%s: %v", name, err)
			}
			if said := strings.Contains(fmt.Sprint(err), "nothing of it was taken"); said != errors.Is(err, instance.ErrLie) {
				t.Errorf("%s: %v", name, err)
			}
			if kept := poolIn(t, dir); len(kept) != 0 {
				t.Errorf("%s: %q are kept", name, kept)
			}
		}
		// Lists without an end, made up as they are asked for.
		dir, seq := t.TempDir(), uint64(1<<40)
		_, err := importFrom(t.Context(), t, dir, wireTo(func(w http.ResponseWriter, r *http.Request) error {
			var all []roster.Publication
			for range 500 {
				seq--
				all = append(all, roster.Publication{Seq: seq, List: roster.ListParticipating, SHA256: strings.Repeat("ab", 32), Size: 10, PublishedAt: time.Now(), SeenAt: time.Now()})
			}
			return json.NewEncoder(w).Encode(map[string]any{"publications": all, "next": fmt.Sprint(seq)})
		}), noneOwn)
		if !errors.Is(err, instance.ErrLie) || !strings.Contains(err.Error(), "has no end") || len(poolIn(t, dir)) != 0 {
			t.Error(err)
		}
	})
	if _, err := os.Stat("past"); err == nil {
		t.Error("something was written here")
	}
}

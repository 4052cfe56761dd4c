package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode"

	"github.com/watch287g/watch287g/cmd/watch287g/anew"
	"github.com/watch287g/watch287g/diff"
	"github.com/watch287g/watch287g/past"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/sheet/sheettest"
	"github.com/watch287g/watch287g/store"
)

// toVerify is a site with a change, and the id of that.
func toVerify(t *testing.T) (site http.Handler, id string) {
	t.Helper()
	site, s := siteOf(t, growing(3, "", nil))
	changes, err := s.Changes(t.Context(), store.ChangeQuery{Filter: roster.Filter{Kinds: []roster.Kind{roster.KindNew}}})
	if err != nil || len(changes) == 0 {
		t.Fatal(len(changes), err)
	}
	return site, changes[0].ID
}

var errExit = errors.New("exit")

// verified runs the command against an instance, and returns its exit status, what it printed
// and why it could not.
func verified(ctx context.Context, id string, chain bool, wire http.RoundTripper) (status int, printed, why string) {
	var out bytes.Buffer
	e := &anew.Env{Stdout: &out, Now: time.Now, Transport: wire, Settings: func() (diff.Settings, error) { return diff.Settings{}, nil },
		Exit: func(s int, err error) error {
			status, why = s, fmt.Sprint(err)
			return errExit
		}}
	if err := (anew.Verify{Change: "https://other.example/changes/" + id, Chain: chain, Format: "text"}).Run(ctx, e); err != nil && !errors.Is(err, errExit) {
		return -1, out.String(), err.Error()
	}
	return status, out.String(), why
}

// dripping sends a byte a second, until whoever asked gives up.
type dripping struct{ ctx context.Context }

func (d dripping) Read(p []byte) (int, error) {
	select {
	case <-time.After(time.Second):
		p[0] = ' '
		return 1, nil
	case <-d.ctx.Done():
		return 0, d.ctx.Err()
	}
}

func (dripping) Close() error { return nil }

// endless sends blanks for ever.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

func (endless) Close() error { return nil }

// roundTrip is an instance that answers in ways that a handler cannot.
type roundTrip func(r *http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func gaveOut(r *http.Request, status int, header http.Header, body io.ReadCloser) *http.Response {
	if header == nil {
		header = http.Header{}
	}
	return &http.Response{StatusCode: status, Header: header, Body: body, Request: r, ContentLength: -1, ProtoMajor: 1, ProtoMinor: 1}
}

func text(s string) io.ReadCloser { return io.NopCloser(strings.NewReader(s)) }

// An instance that does whatever it likes is never believed: it takes bounded time and memory,
// and gets one sentence and the status for what cannot be told.
func TestVerifyAgainstAHostileInstance(t *testing.T) {
	site, id := toVerify(t)
	honest := func(r *http.Request) *http.Response {
		rec := httptest.NewRecorder()
		site.ServeHTTP(rec, r)
		return rec.Result()
	}
	bomb := func() io.ReadCloser {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		for range 64 {
			_, _ = z.Write(make([]byte, 1<<20))
		}
		_ = z.Close()
		return io.NopCloser(&b)
	}
	many := func(member, thing string) string {
		return `{"` + member + `":[` + strings.TrimSuffix(strings.Repeat(thing+",", 1_000_000), ",") + `]}`
	}
	n := 0
	for name, tt := range map[string]struct {
		at     string // what the path holds
		answer func(r *http.Request) *http.Response
		want   string
	}{
		"an endless body": {"", func(r *http.Request) *http.Response { return gaveOut(r, 200, nil, endless{}) }, "sends more than 4194304 bytes"},
		"an endless file": {"/file", func(r *http.Request) *http.Response { return gaveOut(r, 200, nil, endless{}) }, "sends more than"},
		"a drip":          {"", func(r *http.Request) *http.Response { return gaveOut(r, 200, nil, dripping{r.Context()}) }, "reading /api/v1/changes/"},
		"elsewhere": {"", func(r *http.Request) *http.Response {
			return gaveOut(r, 302, http.Header{"Location": {"https://10.0.0.1/"}}, text(""))
		}, "answers 302 Found"},
		"to another host": {"/file", func(r *http.Request) *http.Response {
			return gaveOut(r, 301, http.Header{"Location": {"https://evil.example/"}}, text(""))
		}, "answers 301 Moved Permanently"},
		"without encryption": {"", func(r *http.Request) *http.Response {
			return gaveOut(r, 307, http.Header{"Location": {"http://other.example/"}}, text(""))
		}, "answers 307"},
		"in circles": {"", func(r *http.Request) *http.Response {
			return gaveOut(r, 302, http.Header{"Location": {r.URL.Path + "x"}}, text(""))
		}, "answers 302 Found"},
		"HTML": {"", func(r *http.Request) *http.Response { return gaveOut(r, 200, nil, text("<html>\x1b[31m")) }, "is not what a watch287g answers"},
		"a bomb": {"", func(r *http.Request) *http.Response {
			return gaveOut(r, 200, http.Header{"Content-Encoding": {"gzip"}}, bomb())
		}, "is not what a watch287g answers"},
		"nested JSON": {"", func(r *http.Request) *http.Response {
			return gaveOut(r, 200, nil, text(strings.Repeat(`{"before":`, 300_000)))
		}, "is not what a watch287g answers"},
		"a million lists": {"/publications?", func(r *http.Request) *http.Response { return gaveOut(r, 200, nil, text(many("publications", "{}"))) }, "is not what a watch287g answers"},
		"a million holds": {"/publications/", func(r *http.Request) *http.Response { return gaveOut(r, 200, nil, text(many("holds", "{}"))) }, "is not what a watch287g answers"},
		"lists without end": {"/publications?", func(r *http.Request) *http.Response {
			n++
			return gaveOut(r, 200, nil, text(fmt.Sprintf(`{"publications":[{}],"next":"%d"}`, n)))
		}, "or without end"},
		"another change": {"/changes/", func(r *http.Request) *http.Response {
			return gaveOut(r, 200, nil, text(`{"id":"\u001b]0;owned\u0007chg_01other"}`))
		}, `answers with another change, "]0;ownedchg_01other"`},
		"too many requests": {"", func(r *http.Request) *http.Response {
			return gaveOut(r, 429, http.Header{"Retry-After": {"59"}}, text(""))
		}, "answers 429 Too Many Requests"},
		"unavailable for days": {"", func(r *http.Request) *http.Response {
			return gaveOut(r, 503, http.Header{"Retry-After": {"99999999"}}, text(""))
		}, "answers 503 Service Unavailable"},
		"other publications": {"/publications?", func(r *http.Request) *http.Response {
			return gaveOut(r, 200, nil, text(`{"publications":[{"seq":1,"list":"participating","sha256":"`+strings.Repeat("ab", 32)+`"}]}`))
		}, "other.example answers 404 Not Found|has no list like the one that the change names"},
		"a withheld file": {"/publications/", func(r *http.Request) *http.Response {
			return gaveOut(r, 200, nil, text(`{"file_withheld":"\u001b[2J\u202enow"}`))
		}, "does not give out the file"},
		"another hash": {"/publications/", func(r *http.Request) *http.Response {
			return gaveOut(r, 200, nil, text(`{"file_sha256":"`+strings.Repeat("ab", 32)+`"}`))
		}, "and sends bytes with"},
	} {
		for _, chain := range []bool{false, true} {
			synctest.Test(t, func(t *testing.T) {
				begun := time.Now()
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				status, printed, why := verified(t.Context(), id, chain, roundTrip(func(r *http.Request) (*http.Response, error) {
					if strings.Contains(r.URL.RequestURI(), tt.at) && (tt.at != "/publications/" || !strings.HasSuffix(r.URL.Path, "/file")) {
						return tt.answer(r), nil
					}
					return honest(r), nil
				}))
				runtime.ReadMemStats(&after)
				if status != 2 || printed != "" || !slices.ContainsFunc(strings.Split(tt.want, "|"), func(w string) bool { return strings.Contains(why, w) }) || strings.Count(why, "\n") > 0 || len(why) > 600 || strings.ContainsFunc(why, unicode.IsControl) {
					t.Errorf("%s (chain %v): status %d, %q, want %q; printed %q", name, chain, status, why, tt.want, printed)
				}
				if took := time.Since(begun); took > 10*time.Minute {
					t.Errorf("%s: it took %s", name, took)
				}
				if got := after.TotalAlloc - before.TotalAlloc; got > 200<<20 {
					t.Errorf("%s: it took %d MiB in all", name, got>>20)
				}
			})
		}
	}
}

// What an instance tells falsely of a change that the lists confirm is not confirmed, and what
// it alone says of its lists neither.
func TestVerifyOfAFalseStory(t *testing.T) {
	site, id := toVerify(t)
	story := func(change func(c map[string]any), file []byte) roundTrip {
		return func(r *http.Request) (*http.Response, error) {
			rec := httptest.NewRecorder()
			site.ServeHTTP(rec, r)
			var answer map[string]any
			switch path := r.URL.Path; {
			case strings.Contains(path, "/api/v1/changes/") && json.Unmarshal(rec.Body.Bytes(), &answer) == nil:
				change(answer)
			case file != nil && strings.HasSuffix(path, "/file"):
				return gaveOut(r, 200, nil, io.NopCloser(bytes.NewReader(file))), nil
			case file != nil && strings.Contains(path, "/api/v1/publications/") && json.Unmarshal(rec.Body.Bytes(), &answer) == nil:
				answer["file_sha256"], answer["file_changed"] = past.Hash(file), true
			default:
				return rec.Result(), nil
			}
			doc, err := json.Marshal(answer)
			return gaveOut(r, 200, nil, text(string(doc))), err
		}
	}
	status, printed, _ := verified(t.Context(), id, false, story(func(map[string]any) {}, nil))
	if status != 0 || !strings.Contains(printed, "Confirmed: derived anew, it comes out the same") || !strings.Contains(printed, "this does not confirm: ") {
		t.Errorf("the truth: status %d\n%s", status, printed)
	}
	for name, tt := range map[string]struct {
		change func(c map[string]any)
		status map[bool]int // by chain
	}{
		"in other words":      {func(c map[string]any) { c["text"] = "The sheriff\x1b[2J \u202ewas arrested." }, map[bool]int{false: 0, true: 1}},
		"of another agency":   {func(c map[string]any) { c["agreement"].(map[string]any)["agency"] = "Z County Sheriff's Office" }, map[bool]int{false: 1, true: 1}},
		"of another model":    {func(c map[string]any) { c["agreement"].(map[string]any)["model"] = "TFM" }, map[bool]int{false: 1, true: 1}},
		"of another kind":     {func(c map[string]any) { c["kind"] = "removed" }, map[bool]int{false: 1, true: 1}},
		"of another number":   {func(c map[string]any) { c["seq"] = 99 }, map[bool]int{false: 1, true: 1}},
		"of the page":         {func(c map[string]any) { c["kind"] = "page" }, map[bool]int{false: 2, true: 2}},
		"that was taken back": {func(c map[string]any) { c["taken_back"] = true }, map[bool]int{false: 0, true: 0}},
	} {
		for chain, want := range tt.status {
			status, printed, why := verified(t.Context(), id, chain, story(tt.change, nil))
			if status != want {
				t.Errorf("%s (chain %v): status %d (%s), want %d\n%s", name, chain, status, why, want, printed)
			}
			for _, r := range printed {
				if r != '\n' && unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
					t.Errorf("%s: %U is printed", name, r)
				}
			}
			if said := strings.Contains(printed, "they are not confirmed"); said != (!chain || name == "in other words" || name == "of the page") {
				t.Errorf("%s (chain %v): the words are marked: %v\n%s", name, chain, said, printed)
			}
			if name == "that was taken back" && !strings.Contains(printed, "itself says that this change was taken back") {
				t.Errorf("%s\n%s", name, printed)
			}
		}
	}
	// A file that it made up beside the hash of ICE's own confirms nothing of that hash.
	body := sheettest.Book{Sheets: []sheettest.Sheet{{Rows: sheettest.List(sheettest.ParticipatingColumns(), sheettest.Row{State: "Texas", Agency: "Q", Type: "County", Model: "Jail Enforcement Model", Signed: "43591"})}}}.Bytes()
	if status, printed, why := verified(t.Context(), id, false, story(func(map[string]any) {}, body)); status == 0 || strings.Contains(printed, "Confirmed:") {
		t.Errorf("a made-up file: status %d, %s\n%s", status, why, printed)
	}
}

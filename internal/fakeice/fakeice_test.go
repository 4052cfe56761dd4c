package fakeice_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/internal/fakeice"
)

var noon = time.Date(2025, time.June, 2, 12, 0, 0, 0, time.UTC)

// lists are a participating list of each of three days, and a pending list.
func lists() []fakeice.File {
	return []fakeice.File{
		{Link: fakeice.Participating, Name: "a.xlsx", At: noon, Body: []byte("list a")},
		{Link: fakeice.Pending, Name: "p.xlsx", At: noon, Body: []byte("list p")},
		{Link: fakeice.Participating, Name: "b.xlsx", At: noon.AddDate(0, 0, 1), Body: []byte("list b")},
		{Link: fakeice.Participating, Name: "c.xlsx", At: noon.AddDate(0, 0, 2), Body: []byte("list c")},
	}
}

// client asks a site, and returns the status and the body of its answer.
func client(t *testing.T, site http.Handler) func(method, path string, header ...string) (int, string) {
	t.Helper()
	server := httptest.NewServer(site)
	t.Cleanup(server.Close)
	return func(method, path string, header ...string) (int, string) {
		t.Helper()
		request, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(header); i += 2 {
			request.Header.Set(header[i], header[i+1])
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return 0, ""
		}
		defer response.Body.Close() //nolint:errcheck // it was only read
		body, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return response.StatusCode, string(body)
	}
}

func TestReplayMovesInTime(t *testing.T) {
	site := fakeice.NewReplay(fakeice.Moments(lists()))
	ask := client(t, site)
	for _, tt := range []struct {
		command string
		links   string // those of "abcp" that the page has
		step    string
	}{
		{"status", "", `"step":0,"steps":3,"now":"2025-06-02T11:00:00Z"`},
		{"next", "ap", `"step":1,"steps":3,"now":"2025-06-02T12:00:00Z"`},
		{"next?n=9", "cp", `"step":3,"steps":3,"now":"2025-06-04T12:00:00Z"`},
		{"goto?t=2025-06-03T13:00:00Z", "bp", `"step":2,"steps":3,"now":"2025-06-03T12:00:00Z"`},
		{"goto?t=2024-06-03T13:00:00Z", "", `"step":0`},
		{"goto?t=2026-06-03T13:00:00Z", "cp", `"step":3`},
	} {
		method := http.MethodPost
		if tt.command == "status" {
			method = http.MethodGet
		}
		if code, said := ask(method, "/__site/"+tt.command); code != http.StatusOK || !strings.Contains(said, tt.step) {
			t.Errorf("%s says %d %s, want %s", tt.command, code, said, tt.step)
		}
		_, page := ask(http.MethodGet, fakeice.PagePath)
		links := ""
		for _, name := range "abcp" {
			if strings.Contains(page, `href="`+fakeice.ListPath+string(name)+`.xlsx"`) {
				links += string(name)
			}
		}
		if links != tt.links {
			t.Errorf("after %s the page links %q, want %q", tt.command, links, tt.links)
		}
	}
	for _, wrong := range []string{"leap", "next?n=x", "goto?t=noon", "fault?name=flood", "fault?name=block&n=x"} {
		if code, said := ask(http.MethodPost, "/__site/"+wrong); code != http.StatusBadRequest || said == "" {
			t.Errorf("%s says %d %s", wrong, code, said)
		}
	}
	if code, _ := ask(http.MethodGet, "/__site/next"); code != http.StatusMethodNotAllowed {
		t.Errorf("GET next says %d", code)
	}
}

// What ICE's server does, it does: it obeys If-Modified-Since, ignores
// If-None-Match, and keeps old files at their addresses.
func TestSiteIsLikeICEs(t *testing.T) {
	site := &fakeice.Site{CrawlDelay: 3}
	site.Publish(lists()...)
	ask := client(t, site)
	since := noon.Format(http.TimeFormat)
	for _, tt := range []struct {
		path   string
		header []string
		code   int
		body   string
	}{
		{"/robots.txt", nil, 200, "User-agent: *\nDisallow: /admin/\nCrawl-delay: 3\n"},
		{fakeice.ListPath + "a.xlsx", nil, 200, "list a"},
		{fakeice.ListPath + "a.xlsx", []string{"If-Modified-Since", since}, 304, ""},
		{fakeice.ListPath + "c.xlsx", []string{"If-Modified-Since", since}, 200, "list c"},
		{fakeice.ListPath + "a.xlsx", []string{"If-None-Match", `"1748865600"`}, 200, "list a"},
		{fakeice.ListPath + "d.xlsx", nil, 404, "404 page not found\n"},
		{"/", nil, 404, "404 page not found\n"},
	} {
		if code, body := ask(http.MethodGet, tt.path, tt.header...); code != tt.code || body != tt.body {
			t.Errorf("%s %v: %d %q, want %d %q", tt.path, tt.header, code, body, tt.code, tt.body)
		}
	}
	requests := site.Requests()
	if len(requests) != 7 || requests[2].Path != fakeice.ListPath+"a.xlsx" || requests[2].Status != 304 || requests[2].At.IsZero() {
		t.Errorf("asked for: %+v", requests)
	}
	if again := site.Requests(); again != nil {
		t.Errorf("asked for again: %+v", again)
	}
}

// Every fault spoils as many answers as it is told to, and no others.
func TestFaultsSpoilAnswers(t *testing.T) {
	site := fakeice.NewReplay(fakeice.Moments(lists()))
	site.Next()
	ask := client(t, site)
	_, page := ask(http.MethodGet, fakeice.PagePath)
	for _, name := range fakeice.Faults() {
		if name == "hang" || name == "reset" { // which tests of polls have
			continue
		}
		if code, said := ask(http.MethodPost, "/__site/fault?n=1&name="+name); code != http.StatusOK {
			t.Fatalf("%s: %d %s", name, code, said)
		}
		spoiled := ""
		for range 2 {
			for on, path := range map[string]string{fakeice.OnPage: fakeice.PagePath, fakeice.OnList: fakeice.ListPath + "a.xlsx"} {
				code, body := ask(http.MethodGet, path)
				if code != http.StatusOK || body != page && body != "list a" {
					spoiled += on
				}
			}
		}
		struck := site.Mend()
		if len(struck) != 1 || struck[0] != (fakeice.Fault{Name: name, On: spoiled}) {
			t.Errorf("%s spoiled %q, and says %v", name, spoiled, struck)
		}
	}
	site.Spoil(fakeice.Fault{Name: "503", On: fakeice.OnList}, -1)
	for range 3 {
		if code, _ := ask(http.MethodGet, fakeice.PagePath); code != http.StatusOK {
			t.Error("a fault on lists spoils the page")
		}
		if code, _ := ask(http.MethodGet, fakeice.ListPath+"a.xlsx"); code != http.StatusServiceUnavailable {
			t.Error("a fault on all lists has ended")
		}
	}
}

func TestListsAreReadAsTheyWereWritten(t *testing.T) {
	index, err := fakeice.WriteArchive(t.TempDir(), append(lists(), fakeice.File{Link: fakeice.Pending, At: noon.AddDate(0, 0, 3)}))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := fakeice.ReadArchive(index); err != nil || !reflect.DeepEqual(got, lists()) {
		t.Errorf("read %v, want %v (%v)", got, lists(), err)
	}
	if _, err := fakeice.ReadArchive(index + "x"); err == nil {
		t.Error("an archive that is not there was read")
	}
}

// A story has a title for each step, and no moment twice.
func TestStory(t *testing.T) {
	steps := fakeice.Story(noon)
	if len(steps) != 8 {
		t.Errorf("%d steps", len(steps))
	}
	for i, s := range steps {
		if s.Title == "" || s.Fault == "" && len(s.Files) == 0 || i > 0 && !s.At.After(steps[i-1].At) {
			t.Errorf("step %d: %+v", i, s)
		}
	}
}

package main

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// personal is what ICE's files hold of its staff: addresses, Safe Links, accounts, and
// the names of those who made them.
func personal() []string {
	return []string{"safelinks", "@ice.", "@associates.", "@hq.dhs", "ice_dhs_gov", "sharepoint.com", "spina, michael", "carpenter, michael", "calabrese",
		"bacares", "westhaver", "antol, ron", "mcarpen"}
}

// personalIn finds it, however it is escaped and packed.
func personalIn(t *testing.T, body []byte) string {
	t.Helper()
	plainer := strings.NewReplacer("%40", "@", "%2e", ".", "%25", "%", `\u0040`, "@", `\u0026`, "&")
	texts := []string{string(body)}
	if z, err := zip.NewReader(bytes.NewReader(body), int64(len(body))); err == nil {
		texts = nil
		for _, f := range z.File {
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			b, err := io.ReadAll(r) //nolint:gosec // made by the program
			if err != nil {
				t.Fatal(err)
			}
			texts = append(texts, f.Name, string(b))
		}
	}
	for _, text := range texts {
		for range 3 {
			text = strings.ToLower(text)
			for _, found := range personal() {
				if strings.Contains(text, found) {
					return found
				}
			}
			text = plainer.Replace(html.UnescapeString(text))
		}
	}
	return ""
}

// No output of the year names anybody of ICE's: no page, feed, answer, download, message
// or file, and nothing that a command prints, but for the original that the operator
// asks for.
func TestArchiveNamesNobody(t *testing.T) {
	data := importedArchive(t)
	s, address := openArchive(t, filepath.Join(data, "watch287g.db"))
	fetch := func(path string) []byte {
		t.Helper()
		resp, err := http.Get("http://" + address + path)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close() //nolint:errcheck // all is read
		b, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("%s: status %d, %v", path, resp.StatusCode, err)
		}
		if found := personalIn(t, append(b, fmt.Sprint(resp.Header)...)); found != "" {
			t.Errorf("%s holds %q", path, found)
		}
		return b
	}
	paths := []string{"/", "/changes", "/publications", "/status", "/about", "/downloads", "/counties", "/api", "/api/v1/openapi.json", "/api/v1/publications?limit=500",
		"/feeds/changes.rss", "/feeds/changes.atom", "/feeds/changes.json", "/downloads/unplaced.csv", "/downloads/datapackage.json"}
	for _, of := range []string{"agreements", "changes", "coverage"} {
		for _, format := range []string{"csv", "xlsx", "json", "geojson"} {
			paths = append(paths, "/downloads/"+of+"."+format)
		}
	}
	publications, err := s.Publications(t.Context())
	if err != nil || len(publications) == 0 {
		t.Fatal(err)
	}
	for i, p := range publications {
		if i%40 == 0 && p.KeptAs == "" {
			paths = append(paths, "/publications/"+p.SHA256, "/publications/"+p.SHA256+"/file", "/api/v1/publications/"+p.SHA256)
		}
	}
	for _, page := range regexp.MustCompile(`<loc>([^<]+)</loc>`).FindAllStringSubmatch(string(fetch("/sitemap.xml")), -1) {
		if u, err := url.Parse(page[1]); err == nil && len(u.Path)%53 == 7 && len(paths) < 100 {
			paths = append(paths, u.Path)
		}
	}
	for _, path := range paths {
		fetch(path)
	}
	personalCommands(t, data)
}

// personalCommands looks at what commands print, with all changes, of which messages
// are made.
func personalCommands(t *testing.T, data string) {
	t.Helper()
	run := func(args ...string) string {
		t.Helper()
		var out bytes.Buffer
		a := newApp(&out, &out, time.Now)
		if status := a.run(context.Background(), append([]string{"--data", data}, args...)); status != statusOK {
			t.Fatalf("%v: status %d: %.300s", args, status, &out)
		}
		return out.String()
	}
	for _, args := range [][]string{{"changes", "--format", "jsonl"}, {"changes"}, {"list", "--format", "json"}, {"holds"}, {"polls"}, {"deliveries"}, {"stats"}} {
		if found := personalIn(t, []byte(run(args...))); found != "" {
			t.Errorf("%v prints %q", args, found)
		}
	}
	if personalIn(t, []byte(run("publication", "300"))) == "" {
		t.Error("the original names nobody, so that this test finds nothing")
	}
}

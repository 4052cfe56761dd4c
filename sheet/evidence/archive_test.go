package evidence

import (
	"archive/zip"
	"bytes"
	"fmt"
	"html"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/internal/archivetest"
	"github.com/watch287g/watch287g/sheet"
)

// personal matches what must be in no file that is given out: as this test has it, which
// shares no code with what takes it out.
var personal = regexp.MustCompile(`(?i)safelinks|[a-z0-9._+-]+@[a-z0-9-]+\.[a-z]|mailto:|sharepoint\.com|\\users\\|creator|lastmodifiedby|epson`)

// leaks finds what is personal in a file, however it is escaped.
func leaks(t *testing.T, body []byte) (found []string) {
	t.Helper()
	texts := []string{string(body)}
	if bytes.HasPrefix(body, []byte("PK")) {
		z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
		if err != nil {
			t.Fatal(err)
		}
		texts = []string{z.Comment}
		for _, f := range z.File {
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			b, err := io.ReadAll(r) //nolint:gosec // made by the program
			if err != nil {
				t.Fatal(err)
			}
			texts = append(texts, f.Name, f.Comment, string(f.Extra), string(b))
		}
	}
	for _, text := range texts {
		for range 5 {
			text = html.UnescapeString(text)
			if plain, err := url.PathUnescape(text); err == nil {
				text = plain
			} else {
				text = strings.NewReplacer("%40", "@", "%2E", ".", "%2e", ".", "%25", "%").Replace(text)
			}
		}
		found = append(found, personal.FindAllString(text, 3)...)
	}
	return found
}

// Every list of the archive can be given out, reads as before, and names nobody.
func TestArchiveCanBeGivenOut(t *testing.T) {
	dir := archivetest.Dir()
	if dir == "" {
		t.Skip("there is no archive")
	}
	files, err := filepath.Glob(filepath.Join(dir, "p*", "*"))
	if err != nil || len(files) == 0 {
		t.Fatal(err, len(files))
	}
	kinds := map[string]int{}
	var took, longest time.Duration
	for i, name := range files {
		if i%8 != 0 { // all of them take a minute
			continue
		}
		original, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		f, err := Public(original)
		took, longest = took+time.Since(began), max(longest, time.Since(began))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, found := range leaks(t, original) {
			kinds[strings.ToLower(found)]++
		}
		if found := leaks(t, f.Body); len(found) > 0 || !f.Changed {
			t.Errorf("%s, changed %v, holds %q", name, f.Changed, found)
		}
		was, err := sheet.Read(original, time.Time{})
		now, nowErr := sheet.Read(f.Body, time.Time{})
		if fmt.Sprint(err) != fmt.Sprint(nowErr) || !reflect.DeepEqual(was, now) {
			t.Errorf("%s reads otherwise than before: %v, %v", name, err, nowErr)
		}
	}
	t.Logf("%v for all, %v at most; originals hold %v", took, longest, kinds)
}

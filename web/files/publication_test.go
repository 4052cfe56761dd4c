package files

import (
	"context"
	"mime"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/watch287g/watch287g/web/route"
)

// What is known about a file is said while another one is made, and what two ask for at
// once is made once.
func TestEvidenceIsNotWaitedForWhereItIsKnown(t *testing.T) {
	read := make(chan string, 10)
	e := NewEvidence(func(_ context.Context, sha256 string) ([]byte, error) {
		read <- sha256
		return []byte("<html>" + sha256 + "</html>"), nil
	})
	first, err := e.About(t.Context(), "a")
	if err != nil || first.SHA256 == "" || <-read != "a" {
		t.Fatal(first, err)
	}
	e.work.Lock() // another file is being made
	said := make(chan route.GivenOut, 1)
	ask := func(sha256 string) {
		about, err := e.About(t.Context(), sha256)
		if err != nil {
			t.Error(err)
		}
		said <- about
	}
	go ask("a")
	select {
	case again := <-said:
		if again != first || len(read) != 0 {
			t.Errorf("%+v, before %+v; read again: %d", again, first, len(read))
		}
	case <-time.After(10 * time.Second):
		t.Fatal("what is known waits for what is being made")
	}
	go ask("b")
	<-read
	meanwhile := route.GivenOut{SHA256: "made meanwhile"}
	e.mu.Lock()
	e.known["b"] = meanwhile
	e.mu.Unlock()
	e.work.Unlock()
	if about := <-said; about != meanwhile {
		t.Errorf("it was made again: %+v", about)
	}
}

func TestAttachmentNamesAFile(t *testing.T) {
	for name, want := range map[string]string{
		"participatingAgencies06092025am.xlsx": `attachment; filename="participatingAgencies06092025am.xlsx"`,
		"":                                     `attachment; filename="list"`,
		"..":                                   `attachment; filename="list"`,
		"../../etc/passwd":                     `attachment; filename="passwd"`,
		`C:\lists\a.xlsx`:                      `attachment; filename="a.xlsx"`,
		"a\"b\r\nX: y.xlsx":                    `attachment; filename="a_bX_ y.xlsx"`,
		"año 100%.xlsx":                        `attachment; filename="a_o 100_.xlsx"; filename*=UTF-8''a%C3%B1o%20100%25.xlsx`,
		"a\u202exslx.exe":                      `attachment; filename="axslx.exe"`,
		strings.Repeat("n", 300) + ".xlsx":     `attachment; filename="` + strings.Repeat("n", 115) + `.xlsx"`,
	} {
		if got := attachment(name, false); got != want {
			t.Errorf("%q is offered as %s, want %s", name, got, want)
		}
	}
}

func FuzzAttachment(f *testing.F) {
	for _, name := range []string{"participating.xlsx", "a\"b\\c/d\r\n", "año.xlsx", "\xff\x00", ".hidden", strings.Repeat("é.", 200)} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		kind, params, err := mime.ParseMediaType(attachment(name, false))
		if err != nil || kind != "attachment" {
			t.Fatalf("%q is offered as %s: %v", name, attachment(name, false), err)
		}
		saved := params["filename"]
		if saved == "" || !utf8.ValidString(saved) || utf8.RuneCountInString(saved) > longestFileName ||
			strings.ContainsAny(saved, `/\:*?"<>|`) || strings.ContainsFunc(saved, unicode.IsControl) || strings.Trim(saved, ".") == "" {
			t.Fatalf("%q is saved as %q", name, saved)
		}
	})
}

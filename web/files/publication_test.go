package files

import (
	"mime"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

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

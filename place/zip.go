package place

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed zips.txt
var zipsText string

// zipLines holds the ZIP codes of each first three digits.
var zipLines = sync.OnceValue(func() map[string]string {
	lines := map[string]string{}
	for line := range strings.Lines(zipsText) {
		lines[line[:3]] = strings.TrimSuffix(line[3:], "\n")
	}
	return lines
})

// IsZIP says whether a text is five digits.
func IsZIP(s string) bool {
	return len(s) == 5 && strings.Trim(s, "0123456789") == ""
}

// ZIP returns the FIPS codes of the counties that the area of a ZIP code is in, the
// one with most of it first. A code without an area of its own, as one of post
// office boxes, is in the county of the codes next to it that begin with the same
// three digits, where that is one county. It returns nil for what is not known.
func ZIP(code string) []string {
	if !IsZIP(code) {
		return nil
	}
	var before string
	for entry := range strings.FieldsSeq(zipLines()[code[:3]]) {
		last, counties, _ := strings.Cut(entry, ",")
		if last == code[3:] {
			return strings.Split(counties, ",")
		}
		first, _, _ := strings.Cut(counties, ",")
		if last > code[3:] {
			if before != "" && before != first {
				return nil
			}
			return []string{first}
		}
		before = first
	}
	if before == "" {
		return nil
	}
	return []string{before}
}

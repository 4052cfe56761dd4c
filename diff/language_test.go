package diff_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// figuresIn are the numbers and the months that a text says, sorted: both languages say the
// same ones. What ICE printed, in quotation marks, is in neither language.
func figuresIn(text string, l prose.Language) []string {
	text = regexp.MustCompile(`["“][^"”]*["”]`).ReplaceAllString(text, "")
	found := regexp.MustCompile(`[0-9][0-9,]*`).FindAllString(text, -1)
	for month := range 12 {
		day := time.Date(2025, time.Month(month+1), 9, 12, 0, 0, 0, time.UTC)
		name := regexp.MustCompile(`\p{L}{3,}`).FindString(l.Date(roster.DateOf(day)))
		for range regexp.MustCompile(`\b`+name+`\b`).FindAllString(text, -1) {
			found = append(found, fmt.Sprint("month ", month+1))
		}
	}
	for i, s := range found {
		found[i] = strings.TrimRight(s, ",")
	}
	slices.Sort(found)
	return found
}

// inSpanish checks that sentences are there in Spanish, with the same figures.
func (w *world) inSpanish(said []string, texts map[string][]string) {
	w.t.Helper()
	for i, n := range prose.Spanish.Noted(said, texts) {
		if n.Lang != "" || n.Text == said[i] || !slices.Equal(figuresIn(n.Text, prose.Spanish), figuresIn(said[i], prose.English)) {
			w.t.Errorf("%q is %q in Spanish", said[i], n.Text)
		}
	}
}

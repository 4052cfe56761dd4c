// Package icepage reads the words of ICE's page: which of them are other than before, and
// which numbers of agreements, agencies and states they state. It is pure.
package icepage

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/watch287g/watch287g/roster"
)

// Sameness is how far two texts of the page say the same.
type Sameness int

// What can differ between two texts, the least first.
const (
	Equal      Sameness = iota
	OtherDate           // only the date as of which a number is stated
	OtherCount          // only a number that is stated, and its date
	OtherWords          // the wording
)

// Compare says how far the page says what it said before.
func Compare(before, now string) Sameness {
	switch {
	case before == now:
		return Equal
	case sameSet(before, now, maskDates):
		return OtherDate
	case sameSet(before, now, maskCounts):
		return OtherCount
	}
	return OtherWords
}

// sameSet says whether two texts have the same paragraphs, in whatever order.
func sameSet(before, now string, mask func(string) string) bool {
	added, removed := difference(before, now, mask)
	return len(added)+len(removed) == 0
}

// Difference returns the paragraphs that only one of two texts has, in their order. One in
// which only a stated number differs is in both, and so is one that moved.
func Difference(before, now string) (added, removed []string) {
	return difference(before, now, maskCounts)
}

func difference(before, now string, mask func(string) string) (added, removed []string) {
	return without(now, before, mask), without(before, now, mask)
}

// without returns the paragraphs of a text that another one lacks.
func without(text, other string, mask func(string) string) (rest []string) {
	has := map[string]int{}
	for _, p := range Paragraphs(other) {
		has[mask(p)]++
	}
	for _, p := range Paragraphs(text) {
		if k := mask(p); has[k] > 0 {
			has[k]--
		} else {
			rest = append(rest, p)
		}
	}
	return rest
}

// Paragraphs are the lines of a text that say something.
func Paragraphs(text string) (all []string) {
	for line := range strings.Lines(text) {
		if line = roster.Clean(line); line != "" {
			all = append(all, line)
		}
	}
	return all
}

const months = `(?:january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\.?`

// found are the patterns by which dates and numbers are found.
type found struct{ date, hour, ordinal, number *regexp.Regexp }

// patterns are compiled when they are first needed: at the start they would cost every
// command.
var patterns = sync.OnceValue(func() found {
	const hour = `,? (?:at )?\d{1,2}(?::\d{2})? ?[ap]\.?m\.?`
	return found{
		date:    regexp.MustCompile(`(?i)\b(?:` + months + ` \d{1,2}(?:st|nd|rd|th)?,? \d{4}|` + months + ` \d{4}|\d{1,2}/\d{1,2}/\d{2,4}|\d{4}-\d{2}-\d{2})(?:` + hour + `)?`),
		hour:    regexp.MustCompile(`(?i)` + hour + `$`),
		ordinal: regexp.MustCompile(`(\d)(?:st|nd|rd|th)\b`),
		number:  regexp.MustCompile(`^(?:\d{1,3}(?:,\d{3})+|\d{1,6})$`),
	}
})

// maskDates is a paragraph without the dates of what it states; others keep theirs.
func maskDates(paragraph string) string {
	if len(Stated(paragraph)) == 0 && !strings.Contains(strings.ToLower(paragraph), "as of ") {
		return paragraph
	}
	return patterns().date.ReplaceAllString(paragraph, "·")
}

// maskCounts is a paragraph without the numbers that it states, and their dates.
func maskCounts(paragraph string) string {
	claims := Stated(paragraph)
	masked := maskDates(paragraph)
	for _, c := range claims {
		masked = maskNumber(masked, c.printed)
	}
	return masked
}

// maskNumber masks a number wherever it stands as a word.
func maskNumber(paragraph, number string) string {
	words := strings.Split(paragraph, " ")
	for i, w := range words {
		if strings.Trim(w, ".,;:") == number {
			words[i] = strings.Replace(w, number, "·", 1)
		}
	}
	return strings.Join(words, " ")
}

// What is what a number on the page counts.
type What string

// What numbers can count.
const (
	Agreements What = "agreements"
	Agencies   What = "agencies"
	States     What = "states"
	Pending    What = "pending" // applications, or agreements that are not signed
)

// Claim is a number that the page states.
type Claim struct {
	What     What
	Model    roster.Model // of which model; "" for all
	Count    int
	Rounded  bool        // "more than", "nearly"
	AsOf     roster.Date // "" where the page names no day
	Sentence string      // as the page has it
	printed  string      // the number
}

// Stated returns the numbers of agreements, agencies and states that a text states as of a
// day or of now, in its order. What counts only a part, such as those of a year, is left out.
func Stated(text string) (all []Claim) {
	for _, p := range Paragraphs(text) {
		asOf := roster.Date("")
		for _, sentence := range sentences(p) {
			if d := dayOf(sentence); d != "" {
				asOf = d
			}
			for _, c := range claimsOf(sentence) {
				c.AsOf, c.Sentence = asOf, sentence
				all = append(all, c)
			}
		}
	}
	return all
}

// sentences divides a paragraph behind a period before a capital letter.
func sentences(p string) (all []string) {
	begin := 0
	for i := 0; i+2 < len(p); i++ {
		if (p[i] == '.' || p[i] == ';') && p[i+1] == ' ' && (p[i+2] >= 'A' && p[i+2] <= 'Z') && !abbreviated(p[begin:i]) {
			all = append(all, strings.TrimSpace(p[begin:i+1]))
			begin = i + 2
		}
	}
	return append(all, strings.TrimSpace(p[begin:]))
}

// abbreviated says whether a period stands behind an abbreviation.
func abbreviated(before string) bool {
	word := before[strings.LastIndexByte(before, ' ')+1:]
	return len(word) == 1 || strings.Contains(word, ".") || slices.Contains([]string{"No", "Sept", "Jan", "Feb", "Aug", "Oct", "Nov", "Dec"}, word)
}

// dayOf is the day that a sentence says it is true as of; "" where it names none, or more
// than one.
func dayOf(sentence string) roster.Date {
	lower := strings.ToLower(sentence)
	at := strings.Index(lower, "as of ")
	if at < 0 {
		return ""
	}
	return parseDay(patterns().date.FindString(sentence[at:]))
}

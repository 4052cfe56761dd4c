package document

import (
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/watch287g/watch287g/roster"
)

// firstYear is that of the law that the agreements rest on.
const firstYear = 1996

// revisionLine finds the words with which a form prints its revision, and what follows.
var revisionLine = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)(?:^|[\s(])rev(?:\s?ised|\s?ision)?\s?(?:date)?[.:]?\s+(\S.{0,30})`)
})

// brokenRevision says that a line ends within what it says of the revision: "Rev. 3/".
var brokenRevision = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)(?:^|[\s(])rev(?:\s?ised|\s?ision)?\s?(?:date)?[.:]?(?: \d{1,2}/(?:\d{1,2}/)?)? ?$`)
})

// exactDate finds a date at the beginning of a text, in the ways that forms print it.
var exactDate = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?:(\d{1,2})([/.-])(\d{1,2})([/.-])(\d{4}|\d{2})|([A-Z][a-z]{2,8})\.? (\d{1,2}), (\d{4}))(?:\D|$)`)
})

// readDate is one reading of a revision in a page's footer.
type readDate struct {
	date  roster.Date
	page  int
	exact bool // and not a scanner's misreading that has one sense
	// machine says that the page was read from its picture.
	machine bool
}

// revisionOf returns the revision that a form prints on its pages, and the first page that
// says it. What a scanner misread can be outvoted, and nothing else: a document of two
// revisions has none.
func revisionOf(pages []page) (date roster.Date, number int) {
	var read []readDate
	whole, machine, misprinted := 0, false, 0
	for _, p := range pages {
		if p.whole() {
			whole++
		}
		machine = machine || p.machine
		said, other := p.revisions()
		read, misprinted = append(read, said...), misprinted+other
	}
	votes := map[roster.Date]int{}
	exact := map[roster.Date]int{}
	for _, r := range read {
		votes[r.date]++
		if r.exact {
			exact[r.date]++
		}
	}
	for d := range votes {
		if exact[d] > exact[date] || exact[d] == exact[date] && (votes[d] > votes[date] || votes[d] == votes[date] && d < date) {
			date = d
		}
	}
	for d, n := range votes {
		// A digit can be misread on many pages of one scan, and is on fewer than not.
		if d != date && !slip(read, d, date, votes[date]) && (!misreads(string(d), string(date)) || exact[d]+1 >= exact[date] || n >= votes[date]) {
			return "", 0
		}
	}
	least := 1
	if machine || whole > 3 || exact[date] == 0 {
		least = 2
	}
	if votes[date] < least || misprinted > 2*votes[date] {
		return "", 0
	}
	for _, r := range read {
		if r.date == date {
			return date, r.page
		}
	}
	return "", 0
}

// slip says whether a date is what was made of one digit of another one, on one page of many
// that was read from its picture: of those, any digit can be taken for any other.
func slip(read []readDate, d, date roster.Date, votes int) bool {
	on := 0
	for _, r := range read {
		if r.date == d {
			on++
			if !r.machine {
				return false
			}
		}
	}
	return on == 1 && votes >= 6 && roster.Distance(string(d), string(date)) == 1
}

// revisions reads what a page's header and footer say of the form's revision, and counts the days
// that there are not, as "31/2/2025".
func (p page) revisions() (read []readDate, misprinted int) {
	lines := p.edges()
	for i, l := range lines {
		if i+1 < len(lines) && brokenRevision().MatchString(l) {
			l = joinedDate(l, lines[i+1])
		}
		said := p.revisionsIn(l)
		if len(said) == 0 {
			if found := revisionLine().FindStringSubmatch(l); found != nil && exactDate().MatchString(found[1]) {
				misprinted++
			}
		}
		read = append(read, said...)
	}
	return read, misprinted
}

// joinedDate joins a line with the next one, without a space within a date.
func joinedDate(l, next string) string {
	if strings.HasSuffix(l, "/") {
		return l + next
	}
	return l + " " + next
}

// revisionsIn reads what one line says of it: one date, or none.
func (p page) revisionsIn(l string) []readDate {
	found := revisionLine().FindStringSubmatch(l)
	if found == nil || len(strings.Fields(l)) > 16 {
		return nil
	}
	if d, ok := parseExact(found[1]); ok {
		return []readDate{{d, p.number, true, p.machine}}
	}
	if d, ok := parseDamaged(found[1]); ok {
		return []readDate{{d, p.number, false, p.machine}}
	}
	return nil
}

// parseExact reads a date that is printed as one.
func parseExact(s string) (roster.Date, bool) {
	m := exactDate().FindStringSubmatch(s)
	switch {
	case m == nil:
		return "", false
	case m[6] != "":
		for _, layout := range []string{"January 2 2006", "Jan 2 2006"} {
			if t, err := time.Parse(layout, m[6]+" "+m[7]+" "+m[8]); err == nil {
				return plausibleDate(t)
			}
		}
		return "", false
	case m[2] != m[4]:
		return "", false
	case len(m[5]) == 2:
		m[5] = "20" + m[5]
	}
	t, err := time.Parse("1/2/2006", m[1]+"/"+m[3]+"/"+m[5])
	if err != nil {
		return "", false
	}
	return plausibleDate(t)
}

// parseDamaged reads MM/DD/YYYY of which a scanner misread slashes or digits, where that has
// one sense: "02/1512025", "03J07/2025", "02/t 2/202S".
func parseDamaged(s string) (roster.Date, bool) {
	s = strings.ReplaceAll(s, " ", "")
	r := []rune(s)
	if len(r) < 10 || len(r) > 10 && digitRead(r[10]) != 0 {
		return "", false
	}
	var b strings.Builder
	for i, c := range r[:10] {
		if i == 2 || i == 5 {
			if !strings.ContainsRune(`/\|1lIiJtT7!'’.,;:-`, c) {
				return "", false
			}
			continue
		}
		d := digitRead(c)
		if d == 0 {
			return "", false
		}
		b.WriteByte(d)
	}
	t, err := time.Parse("01022006", b.String())
	if err != nil {
		return "", false
	}
	return plausibleDate(t)
}

// digitRead returns the digit that a character is or was misread from, 0 for none.
func digitRead(c rune) byte {
	switch {
	case '0' <= c && c <= '9':
		return byte(c)
	case strings.ContainsRune("oODQ", c):
		return '0'
	case strings.ContainsRune("lIit|!", c):
		return '1'
	case c == 'S' || c == 's':
		return '5'
	case c == 'Z' || c == 'z':
		return '2'
	}
	return 0
}

func plausibleDate(t time.Time) (roster.Date, bool) {
	if t.Year() < firstYear || t.Year() > 2099 {
		return "", false
	}
	return roster.DateOf(t), true
}

// misreads says whether a scanner can have read one date for the other: by digits that look
// alike.
func misreads(read, meant string) bool {
	if len(read) != len(meant) {
		return false
	}
	for i := range len(read) {
		if read[i] != meant[i] && !lookAlike(read[i], meant[i]) {
			return false
		}
	}
	return true
}

// lookAlike says whether two digits are read for each other.
func lookAlike(a, b byte) bool {
	for _, pair := range []string{"56", "17", "38", "08", "68", "06", "49"} {
		if a == pair[0] && b == pair[1] || a == pair[1] && b == pair[0] {
			return true
		}
	}
	return false
}

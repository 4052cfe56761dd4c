package roster

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Date is a calendar day as YYYY-MM-DD; "" where none is known. Dates compare
// as strings do.
type Date string

// DateOf returns the day of t in t's own location.
func DateOf(t time.Time) Date { return Date(t.Format(time.DateOnly)) }

// Time is the day's midnight in UTC, the zero time for "".
func (d Date) Time() time.Time {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return time.Time{}
	}
	return t
}

// The 287(g) program was enacted in 1996; a signing date before that is a
// misprint.
const firstYear = 1996

// maxLead is how many days after its own publication a list may date a signing.
// No list of 2025 dates one after its own day; two weeks leave room for an
// agreement that is announced ahead, and none for a month taken for a day.
const maxLead = 14

// LatestSigning is the last day that makes sense as a signing date on a list that
// was published at a moment.
func LatestSigning(published time.Time) Date {
	return DateOf(Day(published).Time().AddDate(0, 0, maxLead))
}

// ParseDate reads a signing date as ICE prints it: an Excel serial, or text as
// in 6/11/2025, 06.11.2025 (the month first), June 11, 2025, Sept. 3, 2025,
// 3-Jan-26 or 2025-06-11. latest is the day after which a date makes no sense.
// Misprints are read where one reading alone makes sense ("7/72025" is July 7,
// 2025; the year 5025 is 2025). mended says that what is printed is such a
// misprint. ok is false where no reading, or more than one, makes sense.
func ParseDate(s string, latest Date) (date Date, mended, ok bool) {
	s = strings.TrimSpace(Clean(s))
	if serial, err := strconv.ParseFloat(s, 64); err == nil {
		return serialDate(serial, latest)
	}
	if t, ok := writtenDate(s); ok {
		return sensible(t, latest)
	}
	return misprintedDate(s, latest)
}

// writtenDate reads a date in one of the forms in which Americans and their
// spreadsheets write one.
func writtenDate(s string) (time.Time, bool) {
	if len(s) > maxWritten {
		return time.Time{}, false
	}
	forms := []string{"1/2/2006", "1-2-2006", "1.2.2006", "2006-01-02", "2006-01-02 15:04:05", "2006-01-02T15:04:05",
		"1/2/06", "1.2.06", "2006/1/2", "1/2/2006 15:04", "1/2/2006 3:04:05 PM"}
	if !strings.Contains(s, ":") && strings.ContainsFunc(s, unicode.IsLetter) {
		s = spelledOut(s)
		forms = []string{"January 2 2006", "Jan 2 2006", "2 January 2006", "2 Jan 2006", "2 Jan 06"}
	}
	for _, form := range forms {
		if t, err := time.Parse(form, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// maxWritten is how long a date can be, in bytes: "Wednesday, September 30th,
// 2026" and some punctuation.
const maxWritten = 48

// spelledOut reduces a date that names its month to the words that count: no
// weekday, no points, commas or hyphens, no ending of an ordinal, and the month
// abbreviated as in English dates: "Sept." is "Sep".
func spelledOut(s string) string {
	words := strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == ',' || r == '.' || r == '-' })
	if len(words) == 4 && isWeekday(words[0]) {
		words = words[1:]
	}
	for i, w := range words {
		switch lower := strings.ToLower(w); {
		case lower == "sept":
			words[i] = "Sep"
		case w[0] >= '0' && w[0] <= '9' && len(w) > 2:
			for _, ending := range []string{"st", "nd", "rd", "th"} {
				words[i] = strings.TrimSuffix(words[i], ending)
			}
		}
	}
	return strings.Join(words, " ")
}

func isWeekday(s string) bool {
	for day := time.Sunday; day <= time.Saturday; day++ {
		if name := day.String(); strings.EqualFold(s, name) || strings.EqualFold(s, name[:3]) {
			return true
		}
	}
	return false
}

// serialDate reads Excel's count of days since 1899-12-30.
func serialDate(serial float64, latest Date) (Date, bool, bool) {
	if !(serial >= 1 && serial <= 2958465) { // 9999-12-31 is the last day Excel knows; "NaN" is a number too
		return "", false, false
	}
	return sensible(time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(serial)), latest)
}

// sensible accepts a day in the program's time, and mends a year of which one
// digit alone is wrong when that leaves one sensible day.
func sensible(t time.Time, latest Date) (date Date, mended, ok bool) {
	if d := DateOf(t); t.Year() >= firstYear && t.Year() <= 9999 && d <= latest {
		return d, false, true
	}
	printed := strconv.Itoa(t.Year())
	for y := firstYear; y <= latest.Time().Year(); y++ {
		s := strconv.Itoa(y)
		if len(s) != len(printed) || Distance(s, printed) != 1 || s[3] != printed[3] {
			continue
		}
		d := DateOf(time.Date(y, t.Month(), t.Day(), 0, 0, 0, 0, time.UTC))
		if d > latest {
			continue
		}
		if date != "" {
			return "", false, false
		}
		date = d
	}
	return date, date != "", date != ""
}

var numericDate = regexp.MustCompile(`^[0-9][0-9/.\- ]{4,12}$`)

// misprintedDate reads digits whose separators ICE lost or doubled: every way
// to cut them into month, day and year that keeps the separators that are left
// is tried.
func misprintedDate(s string, latest Date) (date Date, mended, ok bool) {
	if !numericDate.MatchString(s) {
		return "", false, false
	}
	groups := strings.FieldsFunc(s, func(r rune) bool { return r < '0' || r > '9' })
	digits := strings.Join(groups, "")
	if len(digits) < 6 || len(digits) > 8 {
		return "", false, false
	}
	kept := map[int]bool{}
	for i, end := 0, 0; i < len(groups)-1; i++ {
		end += len(groups[i])
		kept[end] = true
	}
	found := map[Date]bool{}
	y := len(digits) - 4
	for m := max(1, y-2); m <= 2 && m < y; m++ {
		if stray(kept, m, y) {
			continue
		}
		t, err := time.Parse("1/2/2006", digits[:m]+"/"+digits[m:y]+"/"+digits[y:])
		if err != nil {
			continue
		}
		if d, _, ok := sensible(t, latest); ok {
			found[d] = true
		}
	}
	if len(found) != 1 {
		return "", false, false
	}
	for d := range found {
		date = d
	}
	return date, true, true
}

// stray says whether a separator stands elsewhere than behind month and day.
func stray(kept map[int]bool, month, year int) bool {
	for at := range kept {
		if at != month && at != year {
			return true
		}
	}
	return false
}

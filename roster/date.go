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

// firstYear is that of the law that created the 287(g) program: an earlier signing
// date is a misprint.
const firstYear = 1996

// maxLead is how many days after its own publication a list may date a signing.
// No list of 2025 has a later date than its own day. Two weeks allow for an agreement
// that is announced in advance, and not for a day and month that are swapped.
const maxLead = 14

// LatestSigning returns the last plausible signing date on a list that was published
// at that moment.
func LatestSigning(published time.Time) Date {
	return DateOf(Day(published).Time().AddDate(0, 0, maxLead))
}

// ParseDate reads a signing date as ICE prints it: an Excel serial, or text as
// in 6/11/2025, 06.11.2025 (the month first), June 11, 2025, Sept. 3, 2025,
// 3-Jan-26 or 2025-06-11. latest is the last plausible day. A
// misprint is read if exactly one reading is plausible ("7/72025" is July 7, 2025;
// the year 5025 is 2025), and mended says that it was one. ok is false where no
// reading is plausible, or more than one.
func ParseDate(s string, latest Date) (date Date, mended, ok bool) {
	s = strings.TrimSpace(Clean(s))
	if serial, err := strconv.ParseFloat(s, 64); err == nil {
		return serialDate(serial, latest)
	}
	if t, ok := writtenDate(s); ok {
		return plausible(t, latest)
	}
	return misprintedDate(s, latest)
}

// writtenDate reads a date in one of the forms that Americans and their spreadsheets
// use.
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

// maxWritten is the length of the longest date, in bytes: "Wednesday, September 30th,
// 2026" and some punctuation.
const maxWritten = 48

// spelledOut reduces a date that names its month to month, day and year: without
// weekday, punctuation and ordinal endings, and with "Sep" for "Sept."
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

// serialDate returns the day that Excel stores as a number: the days since
// 1899-12-30.
func serialDate(serial float64, latest Date) (Date, bool, bool) {
	if !(serial >= 1 && serial <= 2958465) { // 9999-12-31 is the last day Excel knows; "NaN" is a number too
		return "", false, false
	}
	return plausible(time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(serial)), latest)
}

// plausible accepts a day since the program began, and corrects a year of which one
// digit is wrong if exactly one plausible day results.
func plausible(t time.Time, latest Date) (date Date, mended, ok bool) {
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

// misprintedDate reads digits with missing or doubled separators. It tries every way
// to split them into month, day and year that agrees with the remaining separators.
func misprintedDate(s string, latest Date) (date Date, mended, ok bool) {
	if !numericDate.MatchString(s) {
		return "", false, false
	}
	groups := strings.FieldsFunc(s, func(r rune) bool { return r < '0' || r > '9' })
	digits := strings.Join(groups, "")
	if len(digits) < 6 || len(digits) > 8 {
		return "", false, false
	}
	separators := map[int]bool{}
	for i, end := 0, 0; i < len(groups)-1; i++ {
		end += len(groups[i])
		separators[end] = true
	}
	found := map[Date]bool{}
	y := len(digits) - 4
	for m := max(1, y-2); m <= 2 && m < y; m++ {
		if stray(separators, m, y) {
			continue
		}
		t, err := time.Parse("1/2/2006", digits[:m]+"/"+digits[m:y]+"/"+digits[y:])
		if err != nil {
			continue
		}
		if d, _, ok := plausible(t, latest); ok {
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

// stray says whether a separator is anywhere but after month and day.
func stray(separators map[int]bool, month, year int) bool {
	for at := range separators {
		if at != month && at != year {
			return true
		}
	}
	return false
}

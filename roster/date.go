package roster

import (
	"regexp"
	"strconv"
	"strings"
	"time"
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

// Long spells the day out, as in "June 11, 2025".
func (d Date) Long() string {
	if t := d.Time(); !t.IsZero() {
		return t.Format("January 2, 2006")
	}
	return ""
}

// The 287(g) program was enacted in 1996; a signing date before that is a
// misprint. None is later than the year after the one in which it is read.
const firstYear = 1996

// ParseDate reads a signing date as ICE prints it: an Excel serial, or text as
// in 6/11/2025, June 11, 2025 or 2025-06-11. latest is the year after which a
// date makes no sense. Misprints are read where one reading alone makes sense
// ("7/72025" is July 7, 2025; the year 5025 is 2025). mended says that what is
// printed is such a misprint. ok is false where no reading, or more than one,
// makes sense.
func ParseDate(s string, latest int) (date Date, mended, ok bool) {
	s = strings.TrimSpace(Clean(s))
	if serial, err := strconv.ParseFloat(s, 64); err == nil {
		return serialDate(serial, latest)
	}
	for _, layout := range []string{"1/2/2006", "1-2-2006", "2006-01-02", "2006-01-02 15:04:05", "2006-01-02T15:04:05", "1/2/06", "January 2, 2006", "Jan 2, 2006", "2-Jan-06", "2-Jan-2006"} {
		if t, err := time.Parse(layout, s); err == nil {
			return sensible(t, latest)
		}
	}
	return misprintedDate(s, latest)
}

// serialDate reads Excel's count of days since 1899-12-30.
func serialDate(serial float64, latest int) (Date, bool, bool) {
	if !(serial >= 1 && serial <= 2958465) { // 9999-12-31 is the last day Excel knows; "NaN" is a number too
		return "", false, false
	}
	return sensible(time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(serial)), latest)
}

// sensible accepts a day in the program's time, and mends a year of which one
// digit alone is wrong when that leaves one sensible year.
func sensible(t time.Time, latest int) (date Date, mended, ok bool) {
	if t.Year() >= firstYear && t.Year() <= latest {
		return DateOf(t), false, true
	}
	printed := strconv.Itoa(t.Year())
	year := 0
	for y := firstYear; y <= latest; y++ {
		if s := strconv.Itoa(y); len(s) == len(printed) && Distance(s, printed) == 1 && s[3] == printed[3] {
			if year != 0 {
				return "", false, false
			}
			year = y
		}
	}
	if year == 0 {
		return "", false, false
	}
	return DateOf(time.Date(year, t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)), true, true
}

var numericDate = regexp.MustCompile(`^[0-9][0-9/.\- ]{4,12}$`)

// misprintedDate reads digits whose separators ICE lost or doubled: every way
// to cut them into month, day and year that keeps the separators that are left
// is tried.
func misprintedDate(s string, latest int) (date Date, mended, ok bool) {
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

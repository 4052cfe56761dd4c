package roster

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestParseDate(t *testing.T) {
	const latest = "2026-12-31"
	for _, tt := range []struct {
		name, in string
		want     Date // "" where it is refused
		mended   bool
	}{
		{"serial", "45922", "2025-09-22", false},
		{"serial with an hour", "45922.75", "2025-09-22", false},
		{"serial in scientific notation", "4.5922E4", "2025-09-22", false},
		{"serial of the program's first year", "35065", "1996-01-01", false},
		{"serial of the last year", "46387", "2026-12-31", false},
		{"serial of year 5025", "1141621", "2025-08-25", true},
		{"serial before the program", "35064", "", false},
		{"serial after the last year", "46388", "", false}, // 2027 is one slip from 2007 and 2017
		{"zero", "0", "", false},
		{"negative", "-45922", "", false},
		{"beyond Excel's calendar", "2958466", "", false},
		{"huge", "1e300", "", false},
		{"no number", "NaN", "", false},
		{"infinity", "Inf", "", false},

		{"text", "6/11/2025", "2025-06-11", false},
		{"text with zeros", "06/01/2025", "2025-06-01", false},
		{"text with blanks around", "\u00a06/11/2025 ", "2025-06-11", false},
		{"short year", "6/11/25", "2025-06-11", false},
		{"hyphens", "6-11-2025", "2025-06-11", false},
		{"spelled out", "June 11, 2025", "2025-06-11", false},
		{"abbreviated", "Jun 11, 2025", "2025-06-11", false},
		{"day first, with a name", "11-Jun-25", "2025-06-11", false},
		{"ISO", "2025-06-11", "2025-06-11", false},
		{"ISO with time", "2025-06-11 00:00:00", "2025-06-11", false},
		{"as some workbooks keep it", "2025-06-11T00:00:00", "2025-06-11", false},
		{"abbreviated with a point", "Jan. 3, 2026", "2026-01-03", false},
		{"September", "Sept. 3, 2025", "2025-09-03", false},
		{"September in capitals", "SEPT 3 2025", "2025-09-03", false},
		{"day first, short", "3-Jan-26", "2026-01-03", false},
		{"day first, spelled out", "3 January 2026", "2026-01-03", false},
		{"day first, with a point", "3-Sept.-2025", "2025-09-03", false},
		{"ordinal", "June 1st, 2025", "2025-06-01", false},
		{"ordinal with another ending", "August 22nd 2025", "2025-08-22", false},
		{"weekday", "Wednesday, June 11, 2025", "2025-06-11", false},
		{"no comma", "June 11 2025", "2025-06-11", false},
		{"comma without a space", "June 11,2025", "2025-06-11", false},
		{"points", "06.01.2026", "2026-06-01", false}, // the month first, as in all of ICE's dates
		{"points without zeros", "5.8.2025", "2025-05-08", false},
		{"points, short year", "6.1.26", "2026-06-01", false},
		{"spelled out with year 5025", "Aug. 25, 5025", "2025-08-25", true},
		{"with an hour", "6/11/2025 0:00", "2025-06-11", false},
		{"with an hour, as Excel exports it", "6/11/2025 12:00:00 AM", "2025-06-11", false},
		{"year first", "2025/6/11", "2025-06-11", false},
		{"leap day", "2/29/2024", "2024-02-29", false},

		{"lost separator after the day", "05/082025", "2025-05-08", true},
		{"lost separator, single digits", "7/72025", "2025-07-07", true},
		{"lost separator, two digits of day", "8/282025", "2025-08-28", true},
		{"lost separator after the month", "0508/2025", "2025-05-08", true},
		{"doubled separator", "5//8/2025", "2025-05-08", true},
		{"year 5025", "8/25/5025", "2025-08-25", true},
		{"year 2205", "8/25/2205", "", false}, // 2005 and 2025 are one slip away

		{"two readings", "112/2025", "", false},     // January 12 and November 2
		{"two readings too", "111/2025", "", false}, // January 11 and November 1
		{"one reading only", "131/2025", "2025-01-31", true},
		{"February 30", "2/30/2025", "", false},
		{"February 30, spelled out", "February 30, 2025", "", false},
		{"February 29 of a common year", "2/29/2025", "", false},
		{"month 13", "13/1/2025", "", false},
		{"far future", "6/11/2031", "", false}, // so is 2031 from 2001, 2011 and 2021
		{"too far a future", "6/11/2899", "", false},
		{"too far a past", "6/11/1920", "", false},
		{"points with the day first", "25.12.2025", "", false},
		{"month alone", "June 2025", "", false},
		{"no month of that name", "Jane 3, 2026", "", false},
		{"two months", "June June 2025", "", false},
		{"a sentence", "signed on June 3, 2025", "", false},
		{"year alone", "2025", "", false},
		{"empty", "", "", false},
		{"blank", " \u00a0", "", false},
		{"words", "Pending", "", false},
		{"error", "#N/A", "", false},
		{"heading", "SIGNED", "", false},
		{"two dates", "6/11/2025 6/12/2025", "", false},
		{"long", strings.Repeat("1/", 5000), "", false},
	} {
		got, mended, ok := ParseDate(tt.in, latest)
		if got != tt.want || mended != tt.mended || ok != (tt.want != "") {
			t.Errorf("%s: ParseDate(%.40q) = %q, mended %v, ok %v, want %q, mended %v", tt.name, tt.in, got, mended, ok, tt.want, tt.mended)
		}
	}
}

// A date is judged against the day on which its list was published, and so is
// what a misprinted year could mean.
func TestDateAgainstTheClock(t *testing.T) {
	latest := LatestSigning(time.Date(2025, 3, 4, 2, 0, 0, 0, time.UTC)) // still March 3 in Washington
	if latest != "2025-03-17" {
		t.Fatalf("the latest signing that makes sense is of %s", latest)
	}
	for in, want := range map[string]string{
		"3/3/2025":       "2025-03-03 false true",
		"3/17/2025":      "2025-03-17 false true",
		"3/18/2025":      " false false",
		"12/3/2025":      " false false", // perhaps March 12: more than one reading
		"March 18, 2025": " false false",
		"45733":          "2025-03-17 false true",
		"45734":          " false false",
		"3/18/5024":      "2024-03-18 true true",
		"3/18/5025":      " false false", // 2025 is the one year that is a slip away, and has no such day yet
		"1/2/2024":       "2024-01-02 false true",
		"03182025":       " false false",
	} {
		date, mended, ok := ParseDate(in, latest)
		if got := fmt.Sprint(date, " ", mended, " ", ok); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

// Whatever date is read is one in the program's time, and is read from its own
// form again.
func FuzzParseDate(f *testing.F) {
	for _, s := range []string{"", "45922", "6/11/2025", "05/082025", "7/72025", "8/25/5025", "112/2025", "NaN", "1e9", "2025-06-11 00:00:00", "2/30/2025", "٣/٧/٢٠٢٥", "Sept. 3, 2025", "3-Jan-26", "06.01.2026", "Wed., Jun. 11th, 2025"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		const latest = "2026-12-31"
		d, mended, ok := ParseDate(s, latest)
		if ok != (d != "") || mended && !ok {
			t.Fatalf("ParseDate(%q) = %q, mended %v, ok %v", s, d, mended, ok)
		}
		if !ok {
			return
		}
		if year := d.Time().Year(); year < firstYear || d > latest {
			t.Errorf("ParseDate(%q) = %q, out of the program's time", s, d)
		}
		if again, mended, ok := ParseDate(string(d), latest); again != d || mended || !ok {
			t.Errorf("ParseDate(%q) = %q, read again %q", s, d, again)
		}
	})
}

func TestDate(t *testing.T) {
	for _, tt := range []struct {
		date Date
		zero bool
	}{
		{"2025-06-11", false},
		{"2024-02-29", false},
		{"", true},
		{"2025-02-30", true},
	} {
		if got := tt.date.Time(); got.IsZero() != tt.zero || !tt.zero && DateOf(got) != tt.date {
			t.Errorf("Date(%q).Time() = %v", tt.date, got)
		}
	}
	east := time.FixedZone("east", 14*60*60)
	if got := DateOf(time.Date(2025, 6, 11, 1, 0, 0, 0, east)); got != "2025-06-11" {
		t.Errorf("DateOf in a zone of its own = %q", got)
	}
}

func TestDayInWashington(t *testing.T) {
	for _, tt := range []struct {
		name, at string
		want     Date
	}{
		{"winter, last moment", "2025-01-15T04:59:59.999999999Z", "2025-01-14"},
		{"winter, midnight", "2025-01-15T05:00:00Z", "2025-01-15"},
		{"summer, last moment", "2025-07-15T03:59:59.999999999Z", "2025-07-14"},
		{"summer, midnight", "2025-07-15T04:00:00Z", "2025-07-15"},
		{"the hour that summer time takes", "2025-03-09T07:00:00Z", "2025-03-09"},
		{"the hour that comes twice", "2025-11-02T06:30:00Z", "2025-11-02"},
		{"another zone", "2025-07-15T03:59:59+09:00", "2025-07-14"},
	} {
		at, err := time.Parse(time.RFC3339Nano, tt.at)
		if err != nil {
			t.Fatal(err)
		}
		if got := Day(at); got != tt.want {
			t.Errorf("%s: Day(%s) = %q, want %q", tt.name, tt.at, got, tt.want)
		}
	}
	if got := Day(time.Time{}); got != "" {
		t.Errorf("Day of the zero time = %q, want none", got)
	}
}

// A day's end is its last moment, and the next one begins the next day, whatever
// the clocks do.
func TestEndOf(t *testing.T) {
	for _, tt := range []struct {
		name string
		date Date
		want string
		long time.Duration
	}{
		{"winter", "2025-01-15", "2025-01-16T04:59:59.999999999Z", 24 * time.Hour},
		{"summer", "2025-07-15", "2025-07-16T03:59:59.999999999Z", 24 * time.Hour},
		{"clocks go forward", "2025-03-09", "2025-03-10T03:59:59.999999999Z", 23 * time.Hour},
		{"clocks go back", "2025-11-02", "2025-11-03T04:59:59.999999999Z", 25 * time.Hour},
		{"end of the year", "2025-12-31", "2026-01-01T04:59:59.999999999Z", 24 * time.Hour},
	} {
		end := tt.date.EndOf()
		if got := end.UTC().Format(time.RFC3339Nano); got != tt.want {
			t.Errorf("%s: EndOf(%s) = %s, want %s", tt.name, tt.date, got, tt.want)
		}
		before := DateOf(tt.date.Time().AddDate(0, 0, -1))
		if got := end.Sub(before.EndOf()); got != tt.long {
			t.Errorf("%s: the day lasts %v, want %v", tt.name, got, tt.long)
		}
		if Day(end) != tt.date || Day(end.Add(1)) == tt.date {
			t.Errorf("%s: EndOf(%s) is not its last moment", tt.name, tt.date)
		}
	}
}

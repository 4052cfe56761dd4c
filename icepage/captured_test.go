package icepage_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/watch287g/watch287g/icepage"
	"github.com/watch287g/watch287g/roster"
)

// What others captured of the page stands among what a store read of it, in the order of time,
// and says nothing twice.
func TestCaptured(t *testing.T) {
	t.Parallel()
	const page, old = "https://www.ice.gov/identify-and-arrest/287g", "https://www.ice.gov/287g"
	day := func(n int) time.Time { return time.Date(2025, 3, n, 12, 0, 0, 0, time.UTC) }
	text := func(spec string) roster.PageText { // as in "5 a": on day 5, it says a
		at, said, _ := strings.Cut(spec, " ")
		n := 0
		for _, d := range at {
			n = 10*n + int(d-'0')
		}
		return roster.PageText{SeenAt: day(n), URL: page, Text: "ICE says " + said}
	}
	texts := func(specs ...string) (all []roster.PageText) {
		for _, s := range specs {
			all = append(all, text(s))
		}
		return all
	}
	archived := func(specs ...string) []roster.PageText {
		all := texts(specs...)
		for i := range all {
			all[i].Origin = &roster.Origin{Source: roster.SourceInternetArchive}
		}
		return all
	}
	polls := func(days ...int) (all []roster.Poll) {
		for _, d := range days {
			all = append(all, roster.Poll{At: day(d), Outcome: "unchanged"})
		}
		return all
	}
	elsewhere := func(all []roster.PageText) []roster.PageText {
		for i := range all {
			all[i].URL = old
		}
		return all
	}
	long := strings.Repeat("so many words ", 50)
	for name, tt := range map[string]struct {
		kept, captured []roster.PageText
		polls          []roster.Poll
		want           string
	}{
		"a store that never read it":   {captured: archived("3 b", "1 a", "2 a"), want: "1 a archived, 3 b archived"},
		"older than what a store read": {kept: texts("9 b"), captured: archived("1 a", "3 b", "20 c"), polls: polls(9, 10), want: "1 a archived, 3 b archived"},
		"while it did not read":        {kept: texts("9 a"), captured: archived("12 b", "13 b"), polls: polls(9, 10, 15, 16), want: "12 b archived, 15 a"},
		"and then found something new": {kept: texts("9 a", "15 c"), captured: archived("12 b"), polls: polls(9, 10, 15, 16), want: "12 b archived"},
		"while it read":                {kept: texts("9 a"), captured: archived("10 b"), polls: polls(9, 10, 11), want: ""},
		"later than it read":           {kept: texts("9 a"), captured: archived("12 b"), polls: polls(9, 10), want: ""},
		"before its log":               {kept: texts("9 a", "20 c"), captured: archived("12 b"), polls: polls(20, 21), want: ""},
		"kept already":                 {kept: slices.Concat(archived("1 a", "3 b"), texts("9 b")), captured: archived("1 a", "2 a", "3 b"), want: ""},
		"with another day alone":       {captured: archived("1 has 1,000 agreements as of March 1, 2025.", "3 has 1,000 agreements as of March 3, 2025."), want: "1 has 1,000 agreements as of March 1, 2025. archived"},
		"at an address that was left":  {captured: slices.Concat(elsewhere(archived("1 a", "5 a", "7 a")), archived("4 b", "9 b")), want: "1 a archived, 4 b archived"},
		"that came in part":            {captured: archived("1 "+long, "2 little", "3 "+long), want: "1 " + long + " archived"},
		"that became short":            {captured: archived("1 "+long, "2 little", "3 little"), want: "1 " + long + " archived, 2 little archived"},
		"that says nothing":            {captured: []roster.PageText{{SeenAt: day(1), Text: " \n"}}, want: ""},
	} {
		var got []string
		more := icepage.Captured(tt.kept, tt.captured, tt.polls)
		for _, m := range more {
			s := m.SeenAt.Format("2 ") + strings.TrimPrefix(m.Text, "ICE says ")
			if m.Origin != nil {
				s += " archived"
			}
			got = append(got, s)
		}
		if diff := cmp.Diff(tt.want, strings.Join(got, ", ")); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		all := slices.Concat(tt.kept, more)
		slices.SortStableFunc(all, func(a, b roster.PageText) int { return a.SeenAt.Compare(b.SeenAt) })
		if again := icepage.Captured(all, tt.captured, tt.polls); len(again) > 0 {
			t.Errorf("%s: once more, there is %+v", name, again)
		}
		for i, v := range icepage.Versions(all) {
			if i > 0 && icepage.Compare(icepage.Versions(all)[i-1].Text, v.Text) <= icepage.OtherDate {
				t.Errorf("%s: version %d repeats the one before", name, i)
			}
		}
	}
}

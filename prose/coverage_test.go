package prose

import (
	"testing"
	"time"

	"github.com/watch287g/watch287g/roster"
)

func coverageOf(s roster.State, covered, counties int, living, residents int) roster.Coverage {
	c := roster.Coverage{State: s, Counties: counties, Covered: roster.Reach{Counties: covered}}
	if residents > 0 {
		c.Residents = &residents
	}
	if living >= 0 {
		c.Living = &living
	}
	return c
}

func TestCoverage(t *testing.T) {
	noon := time.Date(2025, time.December, 31, 17, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		is   roster.Coverage
		asOf time.Time
		want string
	}{
		{coverageOf("TX", 164, 254, 17_409_757, 31_290_831), time.Time{}, "ICE lists an active agreement with the sheriff or another county agency in 164 of the 254 counties of Texas, " +
			"where 55.6% of the state's residents live (17,409,757 of 31,290,831 in 2024, by the Census Bureau)."},
		{coverageOf("CO", 1, 64, 24_862, 5_957_493), time.Time{}, "ICE lists an active agreement with the sheriff or another county agency in 1 of the 64 counties of Colorado, " +
			"where 0.4% of the state's residents live (24,862 of 5,957,493 in 2024, by the Census Bureau)."},
		{coverageOf("FL", 67, 67, 23_372_215, 23_372_215), time.Time{}, "ICE lists an active agreement with the sheriff or another county agency in all 67 counties of Florida, " +
			"where all of the state's residents live (23,372,215 in 2024, by the Census Bureau)."},
		{coverageOf("CA", 0, 58, 0, 39_431_263), time.Time{}, "ICE lists no active agreement with the sheriff or another county agency in any of the 58 counties of California."},
		{coverageOf("CT", 1, 8, -1, 3_675_069), time.Time{}, "ICE lists an active agreement with the sheriff or another county agency in 1 of the 8 counties of Connecticut."},
		{coverageOf("LA", 8, 64, 954_804, 4_597_740), time.Time{}, "ICE lists an active agreement with the sheriff or another parish agency in 8 of the 64 parishes of Louisiana, " +
			"where 20.8% of the state's residents live (954,804 of 4,597,740 in 2024, by the Census Bureau)."},
		{coverageOf("VA", 25, 133, -1, 0), time.Time{}, "ICE lists an active agreement with the sheriff or another county agency in 25 of the 133 counties and independent cities of Virginia."},
		{coverageOf("AK", 0, 30, 0, 740_133), time.Time{}, "ICE lists no active agreement with a borough agency in any of the 30 boroughs and census areas of Alaska."},
		{coverageOf("MO", 12, 115, -1, 0), time.Time{}, "ICE lists an active agreement with the sheriff or another county agency in 12 of the 115 counties and county equivalents of Missouri."},
		{coverageOf("", 609, 3143, 79_743_938, 340_110_988), noon, "As of December 31, 2025, noon ET, ICE lists an active agreement with the sheriff or another county agency " +
			"in 609 of the nation's 3,143 counties and county equivalents, " +
			"where 23.4% of its residents live (79,743,938 of 340,110,988 in 2024, by the Census Bureau)."},
		{coverageOf("DC", 0, 1, 0, 702_250), noon, ""},
		{coverageOf("GU", 1, 1, -1, 0), noon, ""},
	} {
		if got := English.Coverage(tt.is, "2024-07-01", tt.asOf, false); got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.is.State, got, tt.want)
		}
	}
	for covered, want := range map[int]string{
		0:   "As of June 11, 2025, ICE listed no active agreement with the sheriff or another county agency in any of the 254 counties of Texas.",
		2:   "As of June 11, 2025, ICE listed an active agreement with the sheriff or another county agency in 2 of the 254 counties of Texas.",
		254: "As of June 11, 2025, ICE listed an active agreement with the sheriff or another county agency in all 254 counties of Texas.",
	} {
		if got := English.Coverage(coverageOf("TX", covered, 254, -1, 0), "2024-07-01", roster.Date("2025-06-11").EndOf(), true); got != want {
			t.Errorf("got %s\nwant %s", got, want)
		}
	}
	if got := English.LivingShare(coverageOf("GU", 0, 1, -1, 0)); got != "not known" {
		t.Errorf("the share of Guam is %s", got)
	}
	if got := English.CoveredOf(coverageOf("", 1200, 3143, 0, 0)); got != "1,200 of 3,143" {
		t.Error(got)
	}
}

// A share is 0% or 100% only where it is nobody, or everybody.
func TestPortion(t *testing.T) {
	for _, tt := range []struct {
		part, whole int
		want        string
	}{
		{0, 100, "0%"}, {0, 0, "0%"}, {1, 340_110_988, "<0.1%"}, {5, 10_000, "0.1%"}, {4, 10_000, "<0.1%"}, {5, 1000, "0.5%"}, {1, 3, "33.3%"}, {2, 3, "66.7%"},
		{1, 1, "100%"}, {9994, 10_000, "99.9%"}, {9995, 10_000, ">99.9%"}, {340_110_987, 340_110_988, ">99.9%"}, {50, 100, "50.0%"},
	} {
		if got := English.Portion(tt.part, tt.whole); got != tt.want {
			t.Errorf("%d of %d is %s, want %s", tt.part, tt.whole, got, tt.want)
		}
	}
}

// No word of the sentence is out of a translator's reach.
func TestCoverageIsInMessages(t *testing.T) {
	widen(t)
	for _, c := range []roster.Coverage{coverageOf("TX", 1, 254, 2, 3), coverageOf("FL", 67, 67, 3, 3), coverageOf("TX", 0, 254, 0, 3), coverageOf("", 1, 3143, 1, 3), coverageOf("", 1, 3143, -1, 3)} {
		for _, text := range []string{wide.Coverage(c, "2024-07-01", time.Unix(1e9, 0), false), wide.Coverage(c, "2024-07-01", time.Time{}, true), wide.CoveredOf(c), wide.LivingShare(c)} {
			if left := narrow(text); left != "" || text == "" {
				t.Errorf("%q is in no message: %s", left, text)
			}
		}
	}
}

package roster

import (
	"testing"
	"time"
)

// minute is a moment of the tests.
func minute(n int) time.Time { return time.Date(2025, time.June, 2, 14, n, 0, 0, time.UTC) }

func counting(n int) Publication {
	return Publication{Verdict: VerdictAccepted, EffectiveAt: minute(n)}
}

func TestExtentOf(t *testing.T) {
	held := Publication{Verdict: VerdictHeld, SeenAt: minute(50), PublishedAt: minute(50)}
	for _, test := range []struct {
		name         string
		publications []Publication
		read         Reading
		want         Extent
	}{
		{"nothing", nil, Reading{}, Extent{}},
		{"read, and no list counts", []Publication{held}, Reading{Read: minute(9)}, Extent{}},
		{"imported", []Publication{counting(1), counting(7), counting(5)}, Reading{}, Extent{minute(1), minute(7)}},
		{"a held list says nothing", []Publication{counting(1), held}, Reading{}, Extent{minute(1), minute(1)}},
		{"read since", []Publication{counting(1)}, Reading{Read: minute(9)}, Extent{minute(1), minute(9)}},
		{"failing since", []Publication{counting(1)}, Reading{Read: minute(9), Failing: minute(12)}, Extent{minute(1), minute(9)}},
		{"never read well", []Publication{counting(1)}, Reading{Failing: minute(12)}, Extent{minute(1), minute(1)}},
		{"imported after the last look", []Publication{counting(1), counting(20)}, Reading{Read: minute(9)}, Extent{minute(1), minute(20)}},
		{"read by a clock that is hardly ahead", []Publication{counting(1)}, Reading{Read: minute(33)}, Extent{minute(1), minute(33)}},
		{"read by a clock that was ahead", []Publication{counting(1)}, Reading{Read: minute(59)}, Extent{minute(1), minute(1)}},
	} {
		if got := ExtentOf(test.publications, test.read, minute(30)); got != test.want {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
}

func TestExtentCuts(t *testing.T) {
	e := Extent{First: minute(1), Until: minute(9)}
	for _, test := range []struct {
		asked, want    time.Time
		before, beyond bool
	}{
		{time.Time{}, minute(9), false, false},
		{minute(0), minute(0), true, false},
		{minute(1), minute(1), false, false},
		{minute(9), minute(9), false, false},
		{minute(10), minute(9), false, true},
	} {
		if got := e.Cut(test.asked); !got.Equal(test.want) || e.Before(test.asked) != test.before || e.Beyond(test.asked) != test.beyond {
			t.Errorf("%v: cut to %v, before %v, beyond %v", test.asked, got, e.Before(test.asked), e.Beyond(test.asked))
		}
	}
}

func TestReadingAfter(t *testing.T) {
	r := Reading{}
	for i, step := range []struct {
		outcome string
		want    Reading
	}{
		{"refused", Reading{Failing: minute(0)}},
		{"missing", Reading{Failing: minute(0)}},
		{"changed", Reading{Read: minute(2)}},
		{"broken", Reading{Read: minute(2), Failing: minute(3)}},
		{"blocked", Reading{Read: minute(2), Failing: minute(3)}},
		{"", Reading{Read: minute(2), Failing: minute(3)}},
		{"unchanged", Reading{Read: minute(6)}},
	} {
		if r = r.After(Poll{At: minute(i), Outcome: step.outcome}); r != step.want {
			t.Errorf("after %q: %v, want %v", step.outcome, r, step.want)
		}
	}
}

package bounce

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestBreaker sends mails until the breaker stops them, and lets them go on.
func TestBreaker(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *Options) { o.Limits = Limits{Of: 1000, Bounces: 5, Complaints: 0.3} })
	back := func(kind Kind, n int) {
		w.Helper()
		for i := range n {
			r := w.joins(fmt.Sprintf("r%d-%d@example.org", w.now.Unix(), i))
			w.take(Event{Kind: kind, Status: "5.1.1", To: r.Address, At: w.now})
		}
	}
	w.sent(false, 99)
	back(Hard, 6)
	if w.halted(false) {
		t.Fatal("stopped before there are enough mails to judge")
	}
	w.sent(false, 21)
	if w.halted(false) {
		t.Fatal("stopped at 5 percent, which is not more than 5")
	}
	w.now = w.now.Add(time.Minute)
	back(Hard, 1)
	if !w.halted(false) || !w.halted(true) {
		t.Fatal("not all mails stop above 5 percent")
	}
	want := []string{"mailings stop: of the last 120 mails, 7 came back, which is more than 5 percent"}
	if !slices.Equal(w.told, want) {
		t.Errorf("the operator was told %q", w.told)
	}
	w.now = w.now.Add(48 * time.Hour)
	if !w.halted(false) {
		t.Error("went on by itself")
	}
	if resumed, err := w.desk.Resume(t.Context()); err != nil || !resumed || w.halted(false) || w.halted(true) {
		t.Error("does not go on when told to:", resumed, err)
	}
	if resumed, _ := w.desk.Resume(t.Context()); resumed {
		t.Error("what goes on was resumed")
	}
	if want = append(want, "mailings go on"); !slices.Equal(w.told, want) {
		t.Errorf("the operator was told %q", w.told)
	}
	w.sent(false, 200)
	back(Complaint, 2)
	if w.halted(false) {
		t.Fatal("two readers can stop the mailings")
	}
	w.now = w.now.Add(time.Minute)
	back(Complaint, 1)
	if !w.halted(false) || !strings.Contains(w.told[len(w.told)-1], "3 were complained of") {
		t.Errorf("three of 200 do not stop them: %q", w.told)
	}
}

// TestBreakerOfLetters has somebody ask for mails to addresses that there are not: readers
// get their mails all the same.
func TestBreakerOfLetters(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *Options) { o.Limits = Limits{Of: 1000, Bounces: 5, Complaints: 0.3, ResumeAfter: time.Hour} })
	w.sent(false, 500)
	w.sent(true, 100)
	for i := range 6 {
		asked := w.asks(fmt.Sprintf("no%d@example.org", i))
		w.take(Event{Kind: Hard, Tokens: []string{w.token(asked.ID, asked.Address, true)}, Only: true, At: w.now})
	}
	if !w.halted(true) || w.halted(false) {
		t.Fatalf("letters stopped: %t, mailings: %t", w.halted(true), w.halted(false))
	}
	w.now = w.now.Add(time.Hour)
	if w.halted(true) {
		t.Error("letters do not go on after the time that is configured")
	}
	if len(w.told) != 2 || w.told[1] != "letters go on" {
		t.Errorf("the operator was told %q", w.told)
	}
}

// TestBreakerTellsLater has the operator be told by the next call where one could not.
func TestBreakerTellsLater(t *testing.T) {
	t.Parallel()
	fails, told := true, 0
	w := newWorld(t, func(o *Options) {
		o.Tell = func(context.Context, bool, *Halt) error {
			if fails {
				return errors.New("the disk is full")
			}
			told++
			return nil
		}
	})
	w.sent(false, 100)
	for i := range 6 {
		r := w.joins(fmt.Sprintf("r%d@example.org", i))
		w.take(Event{Kind: Hard, To: r.Address, At: w.now})
	}
	if !w.halted(false) {
		t.Fatal("who cannot be told keeps mails from being stopped")
	}
	fails = false
	for range 3 {
		w.halted(false)
	}
	if told != 1 {
		t.Errorf("told %d times", told)
	}
	fails = true
	if _, err := w.desk.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	fails = false
	for range 3 {
		w.halted(false)
	}
	if told != 2 {
		t.Errorf("told %d times, when mails go on", told)
	}
}

// TestTally compares what is counted of the last mails with a list of all of them.
func TestTally(t *testing.T) {
	t.Parallel()
	type one struct {
		at   time.Time
		back bool
	}
	for seed := range uint64(300) {
		random := rand.New(rand.NewPCG(seed, 1))
		l := Limits{Of: 100 + random.IntN(900), Bounces: 100, Complaints: 100}
		now, all, counted := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC), []one(nil), tally{}
		for range 200 {
			switch random.IntN(3) {
			case 0:
				now = now.Add(time.Duration(random.IntN(1+random.IntN(7200))) * time.Second)
			case 1:
				n := 1 + random.IntN(60)
				counted.sent(n, now, l)
				for range n {
					all = append(all, one{at: now})
				}
			case 2:
				if len(all) > 0 {
					i := random.IntN(len(all))
					if !all[i].back {
						all[i].back = true
						counted.returned(Hard, all[i].at)
					}
				}
			}
		}
		sum := counted.sum()
		if len(all) < l.Of && sum.Sent != len(all) || len(all) >= l.Of && sum.Sent < l.Of || len(counted.Counts) > mostTallied {
			t.Fatalf("seed %d: %d of %d mails are counted in %d parts", seed, sum.Sent, len(all), len(counted.Counts))
		}
		if oldest := counted.Counts; len(oldest) > 1 && sum.Sent-oldest[0].Sent >= l.Of {
			t.Fatalf("seed %d: more than the last mails are counted", seed)
		}
		want := 0
		for _, m := range all[len(all)-sum.Sent:] {
			if m.back {
				want++
			}
		}
		if sum.Bounced != want {
			t.Fatalf("seed %d: %d of the last %d came back, counted %d", seed, want, sum.Sent, sum.Bounced)
		}
	}
}

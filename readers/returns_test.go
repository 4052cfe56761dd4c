package readers

import (
	"strings"
	"testing"
	"time"
)

func TestReturnToken(t *testing.T) {
	t.Parallel()
	secret := []byte("a secret of thirty-two bytes, or so")
	at := time.Date(2026, 3, 2, 15, 4, 5, 0, time.UTC)
	sent := Sent{ID: NewID(), Address: "Ann@example.org", At: at}
	for _, letter := range []bool{false, true} {
		sent.Letter = letter
		token := ReturnToken(secret, sent)
		if len(token) != ReturnSize {
			t.Fatalf("a token of %d characters", len(token))
		}
		for _, written := range []string{token, strings.ToUpper(token)} { // servers change the case
			r, ok := ReadReturn(secret, written, at.Add(29*24*time.Hour))
			if !ok || r.ID != sent.ID || r.Letter != letter || !r.SentAt.Equal(at.Truncate(time.Minute)) {
				t.Errorf("read as %+v, %t", r, ok)
			}
			if !r.Of(secret, "ann@example.org") || r.Of(secret, "bob@example.org") {
				t.Error("it does not tell one address from another")
			}
		}
		if _, ok := ReadReturn(secret, token, at.Add(31*24*time.Hour)); ok {
			t.Error("counts after a month")
		}
		if _, ok := ReadReturn([]byte("another"), token, at); ok {
			t.Error("counts with another secret")
		}
		for i := range token { // the last characters have bits to spare
			other := []byte(token)
			other[i] = 'a' + (other[i]-'a'+16)%25
			if r, ok := ReadReturn(secret, string(other), at); ok && string(other) != token {
				t.Errorf("counts with another character at %d: %+v", i, r)
			}
		}
	}
	if got := ReturnAddress("bounces@example.org", "x"); got != "bounces+x@example.org" {
		t.Error(got)
	}
}

// TestSoftBounces goes through what happens to one reader, day by day.
func TestSoftBounces(t *testing.T) {
	t.Parallel()
	day := func(n int, hours ...int) time.Time {
		at := time.Date(2026, 3, n, 8, 0, 0, 0, time.UTC)
		for _, h := range hours {
			at = at.Add(time.Duration(h) * time.Hour)
		}
		return at
	}
	r := Reader{State: StateActive, ConfirmedAt: day(1)}
	soft := func(at time.Time, counts bool, want int) {
		t.Helper()
		if got := r.SoftBounce(at); got != counts || r.Soft != want {
			t.Errorf("on %s: counted: %t, %d in a row; want %t, %d", at.Format(time.DateOnly), got, r.Soft, counts, want)
		}
	}
	soft(day(0), false, 0) // before the reader confirmed
	soft(day(2), true, 1)
	soft(day(2, 3), false, 1) // one a day
	r.Took(day(3))
	soft(day(3, 1), true, 2) // that mail came back, too
	soft(day(2, 5), false, 2)
	r.Took(day(4))
	r.Took(day(8)) // nothing is known of the mail before yet
	if r.Soft != 2 {
		t.Error("forgotten too early")
	}
	r.Took(day(11)) // nothing of the mail of the fourth came back within six days
	if r.Soft != 0 {
		t.Error("not forgotten by a mail that arrived")
	}
	soft(day(12), true, 1)
	if r.Delivered(day(11)) || r.Soft != 1 {
		t.Error("forgotten by a mail that arrived before")
	}
	if !r.Delivered(day(13)) || r.Soft != 0 {
		t.Error("not forgotten by a mail that is known to have arrived")
	}
	r.Leave(day(14))
	soft(day(15), false, 0)
}

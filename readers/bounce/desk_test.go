package bounce

import (
	"context"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/readers"
	"github.com/watch287g/watch287g/readers/bolt"
	file "github.com/watch287g/watch287g/store/bolt"
)

// world is a desk over a store in a file, with a clock.
type world struct {
	*testing.T
	store *bolt.Store
	desk  *Desk
	now   time.Time
	told  []string
}

func newWorld(t *testing.T, change ...func(*Options)) *world {
	t.Helper()
	s, err := bolt.Open(t.Context(), filepath.Join(t.TempDir(), bolt.Name), file.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	w := &world{T: t, store: s, now: time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)}
	o := Options{Store: s, Now: func() time.Time { return w.now }, Log: slog.New(slog.DiscardHandler),
		Tell: func(_ context.Context, letters bool, h *Halt) error {
			says := "mailings go on"
			if h != nil {
				says = "mailings stop: " + h.Why
			}
			if letters {
				says = strings.Replace(says, "mailings", "letters", 1)
			}
			w.told = append(w.told, says)
			return nil
		}}
	for _, c := range change {
		c(&o)
	}
	w.desk = NewDesk(o)
	return w
}

// asks makes a request of an address.
func (w *world) asks(address string) readers.Request {
	w.Helper()
	wish := readers.Wish{Language: prose.English, Cadence: notify.Daily, Follows: []readers.Follow{{Kind: readers.FollowNation}}}
	r := readers.NewRequest(address, wish, w.now)
	if err := w.store.Ask(w.Context(), r); err != nil {
		w.Fatal(err)
	}
	return r
}

// joins makes a reader.
func (w *world) joins(address string) readers.Reader {
	w.Helper()
	r, err := w.store.Confirm(w.Context(), w.asks(address).ID, w.now, 0)
	if err != nil {
		w.Fatal(err)
	}
	return r
}

// token is what a mail to somebody has that is sent now.
func (w *world) token(id readers.ID, address string, letter bool) string {
	w.Helper()
	return readers.ReturnToken(w.secret(), readers.Sent{ID: id, Letter: letter, Address: address, At: w.now})
}

func (w *world) secret() []byte {
	w.Helper()
	secret, err := w.store.Secret(w.Context(), readers.SecretBounces)
	if err != nil {
		w.Fatal(err)
	}
	return secret
}

func (w *world) take(e Event) {
	w.Helper()
	if err := w.desk.Take(w.Context(), e); err != nil {
		w.Error(err)
	}
}

// reason is why an address is suppressed; "" where it is not.
func (w *world) reason(address string) readers.Reason {
	w.Helper()
	found, err := w.store.Suppressed(w.Context(), address)
	if err != nil {
		w.Fatal(err)
	}
	return found[address].Reason
}

func (w *world) reader(id readers.ID) readers.Reader {
	w.Helper()
	r, err := w.store.Reader(w.Context(), id)
	if err != nil {
		w.Fatal(err)
	}
	return r
}

func (w *world) standing(letters bool) Standing {
	w.Helper()
	s, err := w.desk.Standing(w.Context(), letters)
	if err != nil {
		w.Fatal(err)
	}
	return s
}

func (w *world) halted(letters bool) bool {
	w.Helper()
	h, err := w.desk.Halted(w.Context(), letters)
	if err != nil {
		w.Fatal(err)
	}
	return h
}

func (w *world) sent(letters bool, n int) {
	w.Helper()
	if err := w.desk.Sent(w.Context(), letters, n); err != nil {
		w.Fatal(err)
	}
}

func TestHardBounceAndComplaint(t *testing.T) {
	t.Parallel()
	for kind, reason := range map[Kind]readers.Reason{Hard: readers.ReasonHard, Complaint: readers.ReasonComplaint} {
		w := newWorld(t)
		ann, bob, asked := w.joins("Ann@example.org"), w.joins("bob@example.org"), w.asks("eve@example.org")
		w.sent(false, 50)
		w.sent(true, 50)
		// By a token alone, by an address alone, and of a letter to somebody who asked.
		w.take(Event{Kind: kind, Status: "5.1.1", Tokens: []string{w.token(ann.ID, ann.Address, false)}, Only: true, At: w.now, ID: "1"})
		w.take(Event{Kind: kind, To: "Bob@Example.ORG", At: w.now, ID: "2"})
		w.take(Event{Kind: kind, Tokens: []string{w.token(asked.ID, asked.Address, true)}, Only: true, At: w.now, ID: "3"})
		for _, address := range []string{"ann@example.org", "bob@example.org", "eve@example.org"} {
			if got := w.reason(address); got != reason {
				t.Errorf("%s: %s is suppressed for %q", kind, address, got)
			}
		}
		for _, id := range []readers.ID{ann.ID, bob.ID} {
			if r := w.reader(id); r.State != readers.StateSuppressed || !r.LeftAt.Equal(w.now) {
				t.Errorf("%s: %+v", kind, r)
			}
		}
		if _, err := w.store.Confirm(t.Context(), asked.ID, w.now, 0); err == nil {
			t.Errorf("%s: who is suppressed became a reader", kind)
		}
		// The same again, also under another name, counts nothing.
		for _, id := range []string{"1", "another"} {
			w.take(Event{Kind: kind, Tokens: []string{w.token(ann.ID, ann.Address, false)}, Only: true, At: w.now, ID: id})
		}
		mailings, letters := w.standing(false), w.standing(true)
		if n := mailings.Bounced + mailings.Complained; n != 2 || mailings.Sent != 50 {
			t.Errorf("%s: %+v of mailings", kind, mailings)
		}
		if n := letters.Bounced + letters.Complained; n != 1 {
			t.Errorf("%s: %+v of letters", kind, letters)
		}
		// It outlives the reader.
		if err := w.store.Erase(t.Context(), ann.ID); err != nil {
			t.Fatal(err)
		}
		if w.reason("ann@example.org") != reason {
			t.Errorf("%s: it ended with the reader", kind)
		}
	}
}

// TestForged tries to have somebody suppressed who should not be.
func TestForged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ann, bob := w.joins("ann@example.org"), w.joins("bob@example.org")
	good := w.token(ann.ID, ann.Address, false)
	other := "a"
	if good[20] == 'a' {
		other = "b"
	}
	for name, e := range map[string]Event{
		"no token":              {Kind: Hard, To: ann.Address, Only: true},
		"nothing":               {Kind: Hard},
		"a changed token":       {Kind: Hard, Tokens: []string{good[:20] + other + good[21:]}, Only: true},
		"of another secret":     {Kind: Hard, Tokens: []string{readers.ReturnToken([]byte("guessed"), readers.Sent{ID: ann.ID, Address: ann.Address, At: w.now})}, Only: true},
		"of another address":    {Kind: Complaint, Tokens: []string{w.token(ann.ID, bob.Address, false)}, Only: true},
		"of nobody":             {Kind: Hard, Tokens: []string{w.token(readers.NewID(), ann.Address, false)}, Only: true},
		"an address that is no": {Kind: Hard, To: "ann"},
		"a delay":               {Kind: Nothing, Tokens: []string{good}, Only: true},
		"not understood":        {Kind: NotUnderstood, Tokens: []string{good}, Only: true},
		"of last year":          {Kind: Hard, To: ann.Address, At: w.now.AddDate(-1, 0, 0)},
	} {
		if e.At.IsZero() {
			e.At = w.now
		}
		e.ID = name
		w.take(e)
		if w.reason(ann.Address) != "" || w.reason(bob.Address) != "" {
			t.Fatalf("%s: suppressed", name)
		}
	}
	w.now = w.now.AddDate(0, 0, 31)
	w.take(Event{Kind: Hard, Tokens: []string{good}, Only: true, At: w.now})
	if w.reason(ann.Address) != "" {
		t.Error("a token of a month ago counts")
	}
}

func TestSoftInARow(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *Options) { o.Soft = 3 })
	ann := w.joins("ann@example.org")
	bounces := func(status, id string) {
		w.Helper()
		w.take(Event{Kind: Soft, Status: status, Tokens: []string{w.token(ann.ID, ann.Address, false)}, Only: true, At: w.now, ID: id})
	}
	bounces("4.2.2", "1")
	bounces("4.2.2", "1") // the same
	bounces("4.2.2", "2") // on the same day
	w.now = w.now.AddDate(0, 0, 1)
	bounces("4.2.2", "1") // the same, a day later
	if r := w.reader(ann.ID); r.Soft != 1 {
		t.Errorf("what comes twice counts twice: %+v", r)
	}
	bounces("4.2.2", "3")
	if r := w.reader(ann.ID); r.Soft != 2 || w.reason(ann.Address) != "" {
		t.Fatalf("after two days: %+v", r)
	}
	w.take(Event{Kind: Delivered, To: ann.Address, At: w.now.Add(time.Second)})
	if r := w.reader(ann.ID); r.Soft != 2 {
		t.Fatal("an event of the future counts as of the future")
	}
	w.now = w.now.Add(time.Minute)
	w.take(Event{Kind: Delivered, To: ann.Address, At: w.now})
	if r := w.reader(ann.ID); r.Soft != 0 {
		t.Fatalf("after a mail that arrived: %+v", r)
	}
	for _, id := range []string{"4", "5", "6"} {
		if w.reason(ann.Address) != "" {
			t.Fatal("suppressed too early")
		}
		w.now = w.now.AddDate(0, 0, 1)
		bounces("4.2.2", id)
	}
	if w.reason(ann.Address) != readers.ReasonSoft || w.reader(ann.ID).State != readers.StateSuppressed {
		t.Error("not suppressed after three in a row")
	}
	if s := w.standing(false); s.Bounced != 0 {
		t.Errorf("full mailboxes count for the breaker: %+v", s)
	}
}

func TestRefusedAndTook(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ann, bob := w.joins("ann@example.org"), w.joins("bob@example.org")
	refused := func(r readers.Reader, code string) {
		w.Helper()
		if err := w.desk.Refused(t.Context(), readers.Sent{ID: r.ID, Address: r.Address, At: w.now}, code); err != nil {
			t.Fatal(err)
		}
	}
	refused(ann, "550")
	if w.reason(ann.Address) != readers.ReasonHard {
		t.Error("550 at RCPT does not suppress")
	}
	refused(bob, "5.7.1")
	if w.reason(bob.Address) != "" || w.reader(bob.ID).Soft != 1 {
		t.Error("a refusal by policy is not a soft bounce")
	}
	for range 3 {
		w.now = w.now.AddDate(0, 0, 4)
		if err := w.desk.Took(t.Context(), w.reader(bob.ID)); err != nil {
			t.Fatal(err)
		}
	}
	if w.reader(bob.ID).Soft != 0 {
		t.Error("not forgotten, though nothing came back for a week")
	}
	if err := w.desk.Took(t.Context(), readers.Reader{ID: readers.NewID(), Soft: 1}); err != nil {
		t.Error("of who was erased meanwhile:", err)
	}
}

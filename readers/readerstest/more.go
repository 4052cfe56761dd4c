package readerstest

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/readers"
)

// suppressing outlives erasing, and can be taken back.
func suppressing(t *testing.T, s readers.Store) {
	ctx := t.Context()
	r := Signed(ctx, t, s, "Ada@example.org", Wish(t, "nation"))
	open := readers.NewRequest("ada@example.org", Wish(t, "state:TX"), Start())
	if err := s.Ask(ctx, open); err != nil {
		t.Fatal(err)
	}
	sup := readers.Suppression{Reason: readers.ReasonHard, At: Start(), Detail: "550 5.1.1 <ada@example.org>: no\nsuch user " + strings.Repeat("é", 200)}
	if err := s.Suppress(ctx, "ADA@example.org", sup); err != nil {
		t.Fatal(err)
	}
	is := func(address string) (readers.Suppression, bool) {
		t.Helper()
		found, err := s.Suppressed(ctx, "bob@example.org", address)
		if err != nil {
			t.Fatal(err)
		}
		got, is := found[address]
		return got, is && len(found) == 1
	}
	kept, yes := is("ada@EXAMPLE.org")
	if !yes || kept.Reason != readers.ReasonHard || strings.Contains(kept.Detail, "ada") || len(kept.Detail) > 200 || !strings.HasPrefix(kept.Detail, "550 5.1.1 (address) no such user é") {
		t.Errorf("it is suppressed: %v, %+v", yes, kept)
	}
	if got := must[readers.Reader](t)(s.Reader(ctx, r.ID)); got.State != readers.StateSuppressed {
		t.Errorf("the reader is %+v", got)
	}
	if _, err := s.Confirm(ctx, open.ID, Start(), 1); !errors.Is(err, readers.ErrNotFound) {
		t.Errorf("confirmed by an address that is suppressed: %v", err)
	}
	if err := s.Unsuppress(ctx, kept.Key); err != nil {
		t.Fatal(err)
	}
	if got := must[readers.Reader](t)(s.Reader(ctx, r.ID)); got.State != readers.StateActive {
		t.Errorf("the reader is %+v", got)
	}
	for _, reason := range []readers.Reason{readers.ReasonSoft, readers.ReasonComplaint, readers.ReasonHard} {
		if err := s.Suppress(ctx, "ada@example.org", readers.Suppression{Reason: reason, At: Start()}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Erase(ctx, r.ID); err != nil {
		t.Fatal(err)
	}
	if kept, yes := is("ada@example.org"); !yes || kept.Reason != readers.ReasonComplaint {
		t.Errorf("after erasing it is suppressed: %v, %+v", yes, kept)
	}
	suppressedAsking(t, s)
}

// suppressedAsking asks for an address that is suppressed, and takes that back.
func suppressedAsking(t *testing.T, s readers.Store) {
	ctx := t.Context()
	before := must[readers.Stats](t)(s.Stats(ctx))
	again := readers.NewRequest("ada@example.org", Wish(t, "nation"), Start())
	if err := s.Ask(ctx, again); err != nil {
		t.Errorf("asking tells that an address is suppressed: %v", err)
	}
	if now := must[readers.Stats](t)(s.Stats(ctx)); now.Letters != before.Letters || now.Requests != before.Requests+1 {
		t.Errorf("before %+v, now %+v", before, now)
	}
	all := must[[]readers.Suppression](t)(s.Suppressions(ctx, "", 10))
	if len(all) != 1 || len(must[[]readers.Suppression](t)(s.Suppressions(ctx, all[0].Key, 10))) != 0 {
		t.Errorf("the suppressions are %v", all)
	}
	if err := errors.Join(s.Unsuppress(ctx, all[0].Key)); err != nil {
		t.Error(err)
	}
	for _, key := range []string{"", all[0].Key, "x"} {
		if err := s.Unsuppress(ctx, key); !errors.Is(err, readers.ErrNotFound) {
			t.Errorf("%q: %v", key, err)
		}
	}
}

// requestsOf are those of an address, and of no other one.
func requestsOf(t *testing.T, s readers.Store) {
	ctx := t.Context()
	of := must[[]readers.Request](t)
	var asked []readers.Request
	for i, address := range []string{"Ada@example.org", "ada@example.org", "ada@example.org.example", "bda@example.org"} {
		r := readers.NewRequest(address, Wish(t, "state:TX"), Start().Add(time.Duration(2-i)*time.Hour))
		if err := s.Ask(ctx, r); err != nil {
			t.Fatal(err)
		}
		asked = append(asked, r)
	}
	if diff := cmp.Diff([]readers.Request{asked[1], asked[0]}, of(s.RequestsOf(ctx, "ADA@example.org"))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	must[readers.Reader](t)(s.Confirm(ctx, asked[1].ID, Start().Add(2*time.Hour), 1))
	if got := of(s.RequestsOf(ctx, "ada@example.org")); len(got) != 1 || got[0].ID != asked[0].ID {
		t.Errorf("once one is confirmed: %v", got)
	}
	if err := s.Withdraw(ctx, asked[0].ID); err != nil {
		t.Fatal(err)
	}
	if got := of(s.RequestsOf(ctx, "ada@example.org")); len(got) != 0 {
		t.Errorf("once the other is withdrawn: %v", got)
	}
}

// limitsOf expire.
func limitsOf(t *testing.T, s readers.Store) {
	ctx := t.Context()
	one := readers.Limit{Name: "network", Key: "k", Most: 2, Within: time.Hour}
	for _, tt := range []struct {
		at   time.Duration
		want string
	}{{0, ""}, {time.Minute, ""}, {2 * time.Minute, "network"}, {time.Hour - time.Nanosecond, "network"}, {time.Hour, ""}, {time.Hour, ""}, {time.Hour, "network"}} {
		if got := must[string](t)(s.Take(ctx, []readers.Limit{one}, Start().Add(tt.at))); got != tt.want {
			t.Errorf("after %v it is %q, want %q", tt.at, got, tt.want)
		}
	}
	long := readers.Limit{Name: "long", Key: "long", Most: 1, Within: 1000 * time.Hour}
	if got := must[string](t)(s.Take(ctx, []readers.Limit{long}, Start())); got != "" {
		t.Error(got)
	}
	if got := must[readers.Swept](t)(s.Sweep(ctx, Start().Add(2*time.Hour), 0)); got.Limits != 1 {
		t.Errorf("swept %+v", got)
	}
	if got := must[readers.Swept](t)(s.Sweep(ctx, Start().Add(readers.LimitLife), 0)); got.Limits != 1 {
		t.Errorf("after 72 hours it swept %+v", got)
	}
	none := readers.Limit{Name: "none", Key: "none", Within: time.Hour}
	if got := must[string](t)(s.Take(ctx, []readers.Limit{one, none}, Start())); got != "none" {
		t.Errorf("of nothing it took %q", got)
	}
	if got := must[string](t)(s.Take(ctx, nil, Start())); got != "" {
		t.Error(got)
	}
}

// secretsOf are made once.
func secretsOf(t *testing.T, s readers.Store) {
	one := must[[]byte](t)(s.Secret(t.Context(), readers.SecretLinks))
	again := must[[]byte](t)(s.Secret(t.Context(), readers.SecretLinks))
	other := must[[]byte](t)(s.Secret(t.Context(), readers.SecretCodes))
	if len(one) != 32 || !bytes.Equal(one, again) || bytes.Equal(one, other) {
		t.Errorf("%x, %x, %x", one, again, other)
	}
	if _, err := s.Secret(t.Context(), "NO"); err == nil {
		t.Error("a secret has any name")
	}
	if _, err := s.Following(t.Context(), nil, notify.Daily); err != nil {
		t.Error(err)
	}
}

// proving has a letter written to a reader, which goes with the reader.
func proving(t *testing.T, s readers.Store) {
	ctx := t.Context()
	if err := s.Prove(ctx, readers.NewID(), Start()); !errors.Is(err, readers.ErrNotFound) {
		t.Errorf("a letter to nobody: %v", err)
	}
	r := Signed(ctx, t, s, "ada@example.org", Wish(t, "nation"))
	if err := s.Prove(ctx, r.ID, Start().Add(time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	letters := must[[]readers.Letter](t)(s.Letters(ctx, 10))
	if len(letters) != 1 || letters[0].Kind != readers.LetterOwn || letters[0].Of != r.ID || !letters[0].At.Equal(Start()) {
		t.Errorf("the letters are %+v", letters)
	}
	if err := s.Erase(ctx, r.ID); err != nil {
		t.Fatal(err)
	}
	if left := must[[]readers.Letter](t)(s.Letters(ctx, 10)); len(left) > 0 {
		t.Errorf("letters to one who was erased: %+v", left)
	}
}

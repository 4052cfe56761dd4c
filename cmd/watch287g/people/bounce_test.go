package people

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/watch287g/watch287g/config"
	"github.com/watch287g/watch287g/readers"
	"github.com/watch287g/watch287g/readers/bolt"
	"github.com/watch287g/watch287g/readers/bounce"
	"github.com/watch287g/watch287g/readers/readerstest"
	publicfile "github.com/watch287g/watch287g/store/bolt"
)

// reports notes what the operator is told.
type reports []string

func (r *reports) ReportStopped(_ context.Context, _ bool, why string) error {
	*r = append(*r, "stopped: "+why)
	return nil
}

func (r *reports) ReportMailbox(context.Context, error) error {
	*r = append(*r, "mailbox")
	return nil
}

// TestReturnsLeaveNoAddress reports bounces and complaints of readers, erases them, and
// looks for their addresses in all that is left: what is kept, logged, counted and told.
// What was suppressed still is.
func TestReturnsLeaveNoAddress(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := bolt.Open(t.Context(), filepath.Join(dir, bolt.Name), publicfile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	said, log, told := &bytes.Buffer{}, &bytes.Buffer{}, &reports{}
	now := readerstest.Start().Add(time.Hour)
	r := newReturns(s, readersConfig(t), func(kind string) { said.WriteString(kind + "\n") }, func() time.Time { return now },
		slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	report := Reporter(told)
	r.report.Store(&report)
	names := []string{"unknown.reader", "angry.reader", "full.reader"}
	var all []readers.Reader
	for _, name := range names {
		all = append(all, readerstest.Signed(t.Context(), t, s, name+"@example.org", readerstest.Wish(t, "state:TX")))
	}
	for _, body := range []string{
		`{"events":[{"id":"unknown.reader@example.org 1","type":"hard","address":"unknown.reader@example.org","reason":"550 5.1.1 unknown.reader is not here"},
		{"id":"2","type":"complaint","address":"Angry.Reader@example.org","reason":"angry.reader@example.org says no"},
		{"id":"3","type":"soft","address":"full.reader@example.org","reason":"452 4.2.2 full.reader"}]}`,
		`{"events":[{"id":"4","type":"hard","address":"full.reader"}]}`, `{"events":[{"id":"full.reader@example.org"`,
	} {
		q := httptest.NewRequest(http.MethodPost, bounce.Path, strings.NewReader(body))
		q.Header.Set("Authorization", "Bearer a-secret-of-the-endpoint")
		w := httptest.NewRecorder()
		r.endpoint.ServeHTTP(w, q)
		said.WriteString(w.Body.String())
	}
	for _, one := range all {
		if err := s.Erase(t.Context(), one.ID); err != nil {
			t.Fatal(err)
		}
	}
	is, err := standing(t.Context(), s, func() time.Time { return now })
	if err != nil || is.Mailings.Bounced+is.Mailings.Complained != 0 { // nothing was sent, of which they could be a share
		t.Errorf("%+v, %v", is, err)
	}
	is.print(&Env{Stdout: said})
	found, err := s.Suppressed(t.Context(), "unknown.reader@example.org", "angry.reader@EXAMPLE.org", "full.reader@example.org")
	if err != nil || len(found) != 2 || found["unknown.reader@example.org"].Detail != "5.1.1" {
		t.Errorf("after erasing, these are suppressed: %+v, %v", found, err)
	}
	for item, err := range s.Dump(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		said.WriteString(item.Part + " " + item.Key + " " + string(item.Value) + "\n")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	kept, err := os.ReadFile(filepath.Join(dir, bolt.Name))
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{said.String(), log.String(), strings.Join(*told, "\n"), string(kept)} {
		for _, name := range names {
			if at := strings.Index(strings.ToLower(text), name); at >= 0 {
				t.Errorf("%s is still there: %.80q", name, text[max(0, at-40):])
			}
		}
	}
	if !strings.Contains(said.String(), `{"received":3}`) || strings.Count(said.String(), "suppressions ") != 2 {
		t.Errorf("what was looked through: %s", said)
	}
}

func readersConfig(t *testing.T) *config.Readers {
	t.Helper()
	path := filepath.Join(t.TempDir(), "watch287g.yaml")
	err := os.WriteFile(path, []byte(`
web: {url: "https://287g.example.org"}
readers:
  smtp: smtp://smtp.example.org
  from: 287(g) watch <watch@example.org>
  contact: desk@example.org
  bounces:
    address: bounces@example.org
    secret: a-secret-of-the-endpoint
    imap: imaps://bounces@imap.example.org/Back
    password: a-password-of-the-mailbox
    after: Read
  breaker: {bounces: 7%, resume: 12h}
`), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(path, func(string) (string, bool) { return "", false }, config.Places{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return c.Readers
}

// TestReturnsAsConfigured finds in what is put together what the configuration says.
func TestReturnsAsConfigured(t *testing.T) {
	t.Parallel()
	s, err := bolt.Open(t.Context(), filepath.Join(t.TempDir(), bolt.Name), publicfile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	if readers.MostReturnLocal != 13 {
		t.Error("package config has another bound for the address for bounces")
	}
	told := &reports{}
	now := readerstest.Start()
	r := newReturns(s, readersConfig(t), func(string) {}, func() time.Time { return now }, slog.New(slog.DiscardHandler))
	if kinds := r.kinds(); len(kinds) != 1 || kinds[0].Name != "bounces" {
		t.Errorf("%+v", kinds)
	}
	ours := oursBy(readersConfig(t))
	if !ours("Watch@example.org") || !ours("bounces@example.org") || ours("") || ours("sales@example.org") {
		t.Error("it does not know from where mails come")
	}
	back := func(n int) {
		t.Helper()
		if err := r.desk.Sent(t.Context(), false, 100); err != nil {
			t.Fatal(err)
		}
		for i := range n {
			one := readerstest.Signed(t.Context(), t, s, strings.Repeat("x", i+1)+"@example.org", readerstest.Wish(t, "nation"))
			if err := r.desk.Refused(t.Context(), readers.Sent{ID: one.ID, Address: one.Address, At: now}, "550 5.1.1"); err != nil {
				t.Fatal(err)
			}
		}
	}
	back(7)
	report := Reporter(told)
	r.report.Store(&report)
	halted, err := r.desk.Halted(t.Context(), false)
	if err != nil || halted || len(*told) != 0 {
		t.Errorf("stopped at 7 percent: %t, %v, %q", halted, err, *told)
	}
	strict := *readersConfig(t)
	strict.Breaker.Bounces = 5
	r.configure(&strict)
	if halted, err := r.desk.Halted(t.Context(), false); err != nil || !halted || len(*told) != 1 {
		t.Errorf("not stopped at 5 percent: %t, %v, %q", halted, err, *told)
	}
	resume := &bytes.Buffer{}
	env := &Env{Stdout: resume, Now: func() time.Time { return now }, With: func(_ context.Context, existing bool, do func(readers.Store) error) error {
		if !existing {
			return errors.New("it would make a store")
		}
		return do(s)
	}}
	for range 2 {
		if err := (resumeCmd{}).Run(t.Context(), env); err != nil {
			t.Fatal(err)
		}
	}
	if want := "Mails to readers are sent again, and what came back of those before is not counted anymore.\nNothing is stopped.\n"; resume.String() != want {
		t.Errorf("it says %q", resume)
	}
	if len(*told) != 1 {
		t.Error("the command tells what the service tells")
	}
	if halted, err := r.desk.Halted(t.Context(), false); err != nil || halted || len(*told) != 2 || (*told)[1] != "stopped: " {
		t.Errorf("after the command: %t, %v, %q", halted, err, *told)
	}
}

// TestConfigureWhileMailsComeBack changes how bounces are judged while they are.
func TestConfigureWhileMailsComeBack(t *testing.T) {
	t.Parallel()
	s, err := bolt.Open(t.Context(), filepath.Join(t.TempDir(), bolt.Name), publicfile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	c := readersConfig(t)
	room := &Room{Store: s, returns: newReturns(s, c, func(string) {}, readerstest.Start, slog.New(slog.DiscardHandler))}
	before := config.Config{Readers: c}
	next := *c
	next.Breaker.Bounces, next.Bounces.Soft = 50, 1
	after := config.Config{Readers: &next}
	if keys := KeepUntilRestart(c, &after.Readers); len(keys) > 0 || after.Readers.Breaker != next.Breaker || after.Readers.Bounces.Soft != 1 {
		t.Errorf("it takes a restart to change %v: %+v", keys, after.Readers)
	}
	var both sync.WaitGroup
	both.Go(func() {
		for i := range 20 {
			room.Configure([]config.Config{before, after}[i%2])
		}
	})
	one := readerstest.Signed(t.Context(), t, s, "a@example.org", readerstest.Wish(t, "nation"))
	for range 5 {
		if err := room.returns.desk.Refused(t.Context(), readers.Sent{ID: one.ID, Address: one.Address, At: readerstest.Start()}, "452 4.2.2"); err != nil {
			t.Error(err)
		}
		if _, err := room.returns.desk.Halted(t.Context(), false); err != nil {
			t.Error(err)
		}
	}
	both.Wait()
}

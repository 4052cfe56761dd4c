package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/store/bolt"
)

func TestSecretsStaySecret(t *testing.T) {
	for name, spoil := range map[string]func(*ends){
		"where the other side answers 500 and repeats what it got": func(e *ends) { e.fail = true },
		"where the other side cannot be reached": func(e *ends) {
			e.web.Close()
			e.slack.Close()
			e.hangUp()
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, time.Date(2025, time.June, 2, 13, 0, 0, 0, time.UTC))
			spoil(s.ends)
			s.addSignedInMail()
			p := newPublisher(7)
			s.site.Publish(p.lists(s.clock.now(), 0)...)
			stop := s.start()
			s.expectSilence("the first poll of an empty store")
			for range 2 {
				s.clock.advance(12 * time.Hour)
				p.publish()
				s.site.Publish(p.lists(s.clock.now(), 0)...)
				s.clock.advance(time.Minute)
				s.must("poll")
			}
			s.expectTries()
			s.expectSecrecy()
			stop()
			s.expectSecrecy()
			s.expectHushed(s.stored())
		})
	}
}

// addSignedInMail adds a channel that has a password, for a server that does not
// get it.
func (s *stage) addSignedInMail() {
	s.t.Helper()
	body, err := os.ReadFile(s.config)
	if err != nil {
		s.t.Fatal(err)
	}
	s.write(s.config, string(body)+fmt.Sprintf(`  - name: signed-in
    email: {smtp: "smtp://mailer@%s", password_file: password, from: watch@example.org, to: [dee@example.net]}
`, s.ends.mail))
}

// expectTries waits until each channel was tried for long enough that the
// operator hears of it, and tries all once more by hand.
func (s *stage) expectTries() {
	s.t.Helper()
	tried := func() bool {
		channels := map[string]bool{}
		for _, row := range s.deliveries() {
			const tries = 8 // the column, as words are counted
			channels[row[1]] = channels[row[1]] || row[tries] != "0"
		}
		return len(channels) == 9 && !slices.Contains(slices.Collect(maps.Values(channels)), false)
	}
	s.clock.advance(25 * time.Hour) // over the hours of a digest and of patience
	s.must("deliveries", "retry")
	s.until("each channel was tried", tried)
	for _, name := range []string{"hook", "bot", "members", "all", "texas", "phone", "digest", "on-call", "signed-in"} {
		if status, said := s.do("notify", "test", name); status != statusFailure {
			s.t.Errorf("a test of %s, which does not work: status %d\n%s", name, status, said)
		}
	}
}

// stored is all that the store knows of messages and troubles.
func (s *stage) stored() string {
	s.t.Helper()
	b, err := bolt.Open(filepath.Join(s.data, "watch287g.db"), bolt.Options{})
	if err != nil {
		s.t.Fatal(err)
	}
	defer b.Close() //nolint:errcheck // it was only read
	deliveries, err := b.Deliveries(s.t.Context(), store.DeliveryQuery{})
	incidents, err2 := b.Incidents(s.t.Context())
	said, err3 := json.Marshal([]any{deliveries, incidents})
	if err := errors.Join(err, err2, err3); err != nil {
		s.t.Fatal(err)
	}
	return string(said)
}

// expectSecrecy checks that nothing that the service or a command said holds a
// secret.
func (s *stage) expectSecrecy() {
	s.t.Helper()
	s.must("config", "check")
	for _, name := range []string{"hook", "bot", "members", "all", "texas", "phone", "digest"} {
		s.must("notify", "preview", name)
	}
	s.deliveries()
	s.expectHushed(s.heard.String())
}

func (s *stage) expectHushed(said string) {
	s.t.Helper()
	for _, secret := range hushed() {
		if i := strings.Index(said, secret); i >= 0 {
			s.t.Errorf("%q was said: …%s…", secret, said[max(0, i-200):min(len(said), i+200)])
		}
	}
}

package demo

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/watch"
)

// asTest marks all messages of a channel as tests.
type asTest struct{ notify.Channel }

func (t asTest) Send(ctx context.Context, m notify.Message, done func(part, answer string)) error {
	m.Test = true
	return t.Channel.Send(ctx, m, done)
}

// screen is a channel that prints. What happens and the messages that it causes are
// printed one after the other, each whole.
type screen struct {
	mu  sync.Mutex
	out io.Writer
}

func (s *screen) printf(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fmt.Fprintf(s.out, format, args...)
}

// poll runs a poll and says how it went before any of its messages is printed.
func (s *screen) poll(ctx context.Context, w *watch.Watcher, title string, at time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := w.Poll(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "── %s. %s\n   poll: %s: %s\n\n", prose.English.Day(at), title, r.Outcome, r.Sentence)
	return nil
}

// Send prints a message.
func (s *screen) Send(_ context.Context, m notify.Message, _ func(part, answer string)) error {
	to := "message"
	if m.Delivery.Notice != nil {
		to = "message to the operator"
	}
	var b strings.Builder
	for line := range strings.Lines(strings.TrimSpace(notify.Compose(m, notify.Links{}).Text())) {
		b.WriteString(strings.TrimRight("   │ "+strings.TrimSuffix(line, "\n"), " ") + "\n")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := fmt.Fprintf(s.out, "   ┌ %s\n%s   └\n\n", to, b.String()); err != nil {
		return fmt.Errorf("printing: %w", err)
	}
	return nil
}

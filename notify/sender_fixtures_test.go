package notify_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/roster"
)

var errBusy = errors.New("500 Internal Server Error")

// fakeChannel is a channel that sends nothing. It notes what arrives, and whether two sends overlap.
type fakeChannel struct {
	// behave says how a send goes; nil: one part, "all", is through at once.
	behave func(ctx context.Context, m notify.Message, done func(part, answer string)) error

	mu      sync.Mutex
	began   []notify.Message
	times   []time.Time
	running int
	most    int // that ran at once
}

func (p *fakeChannel) Send(ctx context.Context, m notify.Message, done func(part, answer string)) error {
	p.mu.Lock()
	p.began, p.times = append(p.began, m), append(p.times, time.Now())
	p.running++
	p.most = max(p.most, p.running)
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.running--
	}()
	if p.behave == nil {
		done("all", "answer to "+m.Delivery.ID)
		return nil
	}
	return p.behave(ctx, m, done)
}

// seqs are the numbers of the deliveries that sends began for.
func (p *fakeChannel) seqs() []uint64 {
	var all []uint64
	for _, m := range p.messages() {
		all = append(all, m.Delivery.Seq)
	}
	return all
}

// messages are those that sends began for.
func (p *fakeChannel) messages() []notify.Message {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.began)
}

// runs is how many sends are under way, and overlap how many ever were at once.
func (p *fakeChannel) runs() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.running
}

func (p *fakeChannel) overlap() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.most
}

// at is when the send with this index began.
func (p *fakeChannel) at(i int) time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.times[i]
}

// always fails every send with err.
func always(err error) *fakeChannel {
	return &fakeChannel{behave: func(context.Context, notify.Message, func(string, string)) error { return err }}
}

// slow takes a while for each send, and heeds its context.
func slow(d time.Duration) *fakeChannel {
	return &fakeChannel{behave: func(ctx context.Context, _ notify.Message, done func(string, string)) error {
		select {
		case <-time.After(d):
			done("all", "")
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}}
}

// senderTest runs f in a bubble of fake time, and sees that nothing is left running.
func senderTest(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	current := goleak.IgnoreCurrent()
	synctest.Test(t, func(t *testing.T) {
		t.Cleanup(func() { time.Sleep(2 * time.Hour) }) // as long as a Send that ignores its context takes
		f(t)
	})
	goleak.VerifyNone(t, current)
}

// running is a sender at work.
type running struct {
	*notify.Sender
	cancel  context.CancelFunc
	result  chan error
	stopped bool
}

func run(t *testing.T, o notify.SenderOptions) *running {
	ctx, cancel := context.WithCancel(context.Background())
	r := &running{Sender: notify.NewSender(o), cancel: cancel, result: make(chan error, 1)}
	go func() { r.result <- r.Run(ctx) }()
	t.Cleanup(func() {
		if !r.stopped {
			if err := r.stop(); err != nil {
				t.Errorf("Run: %v", err)
			}
		}
	})
	return r
}

func (r *running) stop() error {
	r.stopped = true
	r.cancel()
	return <-r.result
}

// after lets time pass, until nothing moves anymore.
func after(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// alertLog collects the alerts to the operator.
type alertLog struct {
	mu  sync.Mutex
	all []notify.OperatorAlert
	at  []time.Time
}

func (l *alertLog) add(t notify.OperatorAlert) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all, l.at = append(l.all, t), append(l.at, time.Now())
}

func (l *alertLog) kinds() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var all []string
	for _, t := range l.all {
		all = append(all, t.Kind+" "+t.Channel)
	}
	return strings.Join(all, ", ")
}

func channels(named map[string]*fakeChannel) map[string]notify.Channel {
	all := map[string]notify.Channel{}
	for name, p := range named {
		all[name] = p
	}
	return all
}

func later(d roster.Delivery, by time.Duration) roster.Delivery {
	d.DueAt = d.DueAt.Add(by)
	return d
}

// lines is a log.
type lines struct {
	mu  sync.Mutex
	all []string
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all = append(l.all, string(p))
	return len(p), nil
}

// count says how many lines contain a text.
func (l *lines) count(text string) (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, line := range l.all {
		if strings.Contains(line, text) {
			n++
		}
	}
	return n
}

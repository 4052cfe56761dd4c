package notify_test

import (
	"context"
	"errors"
	"flag"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/roster"
)

var senderSeed = flag.Uint64("sender.seed", 0, "repeat TestSenderLosesNothing with this seed")

// TestSenderLosesNothing sends through services that fail in every way, from a
// store that fails, by senders that are killed at any moment.
func TestSenderLosesNothing(t *testing.T) {
	seed := *senderSeed
	if seed == 0 {
		seed = rand.Uint64()
	}
	t.Logf("-sender.seed=%d", seed)
	senderTest(t, func(t *testing.T) {
		w := &world{queue: newMemoryQueue(), random: rand.New(rand.NewPCG(seed, 287)), arrivals: map[partOf][]arrival{}, last: map[string]uint64{}, t: t}
		var dead []chan struct{}
		for range 40 {
			for range w.intn(12) {
				due := time.Now().Add(time.Duration(w.intn(3)) * time.Minute)
				w.queue.add(roster.Delivery{Channel: worldChannels[w.intn(len(worldChannels))], DueAt: due})
			}
			life := w.start()
			time.Sleep(time.Duration(w.intn(40_000)) * time.Millisecond)
			dead = append(dead, life.kill())
		}
		w.calm.Store(true)
		life := w.start()
		after(6 * time.Hour)
		dead = append(dead, life.kill())
		for _, gone := range dead {
			<-gone
		}
		w.check()
	})
}

var worldChannels = []string{"slack", "email", "webhook", "chat", "phone"}

// partOf is a part of a delivery.
type partOf struct{ id, part string }

// arrival is a part's arrival at a service.
type arrival struct {
	life *life // of the sender that sent it
	lost bool  // so was the answer
}

// world is what outlives a sender: the queue and the services.
type world struct {
	t        *testing.T
	queue    *memoryQueue
	calm     atomic.Bool // nothing fails any more
	mu       sync.Mutex
	random   *rand.Rand
	arrivals map[partOf][]arrival
	last     map[string]uint64 // Seq of what arrived last, by channel
}

func (w *world) intn(n int) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.random.IntN(n)
}

// life is one sender's, up to its kill. After that nothing that it does counts.
type life struct {
	*memoryQueue
	world   *world
	killed  atomic.Bool
	cancel  context.CancelFunc
	gone    chan struct{}
	settled map[partOf]bool // under world.mu
}

var errKilled = errors.New("killed")

func (w *world) start() *life {
	ctx, cancel := context.WithCancel(context.Background())
	l := &life{memoryQueue: w.queue, world: w, cancel: cancel, gone: make(chan struct{}), settled: map[partOf]bool{}}
	all := map[string]notify.Channel{}
	for _, name := range worldChannels {
		all[name] = l
	}
	s := notify.NewSender(notify.SenderOptions{Queue: l, Channels: all, Grace: time.Nanosecond})
	go func() {
		defer close(l.gone)
		_ = s.Run(ctx) // a dead sender's complaints concern nobody
	}()
	return l
}

func (l *life) kill() (gone chan struct{}) {
	l.killed.Store(true)
	l.cancel()
	return l.gone
}

func (l *life) NextPending(ctx context.Context, channels ...string) ([]roster.Delivery, error) {
	if l.killed.Load() || l.fails(20) {
		return nil, errKilled
	}
	return l.memoryQueue.NextPending(ctx, channels...)
}

// SaveProgress fails now and then, also after it has written.
func (l *life) SaveProgress(ctx context.Context, ds ...roster.Delivery) error {
	time.Sleep(time.Duration(l.world.intn(20)) * time.Millisecond)
	if l.killed.Load() || l.fails(20) {
		return errKilled
	}
	if err := l.memoryQueue.SaveProgress(ctx, ds...); err != nil {
		return err
	}
	l.world.mu.Lock()
	for _, r := range ds[0].Receipts {
		l.settled[partOf{ds[0].ID, r.Part}] = true
	}
	l.world.mu.Unlock()
	if l.fails(20) {
		return errKilled
	}
	return nil
}

// fails is true once in n times, until all is calm.
func (l *life) fails(n int) bool { return !l.world.calm.Load() && l.world.intn(n) == 0 }

// Send is the service of every channel.
func (l *life) Send(ctx context.Context, m notify.Message, done func(part, answer string)) error {
	for _, part := range []string{"1", "2", "3"}[:1+m.Delivery.Seq%3] {
		if m.Delivery.Done(part) {
			continue
		}
		if err := l.sendPart(ctx, m.Delivery, part); err != nil {
			return err
		}
		done(part, "")
	}
	return nil
}

func (l *life) sendPart(ctx context.Context, d roster.Delivery, part string) error {
	l.takeTime()
	fault := ""
	if l.fails(3) {
		fault = []string{"500", "429", "hang", "panic", "close", "no answer"}[l.world.intn(6)]
	}
	switch fault {
	case "500":
		return errBusy
	case "429":
		return &notify.Failure{Err: errors.New("429"), RetryAfter: time.Duration(l.world.intn(30)) * time.Second}
	case "hang":
		<-ctx.Done()
		return ctx.Err()
	case "panic":
		panic("at random")
	}
	l.world.arrive(d, part, arrival{life: l, lost: fault != ""})
	switch fault {
	case "close":
		return errors.New("connection reset by peer")
	case "no answer":
		<-ctx.Done()
		return ctx.Err()
	}
	l.takeTime()
	return nil
}

func (l *life) takeTime() { time.Sleep(time.Duration(l.world.intn(1500)) * time.Millisecond) }

// arrive notes what got to a service, and that it is in order.
func (w *world) arrive(d roster.Delivery, part string, a arrival) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if a.life.killed.Load() {
		return // the process was gone before it sent
	}
	if d.Seq < w.last[d.Channel] {
		w.t.Errorf("%s: %d arrived after %d", d.Channel, d.Seq, w.last[d.Channel])
	}
	w.last[d.Channel] = d.Seq
	key := partOf{d.ID, part}
	w.arrivals[key] = append(w.arrivals[key], a)
}

// check sees that all arrived, and that what arrived twice had to.
func (w *world) check() {
	var parts, doubles int
	for _, d := range w.queue.all {
		if d.State != roster.DeliverySent {
			w.t.Errorf("%s is %s: %s", d.ID, d.State, d.LastError)
		}
		for _, part := range []string{"1", "2", "3"}[:1+d.Seq%3] {
			key := partOf{d.ID, part}
			all := w.arrivals[key]
			if len(all) == 0 || !d.Done(part) {
				w.t.Errorf("%v was lost", key)
				continue
			}
			parts, doubles = parts+1, doubles+len(all)-1
			for _, a := range all[:len(all)-1] {
				killedBetween := a.life.killed.Load() && !a.life.settled[key]
				if !a.lost && !killedBetween {
					w.t.Errorf("%v was sent again though its receipt was stored", key)
				}
			}
			delete(w.arrivals, key)
		}
	}
	if len(w.arrivals) > 0 {
		w.t.Errorf("arrived under ids that nobody sent: %v", slices.Collect(maps.Keys(w.arrivals)))
	}
	w.t.Logf("%d deliveries in %d parts, %d of them twice", len(w.queue.all), parts, doubles)
}

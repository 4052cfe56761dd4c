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
		sim := &simulation{queue: newMemoryQueue(), random: rand.New(rand.NewPCG(seed, 287)), arrivals: map[partOf][]arrival{}, last: map[string]uint64{}, t: t}
		var dead []chan struct{}
		for range 40 {
			for range sim.intn(12) {
				due := time.Now().Add(time.Duration(sim.intn(3)) * time.Minute)
				sim.queue.add(roster.Delivery{Channel: simulatedChannels[sim.intn(len(simulatedChannels))], DueAt: due})
			}
			p := sim.start()
			time.Sleep(time.Duration(sim.intn(40_000)) * time.Millisecond)
			dead = append(dead, p.kill())
		}
		sim.calm.Store(true)
		p := sim.start()
		after(6 * time.Hour)
		dead = append(dead, p.kill())
		for _, gone := range dead {
			<-gone
		}
		sim.check()
	})
}

var simulatedChannels = []string{"slack", "email", "webhook", "chat", "phone"}

// partOf is a part of a delivery.
type partOf struct{ id, part string }

// arrival is a part's arrival at a service.
type arrival struct {
	process *process // of the sender that sent it
	lost    bool     // so was the answer
}

// simulation is what outlives a sender: the queue and the services.
type simulation struct {
	t        *testing.T
	queue    *memoryQueue
	calm     atomic.Bool // nothing fails anymore
	mu       sync.Mutex
	random   *rand.Rand
	arrivals map[partOf][]arrival
	last     map[string]uint64 // Seq of what arrived last, by channel
}

func (sim *simulation) intn(n int) int {
	sim.mu.Lock()
	defer sim.mu.Unlock()
	return sim.random.IntN(n)
}

// process is one sender until it is killed. Nothing that it does afterward counts.
type process struct {
	*memoryQueue
	simulation *simulation
	killed     atomic.Bool
	cancel     context.CancelFunc
	gone       chan struct{}
	saved      map[partOf]bool // under simulation.mu
}

var errKilled = errors.New("killed")

func (sim *simulation) start() *process {
	ctx, cancel := context.WithCancel(context.Background())
	p := &process{memoryQueue: sim.queue, simulation: sim, cancel: cancel, gone: make(chan struct{}), saved: map[partOf]bool{}}
	all := map[string]notify.Channel{}
	for _, name := range simulatedChannels {
		all[name] = p
	}
	s := notify.NewSender(notify.SenderOptions{Queue: p, Channels: all, Grace: time.Nanosecond})
	go func() {
		defer close(p.gone)
		_ = s.Run(ctx) // the error of a killed sender does not matter
	}()
	return p
}

func (p *process) kill() (gone chan struct{}) {
	p.killed.Store(true)
	p.cancel()
	return p.gone
}

func (p *process) NextPending(ctx context.Context, channels ...string) ([]roster.Delivery, error) {
	if p.killed.Load() || p.fails(20) {
		return nil, errKilled
	}
	return p.memoryQueue.NextPending(ctx, channels...)
}

func (p *process) Enqueue(ctx context.Context, ds []roster.Delivery, incidents []roster.Incident) error {
	if p.killed.Load() || p.fails(20) {
		return errKilled
	}
	return p.memoryQueue.Enqueue(ctx, ds, incidents)
}

// SaveProgress fails now and then, also after it has written.
func (p *process) SaveProgress(ctx context.Context, ds ...roster.Delivery) error {
	time.Sleep(time.Duration(p.simulation.intn(20)) * time.Millisecond)
	if p.killed.Load() || p.fails(20) {
		return errKilled
	}
	if err := p.memoryQueue.SaveProgress(ctx, ds...); err != nil {
		return err
	}
	p.simulation.mu.Lock()
	for _, r := range ds[0].Receipts {
		p.saved[partOf{ds[0].ID, r.Part}] = true
	}
	p.simulation.mu.Unlock()
	if p.fails(20) {
		return errKilled
	}
	return nil
}

// fails is true once in n times, until all is calm.
func (p *process) fails(n int) bool { return !p.simulation.calm.Load() && p.simulation.intn(n) == 0 }

// Send is the service of every channel.
func (p *process) Send(ctx context.Context, m notify.Message, done func(part, answer string)) error {
	for _, part := range []string{"1", "2", "3"}[:1+m.Delivery.Seq%3] {
		if m.Delivery.Done(part) {
			continue
		}
		if err := p.sendPart(ctx, m.Delivery, part); err != nil {
			return err
		}
		done(part, "")
	}
	return nil
}

func (p *process) sendPart(ctx context.Context, d roster.Delivery, part string) error {
	p.takeTime()
	fault := ""
	if p.fails(3) {
		fault = []string{"500", "429", "hang", "panic", "close", "no answer"}[p.simulation.intn(6)]
	}
	switch fault {
	case "500":
		return errBusy
	case "429":
		return &notify.Failure{Err: errors.New("429"), RetryAfter: time.Duration(p.simulation.intn(30)) * time.Second}
	case "hang":
		<-ctx.Done()
		return ctx.Err()
	case "panic":
		panic("at random")
	}
	p.simulation.arrive(d, part, arrival{process: p, lost: fault != ""})
	switch fault {
	case "close":
		return errors.New("connection reset by peer")
	case "no answer":
		<-ctx.Done()
		return ctx.Err()
	}
	p.takeTime()
	return nil
}

func (p *process) takeTime() { time.Sleep(time.Duration(p.simulation.intn(1500)) * time.Millisecond) }

// arrive notes what got to a service, and that it is in order.
func (sim *simulation) arrive(d roster.Delivery, part string, a arrival) {
	sim.mu.Lock()
	defer sim.mu.Unlock()
	if a.process.killed.Load() {
		return // the process was gone before it sent
	}
	if d.Seq < sim.last[d.Channel] {
		sim.t.Errorf("%s: %d arrived after %d", d.Channel, d.Seq, sim.last[d.Channel])
	}
	sim.last[d.Channel] = d.Seq
	key := partOf{d.ID, part}
	sim.arrivals[key] = append(sim.arrivals[key], a)
}

// check sees that all arrived, and that what arrived twice had to.
func (sim *simulation) check() {
	var parts, doubles int
	for _, d := range sim.queue.all {
		if d.State != roster.DeliverySent {
			sim.t.Errorf("%s is %s: %s", d.ID, d.State, d.LastError)
		}
		for _, part := range []string{"1", "2", "3"}[:1+d.Seq%3] {
			key := partOf{d.ID, part}
			all := sim.arrivals[key]
			if len(all) == 0 || !d.Done(part) {
				sim.t.Errorf("%v was lost", key)
				continue
			}
			parts, doubles = parts+1, doubles+len(all)-1
			for _, a := range all[:len(all)-1] {
				killedBetween := a.process.killed.Load() && !a.process.saved[key]
				if !a.lost && !killedBetween {
					sim.t.Errorf("%v was sent again though its receipt was saved", key)
				}
			}
			delete(sim.arrivals, key)
		}
	}
	if len(sim.arrivals) > 0 {
		sim.t.Errorf("arrived under ids that nobody sent: %v", slices.Collect(maps.Keys(sim.arrivals)))
	}
	sim.t.Logf("%d deliveries in %d parts, %d of them twice", len(sim.queue.all), parts, doubles)
}

package river_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/watch287g/watch287g/internal/pgtest"
	"github.com/watch287g/watch287g/jobs"
	"github.com/watch287g/watch287g/jobs/river"
	"github.com/watch287g/watch287g/store/postgres"
)

// database returns the URL of a database with River's tables.
func database(t *testing.T) (s *pgtest.Server, address string) {
	t.Helper()
	s = pgtest.Need(t)
	return s, prepare(t, s)
}

// prepare makes a database with River's tables.
func prepare(t *testing.T, s *pgtest.Server) (address string) {
	t.Helper()
	address = s.Database(t)
	kept, err := postgres.Open(t.Context(), address, postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := kept.Close(); err != nil {
		t.Fatal(err)
	}
	return address
}

func connect(t *testing.T, address string) *pgxpool.Pool {
	t.Helper()
	pool, err := pgxpool.New(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return pool
}

// world is what the processes of a fleet work at: messages by channel, each of which is
// done in its order, and takes a while. It stands for the store, and never fails.
type world struct {
	t     *testing.T
	mu    sync.Mutex
	left  map[string]int    // how many wait
	now   map[string]string // who is at a key
	did   []did
	takes time.Duration
}

// did is that a process did a key's nth message.
type did struct {
	node, key string
	left      int
	at        time.Time
}

func newWorld(t *testing.T, takes time.Duration) *world {
	return &world{t: t, left: map[string]int{}, now: map[string]string{}, takes: takes}
}

func (w *world) put(key string, n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.left[key] += n
}

func (w *world) kind(name, node string) jobs.Kind {
	return jobs.Kind{Name: name, Grace: time.Second, Next: func(_ context.Context, keys ...string) ([]jobs.Task, error) {
		w.mu.Lock()
		defer w.mu.Unlock()
		var tasks []jobs.Task
		for key, n := range w.left {
			if n > 0 && (len(keys) == 0 || slices.Contains(keys, key)) {
				tasks = append(tasks, jobs.Task{Key: key, At: time.Now(), Do: func(ctx context.Context) error { return w.do(ctx, node, key, n) }})
			}
		}
		return tasks, nil
	}}
}

// do does a message, unless it is stopped. Nobody else may be at the key.
func (w *world) do(ctx context.Context, node, key string, n int) error {
	w.mu.Lock()
	if other := w.now[key]; other != "" {
		w.t.Errorf("%s and %s are at %s at once", node, other, key)
	}
	if w.left[key] != n {
		w.t.Errorf("%s is at %s, message %d, and %d wait", node, key, n, w.left[key])
	}
	w.now[key] = node
	w.mu.Unlock()
	defer func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.now[key] = ""
	}()
	select {
	case <-ctx.Done():
		return nil
	case <-time.After(w.takes):
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.left[key]--
	w.did = append(w.did, did{node, key, n, time.Now()})
	return nil
}

// all is what was done.
func (w *world) all() []did {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.did)
}

// wait waits until something is so.
func (w *world) wait(what string, within time.Duration, is func() bool) time.Duration {
	w.t.Helper()
	began := time.Now()
	for !is() {
		if time.Since(began) > within {
			w.t.Fatalf("%s: not within %s; done: %v", what, within, w.all())
		}
		time.Sleep(5 * time.Millisecond)
	}
	return time.Since(began)
}

func (w *world) empty() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, n := range w.left {
		if n > 0 {
			return false
		}
	}
	return true
}

// node is a process of the fleet, with a way to the database of its own.
type node struct {
	name string
	*river.Fleet
	*pgtest.Proxy
	stop func()
}

func (w *world) node(name, address string, works ...string) *node {
	w.t.Helper()
	proxy, through := pgtest.Behind(w.t, address)
	n := &node{name: name, Proxy: proxy}
	log := slog.New(slog.DiscardHandler)
	if os.Getenv("FLEET_LOG") != "" {
		log = slog.New(slog.NewTextHandler(os.Stderr, nil)).With("node", name)
	}
	var err error
	n.Fleet, err = river.New(river.Options{Pool: connect(w.t, through), PollOnly: strings.Contains(address, "exec_mode"), Kinds: []jobs.Kind{w.kind("send", name)}, Works: works, Log: log})
	if err != nil {
		w.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- n.Run(ctx) }()
	n.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			w.t.Errorf("%s: %v", name, err)
		}
	})
	w.t.Cleanup(n.stop)
	return n
}

// busy is who is at a key.
func (w *world) busy(key string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now[key]
}

// Each channel's messages are done in order and by one process at a time, the channels
// side by side and by all processes, whoever is stopped meanwhile.
func TestFleetSharesTheWork(t *testing.T) {
	t.Parallel()
	_, address := database(t)
	w := newWorld(t, 5*time.Millisecond)
	nodes := map[string]*node{}
	for _, name := range []string{"a", "b", "c"} {
		nodes[name] = w.node(name, address, "send")
	}
	for i := range 8 {
		w.put(fmt.Sprint("channel", i), 50)
	}
	nodes["a"].Kick()
	w.wait("half of it is done", 20*time.Second, func() bool { return len(w.all()) > 200 })
	nodes["b"].stop()
	for i := range 12 {
		w.put(fmt.Sprint("later", i), 1)
		time.Sleep(100 * time.Millisecond)
	}
	w.wait("all is done", 20*time.Second, w.empty)
	by := map[string]int{}
	for _, d := range w.all() {
		by[d.node]++
	}
	if len(w.all()) != 412 || len(by) < 2 {
		t.Errorf("done: %d, by %v", len(w.all()), by)
	}
}

// Whatever becomes of the process that was at it, another one goes on within 15
// seconds, and not before the first has ended.
func TestFleetTakesOver(t *testing.T) {
	t.Parallel()
	var wg sync.WaitGroup
	defer wg.Wait()
	for name, harm := range map[string]func(ctx context.Context, n *node, super *pgxpool.Pool) error{
		"cut off": func(_ context.Context, n *node, _ *pgxpool.Pool) error {
			n.Cut()
			return nil
		},
		"hangs": func(_ context.Context, n *node, _ *pgxpool.Pool) error {
			n.Hang()
			return nil
		},
		"loses its locks alone": func(ctx context.Context, n *node, super *pgxpool.Pool) error {
			_, err := super.Exec(ctx, `SELECT pg_terminate_backend(a.pid) FROM pg_stat_activity a JOIN pg_locks l USING (pid)
				WHERE a.datname = current_database() AND l.locktype = 'advisory'`)
			return err
		},
	} {
		wg.Go(func() {
			t.Run(name, func(t *testing.T) { // at once, on however few processors
				s, address := database(t)
				u, err := url.Parse(address)
				if err != nil {
					t.Fatal(err)
				}
				super := connect(t, s.Superuser(u.Path[1:]))
				w := newWorld(t, time.Second)
				nodes := map[string]*node{"a": w.node("a", address, "send"), "b": w.node("b", address, "send")}
				w.put("channel", 1000)
				w.wait("one is at it", 10*time.Second, func() bool { return len(w.all()) > 0 && w.busy("channel") != "" })
				at := w.busy("channel")
				harmed := time.Now()
				if err := harm(t.Context(), nodes[at], super); err != nil {
					t.Fatal(err)
				}
				// The one that is at it ends what it has begun; then there is nobody for a while.
				w.wait("it stops", 10*time.Second, func() bool { return w.busy("channel") == "" })
				w.wait("one is at it again", 15*time.Second, func() bool { return w.busy("channel") != "" && time.Since(harmed) > 2*time.Second })
				if took := time.Since(harmed); took > 15*time.Second {
					t.Errorf("it took %s", took)
				} else {
					t.Logf("%s: taken over after %s", name, took)
				}
				nodes[at].Mend()
			})
		})
	}
}

// What a process does not know, it leaves for those who do; and one that works nothing
// puts into the queue what others work.
func TestFleetOfTwoVersions(t *testing.T) {
	t.Parallel()
	_, address := database(t)
	w := newWorld(t, time.Millisecond)
	old := w.node("old", address, "send") // it leads, as it is the first
	w.put("channel", 1)
	w.wait("the old one works", 10*time.Second, w.empty)

	pool := connect(t, address)
	asks, err := river.New(river.Options{Pool: pool, Kinds: []jobs.Kind{w.kind("mail", "asks")}, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	w.put("letter", 1) // of a kind that the old one does not have
	if err := asks.Ask(t.Context()); err != nil {
		t.Fatal(err)
	}
	time.Sleep(2 * time.Second)
	var state string
	if err := pool.QueryRow(t.Context(), "SELECT state FROM "+river.Schema+".river_job WHERE kind = 'mail'").Scan(&state); err != nil || state != "available" {
		t.Errorf("the new kind's job is %s: %v", state, err)
	}
	old.stop()
}

// A database that restarts stops the work for as long as it is gone, and no longer.
func TestFleetOutlastsTheDatabase(t *testing.T) {
	t.Parallel()
	s := pgtest.Start(t, "synchronous_commit=on") // or who runs a job is forgotten with the rest
	address := prepare(t, s)
	w := newWorld(t, 20*time.Millisecond)
	w.node("a", address, "send")
	w.node("b", address, "send")
	w.put("one", 100)
	w.put("other", 100)
	w.wait("they work", 10*time.Second, func() bool { return len(w.all()) > 20 })
	s.Kill(t)
	s.Run(t)
	up := time.Now()
	before := len(w.all())
	w.wait("they work again", 15*time.Second, func() bool { return len(w.all()) > before })
	t.Logf("after a restart of the database: %s", time.Since(up))
	w.wait("all is done", 30*time.Second, w.empty)
}

// What a command has begun goes on for a moment after the database has forgotten its
// locks. Nobody begins the same before it has ended.
func TestFleetOutlastsCommands(t *testing.T) {
	t.Parallel()
	s, address := database(t)
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, time.Millisecond)
	command, err := river.New(river.Options{Pool: connect(t, address), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	began := make(chan bool)
	ended := make(chan error, 1)
	go func() {
		ended <- command.Hold(t.Context(), "send", "channel", func() {}, func(ctx context.Context) error {
			close(began)
			w.put("channel", 1)
			w.mu.Lock()
			w.now["channel"] = "command"
			w.mu.Unlock()
			<-ctx.Done()
			w.mu.Lock()
			defer w.mu.Unlock()
			w.now["channel"] = ""
			return nil
		})
	}()
	<-began
	w.node("node", address, "send")
	if _, err := connect(t, s.Superuser(u.Path[1:])).Exec(t.Context(), `SELECT pg_terminate_backend(a.pid) FROM pg_stat_activity a JOIN pg_locks l USING (pid)
		WHERE a.datname = current_database() AND l.locktype = 'advisory'`); err != nil {
		t.Fatal(err)
	}
	w.wait("the node goes on", 15*time.Second, w.empty)
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// What an operator has done waits for the process that is at it, and goes before the
// next; and a process that does not stay leaves what is another one's.
func TestFleetOfCommands(t *testing.T) {
	t.Parallel()
	_, address := database(t)
	w := newWorld(t, 50*time.Millisecond)
	n := w.node("node", address, "send")
	command, err := river.New(river.Options{Pool: connect(t, address), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	w.put("busy", 20)
	w.wait("the node is at it", 10*time.Second, func() bool { return w.busy("busy") == "node" })
	once := jobs.NewLocal(command.Guard(w.kind("send", "command")), time.Now, slog.New(slog.DiscardHandler))
	if err := once.RunOnce(t.Context()); err != nil {
		t.Error(err)
	}
	held := false
	err = command.Hold(t.Context(), "send", "busy", func() {}, func(ctx context.Context) error {
		held = true
		if by := w.busy("busy"); by != "" {
			t.Errorf("%s is at it as well", by)
		}
		w.put("busy", 5)
		n.Kick()
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
			return ctx.Err()
		}
		if by := w.busy("busy"); by != "" {
			t.Errorf("%s is at it as well", by)
		}
		return nil
	})
	if err != nil || !held {
		t.Errorf("held: %t, %v", held, err)
	}
	w.wait("the node goes on", 10*time.Second, w.empty)
	n.stop()
	w.put("idle", 3)
	once = jobs.NewLocal(command.Guard(w.kind("send", "command")), time.Now, slog.New(slog.DiscardHandler))
	if err := once.RunOnce(t.Context()); err != nil || !w.empty() {
		t.Errorf("where no node runs: %v", err)
	}
	for _, d := range w.all() {
		if d.node == "command" != (d.key == "idle") {
			t.Errorf("%s did %s", d.node, d.key)
		}
	}
}

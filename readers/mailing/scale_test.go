package mailing_test

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"iter"
	"log/slog"
	"math/rand/v2"
	netmail "net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/internal/archivetest"
	"github.com/watch287g/watch287g/internal/pgtest"
	"github.com/watch287g/watch287g/jobs"
	"github.com/watch287g/watch287g/jobs/river"
	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/notify/letter"
	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/readers"
	"github.com/watch287g/watch287g/readers/bolt"
	"github.com/watch287g/watch287g/readers/mailing"
	"github.com/watch287g/watch287g/readers/postgres"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
	file "github.com/watch287g/watch287g/store/bolt"
	database "github.com/watch287g/watch287g/store/postgres"
)

var scale = flag.Int("readers.scale", 0, "measure the mailings for so many readers, as `number`, on PostgreSQL with River, and for a twentieth on bolt")

// The work is done by a process of its own, so that its memory is not the test's.
const (
	envWork   = "WATCH287G_SCALE_WORK"   // what the process does
	envReader = "WATCH287G_SCALE_STORE"  // a URL, or a file
	envYear   = "WATCH287G_SCALE_YEAR"   // a store with the year's changes
	envPort   = "WATCH287G_SCALE_PORT"   // of the mail server
	envNow    = "WATCH287G_SCALE_NOW"    // by the clock of the day
	envSigner = "WATCH287G_SCALE_SIGNER" // a key's kind, or ""
	envAlert  = "WATCH287G_SCALE_ALERT"  // the county of an agreement that is new from the beginning, or ""
)

func TestMain(m *testing.M) {
	if work := os.Getenv(envWork); work != "" {
		if err := scaled(work); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// day are the changes up to the evening of a day of the year; what comes later is
// published by commit.
type day struct {
	*file.Store
	lists
}

func (d *day) Changes(ctx context.Context, q store.ChangeQuery) ([]roster.Change, error) {
	return d.lists.Changes(ctx, q)
}

func (d *day) ChangesAt(ctx context.Context, seqs []uint64) ([]roster.Change, error) {
	return d.lists.ChangesAt(ctx, seqs)
}

func (d *day) Known(ctx context.Context) (roster.Snapshot, error) {
	if d.Store == nil {
		return d.lists.Known(ctx)
	}
	return d.Store.Known(ctx)
}

// thatDay is the busiest of the year's days: ICE's list grew by 43 agreements.
func thatDay() (from, to time.Time) {
	from = time.Date(2025, 2, 26, 0, 0, 0, 0, roster.Washington())
	return from, from.AddDate(0, 0, 1)
}

// dayOf reads the changes until the end of the day, and how many there were before it.
func dayOf(ctx context.Context, path string) (*day, uint64, error) {
	s, err := file.Open(path, file.Options{ReadOnly: true})
	if err != nil {
		return nil, 0, err
	}
	all, err := s.Changes(ctx, store.ChangeQuery{})
	d, before := &day{Store: s}, uint64(0)
	from, to := thatDay()
	for _, c := range all {
		if c.DetectedAt.Before(to) {
			d.changes = append(d.changes, c)
		}
		if c.DetectedAt.Before(from) {
			before = c.Seq
		}
	}
	return d, before, err
}

// worker is what a process measures with.
type worker struct {
	store  readers.Store
	day    *day
	mailer *mailing.Mailer
	fleet  *river.Fleet // nil on bolt
	o      mailing.Options
}

func newWorker(ctx context.Context) (*worker, error) {
	w := &worker{}
	var err error
	w.day = &day{}
	if year := os.Getenv(envYear); year != "" {
		if w.day, _, err = dayOf(ctx, year); err != nil {
			return nil, err
		}
	}
	var db *database.Store
	if address := os.Getenv(envReader); strings.HasPrefix(address, "postgres") {
		if db, err = database.Open(ctx, address, database.Options{}); err != nil {
			return nil, err
		}
		w.store, err = postgres.Open(ctx, db, postgres.Options{})
	} else {
		w.store, err = bolt.Open(ctx, address, file.Options{})
	}
	if err != nil {
		return nil, err
	}
	port, _ := strconv.Atoi(os.Getenv(envPort))
	server, err := letter.NewServer(letter.ServerConfig{Host: "127.0.0.1", Port: port, Security: letter.SecurityPlain, Domain: "example.org"})
	if err != nil {
		return nil, err
	}
	began, _ := strconv.ParseInt(os.Getenv(envNow), 10, 64)
	start := time.Now()
	w.o = mailing.Options{Store: w.store, Changes: w.day, Desk: &desk{sent: map[bool]int{}}, Server: server, From: &netmail.Address{Address: "watch@example.org"},
		Bounce: "bounces@example.org", Sender: "287(g) Watch, 1 Main Street, Springfield, IL 62701", Links: notify.Links{Base: "https://287g.example.org"},
		Deliver: deliver(), Now: func() time.Time { return time.Unix(began, 0).Add(time.Since(start)) }, Log: slog.New(slog.NewTextHandler(os.Stderr, nil))}
	if kind := os.Getenv(envSigner); kind != "" {
		w.o.Signer = signerOf(kind)
	}
	if w.mailer, err = mailing.New(ctx, w.o); err != nil || db == nil {
		return w, err
	}
	kind := w.mailer.Kind()
	w.fleet, err = river.New(river.Options{Pool: db.Pool(), Kinds: []jobs.Kind{kind}, Works: []string{kind.Name}, Now: w.o.Now, Log: slog.New(slog.DiscardHandler)})
	if err == nil {
		w.mailer.OnPlanned(w.fleet.Kick)
	}
	return w, err
}

// scaled is what the process does.
func scaled(work string) error {
	ctx := context.Background()
	w, err := newWorker(ctx)
	if err != nil {
		return err
	}
	switch work {
	case "plan":
		return w.plan(ctx)
	case "send":
		return w.send(ctx)
	}
	return fmt.Errorf("%q is no work", work)
}

// plan plans the digests of the day, and says what that took.
func (w *worker) plan(ctx context.Context) error {
	before := hwm()
	tasks, err := w.mailer.Kind().Next(ctx, "plan-daily")
	if err != nil {
		return err
	}
	began := time.Now()
	for _, t := range tasks {
		if err := t.Do(ctx); err != nil {
			return err
		}
	}
	fmt.Printf("%.1f %d %d %.1f\n", time.Since(began).Seconds(), hwm(), before, cpu())
	return nil
}

// send sends what is planned until its input ends. A line of it is the county of an
// agreement that is new then.
func (w *worker) send(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	var kick func()
	ended := make(chan error, 1)
	if w.fleet != nil {
		kick = w.fleet.Kick
		go func() { ended <- w.fleet.Run(ctx) }()
	} else {
		local := jobs.NewLocal(w.mailer.Kind(), w.o.Now, w.o.Log)
		w.mailer.OnPlanned(local.Kick)
		kick = local.Kick
		go func() { ended <- local.Run(ctx) }()
	}
	if county := os.Getenv(envAlert); county != "" { // every time alike, as a store would be
		w.day.add(time.Unix(0, 0), change(roster.KindNew, agreement("WY", county, roster.TFM)))
	}
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		w.day.add(w.o.Now(), change(roster.KindNew, agreement("WY", lines.Text(), roster.TFM)))
		kick()
	}
	stop()
	return <-ended
}

// hwm is the most memory that this process had, in MB.
func hwm() int {
	status, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(status)) {
		if f := strings.Fields(line); len(f) > 1 && f[0] == "VmHWM:" {
			n, _ := strconv.Atoi(f[1])
			return n / 1024
		}
	}
	return 0
}

// made makes readers, as a store tells them: of ten, one follows the nation, three a
// state, and six one to three of 3,000 counties. From the last on, some follow one county
// and hear at once.
func made(n, alerts int, since uint64) iter.Seq2[readers.Item, error] {
	return func(yield func(readers.Item, error) bool) {
		r := rand.New(rand.NewPCG(11, 7))
		var counties []place.County
		for _, s := range roster.States() {
			counties = append(counties, place.Counties(s)...)
		}
		counties = counties[:min(len(counties), 3000)]
		states := roster.States()
		_, evening := thatDay()
		for i := range n {
			one := readers.Reader{ID: readers.NewID(), Seq: uint64(i + 1), Address: fmt.Sprintf("reader%d@example%d.net", i, i%997), State: readers.StateActive,
				SignedUpAt: evening, ConfirmedAt: evening, ChangedAt: evening, Since: since}
			one.Wish = readers.Wish{Language: prose.Languages()[i%5/4], Cadence: notify.Daily}
			follow := func(f readers.Follow) {
				if _, has := one.Followed(f.String()); !has {
					one.Follows = append(one.Follows, f)
				}
			}
			switch {
			case i >= n-alerts:
				one.Cadence = notify.Instant
				follow(readers.Follow{Kind: readers.FollowCounty, Of: "56001", Counties: []string{"56001"}, Name: "Albany County, Wyoming"})
			case i%10 == 0:
				follow(readers.Follow{Kind: readers.FollowNation})
			case i%10 < 4:
				s := states[r.IntN(len(states))]
				follow(readers.Follow{Kind: readers.FollowState, Of: string(s), Name: s.Name()})
			default:
				for range 1 + r.IntN(3) {
					c := counties[r.IntN(len(counties))]
					follow(readers.Follow{Kind: readers.FollowCounty, Of: c.FIPS, Counties: []string{c.FIPS}, Name: c.FullName() + ", " + place.StateOf(c.FIPS).Name()})
				}
			}
			value, err := json.Marshal(one)
			if !yield(readers.Item{Part: "readers", Key: strconv.Itoa(i + 1), Value: value}, err) {
				return
			}
		}
	}
}

// year imports the archive, and returns the file of the store.
func year(t *testing.T) string {
	t.Helper()
	if path := os.Getenv(envYear); path != "" {
		return path
	}
	data := t.TempDir()
	index := filepath.Join(archivetest.Need(t), "index.csv")
	out, err := exec.CommandContext(t.Context(), "go", "run", "../../cmd/watch287g", "import", "--data", data, index).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return filepath.Join(data, "watch287g.db")
}

// child is a process that works.
func child(t *testing.T, work string, env map[string]string) *exec.Cmd {
	t.Helper()
	c := exec.CommandContext(t.Context(), os.Args[0])
	c.Env, c.Stderr = append(os.Environ(), envWork+"="+work), os.Stderr
	for k, v := range env {
		c.Env = append(c.Env, k+"="+v)
	}
	return c
}

func TestScale(t *testing.T) {
	if *scale == 0 {
		t.Skip("it takes minutes: see make bench-readers")
	}
	db := year(t)
	t.Run("postgres", func(t *testing.T) {
		server := pgtest.Start(t, "fsync=on", "synchronous_commit=on", "full_page_writes=on", "shared_buffers=256MB")
		address := server.Database(t)
		s, err := database.Open(t.Context(), address, database.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close() //nolint:errcheck // the server ends
		kept, err := postgres.Open(t.Context(), s, postgres.Options{})
		if err != nil {
			t.Fatal(err)
		}
		measure(t, kept, db, address, *scale, "", "ed25519", "rsa")
	})
	t.Run("bolt", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), bolt.Name)
		kept, err := bolt.Open(t.Context(), path, file.Options{})
		if err != nil {
			t.Fatal(err)
		}
		measure(t, kept, db, path, *scale/20, "") // fewer mails than three ways would take
	})
}

// measure plans and sends the digest of the day for so many readers, and an alert beside
// it.
func measure(t *testing.T, kept readers.Store, year, address string, n int, signed ...string) {
	t.Helper()
	const alerts = 500
	began := time.Now()
	d, before, err := dayOf(t.Context(), year)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := kept.Load(t.Context(), made(n, alerts, before)); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d readers were written in %s", n, time.Since(began).Round(time.Second))
	_, evening := thatDay()
	last := uint64(len(d.changes))
	for c, head := range map[notify.Cadence]uint64{notify.Daily: before, notify.Weekly: last, notify.Instant: last} {
		err := kept.Plan(t.Context(), readers.Plan{Cadence: c, After: readers.Head{Change: head, At: evening.Add(-12 * time.Hour)},
			Batches: func(iter.Seq2[readers.Follower, error]) iter.Seq2[readers.Batch, error] {
				return func(func(readers.Batch, error) bool) {}
			}})
		if err != nil {
			t.Fatal(err)
		}
	}
	_ = d.Close()
	if err := kept.Close(); err != nil {
		t.Fatal(err)
	}
	sink := newFastSink(t)
	env := map[string]string{envReader: address, envYear: year, envPort: strconv.Itoa(sink.port), envNow: strconv.FormatInt(evening.Add(10*time.Hour).Unix(), 10)}
	out, err := child(t, "plan", env).Output()
	if err != nil {
		t.Fatal(err)
	}
	took := strings.Fields(string(out))
	t.Logf("the %d changes of the day were planned in %s s (%s s of CPU), with %s MB at most (%s MB before)", last-before, took[0], took[3], took[1], took[2])
	if seconds, _ := strconv.ParseFloat(took[0], 64); seconds > 60 {
		t.Errorf("that is more than 60 s")
	}
	if mb, _ := strconv.Atoi(took[1]); mb > 300 {
		t.Errorf("that is more than 300 MB")
	}
	rates(t, sink, env, signed...)
}

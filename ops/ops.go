// Package ops shows whoever operates the service how it is: metrics for Prometheus,
// whether it is alive and ready, and what systemd is told. It decides nothing, and
// what it asks the store never keeps anybody waiting.
package ops

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/watch287g/watch287g/store"
)

// Options are what is shown, and where it is read. Functions that are nil have nothing
// to say.
type Options struct {
	Version string // of the program
	// Measure measures the store.
	Measure func(ctx context.Context) (store.Measures, error)
	// Database says how the database is that several machines share.
	Database func(ctx context.Context) (Database, error)
	// Disk is a directory on the disk that the state is on; "" where it is on none of
	// this machine.
	Disk string
	Log  *slog.Logger // nil: none
}

// Database is what there is to see of a database that several machines share.
type Database struct {
	Jobs              map[Job]int // how many there are
	OldestTransaction time.Duration
}

// Job is a kind of job of the engine in the database, and how far it got.
type Job struct{ Kind, State string }

// Config is the part of the configuration that is shown.
type Config struct {
	Every    time.Duration // between two polls
	Channels []Channel
}

// Channel is a channel of the configuration.
type Channel struct {
	Name     string
	Operator bool // it gets notices about the service
}

// Monitor sees what the service does, and shows it. Its methods may be called at any
// time, from several goroutines. One that is nil sees nothing.
type Monitor struct {
	options  Options
	registry *prometheus.Registry
	seen     instruments
	state    stateReader
	config   atomic.Pointer[Config]
	loaded   atomic.Pointer[Loaded]
	backups  atomic.Pointer[Backups]
	conflict atomic.Pointer[int]                                    // how many things documents contradict their rows in; nil: not known
	readers  atomic.Pointer[func(context.Context) (Readers, error)] // nil: nobody signs up
	serves   atomic.Bool                                            // pages, so that it is ready with a snapshot only
	pulse    pulse
}

// Loaded is the snapshot that pages are made from.
type Loaded struct {
	Revision uint64 // of the store
	At       time.Time
}

// Backups are the backups that are made on a schedule.
type Backups struct {
	Last  time.Time     // when the newest one was made; zero for none
	Every time.Duration // from one to the next
}

// New makes a monitor.
func New(o Options) *Monitor {
	m := &Monitor{options: o, registry: prometheus.NewRegistry(), seen: newInstruments()}
	if m.options.Log == nil {
		m.options.Log = slog.New(slog.DiscardHandler)
	}
	m.state.read, m.state.log = m.readState, m.options.Log
	m.config.Store(&Config{})
	m.register()
	return m
}

// Configure says what the configuration is now.
func (m *Monitor) Configure(c Config) {
	if m != nil {
		m.config.Store(&c)
	}
}

// ServePages says that this process serves pages, for which it needs a snapshot.
func (m *Monitor) ServePages() {
	if m != nil {
		m.serves.Store(true)
	}
}

// Loaded says that pages are made from another snapshot.
func (m *Monitor) Loaded(revision uint64, at time.Time) {
	if m != nil {
		m.loaded.Store(&Loaded{revision, at})
	}
}

// Conflicts says in how many things documents contradict the rows that link them.
func (m *Monitor) Conflicts(n int) {
	if m != nil {
		m.conflict.Store(&n)
	}
}

// Backups says how backups are going.
func (m *Monitor) Backups(b Backups) {
	if m != nil {
		m.backups.Store(&b)
	}
}

// Package people is what of the program concerns readers who sign themselves up: it opens
// what keeps them, puts together what is done and served for them, and has the commands.
package people

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/watch287g/watch287g/config"
	"github.com/watch287g/watch287g/jobs"
	"github.com/watch287g/watch287g/ops"
	"github.com/watch287g/watch287g/readers"
	readersbolt "github.com/watch287g/watch287g/readers/bolt"
	"github.com/watch287g/watch287g/readers/mailing"
	readerspostgres "github.com/watch287g/watch287g/readers/postgres"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/store/bolt"
	"github.com/watch287g/watch287g/store/postgres"
)

// Options are the parts of a service that readers need.
type Options struct {
	Store   store.Store
	Place   Place
	Config  config.Config // with a section of readers
	Monitor *ops.Monitor
	Now     func() time.Time
	Log     *slog.Logger
}

// Room is what of a service concerns readers. One that is nil does nothing: nobody can
// sign up.
type Room struct {
	Store  readers.Store
	o      Options
	kinds  []jobs.Kind
	mailer *mailing.Mailer // nil where no mail is sent

	returns *returns
}

// New opens what keeps readers, and puts together what is done for them.
func New(ctx context.Context, o Options) (*Room, error) {
	s, err := o.Place.Open(ctx, o.Store, false)
	if err != nil {
		return nil, err
	}
	o.Monitor.ReadersBy(func(ctx context.Context) (ops.Readers, error) { return measure(ctx, s) })
	r := &Room{Store: s, o: o}
	r.kinds = []jobs.Kind{readers.Sweeping(s, func(ctx context.Context) (uint64, error) { return mailing.LastChange(ctx, o.Store) }, o.Now, o.Log)}
	r.returns = newReturns(s, o.Config.Readers, o.Monitor.Returned, o.Now, o.Log)
	r.kinds = append(r.kinds, r.returns.kinds()...)
	return r, nil
}

// Close closes what New has opened.
func (r *Room) Close() error {
	if r == nil {
		return nil
	}
	if r.mailer != nil {
		r.mailer.Close()
	}
	return r.Store.Close() //nolint:wrapcheck // it says what it was about
}

// Kinds are what is done in the background, by who sends.
func (r *Room) Kinds() []jobs.Kind {
	if r == nil {
		return nil
	}
	return r.kinds
}

// Configure takes over what of another configuration takes no restart (KeepUntilRestart).
// It is safe while mails are sent and come back.
func (r *Room) Configure(c config.Config) {
	if r != nil && c.Readers != nil {
		r.returns.configure(c.Readers)
	}
}

func measure(ctx context.Context, p readers.People) (ops.Readers, error) {
	s, err := p.Stats(ctx)
	if err != nil {
		return ops.Readers{}, fmt.Errorf("counting readers: %w", err)
	}
	m := ops.Readers{People: map[ops.ReaderCount]int{}, Requests: s.Requests, Suppressed: map[string]int{}, Letters: s.Letters, Batches: s.Batches, Oldest: s.Oldest}
	for _, c := range s.Readers {
		m.People[ops.ReaderCount{State: string(c.State), Language: string(c.Language)}] += c.Readers
	}
	for _, r := range readers.Reasons() {
		m.Suppressed[string(r)] = s.Suppressed[r]
	}
	return m, nil
}

// Place is where readers are kept who are in no database: beside a store in a file.
type Place struct {
	Data string // the directory
	Held bool   // a running service is there to be asked, so that nobody waits for the file
}

// Path is the file of readers.
func (p Place) Path() string { return filepath.Join(p.Data, readersbolt.Name) }

// Open opens what keeps readers beside a store: in its database, or in a file beside its
// own; where existing is set, only what is there.
func (p Place) Open(ctx context.Context, s store.Store, existing bool) (readers.Store, error) {
	if shared, ok := s.(*postgres.Store); ok {
		people, err := readerspostgres.Open(ctx, shared, readerspostgres.Options{Existing: existing})
		if err != nil { // not people, which would be no nil
			return nil, none(err)
		}
		return people, nil
	}
	return p.OpenFile(ctx, existing)
}

// OpenFile is Open for those in a file.
func (p Place) OpenFile(ctx context.Context, existing bool) (readers.Store, error) {
	if _, err := os.Stat(p.Path()); err != nil && existing {
		return nil, none(err)
	}
	var opts bolt.Options
	if p.Held {
		opts.LockTimeout = time.Nanosecond
	}
	people, err := readersbolt.Open(ctx, p.Path(), opts)
	if err != nil {
		return nil, none(err)
	}
	return people, nil
}

// none says that nobody has signed up, where nothing is there to keep them.
func none(err error) error {
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return errors.New(`there are no readers here; people sign up once the configuration has a section "readers" and the service runs`)
}

package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/watch287g/watch287g/backup"
	"github.com/watch287g/watch287g/jobs"
	"github.com/watch287g/watch287g/jobs/river"
	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/ops"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/store/postgres"
	"github.com/watch287g/watch287g/watch"
)

// The parts that a process of a fleet can take.
const (
	rolePoll  = "poll"
	roleSend  = "send"
	roleServe = "serve"
)

// roles are what a process does; none is all.
type roles []string

func (r roles) has(role string) bool {
	return len(r) == 0 || slices.Contains(r, role) || slices.Contains(r, "all")
}

// note says what a process that does not do all leaves to others; "" where it does all.
func (r roles) note(shared bool) string {
	var off []string
	for _, role := range []string{rolePoll, roleSend, roleServe} {
		if !r.has(role) {
			off = append(off, role)
		}
	}
	switch {
	case len(off) == 0:
		return ""
	case shared:
		return "left to other processes: " + strings.Join(off, ", ")
	}
	return fmt.Sprintf("nobody does what --role leaves out here (%s): a state in a file has one process; run it with --role all, or keep the state in PostgreSQL", strings.Join(off, ", "))
}

// lookEvery is how often a process looks for what others have committed to a database:
// that is known within a second, and needs no connection that hears of it, which a pool
// between program and database would not pass on.
const lookEvery = time.Second / 2

// newFleet is this process's part in the work of all that share the store, of which it
// does what its roles say; nil where the store is a file. With neither watcher nor
// sender it does nothing by itself.
func (a *app) newFleet(s store.Store, w *watch.Watcher, sender *notify.Sender, backups *backup.Keeper, people []jobs.Kind, r roles, log *slog.Logger) (*river.Fleet, error) {
	shared, ok := s.(*postgres.Store)
	if !ok {
		return nil, nil //nolint:nilnil // nobody shares it
	}
	pool := shared.Pool()
	o := river.Options{Pool: pool, Now: a.now, Log: log,
		PollOnly: pool.Config().ConnConfig.DefaultQueryExecMode != pgx.QueryExecModeCacheStatement} // there is a pool in between
	if w != nil {
		o.Kinds = []jobs.Kind{w.Kind(), sender.Kind()} // by the names of the roles
		for _, k := range o.Kinds {
			if r.has(k.Name) {
				o.Works = append(o.Works, k.Name)
			}
		}
		if !r.has(rolePoll) {
			backups = nil // when the last one was made, only who makes them finds out
		}
		o.Kinds = append(o.Kinds, backups.Kind()) // of which all know, also where they make none
		if backups != nil {
			o.Works = append(o.Works, backups.Kind().Name)
		}
		for _, k := range people {
			o.Kinds = append(o.Kinds, k)
			if r.has(roleSend) {
				o.Works = append(o.Works, k.Name)
			}
		}
	}
	f, err := river.New(o)
	if err == nil && sender != nil {
		sender.WakeBy(f.Kick)
	}
	return f, err //nolint:wrapcheck // it says what it was doing
}

// background are the parts of the service that poll, send and back up.
func (s *service) background(r roles, log *slog.Logger) (parts []part) {
	if r.has(rolePoll) || r.has(roleSend) {
		parts = append(parts, part{"watching the store", func(ctx context.Context) error { return s.watched.run(ctx, s.sender.Announce) }})
	}
	if s.fleet != nil {
		return append(parts, part{"working in the background", s.fleet.Run})
	}
	if r.has(rolePoll) {
		parts = append(parts, part{"polling", s.watcher.Run})
	}
	if r.has(roleSend) {
		parts = append(parts, part{"sending", s.sender.Run})
	}
	if r.has(roleSend) {
		for _, k := range s.readers.Kinds() {
			local := jobs.NewLocal(k, s.now, log)
			s.readers.WakeBy(local.Kick) // the last kind is the mailer's
			parts = append(parts, part{"mailing readers", local.Run})
		}
	}
	if r.has(rolePoll) && s.backups != nil {
		parts = append(parts, part{"backing up", jobs.NewLocal(s.backups.Kind(), s.now, log).Run})
	}
	return parts
}

// alone does with a watcher what no other process that shares the store may do at the
// same time.
func (a *app) alone(ctx context.Context, f *river.Fleet, do func(context.Context) error) error {
	if f == nil {
		return do(ctx)
	}
	err := f.Hold(ctx, rolePoll, "", func() { fmt.Fprintln(a.stderr, "waiting for a poll that is under way") }, do)
	if ctx.Err() != nil {
		return errors.Join(ctx.Err(), err)
	}
	return err //nolint:wrapcheck // it says what it was doing
}

// lookAt looks at the database that a fleet shares.
func lookAt(ctx context.Context, s *postgres.Store) (d ops.Database, err error) {
	counts, err := river.Counts(ctx, s.Pool())
	if err != nil {
		return d, err //nolint:wrapcheck // it says what it was doing
	}
	d.Jobs = map[ops.Job]int{}
	for _, c := range counts {
		d.Jobs[ops.Job{Kind: c.Kind, State: c.State}] = c.Jobs
	}
	d.OldestTransaction, err = s.OldestTransaction(ctx)
	return d, err //nolint:wrapcheck // it says what it was doing
}

package river

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
)

// That only one process of all does a thing at a time is up to PostgreSQL: an advisory
// lock belongs to a connection, and goes with it, whatever became of its process. River's
// own means are a job's row, which stays "running" when its process is killed until a
// leader looks for such rows, every half minute.
//
// One connection of a process holds all its locks. It is in a transaction that has read
// and written nothing, so that a pool between program and database keeps it together
// and no table is held up, and that the server ends where nothing was heard for idle.
// So a process that hangs, or whose connection does, loses its locks soon.
const (
	beat = time.Second
	// idle is how long the server waits for a process that says nothing.
	idle = 4 * time.Second
	// lease is how long a process acts on a lock after it has last heard from the
	// server. Who gets a lock whose last holder may not know that it is gone waits as
	// long.
	lease = 4 * time.Second
	// longestSession is when a connection is replaced by another one.
	longestSession = time.Minute
)

// errLost ends what was done under a lock.
var errLost = errors.New("the connection that holds the locks is lost")

// locks are what this process holds.
type locks struct {
	config *pgx.ConnConfig

	opening sync.Mutex // held while a connection is made
	mu      sync.Mutex
	current *session
	held    map[int64]bool // a connection gets a lock that it has once more
}

func newLocks(config *pgx.ConnConfig) *locks { return &locks{config: config, held: map[int64]bool{}} }

// lock is a lock that is held.
type lock struct {
	id      int64
	session *session
}

// lockID is the number of the lock for a key of a kind.
func lockID(kind, key string) int64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte("watch287g " + kind + "\x00" + key))
	return int64(h.Sum64()) //nolint:gosec // any number will do
}

// try returns the lock for a key of a kind, or nil where it is held, here or elsewhere.
func (l *locks) try(ctx context.Context, kind, key string) (*lock, error) {
	id := lockID(kind, key)
	s, err := l.reserve(ctx, id)
	if s == nil {
		return nil, err
	}
	var got bool
	if err := s.query("SELECT pg_try_advisory_lock($1::bigint)", &got, id); err != nil || !got {
		l.free(s, id)
		return nil, err
	}
	return &lock{id: id, session: s}, nil
}

// reserve returns the session to take a lock with, nil where this process has it.
func (l *locks) reserve(ctx context.Context, id int64) (*session, error) {
	l.opening.Lock()
	defer l.opening.Unlock()
	if s, known := l.use(id, nil); known {
		return s, nil
	}
	s, err := openSession(ctx, l.config)
	if err != nil {
		return nil, err
	}
	go l.keep(s)
	s, _ = l.use(id, s)
	return s, nil
}

// use counts a user of the current session, or of fresh in its place. It returns false
// where there is no session that can be used.
func (l *locks) use(id int64, fresh *session) (*session, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if fresh != nil {
		l.retire()
		l.current = fresh
	}
	s := l.current
	switch {
	case l.held[id]:
		return nil, true
	case s == nil || !s.holds() || time.Since(s.born) > longestSession:
		return nil, false
	}
	l.held[id] = true
	s.users++
	return s, true
}

// retire takes no further locks with the current session.
func (l *locks) retire() {
	if s := l.current; s != nil && s.users == 0 {
		s.end()
	}
	l.current = nil
}

// free ends what reserve began.
func (l *locks) free(s *session, id int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.held, id)
	s.users--
	if s.users == 0 && s != l.current {
		s.end()
	}
}

// release gives a lock back.
func (l *locks) release(k *lock) {
	var had bool
	_ = k.session.query("SELECT pg_advisory_unlock($1::bigint)", &had, k.id) // where it is lost, so is the lock
	l.free(k.session, k.id)
}

// keep keeps a session, and ends it when nobody has used it for a while.
func (l *locks) keep(s *session) {
	tick := time.NewTicker(beat)
	defer tick.Stop()
	for unused := 0; ; {
		select {
		case <-s.right.Done():
			s.end()
			return
		case <-tick.C:
		}
		l.mu.Lock()
		if unused++; s.users > 0 {
			unused = 0
		}
		if unused == 2 && l.current == s {
			l.retire()
		}
		l.mu.Unlock()
		var one int
		_ = s.query("SELECT 1", &one)
	}
}

// close ends all sessions.
func (l *locks) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.retire()
}

// session is a connection that holds locks.
type session struct {
	born   time.Time
	users  int // of locks' mu
	right  context.Context
	lose   context.CancelCauseFunc
	losing *time.Timer // fires when the lease is over

	broken atomic.Bool
	until  atomic.Pointer[time.Time] // the end of the lease
	mu     sync.Mutex                // held for each query
	conn   *pgx.Conn
}

func openSession(ctx context.Context, config *pgx.ConnConfig) (*session, error) {
	ctx, cancel := context.WithTimeout(ctx, lease)
	defer cancel()
	conn, err := pgx.ConnectConfig(ctx, config.Copy())
	if err != nil {
		return nil, fmt.Errorf("connecting for locks: %w", err)
	}
	s := &session{born: time.Now(), conn: conn}
	until := s.born.Add(lease)
	s.until.Store(&until)
	_, err = conn.Exec(ctx, fmt.Sprintf("BEGIN READ WRITE; SET LOCAL idle_in_transaction_session_timeout = %d; SET LOCAL statement_timeout = 0", idle.Milliseconds()),
		pgx.QueryExecModeSimpleProtocol)
	if err != nil {
		_ = conn.Close(ctx)
		return nil, fmt.Errorf("beginning to hold locks: %w", err)
	}
	s.right, s.lose = context.WithCancelCause(context.Background())
	s.losing = time.AfterFunc(time.Until(until), func() { s.lose(errLost) })
	return s, nil
}

// query asks for one value. Where it fails, nothing can be done with the session any
// more, and what is done under its locks has until the end of its lease.
func (s *session) query(sql string, value any, args ...any) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.holds() {
		return errLost
	}
	began := time.Now()
	ctx, cancel := context.WithDeadline(s.right, *s.until.Load())
	defer cancel()
	if err := s.conn.QueryRow(ctx, sql, append([]any{pgx.QueryExecModeExec}, args...)...).Scan(value); err != nil {
		s.broken.Store(true)
		return fmt.Errorf("%w: %w", errLost, err)
	}
	until := began.Add(lease)
	s.until.Store(&until)
	s.losing.Reset(time.Until(until))
	return nil
}

// holds says whether more can be done under the session's locks.
func (s *session) holds() bool { return !s.broken.Load() && time.Now().Before(*s.until.Load()) }

// end gives all locks back.
func (s *session) end() {
	s.broken.Store(true)
	s.losing.Stop()
	s.lose(errLost)
	go func() { // a query may have to end
		s.mu.Lock()
		defer s.mu.Unlock()
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = s.conn.Close(ctx)
	}()
}

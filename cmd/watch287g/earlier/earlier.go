// Package earlier has the command that imports what was published before: past lists in
// files, what the Internet Archive captured, and what another watch287g knows.
package earlier

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/watch287g/watch287g/cmd/watch287g/console"
	"github.com/watch287g/watch287g/config"
	"github.com/watch287g/watch287g/past"
	"github.com/watch287g/watch287g/past/wayback"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/scraper"
	"github.com/watch287g/watch287g/watch"
)

// Env is what the command works with.
type Env struct {
	Stdout, Stderr io.Writer
	Now            func() time.Time
	Data           string                   // the directory of the state
	Abs            func(path string) string // as seen from where the command was typed
	Config         func() (config.Config, error)
	Version        string
	WithWatcher    func(ctx context.Context, do func(context.Context, *watch.Watcher) error) error
	// Linked are the addresses of documents that the store's agreements have or had; none
	// where there is no store.
	Linked func(ctx context.Context) ([]string, error)
	// Documents keeps documents; nil where they are not kept.
	Documents func(ctx context.Context) (past.Documents, error)
	// Own says whether ICE's file with a hash is in the store, and by which hash it is given
	// out; "" where it is not.
	Own       func(ctx context.Context, sha256 string) (public string, has bool, err error)
	PrintHold func(h roster.Hold)
	// Progress shows how far something is, where a person is watching.
	Progress func(of int, what string) (step func(int), done func())
	Usage    func(error) error // makes an error a mistake in the command line
}

func (e *Env) pool() string { return filepath.Join(e.Data, past.Dir) }

// What is to be done next.
const (
	thenRebuild = `next: "watch287g rebuild" shows what they change, and with --write puts them in their place`
	thenAgain   = "next: the same command again, for what was not fetched"
)

// Command is "import".
type Command struct {
	Paths   []string `arg:"" name:"path" help:"Files, directories, or an index.csv with the columns published_at, link and file; or \"wayback\" for what the Internet Archive captured; or the address of another watch287g, as in https://example.org."`
	From    string   `help:"Of wayback: only what was captured on this day or later." placeholder:"2019-01-01"`
	To      string   `help:"Of wayback: only what was captured on this day or before." placeholder:"2025-02-20"`
	DryRun  bool     `help:"Of wayback: say what would be fetched, and fetch nothing but the index."`
	Archive string   `help:"Of wayback: another archive with the same interface." placeholder:"URL" env:"WATCH287G_WAYBACK"`
}

// Run imports.
func (c Command) Run(ctx context.Context, e *Env) error {
	isURL := func(p string) bool { return strings.HasPrefix(p, "https://") || strings.HasPrefix(p, "http://") }
	switch {
	case slices.Contains(c.Paths, "wayback") && len(c.Paths) == 1:
		return c.wayback(ctx, e)
	case c.From != "" || c.To != "" || c.DryRun:
		return e.Usage(errors.New(`--from, --to and --dry-run are for "import wayback"`))
	case slices.Contains(c.Paths, "wayback"):
		return e.Usage(errors.New(`"import wayback" takes no files beside it; a file of that name is ./wayback`))
	case slices.ContainsFunc(c.Paths, isURL) && len(c.Paths) > 1:
		return e.Usage(errors.New("import one watch287g at a time, and files apart from it"))
	case slices.ContainsFunc(c.Paths, isURL):
		return c.instance(ctx, e, c.Paths[0])
	}
	return importFiles(ctx, e, c.Paths)
}

// days reads the first and the last day.
func (c Command) days(e *Env) (from, to time.Time, err error) {
	for flag, day := range map[string]string{"from": c.From, "to": c.To} {
		if _, err := time.Parse(time.DateOnly, day); err != nil && day != "" {
			return from, to, e.Usage(fmt.Errorf("--%s %q is not a day like 2019-01-31", flag, day))
		}
	}
	if c.From != "" {
		from = roster.Date(c.From).Time()
	}
	if c.To != "" {
		to = roster.Date(c.To).EndOf()
	}
	if c.From != "" && c.To != "" && to.Before(from) {
		return from, to, e.Usage(fmt.Errorf("--to %s is before --from %s", c.To, c.From))
	}
	return from, to, nil
}

func (c Command) wayback(ctx context.Context, e *Env) error {
	from, to, err := c.days(e)
	if err != nil {
		return err
	}
	o := wayback.Options{Archive: c.Archive, Pages: wayback.Pages(), Files: wayback.Files(), From: from, To: to, DryRun: c.DryRun,
		Pace: paceOf(c.Archive), Transport: newTransport(nil), Now: e.Now, Say: e.say}
	if o.Agent, err = e.agent(); err != nil {
		return err
	}
	documents, err := e.Documents(ctx)
	if err != nil {
		return err
	}
	o.Documents = documents != nil
	if o.Linked, err = e.Linked(ctx); err != nil { // which a service that holds the store is asked for
		return err
	}
	if o.Pool, err = e.open(documents, c.DryRun); err != nil {
		return err
	}
	defer o.Pool.Close() //nolint:errcheck // each capture was made durable
	var done func()
	o.Progress, done = e.stages()
	r, err := wayback.Import(ctx, o)
	done()
	e.printWayback(r, c.DryRun, err)
	switch {
	case errors.Is(err, context.Canceled):
		return errors.New("interrupted; what was had stays, and the same command goes on where it stopped")
	case err != nil:
		return fmt.Errorf("%w; what was had stays, and the same command goes on where it stopped", err)
	case c.DryRun:
		return nil
	}
	return e.tell(ctx, o.Pool, o.Documents)
}

// open opens the pool, to read alone in a dry run.
func (e *Env) open(documents past.Documents, dry bool) (*past.Pool, error) {
	if dry {
		return past.Read(e.pool(), documents) //nolint:wrapcheck // it says what it was about
	}
	p, err := past.Open(e.pool(), documents)
	return p, inTheWay(err)
}

func inTheWay(err error) error {
	if errors.Is(err, past.ErrLocked) {
		return fmt.Errorf("%w; wait for it to end", err)
	}
	return err
}

func (e *Env) say(format string, args ...any) {
	console.Sayf(e.Stderr, format+"\n", args...)
}

// agent is the User-Agent, which says how to reach who asks.
func (e *Env) agent() (string, error) {
	c, err := e.Config()
	if err != nil {
		return "", err
	}
	agent, err := scraper.UserAgent(e.Version, c.Source.Contact)
	if err != nil {
		return "", fmt.Errorf("the User-Agent: %w", err)
	}
	return agent, nil
}

// stages shows the progress of one kind of thing after the other.
func (e *Env) stages() (progress func(what string, done, of int), end func()) {
	at, step, done := "", func(int) {}, func() {}
	return func(what string, n, of int) {
		if what != at {
			done()
			at = what
			if step, done = e.Progress(of, what+"s"); step == nil {
				step = func(int) {}
			}
		}
		step(n)
	}, func() { done() }
}

// paceOf is how long is waited between two requests: not at all on this machine itself.
func paceOf(address string) time.Duration {
	if u, err := url.Parse(address); err == nil && onThisMachine(u.Hostname()) {
		return 0
	}
	return time.Second
}

func onThisMachine(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// newTransport goes through the proxy that the environment names, or dials as dialer does.
func newTransport(dialer *net.Dialer) http.RoundTripper {
	t := &http.Transport{Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, MaxIdleConns: 2, IdleConnTimeout: 30 * time.Second,
		TLSHandshakeTimeout: 15 * time.Second, ResponseHeaderTimeout: time.Minute, MaxResponseHeaderBytes: 256 << 10, DisableCompression: true}
	if dialer != nil {
		t.Proxy, t.DialContext = nil, dialer.DialContext
	}
	return t
}

// printWayback says what an import of the archive came to, and what to do next.
func (e *Env) printWayback(r wayback.Report, dry bool, ended error) {
	for i, why := range r.Failed {
		if i == 10 {
			e.say("and %d more could not be fetched", len(r.Failed)-i)
			break
		}
		e.say("not fetched: %s", why)
	}
	for _, why := range slices.Sorted(maps.Keys(r.Refused)) {
		console.Sayf(e.Stdout, "no evidence: %s %s\n", console.Counted(r.Refused[why], "capture"), why)
	}
	if r.Unread > 0 {
		console.Sayf(e.Stdout, "not understood: %s of the index\n", console.Counted(r.Unread, "line"))
	}
	what := fmt.Sprintf("%s, %s and %s", console.Counted(r.New[past.KindPage], "page"), console.Counted(r.New[past.KindList], "list"), console.Counted(r.New[past.KindDocument], "document"))
	span := ""
	if !r.First.IsZero() {
		span = fmt.Sprintf(", captured from %s to %s", roster.Day(r.First), roster.Day(r.Last))
	}
	if dry {
		console.Sayf(e.Stdout, "to be fetched: %s%s; %s of the same bytes, %d known already\n", what, span, console.Counted(r.Again, "capture"), r.Known)
		console.Sayf(e.Stdout, "what these pages and lists link comes on top; next: the same command without --dry-run, at one request a second\n")
		return
	}
	console.Sayf(e.Stdout, "%s fetched%s; %s of the same bytes, %d known already, %d could not be fetched\n", what, span, console.Counted(r.Again, "capture"), r.Known, len(r.Failed))
	switch {
	case ended != nil: // which says what to do
	case len(r.Failed) > 0:
		console.Sayf(e.Stdout, "%s\n", thenAgain)
	default:
		console.Sayf(e.Stdout, "%s\n", thenRebuild)
	}
}

// Package anew has the commands that derive anew what was stored or said: all of it from
// what is kept (rebuild), or one change from the lists behind it (verify).
package anew

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strconv"
	"time"

	"github.com/watch287g/watch287g/diff"
	"github.com/watch287g/watch287g/past"
	"github.com/watch287g/watch287g/rebuild"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

// Env is what the commands work with.
type Env struct {
	Stdout io.Writer
	Now    func() time.Time
	Data   string                   // the directory of the state
	Abs    func(path string) string // as seen from where the command was typed
	With   func(func(store.Store) error) error
	// Replace puts what derive makes of the store in its place, and keeps what was there;
	// it returns where. nil where a service has the store.
	Replace  func(ctx context.Context, derive func(rebuild.Source) (*rebuild.Rebuilt, error)) (kept string, err error)
	Settings func() (diff.Settings, error)
	// Plan returns what plans the messages of a store to the channels of the configuration.
	Plan  func(rebuild.Source) (func(context.Context, roster.CycleEvent) (roster.Notifications, error), error)
	InUse func(command string) error // says that a service has the store
	// Transport carries requests to instances; nil for the usual one.
	Transport http.RoundTripper
	// Exit is the error that ends a command with a status, after it printed what there is to
	// say, or with why it could not, unless that is nil.
	Exit func(status int, why error) error
}

// Rebuild is the command that derives everything anew.
type Rebuild struct {
	Write    bool   `help:"Put what comes out in the place of what is stored, which is kept beside it. Without it, nothing is written."`
	Announce bool   `help:"Tell the channels, feeds and readers that were told what is wrong, and what was missed. Without --write, it says how many messages would go where."`
	Because  string `help:"What was mended, for whoever is told: rules or aliases. Past lists are named without it." enum:"rules,aliases," default:"" placeholder:"WHAT"`
	Format   string `help:"text or json." enum:"text,json" default:"text"`
}

// Run derives everything anew from what is kept, prints what differs from what is stored, and
// writes it where that is asked for. It sends nothing, but where it announces what differs
// the messages that say so are written with it.
func (c Rebuild) Run(ctx context.Context, e *Env) error {
	if c.Because != "" && !c.Announce {
		return errors.New("--because says why something is announced; it needs --announce")
	}
	if !c.Write {
		return e.With(func(s store.Store) error {
			source, ok := s.(rebuild.Source)
			if !ok {
				return errors.New("this store cannot be derived anew")
			}
			b, err := c.derive(ctx, e, source)
			if err != nil {
				return err
			}
			return c.print(e.Stdout, b, "")
		})
	}
	if e.Replace == nil {
		return e.InUse("rebuild")
	}
	var b *rebuild.Rebuilt
	kept, err := e.Replace(ctx, func(source rebuild.Source) (_ *rebuild.Rebuilt, err error) {
		b, err = c.derive(ctx, e, source)
		return b, err
	})
	if err != nil {
		return fmt.Errorf("%w; nothing was changed", err)
	}
	return c.print(e.Stdout, b, kept)
}

func (c Rebuild) derive(ctx context.Context, e *Env, source rebuild.Source) (*rebuild.Rebuilt, error) {
	settings, err := e.Settings()
	if err != nil {
		return nil, err
	}
	pool, err := past.Read(filepath.Join(e.Data, past.Dir), nil)
	if err != nil {
		return nil, err //nolint:wrapcheck // it says what it was about
	}
	o := rebuild.Options{Source: source, Past: rebuild.Past(pool.Lists(ctx)), Settings: settings}
	if c.Announce {
		o.Announce = &rebuild.Announcement{At: e.Now().UTC(), Because: roster.CorrectionReason(c.Because)}
		if o.Announce.Plan, err = e.Plan(source); err != nil {
			return nil, err
		}
	}
	b, err := rebuild.Derive(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("deriving everything anew: %w", err)
	}
	return b, nil
}

// print says what differs; kept is where what was stored before is now, "" where nothing
// was written.
func (c Rebuild) print(out io.Writer, b *rebuild.Rebuilt, kept string) error {
	if c.Format == "json" {
		return printJSON(out, struct {
			rebuild.Report
			Differs bool `json:"differs"`
			Written bool `json:"written"`
		}{b.Report, b.Differs(), kept != ""})
	}
	p := printer{out: out}
	p.report(b.Report, b.Differs())
	if c.Announce {
		p.announced(b.Report, kept != "")
	}
	switch {
	case kept != "" && len(b.Report.Corrections) > 0:
		p.sayf("It is written, with the corrections. What was there is kept as %s.\n", kept)
	case kept != "":
		p.sayf("It is written, and nothing is sent. What was there is kept as %s.\n", kept)
	case b.Differs():
		p.sayf("Nothing is written; %s writes it.\n", strconv.Quote(c.writing()))
	}
	return p.err
}

// writing is the command that does what this one only tells.
func (c Rebuild) writing() string {
	command := "watch287g rebuild --write"
	if c.Announce {
		command += " --announce"
	}
	if c.Because != "" {
		command += " --because " + c.Because
	}
	return command
}

func printJSON(out io.Writer, v any) error {
	in := json.NewEncoder(out)
	in.SetIndent("", "  ")
	in.SetEscapeHTML(false)
	if err := in.Encode(v); err != nil {
		return fmt.Errorf("printing it: %w", err)
	}
	return nil
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/alecthomas/kong"

	"github.com/watch287g/watch287g/cmd/watch287g/anew"
	"github.com/watch287g/watch287g/cmd/watch287g/documents"
	"github.com/watch287g/watch287g/cmd/watch287g/earlier"
	"github.com/watch287g/watch287g/cmd/watch287g/people"
	"github.com/watch287g/watch287g/config"
	"github.com/watch287g/watch287g/document/archive"
	"github.com/watch287g/watch287g/document/pdf/child"
	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/ops"
	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/watch"
	"github.com/watch287g/watch287g/web/crowd"
)

// version is set by the linker.
var version = "dev"

// Exit statuses.
const (
	statusOK      = 0
	statusFailure = 1
	statusUsage   = 2
	// statusAsk ends a command that has said what it would do, and does it with --yes. It
	// never leaves the program.
	statusAsk = 3
)

// app is one call of the program: its surroundings, and its parts once they are
// open. A running service makes an app for each command that it is asked to run.
type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	now            func() time.Time
	cwd            string // that relative paths count from
	args           []string
	ctx            context.Context // of the call

	flags   *commands
	config  func() (config.Config, error) // what the configuration says; it is read once
	service *service                      // not nil within a running service, whose parts are used
	client  *http.Client                  // that messages are sent with; nil: the usual one
	kept    *archive.Current              // where documents are kept; nil until archive() opens it
	papers  *documents.Papers             // what is derived from them, for pages
	refused *crowd.Counts                 // what readers of the pages were refused
	monitor *ops.Monitor                  // what the operator of a service sees; nil: nothing
	signUps bool                          // readers can sign up on the pages of a service
	pace    time.Duration                 // between two messages to Slack; 0: the usual one
	// quietSince is when a command began that says nothing of channels which failed
	// before; zero: it does.
	quietSince time.Time
	// writeFile has a file written where the command was typed.
	writeFile func(path string, write func(io.Writer) error) error
}

func newApp(stdout, stderr io.Writer, now func() time.Time) *app {
	cwd, err := os.Getwd()
	if err != nil {
		cwd = "."
	}
	return &app{stdin: os.Stdin, stdout: stdout, stderr: stderr, now: now, cwd: cwd, writeFile: writeFile}
}

// commands is the command line.
type commands struct {
	Data      string           `help:"Directory of the state." default:"./data" placeholder:"DIR" short:"d" env:"WATCH287G_DATA"`
	Config    string           `help:"Configuration file (default ./watch287g.yaml, if there is one)." placeholder:"FILE" short:"c" env:"WATCH287G_CONFIG"`
	LogFormat string           `help:"How the service writes its log: text, or json, an object a line." enum:"text,json" default:"text" placeholder:"text"`
	Version   kong.VersionFlag `help:"Print the version."`

	Run     runCmd          `cmd:"" help:"Poll, and answer other commands, until told to stop."`
	Reload  reloadCmd       `cmd:"" help:"Have the running service read its configuration again; print what changed, or why not."`
	Poll    pollCmd         `cmd:"" help:"Look at ICE's page once and print what changed."`
	Import  earlier.Command `cmd:"" help:"Import what was published before: from files, from the Internet Archive, or from another watch287g."`
	Changes changesCmd      `cmd:"" help:"Print the log of changes."`
	List    listCmd         `cmd:"" help:"Print the agreements, today or as of any moment."`
	Stats   statsCmd        `cmd:"" help:"Print counts by state, model and kind of agency."`
	Diff    diffCmd         `cmd:"" help:"Print what changed between two files; needs no store."`
	Holds   holdsCmd        `cmd:"" help:"Print the publications that were set aside; approve or reject one."`
	Polls   pollsCmd        `cmd:"" help:"Print the log of polls."`
	Deliver deliveriesCmd   `cmd:"" name:"deliveries" help:"Print the messages and how far each got; retry, move or drop some."`
	Notify  notifyCmd       `cmd:"" help:"Test a channel, or preview what it would have received."`
	Demo    demoCmd         `cmd:"" help:"Show the whole service at work, against a made-up ICE."`
	Public  evidenceCmd     `cmd:"" name:"publication" help:"Write a file as ICE published it."`
	Docs    docsCmd         `cmd:"" name:"documents" help:"Print the documents that ICE links and what each says; check or write those that are kept."`
	Readers people.Commands `cmd:"" help:"Print who signed up for mails; export, import, erase or suppress some."`
	Backup  backupCmd       `cmd:"" help:"Write a copy of the state to a file, also while the service runs."`
	Copy    copyCmd         `cmd:"" help:"Copy the whole state from a directory to a PostgreSQL database, or back."`
	Restore restoreCmd      `cmd:"" help:"Put a backup in the place of the state, which is kept beside it."`
	Rebuild anew.Rebuild    `cmd:"" help:"Derive everything anew from all that is kept, and print what differs from what is stored."`
	Verify  anew.Verify     `cmd:"" help:"Derive one change anew from the lists behind it, and say whether it comes out the same."`
	Compact compactCmd      `cmd:"" help:"Make the file of the state smaller where it has room that is not used."`
	Conf    configCmd       `cmd:"" name:"config" help:"Check the configuration, or print an example."`
	Shell   completionCmd   `cmd:"" name:"completion" help:"Print a script that completes the program's command lines in a shell."`
	Words   completeCmd     `cmd:"" name:"complete" hidden:"" help:"Print what a command line can go on with."`
	Man     manCmd          `cmd:"" hidden:"" help:"Print the manual page."`
	PDF     child.Command   `cmd:"" name:"read-document" hidden:"" help:"Read the PDF on the input, as the service has each document read."`
	Health  aliveCmd        `cmd:"" name:"healthcheck" help:"Ask the service whether it is alive, by ops.listen, as a container's engine does."`
}

// usageError is a mistake in the command line.
type usageError struct{ error }

// run carries out one command line and returns the exit status.
func (a *app) run(ctx context.Context, args []string) int {
	a.args = args
	err := a.dispatch(ctx, args)
	var done exited
	var usage usageError
	switch {
	case err == nil:
		return statusOK
	case errors.As(err, &done) && done == statusAsk && a.service == nil:
		if a.agreed() {
			return a.run(ctx, append(slices.Clip(args), "--yes"))
		}
		err = errors.New("nothing was done; --yes does it without asking")
	case errors.As(err, &done):
		return int(done)
	}
	fmt.Fprintf(a.stderr, "watch287g: %s\n", oneLine(err))
	if errors.As(err, &usage) {
		return statusUsage
	}
	return statusFailure
}

// exited ends a command whose output is written and whose status is set.
type exited int

func (e exited) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// wrongConfig is before the mistakes of a configuration, each on a line.
const wrongConfig = "the configuration is wrong:\n"

// oneLine keeps an error to a line; an error that is a list of lines, as the
// configuration's is, keeps them.
func oneLine(err error) string {
	var list config.Errors
	if errors.As(err, &list) {
		return wrongConfig + list.Error()
	}
	return roster.Clean(err.Error())
}

// dispatch parses the command line and runs the command. One whose store another
// process holds is handed to that process.
func (a *app) dispatch(ctx context.Context, args []string) (err error) {
	a.ctx, a.flags, a.config = ctx, &commands{}, sync.OnceValues(a.loadConfig)
	parser, err := kong.New(a.flags, kong.Name("watch287g"), kong.UsageOnError(), kong.Writers(a.stdout, a.stderr),
		kong.Description("Watches ICE's lists of 287(g) agreements and says what really changed."),
		kong.Vars{"version": "watch287g " + version}, kong.Exit(func(status int) { panic(exited(status)) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		return fmt.Errorf("building the command line: %w", err)
	}
	defer func() { // kong ends --help and --version through Exit
		if p := recover(); p != nil {
			status, ok := p.(exited)
			if !ok {
				panic(p)
			}
			err = status
		}
	}()
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		return usageError{fmt.Errorf("%w; \"watch287g --help\" lists what there is", err)}
	}
	parsed.BindTo(ctx, (*context.Context)(nil))
	parsed.Bind(a.readersEnv())
	parsed.Bind(a.earlierEnv())
	parsed.Bind(a.documentsEnv())
	parsed.Bind(a.anewEnv())
	err = parsed.Run(a)
	if errors.Is(err, store.ErrLocked) && a.service == nil && parsed.Command() != "run" {
		return a.ask(ctx, err)
	}
	return err
}

// abs makes a path absolute: a service in another directory may be the one to use it.
func (a *app) abs(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(a.cwd, path)
}

// usualConfig is the configuration where none is named.
const usualConfig = "watch287g.yaml"

// configFile is the configuration's path: the named one, or the usual one, which
// need not be there.
func (a *app) configFile() (path string, found bool) {
	if a.flags.Config != "" {
		return a.flags.Config, true
	}
	_, err := os.Stat(a.abs(usualConfig))
	return usualConfig, !errors.Is(err, fs.ErrNotExist)
}

// loadConfig reads the configuration, which app.config does once.
func (a *app) loadConfig() (config.Config, error) {
	path, found := a.configFile()
	if !found {
		return config.Default(), nil
	}
	if a.service != nil {
		path = a.abs(path) // the service may run in another directory
	}
	c, err := config.Load(path, os.LookupEnv, config.Places{County: place.CheckCounty, Town: place.CheckTown}, func(ch config.Channel) error {
		_, err := newChannel(ch, notify.Deps{Now: a.now})
		return err
	})
	if errors.Is(err, fs.ErrNotExist) {
		return c, fmt.Errorf("there is no configuration file %s; \"watch287g config example\" prints one", path)
	}
	return c, err
}

// withWatcher runs do with a watcher: the service's, or one made for the call.
func (a *app) withWatcher(ctx context.Context, do func(context.Context, *watch.Watcher) error) error {
	return a.withWatcherOf(ctx, func(ctx context.Context, _ store.Store, w *watch.Watcher) error { return do(ctx, w) })
}

// withWatcherOf is withWatcher for who needs the store, too.
func (a *app) withWatcherOf(ctx context.Context, do func(context.Context, store.Store, *watch.Watcher) error) error {
	if a.service != nil {
		return a.alone(ctx, a.service.fleet, func(ctx context.Context) error { return do(ctx, a.service.store, a.service.watcher) })
	}
	if a.shared() && a.serviceAnswers() {
		return store.ErrLocked // it may poll at this moment, and wakes the sender
	}
	return a.withStore(func(s store.Store) error {
		c, err := a.config()
		if err != nil {
			return err
		}
		log := slog.New(slog.DiscardHandler)
		w, _, _, err := a.newWatcher(s, c, log)
		if err != nil {
			return err
		}
		f, err := a.newFleet(s, nil, nil, nil, nil, nil, log)
		if err != nil {
			return err
		}
		return a.alone(ctx, f, func(ctx context.Context) error { return do(ctx, s, w) })
	})
}

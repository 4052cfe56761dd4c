// Package pdf makes a Reading of a PDF. The file is read by PDFium in a process of its own,
// the same program with the hidden command "read-document", which has no environment, gets
// the file alone, and is bound in memory, time and output: a file that is made to do harm
// costs itself and nothing else. What that process says is not trusted either.
package pdf

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/watch287g/watch287g/document"
	"github.com/watch287g/watch287g/roster"
)

// What a document can be at most.
const (
	MaxBytes = roster.MaxDocument // of the file
	MaxPages = 1000
)

// Options says how documents are read. The zero value reads them with this program itself,
// and without tesseract.
type Options struct {
	// Command starts the process that reads: the program and its first arguments. The
	// default is this program with "read-document".
	Command []string
	// Cache is a directory for PDFium in machine code, which spares each start some 3 s and
	// 280 MB. It is made when it is needed, holds some 20 MB, and can be deleted at any time.
	// Who can write there can have code executed. "" goes without.
	Cache string
	// Memory is what the process may hold, in bytes; 0 for 1 GiB. PDFium itself gets 384 MiB.
	Memory int64
	// Timeout is how long the processor may be busy with one file; 0 for 20 s. Six times as
	// long is waited for a machine that has other things to do.
	Timeout time.Duration
	// Output is how much a file may say, in bytes; 0 for 4 MiB.
	Output int
	// Tesseract is the path of the program by which pages without text are read; "" for none.
	Tesseract string
	Log       *slog.Logger // nil: nothing is logged
}

// Reader reads documents, one at a time. It is safe for concurrent use.
type Reader struct {
	o    Options
	turn chan struct{}
}

// New returns a reader. It starts nothing.
func New(o Options) *Reader {
	o.Memory = cmp.Or(o.Memory, 1<<30)
	o.Timeout = cmp.Or(o.Timeout, 20*time.Second)
	o.Output = cmp.Or(o.Output, 4<<20)
	if path, err := filepath.Abs(o.Cache); o.Cache != "" && err == nil {
		o.Cache = path // the process that reads works elsewhere
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Reader{o: o, turn: make(chan struct{}, 1)}
}

// Read reads a file. Whatever is wrong with the file is the Problem of the reading, which has
// no pages then. An error says that it could not be tried as it should have been: the context
// ended, no process could be started, or it was ended from outside. The file can be read later
// then.
func (r *Reader) Read(ctx context.Context, body []byte) (document.Reading, error) {
	sum := sha256.Sum256(body)
	reading := document.Reading{SHA256: hex.EncodeToString(sum[:]), ReadBy: document.Version}
	if reading.Problem, reading.Said = atSight(body); reading.Problem != "" {
		return reading, nil
	}
	select {
	case r.turn <- struct{}{}:
		defer func() { <-r.turn }()
	case <-ctx.Done():
		return document.Reading{}, fmt.Errorf("reading document %.12s: %w", reading.SHA256, context.Cause(ctx))
	}
	a, err := r.ask(ctx, body, r.o.Timeout, 6*r.o.Timeout)
	if err != nil {
		return document.Reading{}, fmt.Errorf("reading document %.12s: %w", reading.SHA256, err)
	}
	if reading.Problem, reading.Said = a.problem, a.said; a.problem != "" {
		if page := webPage(body); page { // with the mark of a PDF somewhere in it
			reading.Problem, reading.Said = roster.ProblemWebPage, saidWebPage
		}
		return reading, nil
	}
	for i, p := range a.pages {
		if p.Number != i+1 {
			a = broken
		}
	}
	if len(a.pages) == 0 {
		reading.Problem, reading.Said = broken.problem, broken.said
		return reading, nil
	}
	reading.Pages = a.pages
	if err := r.machineRead(ctx, body, &reading); err != nil {
		return document.Reading{}, fmt.Errorf("reading document %.12s by machine: %w", reading.SHA256, err)
	}
	return reading, nil
}

// machineRead has tesseract read the pages that have no text. Where it fails, they stay
// without.
func (r *Reader) machineRead(ctx context.Context, body []byte, reading *document.Reading) error {
	var pages []string
	for _, p := range reading.Pages {
		if p.Scanned && len(pages) < maxMachine {
			pages = append(pages, strconv.Itoa(p.Number))
		}
	}
	if len(pages) == 0 || r.o.Tesseract == "" {
		return nil
	}
	reading.Tried = true
	limit := r.o.Timeout + time.Duration(len(pages))*r.o.Timeout/2
	a, err := r.ask(ctx, body, limit, 2*limit, "--tesseract", r.o.Tesseract, "--pages", strings.Join(pages, ","))
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil || a.problem != "" {
		r.o.Log.Warn("not all pages of a document that have no text were read by machine", "document", reading.SHA256, "error", cmp.Or(err, errors.New(a.said)))
	}
	for _, p := range a.pages {
		i := p.Number - 1
		if i < 0 || i >= len(reading.Pages) || !reading.Pages[i].Scanned || words(p.Text) <= words(reading.Pages[i].Text) {
			continue
		}
		reading.Pages[i].Text, reading.Pages[i].Machine = p.Text, true
	}
	return nil
}

// maxMachine is how many pages of one document are read by machine: some five seconds each.
const maxMachine = 60

// ask has a process of its own read a file, and returns what it says. Limit is how long it
// may be busy, wait how long it may take. What it has said goes with an error, too.
func (r *Reader) ask(ctx context.Context, body []byte, limit, wait time.Duration, more ...string) (answer, error) {
	args, err := r.command(limit, more)
	if err != nil {
		return answer{}, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, wait, errSlow)
	defer cancel()
	c := exec.CommandContext(ctx, args[0], args[1:]...)
	c.Env = []string{} // not even where the operator's secrets are
	c.Dir = "/"
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c.Cancel = func() error { return killGroup(c.Process.Pid) }
	c.WaitDelay = 5 * time.Second
	out := &Bounded{Most: r.o.Output, Full: cancel}
	said := &Bounded{Most: 2 << 10}
	c.Stdout, c.Stderr = out, said
	in, err := c.StdinPipe()
	if err != nil {
		return answer{}, fmt.Errorf("making the pipe: %w", err)
	}
	if err := c.Start(); err != nil {
		return answer{}, fmt.Errorf("starting the process that reads: %w", err)
	}
	var writing sync.WaitGroup
	writing.Go(func() { // the pipe stays open: its end says that this process is gone
		_ = binary.Write(in, binary.BigEndian, uint64(len(body)))
		_, _ = in.Write(body)
	})
	err = c.Wait()
	_ = killGroup(c.Process.Pid) // what it has started itself
	writing.Wait()
	r.o.Log.Debug("a document was read", "error", err, "busy", busy(c), "said", roster.Clean(string(said.Bytes())))
	a := parse(out.Bytes())
	return a, r.judge(ctx, c, err, &a, out, limit)
}

// judge says what the end of the process means: for the answer, where it is about the file,
// or else as an error.
func (r *Reader) judge(ctx context.Context, c *exec.Cmd, err error, a *answer, out *Bounded, limit time.Duration) error {
	cause := context.Cause(ctx)
	status, _ := c.ProcessState.Sys().(syscall.WaitStatus)
	switch {
	case out.Over:
		*a = answer{problem: roster.ProblemUnreadable, said: fmt.Sprintf("It has more than the %d KiB of text that are read.", r.o.Output>>10), pages: a.pages}
	case cause != nil && !errors.Is(cause, errSlow):
		return cause
	case !a.ready:
		return fmt.Errorf("the process that reads did not get ready: %w", cmp.Or(cause, err, io.ErrUnexpectedEOF))
	case a.problem != "" || err == nil && a.done:
	case busy(c) >= limit-time.Second || status.Signaled() && status.Signal() == syscall.SIGXCPU:
		*a = answer{problem: roster.ProblemUnreadable, said: fmt.Sprintf("It is not read within %s.", seconds(limit)), pages: a.pages}
	case cause != nil:
		return fmt.Errorf("the process that reads got too little of the processor: %w", cause)
	case status.Signaled() && status.Signal() == syscall.SIGKILL:
		return fmt.Errorf("the process that reads was ended from outside: %w", err)
	default: // out of memory, mostly
		*a = answer{problem: roster.ProblemUnreadable, said: "It cannot be read with the memory that there is for one document, or breaks the program that reads.", pages: a.pages}
	}
	return nil
}

var errSlow = errors.New("it took too long")

// command is what starts the process that reads.
func (r *Reader) command(limit time.Duration, more []string) ([]string, error) {
	args := r.o.Command
	if len(args) == 0 {
		self, err := os.Executable()
		if err != nil {
			return nil, fmt.Errorf("finding this program: %w", err)
		}
		args = []string{self, "read-document"}
	}
	args = append(args[:len(args):len(args)], "--memory", strconv.FormatInt(r.o.Memory, 10), "--busy", limit.String())
	if r.o.Cache != "" {
		args = append(args, "--cache", r.o.Cache)
	}
	return append(args, more...), nil
}

// killGroup ends a process and all that it has started.
func killGroup(pid int) error {
	err := syscall.Kill(-pid, syscall.SIGKILL)
	if errors.Is(err, syscall.ESRCH) {
		return os.ErrProcessDone
	}
	return err
}

// busy is how long the processor was busy with a process that ended.
func busy(c *exec.Cmd) time.Duration {
	return c.ProcessState.UserTime() + c.ProcessState.SystemTime()
}

func seconds(d time.Duration) string {
	if d < 2*time.Second {
		return d.String()
	}
	return fmt.Sprintf("%d seconds", int(d.Seconds()))
}

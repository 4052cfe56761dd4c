package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"time"
)

// A running service holds the store, so that other commands ask it to run them.
// The request is one line of JSON; the answer is a row of frames: a letter, a
// length of four bytes, and that many bytes.
const (
	frameStdout = 'o'
	frameStderr = 'e'
	frameCreate = 'c' // the path of a file that the asker is to write
	frameFile   = 'f' // what goes into it
	frameClose  = 'd' // it is whole
	frameExit   = 'x' // the exit status, one byte
	maxFrame    = 1 << 20
)

// request is a command line and where it was typed.
type request struct {
	Args []string `json:"args"`
	Cwd  string   `json:"cwd"`
}

// longestPath is the longest path of a socket that every system takes.
const longestPath = 100

// socketPath is beside the data. A path that is too long for a socket is given
// as seen from here.
func socketPath(data string) string {
	path := filepath.Join(data, "watch287g.sock")
	if len(path) <= longestPath {
		return path
	}
	if cwd, err := os.Getwd(); err == nil {
		if rel, err := filepath.Rel(cwd, path); err == nil && len(rel) < len(path) {
			return rel
		}
	}
	return path
}

// listenSocket opens the socket for its owner alone. One that is found here and does
// not answer is a dead service's.
func listenSocket(ctx context.Context, path string) (net.Listener, error) {
	if listening(ctx, path) {
		return nil, errors.New("another service runs with this data directory; start this one with another --data")
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil { // a store in a database makes none
		return nil, fmt.Errorf("making the data directory: %w", err)
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("removing an old socket: %w", err)
	}
	old := syscall.Umask(0o177)
	defer syscall.Umask(old)
	var config net.ListenConfig
	l, err := config.Listen(ctx, "unix", path)
	if errors.Is(err, syscall.EINVAL) && len(path) > longestPath {
		err = fmt.Errorf("the path of the data directory has %d letters, too many for a socket; start it in a directory nearer to it, or choose another one with --data", len(path))
	}
	if err != nil {
		return nil, fmt.Errorf("opening the socket for other commands: %w", err)
	}
	return l, nil
}

// serveSocket answers commands until ctx ends, then closes the listener and waits
// for those under way.
func (s *service) serveSocket(ctx context.Context, l net.Listener) error {
	context.AfterFunc(ctx, func() { _ = l.Close() }) // Accept tells
	var wg sync.WaitGroup
	defer wg.Wait()
	for {
		conn, err := l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil { // no file is left to open, maybe
			select {
			case <-ctx.Done():
			case <-time.After(acceptPause):
			}
			continue
		}
		wg.Go(func() {
			defer conn.Close() //nolint:errcheck // the answer is complete or lost
			s.answer(ctx, conn)
		})
	}
}

// acceptPause is how long to wait before the next command is taken after one could
// not be.
const acceptPause = time.Second

// answerGrace is how long an asker has to take in an answer once the service is
// told to stop: one that says or reads nothing must not keep it.
const answerGrace = 300 * time.Millisecond

// answer runs one command for an asker. It stops when the asker hangs up.
func (s *service) answer(ctx context.Context, conn net.Conn) {
	// A deadline would not do here: the one for the request, below, may be set
	// after ctx has ended, and would take its place.
	defer context.AfterFunc(ctx, func() { time.AfterFunc(answerGrace, func() { _ = conn.Close() }) })()
	_ = conn.SetReadDeadline(time.Now().Add(5 * time.Second)) // which fails where reading does
	var req request
	if json.NewDecoder(io.LimitReader(conn, maxFrame)).Decode(&req) != nil {
		return
	}
	_ = conn.SetReadDeadline(time.Time{})
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		defer cancel()
		_, _ = io.Copy(io.Discard, conn) // nothing more is said: this ends when the asker is gone
	}()
	out := &frames{w: conn}
	a := &app{stdout: stream{out, frameStdout}, stderr: stream{out, frameStderr}, now: s.now, cwd: req.Cwd, service: s, writeFile: out.writeFile}
	status := a.run(ctx, req.Args)
	_ = out.send(frameExit, []byte{byte(status)}) // the asker may be gone
}

// frames writes frames from several streams.
type frames struct {
	mu sync.Mutex
	w  io.Writer
}

func (f *frames) send(kind byte, data []byte) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	head := binary.BigEndian.AppendUint32([]byte{kind}, uint32(len(data))) //nolint:gosec // at most maxFrame
	if _, err := f.w.Write(append(head, data...)); err != nil {
		return fmt.Errorf("answering a command: %w", err)
	}
	return nil
}

// stream is one of the streams.
type stream struct {
	f    *frames
	kind byte
}

// Write sends p in as many frames as it needs.
func (s stream) Write(p []byte) (int, error) {
	for part := range slices.Chunk(p, maxFrame) {
		if err := s.f.send(s.kind, part); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}

// writeFile has the asker write a file: it may reach directories that the service may
// not.
func (f *frames) writeFile(path string, write func(io.Writer) error) error {
	if err := f.send(frameCreate, []byte(path)); err != nil {
		return err
	}
	if err := write(stream{f, frameFile}); err != nil {
		return err
	}
	return f.send(frameClose, nil)
}

// serviceAnswers says whether a service is listening beside the data.
func (a *app) serviceAnswers() bool { return listening(context.Background(), socketPath(a.data())) }

// listening says whether something listens at a socket.
func listening(ctx context.Context, path string) bool {
	d := net.Dialer{Timeout: time.Second}
	conn, err := d.DialContext(ctx, "unix", path)
	if err != nil {
		return false
	}
	_ = conn.Close() // which is all that it hears of this
	return true
}

// ask hands the command line to the service that holds the store. locked is why
// it was not done here.
func (a *app) ask(ctx context.Context, locked error) error {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "unix", socketPath(a.data()))
	if err != nil {
		return locked
	}
	defer conn.Close() //nolint:errcheck // nothing is left to send
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	if err := json.NewEncoder(conn).Encode(request{Args: a.args, Cwd: a.cwd}); err != nil {
		return fmt.Errorf("asking the running service: %w", err)
	}
	return a.receive(bufio.NewReader(conn), nil)
}

// receive passes the service's answer on, and writes what goes into a file, up to
// the file's end.
func (a *app) receive(in *bufio.Reader, file io.Writer) error {
	for {
		kind, data, err := readFrame(in)
		if err != nil {
			return fmt.Errorf("the running service stopped in the middle of its answer: %w", err)
		}
		switch kind {
		case frameStdout:
			_, err = a.stdout.Write(data)
		case frameStderr:
			_, err = a.stderr.Write(data)
		case frameCreate:
			if err := a.writeFile(string(data), func(w io.Writer) error { return a.receive(in, w) }); err != nil {
				return err
			}
		case frameFile:
			_, err = file.Write(data)
		case frameClose:
			return nil
		case frameExit:
			if data[0] == statusOK {
				return nil
			}
			return exited(data[0])
		}
		if err != nil {
			return fmt.Errorf("writing the answer of the running service: %w", err)
		}
	}
}

func readFrame(in *bufio.Reader) (kind byte, data []byte, err error) {
	var head [5]byte
	if _, err := io.ReadFull(in, head[:]); err != nil {
		return 0, nil, err
	}
	size := binary.BigEndian.Uint32(head[1:])
	if size > maxFrame {
		return 0, nil, fmt.Errorf("a frame of %d bytes", size)
	}
	data = make([]byte, size)
	_, err = io.ReadFull(in, data)
	return head[0], data, err
}

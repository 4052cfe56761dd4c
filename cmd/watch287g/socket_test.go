package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// answers makes an answer of frames, as a service sends it.
func answers(t *testing.T, send func(f *frames) error) *bufio.Reader {
	t.Helper()
	var sent bytes.Buffer
	if err := send(&frames{w: &sent}); err != nil {
		t.Fatal(err)
	}
	return bufio.NewReader(&sent)
}

// half sends a file of which the end does not come.
func half(f *frames, path string) error {
	err := f.writeFile(path, func(w io.Writer) error {
		_, err := w.Write([]byte("half of it"))
		return errors.Join(err, errHalf)
	})
	if errors.Is(err, errHalf) {
		return nil
	}
	return err
}

var errHalf = errors.New("no more of it is there")

func TestFileThatDoesNotBecomeWholeLeavesNothing(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "copy.db")
	for _, tt := range []struct {
		name string
		end  func(f *frames) error
		want string
	}{
		{"the service stops", func(*frames) error { return nil }, "the running service stopped in the middle of its answer"},
		{"the command fails", func(f *frames) error { return f.send(frameExit, []byte{statusFailure}) }, "exit status 1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := newApp(&bytes.Buffer{}, &bytes.Buffer{}, time.Now)
			err := a.receive(answers(t, func(f *frames) error { return errors.Join(half(f, path), tt.end(f)) }), nil)
			if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("the error is %v", err)
			}
			if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
				t.Errorf("left are %v (%v)", left, err)
			}
		})
	}
}

func TestAnswerIsPassedOn(t *testing.T) {
	var stdout, stderr bytes.Buffer
	path := filepath.Join(t.TempDir(), "copy.db")
	long := strings.Repeat("x", 3*maxFrame+1)
	err := newApp(&stdout, &stderr, time.Now).receive(answers(t, func(f *frames) error {
		_, out := stream{f, frameStdout}.Write([]byte(long))
		_, said := stream{f, frameStderr}.Write([]byte("said"))
		written := f.writeFile(path, func(w io.Writer) error {
			_, err := w.Write([]byte(long))
			return err
		})
		return errors.Join(out, said, written, f.send(frameExit, []byte{statusUsage}))
	}), nil)
	if status, ok := errors.AsType[exited](err); !ok || int(status) != statusUsage {
		t.Errorf("it ends with %v", err)
	}
	if stdout.String() != long || stderr.String() != "said" {
		t.Errorf("%d bytes of output, and %q", stdout.Len(), stderr.String())
	}
	if copied, err := os.ReadFile(path); err != nil || string(copied) != long {
		t.Errorf("%d bytes in the file (%v)", len(copied), err)
	}
}

func TestFrameBeyondBelievingIsRefused(t *testing.T) {
	in := bufio.NewReader(strings.NewReader("o\xff\xff\xff\xff"))
	err := newApp(&bytes.Buffer{}, &bytes.Buffer{}, time.Now).receive(in, nil)
	if err == nil || !strings.HasSuffix(err.Error(), "a frame of 4294967295 bytes") {
		t.Errorf("the error is %v", err)
	}
}

// lateConn is one whose deadline for reading is set after all else was done that
// can be.
type lateConn struct{ net.Conn }

func (c lateConn) SetReadDeadline(t time.Time) error {
	synctest.Wait()
	return c.Conn.SetReadDeadline(t)
}

// TestSilentAskerDoesNotKeepAStoppingService connects somebody who says nothing
// in the moment in which the service is told to stop.
func TestSilentAskerDoesNotKeepAStoppingService(t *testing.T) {
	for _, when := range []struct {
		name  string
		after time.Duration
	}{{"just before", 0}, {"a while before", time.Second}} {
		t.Run(when.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, stop := context.WithCancel(t.Context())
				time.AfterFunc(when.after, stop)
				if when.after == 0 {
					stop()
				}
				theirs, ours := net.Pipe()
				defer theirs.Close() //nolint:errcheck // a pipe
				began := time.Now()
				(&service{now: time.Now}).answer(ctx, lateConn{ours})
				if took := time.Since(began) - when.after; took > answerGrace {
					t.Errorf("it ends %v after it was told to", took)
				}
			})
		})
	}
}

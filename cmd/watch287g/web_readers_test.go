package main

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// webReader asks over one connection that is kept, and reads no more of an answer
// than it must: it should cost less than the server.
type webReader struct {
	net.Conn
	in *bufio.Reader
}

// dialReader connects from one of 20 addresses, where this machine has them: what one
// address may do is bounded.
func dialReader(t testing.TB, address string) *webReader {
	t.Helper()
	c, err := dialFrom(fmt.Sprintf("127.0.0.%d", 2+rand.N(20)), address)
	if err != nil { // this machine has no other address
		c, err = net.Dial("tcp", address)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return &webReader{c, bufio.NewReaderSize(c, 16<<10)}
}

// getting is a GET as it is sent.
func getting(path string, headers ...string) []byte {
	return []byte("GET " + path + " HTTP/1.1\r\nHost: 287g.example\r\n" + strings.Join(append(headers, "\r\n"), "\r\n"))
}

// ask returns the status, the header as it was sent, and the length of the body,
// which is thrown away.
func (r *webReader) ask(request []byte) (status int, header string, length int, err error) {
	if _, err := r.Write(request); err != nil {
		return 0, "", 0, err
	}
	return r.answer()
}

func (r *webReader) answer() (status int, header string, length int, err error) {
	var head []byte
	for {
		line, err := r.in.ReadSlice('\n')
		if err != nil {
			return 0, "", 0, err
		}
		if head = append(head, line...); len(line) == 2 {
			break
		}
	}
	header = string(head)
	if len(header) < 12 {
		return 0, header, 0, io.ErrUnexpectedEOF
	}
	if status, err = strconv.Atoi(header[9:12]); err != nil {
		return status, header, 0, err
	}
	if _, rest, ok := strings.Cut(header, "\r\nContent-Length: "); ok {
		digits, _, _ := strings.Cut(rest, "\r\n")
		if length, err = strconv.Atoi(digits); err != nil {
			return status, header, 0, err
		}
		_, err = r.in.Discard(length)
	}
	return status, header, length, err
}

// pace is how fast a server answered.
type pace struct {
	took  []time.Duration // of each request
	clock time.Duration   // of all
}

func (p pace) rate() float64 { return float64(len(p.took)) / p.clock.Seconds() }

// at is what so many percent of the requests did not take longer than, in
// milliseconds.
func (p pace) at(percent int) float64 {
	slices.Sort(p.took)
	return p.took[(len(p.took)-1)*percent/100].Seconds() * 1000
}

// crowdOf asks for one address, or what next makes up each time, over so many
// connections for a while.
func crowdOf(t testing.TB, address string, connections, status int, long time.Duration, next func() []byte) pace {
	t.Helper()
	var all pace
	var mu sync.Mutex
	var wg sync.WaitGroup
	began := time.Now()
	for range connections {
		reader := dialReader(t, address)
		wg.Go(func() {
			defer reader.Close() //nolint:errcheck // all is read
			var took []time.Duration
			for time.Since(began) < long {
				asked := time.Now()
				got, header, _, err := reader.ask(next())
				if err != nil || status != 0 && got != status {
					t.Errorf("status %d, %v: %s", got, err, header)
					return
				}
				took = append(took, time.Since(asked))
			}
			mu.Lock()
			defer mu.Unlock()
			all.took = append(all.took, took...)
		})
	}
	wg.Wait()
	all.clock = time.Since(began)
	return all
}

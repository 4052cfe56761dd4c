package mailing_test

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/watch287g/watch287g/notify/letter"
)

// fastSink is a mail server that takes all, and does next to nothing with it, so that
// what is measured is who sends.
type fastSink struct {
	port int
	n    atomic.Int64 // mails

	mu    sync.Mutex
	some  [][]byte             // mails that are sent again, bare
	came  map[string]time.Time // when the first and the last came of a kind
	count map[string]int
}

func newFastSink(t testing.TB) *fastSink {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &fastSink{port: listener.Addr().(*net.TCPAddr).Port, came: map[string]time.Time{}, count: map[string]int{}}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			go s.serve(c)
		}
	}()
	return s
}

func (s *fastSink) serve(c net.Conn) {
	defer func() { _ = c.Close() }()
	r, say := bufio.NewReaderSize(c, 64<<10), func(line string) { _, _ = io.WriteString(c, line+"\r\n") }
	say("220 sink")
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return
		}
		switch word := strings.ToUpper(string(line[:min(4, len(line))])); word {
		case "EHLO":
			say("250 sink")
		case "DATA":
			say("354 go on")
			var raw bytes.Buffer
			for {
				line, err := r.ReadSlice('\n')
				if err != nil {
					return
				}
				if len(line) == 3 && line[0] == '.' {
					break
				}
				raw.Write(line)
			}
			s.take(raw.Bytes())
			say("250 taken")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

// take counts a mail, and keeps one now and then.
func (s *fastSink) take(raw []byte) {
	n := s.n.Add(1)
	alert := bytes.Contains(raw[:min(len(raw), 2000)], []byte("Albany"))
	if n%17 != 0 && !alert {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if alert {
		if s.count["alert"]++; s.count["alert"] == 1 {
			s.came["first"] = time.Now()
		}
		s.came["last"] = time.Now()
		return
	}
	if clone := bytes.Clone(raw); len(s.some) < mostKept {
		s.some = append(s.some, clone)
	} else {
		s.some[int(n)/17%mostKept] = clone
	}
}

// mostKept is how many mails are kept: some of the last ones.
const mostKept = 200

// size is how many bytes the mails that are kept have, in the middle.
func (s *fastSink) size() (bytes int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, raw := range s.some {
		bytes += len(raw)
	}
	return bytes / len(s.some)
}

// alerts is how many mails of an alert came, and when the first and the last did.
func (s *fastSink) alerts() (n int, first, last time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.count["alert"], s.came["first"], s.came["last"]
}

// bare sends the mails of before again, with nothing else to do, through as many
// connections as a mailer has, and returns how many a second that are.
func (s *fastSink) bare(t *testing.T, connections int, long time.Duration) float64 {
	t.Helper()
	server, err := letter.NewServer(letter.ServerConfig{Host: "127.0.0.1", Port: s.port, Security: letter.SecurityPlain, Domain: "example.org"})
	if err != nil {
		t.Fatal(err)
	}
	began, before := time.Now(), s.n.Load()
	var wait sync.WaitGroup
	for i := range connections {
		wait.Go(func() {
			session, err := server.Connect(t.Context())
			if err != nil {
				t.Error(err)
				return
			}
			defer session.Close()
			for ; time.Since(began) < long; i++ {
				if refusal, err := session.Send(t.Context(), "bounces@example.org", "reader@example.net", s.some[i%len(s.some)]); err != nil || refusal != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wait.Wait()
	return float64(s.n.Load()-before) / time.Since(began).Seconds()
}

// cpu is how much time of processors this process had, in seconds.
func cpu() float64 {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

// signerOf makes a signer with a new key.
func signerOf(kind string) *letter.Signer {
	var key any
	key, _ = rsa.GenerateKey(rand.Reader, 2048)
	if kind == "ed25519" {
		_, key, _ = ed25519.GenerateKey(rand.Reader)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		panic(err)
	}
	s, err := letter.NewSigner(letter.DKIMConfig{Domain: "example.org", Selector: "s1", KeyPEM: pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})})
	if err != nil {
		panic(err)
	}
	return s
}

// rates measures how many mails a second a mailer hands over, next to bare sends, and how
// soon an alert leaves while the digest does, signed in each of these ways.
func rates(t *testing.T, sink *fastSink, env map[string]string, signed ...string) {
	t.Helper()
	for _, kind := range signed {
		env[envSigner] = kind
		sender := child(t, "send", env)
		in, err := sender.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := sender.Start(); err != nil {
			t.Fatal(err)
		}
		for start, since := sink.n.Load(), time.Now(); sink.n.Load() < start+500; { // it is under way
			if time.Sleep(50 * time.Millisecond); time.Since(since) > time.Minute {
				t.Fatal("no mails come")
			}
		}
		began, before := time.Now(), sink.n.Load()
		for time.Since(began) < 5*time.Second && sink.n.Load() < before+17*mostKept {
			time.Sleep(10 * time.Millisecond)
		}
		rate := float64(sink.n.Load()-before) / time.Since(began).Seconds()
		if kind == "" {
			alertBeside(t, sink, in)
		}
		_ = in.Close()
		if err := sender.Wait(); err != nil {
			t.Error(err)
		}
		bare := sink.bare(t, 8, 5*time.Second)
		t.Logf("signed by %q: %.0f mails a second of %d bytes, bare sends of the same: %.0f, of which that is %.0f %%", kind, rate, sink.size(), bare, 100*rate/bare)
	}
}

// alertBeside publishes a change of one county while a digest is sent.
func alertBeside(t *testing.T, sink *fastSink, in io.Writer) {
	t.Helper()
	committed := time.Now()
	if _, err := io.WriteString(in, "Albany\n"); err != nil {
		t.Fatal(err)
	}
	for time.Since(committed) < 30*time.Second {
		if n, first, last := sink.alerts(); n >= 500 {
			t.Logf("an alert to %d readers: the first after %s, the last after %s", n, first.Sub(committed).Round(time.Millisecond), last.Sub(committed).Round(time.Millisecond))
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	n, _, _ := sink.alerts()
	t.Errorf("%d mails of an alert to 500 readers came within 30 s", n)
}

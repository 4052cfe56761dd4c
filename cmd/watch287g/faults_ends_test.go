package main

import (
	"context"
	"errors"
	"io"
	"log"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

// mood is what an endpoint does with a message.
type mood string

const (
	takes   mood = "takes"   // and says so
	loses   mood = "loses"   // takes it, and hangs up before it says so
	refuses mood = "refuses" // in whatever way: the message is not taken
)

// faultReceipt is a message at an endpoint.
type faultReceipt struct {
	life int // of the program, that sent it
	id   string
	body string // "" where it broke off
	mood mood
}

// faultEnds are the far ends of all channels. They take messages or not, as chance
// has it, until they are mended.
type faultEnds struct {
	web    *httptest.Server
	mail   *smtp.Server
	mended chan struct{} // closed

	mu     sync.Mutex
	random *rand.Rand
	got    map[string][]*faultReceipt // by channel, and by recipient
	faults map[string]int
	calm   bool
	lives  map[int]int   // of the program, by the port of the mail server
	seen   int           // messages in this life
	kill   int           // after so many messages this life ends
	enough chan struct{} // gets a word then
}

func newFaultEnds(t testing.TB, random *rand.Rand) *faultEnds {
	e := &faultEnds{random: random, mended: make(chan struct{}), got: map[string][]*faultReceipt{}, faults: map[string]int{},
		lives: map[int]int{}, enough: make(chan struct{}, 1)}
	e.web = httptest.NewServer(http.HandlerFunc(e.serve))
	e.mail = smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &faultMail{ends: e, conn: c.Conn()}, nil }))
	e.mail.Domain, e.mail.ErrorLog = "mail.example.org", log.New(io.Discard, "", 0)
	t.Cleanup(func() {
		_ = e.mail.Close()
		e.mend()
		e.web.CloseClientConnections()
		e.web.Close()
	})
	return e
}

// begin says that a new life of the program begins, which ends after some
// messages. It returns the address of the mail server, another one in each life,
// so that it is known which life a mail is of.
func (e *faultEnds) begin(t testing.TB, life, kill int) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.lives[l.Addr().(*net.TCPAddr).Port] = life
	e.seen, e.kill, e.enough = 0, kill, make(chan struct{}, 1)
	go func() { _ = e.mail.Serve(l) }()
	return l.Addr().String()
}

// mend ends all faults.
func (e *faultEnds) mend() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.calm {
		e.calm = true
		close(e.mended)
	}
}

// arrive takes note of a message, and chance says what becomes of it. weights are
// of the faults by name, out of 100.
func (e *faultEnds) arrive(to string, r *faultReceipt, weights map[string]int) (fault string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	r.mood = takes
	if chance := e.random.IntN(100); !e.calm {
		fault, r.mood = drawn(chance, weights)
	}
	if fault != "" {
		e.faults[fault]++
	}
	e.got[to] = append(e.got[to], r)
	if e.seen++; e.seen == e.kill {
		e.enough <- struct{}{}
	}
	return fault
}

// drawn is the fault that a number below 100 stands for, and what it does with a message.
func drawn(chance int, weights map[string]int) (fault string, does mood) {
	for _, name := range slices.Sorted(maps.Keys(weights)) {
		if chance -= weights[name]; chance >= 0 {
			continue
		}
		switch {
		case strings.HasPrefix(name, "lost"):
			return name, loses
		case name == "late":
			return name, takes
		}
		return name, refuses
	}
	return "", takes
}

func (e *faultEnds) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	life, lifeErr := strconv.Atoi(r.URL.Query().Get("life"))
	if err != nil || lifeErr != nil {
		panic(http.ErrAbortHandler)
	}
	fault := e.arrive(strings.TrimPrefix(r.URL.Path, "/"), &faultReceipt{life: life, id: r.Header.Get("webhook-id"), body: string(body)},
		map[string]int{"500": 10, "429": 5, "hangs": 6, "hangs up": 8, "lost answer": 8, "never answers": 4})
	switch fault {
	case "":
	case "500":
		w.WriteHeader(http.StatusInternalServerError)
	case "429":
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(http.StatusTooManyRequests)
	case "hangs":
		e.linger(r.Context(), time.After(2*time.Second))
	case "never answers":
		e.linger(r.Context(), nil)
	default:
		panic(http.ErrAbortHandler)
	}
}

// linger holds a request until the client gives up, its time is over or all is
// mended, and then hangs up.
func (e *faultEnds) linger(ctx context.Context, over <-chan time.Time) {
	select {
	case <-ctx.Done():
	case <-over:
	case <-e.mended:
	}
	panic(http.ErrAbortHandler)
}

// faultMail is one connection to the mail server.
type faultMail struct {
	ends *faultEnds
	conn net.Conn
	to   string
}

// refusedRecipient is somebody whom the mail server does not want.
const refusedRecipient = "gone@example.net"

func (m *faultMail) Mail(string, *smtp.MailOptions) error { return nil }

func (m *faultMail) Rcpt(to string, _ *smtp.RcptOptions) error {
	m.to = to
	if to == refusedRecipient {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}
	}
	return nil
}

var (
	messageID = regexp.MustCompile(`(?im)^Message-ID: <(dlv_[a-z0-9]+)\.`)
	mailDate  = regexp.MustCompile(`(?m)^Date: .*\r?\n`) // says when it was sent
)

func (m *faultMail) Data(r io.Reader) error {
	head := make([]byte, 1200) // as far as the Message-ID; the connection can break off behind it
	n, err := io.ReadFull(r, head)
	if err != nil {
		return err
	}
	m.ends.mu.Lock()
	receipt := &faultReceipt{life: m.ends.lives[m.conn.LocalAddr().(*net.TCPAddr).Port]}
	m.ends.mu.Unlock()
	if found := messageID.FindSubmatch(head); found != nil {
		receipt.id = string(found[1])
	}
	fault := m.ends.arrive(m.to, receipt, map[string]int{"451": 10, "mail broken off": 8, "lost reply": 7})
	if fault == "mail broken off" {
		_ = m.conn.Close()
		return errors.New("broken off")
	}
	rest, err := io.ReadAll(r)
	m.ends.mu.Lock()
	defer m.ends.mu.Unlock()
	if err != nil { // the program was killed
		receipt.mood = refuses
		return err
	}
	receipt.body = mailDate.ReplaceAllString(string(head[:n])+string(rest), "")
	switch fault {
	case "451":
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "try later"}
	case "lost reply":
		_ = m.conn.Close()
	}
	return nil
}

func (m *faultMail) Reset()        { m.to = "" }
func (m *faultMail) Logout() error { return nil }

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

// fireReceipt is a message that reached the far end of a channel.
type fireReceipt struct {
	life     *fireLife // of the process that sent it
	to       string    // the channel, or a mail's recipient
	id       string    // of the delivery, with a number for its second part and so on; "" where the service has no place for one
	text     string    // as it came
	changes  []string  // ids, where the message has them
	mood     mood
	at       time.Time // it had come
	answered time.Time // zero where it never was
}

// delivery is the id of what it is a part of.
func (r *fireReceipt) delivery() string {
	id, _, _ := strings.Cut(r.id, ".")
	return id
}

// fireEnds are the far ends of all channels. Each life of a process has addresses of
// its own there, so that it is known who sent what.
type fireEnds struct {
	t testing.TB

	mu     sync.Mutex
	random *rand.Rand
	calm   chan struct{} // closed once all goes well
	got    []*fireReceipt
	faults map[string]int
}

func newFireEnds(t testing.TB, random *rand.Rand) *fireEnds {
	return &fireEnds{t: t, random: random, calm: make(chan struct{}), faults: map[string]int{}}
}

// begin returns the addresses for a life.
func (e *fireEnds) begin(life *fireLife) (web, mail string) {
	e.t.Helper()
	var listeners [2]net.Listener
	for i := range listeners {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			e.t.Fatal(err)
		}
		listeners[i] = l
	}
	quiet := log.New(io.Discard, "", 0)
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { e.serve(life, w, r) }), ErrorLog: quiet, ReadHeaderTimeout: time.Minute}
	letters := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &fireMail{ends: e, life: life, conn: c.Conn()}, nil
	}))
	letters.Domain, letters.ErrorLog = "mail.example.org", quiet
	go func() { _ = server.Serve(listeners[0]) }()
	go func() { _ = letters.Serve(listeners[1]) }()
	e.t.Cleanup(func() {
		_ = server.Close()
		_ = letters.Close()
	})
	return listeners[0].Addr().String(), listeners[1].Addr().String()
}

// mend ends all faults.
func (e *fireEnds) mend() { close(e.calm) }

// arrive takes note of a message, and chance says what becomes of it. weights are those
// of the faults by name, out of 100; a name that begins with "lost" is one that takes the
// message, and loses the answer.
func (e *fireEnds) arrive(r *fireReceipt, weights map[string]int) (fault string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	r.at, r.mood = time.Now(), takes
	e.got = append(e.got, r)
	chance := e.random.IntN(100)
	select {
	case <-e.calm:
		return ""
	default:
	}
	if fault, r.mood = drawn(chance, weights); fault != "" {
		e.faults[fault]++
	}
	return fault
}

// answers notes when a message was answered.
func (e *fireEnds) answers(r *fireReceipt) {
	e.mu.Lock()
	defer e.mu.Unlock()
	r.answered = time.Now()
}

// sender is who waits for an answer, or else had the last one.
func (e *fireEnds) sender() (life *fireLife) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, r := range slices.Backward(e.got[max(0, len(e.got)-10):]) {
		if life == nil || r.mood != refuses && r.answered.IsZero() && time.Since(r.at) < 10*time.Second {
			life = r.life
		}
	}
	return life
}

// linger waits, unless the other side hangs up.
func (e *fireEnds) linger(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	case <-e.calm:
	}
}

func (e *fireEnds) chance(n int) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.random.IntN(n)
}

func (e *fireEnds) serve(life *fireLife, w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil { // the process was killed meanwhile
		panic(http.ErrAbortHandler)
	}
	receipt := &fireReceipt{life: life, to: strings.TrimPrefix(r.URL.Path, "/"), id: r.Header.Get("webhook-id"), text: string(body)}
	never := 3
	answer := ""
	switch receipt.to {
	case "api/chat.postMessage":
		form, err := url.ParseQuery(receipt.text)
		if err != nil {
			e.t.Errorf("a message to Slack: %v", err)
		}
		receipt.to, receipt.text = "slack", form.Get("text")+"\n"+form.Get("blocks")
		answer = fmt.Sprintf(`{"ok":true,"channel":"C0WATCH","ts":"%d.%06d"}`, time.Now().Unix(), time.Now().Nanosecond()/1000)
	case "phone":
		never, answer = 1, `{"id":"x","event":"message"}`
	default:
		var said struct {
			ID      string `json:"delivery_id"`
			Changes []struct {
				ID string `json:"id"`
			} `json:"changes"`
		}
		if err := json.Unmarshal(body, &said); err != nil || said.ID == "" || said.ID != receipt.delivery() {
			e.t.Errorf("a webhook with the id %q: %q, %v", receipt.id, said.ID, err)
		}
		for _, c := range said.Changes {
			receipt.changes = append(receipt.changes, c.ID)
		}
	}
	switch fault := e.arrive(receipt, map[string]int{"500": 8, "429": 5, "late": 6, "lost answer": 6, "lost: never answers": never}); fault {
	case "", "late":
		if fault == "late" {
			e.linger(r.Context(), time.Duration(500+e.chance(6500))*time.Millisecond)
		}
		e.answers(receipt)
		_, _ = io.WriteString(w, answer)
	case "500":
		w.WriteHeader(http.StatusInternalServerError)
	case "429":
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(http.StatusTooManyRequests)
	case "lost: never answers":
		e.linger(r.Context(), time.Minute)
		panic(http.ErrAbortHandler)
	default:
		panic(http.ErrAbortHandler)
	}
}

// fireMail is one connection to the mail server.
type fireMail struct {
	ends *fireEnds
	life *fireLife
	conn net.Conn
	to   string
}

func (m *fireMail) Mail(string, *smtp.MailOptions) error { return nil }

func (m *fireMail) Rcpt(to string, _ *smtp.RcptOptions) error {
	m.to = to
	return nil
}

func (m *fireMail) Data(r io.Reader) error {
	body, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	receipt := &fireReceipt{life: m.life, to: m.to, text: string(body)}
	if found := messageID.FindSubmatch(body); found != nil {
		receipt.id = string(found[1])
	}
	switch fault := m.ends.arrive(receipt, map[string]int{"451": 8, "late": 6, "lost reply": 6}); fault {
	case "451":
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "try later"}
	case "lost reply":
		_ = m.conn.Close()
		return errors.New("broken off")
	case "late":
		m.ends.linger(context.Background(), time.Duration(500+m.ends.chance(4500))*time.Millisecond)
	}
	m.ends.answers(receipt)
	return nil
}

func (m *fireMail) Reset()        { m.to = "" }
func (m *fireMail) Logout() error { return nil }

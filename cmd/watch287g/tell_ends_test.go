package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"mime"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/emersion/go-smtp"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/watch287g/watch287g/roster"
)

// What none but the endpoints may ever see.
const (
	hushHook   = "/services/T00HUSH/B00HUSH/hook-hush"
	hushToken  = "xoxb-token-hush" //nolint:gosec // no one's token
	hushTopic  = "topic-hush"
	hushSecret = "whsec_aHVzaC1odXNoLWh1c2gtaHVzaC1odXNo" //nolint:gosec // no one's secret
	hushPath   = "/path-hush/"
	hushWord   = "password-hush"
)

func hushed() []string {
	return []string{hushHook, "hook-hush", hushToken, "token-hush", hushTopic, hushSecret, strings.TrimPrefix(hushSecret, "whsec_"), hushPath, "path-hush", hushWord}
}

// ends are the far ends of all channels: Slack, a mail server, programs that take
// webhooks, and a chat service. They keep what they got, or fail at everything.
type ends struct {
	now   func() time.Time
	fail  bool // set before anything is sent
	web   *httptest.Server
	slack *httptest.Server // with TLS
	smtp  *smtp.Server
	mail  string // host:port
	// hangUp ends the mail server, at any time.
	hangUp func()

	mu    sync.Mutex
	hooks map[string][]hooked // by the path's last part
	posts map[string][]posted // by the channel's name
	mails map[string][]string // by recipient
	chats []string
	wrong []string // what no end should have got
}

// hooked is a request of a webhook.
type hooked struct {
	at         time.Time
	id         string
	Type       string            `json:"type"`
	DeliveryID string            `json:"delivery_id"`
	Changes    []json.RawMessage `json:"changes"`
	Notice     *roster.Notice    `json:"notice"`
}

// posted is a message in Slack.
type posted struct {
	ts, thread string
	lines      []string // of changes
	left       int      // changes that it says it does not show
	header     string
}

func newEnds(t *testing.T, now func() time.Time) *ends {
	t.Helper()
	e := &ends{now: now, hooks: map[string][]hooked{}, posts: map[string][]posted{}, mails: map[string][]string{}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST "+hushPath+"{name}", e.takeHook)
	mux.HandleFunc("POST /"+hushTopic, e.takeChat)
	mux.HandleFunc("POST /api/chat.postMessage", e.takePost)
	mux.HandleFunc("POST "+hushHook, e.takePost)
	mux.HandleFunc("/", func(_ http.ResponseWriter, r *http.Request) { e.note("a request to %s", r.URL.Path) })
	failing := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if !e.fail {
			r.Body = io.NopCloser(bytes.NewReader(body))
			mux.ServeHTTP(w, r)
			return
		}
		w.WriteHeader(http.StatusInternalServerError) // and says all that it was told
		fmt.Fprintf(w, "%s %s %v %s", r.Host, r.URL, r.Header, body)
	})
	e.web, e.slack = httptest.NewServer(failing), httptest.NewUnstartedServer(failing)
	e.slack.Config.ErrorLog = log.New(io.Discard, "", 0) // of those who do not trust it
	e.slack.StartTLS()
	t.Cleanup(e.web.Close)
	t.Cleanup(e.slack.Close)
	e.serveMail(t)
	return e
}

// note keeps what should not have come.
func (e *ends) note(format string, args ...any) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.wrong = append(e.wrong, fmt.Sprintf(format, args...))
}

func (e *ends) takeHook(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the asker hung up
	}
	h := hooked{at: e.now(), id: r.Header.Get(standardwebhooks.HeaderWebhookID)}
	signer, err := standardwebhooks.NewWebhook(hushSecret)
	if err == nil {
		err = signer.VerifyIgnoringTimestamp(body, r.Header) // the service's clock is not ours
	}
	if err == nil {
		err = json.Unmarshal(body, &h)
	}
	if err != nil {
		e.note("a webhook to %s: %v", r.PathValue("name"), err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.hooks[r.PathValue("name")] = append(e.hooks[r.PathValue("name")], h)
}

func (e *ends) takeChat(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil || len(body) > 4096 {
		e.note("a chat message of %d bytes: %v", len(body), err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.chats = append(e.chats, r.Header.Get("Title")+"\n"+string(body))
	fmt.Fprint(w, `{"id":"x","event":"message"}`)
}

// takePost takes what is posted to Slack, by either way into it.
func (e *ends) takePost(w http.ResponseWriter, r *http.Request) {
	var m struct {
		Text   string            `json:"text"`
		Blocks []json.RawMessage `json:"blocks"`
	}
	name, post := "hook", posted{}
	body, err := io.ReadAll(r.Body)
	if err == nil && r.URL.Path == hushHook {
		err = json.Unmarshal(body, &m)
	} else if err == nil {
		var form url.Values
		form, err = url.ParseQuery(string(body))
		if form.Get("token") != hushToken && r.Header.Get("Authorization") != "Bearer "+hushToken || form.Get("channel") == "" {
			e.note("a message to Slack without its token or channel")
		}
		name, post.thread, m.Text = "bot", form.Get("thread_ts"), form.Get("text")
		err = errors.Join(err, json.Unmarshal([]byte(form.Get("blocks")), &m.Blocks))
	}
	if err == nil {
		err = post.read(m.Text, m.Blocks)
	}
	if err != nil {
		e.note("a message to Slack: %v", err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	post.ts = fmt.Sprintf("1751573220.%06d", len(e.posts[name])+1)
	e.posts[name] = append(e.posts[name], post)
	if name == "hook" {
		fmt.Fprint(w, "ok")
		return
	}
	fmt.Fprintf(w, `{"ok":true,"channel":"C0WATCH","ts":%q}`, post.ts)
}

// slackShape is as much of a block as has limits.
type slackShape struct {
	Type     string          `json:"type"`
	Text     json.RawMessage `json:"text"`
	Elements []struct {
		Type     string `json:"type"`
		Text     string `json:"text"`
		Elements []struct {
			Type, Text, URL string
		} `json:"elements"`
	} `json:"elements"`
}

// read takes a message apart, and says where it is beyond Block Kit's limits.
func (p *posted) read(text string, blocks []json.RawMessage) error {
	total := 0
	for _, b := range blocks {
		total += len(b)
	}
	if n := utf8.RuneCountInString(text); n < 1 || n > 4000 || len(blocks) < 1 || len(blocks) > 50 || total > 13_000 {
		return fmt.Errorf("a text of %d characters and %d blocks of %d bytes", n, len(blocks), total)
	}
	for _, raw := range blocks {
		var b slackShape
		if err := json.Unmarshal(raw, &b); err != nil {
			return err
		}
		if err := p.readBlock(b); err != nil {
			return err
		}
	}
	return nil
}

func (p *posted) readBlock(b slackShape) error {
	switch b.Type {
	case "header":
		var text struct{ Type, Text string }
		if err := json.Unmarshal(b.Text, &text); err != nil {
			return err
		}
		p.header = text.Text
		if n := utf8.RuneCountInString(text.Text); n < 1 || n > 150 || text.Type != "plain_text" {
			return fmt.Errorf("a %s header of %d characters", text.Type, n)
		}
	case "context":
		for _, e := range b.Elements {
			if n := utf8.RuneCountInString(e.Text); e.Type != "plain_text" || n < 1 || n > 3000 {
				return fmt.Errorf("a %s context of %d characters", e.Type, n)
			}
		}
	case "rich_text":
		shown := ""
		for _, section := range b.Elements {
			for _, e := range section.Elements {
				if e.Text == "" || len(e.URL) > 3000 {
					return fmt.Errorf("rich text holds %+v", e)
				}
				shown += e.Text
			}
		}
		if n := utf8.RuneCountInString(shown); n < 1 || n > 3000 {
			return fmt.Errorf("rich text of %d characters", n)
		}
		p.lines = append(p.lines, changeLines(shown)...)
		if _, more, has := strings.Cut(shown, "Not shown: "); has {
			if _, err := fmt.Sscanf(more, "%d change", &p.left); err != nil {
				return fmt.Errorf("%q: %w", more, err)
			}
		}
	default:
		return fmt.Errorf("a block of type %q", b.Type)
	}
	return nil
}

// changeLines are the lines of a text that say a change, each beginning with its mark, or,
// where they stand in a row behind a state, with "in a row: ".
func changeLines(text string) []string {
	var lines []string
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		mark, rest, ok := strings.Cut(line, " ")
		if ok && slices.Contains([]string{"+", "−", "~", "·", "•", "*", "★"}, mark) {
			lines = append(lines, mark+" "+withoutFlag(rest))
		}
		if _, row, ok := strings.Cut(line, ": "); ok && stateTitle.MatchString(line) {
			for item := range strings.SplitSeq(row, "), ") {
				lines = append(lines, "in a row: "+item)
			}
		}
	}
	return lines
}

// stateTitle begins the line of a state that has its agencies behind it.
var stateTitle = regexp.MustCompile(`^[A-Z][A-Za-z ]+ · \d[^:]*: `)

// withoutFlag leaves out what stands before an agency's name.
func withoutFlag(line string) string {
	for _, flag := range []string{"Correction: ", "ICE changed its record: ", "Pending: "} {
		line = strings.TrimPrefix(line, flag)
	}
	return line
}

// serveMail starts the mail server.
func (e *ends) serveMail(t *testing.T) {
	t.Helper()
	e.smtp = smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &mailEnd{ends: e}, nil }))
	e.smtp.Domain, e.smtp.ErrorLog = "mail.example.org", log.New(io.Discard, "", 0)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	e.mail = l.Addr().String()
	var wg sync.WaitGroup
	wg.Go(func() { _ = e.smtp.Serve(l) })
	e.hangUp = func() {
		_ = e.smtp.Close()
		_ = l.Close() // which the server does not know of before it serves
	}
	t.Cleanup(func() {
		e.hangUp()
		wg.Wait()
	})
}

// mailEnd is one connection to the mail server.
type mailEnd struct {
	ends *ends
	to   string
}

func (m *mailEnd) Mail(string, *smtp.MailOptions) error { return nil }

func (m *mailEnd) Rcpt(to string, _ *smtp.RcptOptions) error {
	m.to = to
	if m.ends.fail {
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "out of order, " + to + " " + hushWord}
	}
	return nil
}

func (m *mailEnd) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	m.ends.mu.Lock()
	defer m.ends.mu.Unlock()
	m.ends.mails[m.to] = append(m.ends.mails[m.to], string(raw))
	return nil
}

func (m *mailEnd) Reset()        { m.to = "" }
func (m *mailEnd) Logout() error { return nil }

// letter is a mail as it is read.
type letter struct{ id, subject, text string }

func readLetter(raw string) (l letter, err error) {
	m, err := mail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		return l, err
	}
	l.id = m.Header.Get("Message-Id")
	if l.subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil {
		return l, err
	}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		return l, err
	}
	part, err := multipart.NewReader(m.Body, params["boundary"]).NextPart() // the plain text comes first
	if err != nil {
		return l, err
	}
	text, err := io.ReadAll(part)
	l.text = string(text)
	return l, err
}

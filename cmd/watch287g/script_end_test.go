package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"github.com/emersion/go-smtp"
	"github.com/rogpeppe/go-internal/testscript"
)

type endKey struct{}

// farEnd is where the channels of a script lead: a server that takes whatever
// is posted, and one that takes mail. What arrives is appended to files.
type farEnd struct {
	dir  string
	web  *httptest.Server
	smtp *smtp.Server
	mail string // host:port

	mu     sync.Mutex
	status int    // of a failing answer; 0 takes everything
	refuse string // the recipient whom the mail server does not know
}

func newFarEnd(dir string) (*farEnd, error) {
	e := &farEnd{dir: dir}
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	e.mail = l.Addr().String()
	e.smtp = smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return scriptMail{e}, nil }))
	e.smtp.Domain, e.smtp.ErrorLog = "mail.example.org", log.New(io.Discard, "", 0)
	go func() { _ = e.smtp.Serve(l) }()
	e.web = httptest.NewServer(http.HandlerFunc(e.take))
	return e, nil
}

func (e *farEnd) close() {
	_ = e.smtp.Close()
	e.web.Close()
}

func (e *farEnd) take(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the asker hung up
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.status != 0 {
		w.WriteHeader(e.status)
		fmt.Fprintf(w, "%s %s %v %s", r.Host, r.URL, r.Header, body)
		return
	}
	name, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if form, err := url.ParseQuery(string(body)); err == nil && form.Has("blocks") {
		body = []byte(form.Get("channel") + " " + form.Get("text") + " " + form.Get("blocks"))
	}
	if title := r.Header.Get("Title"); title != "" { // of a notification
		body = []byte(title + "\n" + string(body))
	}
	if err := e.keep(name, body); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	fmt.Fprint(w, `{"ok":true,"channel":"C0","ts":"1.000001","id":"x","event":"message"}`)
}

// keep appends a message to a file, behind a blank line.
func (e *farEnd) keep(name string, message []byte) error {
	if err := os.MkdirAll(e.dir, 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(e.dir, filepath.Base(name)), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(append(message, "\n\n"...))
	return errors.Join(err, f.Close())
}

// scriptMail is a connection to the mail server.
type scriptMail struct{ end *farEnd }

func (scriptMail) Mail(string, *smtp.MailOptions) error { return nil }
func (scriptMail) Reset()                               {}
func (scriptMail) Logout() error                        { return nil }

func (m scriptMail) Rcpt(to string, _ *smtp.RcptOptions) error {
	m.end.mu.Lock()
	defer m.end.mu.Unlock()
	if to == m.end.refuse {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "<" + to + ">: no such user"}
	}
	return nil
}

func (m scriptMail) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	m.end.mu.Lock()
	defer m.end.mu.Unlock()
	return m.end.keep("mail", raw)
}

func scriptEnd(ts *testscript.TestScript, neg bool, args []string) {
	const form = "end [fails STATUS|refuses RECIPIENT]"
	usage(ts, !neg && (len(args) == 0 || len(args) == 2 && (args[0] == "fails" || args[0] == "refuses")), form)
	status, refuse := 0, ""
	switch {
	case len(args) == 2 && args[0] == "refuses":
		refuse = args[1]
	case len(args) == 2:
		var err error
		status, err = strconv.Atoi(args[1])
		ts.Check(err)
	}
	end := ts.Value(endKey{}).(*farEnd)
	end.mu.Lock()
	defer end.mu.Unlock()
	end.status, end.refuse = status, refuse
}

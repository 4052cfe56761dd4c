package notify

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestWebhookUnreachable(t *testing.T) {
	closed := httptest.NewServer(nil)
	closed.Close()
	untrusted := httptest.NewUnstartedServer(nil)
	untrusted.Config.ErrorLog = log.New(io.Discard, "", 0) // it complains that we distrust it
	untrusted.StartTLS()
	defer untrusted.Close()
	smtpClosing := newHook(t, func(http.ResponseWriter, int) { panic(http.ErrAbortHandler) })
	for name, tt := range map[string]struct{ url, says string }{
		"nobody there":          {closed.URL, "connection refused"},
		"a certificate unknown": {untrusted.URL, "its certificate is not signed by anybody known here"},
		"hangs up":              {smtpClosing.URL, "it hung up"},
		"no such name":          {"https://partner.example.org", "its name cannot be looked up"},
	} {
		t.Run(name, func(t *testing.T) {
			w := webhookAt(t, WebhookConfig{URL: tt.url + "/hidden-path", AllowPrivate: true})
			nameless := &net.Dialer{Resolver: &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
				return nil, errors.New("no DNS here")
			}}}
			w.client.Transport.(*http.Transport).DialContext = nameless.DialContext
			_, err := sendAll(w, fixtureMessage(newPalmBay(1)))
			if err == nil || !strings.HasSuffix(err.Error(), tt.says) {
				t.Errorf("%v", err)
			}
			if failure := new(Failure); !errors.As(err, &failure) || failure.Permanent {
				t.Errorf("%#v is no temporary failure", err)
			}
		})
	}
}

// roundTripper stands in for the network where time matters.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestWebhookTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := webhookAt(t, WebhookConfig{URL: "https://partner.example.org/hidden-path"})
		w.client.Transport = roundTripper(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		start := time.Now()
		_, err := sendAll(w, fixtureMessage(newPalmBay(1)))
		if err == nil || !strings.Contains(err.Error(), "no answer in time") || time.Since(start) != webhookTimeout {
			t.Errorf("after %s: %v", time.Since(start), err)
		}

		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := w.Send(ctx, fixtureMessage(newPalmBay(1)), nil); !errors.Is(err, context.Canceled) {
			t.Errorf("when it has to stop: %v", err)
		}
	})
}

// No more of an answer is read than is of use, however much there is.
func TestWebhookHugeAnswer(t *testing.T) {
	w := webhookAt(t, WebhookConfig{URL: "https://partner.example.org/hook"})
	answer := &endless{}
	w.client.Transport = roundTripper(func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Body: answer, Request: r}, nil
	})
	if _, err := sendAll(w, fixtureMessage(newPalmBay(1))); err != nil {
		t.Fatal(err)
	}
	if answer.read > webhookAnswer || !answer.closed {
		t.Errorf("%d bytes were read; closed: %v", answer.read, answer.closed)
	}
}

type endless struct {
	read   int
	closed bool
}

func (e *endless) Read(p []byte) (int, error) {
	e.read += len(p)
	return len(p), nil
}

func (e *endless) Close() error {
	e.closed = true
	return nil
}

// dials counts the connections of a webhook that are made.
func dials(w *webhook) *atomic.Int32 {
	transport, n := w.client.Transport.(*http.Transport), new(atomic.Int32)
	dial := transport.DialContext
	transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		n.Add(1)
		return dial(ctx, network, address)
	}
	return n
}

// Messages that follow each other share a connection.
func TestWebhookKeepsItsConnection(t *testing.T) {
	h := newHook(t, func(w http.ResponseWriter, nth int) {
		if nth == 2 {
			http.Error(w, "not now", http.StatusServiceUnavailable)
		}
	})
	w := webhookAt(t, WebhookConfig{URL: h.URL, AllowPrivate: true})
	n := dials(w)
	for range 5 {
		_, _ = sendAll(w, oneNew())
	}
	if len(h.got()) != 5 || n.Load() != 1 {
		t.Errorf("%d requests over %d connections", len(h.got()), n.Load())
	}
}

// A server may close a connection that was kept, at any time. That is no failure
// of the message, which is sent again at once, and is the same message. One that
// closes a new connection does fail.
func TestWebhookOutlivesAKeptConnection(t *testing.T) {
	for name, kept := range map[string]func(h *hook, w http.ResponseWriter){
		"closed while nothing is under way": nil,
		"closed under the request":          func(_ *hook, w http.ResponseWriter) { hangUp(t, w) },
	} {
		t.Run(name, func(t *testing.T) {
			var h *hook
			closed := false
			h = newHook(t, func(w http.ResponseWriter, nth int) {
				if closed = kept != nil && nth == 2; closed {
					kept(h, w)
				}
			})
			w := webhookAt(t, WebhookConfig{URL: h.URL, AllowPrivate: true})
			n := dials(w)
			if _, err := sendAll(w, oneNew()); err != nil {
				t.Fatal(err)
			}
			want := 3
			if kept == nil {
				h.CloseClientConnections()
				want = 2
			}
			if _, err := sendAll(w, oneNew()); err != nil {
				t.Errorf("the message failed: %v", err)
			}
			got := h.got()
			if len(got) != want || n.Load() != 2 {
				t.Fatalf("%d requests over %d connections", len(got), n.Load())
			}
			one, other := got[len(got)-2], got[len(got)-1]
			if one.header.Get("webhook-id") != other.header.Get("webhook-id") || !bytes.Equal(one.body, other.body) {
				t.Error("the repeated message is another one")
			}
			if len(other.header.Values("Idempotency-Key")) > 0 {
				t.Errorf("headers: %v", other.header)
			}
		})
	}
	h := newHook(t, func(w http.ResponseWriter, _ int) { hangUp(t, w) })
	_, err := sendAll(webhookAt(t, WebhookConfig{URL: h.URL, AllowPrivate: true}), oneNew())
	if err == nil || !strings.Contains(err.Error(), "it hung up") || len(h.got()) != 1 {
		t.Errorf("after %d requests: %v", len(h.got()), err)
	}
}

func hangUp(t *testing.T, w http.ResponseWriter) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		t.Error(err)
		return
	}
	_ = conn.Close()
}

// A connection that nothing follows on is closed by us, after a few seconds.
func TestWebhookLetsGoOfItsConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := webhookAt(t, WebhookConfig{URL: "http://partner.example.org/hook"})
		var closed time.Duration
		w.client.Transport.(*http.Transport).DialContext = func(context.Context, string, string) (net.Conn, error) {
			ours, theirs := net.Pipe()
			go func() {
				in := bufio.NewReader(theirs)
				r, err := http.ReadRequest(in)
				if err == nil {
					_, err = io.Copy(io.Discard, r.Body)
				}
				answered := time.Now()
				_, _ = io.WriteString(theirs, "HTTP/1.1 204 No Content\r\n\r\n")
				_, end := in.ReadByte()
				closed = time.Since(answered)
				if err != nil || end != io.EOF {
					t.Errorf("%v, %v", err, end)
				}
			}()
			return ours, nil
		}
		if _, err := sendAll(w, oneNew()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if closed != webhookIdle {
			t.Errorf("closed after %s", closed)
		}
	})
}

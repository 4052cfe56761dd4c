package notify

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/watch287g/watch287g/notify/wire"
)

// An address that is not public is refused at once.
func TestNewWebhookRefusesPrivate(t *testing.T) {
	for host, private := range map[string]bool{"127.0.0.1": true, "[::1]": true, "[::ffff:10.0.0.1]": true, "169.254.169.254": true, "LocalHost.": true, "a.localhost": true,
		"93.184.215.14": false, "[2606:4700:4700::1111]": false, "localhost.example.org": false, "inward.example.org": false} {
		_, err := NewWebhook(WebhookConfig{URL: "http://" + host + "/hidden-path"}, webhookDeps(time.Now))
		if (err != nil) != private || err != nil && (!errors.Is(err, wire.ErrPrivate) || strings.Contains(err.Error(), "hidden-path")) {
			t.Errorf("%s: %v", host, err)
		}
		if _, err := NewWebhook(WebhookConfig{URL: "http://" + host, AllowPrivate: true}, webhookDeps(time.Now)); err != nil {
			t.Errorf("%s: %v", host, err)
		}
	}
}

// A name that points inwards is refused whatever it is called, and the error
// names neither it nor the path.
func TestWebhookRefusesPrivate(t *testing.T) {
	endpoint := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("a private endpoint was reached")
	}))
	defer endpoint.Close()
	_, port, err := net.SplitHostPort(endpoint.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range []string{"127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "localhost", "inward.example.org"} {
		t.Run(host, func(t *testing.T) {
			w := webhookAt(t, WebhookConfig{URL: "http://" + host + ":" + port + "/hidden-path", AllowPrivate: host != "inward.example.org"})
			dialer := wire.PublicDialer()
			dialer.Resolver = resolverTo(t, netip.MustParseAddr("127.0.0.1"))
			w.client.Transport.(*http.Transport).DialContext = dialer.DialContext

			err := w.Send(context.Background(), fixtureMessage(newPalmBay(1)), func(string, string) { t.Error("a part is through") })
			if err == nil {
				t.Fatal("no error")
			}
			if failure := new(Failure); errors.As(err, &failure) && failure.Permanent {
				t.Errorf("%v is permanent", err)
			}
			if strings.Contains(err.Error(), "hidden-path") || strings.Contains(err.Error(), "example.org") || strings.Contains(err.Error(), "127.0") {
				t.Errorf("the error shows the address: %v", err)
			}
			if host != "2130706433" && !strings.Contains(err.Error(), wire.ErrPrivate.Error()) {
				t.Errorf("the error does not say why: %v", err)
			}
		})
	}
}

// A kept connection leads where it led when it was made. A new one is looked at
// anew, since the name may point inwards by then.
func TestWebhookLooksAtEachConnection(t *testing.T) {
	h := newHook(t, nil)
	w := webhookAt(t, WebhookConfig{URL: h.URL, AllowPrivate: true})
	dialer, looked := wire.PublicDialer(), 0
	refuse := dialer.Control
	dialer.Control = func(network, address string, c syscall.RawConn) error {
		if looked++; looked == 1 {
			return nil // as if it were public
		}
		return refuse(network, address, c)
	}
	w.client.Transport.(*http.Transport).DialContext = dialer.DialContext
	for range 2 {
		if _, err := sendAll(w, oneNew()); err != nil || looked != 1 {
			t.Fatalf("looked %d times: %v", looked, err)
		}
	}
	h.CloseClientConnections()
	if _, err := sendAll(w, oneNew()); err == nil || !strings.Contains(err.Error(), wire.ErrPrivate.Error()) || looked != 2 {
		t.Errorf("looked %d times: %v", looked, err)
	}
	if len(h.got()) != 2 {
		t.Errorf("%d requests", len(h.got()))
	}
}

// resolverTo answers every question of DNS with one IPv4 address.
func resolverTo(t *testing.T, ip netip.Addr) *net.Resolver {
	t.Helper()
	server, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	stopped := make(chan struct{})
	t.Cleanup(func() {
		_ = server.Close()
		<-stopped
	})
	go func() {
		defer close(stopped)
		buf := make([]byte, 1500)
		for {
			n, from, err := server.ReadFrom(buf)
			if err != nil {
				return
			}
			if answer, err := dnsAnswer(buf[:n], ip); err == nil {
				_, _ = server.WriteTo(answer, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", server.LocalAddr().String())
	}}
}

func dnsAnswer(query []byte, ip netip.Addr) ([]byte, error) {
	var m dnsmessage.Message
	if err := m.Unpack(query); err != nil {
		return nil, err
	}
	m.Response, m.RecursionAvailable, m.Additionals = true, true, nil
	for _, q := range m.Questions {
		if q.Type == dnsmessage.TypeA {
			m.Answers = append(m.Answers, dnsmessage.Resource{
				Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class, TTL: 1},
				Body:   &dnsmessage.AResource{A: ip.As4()},
			})
		}
	}
	return m.Pack()
}

package bounce

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"
)

const topic = "arn:aws:sns:us-east-1:123456789012:bounces"

// aws plays Amazon: a root, who signs, and the hosts that an endpoint asks.
type aws struct {
	mu    sync.Mutex
	key   *rsa.PrivateKey
	roots *x509.CertPool
	files map[string][]byte // by address
	asked []string
}

// newAWS makes a root, an intermediate and the certificate of SNS for a host, whose issuer
// is named at an address, and not in the same file.
func newAWS(t *testing.T, now time.Time) *aws {
	t.Helper()
	a := &aws{roots: x509.NewCertPool(), files: map[string][]byte{}}
	cert := func(cn string, ca bool, key crypto.PublicKey, parent *x509.Certificate, by crypto.Signer, issuer string) *x509.Certificate {
		c := &x509.Certificate{SerialNumber: big.NewInt(now.Unix()), Subject: pkix.Name{CommonName: cn}, NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(1, 0, 0),
			IsCA: ca, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature}
		if ca {
			c.KeyUsage = x509.KeyUsageCertSign
		} else {
			c.DNSNames = []string{cn}
		}
		if issuer != "" {
			c.IssuingCertificateURL = []string{issuer}
		}
		if parent == nil {
			parent = c
		}
		der, err := x509.CreateCertificate(rand.Reader, c, parent, key, by)
		if err != nil {
			t.Fatal(err)
		}
		made, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		return made
	}
	keys := [2]*ecdsa.PrivateKey{}
	for i := range keys {
		keys[i], _ = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	}
	var err error
	if a.key, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
		t.Fatal(err)
	}
	root := cert("Amazon Root", true, &keys[0].PublicKey, nil, keys[0], "")
	a.roots.AddCert(root)
	const issuer = "http://crt.example.amazontrust.com/m01.cer"
	middle := cert("Amazon M01", true, &keys[1].PublicKey, root, keys[0], "")
	a.files[issuer] = middle.Raw
	put := func(name string, certs ...*x509.Certificate) {
		var b bytes.Buffer
		for _, c := range certs {
			_ = pem.Encode(&b, &pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
		}
		a.files["https://sns.us-east-1.amazonaws.com/SimpleNotificationService-"+name+".pem"] = b.Bytes()
	}
	put("good", cert("sns.amazonaws.com", false, &a.key.PublicKey, middle, keys[1], issuer))
	put("chain", cert("sns.us-east-1.amazonaws.com", false, &a.key.PublicKey, middle, keys[1], ""), middle)
	put("self", cert("sns.amazonaws.com", false, &a.key.PublicKey, nil, a.key, ""))
	put("other", cert("sns.example.com", false, &a.key.PublicKey, middle, keys[1], issuer))
	put("elsewhere", cert("sns.amazonaws.com", false, &a.key.PublicKey, middle, keys[1], "http://169.254.169.254/latest/m01.cer"))
	const endless = "http://crt.example.amazontrust.com/again.cer" // names itself, and no root has signed it
	a.files[endless] = cert("Mallory", true, &keys[1].PublicKey, nil, keys[1], endless).Raw
	put("again", cert("sns.amazonaws.com", false, &a.key.PublicKey, nil, a.key, endless))
	put("notca", cert("sns.amazonaws.com", false, &a.key.PublicKey, middle, keys[1], ""))
	a.files["https://sns.us-east-1.amazonaws.com/SimpleNotificationService-text.pem"] = []byte("no certificate")
	a.files["https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn="+topic+"&Token=t"] = []byte("<ok/>")
	return a
}

// RoundTrip answers as Amazon's hosts do.
func (a *aws) RoundTrip(r *http.Request) (*http.Response, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.asked = append(a.asked, r.URL.String())
	w := httptest.NewRecorder()
	switch file, ok := a.files[r.URL.String()]; {
	case strings.HasSuffix(r.URL.Path, "-moved.pem"):
		http.Redirect(w, r, "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-good.pem", http.StatusFound)
	case strings.HasSuffix(r.URL.Path, "-endless.pem"):
		return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(endless{})}, nil
	case ok:
		_, _ = w.Write(file)
	default:
		w.WriteHeader(http.StatusNotFound)
	}
	return w.Result(), nil
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

// sign signs a message as its SignatureVersion says.
func (a *aws) sign(t *testing.T, m *snsMessage) {
	t.Helper()
	kind, sum := crypto.SHA256, sha256.Sum256([]byte(m.signed()))
	digest := sum[:]
	if m.SignatureVersion == "1" {
		old := sha1.Sum([]byte(m.signed()))
		kind, digest = crypto.SHA1, old[:]
	}
	signature, err := rsa.SignPKCS1v15(rand.Reader, a.key, kind, digest)
	if err != nil {
		t.Fatal(err)
	}
	m.Signature = base64.StdEncoding.EncodeToString(signature)
}

// taken is a taker that keeps what it took.
type taken struct {
	mu     sync.Mutex
	events []Event
	err    error
}

func (k *taken) Take(_ context.Context, e Event) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.events = append(k.events, e)
	return k.err
}

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func newTestHandler(k *taken, a *aws, log io.Writer) *Handler {
	o := HandlerOptions{Taker: k, Secret: "the secret of the endpoint", Topics: []string{topic}, HTTP: &http.Client{},
		Ours:   func(address string) bool { return address == "watch@example.org" },
		Client: func(context.Context) netip.Addr { return netip.MustParseAddr("192.0.2.7") },
		Now:    func() time.Time { return noon }, Log: slog.New(slog.NewTextHandler(log, nil))}
	if a != nil {
		o.HTTP.Transport, o.Roots = a, a.roots
	}
	return NewHandler(o)
}

func post(h http.Handler, path, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

const sesBody = `{%q:"Bounce","bounce":{"bounceType":"Permanent","bounceSubType":"General","feedbackId":"f1","timestamp":"2026-03-02T11:59:00.000Z",
"bouncedRecipients":[{"emailAddress":"Ann <ann@example.org>","action":"failed","status":"5.1.1","diagnosticCode":"smtp; 550 5.1.1 unknown"}]},
"mail":{"timestamp":"2026-03-02T11:58:00.000Z","source":"287(g) watch <watch@example.org>","messageId":"m1","destination":["ann@example.org"]}}`

// message is a message as SNS sends it.
func (a *aws) message(t *testing.T, change func(*snsMessage)) string {
	t.Helper()
	subject := "Amazon SES Email Event Notification"
	m := snsMessage{Type: snsNotification, MessageID: "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324", TopicARN: topic, Subject: &subject, Message: fmt.Sprintf(sesBody, "notificationType"),
		Timestamp: "2026-03-02T11:59:30.123Z", SignatureVersion: "2", SigningCertURL: "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-good.pem"}
	if change != nil {
		change(&m)
	}
	if m.Signature == "" {
		a.sign(t, &m)
	}
	text, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestSNS(t *testing.T) {
	t.Parallel()
	a := newAWS(t, noon)
	cert := func(name string) func(*snsMessage) {
		return func(m *snsMessage) {
			m.SigningCertURL = "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-" + name + ".pem"
		}
	}
	certURL := func(u string) func(*snsMessage) { return func(m *snsMessage) { m.SigningCertURL = u } }
	forged := func(change func(*snsMessage)) func(*snsMessage) { // after it was signed
		return func(m *snsMessage) { a.sign(t, m); change(m) }
	}
	good := "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-good.pem"
	for name, c := range map[string]struct {
		change func(*snsMessage)
		status int
	}{
		"version 2":         {nil, 200},
		"version 1":         {func(m *snsMessage) { m.SignatureVersion = "1" }, 200},
		"without a subject": {func(m *snsMessage) { m.Subject = nil }, 200},
		"the chain in one":  {cert("chain"), 200},
		"event publishing":  {func(m *snsMessage) { m.Message = fmt.Sprintf(sesBody, "eventType") }, 200},
		"version 3":         {func(m *snsMessage) { m.SignatureVersion = "3" }, 403},
		"another message":   {forged(func(m *snsMessage) { m.Message = strings.Replace(m.Message, "ann@", "bob@", 1) }), 403},
		"another id":        {forged(func(m *snsMessage) { m.MessageID = "x" }), 403},
		"another time":      {forged(func(m *snsMessage) { m.Timestamp = "2026-03-02T11:59:31.123Z" }), 403},
		"a subject more":    {forged(func(m *snsMessage) { m.Subject = nil }), 403},
		"no signature":      {func(m *snsMessage) { m.Signature = "AAAA" }, 403},
		"another topic":     {func(m *snsMessage) { m.TopicARN += "x" }, 403},
		"another account":   {func(m *snsMessage) { m.TopicARN = strings.Replace(topic, "1234", "9999", 1) }, 403},
		"of last week":      {func(m *snsMessage) { m.Timestamp = "2026-02-23T11:59:30.123Z" }, 403},
		"of tomorrow":       {func(m *snsMessage) { m.Timestamp = "2026-03-03T11:59:30.123Z" }, 403},
		"no time":           {func(m *snsMessage) { m.Timestamp = "today" }, 403},
		"another type":      {func(m *snsMessage) { m.Type = "Greeting" }, 403},
		"self-signed":       {cert("self"), 403},
		"of another host":   {cert("other"), 403},
		"issuer elsewhere":  {cert("elsewhere"), 403},
		"issuer nowhere":    {cert("notca"), 403},
		"no certificate":    {cert("text"), 403},
		"cert missing":      {cert("missing"), 503},
		"cert moved":        {cert("moved"), 503},
		"cert endless":      {cert("endless"), 403},
		"another region":    {certURL(strings.Replace(good, "us-east-1", "us-east-2", 1)), 403},
		"another host":      {certURL("https://sns.us-east-1.amazonaws.com.example.org/SimpleNotificationService-good.pem"), 403},
		"not encrypted":     {certURL(strings.Replace(good, "https", "http", 1)), 403},
		"with a user":       {certURL(strings.Replace(good, "https://", "https://sns.us-east-1.amazonaws.com@example.org/", 1)), 403},
		"another port":      {certURL(strings.Replace(good, ".com/", ".com:8443/", 1)), 403},
		"up a folder":       {certURL(strings.Replace(good, "/Simple", "/../Simple", 1)), 403},
		"escaped":           {certURL(strings.Replace(good, "/Simple", "/%2fSimple", 1)), 403},
		"with a query":      {certURL(good + "?x"), 403},
		"somebody's bucket": {certURL("https://s3.us-east-1.amazonaws.com/SimpleNotificationService-good.pem"), 403},
		"unsubscribed":      {func(m *snsMessage) { m.Type = snsUnsubscribe }, 200},
		"nothing of SES":    {func(m *snsMessage) { m.Message = "Successfully validated SNS topic for Amazon SES event publishing." }, 200},
	} {
		t.Run(name, func(t *testing.T) {
			k := &taken{}
			h := newTestHandler(k, a, io.Discard)
			a.asked = nil
			w := post(h, PathSNS, a.message(t, c.change))
			if w.Code != c.status {
				t.Fatalf("status %d, want %d: %s", w.Code, c.status, w.Body)
			}
			for _, address := range a.asked {
				if !strings.HasPrefix(address, "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-") && !strings.HasPrefix(address, "http://crt.example.amazontrust.com/") {
					t.Errorf("asked %s", address)
				}
			}
			if len(a.asked) > 1+mostIssuers {
				t.Errorf("asked %q", a.asked)
			}
			took := c.status == 200 && name != "unsubscribed" && name != "nothing of SES"
			if took != (len(k.events) == 1) {
				t.Fatalf("took %+v", k.events)
			}
			want := Event{Kind: Hard, Status: "5.1.1", To: "ann@example.org", ID: "ses f1 ann@example.org",
				At: time.Date(2026, 3, 2, 11, 59, 0, 0, time.UTC), SentAt: time.Date(2026, 3, 2, 11, 58, 0, 0, time.UTC)}
			if took && !reflect.DeepEqual(k.events[0], want) {
				t.Errorf("took %+v", k.events[0])
			}
		})
	}
}

// TestSNSCert has the certificate be fetched once, until it has expired.
func TestSNSCert(t *testing.T) {
	t.Parallel()
	a := newAWS(t, noon)
	h := newTestHandler(&taken{}, a, io.Discard)
	for range 3 {
		post(h, PathSNS, a.message(t, nil))
	}
	if len(a.asked) != 2 { // it and its issuer
		t.Errorf("asked %q", a.asked)
	}
	h.verifier.now = func() time.Time { return noon.AddDate(1, 0, 1) }
	w := post(h, PathSNS, a.message(t, func(m *snsMessage) { m.Timestamp = "2027-03-03T11:59:30.123Z" }))
	if w.Code != http.StatusForbidden || len(a.asked) != 3 {
		t.Errorf("expired: status %d, asked %q", w.Code, a.asked)
	}
}

func TestSNSSubscription(t *testing.T) {
	t.Parallel()
	a := newAWS(t, noon)
	address := "https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=" + topic + "&Token=t"
	for name, c := range map[string]struct {
		url    string
		status int
	}{
		"good":           {address, 200},
		"another host":   {strings.Replace(address, "amazonaws.com", "amazonaws.com.example.org", 1), 403},
		"another region": {strings.Replace(address, "us-east-1", "us-west-2", 1), 403},
		"not encrypted":  {strings.Replace(address, "https", "http", 1), 403},
		"another action": {strings.Replace(address, "Confirm", "Delete", 1), 403},
		"another topic":  {strings.Replace(address, ":bounces", ":others", 1), 403},
		"another path":   {strings.Replace(address, "/?", "/x?", 1), 403},
		"refused":        {address + "2", 503},
		"none":           {"", 403},
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			k := &taken{}
			h := newTestHandler(k, a, &log)
			a.asked = nil
			w := post(h, PathSNS, a.message(t, func(m *snsMessage) {
				m.Type, m.SubscribeURL, m.Token, m.Subject, m.Message = snsSubscribe, c.url, "t", nil, "You have chosen to subscribe"
			}))
			confirmed := len(a.asked) == 3 && a.asked[2] == c.url
			if w.Code != c.status || confirmed != (c.status != 403) || len(k.events) > 0 {
				t.Errorf("status %d, asked %q", w.Code, a.asked)
			}
			if strings.Contains(log.String(), "Token=") {
				t.Errorf("the log has the token: %s", &log)
			}
		})
	}
}

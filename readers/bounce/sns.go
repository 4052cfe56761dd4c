package bounce

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // SNS signs so where it is not told otherwise
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// Bounds of what Amazon SNS sends, and of how it is checked.
const (
	mostSNS     = 300 << 10 // bytes; SNS sends at most 256 KiB
	oldestSNS   = 24 * time.Hour
	skewSNS     = 15 * time.Minute
	mostPEM     = 64 << 10
	mostIssuers = 3 // certificates of issuers that are fetched for one
	snsTimeout  = 10 * time.Second
	mostCerts   = 16
)

// errForged is the error of a message that does not come from a topic of ours.
var errForged = errors.New("the message does not come from a topic that is configured")

// snsMessage is a message of Amazon SNS over HTTP.
type snsMessage struct {
	Type             string
	MessageID        string `json:"MessageId"`
	TopicARN         string `json:"TopicArn"`
	Subject          *string
	Message          string
	Timestamp        string
	Token            string
	SubscribeURL     string
	SignatureVersion string
	Signature        string
	SigningCertURL   string
}

// The types of messages.
const (
	snsNotification = "Notification"
	snsSubscribe    = "SubscriptionConfirmation"
	snsUnsubscribe  = "UnsubscribeConfirmation"
)

// signed is what the signature covers.
func (m snsMessage) signed() string {
	fields := [][2]string{{"Message", m.Message}, {"MessageId", m.MessageID}}
	if m.Type == snsNotification {
		if m.Subject != nil {
			fields = append(fields, [2]string{"Subject", *m.Subject})
		}
		fields = append(fields, [2]string{"Timestamp", m.Timestamp})
	} else {
		fields = append(fields, [2]string{"SubscribeURL", m.SubscribeURL}, [2]string{"Timestamp", m.Timestamp}, [2]string{"Token", m.Token})
	}
	var b strings.Builder
	for _, f := range append(fields, [2]string{"TopicArn", m.TopicARN}, [2]string{"Type", m.Type}) {
		b.WriteString(f[0] + "\n" + f[1] + "\n")
	}
	return b.String()
}

// topicARN is the name of a topic. Its region says which host signs for it.
var topicARN = regexp.MustCompile(`^arn:(aws|aws-cn|aws-us-gov):sns:([a-z]{2}(?:-[a-z]+)+-[0-9]{1,2}):[0-9]{12}:[A-Za-z0-9_-]{1,256}$`)

// TopicHost is the host that speaks for a topic of Amazon SNS; "" where the ARN is none.
func TopicHost(arn string) string {
	m := topicARN.FindStringSubmatch(arn)
	switch {
	case m == nil:
		return ""
	case m[1] == "aws-cn":
		return "sns." + m[2] + ".amazonaws.com.cn"
	}
	return "sns." + m[2] + ".amazonaws.com"
}

var certPath = regexp.MustCompile(`^/SimpleNotificationService-[A-Za-z0-9_-]{1,100}\.pem$`)

// onHost reads an address of https at this host and nothing else.
func onHost(address, host string) (*url.URL, bool) {
	u, err := url.Parse(address)
	if err != nil || host == "" || u.Scheme != "https" || u.Host != host && u.Host != host+":443" || u.User != nil || u.Fragment != "" {
		return nil, false
	}
	return u, true
}

// snsVerifier checks that messages come from topics of ours.
type snsVerifier struct {
	topics []string
	client *http.Client // follows no redirect
	roots  *x509.CertPool
	now    func() time.Time

	fetching chan struct{} // has room for one, which fetches a certificate
	mu       sync.Mutex
	certs    map[string]*x509.Certificate // by address: those that were verified
}

func newVerifier(topics []string, client *http.Client, roots *x509.CertPool, now func() time.Time) *snsVerifier {
	own := *client
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	own.Timeout = snsTimeout
	return &snsVerifier{topics: topics, client: &own, roots: roots, now: now, fetching: make(chan struct{}, 1), certs: map[string]*x509.Certificate{}}
}

// verify returns nil for a message of a topic of ours, errForged for any other one, and
// another error where that cannot be said now.
func (v *snsVerifier) verify(ctx context.Context, m snsMessage) error {
	if !slices.Contains(v.topics, m.TopicARN) || !slices.Contains([]string{snsNotification, snsSubscribe, snsUnsubscribe}, m.Type) {
		return errForged
	}
	at, err := time.Parse(time.RFC3339, m.Timestamp)
	if age := v.now().Sub(at); err != nil || age > oldestSNS || age < -skewSNS {
		return errForged
	}
	signature, err := base64.StdEncoding.DecodeString(m.Signature)
	if err != nil {
		return errForged
	}
	u, ok := onHost(m.SigningCertURL, TopicHost(m.TopicARN))
	if !ok || !certPath.MatchString(u.Path) || u.RawQuery != "" || u.RawPath != "" {
		return errForged
	}
	cert, err := v.cert(ctx, u)
	if err != nil {
		return err
	}
	key, ok := cert.PublicKey.(*rsa.PublicKey)
	if !ok {
		return errForged
	}
	switch m.SignatureVersion {
	case "1":
		sum := sha1.Sum([]byte(m.signed())) //nolint:gosec // as above
		err = rsa.VerifyPKCS1v15(key, crypto.SHA1, sum[:], signature)
	case "2":
		sum := sha256.Sum256([]byte(m.signed()))
		err = rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], signature)
	default:
		err = errForged
	}
	if err != nil {
		return errForged
	}
	return nil
}

// cert returns the certificate at an address that was checked.
func (v *snsVerifier) cert(ctx context.Context, u *url.URL) (*x509.Certificate, error) {
	if c := v.known(u); c != nil {
		return c, nil
	}
	select {
	case v.fetching <- struct{}{}:
		defer func() { <-v.fetching }()
	case <-ctx.Done():
		return nil, fmt.Errorf("waiting for a certificate: %w", ctx.Err())
	}
	if c := v.known(u); c != nil {
		return c, nil
	}
	cert, err := v.fetch(ctx, u)
	if err != nil {
		return nil, err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.certs) >= mostCerts {
		clear(v.certs)
	}
	v.certs[u.String()] = cert
	return cert, nil
}

func (v *snsVerifier) known(u *url.URL) *x509.Certificate {
	v.mu.Lock()
	defer v.mu.Unlock()
	c := v.certs[u.String()]
	if c == nil || v.now().After(c.NotAfter) {
		return nil
	}
	return c
}

// fetch fetches a certificate and checks who issued it, and for whom.
func (v *snsVerifier) fetch(ctx context.Context, u *url.URL) (*x509.Certificate, error) {
	text, err := v.get(ctx, u, mostPEM)
	if err != nil {
		return nil, fmt.Errorf("fetching the certificate of Amazon SNS: %w", err)
	}
	var chain []*x509.Certificate
	for block, rest := pem.Decode(text); block != nil && len(chain) < 2*mostIssuers; block, rest = pem.Decode(rest) {
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, errForged
		}
		chain = append(chain, c)
	}
	if len(chain) == 0 {
		return nil, errForged
	}
	leaf := chain[0]
	// It is issued for all regions, or for the one that it is fetched from.
	if leaf.VerifyHostname("sns.amazonaws.com") != nil && leaf.VerifyHostname(u.Hostname()) != nil {
		return nil, errForged
	}
	o := x509.VerifyOptions{Roots: v.roots, Intermediates: x509.NewCertPool(), CurrentTime: v.now(), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}}
	for _, c := range chain[1:] {
		o.Intermediates.AddCert(c)
	}
	if err := v.verifyChain(ctx, leaf, o, chain[len(chain)-1]); err != nil {
		return nil, err
	}
	return leaf, nil
}

// verifyChain verifies who issued a certificate. What stands between it and a root does
// not have to be in the same file: then it is fetched from where the last one names it.
func (v *snsVerifier) verifyChain(ctx context.Context, leaf *x509.Certificate, o x509.VerifyOptions, last *x509.Certificate) error {
	for fetched := 0; ; fetched++ {
		_, err := leaf.Verify(o)
		if err == nil {
			return nil
		}
		if _, unknown := errors.AsType[x509.UnknownAuthorityError](err); !unknown || fetched == mostIssuers {
			return errForged
		}
		issuer, err := v.issuer(ctx, last)
		if err != nil {
			return err
		}
		o.Intermediates.AddCert(issuer)
		last = issuer
	}
}

// trustHost is where Amazon publishes its certificates.
const trustHost = "amazontrust.com"

// issuer fetches the certificate of who issued another one. Who sends it proves nothing:
// that is checked by its signature.
func (v *snsVerifier) issuer(ctx context.Context, of *x509.Certificate) (*x509.Certificate, error) {
	for _, address := range of.IssuingCertificateURL {
		u, err := url.Parse(address)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Port() != "" || u.User != nil || !strings.HasSuffix(u.Host, "."+trustHost) {
			continue
		}
		der, err := v.get(ctx, u, mostPEM)
		if err != nil {
			return nil, fmt.Errorf("fetching the certificate of who issued that of Amazon SNS: %w", err)
		}
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, errForged
		}
		return c, nil
	}
	return nil, errForged
}

// confirm confirms a subscription, whose message was verified.
func (v *snsVerifier) confirm(ctx context.Context, m snsMessage) error {
	u, ok := onHost(m.SubscribeURL, TopicHost(m.TopicARN))
	if !ok {
		return errForged
	}
	q := u.Query()
	if u.Path != "/" && u.Path != "" || q.Get("Action") != "ConfirmSubscription" || q.Get("TopicArn") != m.TopicARN {
		return errForged
	}
	if _, err := v.get(ctx, u, mostPEM); err != nil {
		return fmt.Errorf("confirming the subscription to %s: %w", m.TopicARN, err)
	}
	return nil
}

// get gets what is at an address that was checked. The error does not have its query,
// in which there is a token.
func (v *snsVerifier) get(ctx context.Context, u *url.URL, most int64) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, errForged
	}
	resp, err := v.client.Do(r)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be reached", u.Hostname())
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answers %d", u.Hostname(), resp.StatusCode)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, most))
	if err != nil {
		return nil, fmt.Errorf("%s does not answer to the end", u.Hostname())
	}
	return body, nil
}

package notify

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/watch287g/watch287g/notify/wire"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

const (
	webhookTimeout = 15 * time.Second // for one request, its answer included
	// webhookIdle is how long a connection is kept for the next of several
	// messages. It is less than the few seconds that the common servers keep one,
	// so that they seldom close it under a request.
	webhookIdle    = 3 * time.Second
	webhookAnswer  = 64 << 10 // bytes of an answer that are read
	webhookChanges = 100      // in one request: some 200 KB
)

// WebhookConfig is where a webhook goes.
type WebhookConfig struct {
	URL string
	// Secret signs what is sent, as Standard Webhooks has it: base64, with or
	// without "whsec_" before it. Without one nothing is signed.
	Secret string
	// AllowPrivate lets the endpoint be in a private network or on this machine.
	AllowPrivate bool
}

type webhook struct {
	url     string
	secret  *standardwebhooks.Webhook // nil where nothing is signed
	client  *http.Client
	now     func() time.Time
	version string
	links   Links
}

// NewWebhook makes a channel that posts changes as JSON, by the rules of
// https://www.standardwebhooks.com. The proxies of the environment are not used:
// a proxy would look names up itself, and reach whatever it can.
func NewWebhook(c WebhookConfig, t Deps) (Channel, error) {
	u, err := url.Parse(c.URL)
	if err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, errors.New("the webhook's url does not begin with https:// or http://")
	}
	if !c.AllowPrivate && wire.PrivateHost(u.Hostname()) {
		return nil, fmt.Errorf("the webhook would never be called: %w; add allow_private: true where that is meant", wire.ErrPrivate)
	}
	w := &webhook{url: c.URL, client: webhookClient(c.AllowPrivate), now: t.Now, version: t.Version, links: t.Links}
	if c.Secret == "" {
		return w, nil
	}
	if strings.TrimPrefix(c.Secret, "whsec_") == "" {
		return nil, errors.New("the webhook's secret is empty")
	}
	if w.secret, err = standardwebhooks.NewWebhook(c.Secret); err != nil {
		return nil, errors.New("the webhook's secret is not base64, with or without whsec_ before it")
	}
	return w, nil
}

// CloseIdleConnections closes the connections that are kept for the next message.
func (w *webhook) CloseIdleConnections() { w.client.CloseIdleConnections() }

// webhookClient is an HTTP client that does not trust the other side: no redirects,
// no private addresses, no compressed or endless answers.
func webhookClient(allowPrivate bool) *http.Client {
	dialer := wire.PublicDialer()
	if allowPrivate {
		dialer.Control = nil
	}
	return &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext:            dialer.DialContext,
			ForceAttemptHTTP2:      true,
			IdleConnTimeout:        webhookIdle,
			DisableCompression:     true,
			MaxResponseHeaderBytes: webhookAnswer,
		},
	}
}

// webhookBody is what an endpoint gets. It holds nothing that changes between two
// tries, so that a receiver who keeps a digest of it sees one message.
type webhookBody struct {
	Type       string          `json:"type"` // changes, notice, test
	DeliveryID string          `json:"delivery_id"`
	Channel    string          `json:"channel"`
	Language   string          `json:"language,omitempty"` // of the text of changes; left out for English
	CreatedAt  time.Time       `json:"created_at"`
	Part       int             `json:"part"` // from 1
	Parts      int             `json:"parts"`
	Figures    *roster.Figures `json:"figures,omitempty"`
	Changes    []roster.Change `json:"changes,omitempty"`
	Notice     *roster.Notice  `json:"notice,omitempty"`
	DecideURL  string          `json:"decide_url,omitempty"` // of the page on which the operator decides about a hold
}

// textsIn are changes whose text is in a language, with the English one among the others.
func textsIn(l prose.Language, changes []roster.Change) []roster.Change {
	all := slices.Clone(changes)
	for i, c := range all {
		texts := maps.Clone(c.Texts)
		if texts == nil {
			texts = map[string]string{}
		}
		delete(texts, string(l))
		texts[string(prose.English)] = c.Text
		all[i].Text, all[i].Texts = l.TextOf(c), texts
	}
	return all
}

// webhookBodies splits a message into the requests that carry it. They are the
// same at every try.
func webhookBodies(m Message) []webhookBody {
	d := m.Delivery
	body := webhookBody{
		Type: "changes", DeliveryID: d.ID, Channel: d.Channel, CreatedAt: d.CreatedAt.UTC(),
		Figures: &d.Figures, Notice: d.Notice,
	}
	if d.Notice != nil {
		body.Type, body.Figures = "notice", nil
	}
	if m.Test {
		body.Type = "test"
	}
	changes := m.Changes
	if l := m.language(); l != prose.English {
		body.Language, changes = string(l), textsIn(l, changes)
	}
	body.Parts = max(1, (len(m.Changes)+webhookChanges-1)/webhookChanges)
	var bodies []webhookBody
	for i := range body.Parts {
		from := i * webhookChanges
		body.Part = i + 1
		body.Changes = changes[from:min(from+webhookChanges, len(changes))]
		bodies = append(bodies, body)
	}
	return bodies
}

// id is the part's webhook-id: the delivery's, with the number of a further part.
func (b webhookBody) id() string {
	if b.Part == 1 {
		return b.DeliveryID
	}
	return b.DeliveryID + "." + strconv.Itoa(b.Part)
}

// encode writes the body.
func (b webhookBody) encode() ([]byte, error) {
	var out bytes.Buffer
	if err := roster.EncodeJSON(&out, b, ""); err != nil {
		return nil, err //nolint:wrapcheck // wrapped by the caller
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}

// batchesReceipts lets the receipt of a single request be saved with the result.
func (w *webhook) batchesReceipts(m Message) bool { return len(m.Changes) <= webhookChanges }

// Send posts the parts that were not sent yet, in order.
func (w *webhook) Send(ctx context.Context, m Message, done func(part, answer string)) error {
	for _, body := range webhookBodies(m) {
		if body.Notice != nil {
			body.DecideURL = w.links.Decide(*body.Notice)
		}
		part := strconv.Itoa(body.Part)
		if m.Delivery.Done(part) {
			continue
		}
		answer, err := w.post(ctx, body)
		if err != nil {
			return err
		}
		done(part, answer)
	}
	return nil
}

// post sends one request and says how it was answered.
func (w *webhook) post(ctx context.Context, b webhookBody) (answer string, err error) {
	body, err := b.encode()
	if err != nil {
		return "", permanent("the message cannot be written as JSON: %w", err)
	}
	within, cancel := context.WithTimeout(ctx, webhookTimeout)
	defer cancel()
	req, err := w.request(within, b.id(), body)
	if err != nil {
		return "", err
	}
	resp, err := w.client.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		return "", webhookError(err)
	}
	defer resp.Body.Close() //nolint:errcheck // nothing depends on it once the status is known
	// Only the status matters; the rest is read to let the server finish.
	_, _ = io.CopyN(io.Discard, resp.Body, webhookAnswer)
	return "HTTP " + strconv.Itoa(resp.StatusCode), w.statusError(resp)
}

// request builds a request with the headers of Standard Webhooks.
func (w *webhook) request(ctx context.Context, id string, body []byte) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.url, bytes.NewReader(body))
	if err != nil {
		return nil, permanent("the webhook's url cannot be used")
	}
	now := w.now()
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "watch287g/"+w.version)
	req.Header.Set(standardwebhooks.HeaderWebhookID, id)
	req.Header.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(now.Unix(), 10))
	// Without a value it is not sent, and tells net/http that the request may be
	// repeated at once where the server closed a kept connection under it. The
	// endpoint recognizes a repeated message by its id.
	req.Header["Idempotency-Key"] = []string{}
	if w.secret == nil {
		return req, nil
	}
	signature, err := w.secret.Sign(id, now, body)
	if err != nil {
		return nil, permanent("the message cannot be signed: %w", err)
	}
	req.Header.Set(standardwebhooks.HeaderWebhookSignature, signature)
	return req, nil
}

// statusError says what a status means.
func (w *webhook) statusError(resp *http.Response) error {
	if resp.StatusCode >= 200 && resp.StatusCode < 300 {
		return nil
	}
	status := wire.StatusText(resp.StatusCode)
	f := statusFailure(resp.StatusCode)
	f.RetryAfter = wire.RetryAfter(resp.Header.Get("Retry-After"), w.now())
	switch {
	case resp.StatusCode >= 300 && resp.StatusCode < 400:
		f.Err = fmt.Errorf("the endpoint redirects elsewhere (%s), which is not followed; configure its final url", status)
	case resp.StatusCode == http.StatusGone:
		f.Err = fmt.Errorf("the endpoint is gone for good (%s)", status)
	default:
		f.Err = fmt.Errorf("the endpoint answers %s", status)
	}
	return f
}

// statusFailure is what a status means for the message and the channel: an endpoint
// that does not know or want us refuses every message, and one that cannot take this
// message may take the next. All others are tried again.
func statusFailure(status int) *Failure {
	switch status {
	case http.StatusBadRequest, http.StatusLengthRequired, http.StatusRequestEntityTooLarge, http.StatusRequestURITooLong,
		http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity, http.StatusRequestHeaderFieldsTooLarge:
		return &Failure{Permanent: true}
	case http.StatusRequestTimeout, http.StatusConflict, http.StatusLocked, http.StatusFailedDependency, http.StatusTooEarly,
		http.StatusTooManyRequests, 499: // nginx: we hung up
		return &Failure{}
	}
	whole := status >= 300 && status < 500
	return &Failure{Permanent: whole, Channel: whole}
}

// webhookError says why there was no answer.
func webhookError(err error) error {
	if errors.Is(err, wire.ErrPrivate) {
		return &Failure{Err: errors.New("the endpoint is not called: " + wire.ErrPrivate.Error() + ", and allow_private is not set")}
	}
	return &Failure{Err: errors.New("the endpoint cannot be reached: " + wire.Unreachable(err))}
}

// Package fetch asks one server for one thing after the other: at its own pace, within
// bounds, waiting where the server asks for it, and trying again where it fails for a
// moment.
package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/watch287g/watch287g/notify/wire"
)

// Errors that Get wraps.
var (
	ErrTooLarge = errors.New("it is larger than anything that is wanted of it")
	// ErrFailed means that the server gave no answer that says anything, after several tries.
	ErrFailed = errors.New("gave no answer")
	// ErrRefused means that the server wants to be left alone for longer than is waited.
	ErrRefused = errors.New("asks to be left alone")
)

const (
	tries     = 5                // of a request that fails
	firstWait = 5 * time.Second  // after a failure; the next one is twice as long
	busyWait  = 30 * time.Second // after "too many requests" that do not say how long
	longest   = 15 * time.Minute // that is waited at once
	hops      = 4                // of redirects
	timeout   = 2 * time.Minute  // of one request with its body
)

// Client asks one server. It is used by one goroutine.
type Client struct {
	Base      *url.URL // of the server; no other host is asked
	Agent     string   // the User-Agent
	Pace      time.Duration
	Transport http.RoundTripper
	Say       func(format string, args ...any) // what the operator is told of waits
	// Captured says of an answer that it is one that the server keeps, and not its own.
	Captured func(http.Header) bool
	Now      func() time.Time

	next time.Time // when the next request may be made
}

// Answer is what came.
type Answer struct {
	URL    *url.URL // after redirects
	Status int
	Header http.Header
	Body   []byte // as it came, which may be compressed
}

// Get asks for an address, of whose answer at most so many bytes are read. The error is
// ErrTooLarge, ErrFailed, ErrRefused or that of ctx, wrapped with why.
func (c *Client) Get(ctx context.Context, address *url.URL, most int64) (Answer, error) {
	for range hops {
		a, err := c.patiently(ctx, address, most)
		if err != nil || a.Status < 300 || a.Status > 399 || c.Captured(a.Header) {
			return a, err
		}
		to, err := address.Parse(a.Header.Get("Location"))
		if err != nil || a.Header.Get("Location") == "" || to.Scheme != c.Base.Scheme || to.Host != c.Base.Host || to.User != nil {
			return a, nil // it leads away
		}
		address = to
	}
	return Answer{}, fmt.Errorf("%s %w: it redirects in circles", c.Base.Host, ErrFailed)
}

// patiently asks until there is an answer.
func (c *Client) patiently(ctx context.Context, address *url.URL, most int64) (Answer, error) {
	wait, why := firstWait, ""
	for try := range tries {
		if try > 0 {
			c.Say("%s: %s; the next try is in %s", c.Base.Host, why, wait.Round(time.Second))
			c.next = c.Now().Add(wait)
			wait *= 2
		}
		a, err := c.once(ctx, address, most)
		switch {
		case err != nil && ctx.Err() != nil: // an answer that came counts, or it would be fetched again
			return Answer{}, ctx.Err() //nolint:wrapcheck // the caller knows what ended
		case errors.Is(err, ErrTooLarge):
			return Answer{}, err
		case err != nil:
			why = wire.Unreachable(err)
			continue
		case a.Status < 500 && a.Status != http.StatusTooManyRequests || c.Captured(a.Header):
			return a, nil
		}
		why = wire.StatusText(a.Status)
		asked := wire.RetryAfter(a.Header.Get("Retry-After"), c.Now())
		if a.Status == http.StatusTooManyRequests && asked == 0 {
			asked = busyWait
		}
		if asked > longest {
			return Answer{}, fmt.Errorf("%s %w until %s (%s)", c.Base.Host, ErrRefused, c.Now().Add(asked).UTC().Format("January 2, 15:04 MST"), why)
		}
		wait = max(wait, asked)
	}
	return Answer{}, fmt.Errorf("%s %w: %s, %d times", c.Base.Host, ErrFailed, why, tries)
}

// once makes one request, when it may.
func (c *Client) once(ctx context.Context, address *url.URL, most int64) (Answer, error) {
	if err := sleep(ctx, c.next.Sub(c.Now())); err != nil {
		return Answer{}, err
	}
	defer func() { c.next = c.Now().Add(c.Pace) }()
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address.String(), http.NoBody)
	if err != nil {
		return Answer{}, fmt.Errorf("asking for %s: %w", address, err)
	}
	r.Header.Set("User-Agent", c.Agent)
	r.Header.Set("Accept-Encoding", "identity") // the hash is of the bytes as they are
	got, err := c.Transport.RoundTrip(r)
	if err != nil {
		return Answer{}, err //nolint:wrapcheck // Unreachable says it
	}
	defer got.Body.Close() //nolint:errcheck // it was only read
	if got.ContentLength > most {
		return Answer{}, ErrTooLarge
	}
	body, err := io.ReadAll(io.LimitReader(got.Body, most+1))
	if err != nil {
		return Answer{}, err //nolint:wrapcheck // Unreachable says it
	}
	if int64(len(body)) > most {
		return Answer{}, ErrTooLarge
	}
	return Answer{URL: address, Status: got.StatusCode, Header: got.Header, Body: body}, nil
}

func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err() //nolint:wrapcheck // the caller knows what ended
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err() //nolint:wrapcheck // the caller knows what ended
	}
}

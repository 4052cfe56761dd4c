package pasttest

import (
	"bytes"
	"crypto/sha1" //nolint:gosec // it is what the archive's index has
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Capture is what the played archive has of one address at one moment.
type Capture struct {
	URL    string
	At     time.Time
	Status int    // 0: 200
	MIME   string // as the index has it; "" for text/html
	Body   []byte
	Header map[string]string // of ICE's answer, such as Last-Modified
	// Faults of the archive.
	Revisit  bool   // the index has it as a revisit, without a status
	Digest   string // in place of that of the bytes
	Sent     []byte // in place of the bytes
	Elsewhen bool   // the archive leads to the capture that is nearest, and does not have this one
}

// Archive plays the Wayback Machine.
type Archive struct {
	// PageSize is how many rows of the index one answer has at most; 0 for all.
	PageSize int
	// Fault, if not nil, may answer a request in the archive's place, or return an error
	// for a connection that broke. n counts requests from 1.
	Fault func(n int, w http.ResponseWriter, r *http.Request) (done bool, err error)
	Now   func() time.Time

	mu       sync.Mutex
	captures []Capture
	asked    []Asked
}

// Asked is a request that came.
type Asked struct {
	At    time.Time
	Path  string
	Agent string
}

// Add adds captures.
func (a *Archive) Add(c ...Capture) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.captures = append(a.captures, c...)
	slices.SortStableFunc(a.captures, func(x, y Capture) int { return x.At.Compare(y.At) })
}

// Fail sets Fault while requests come.
func (a *Archive) Fail(by func(n int, w http.ResponseWriter, r *http.Request) (done bool, err error)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.Fault = by
}

// Asked returns the requests that came, in order.
func (a *Archive) Asked() []Asked {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.asked)
}

// RoundTrip answers a request without a network.
func (a *Archive) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	w := httptest.NewRecorder()
	if err := a.answer(w, r); err != nil {
		return nil, err
	}
	return w.Result(), nil
}

// ServeHTTP answers a request over a network.
func (a *Archive) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := a.answer(w, r); err != nil {
		panic(http.ErrAbortHandler)
	}
}

func (a *Archive) answer(w http.ResponseWriter, r *http.Request) error {
	a.mu.Lock()
	now := time.Now
	if a.Now != nil {
		now = a.Now
	}
	a.asked = append(a.asked, Asked{now(), r.URL.RequestURI(), r.UserAgent()})
	n, captures, fault := len(a.asked), a.captures, a.Fault
	a.mu.Unlock()
	if fault != nil {
		if done, err := fault(n, w, r); done || err != nil {
			return err
		}
	}
	switch rest, ok := strings.CutPrefix(r.URL.RequestURI(), "/web/"); {
	case r.URL.Path == "/cdx/search/cdx":
		a.index(w, r.URL.Query(), captures)
	case ok:
		stamp, address, _ := strings.Cut(rest, "id_/")
		play(w, captures, stamp, address)
	default:
		http.NotFound(w, r)
	}
	return nil
}

// key is an address as the index sorts it.
func key(address string) string {
	_, rest, found := strings.Cut(address, "://")
	if !found {
		rest = address
	}
	rest = strings.TrimPrefix(strings.ToLower(rest), "www.")
	return strings.TrimSuffix(strings.Replace(rest, ":80/", "/", 1), "/")
}

const stampForm = "20060102150405"

func digest(body []byte) string {
	sum := sha1.Sum(body) //nolint:gosec // as above
	return base32.StdEncoding.EncodeToString(sum[:])
}

func (a *Archive) index(w http.ResponseWriter, q url.Values, captures []Capture) {
	sought, prefix := key(q.Get("url")), q.Get("matchType") == "prefix"
	var lines []string
	for _, c := range captures {
		at := c.At.UTC().Format(stampForm)
		own := key(c.URL)
		if own != sought && (!prefix || !strings.HasPrefix(own, sought)) || q.Get("from") > at || q.Get("to") != "" && q.Get("to") < at {
			continue
		}
		status, mime := strconv.Itoa(max(c.Status, 200)), c.MIME
		if mime == "" {
			mime = "text/html"
		}
		if c.Revisit {
			status, mime = "-", "warc/revisit"
		}
		sum := c.Digest
		if sum == "" {
			sum = digest(c.Body)
		}
		lines = append(lines, fmt.Sprintf("%s %s %s %s %s %d", at, c.URL, mime, status, sum, len(c.Body)/3))
	}
	from, _ := strconv.Atoi(q.Get("resumeKey"))
	from = min(from, len(lines))
	size := a.PageSize
	if size == 0 {
		size = len(lines)
	}
	until := min(from+size, len(lines))
	w.Header().Set("Content-Type", "text/plain")
	for _, l := range lines[from:until] {
		fmt.Fprintln(w, l)
	}
	if until < len(lines) {
		fmt.Fprintf(w, "\n%d\n", until)
	}
}

// play answers with a capture, or leads to the one that is nearest.
func play(w http.ResponseWriter, captures []Capture, stamp, address string) {
	best := -1
	for i, c := range captures {
		if key(c.URL) != key(address) || c.Elsewhen {
			continue
		}
		if c.At.UTC().Format(stampForm) == stamp {
			best = i
			break
		}
		best = i
	}
	if best < 0 {
		http.Error(w, "The Wayback Machine has not archived that URL.", http.StatusNotFound)
		return
	}
	c := captures[best]
	if at := c.At.UTC().Format(stampForm); at != stamp {
		w.Header().Set("Location", "/web/"+at+"id_/"+c.URL)
		w.WriteHeader(http.StatusFound)
		return
	}
	h := w.Header()
	h.Set("Memento-Datetime", c.At.UTC().Format(http.TimeFormat))
	for _, name := range slices.Sorted(maps.Keys(c.Header)) {
		h.Set("X-Archive-Orig-"+name, c.Header[name])
		if name == "Content-Encoding" || name == "Location" {
			h.Set(name, c.Header[name])
		}
	}
	body := c.Body
	if c.Sent != nil {
		body = c.Sent
	}
	if h.Get("Content-Type") == "" {
		h.Set("Content-Type", "application/octet-stream")
	}
	w.WriteHeader(max(c.Status, http.StatusOK))
	_, _ = io.Copy(w, bytes.NewReader(body))
}

// ErrBroken is a connection that broke.
var ErrBroken = errors.New("read: connection reset by peer")

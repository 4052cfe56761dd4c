package scraper

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

const (
	// maxAgreement is how much of an agreement's document is fetched, in bytes. ICE's have
	// up to 4 MiB. It is roster.MaxDocument, which the scraper does not import.
	maxAgreement = 20 << 20
	// betweenFiles is the shortest pause before a request for a document, whatever
	// robots.txt allows.
	betweenFiles = time.Second
)

// Answer is what ICE's server said of the address of an agreement's document.
type Answer string

// The answers. The first ones say what is there, the last ones say nothing of it.
const (
	AnswerFile      Answer = "file"      // a file came
	AnswerSame      Answer = "same"      // it is the one that is known (304)
	AnswerGone      Answer = "gone"      // there is nothing (404, 410)
	AnswerWebPage   Answer = "web page"  // a page of HTML, which is no block page
	AnswerEmpty     Answer = "empty"     // a file without a byte
	AnswerTooLarge  Answer = "too large" // more than 20 MiB, of which no more than that is fetched
	AnswerElsewhere Answer = "elsewhere" // the address, or what it redirects to, is on another site
	AnswerFailed    Answer = "failed"    // the server failed, or broke off, or robots.txt asks us not to
	AnswerDown      Answer = "down"      // no server answered at all, or not for its robots.txt
	AnswerRefused   Answer = "refused"   // 403, 429, 503 with a time, or a block page: it wants no more requests
)

// File is what asking for an agreement's document came to.
type File struct {
	Answer     Answer        // "" where Err is set
	Sentence   string        // says plainly how it went, for an operator
	RetryAfter time.Duration // how long the server asked us to stay away, at most 24 h; 0 where it did not
	Body       []byte        // of a file
	SHA256     string        // of Body, in hex
	// Modified and ETag are what the server sent with a file, or with the word that it is
	// the same.
	Modified, ETag string
	// Err is why it was given up: the context's error, or ErrTurn.
	Err error
}

// ErrTurn means that a visit to ICE's page wants its turn, for which a document is given up.
var ErrTurn = errors.New("given up for a visit to ICE's page")

// Fetch asks for one document, under the turn that visits take, by If-Modified-Since where
// known has what it needs. It waits at least a second since the last request. It never keeps
// a visit waiting: one that wants its turn has it at once, and File.Err is then ErrTurn.
func (s *Scraper) Fetch(ctx context.Context, address string, known Validators) File {
	u, err := url.Parse(address)
	if err != nil || !s.site.contains(u) {
		return File{Answer: AnswerElsewhere, Sentence: "The document is at another site than ICE's, which is not followed."}
	}
	ctx, giveUp := context.WithCancelCause(ctx)
	defer giveUp(nil)
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return File{Err: ctx.Err()}
	}
	if !s.queue.yieldBy(giveUp) {
		return File{Err: ErrTurn}
	}
	defer s.queue.yieldBy(nil)
	v := newVisitor(ctx, s, nil)
	f, err := v.file(ctx, u, known)
	switch {
	case err == nil:
		return f
	case ctx.Err() != nil:
		return File{Err: context.Cause(ctx)}
	}
	failed, ok := errors.AsType[*failure](err)
	if !ok {
		return File{Err: err}
	}
	s.log.WarnContext(ctx, "document not fetched", "url", withoutQuery(u), "said", failed.sentence, "error", failed.cause)
	return failed.file()
}

// file asks for a document. The error is a *failure where the server did not say what is
// there, or the context's own.
func (v *visitor) file(ctx context.Context, u *url.URL, known Validators) (File, error) {
	const what = "a document"
	t := request{url: u, what: what, header: conditional(known), most: maxAgreement, pause: betweenFiles}
	a, err := v.follow(ctx, t)
	if err == nil && t.header != nil && otherThan(known, a) {
		t.header = nil
		a, err = v.follow(ctx, t)
	}
	if err != nil {
		return File{}, err
	}
	f := File{Modified: validator(a.header, "Last-Modified"), ETag: validator(a.header, "ETag")}
	switch {
	case a.status == http.StatusNotModified && t.header != nil:
		f.Answer = AnswerSame
	case a.status == http.StatusNotFound, a.status == http.StatusGone:
		f.Answer = AnswerGone
	case a.status != http.StatusOK:
		return File{}, v.checkStatus(a, what)
	case len(a.body) == 0:
		f.Answer = AnswerEmpty
	case isPage(a):
		return v.webPage(a, what)
	default:
		sum := sha256.Sum256(a.body)
		f.Answer, f.Body, f.SHA256 = AnswerFile, a.body, hex.EncodeToString(sum[:])
	}
	return f, nil
}

// otherThan says whether a server calls a file not modified and names another one than the
// known: one that is older than that is "not modified since" to it.
func otherThan(known Validators, a response) bool {
	modified, etag := validator(a.header, "Last-Modified"), validator(a.header, "ETag")
	switch {
	case a.status != http.StatusNotModified:
		return false
	case modified != "" && known.LastModified != "":
		return modified != known.LastModified
	}
	weak := func(tag string) string { return strings.TrimPrefix(tag, "W/") }
	return etag != "" && known.ETag != "" && weak(etag) != weak(known.ETag)
}

// isPage says whether a web page came in the place of a document, whatever it is called.
func isPage(a response) bool {
	return !bytes.Contains(a.body[:min(len(a.body), 1024)], []byte("%PDF-")) && looksLikeHTML(a)
}

// webPage tells a page of ICE's from one with which its server refuses us.
func (v *visitor) webPage(a response, what string) (File, error) {
	doc, err := parsePage(a)
	if err != nil {
		return File{Answer: AnswerWebPage}, nil //nolint:nilerr // a page that cannot be read is one, too
	}
	if name := blockName(doc, a.body); name != "" {
		f := failf(StatusBlocked, "%s answered %s with a block page (%s).", v.server, what, name)
		f.retryAfter = retryAfter(a.header.Get("Retry-After"), v.now())
		return File{}, f
	}
	return File{Answer: AnswerWebPage}, nil
}

// file says what a failure means for a document.
func (f *failure) file() File {
	got := File{Answer: AnswerFailed, Sentence: f.sentence, RetryAfter: f.retryAfter}
	switch {
	case f.outcome == StatusBlocked, f.status == http.StatusForbidden, f.status == http.StatusTooManyRequests,
		f.status == http.StatusServiceUnavailable && f.retryAfter > 0:
		got.Answer = AnswerRefused
	case errors.Is(f.cause, errTooLarge):
		got.Answer = AnswerTooLarge
	case errors.Is(f.cause, errElsewhere):
		got.Answer = AnswerElsewhere
	case f.outcome == StatusUnreachable && (f.status == 0 || f.rules):
		got.Answer = AnswerDown
	}
	return got
}

// queue lets visits go before documents.
type queue struct {
	mu      sync.Mutex
	waiting int                     // visits
	giveUp  context.CancelCauseFunc // the document that is being fetched; nil for none
}

// yieldBy notes how the document that is being fetched is given up; nil where none is. It is
// false where a visit waits already.
func (q *queue) yieldBy(giveUp context.CancelCauseFunc) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if giveUp != nil && q.waiting > 0 {
		return false
	}
	q.giveUp = giveUp
	return true
}

// visit has a document given up, and none begun until the visit has its turn.
func (q *queue) visit(more int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting += more
	if q.waiting > 0 && q.giveUp != nil {
		q.giveUp(fmt.Errorf("fetching a document: %w", ErrTurn))
	}
}

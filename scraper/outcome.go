package scraper

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Status is how a visit went.
type Status string

// The statuses of a visit.
const (
	StatusUnchanged   Status = "unchanged"   // every file is the one of the visit before
	StatusChanged     Status = "changed"     // at least one file is new or has other bytes
	StatusBlocked     Status = "blocked"     // a web page came, with success, where content should be
	StatusRefused     Status = "refused"     // the server, or its robots.txt, said no
	StatusMissing     Status = "missing"     // the page, a file or every link to a list is gone
	StatusUnreachable Status = "unreachable" // no response, or one of the server's own failure
	StatusBroken      Status = "broken"      // a response that cannot be what was asked for
)

// Failed says whether something that was asked for did not come.
func (o Status) Failed() bool { return o.weight() > 0 }

// weight orders failures: what passes by itself the least weighs the most. It
// is 0 for success.
func (o Status) weight() int {
	switch o {
	case StatusBlocked:
		return 5
	case StatusRefused:
		return 4
	case StatusBroken:
		return 3
	case StatusMissing:
		return 2
	case StatusUnreachable:
		return 1
	case StatusUnchanged, StatusChanged:
	}
	return 0
}

// Visit is what one visit brought.
type Visit struct {
	// Outcome is "" where Err is set. Where some files came and others did not
	// it is that of the worst failure.
	Outcome    Status
	Sentence   string        // says plainly how it went, for an operator
	RetryAfter time.Duration // how long the server asked us to stay away, at most 24 h; 0 where it did not
	Documents  []Document    // everything that came and might be a list, the most likely first
	// Notes are what an operator should know besides the sentence, one sentence each.
	Notes []string
	// Links are those on the page that might lead to a list, asked for or not,
	// in the page's order; nil also where the page itself did not come.
	Links []Link
	// Unfollowed are links that are named for a list and lead to something that is
	// not a workbook, in the page's order.
	Unfollowed []Unfollowed
	// Words are what the page says, a paragraph a line, without what is on every page of the
	// site; "" where the page did not come.
	Words string
	Page  string // the page's address
	Err   error  // why the visit was given up: its context's error, else nil
}

func stopped(err error) Visit {
	return Visit{Err: err, Sentence: "The visit was stopped before it was done."}
}

// failure is why something did not come.
type failure struct {
	outcome    Status
	sentence   string
	retryAfter time.Duration
	status     int   // of the server's answer; 0 where there was none
	rules      bool  // it is robots.txt that did not come, without which nothing is asked for
	stop       bool  // further requests in this visit would fail as well, or annoy
	cause      error // for the log; nil where the sentence says it all
}

func (f *failure) Error() string { return f.sentence }

func failf(outcome Status, format string, args ...any) *failure {
	sentence := fmt.Sprintf(format, args...)
	first, n := utf8.DecodeRuneInString(sentence)
	return &failure{outcome: outcome, sentence: string(unicode.ToUpper(first)) + sentence[n:]}
}

// checkStatus says what is wrong with a response other than 200, nil for none.
// what names the thing that was asked for.
func (s *Scraper) checkStatus(a response, what string) *failure {
	var f *failure
	switch code := a.status; {
	case code == http.StatusOK:
		return nil
	case code == http.StatusNotFound, code == http.StatusGone:
		f = failf(StatusMissing, "%s has nothing at the address of %s (%s).", s.server, what, statusText(code))
	case code >= 500, code == http.StatusRequestTimeout:
		f = failf(StatusUnreachable, "%s failed on %s (%s).", s.server, what, statusText(code))
	case code >= 400:
		f = failf(StatusRefused, "%s refused %s (%s).", s.server, what, statusText(code))
	default:
		f = failf(StatusBroken, "%s gave an unexpected answer for %s (%s).", s.server, what, statusText(code))
	}
	f.status = a.status
	f.retryAfter = retryAfter(a.header.Get("Retry-After"), s.now())
	f.stop = f.retryAfter > 0 || a.status == http.StatusTooManyRequests
	return f
}

func statusText(code int) string {
	return strings.TrimSpace(strconv.Itoa(code) + " " + http.StatusText(code))
}

// maxRetryAfter bounds what a server can ask: a mistyped date must not stop the
// watch for years.
const maxRetryAfter = 24 * time.Hour

// retryAfter reads the header's two forms, seconds and a date; 0 for neither.
func retryAfter(value string, now time.Time) time.Duration {
	value = strings.TrimSpace(value)
	if seconds, err := strconv.ParseUint(value, 10, 64); err == nil || errors.Is(err, strconv.ErrRange) {
		return time.Duration(min(seconds, uint64(maxRetryAfter/time.Second))) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return min(max(at.Sub(now), 0), maxRetryAfter)
	}
	return 0
}

// noResponse says why no whole response came. err is colly's, which is that of
// net/http or of our transport. The sentence holds none of err's own words:
// they can hold a URL with its query, or a proxy.
func (s *Scraper) noResponse(err error, what string) *failure {
	var f *failure
	switch {
	case errors.Is(err, errTooLarge):
		f = failf(StatusBroken, "what %s sent for %s is larger than %d MiB.", s.server, what, s.transport.most>>20)
	case errors.Is(err, errTruncated):
		f = failf(StatusBroken, "%s broke off in the middle of %s.", s.server, what)
	case errors.Is(err, errCompression):
		f = failf(StatusBroken, "what %s sent for %s cannot be decompressed.", s.server, what)
	case errors.Is(err, context.DeadlineExceeded):
		f = failf(StatusUnreachable, "%s did not send %s within %s.", s.server, what, s.timeout)
	default:
		f = failf(StatusUnreachable, "%s could not be asked for %s: %s.", s.server, what, networkTrouble(err))
	}
	f.stop = f.outcome == StatusUnreachable
	f.cause = err
	return f
}

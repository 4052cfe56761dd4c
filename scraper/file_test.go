package scraper_test

import (
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/watch287g/watch287g/scraper"
)

const moaPath = "/doclib/287gMOA/LampasasCountySO.pdf"

func pdf(body string) http.HandlerFunc { return file([]byte("%PDF-1.7\n" + body)) }

func TestFetch(t *testing.T) {
	status := func(code int, header ...string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			for i := 0; i < len(header); i += 2 {
				w.Header().Set(header[i], header[i+1])
			}
			w.WriteHeader(code)
		}
	}
	for _, c := range []struct {
		name   string
		serve  http.HandlerFunc
		answer scraper.Answer
		after  time.Duration
	}{
		{"a file", pdf("x"), scraper.AnswerFile, 0},
		{"a file of another kind", file([]byte("PK\x03\x04 a text")), scraper.AnswerFile, 0},
		{"gone", status(404), scraper.AnswerGone, 0},
		{"gone for good", status(410), scraper.AnswerGone, 0},
		{"a web page", text("<!DOCTYPE html><html><body>" + "Page not found</body></html>"), scraper.AnswerWebPage, 0},
		{"a block page", text("<html><title>Access Denied</title><body>no</body></html>"), scraper.AnswerRefused, 0},
		{"empty", text(""), scraper.AnswerEmpty, 0},
		{"forbidden", status(403, "Retry-After", "120"), scraper.AnswerRefused, 2 * time.Minute},
		{"too many", status(429), scraper.AnswerRefused, 0},
		{"forbidden for years", status(403, "Retry-After", "99999999999999999999"), scraper.AnswerRefused, 24 * time.Hour},
		{"forbidden until a date years ahead", status(429, "Retry-After", "Fri, 31 Dec 9999 23:59:59 GMT"), scraper.AnswerRefused, 24 * time.Hour},
		{"forbidden until a date of the past", status(429, "Retry-After", "Sun, 06 Nov 1994 08:49:37 GMT"), scraper.AnswerRefused, 0},
		{"forbidden, and who knows until when", status(403, "Retry-After", "-1, soon\u00a0"), scraper.AnswerRefused, 0},
		{"overloaded for a time", status(503, "Retry-After", "60"), scraper.AnswerRefused, time.Minute},
		{"overloaded", status(503), scraper.AnswerFailed, 0},
		{"failed", status(500), scraper.AnswerFailed, 0},
		{"not asked whether it changed", status(304), scraper.AnswerFailed, 0},
		{"to another site", status(302, "Location", "https://example.com/x.pdf"), scraper.AnswerElsewhere, 0},
		{"to the machine's own files", status(302, "Location", "file:///etc/passwd"), scraper.AnswerElsewhere, 0},
		{"to a private host", status(307, "Location", "http://169.254.169.254/latest/meta-data/"), scraper.AnswerElsewhere, 0},
		{"to another port", status(301, "Location", "https://www.ice.gov:8443/x.pdf"), scraper.AnswerElsewhere, 0},
		{"to no address", status(302, "Location", "https://[::1"), scraper.AnswerFailed, 0},
		{"round and round", status(302, "Location", moaPath), scraper.AnswerFailed, 0},
		{"to a file of the site", status(302, "Location", "/moved.pdf"), scraper.AnswerFile, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				site := newSite()
				site.set(moaPath, c.serve)
				site.set("/moved.pdf", pdf("moved"))
				got := scrape(t, site).Fetch(t.Context(), ice+moaPath, scraper.Validators{})
				if got.Answer != c.answer || got.RetryAfter != c.after || got.Err != nil {
					t.Errorf("got %q after %s, %v", got.Answer, got.RetryAfter, got.Err)
				}
				if sum := sha256.Sum256(got.Body); got.Answer == scraper.AnswerFile && got.SHA256 != hex.EncodeToString(sum[:]) {
					t.Errorf("the hash is %s", got.SHA256)
				}
			})
		})
	}
}

// What is announced as larger than 20 MiB is not fetched, and of what is not announced no
// more than that is.
func TestFetchTooLarge(t *testing.T) {
	for name, announced := range map[string]bool{"announced": true, "not announced": false} {
		t.Run(name, func(t *testing.T) {
			site, sent := newSite(), make(chan int, 1)
			site.set(moaPath, func(w http.ResponseWriter, _ *http.Request) {
				if announced {
					w.Header().Set("Content-Length", strconv.Itoa(200<<20))
				}
				n := 0
				for piece := make([]byte, 1<<20); n < 200<<20; n += len(piece) {
					if _, err := w.Write(piece); err != nil {
						break
					}
				}
				sent <- n
			})
			s := serve(t, site)
			host := s.Visit(t.Context(), nil).Links[0].URL
			host = host[:len(host)-len(listPath)]
			got := s.Fetch(t.Context(), host+moaPath, scraper.Validators{})
			if got.Answer != scraper.AnswerTooLarge || got.Body != nil {
				t.Errorf("got %q and %d bytes", got.Answer, len(got.Body))
			}
			if most := map[bool]int{true: 8 << 20, false: 32 << 20}[announced]; <-sent > most { // what the network holds on its way
				t.Errorf("more than %d bytes were sent", most)
			}
		})
	}
}

// A body is counted as it comes out of what it was packed in, and one that ends before the
// length that was announced is no file.
func TestFetchLies(t *testing.T) {
	for name, tt := range map[string]struct {
		serve  http.HandlerFunc
		answer scraper.Answer
	}{
		"a bomb": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			_, _ = io.CopyN(z, zeros{}, 40<<20)
			_ = z.Close()
		}, scraper.AnswerTooLarge},
		"too little": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			fmt.Fprint(w, "%PDF-1.7")
		}, scraper.AnswerFailed},
		"more than announced": {func(w http.ResponseWriter, _ *http.Request) {
			c, b, err := w.(http.Hijacker).Hijack()
			if err == nil {
				fmt.Fprint(b, "HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\nContent-Length: 9\r\n\r\n%PDF-1.7\nand much more")
				_, _ = b.Flush(), c.Close()
			}
		}, scraper.AnswerFile},
	} {
		t.Run(name, func(t *testing.T) {
			site := newSite()
			site.set(moaPath, tt.serve)
			s := serve(t, site)
			host := s.Visit(t.Context(), nil).Links[0].URL
			got := s.Fetch(t.Context(), host[:len(host)-len(listPath)]+moaPath, scraper.Validators{})
			if got.Answer != tt.answer || len(got.Body) > 9 {
				t.Errorf("got %q and %d bytes: %s", got.Answer, len(got.Body), got.Sentence)
			}
		})
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// An older file in the place of a newer one is "not modified since". Where the server names
// its date, or its tag, it is asked for the file itself.
func TestFetchAnOlderFile(t *testing.T) {
	for name, header := range map[string]string{"by its date": "Last-Modified", "by its tag": "ETag"} {
		synctest.Test(t, func(t *testing.T) {
			site := newSite()
			site.set(moaPath, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set(header, map[string]string{"Last-Modified": "Sun, 06 Nov 1994 08:49:37 GMT", "ETag": `"old"`}[header])
				if r.Header.Get("If-Modified-Since") != "" {
					w.WriteHeader(http.StatusNotModified)
					return
				}
				pdf("old")(w, r)
			})
			s := scrape(t, site)
			known := scraper.Validators{SHA256: "new", LastModified: published.Format(http.TimeFormat), ETag: `W/"new"`}
			if got := s.Fetch(t.Context(), ice+moaPath, known); got.Answer != scraper.AnswerFile {
				t.Errorf("%s: got %q", name, got.Answer)
			}
			known = scraper.Validators{SHA256: "old", LastModified: "Sun, 06 Nov 1994 08:49:37 GMT", ETag: `W/"old"`}
			if got := s.Fetch(t.Context(), ice+moaPath, known); got.Answer != scraper.AnswerSame {
				t.Errorf("%s: of the same one, got %q", name, got.Answer)
			}
			for i, r := range site.requests[1:] {
				if pause := r.at.Sub(site.requests[i].at); pause < time.Second {
					t.Errorf("%s: %s after %s", name, r.url, pause)
				}
			}
		})
	}
}

// Where robots.txt does not come, nothing is asked for, and that not for each document: none
// of them is due for a while. Where it came before, it is asked for again every ten minutes.
func TestFetchWithoutRobots(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		site := newSite()
		site.set("/robots.txt", status(http.StatusInternalServerError))
		site.set(moaPath, pdf("one"))
		s := scrape(t, site)
		if got := s.Fetch(t.Context(), ice+moaPath, scraper.Validators{}); got.Answer != scraper.AnswerDown {
			t.Errorf("got %q: %s", got.Answer, got.Sentence)
		}
		site.set("/robots.txt", text("User-agent: *\nDisallow: /admin/\n"))
		s.Fetch(t.Context(), ice+moaPath, scraper.Validators{})
		site.set("/robots.txt", status(http.StatusInternalServerError))
		time.Sleep(2 * time.Hour)
		before := len(site.requests)
		for range 300 {
			if got := s.Fetch(t.Context(), ice+moaPath, scraper.Validators{}); got.Answer != scraper.AnswerFile {
				t.Errorf("by the last copy, got %q: %s", got.Answer, got.Sentence)
			}
		}
		if n := len(site.requests) - before; n > 301 {
			t.Errorf("%d requests for 300 documents in five minutes", n)
		}
		for i, r := range site.requests[1:] {
			if pause := r.at.Sub(site.requests[i].at); pause < time.Second {
				t.Errorf("%s after %s", r.url, pause)
			}
		}
	})
}

// The second look asks whether the file changed, and no request for a document follows
// another one within a second, or within what robots.txt asks for.
func TestFetchIsPolite(t *testing.T) {
	for robots, least := range map[string]time.Duration{"": time.Second, "User-agent: *\nCrawl-delay: 10\n": 10 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			site := newSite()
			site.set("/robots.txt", text(robots))
			site.set(moaPath, pdf("one"))
			s := scrape(t, site)
			first := s.Fetch(t.Context(), ice+moaPath, scraper.Validators{})
			known := scraper.Validators{SHA256: first.SHA256, LastModified: first.Modified}
			for range 3 {
				if again := s.Fetch(t.Context(), ice+moaPath, known); again.Answer != scraper.AnswerSame || again.Body != nil {
					t.Errorf("again it is %q", again.Answer)
				}
			}
			for i, r := range site.requests[1:] {
				if pause := r.at.Sub(site.requests[i].at); pause < least {
					t.Errorf("%s after %s", r.url, pause)
				}
			}
			if len(site.requests) != 5 { // with robots.txt
				t.Errorf("%d requests", len(site.requests))
			}
		})
	}
}

func TestFetchObeysRobots(t *testing.T) {
	site := newSite()
	site.set("/robots.txt", text("User-agent: *\nDisallow: /doclib/287gMOA/\n"))
	site.set(moaPath, pdf("one"))
	if got := scrape(t, site).Fetch(t.Context(), ice+moaPath, scraper.Validators{}); got.Answer != scraper.AnswerFailed || slices.Contains(site.paths(), moaPath) {
		t.Errorf("got %q: %s", got.Answer, got.Sentence)
	}
}

// What is at another site is not asked for, whatever the address looks like.
func TestFetchStaysOnTheSite(t *testing.T) {
	site := newSite()
	for _, address := range []string{"https://example.com" + moaPath, "https://www.ice.gov.example.com/a.pdf", "https://www.ice.gov@example.com/a.pdf", "ftp://www.ice.gov/a.pdf", "%", ""} {
		if got := scrape(t, site).Fetch(t.Context(), address, scraper.Validators{}); got.Answer != scraper.AnswerElsewhere || len(site.requests) > 0 {
			t.Errorf("%s: %q, and %d requests", address, got.Answer, len(site.requests))
		}
	}
}

// A poll never waits for a document, whether that is waiting for its second or under way.
func TestVisitGoesBeforeDocuments(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		site := newSite()
		site.set("/robots.txt", text("User-agent: *\nAllow: /\n"))
		site.set(moaPath, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		s := scrape(t, site)
		fetched := make(chan scraper.File, 2)
		for range 2 { // one is under way, and one waits for its turn
			go func() { fetched <- s.Fetch(t.Context(), ice+moaPath, scraper.Validators{}) }()
		}
		time.Sleep(10 * time.Second)
		began := time.Now()
		check(t, s.Visit(t.Context(), nil), scraper.StatusChanged, "ICE's page has something new: participatingAgencies07032025pm.xlsx, pendingAgencies07032025pm.xlsx, 287g-reimbursement.xlsx.")
		if took := time.Since(began); took > 0 {
			t.Errorf("the visit took %s", took)
		}
		for range 2 {
			if f := <-fetched; !errors.Is(f.Err, scraper.ErrTurn) && f.Answer != scraper.AnswerDown {
				t.Errorf("the document was not given up: %q, %v", f.Answer, f.Err)
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if f := s.Fetch(ctx, ice+moaPath, scraper.Validators{}); !errors.Is(f.Err, context.Canceled) {
			t.Errorf("got %v", f.Err)
		}
	})
}

package scraper_test

import (
	"context"
	"io"
	"log"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/watch287g/watch287g/scraper"
)

func discard() *log.Logger { return log.New(io.Discard, "", 0) }

func TestRobots(t *testing.T) {
	const (
		noPage = "The robots.txt of ICE's server asks us not to fetch the page."
		noList = "The robots.txt of ICE's server asks us not to fetch the participating list."
	)
	for _, c := range []struct {
		name, robots string
		says         string // "" where everything is allowed
	}{
		{"empty", "", ""},
		{"nothing for us", "User-agent: GPTBot\nDisallow: /\n", ""},
		{"all", "User-agent: *\nDisallow: /\n", noPage},
		{"us by name", "User-agent: Watch287g\nDisallow: /identify-and-arrest/\n\nUser-agent: *\nAllow: /\n", noPage},
		{"others, but not us", "User-agent: *\nDisallow: /\n\nUser-agent: watch287g\nDisallow: /admin/\n", ""},
		{"the lists", "User-agent: *\nDisallow: /doclib/*/287g/participating\n", noList},
		{"workbooks", "User-agent: *\nDisallow: /*.xlsx$\nAllow: /doclib/287g\nAllow: " + pendingPath, noList},
		{"a bad line", "User-agent: *\nCrawl-delay: soon\nDisallow: /identify-and-arrest/\n", noPage},
		{"rules of nobody", "Disallow: /\nUser-agent: *\nDisallow: /admin/\n", ""},
		{"byte order mark", "\ufeffUser-agent: *\r\nDisallow: /identify-and-arrest/\r\n", noPage},
		{"a web page", "<!DOCTYPE html><html><body>User-agent: *\nDisallow: /\n</body></html>", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			site := newSite()
			site.set(pagePath, links(listPath, "Participating Agencies"))
			site.set("/robots.txt", text(c.robots))
			v := scrape(t, site).Visit(t.Context(), nil)
			if c.says == "" {
				check(t, v, scraper.Changed, "ICE's page has something new: participatingAgencies07032025pm.xlsx.")
			} else {
				check(t, v, scraper.Refused, c.says)
			}
			if got := site.paths(); (c.says == noPage) == slices.Contains(got, pagePath) {
				t.Errorf("asked for %v", got)
			}
		})
	}
}

func TestRobotsAnswers(t *testing.T) {
	for _, c := range []struct {
		name    string
		serve   http.HandlerFunc
		outcome scraper.Outcome
		says    string
	}{
		{"none", status(404), scraper.Changed, ""},
		{"forbidden", status(403), scraper.Changed, ""},
		{"redirected", redirect("/robots-new.txt"), scraper.Refused, "The robots.txt of ICE's server asks us not to fetch the page."},
		{"redirected elsewhere", redirect("https://example.com/robots.txt"), scraper.Changed, ""},
		{"redirected for ever", redirect("/robots.txt"), scraper.Changed, ""},
		{"failing", status(503, "Retry-After", "60"), scraper.Unreachable, "ICE's server failed on robots.txt (503 Service Unavailable)."},
	} {
		t.Run(c.name, func(t *testing.T) {
			site := newSite()
			site.set(pagePath, links(listPath, "Participating Agencies"))
			site.set("/robots-new.txt", text("User-agent: *\nDisallow: /"))
			site.set("/robots.txt", c.serve)
			v := scrape(t, site).Visit(t.Context(), nil)
			if c.says == "" {
				c.says = "ICE's page has something new: participatingAgencies07032025pm.xlsx."
			}
			check(t, v, c.outcome, c.says)
			if failing := c.outcome == scraper.Unreachable; failing && v.RetryAfter != time.Minute {
				t.Errorf("RetryAfter %s", v.RetryAfter)
			}
		})
	}
}

// While robots.txt is out of reach, or a block page stands in its place, the
// last copy is obeyed, and it is asked for once a visit.
func TestRobotsCopy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, trouble := range []http.HandlerFunc{status(503), html(akamai)} {
			site := newSite()
			site.set("/robots.txt", text("User-agent: *\nDisallow: /doclib/about/\n"))
			s := scrape(t, site)
			const says = "The robots.txt of ICE's server asks us not to fetch the participating list. One other link failed, too."
			check(t, s.Visit(t.Context(), nil), scraper.Refused, says)
			site.set("/robots.txt", trouble)
			time.Sleep(2 * time.Hour)
			site.paths()
			check(t, s.Visit(t.Context(), nil), scraper.Refused, says)
			if got := strings.Join(site.paths(), " "); got != "/robots.txt "+pagePath+" "+otherPath {
				t.Errorf("asked for %s", got)
			}
		}
	})
}

// Each host has a robots.txt of its own.
func TestRobotsOfASibling(t *testing.T) {
	site := newSite()
	site.set("cdn.ice.gov/robots.txt", text("User-agent: *\nDisallow: /"))
	site.set(pagePath, links(listPath, "Participating Agencies", "https://cdn.ice.gov/pending.xlsx", "Pending Agencies"))
	v := scrape(t, site).Visit(t.Context(), nil)
	check(t, v, scraper.Refused, "The robots.txt of ICE's server asks us not to fetch the pending list.")
	if len(v.Documents) != 1 {
		t.Errorf("%d documents", len(v.Documents))
	}
}

// Where there is no robots.txt to be had, it is asked for once all the same.
func TestRobotsOfAFailingSibling(t *testing.T) {
	site := newSite()
	site.set("cdn.ice.gov/robots.txt", status(500))
	site.set(pagePath, links("https://cdn.ice.gov/a.xlsx", "Participating Agencies", "https://cdn.ice.gov/b.xlsx", "Pending Agencies"))
	v := scrape(t, site).Visit(t.Context(), nil)
	check(t, v, scraper.Unreachable, "ICE's server failed on robots.txt (500 Internal Server Error). One other link failed, too.")
	if got := site.paths(); len(got) != 3 {
		t.Errorf("asked for %v", got)
	}
}

func TestCrawlDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		site := newSite()
		site.set("/robots.txt", text("User-agent: *\nCrawl-delay: 10\n"))
		site.set(listPath, redirect(listPath+"?v=2"))
		site.set("www.ice.gov"+listPath, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.RawQuery == "" {
				redirect(listPath+"?v=2")(w, r)
				return
			}
			file(book("participating"))(w, r)
		})
		s := scrape(t, site)
		for range 2 {
			if v := s.Visit(t.Context(), nil); v.Outcome != scraper.Changed {
				t.Errorf("%s: %s", v.Outcome, v.Sentence)
			}
		}
		if len(site.requests) != 11 {
			t.Errorf("%d requests", len(site.requests))
		}
		for i, r := range site.requests[1:] {
			if gap := r.at.Sub(site.requests[i].at); gap != 10*time.Second {
				t.Errorf("%s after %s", r.url, gap)
			}
		}
	})
}

func TestCrawlDelayEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		site := newSite()
		site.set("/robots.txt", text("User-agent: *\nCrawl-delay: 1e30\n"))
		ctx, cancel := context.WithTimeout(t.Context(), 11*time.Minute)
		defer cancel()
		began := time.Now()
		v := scrape(t, site).Visit(ctx, nil)
		if v.Err != context.DeadlineExceeded || time.Since(began) != 11*time.Minute {
			t.Errorf("%+v after %s", v, time.Since(began))
		}
		if got := site.paths(); len(got) != 2 { // a delay that no one can mean is cut to ten minutes
			t.Errorf("asked for %v", got)
		}
	})
}

package scraper_test

import (
	"context"
	"io"
	"log"
	"net/http"
	"runtime"
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
		{"a comment", "# ours\nUser-agent: watch287g # us\nDisallow: /identify-and-arrest/ # the page\n", noPage},
		{"lines of no one's", "Sitemap: https://www.ice.gov/a.xml\nUser-agent: *\nHost: x\nnonsense\nDisallow: /identify-and-arrest/\n", noPage},
		{"several agents", "User-agent: GPTBot\nUser-agent: *\nUser-agent: Bingbot\nDisallow: /identify-and-arrest/\n", noPage},
		{"nothing for all, and all for another", "User-agent: *\nDisallow:\nUser-agent: GPTBot\nDisallow: /\n", ""},
		{"many stars", "User-agent: *\nDisallow: /identify***************and*********287g\n", noPage},
		{"too many stars, and a rule behind them", "User-agent: *\nDisallow: /" + strings.Repeat("*e", 9) + "\nDisallow: /doclib/*/287g/participating\n", noList},
		{"a rule that is too long, and one behind it", "User-agent: *\nDisallow: /" + strings.Repeat("e", 1000) + "\nDisallow: /identify-and-arrest/\n", noPage},
		{"more rules with stars than anyone has", "User-agent: *\nDisallow: /doclib/*/287g/participating\n" + strings.Repeat("Disallow: /a*b*c*d\n", 10_000) + "Disallow: /identify-and-arrest/\n", noList},
		{"groups of others before ours", strings.Repeat("User-agent: Bot\nDisallow: /a*b\n", 10_000) + "User-agent: *\nDisallow: /identify-and-arrest/\n", noPage},
		{"a rule beyond 500 KiB", "User-agent: *\nDisallow: /doclib/*/287g/participating\n#" + strings.Repeat("x", 500<<10) + "\nDisallow: /identify-and-arrest/\n", noList},
		{"a rule that is cut at 500 KiB", "User-agent: *\nDisallow: /a\n#" + strings.Repeat("x", 500<<10-len("User-agent: *\nDisallow: /a\n#\nDisallow: /")) + "\nDisallow: /elsewhere/\n", ""},
		{"a web page", "<!DOCTYPE html><html><body>User-agent: *\nDisallow: /\n</body></html>", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			site := newSite()
			site.set(pagePath, links(listPath, "Participating Agencies"))
			site.set("/robots.txt", text(c.robots))
			v := scrape(t, site).Visit(t.Context(), nil)
			if c.says == "" {
				check(t, v, scraper.StatusChanged, "ICE's page has something new: participatingAgencies07032025pm.xlsx.")
			} else {
				check(t, v, scraper.StatusRefused, c.says)
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
		outcome scraper.Status
		says    string
	}{
		{"none", status(404), scraper.StatusChanged, ""},
		{"forbidden", status(403), scraper.StatusChanged, ""},
		{"redirected", redirect("/robots-new.txt"), scraper.StatusRefused, "The robots.txt of ICE's server asks us not to fetch the page."},
		{"redirected elsewhere", redirect("https://example.com/robots.txt"), scraper.StatusChanged, ""},
		{"redirected for ever", redirect("/robots.txt"), scraper.StatusChanged, ""},
		{"failing", status(503, "Retry-After", "60"), scraper.StatusUnreachable, "ICE's server failed on robots.txt (503 Service Unavailable)."},
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
			if failing := c.outcome == scraper.StatusUnreachable; failing && v.RetryAfter != time.Minute {
				t.Errorf("RetryAfter %s", v.RetryAfter)
			}
		})
	}
}

// While robots.txt is out of reach, or a block page is in its place, the
// last copy is obeyed, and it is asked for once a visit.
func TestRobotsCopy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, trouble := range []http.HandlerFunc{status(503), html(akamai)} {
			site := newSite()
			site.set("/robots.txt", text("User-agent: *\nDisallow: /doclib/about/\n"))
			s := scrape(t, site)
			const says = "The robots.txt of ICE's server asks us not to fetch the participating list. One other link failed, too."
			check(t, s.Visit(t.Context(), nil), scraper.StatusRefused, says)
			site.set("/robots.txt", trouble)
			time.Sleep(2 * time.Hour)
			site.paths()
			check(t, s.Visit(t.Context(), nil), scraper.StatusRefused, says)
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
	check(t, v, scraper.StatusRefused, "The robots.txt of ICE's server asks us not to fetch the pending list.")
	if len(v.Documents) != 1 {
		t.Errorf("%d documents", len(v.Documents))
	}
}

// A robots.txt that cannot be had is still asked for only once.
func TestRobotsOfAFailingSibling(t *testing.T) {
	site := newSite()
	site.set("cdn.ice.gov/robots.txt", status(500))
	site.set(pagePath, links("https://cdn.ice.gov/a.xlsx", "Participating Agencies", "https://cdn.ice.gov/b.xlsx", "Pending Agencies"))
	v := scrape(t, site).Visit(t.Context(), nil)
	check(t, v, scraper.StatusUnreachable, "ICE's server failed on robots.txt (500 Internal Server Error). One other link failed, too.")
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
			if v := s.Visit(t.Context(), nil); v.Outcome != scraper.StatusChanged {
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

// A long pause is kept to, up to ten minutes, and the operator is told.
func TestLongCrawlDelayIsTold(t *testing.T) {
	const says = "The robots.txt of ICE's server asks for "
	for delay, want := range map[string]string{
		"60": "", "61": says + "61 seconds between two requests, so that a poll takes long.",
		"120": says + "2 minutes between two requests, so that a poll takes long.", "600": says + "10 minutes between two requests, so that a poll takes long.",
		"601":  says + "more than 10 minutes between two requests; we wait 10 minutes, so that a poll takes long.",
		"1e30": says + "more than 10 minutes between two requests; we wait 10 minutes, so that a poll takes long.",
	} {
		synctest.Test(t, func(t *testing.T) {
			for path, outcome := range map[string]scraper.Status{pagePath: scraper.StatusChanged, "/other": scraper.StatusMissing} {
				site := newSite()
				site.set("/robots.txt", text("User-agent: *\nCrawl-delay: "+delay+"\n"))
				site.set(pagePath, status(404))
				site.set(path, links(listPath, "Participating Agencies"))
				v := scrape(t, site).Visit(t.Context(), nil)
				if got := strings.Join(v.Notes, " "); got != want || v.Outcome != outcome {
					t.Errorf("%s: %s, %q, want %q", delay, v.Outcome, got, want)
				}
			}
		})
	}
}

// No robots.txt, whoever made it, takes more than a moment.
func TestHostileRobots(t *testing.T) {
	for name, robots := range map[string]string{
		"stars":           "User-agent: *\nDisallow: /" + strings.Repeat("*a", 1<<18),
		"rules of stars":  "User-agent: *\n" + strings.Repeat("Disallow: /*a*a*a*a*a*a*a*a$\n", 1<<14),
		"short lines":     "User-agent: *\n" + strings.Repeat("a\n", 1<<18),
		"rules":           "User-agent: *\n" + strings.Repeat("Disallow: /a\n", 1<<15),
		"agents of rules": strings.Repeat("User-agent: *\nUser-agent: a\nUser-agent: watch\n", 1<<12) + strings.Repeat("Allow: /\n", 1<<14),
		"blank lines":     "User-agent: *\n" + strings.Repeat("\n", 500<<10),
	} {
		site := newSite()
		site.set(pagePath, links(listPath, "Participating Agencies"))
		site.set("/robots.txt", text(robots))
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		v := scrape(t, site).Visit(t.Context(), nil)
		runtime.ReadMemStats(&after)
		if used := (after.TotalAlloc - before.TotalAlloc) >> 20; v.Outcome.Failed() && v.Outcome != scraper.StatusRefused || used > 64 { // in all, the race detector included
			t.Errorf("%s: %s after %d MB", name, v.Sentence, used)
		} else {
			t.Logf("%s: %d MB, %s", name, used, v.Sentence)
		}
	}
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

package scraper

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/temoto/robotstxt"
)

const (
	robotsFresh = time.Hour        // how long a copy serves without asking again; RFC 9309 allows a day
	robotsBytes = 512 << 10        // how much of it is read; RFC 9309 asks for 500 KiB at least
	maxDelay    = 10 * time.Minute // what Crawl-delay can ask: more would be a misprint, and no visit would end
	robotsAgent = "watch287g"      // the group in it that is ours
)

// rules are what a host's robots.txt says to us.
type rules struct {
	group     *robotstxt.Group
	delay     time.Duration // between two requests
	fetchedAt time.Time
}

// settled is what holds of a host's rules for one visit.
type settled struct {
	rules rules
	err   error // why there are none
}

func (r rules) allow(u *url.URL) bool {
	path := u.EscapedPath()
	if u.RawQuery != "" {
		path += "?" + u.RawQuery
	}
	return r.group.Test(path)
}

// permit waits until u may be asked for, or says why it may not.
func (v *visitor) permit(ctx context.Context, u *url.URL, t target) error {
	var delay time.Duration
	if t.robots {
		delay = v.robots[hostKey(u)].delay
	} else {
		r, err := v.rules(ctx, u)
		if err != nil {
			return err
		}
		if !r.allow(u) {
			return failf(Refused, "the robots.txt of %s asks us not to fetch %s.", v.server, t.what)
		}
		delay = r.delay
	}
	return v.pause(ctx, u.Hostname(), delay)
}

func hostKey(u *url.URL) string { return u.Scheme + "://" + u.Host }

// rules returns those of u's host: from the copy at hand while it is fresh,
// else asked for, at most once a visit.
func (v *visitor) rules(ctx context.Context, u *url.URL) (rules, error) {
	key := hostKey(u)
	if now, done := v.settled[key]; done {
		return now.rules, now.err
	}
	r, kept := v.robots[key]
	var err error
	if age := v.now().Sub(r.fetchedAt); !kept || age < 0 || age >= robotsFresh {
		last := r
		r, err = v.fetchRules(ctx, u)
		if err != nil && kept && ctx.Err() == nil {
			v.log.WarnContext(ctx, "robots.txt could not be had, the last copy is obeyed", "host", u.Host, "error", err)
			r, err = last, nil
		}
	}
	v.settled[key] = settled{r, err}
	return r, err
}

// fetchRules asks a host for its robots.txt. As RFC 9309 has it, a host without
// one allows everything, and one that fails to answer allows nothing, which is
// an error here.
func (v *visitor) fetchRules(ctx context.Context, u *url.URL) (rules, error) {
	at := &url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/robots.txt"}
	a, err := v.follow(ctx, target{url: at, what: "robots.txt", robots: true})
	if f, ok := errors.AsType[*failure](err); ok && errors.Is(f.cause, errRedirect) {
		a = answer{status: http.StatusNotFound} // which RFC 9309 lets it be taken for
	} else if err != nil {
		return rules{}, err
	}
	if a.status >= 500 {
		return rules{}, v.judge(a, "robots.txt")
	}
	group := &robotstxt.Group{}
	if a.status == http.StatusOK {
		if looksLikeHTML(a) {
			return v.withoutRules(u), nil
		}
		group = parseRobots(a.body)
	}
	r := rules{group: group, delay: group.CrawlDelay, fetchedAt: v.now()}
	if r.delay < 0 || r.delay > maxDelay { // below zero: too large for a Duration
		r.delay = maxDelay
	}
	v.robots[hostKey(u)] = r
	return r, nil
}

// withoutRules is for a web page in the place of robots.txt, as block pages
// are: the copy at hand still holds, and nothing is kept for the next visit.
func (v *visitor) withoutRules(u *url.URL) rules {
	if r, kept := v.robots[hostKey(u)]; kept {
		return r
	}
	return rules{group: &robotstxt.Group{}}
}

// parseRobots reads what can be read. The parser gives a whole file up for one
// bad line, so that each line is tried by itself first; rules that stand before
// any group are nobody's.
func parseRobots(text []byte) *robotstxt.Group {
	const nobody = "User-agent: nobody\n"
	text = bytes.TrimPrefix(text[:min(len(text), robotsBytes)], []byte("\ufeff"))
	sound := []byte(nobody)
	for line := range bytes.Lines(text) {
		if _, err := robotstxt.FromBytes(append([]byte(nobody), line...)); err == nil {
			sound = append(sound, line...)
		}
	}
	data, err := robotstxt.FromBytes(sound)
	if err != nil {
		return &robotstxt.Group{}
	}
	return data.FindGroup(robotsAgent)
}

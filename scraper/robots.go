package scraper

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/temoto/robotstxt"
)

const (
	robotsFresh = time.Hour        // how long a copy serves without asking again; RFC 9309 allows a day
	robotsAgain = 10 * time.Minute // how long the last copy is obeyed without asking again, where another one could not be had
	robotsBytes = 500 << 10        // how much of it is read; RFC 9309 asks for that at least
	maxDelay    = 10 * time.Minute // what Crawl-delay can ask: more would be a misprint, and no visit would end
	robotsAgent = "watch287g"      // the group in it that is ours
)

// The bounds of what is obeyed in it. ICE's has some 70 lines, the longest on the
// web a few thousand.
const (
	maxRobotsLines = 5000
	maxRule        = 1000     // bytes of a line behind its colon
	maxWildcards   = 8        // of a rule
	maxPatterns    = 16 << 10 // bytes of all rules with wildcards
)

// rules are what a host's robots.txt says to us.
type rules struct {
	group     *robotstxt.Group
	delay     time.Duration // between two requests
	asked     time.Duration // what the site asked for, more than maxDelay where that is more
	fetchedAt time.Time
}

// hostRules are a host's rules for one visit.
type hostRules struct {
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

// permit waits until u may be asked for, or says why it may not be.
func (v *visitor) permit(ctx context.Context, u *url.URL, t request) error {
	if t.robots {
		return v.pause(ctx, u.Hostname(), max(v.robots[hostKey(u)].delay, t.pause))
	}
	r, err := v.rules(ctx, u, t.pause)
	if err != nil {
		return err
	}
	if !r.allow(u) {
		return failf(StatusRefused, "the robots.txt of %s asks us not to fetch %s.", v.server, t.what)
	}
	return v.pause(ctx, u.Hostname(), max(r.delay, t.pause))
}

func hostKey(u *url.URL) string { return u.Scheme + "://" + u.Host }

// rules returns those of u's host: from the last copy while it is fresh,
// else asked for, at most once a visit, and no sooner than pause after the last request.
func (v *visitor) rules(ctx context.Context, u *url.URL, pause time.Duration) (rules, error) {
	key := hostKey(u)
	if now, done := v.hostRules[key]; done {
		return now.rules, now.err
	}
	r, kept := v.robots[key]
	var err error
	if age := v.now().Sub(r.fetchedAt); !kept || age < 0 || age >= robotsFresh {
		last := r
		r, err = v.fetchRules(ctx, u, pause)
		if err != nil && kept && ctx.Err() == nil {
			v.log.WarnContext(ctx, "robots.txt could not be had, the last copy is obeyed", "host", u.Host, "error", err)
			last.fetchedAt = v.now().Add(robotsAgain - robotsFresh)
			v.robots[key] = last
			r, err = last, nil
		}
		if f, ok := errors.AsType[*failure](err); ok {
			f.rules = true
		}
	}
	v.hostRules[key] = hostRules{r, err}
	return r, err
}

// fetchRules asks a host for its robots.txt. As RFC 9309 says, a host without one
// allows everything, and one that fails to answer allows nothing, which is an error
// here.
func (v *visitor) fetchRules(ctx context.Context, u *url.URL, pause time.Duration) (rules, error) {
	at := &url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/robots.txt"}
	a, err := v.follow(ctx, request{url: at, what: "robots.txt", robots: true, most: robotsBytes + 1, pause: pause})
	if f, ok := errors.AsType[*failure](err); ok && errors.Is(f.cause, errRedirect) {
		a = response{status: http.StatusNotFound} // which RFC 9309 lets it be taken for
	} else if err != nil {
		return rules{}, err
	}
	if a.status >= 500 {
		return rules{}, v.checkStatus(a, "robots.txt")
	}
	group := &robotstxt.Group{}
	if a.status == http.StatusOK {
		if looksLikeHTML(a) {
			return v.withoutRules(u), nil
		}
		group = parseRobots(a.body)
	}
	r := rules{group: group, delay: group.CrawlDelay, asked: group.CrawlDelay, fetchedAt: v.now()}
	if r.delay < 0 || r.delay > maxDelay { // below zero: too large for a Duration
		r.delay, r.asked = maxDelay, maxDelay+1
	}
	v.robots[hostKey(u)] = r
	return r, nil
}

// withoutRules is for a web page in place of robots.txt, as block pages are: the
// last copy is still obeyed, and nothing is kept for the next visit.
func (v *visitor) withoutRules(u *url.URL) rules {
	if r, kept := v.robots[hostKey(u)]; kept {
		return r
	}
	return rules{group: &robotstxt.Group{}}
}

// parseRobots reads what can be read, and no more than a site has use for. The
// parser gives a whole file up for one bad line, so that each line is tried by
// itself first; rules before any group apply to nobody.
func parseRobots(text []byte) *robotstxt.Group {
	const nobody = "User-agent: nobody\n"
	if len(text) > robotsBytes { // the last line may have lost its end, and say more than it should
		text = text[:bytes.LastIndexAny(text[:robotsBytes], "\r\n")+1]
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	sound := []byte(nobody)
	r := robotsReader{lines: maxRobotsLines, patterns: maxPatterns}
	for line := range bytes.FieldsFuncSeq(text, func(r rune) bool { return r == '\n' || r == '\r' }) {
		if line = r.line(line); line == nil {
			continue
		}
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

// robotsReader picks out of a robots.txt what may concern us. Rules become
// expressions where they have wildcards, and each agent of a group gets a list of
// them, so that a hostile file of lines that are all in order takes gigabytes.
type robotsReader struct {
	lines, patterns int      // that may still come
	agents          []string // of the group, as far as they may be ours
	named           bool     // the last line was a group's, of which there can be more
}

// line returns a line as the parser is to see it, nil for one that it does not need.
func (r *robotsReader) line(line []byte) []byte {
	line, _, _ = bytes.Cut(line, []byte("#"))
	name, value, ok := bytes.Cut(line, []byte(":"))
	name, value = bytes.ToLower(bytes.TrimSpace(name)), bytes.TrimSpace(value)
	if !ok || len(value) > maxRule {
		return nil
	}
	switch string(name) {
	case "user-agent", "useragent":
		if !r.named {
			r.agents, r.named = nil, true
		}
		agent := strings.ToLower(string(value))
		if agent == "" || agent != "*" && !strings.HasPrefix(robotsAgent, agent) || slices.Contains(r.agents, agent) {
			return nil
		}
		r.agents = append(r.agents, agent)
	case "allow", "disallow":
		r.named = false
		if value = singleStars(value); len(r.agents) == 0 || !r.affords(value) {
			return nil
		}
	case "crawl-delay", "crawldelay":
		if r.named = false; len(r.agents) == 0 {
			return nil
		}
	default:
		return nil
	}
	if r.lines--; r.lines < 0 {
		return nil
	}
	return fmt.Appendf(nil, "%s: %s\n", name, value)
}

// affords says whether a rule is within the bounds of what is obeyed.
func (r *robotsReader) affords(rule []byte) bool {
	stars := bytes.Count(rule, []byte("*"))
	if stars > 0 || bytes.HasSuffix(rule, []byte("$")) {
		r.patterns -= len(rule)
	}
	return stars <= maxWildcards && r.patterns >= 0
}

// singleStars turns several stars in a row into one, which says the same.
func singleStars(rule []byte) []byte {
	single := make([]byte, 0, len(rule))
	for i, c := range rule {
		if c != '*' || i == 0 || rule[i-1] != '*' {
			single = append(single, c)
		}
	}
	return single
}

// slowDelay is a pause between two requests of which the operator is told: a poll
// makes four of them or more.
const slowDelay = time.Minute

// notes says what an operator should know of the rules that were obeyed.
func (v *visitor) notes() []string {
	var asked time.Duration
	for _, s := range v.hostRules {
		asked = max(asked, s.rules.asked)
	}
	switch {
	case asked > maxDelay:
		return []string{fmt.Sprintf("The robots.txt of %s asks for more than %s between two requests; we wait %s, so that a poll takes long.",
			v.server, inWords(maxDelay), inWords(maxDelay))}
	case asked > slowDelay:
		return []string{fmt.Sprintf("The robots.txt of %s asks for %s between two requests, so that a poll takes long.", v.server, inWords(asked))}
	}
	return nil
}

// inWords writes a pause out, in whole minutes or seconds.
func inWords(d time.Duration) string {
	if d%time.Minute == 0 {
		return fmt.Sprintf("%d minutes", d/time.Minute)
	}
	return fmt.Sprintf("%d seconds", (d+time.Second-1)/time.Second)
}

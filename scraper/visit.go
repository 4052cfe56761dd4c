package scraper

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gocolly/colly/v2"
)

const (
	// maxFiles is how many files one visit asks for. ICE links two or three.
	maxFiles = 8
	// recheck is how long a file that is not a list is left alone.
	recheck = 24 * time.Hour
)

// visitor makes one visit.
type visitor struct {
	*Scraper
	collector    *colly.Collector
	lastResponse *colly.Response       // the answer to the request that is being made; nil for none
	known        map[string]Validators // by URL
	hostRules    map[string]hostRules  // by scheme and host
}

func newVisitor(ctx context.Context, s *Scraper, known []Validators) *visitor {
	v := &visitor{Scraper: s, known: map[string]Validators{}, hostRules: map[string]hostRules{}}
	for _, k := range known {
		v.known[k.URL] = k
	}
	v.collector = v.newCollector(ctx)
	return v
}

// visit is the whole of a visit. The error is a *failure where not even the
// page came, or the context's own.
func (v *visitor) visit(ctx context.Context) (Visit, error) {
	p, err := v.openPage(ctx)
	if err != nil {
		return Visit{}, err
	}
	var found fetched
	if p.table != nil && !slices.ContainsFunc(p.links, v.replacesTable) {
		found.documents = append(found.documents, v.tableDocument(p))
	}
	for _, c := range v.choose(p) {
		d, err := v.document(ctx, c)
		if err == nil {
			found.documents = append(found.documents, d)
			found.likely = found.likely || v.isLikely(c)
			continue
		}
		f, ok := errors.AsType[*failure](err)
		if !ok {
			return Visit{}, err
		}
		v.log.WarnContext(ctx, "file not fetched", "url", withoutQuery(c.url), "outcome", f.outcome, "said", f.sentence, "error", f.cause)
		found.add(f, v.isLikely(c))
		if f.stop {
			break
		}
	}
	return v.conclude(p, found), nil
}

// isLikely says whether a link leads to a list as far as is known: it did before,
// or it is new and says so.
func (v *visitor) isLikely(c fileLink) bool {
	k, seen := v.known[c.URL]
	return k.List || !seen && c.Hint != ""
}

// replacesTable says whether a table on the page is a leftover beside a link.
func (v *visitor) replacesTable(c fileLink) bool {
	return v.isLikely(c) && (v.known[c.URL].List || c.kind != mention)
}

// choose returns the links to follow, the most likely first. While a known list is
// linked, a file that is known not to be one, and is not named for one, is left
// alone for a day; without one, ICE may have put the list where something else was.
func (v *visitor) choose(p page) []fileLink {
	listed := p.table != nil || slices.ContainsFunc(p.links, func(c fileLink) bool { return v.known[c.URL].List })
	var chosen []fileLink
	for _, c := range p.links {
		k, seen := v.known[c.URL]
		age := v.now().Sub(k.CheckedAt)
		if listed && seen && !k.List && c.Hint == "" && age >= 0 && age < recheck {
			continue
		}
		chosen = append(chosen, c)
	}
	slices.SortStableFunc(chosen, func(a, b fileLink) int { return cmp.Compare(v.rank(a), v.rank(b)) })
	return chosen[:min(len(chosen), maxFiles)]
}

func (v *visitor) rank(c fileLink) int {
	_, seen := v.known[c.URL]
	switch {
	case v.isLikely(c):
		return 0
	case !seen:
		return 1
	}
	return 2
}

// tableDocument is the list that is on the page itself.
func (v *visitor) tableDocument(p page) Document {
	d := Document{URL: v.site.page.String(), File: fileName(v.site.page, ""), Table: true}
	d.setBody(p.table)
	return d
}

// fetched is what following the links brought.
type fetched struct {
	documents []Document
	likely    bool // a list's link among them
	failures  []*failure
	unlikely  []*failure // of links that probably do not lead to a list
}

func (f *fetched) add(one *failure, likely bool) {
	if likely {
		f.failures = append(f.failures, one)
	} else {
		f.unlikely = append(f.unlikely, one)
	}
}

// conclude says how the visit went.
func (v *visitor) conclude(p page, found fetched) Visit {
	visit := Visit{Documents: found.documents, Unfollowed: p.unfollowed, Words: p.words, Page: v.site.page.String()}
	for _, c := range p.links {
		visit.Links = append(visit.Links, c.Link)
	}
	failures := found.failures
	if !found.likely {
		// One of them may be the list under another name. Beside a list they are
		// some form of ICE's, which nobody needs to hear about.
		failures = append(failures, found.unlikely...)
	}
	switch changed := v.changed(found.documents); {
	case len(failures) > 0:
		visit.fail(failures)
	case !slices.ContainsFunc(found.documents, v.mayBeList):
		visit.Outcome, visit.Sentence = missing(p)
	case len(changed) > 0:
		visit.Outcome = StatusChanged
		visit.Sentence = fmt.Sprintf("ICE's page has something new: %s.", strings.Join(changed, ", "))
	default:
		visit.Outcome, visit.Sentence = StatusUnchanged, "What ICE's page links is unchanged."
	}
	return visit
}

// mayBeList says whether a document is a list or may be one: all but bytes that
// are known not to be.
func (v *visitor) mayBeList(d Document) bool {
	k, seen := v.known[d.URL]
	return !seen || k.List || k.SHA256 != d.SHA256
}

// changed names the documents whose bytes are not those of the visit before it.
func (v *visitor) changed(documents []Document) []string {
	var names []string
	for _, d := range documents {
		if k, seen := v.known[d.URL]; !seen || k.SHA256 != d.SHA256 {
			names = append(names, d.File)
		}
	}
	return names
}

// fail takes the worst failure's outcome and sentence.
func (visit *Visit) fail(failures []*failure) {
	worst := slices.MaxFunc(failures, func(a, b *failure) int { return cmp.Compare(a.outcome.weight(), b.outcome.weight()) })
	visit.Outcome, visit.Sentence = worst.outcome, worst.sentence
	for _, f := range failures {
		visit.RetryAfter = max(visit.RetryAfter, f.retryAfter)
	}
	switch others := len(failures) - 1; others {
	case 0:
	case 1:
		visit.Sentence += " One other link failed, too."
	default:
		visit.Sentence += fmt.Sprintf(" %d other links failed, too.", others)
	}
}

// missing says that nothing on the page is a list, and what is there instead.
func missing(p page) (Status, string) {
	if p.otherHost != "" {
		return StatusMissing, fmt.Sprintf("ICE's page links no list of its own; the file that it links on another site (%s) is not followed.", p.otherHost)
	}
	for _, u := range p.unfollowed {
		if u.Hint == HintParticipating {
			return StatusBroken, fmt.Sprintf("ICE's page links no list that can be read: the link to the participating list leads to %s.", u.LeadsTo)
		}
	}
	return StatusMissing, "ICE's page links no list."
}

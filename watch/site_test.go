package watch_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"time"

	"github.com/watch287g/watch287g/scraper"
)

const folder = "https://ice.example/doclib/"

// site is ICE's page as a scraper reports it: links and the files behind them.
// Like ICE's own server it goes by If-Modified-Since alone.
type site struct {
	visits     int
	links      []link
	unfollowed []scraper.Unfollowed // links that are not followed
	words      string               // what the page says
	down       *scraper.Visit       // what a visit comes to while the page itself fails
}

// link is a link on the page.
type link struct {
	hint string // scraper.HintParticipating, scraper.HintPending or ""
	file string // the name of the file; its address follows from it
	body []byte
	at   time.Time      // Last-Modified; zero where the server sends none
	down scraper.Status // why the file does not come; "" where it does
}

func (s *site) Visit(ctx context.Context, known []scraper.Validators) scraper.Visit {
	if ctx.Err() != nil {
		return scraper.Visit{Err: ctx.Err()}
	}
	s.visits++
	if s.down != nil {
		return *s.down
	}
	before := map[string]scraper.Validators{}
	for _, k := range known {
		before[k.URL] = k
	}
	v := scraper.Visit{Outcome: scraper.StatusUnchanged, Sentence: "What ICE's page links is unchanged.", Unfollowed: s.unfollowed, Words: s.words, Page: "https://ice.example/287g"}
	for _, l := range s.links {
		url := folder + l.file
		v.Links = append(v.Links, scraper.Link{URL: url, Text: l.hint, Hint: l.hint})
		if l.down != "" {
			v.Outcome, v.Sentence = l.down, "The file "+l.file+" did not come."
			continue
		}
		d := l.document(before[url])
		v.Documents = append(v.Documents, d)
		if before[url].SHA256 != d.SHA256 && !v.Outcome.Failed() {
			v.Outcome, v.Sentence = scraper.StatusChanged, "ICE's page has something new: "+l.file+"."
		}
	}
	return v
}

// document is the file, or the word that it is the one that is known.
func (l link) document(k scraper.Validators) scraper.Document {
	d := scraper.Document{URL: folder + l.file, File: l.file, Text: l.hint, Hint: l.hint, ModifiedAt: l.at}
	if !l.at.IsZero() {
		d.LastModified = l.at.UTC().Format(http.TimeFormat)
	}
	if since, err := http.ParseTime(k.LastModified); err == nil && k.SHA256 != "" && !l.at.After(since) {
		d.NotModified, d.SHA256 = true, k.SHA256
		return d
	}
	sum := sha256.Sum256(l.body)
	d.Body, d.Size, d.SHA256 = l.body, int64(len(l.body)), hex.EncodeToString(sum[:])
	return d
}

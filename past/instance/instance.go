// Package instance takes what another watch287g has kept of ICE's lists: each file as that
// site gives it out, without personal details. Nothing that it says counts without the file
// behind it, and a file counts only if it is what the site says. Where one is not, or
// anything else that it says cannot be, nothing of it is taken.
package instance

import (
	"cmp"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/watch287g/watch287g/past"
	"github.com/watch287g/watch287g/past/fetch"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/scraper"
	"github.com/watch287g/watch287g/sheet"
)

// Options say whom to ask, and what is known.
type Options struct {
	Base *url.URL // of the other site, as in https://example.org
	// Pool is where it goes once all of it is there, and Staged where it waits until then.
	Pool, Staged *past.Pool
	// Own says whether ICE's file with a hash is here, and as what it is given out; "" where
	// nobody can say.
	Own func(ctx context.Context, sha256 string) (public string, has bool, err error)
	// Documents has the documents that are here; nil where none are wanted.
	Documents past.Documents
	Linked    []string // addresses of documents that are wanted beside those that lists of the pool link

	Agent     string // the User-Agent
	Pace      time.Duration
	Transport http.RoundTripper
	Now       func() time.Time
	Say       func(format string, args ...any) // what the operator is told meanwhile
	Progress  func(what string, done, of int)
}

// Report says what came of it.
type Report struct {
	New            int // publications that were taken
	Known          int // that had been taken before
	Own            int // whose file this store has itself, as the other site gives it out
	Differs        int // whose file this store has, and gives out otherwise
	Withheld       int // whose file the other site does not give out
	Unkept         int // that said what another one did, and whose bytes were not kept
	Unread         int // whose file is not read as the list that it is there
	Words          int // texts of ICE's page that were taken
	Papers         int // documents that were taken
	Unlinked       int // that no list links
	NoPapers       int // that are none
	PapersWithheld int // whose file the other site does not give out
	Left           int // that were not had this time
	// First and Last are when the first and the last new one was published.
	First, Last time.Time
}

// ErrLie means that what the other site says cannot be, or is not what it gives out.
var ErrLie = errors.New("cannot be believed")

// Bounds of what is believed: ICE publishes some 150 lists a year.
const (
	mostLists   = 20_000
	askedLists  = 500
	mostAnswers = 500 // to what is asked for in parts
	mostJSON    = 8 << 20
	firstYear   = 2002 // of the first agreement
	clockSkew   = 5 * time.Minute
)

type importer struct {
	Options
	client *fetch.Client
	report Report
	known  map[string]past.Capture // publications that were taken, by what tells them apart
	bytes  map[string]past.Capture // the same, by the hash of ICE's file
	// documents are those of which something is known, by their hash
	documents map[string]past.Capture
}

// Import takes all that is new. It can be interrupted and called again: what is staged is
// not fetched again. Nothing is in the pool before all of it was had and is what the other
// site says. The error is ErrLie where it is not.
func Import(ctx context.Context, o Options) (Report, error) {
	im := &importer{Options: o, known: map[string]past.Capture{}, bytes: map[string]past.Capture{}, documents: map[string]past.Capture{}}
	im.client = &fetch.Client{Base: o.Base, Agent: o.Agent, Pace: o.Pace, Transport: o.Transport, Now: o.Now, Say: o.Say,
		Captured: func(http.Header) bool { return false }}
	staged := map[string]bool{}
	for _, p := range []*past.Pool{o.Pool, o.Staged} {
		for _, c := range p.All() {
			if c.Origin.Source == roster.SourceInstance && c.Origin.URL == o.Base.String() {
				if key := keyOf(c); p == o.Pool || im.known[key].Kind == "" {
					staged[key] = p == o.Staged
				}
				im.remember(c)
			}
		}
	}
	lists, err := im.lists(ctx)
	if err != nil {
		return im.report, err
	}
	slices.SortStableFunc(lists, func(a, b roster.Publication) int { return cmp.Compare(a.Seq, b.Seq) })
	for i, p := range lists {
		im.Progress("list", i, len(lists))
		if err := im.take(ctx, p, staged); err != nil {
			return im.report, err
		}
	}
	im.Progress("list", len(lists), len(lists))
	for _, step := range []func(context.Context) error{im.words, im.papers, im.settle} {
		if err := step(ctx); err != nil {
			return im.report, err
		}
	}
	return im.report, nil
}

// settle moves what is staged to the pool.
func (im *importer) settle(ctx context.Context) error {
	has := map[string]bool{}
	for _, c := range im.Pool.All() {
		has[keyOf(c)] = true
	}
	for _, c := range im.Staged.All() {
		if has[keyOf(c)] {
			continue
		}
		body, err := im.Staged.Body(ctx, c)
		switch {
		case err == nil:
			c.SHA256 = ""
		case c.Kind != past.KindDocument: // whose bytes are here, or are none
			return fmt.Errorf("reading %s: %w", c, err)
		}
		if err := im.Pool.Add(ctx, c, body); err != nil {
			return err //nolint:wrapcheck // it says what it was about
		}
	}
	return nil
}

// keyOf tells a publication apart: by its list, its time and the hash of ICE's file. A document
// is one at an address.
func keyOf(c past.Capture) string {
	if c.Kind == past.KindDocument {
		return c.URL + " " + c.At.UTC().Format(time.RFC3339Nano) + " " + c.SHA256
	}
	return string(c.List) + " " + c.Published().UTC().Format(time.RFC3339Nano) + " " + cmp.Or(c.Origin.PublicOf, c.SHA256)
}

func (im *importer) remember(c past.Capture) {
	im.known[keyOf(c)] = c
	switch c.Kind {
	case past.KindDocument:
		im.documents[c.SHA256] = c
		return
	case past.KindWords:
		return
	case past.KindList, past.KindPage:
	}
	im.bytes[string(c.List)+" "+cmp.Or(c.Origin.PublicOf, c.SHA256)] = c
}

func (im *importer) lie(format string, args ...any) error {
	return fmt.Errorf("what %s says %w: %s; nothing of it was taken", im.Base.Host, ErrLie, fmt.Sprintf(format, args...))
}

// get asks for JSON.
func (im *importer) get(ctx context.Context, address *url.URL, into any) error {
	found, err := im.find(ctx, address, into)
	if err == nil && !found {
		return fmt.Errorf("%s answered %s with status %d; is it a watch287g?", im.Base.Host, address.Path, http.StatusNotFound)
	}
	return err
}

// find asks for JSON that need not be there.
func (im *importer) find(ctx context.Context, address *url.URL, into any) (found bool, err error) {
	a, err := im.client.Get(ctx, address, mostJSON)
	switch {
	case errors.Is(err, fetch.ErrTooLarge):
		return false, im.lie("an answer of its API is longer than any of watch287g is")
	case err != nil:
		return false, fmt.Errorf("asking %s: %w", im.Base.Host, err)
	case a.Status == http.StatusNotFound:
		return false, nil
	case a.Status != http.StatusOK:
		return false, fmt.Errorf("%s answered %s with status %d; is it a watch287g?", im.Base.Host, address.Path, a.Status)
	}
	if err := json.Unmarshal(a.Body, into); err != nil {
		return false, fmt.Errorf("what %s answered %s with is not what a watch287g answers", im.Base.Host, address.Path)
	}
	return true, nil
}

// part is one answer to what is asked for in parts, of what not every site has.
type part struct {
	Documents fetch.List[document] `json:"documents"`
	Versions  fetch.List[said]     `json:"versions"`
	Next      string               `json:"next"`
}

// parts asks for all parts of what is behind a path of the API, and has take take each and say
// how many things it has. A site that has nothing there has none. what names it in a sentence.
func (im *importer) parts(ctx context.Context, path, what string, take func(part) (int, error)) error {
	for n, cursor := 1, ""; ; n++ {
		address := im.Base.JoinPath("api", "v1", path)
		if cursor != "" { // without any, a site of before says that there is nothing
			address.RawQuery = url.Values{"cursor": {cursor}}.Encode()
		}
		var p part
		if ok, err := im.find(ctx, address, &p); err != nil || !ok && cursor == "" {
			return err
		} else if !ok {
			return im.lie("%s breaks off", what)
		}
		things, err := take(p)
		switch {
		case err != nil || p.Next == "":
			return err
		case things == 0 || n == mostAnswers:
			return im.lie("%s has no end", what)
		}
		cursor = p.Next
	}
}

// lists returns all publications that the other site has.
func (im *importer) lists(ctx context.Context) ([]roster.Publication, error) {
	var all []roster.Publication
	numbers := map[uint64]bool{}
	cursor := ""
	for n := 1; ; n++ {
		var page struct {
			Publications fetch.List[roster.Publication] `json:"publications"`
			Next         string                         `json:"next"`
		}
		address := im.Base.JoinPath("api", "v1", "publications")
		q := url.Values{"limit": {strconv.Itoa(askedLists)}}
		if cursor != "" {
			q.Set("cursor", cursor)
		}
		address.RawQuery = q.Encode()
		if err := im.get(ctx, address, &page); err != nil {
			return nil, err
		}
		for _, p := range page.Publications {
			// Newest first, by date, or by number as versions before this one list them.
			if n := len(all); numbers[p.Seq] || n > 0 && p.Seq > all[n-1].Seq && p.SeenAt.After(all[n-1].SeenAt) {
				return nil, im.lie("its list of publications is not in order")
			}
			numbers[p.Seq] = true
			if why := im.impossible(p); why != "" {
				return nil, im.lie("its publication %d %s", p.Seq, why)
			}
			all = append(all, p)
		}
		switch {
		case page.Next == "":
			return all, nil
		case len(page.Publications) == 0 || page.Next == cursor || len(all) > mostLists || n == mostAnswers:
			return nil, im.lie("its list of publications has no end")
		}
		cursor = page.Next
	}
}

// impossible says what of a publication cannot be; "" where all can.
func (im *importer) impossible(p roster.Publication) string {
	_, err := hex.DecodeString(p.SHA256)
	late := im.Now().Add(clockSkew)
	switch {
	case p.Seq == 0:
		return "has no number"
	case err != nil || len(p.SHA256) != 64:
		return "has no SHA-256"
	case !slices.Contains(roster.Lists(), p.List):
		return "is of no list of ICE's"
	case p.PublishedAt.After(late), p.SeenAt.After(late), p.LastModified.After(late):
		return "is dated in the future"
	case p.PublishedAt.Year() < firstYear, p.SeenAt.Year() < firstYear:
		return "is dated before the first agreement"
	case p.PublishedAt.After(p.SeenAt):
		return "was seen before it was published"
	case p.Size <= 0 || p.Size > sheet.MaxBytes:
		return fmt.Sprintf("has %d bytes, as no list has", p.Size)
	}
	return ""
}

// capture is a publication as it will be kept, but for its bytes.
func (im *importer) capture(p roster.Publication) past.Capture {
	c := past.Capture{Kind: past.KindList, File: roster.Clean(p.File), At: p.SeenAt.UTC(), List: p.List,
		Origin: roster.Origin{Source: roster.SourceInstance, URL: im.Base.String(), At: p.SeenAt.UTC(), Dated: roster.DatedStated, Checked: true}}
	if r := []rune(c.File); len(r) > 200 {
		c.File = string(r[:200])
	}
	if scraper.OnSite(scraper.DefaultPage, p.URL) {
		c.URL = p.URL
	}
	switch {
	case !p.LastModified.IsZero() && p.LastModified.Equal(p.PublishedAt):
		c.Modified, c.Origin.Dated = p.LastModified.UTC(), roster.DatedLastModified
	case p.Origin != nil && p.Origin.Dated == roster.DatedCaptured:
		c.Origin.Dated = roster.DatedCaptured
	}
	if c.Origin.Dated != roster.DatedLastModified {
		c.At = p.PublishedAt.UTC()
	}
	return c
}

package instance

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/watch287g/watch287g/past"
	"github.com/watch287g/watch287g/past/fetch"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/scraper"
)

// Bounds of the documents of one import. What is beyond comes with the next one.
const (
	mostPapers    = 8 << 30 // bytes of all
	longestPapers = 6 * time.Hour
	mostPlaces    = 100 // at which one stood
	mostFailures  = 5   // in a row
)

// document is one as the other site lists it.
type document struct {
	SHA256    string            `json:"sha256"`
	Size      int64             `json:"size"`
	Addresses fetch.List[stand] `json:"addresses"`
}

// stand is where a document stood, and when that was found.
type stand struct {
	URL  string    `json:"url"`
	From time.Time `json:"from"`
}

// papers has the documents of the other site that stood at addresses which lists link: those
// that are here already, or in the lists that came. Sites of before there were documents, and
// those that keep none, have no list of them.
func (im *importer) papers(ctx context.Context) error {
	if im.Documents == nil {
		return nil
	}
	all, err := im.listed(ctx)
	if err != nil || len(all) == 0 {
		return err
	}
	linked := map[string]string{}
	for _, p := range []*past.Pool{im.Pool, im.Staged} {
		if err := p.AddLinked(ctx, im.Linked, func(address string) bool { return scraper.OnSite(scraper.DefaultPage, address) }, linked); err != nil {
			return err //nolint:wrapcheck // it says what it was about
		}
	}
	t := taking{importer: im, until: im.Now().Add(longestPapers)}
	for i, d := range all {
		im.Progress("document", i, len(all))
		captures := slices.DeleteFunc(im.captured(d), func(c past.Capture) bool { return linked[past.Place(c.URL)] == "" })
		if len(captures) == 0 {
			im.report.Unlinked++
			continue
		}
		if err := t.take(ctx, d, captures); err != nil {
			return err
		}
	}
	im.Progress("document", len(all), len(all))
	return nil
}

// listed returns all documents that the other site lists.
func (im *importer) listed(ctx context.Context) (all []document, err error) {
	known := map[string]bool{}
	err = im.parts(ctx, "documents", "its list of documents", func(p part) (int, error) {
		for _, d := range p.Documents {
			hash, err := hex.DecodeString(d.SHA256)
			switch {
			case err != nil || len(hash) != 32 || hex.EncodeToString(hash) != d.SHA256:
				return 0, im.lie("a document that it lists has no SHA-256")
			case known[d.SHA256]:
				return 0, im.lie("it lists a document twice")
			case len(d.Addresses) > mostPlaces:
				return 0, im.lie("a document that it lists stood at %d addresses", len(d.Addresses))
			}
			known[d.SHA256] = true
			all = append(all, d)
		}
		return len(p.Documents), nil
	})
	return all, err
}

// captured is where and when a document stood, as the other site says.
func (im *importer) captured(d document) (all []past.Capture) {
	for _, at := range d.Addresses {
		if !im.cannotBe(at.From) {
			all = append(all, past.Capture{Kind: past.KindDocument, URL: at.URL, SHA256: d.SHA256, Size: d.Size, At: at.From.UTC(),
				Origin: roster.Origin{Source: roster.SourceInstance, URL: im.Base.String(), At: at.From.UTC(), Dated: roster.DatedStated, Checked: true}})
		}
	}
	return all
}

// cannotBe says of a time that nothing of ICE's was seen then.
func (im *importer) cannotBe(at time.Time) bool {
	return at.After(im.Now().Add(clockSkew)) || at.Year() < firstYear
}

// taking is the documents of one import.
type taking struct {
	*importer
	until  time.Time // when it ends
	failed int       // in a row
	bytes  int64
}

// take has one document, unless it is known.
func (t *taking) take(ctx context.Context, d document, captures []past.Capture) error {
	captures = slices.DeleteFunc(captures, func(c past.Capture) bool { return t.known[keyOf(c)].Kind != "" })
	if len(captures) == 0 {
		return nil
	}
	has, err := t.Documents.Has(ctx, d.SHA256)
	if err != nil {
		return fmt.Errorf("looking for the document %s: %w", d.SHA256, err)
	}
	if same := t.documents[d.SHA256]; same.Kind != "" { // waits already, or is no document
		has = true
		for i := range captures {
			captures[i].Problem = same.Problem
		}
	}
	if has {
		return t.note(ctx, captures, nil)
	}
	if t.failed >= mostFailures || t.bytes > mostPapers || t.Now().After(t.until) {
		t.report.Left++
		return nil
	}
	a, err := t.client.Get(ctx, t.Base.JoinPath("documents", d.SHA256+".pdf"), roster.MaxDocument)
	t.bytes += int64(len(a.Body))
	switch {
	case errors.Is(err, fetch.ErrTooLarge):
		return t.refuse(ctx, captures, "is larger than a document can be")
	case errors.Is(err, fetch.ErrFailed):
		t.failed++
		t.report.Left++
		return nil
	case err != nil:
		return fmt.Errorf("fetching the document %s of %s: %w", d.SHA256, t.Base.Host, err)
	case a.Status == http.StatusNotFound:
		t.report.PapersWithheld++
		return nil
	case a.Status != http.StatusOK:
		t.failed++
		t.report.Left++
		return nil
	case past.Hash(a.Body) != d.SHA256:
		return t.lie("the document %s has the SHA-256 %s", d.SHA256, past.Hash(a.Body))
	}
	t.failed = 0
	if why := past.DocumentProblem(a.Body); why != "" {
		return t.refuse(ctx, captures, why)
	}
	t.report.Papers++
	return t.note(ctx, captures, a.Body)
}

// refuse notes that a document is none, so that it is not fetched again.
func (t *taking) refuse(ctx context.Context, captures []past.Capture, why string) error {
	t.report.NoPapers++
	for i := range captures {
		captures[i].Problem = why
	}
	return t.note(ctx, captures, nil)
}

// note adds where a document stood, and its bytes where they are not here.
func (t *taking) note(ctx context.Context, captures []past.Capture, body []byte) error {
	for _, c := range captures {
		if body != nil {
			c.SHA256 = "" // as it is kept
		}
		if err := t.stage(ctx, c, body); err != nil {
			return err
		}
	}
	return nil
}

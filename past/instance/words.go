package instance

import (
	"context"
	"strings"
	"time"

	"github.com/watch287g/watch287g/past"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/scraper"
)

// Bounds of what ICE's page said: it says 10 KiB, and changes some ten times a year.
const (
	mostWords    = 256 << 10 // bytes of one text
	mostTexts    = 2000
	mostAllWords = 64 << 20 // bytes of all
)

// said is what ICE's page said from one moment on.
type said struct {
	SeenAt time.Time `json:"seen_at"`
	URL    string    `json:"url"`
	Text   string    `json:"text"`
}

// words has what ICE's page said, as the other site read it. That site alone says so: there are
// no bytes of ICE's to check it by. Sites of before this was kept have no list of it.
func (im *importer) words(ctx context.Context) error {
	n, size, last := 0, 0, time.Time{}
	return im.parts(ctx, "ice-page", "its list of what ICE's page said", func(p part) (int, error) {
		for _, v := range p.Versions {
			n, size = n+1, size+len(v.Text)
			switch {
			case im.cannotBe(v.SeenAt):
				return 0, im.lie("it read ICE's page at %s", v.SeenAt.UTC().Format(time.RFC3339))
			case !last.IsZero() && !v.SeenAt.Before(last), n > mostTexts, size > mostAllWords, len(v.Text) > mostWords:
				return 0, im.lie("its list of what ICE's page said is not in order, or longer than any")
			}
			last = v.SeenAt
			if err := im.takeWords(ctx, v.SeenAt, v.URL, v.Text); err != nil {
				return 0, err
			}
		}
		return len(p.Versions), nil
	})
}

// takeWords has one text, unless it is known or of a page that is not ICE's.
func (im *importer) takeWords(ctx context.Context, at time.Time, address, text string) error {
	var lines []string
	for line := range strings.Lines(text) {
		if line = roster.Clean(line); line != "" {
			lines = append(lines, line)
		}
	}
	body := []byte(strings.Join(lines, "\n"))
	if len(body) == 0 || !scraper.OnSite(scraper.DefaultPage, address) {
		return nil
	}
	c := past.Capture{Kind: past.KindWords, URL: address, At: at.UTC(), SHA256: past.Hash(body),
		Origin: roster.Origin{Source: roster.SourceInstance, URL: im.Base.String(), At: at.UTC(), Dated: roster.DatedStated}}
	if im.known[keyOf(c)].Kind != "" {
		return nil
	}
	c.SHA256 = ""
	if err := im.stage(ctx, c, body); err != nil {
		return err
	}
	im.report.Words++
	return nil
}

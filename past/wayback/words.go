package wayback

import (
	"context"
	"fmt"

	"github.com/watch287g/watch287g/past"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/scraper"
)

// Words returns what ICE's page said, of all captures of it that a pool has, in the order of
// time: of those of one address that say the same one after the other, the first. What cannot
// be read is left out. The error is past.ErrDamaged or that of ctx.
func Words(ctx context.Context, pool *past.Pool) (texts []roster.PageText, err error) {
	last := map[string]string{}  // by address, what it said last
	known := map[string]string{} // by hash of a page, what it says
	for _, c := range pool.Captures() {
		if c.Problem != "" || c.Kind != past.KindPage && c.Kind != past.KindWords {
			continue
		}
		if err := ctx.Err(); err != nil {
			return nil, err //nolint:wrapcheck // the caller knows what ended
		}
		said, ok := known[c.SHA256]
		if !ok {
			body, err := pool.Body(ctx, c)
			if err != nil {
				return nil, fmt.Errorf("reading %s: %w", c, err)
			}
			said = string(body)
			if c.Kind == past.KindPage {
				if said, err = scraper.Words(past.WithoutTables(body)); err != nil {
					said = ""
				}
			}
			known[c.SHA256] = said
		}
		if at := past.Place(c.URL); said != "" && last[at] != said {
			last[at] = said
			origin := c.Origin
			texts = append(texts, roster.PageText{SeenAt: c.At.UTC(), URL: c.URL, Text: said, Origin: &origin})
		}
	}
	return texts, nil
}

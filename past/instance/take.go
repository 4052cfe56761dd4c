package instance

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/watch287g/watch287g/past"
	"github.com/watch287g/watch287g/past/fetch"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/sheet"
)

// given is how the other site gives a file out.
type given struct {
	Publications fetch.List[roster.Publication] `json:"publications"`
	SHA256       *string                        `json:"file_sha256"`
	Changed      bool                           `json:"file_changed"`
	Withheld     string                         `json:"file_withheld"`
}

// take has one publication, unless it is known.
func (im *importer) take(ctx context.Context, p roster.Publication, staged map[string]bool) error {
	if err := ctx.Err(); err != nil {
		return err //nolint:wrapcheck // the caller knows what ended
	}
	c := im.capture(p)
	if key := im.keyOfICEs(c, p.SHA256); im.known[key].Kind != "" {
		if staged[key] {
			im.count(c)
		} else {
			im.report.Known++
		}
		return nil
	}
	if p.KeptAs != "" && p.KeptAs != p.SHA256 {
		im.report.Unkept++
		return nil
	}
	public, own, err := im.Own(ctx, p.SHA256)
	if err != nil {
		return fmt.Errorf("looking for the file %s: %w", p.SHA256, err)
	}
	if same := im.bytes[string(c.List)+" "+p.SHA256]; same.Kind != "" && !own {
		body, err := im.bodyOf(ctx, same)
		if err != nil {
			return err
		}
		c.Origin.PublicOf = same.Origin.PublicOf
		return im.add(ctx, c, body)
	}
	g, err := im.given(ctx, p)
	switch {
	case err != nil:
		return err
	case own && g.SHA256 != nil && public != "" && *g.SHA256 != public:
		im.report.Differs++ // another version of the program may take out something else
		return nil
	case own:
		im.report.Own++
		return nil
	case g.SHA256 == nil:
		im.report.Withheld++
		return nil
	}
	return im.fetchFile(ctx, c, p, g)
}

// keyOfICEs is the key of a publication, by the hash of ICE's own file.
func (im *importer) keyOfICEs(c past.Capture, sha256 string) string {
	c.SHA256 = sha256
	return keyOf(c)
}

func (im *importer) bodyOf(ctx context.Context, c past.Capture) ([]byte, error) {
	body, err := im.Staged.Body(ctx, c)
	if err != nil {
		body, err = im.Pool.Body(ctx, c)
	}
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", c, err)
	}
	return body, nil
}

// given asks how the file of a publication is given out.
func (im *importer) given(ctx context.Context, p roster.Publication) (given, error) {
	var g given
	if err := im.get(ctx, im.Base.JoinPath("api", "v1", "publications", p.SHA256), &g); err != nil {
		return g, err
	}
	same := func(q roster.Publication) bool {
		return q.Seq == p.Seq && q.SHA256 == p.SHA256 && q.List == p.List && q.PublishedAt.Equal(p.PublishedAt)
	}
	switch {
	case !slices.ContainsFunc(g.Publications, same):
		return g, im.lie("it lists publication %d, and says otherwise of it alone", p.Seq)
	case g.SHA256 != nil && !g.Changed && *g.SHA256 != p.SHA256:
		return g, im.lie("the file of publication %d is ICE's own, and has another hash", p.Seq)
	}
	return g, nil
}

// mostSignedLater is how many misprinted dates a list may have that are later than its
// own day.
const mostSignedLater = 2

// fetchFile has the file of a publication, which must be what the other site says.
func (im *importer) fetchFile(ctx context.Context, c past.Capture, p roster.Publication, g given) error {
	a, err := im.client.Get(ctx, im.Base.JoinPath("publications", p.SHA256, "file"), sheet.MaxBytes)
	switch {
	case errors.Is(err, fetch.ErrTooLarge):
		return im.lie("the file of publication %d is larger than a list can be", p.Seq)
	case err != nil:
		return fmt.Errorf("fetching the file of publication %d of %s: %w", p.Seq, im.Base.Host, err)
	case a.Status != http.StatusOK:
		return fmt.Errorf("%s answered with status %d for the file of publication %d", im.Base.Host, a.Status, p.Seq)
	case past.Hash(a.Body) != *g.SHA256:
		return im.lie("the file of publication %d has the SHA-256 %s, and not %s", p.Seq, past.Hash(a.Body), *g.SHA256)
	}
	rosters, err := sheet.Read(a.Body, im.Now()) // with dates that are later than its own, too
	i := slices.IndexFunc(rosters, func(r roster.Roster) bool { return r.List == p.List })
	if err != nil || i < 0 {
		im.report.Unread++
		return nil
	}
	later, latest := 0, roster.LatestSigning(p.PublishedAt)
	for _, row := range rosters[i].Rows {
		if row.Signed > latest {
			later++
		}
	}
	if later > mostSignedLater {
		return im.lie("publication %d is dated before what it lists was signed", p.Seq)
	}
	if g.Changed {
		c.Origin.PublicOf = p.SHA256
	}
	return im.add(ctx, c, a.Body)
}

func (im *importer) add(ctx context.Context, c past.Capture, body []byte) error {
	if err := im.stage(ctx, c, body); err != nil {
		return err
	}
	im.count(c)
	return nil
}

// stage keeps what was had until all of it is there.
func (im *importer) stage(ctx context.Context, c past.Capture, body []byte) error {
	if err := im.Staged.Add(context.WithoutCancel(ctx), c, body); err != nil { // an end in between loses nothing
		return err //nolint:wrapcheck // it says what it was about
	}
	im.remember(im.Staged.Last())
	return nil
}

func (im *importer) count(c past.Capture) {
	im.report.New++
	at := c.Published()
	if im.report.First.IsZero() || at.Before(im.report.First) {
		im.report.First = at
	}
	if at.After(im.report.Last) {
		im.report.Last = at
	}
}

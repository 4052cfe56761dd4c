package wayback

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/watch287g/watch287g/past"
	"github.com/watch287g/watch287g/past/fetch"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/sheet"
)

// most is how many bytes a capture of a kind may have.
func most(kind past.Kind) int64 {
	switch kind {
	case past.KindPage:
		return 4 << 20
	case past.KindList:
		return sheet.MaxBytes
	case past.KindDocument, past.KindWords:
	}
	return roster.MaxDocument
}

// take adds the captures of a kind that are new to the pool, the oldest first.
func (im *importer) take(ctx context.Context, kind past.Kind, rows []row) error {
	slices.SortStableFunc(rows, func(a, b row) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.original, b.original)) })
	rows = slices.CompactFunc(rows, func(a, b row) bool { return a.at.Equal(b.at) && a.original == b.original }) // of two parts of the index
	for i, r := range rows {
		if err := ctx.Err(); err != nil {
			return err //nolint:wrapcheck // the caller knows what ended
		}
		im.Progress(string(kind), i, len(rows))
		if err := im.takeOne(ctx, kind, r); err != nil {
			return err
		}
	}
	im.Progress(string(kind), len(rows), len(rows))
	return nil
}

func (im *importer) takeOne(ctx context.Context, kind past.Kind, r row) error {
	c := past.Capture{Kind: kind, URL: r.address(), At: r.at.UTC(), Digest: r.digest, Origin: roster.Origin{
		Source: roster.SourceInternetArchive, URL: im.base.JoinPath("web", r.stamp).String() + "/" + r.original, At: r.at.UTC(), Dated: roster.DatedCaptured,
	}}
	switch {
	case im.known[keyOf(kind, c.At, c.URL)]:
		im.report.Known++
		return nil
	case r.status >= 300 && r.status < 400:
		im.report.Redirects++
		return nil
	case r.status != 0 && r.status != http.StatusOK:
		im.report.Absent++
		return nil
	case r.at.After(im.Now()):
		im.report.Refused["captured in the future"]++
		return nil
	case !im.From.IsZero() && r.at.Before(im.From), !im.To.IsZero() && r.at.After(im.To):
		return nil // it was not asked for
	}
	if same, ok := im.had[string(kind)+" "+r.digest]; ok {
		return im.again(ctx, c, same)
	}
	if r.length > most(kind) {
		return im.refuse(ctx, c, "is larger than anything that is wanted")
	}
	if im.DryRun {
		c.SHA256 = "to be had" // once, whatever it is
		im.remember(c)
		im.count(c)
		im.report.New[kind]++
		return nil
	}
	return im.fetchOne(ctx, c, r)
}

// again adds a capture of bytes that are there.
func (im *importer) again(ctx context.Context, c, same past.Capture) error {
	if same.Problem != "" {
		return im.refuse(ctx, c, same.Problem)
	}
	im.report.Again++
	im.count(c)
	if im.DryRun {
		return nil
	}
	c.SHA256, c.Size, c.List, c.Origin.Checked = same.SHA256, same.Size, same.List, same.Origin.Checked
	return im.add(ctx, c, nil)
}

// refuse notes that a capture is no evidence, so that it is not fetched again.
func (im *importer) refuse(ctx context.Context, c past.Capture, why string) error {
	im.report.Refused[why]++
	if im.DryRun {
		return nil
	}
	c.Problem = why
	return im.add(ctx, c, nil)
}

func (im *importer) add(ctx context.Context, c past.Capture, body []byte) error {
	if err := im.Pool.Add(context.WithoutCancel(ctx), c, body); err != nil { // what was had is kept
		return err //nolint:wrapcheck // it says what it was about
	}
	im.remember(im.Pool.Last())
	return nil
}

func (im *importer) count(c past.Capture) {
	if im.report.First.IsZero() || c.At.Before(im.report.First) {
		im.report.First = c.At
	}
	if c.At.After(im.report.Last) {
		im.report.Last = c.At
	}
}

// fetchOne fetches a capture as it was captured.
func (im *importer) fetchOne(ctx context.Context, c past.Capture, r row) error {
	at, err := url.Parse(im.base.JoinPath("web", r.stamp+"id_").String() + "/" + r.original)
	if err != nil {
		return im.refuse(ctx, c, "has an address that cannot be asked for")
	}
	a, err := im.client.Get(ctx, at, most(c.Kind))
	switch {
	case errors.Is(err, fetch.ErrTooLarge):
		return im.refuse(ctx, c, "is larger than anything that is wanted")
	case errors.Is(err, fetch.ErrFailed):
		return im.fail(c, err)
	case err != nil:
		return fmt.Errorf("fetching %s: %w", c, err)
	case !isCaptured(a.Header):
		return im.fail(c, fmt.Errorf("%s answered with status %d, and not with what was captured", im.base.Host, a.Status))
	}
	im.failed = 0
	im.report.Bytes += int64(len(a.Body))
	body, why := im.judge(&c, r, a)
	if why != "" {
		return im.refuse(ctx, c, why)
	}
	im.count(c)
	im.report.New[c.Kind]++
	return im.add(ctx, c, body)
}

// fail notes that a capture was not had. The next import tries again.
func (im *importer) fail(c past.Capture, err error) error {
	im.report.Failed = append(im.report.Failed, fmt.Sprintf("%s: %s", c, err))
	if im.failed++; im.failed == mostFailures {
		return fmt.Errorf("%d captures in a row could not be had; the last one was %s: %w", im.failed, c, err)
	}
	return nil
}

// isCaptured says whether an answer is one that the archive keeps, and not its own.
func isCaptured(h http.Header) bool { return h.Get("Memento-Datetime") != "" }

// modified is the Last-Modified that ICE's server sent, where it can be: zero where it sent
// none, or one that is later than the capture or older than the program.
func modified(h http.Header, captured time.Time) time.Time {
	at, err := http.ParseTime(h.Get("X-Archive-Orig-Last-Modified"))
	if err != nil || at.After(captured) || at.Year() < firstYear {
		return time.Time{}
	}
	return at.UTC()
}

// firstYear is when the first agreement was signed.
const firstYear = 2002

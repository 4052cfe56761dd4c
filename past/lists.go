package past

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"iter"
	"net/url"
	"path"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/net/html/charset"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/sheet"
)

// List is a file of past lists, or what the tables of a past page were, as it can be judged.
type List struct {
	Capture
	PublishedAt time.Time
	File        string // a name to show
	Body        []byte // of the file; of a page, its tables that are lists, as they stand in it
}

// Lists returns the files with lists that the pool has, in the order in which they were
// published. What an address had already, and has had since, comes once. Captures that are
// no evidence are left out, and so is a page without a list. The error, with the capture
// that it is about, is ErrDamaged or that of ctx, and ends it.
func (p *Pool) Lists(ctx context.Context) iter.Seq2[List, error] {
	return func(yield func(List, error) bool) {
		last := map[string][sha256.Size]byte{} // by address, the hash of the list that it had last
		for _, c := range p.Captures() {
			if c.Problem != "" || c.Kind != KindPage && c.Kind != KindList {
				continue
			}
			if err := ctx.Err(); err != nil {
				yield(List{Capture: c}, err)
				return
			}
			body, err := p.Body(ctx, c)
			if err != nil {
				yield(List{Capture: c}, err)
				return
			}
			if c.Kind == KindPage {
				body = Tables(body)
			}
			at, hash := Place(cmp.Or(c.URL, c.File)), sha256.Sum256(body)
			if len(body) == 0 || last[at] == hash {
				continue
			}
			last[at] = hash
			if !yield(List{Capture: c, PublishedAt: c.Published(), File: cmp.Or(c.File, fileName(c.URL)), Body: body}, nil) {
				return
			}
		}
	}
}

// Place is an address without what does not matter to what is there: equal for all ways to
// write it, and no address.
func Place(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.") + strings.TrimSuffix(u.EscapedPath(), "/") + "?" + u.RawQuery
}

func fileName(address string) string {
	if u, err := url.Parse(address); err == nil {
		address = u.Path
	}
	return roster.Clean(path.Base(address))
}

// Tables returns the tables of a page that are lists of agencies, as they stand in it; nil
// where there are none, or the page breaks off.
func Tables(page []byte) []byte {
	if !utf8.Valid(page) {
		page = inUTF8(page)
	}
	found := listTables(page, mostNested)
	if found == nil {
		return nil
	}
	return bytes.Join(found, []byte("\n"))
}

// WithoutTables returns a page without the tables that are lists of agencies.
func WithoutTables(page []byte) []byte {
	if !utf8.Valid(page) {
		page = inUTF8(page)
	}
	for _, t := range listTables(page, mostNested) {
		page = bytes.Replace(page, t, []byte("\n"), 1)
	}
	return page
}

// mostNested is how many tables around a list are looked into: pages were laid out with them.
const mostNested = 8

func listTables(markup []byte, nested int) (found [][]byte) {
	for _, t := range outermost(markup) {
		if rosters, err := sheet.Read(t, time.Time{}); err != nil || len(rosters) == 0 {
			continue
		}
		var inner [][]byte
		if begin := bytes.IndexByte(t, '>'); nested > 0 {
			inner = listTables(t[begin+1:], nested-1)
		}
		if inner == nil {
			inner = [][]byte{t}
		}
		found = append(found, inner...)
	}
	return found
}

func inUTF8(page []byte) []byte {
	r, err := charset.NewReader(bytes.NewReader(page), "text/html")
	if err != nil {
		return page
	}
	converted, err := io.ReadAll(io.LimitReader(r, 4*int64(len(page))))
	if err != nil {
		return page
	}
	return converted
}

// outermost returns the tables of a page that stand in no other one; none where the last
// one has no end.
func outermost(page []byte) (found [][]byte) {
	z := html.NewTokenizer(bytes.NewReader(page))
	depth, begin, at := 0, 0, 0
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			if depth > 0 {
				return nil
			}
			return found
		}
		end := at + len(z.Raw())
		if kind == html.StartTagToken || kind == html.EndTagToken {
			name, _ := z.TagName()
			switch {
			case atom.Lookup(name) != atom.Table:
			case kind == html.StartTagToken:
				if depth == 0 {
					begin = at
				}
				depth++
			case depth > 0:
				if depth--; depth == 0 {
					found = append(found, page[begin:end])
				}
			}
		}
		at = end
	}
}

// String says which capture it is.
func (c Capture) String() string {
	return fmt.Sprintf("the %s %s as captured %s", c.Kind, cmp.Or(c.URL, c.File), c.At.UTC().Format(time.RFC3339))
}

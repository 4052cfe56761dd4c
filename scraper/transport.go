package scraper

import (
	"cmp"
	"compress/flate"
	"compress/gzip"
	"errors"
	"io"
	"math"
	"net/http"
)

// What can be wrong with a body while it is read.
var (
	errTooLarge    = errors.New("the body is larger than allowed")
	errTruncated   = errors.New("the body ends before its end")
	errCompression = errors.New("the body cannot be decompressed")
)

// contentType is the header that transport keeps the Content-Type in.
const contentType = "Watch287g-Content-Type"

// drained is how much of a body that nobody will look at is read so that its
// connection can be used again.
const drained = 64 << 10

// maxFile is how much of a file is read, in bytes after decompression.
const maxFile = 8 << 20

// transport is between colly and the network. It keeps colly from changing
// bodies, fails loudly where one is too large or too short, and knows the
// mirror.
type transport struct {
	next http.RoundTripper
	site site

	most int64 // of the body of the request that is being made
	cut  bool  // what is longer is cut off, without an error
}

// limit sets how much of the response to the next request is read.
func (t *transport) limit(next request) {
	t.most, t.cut = cmp.Or(next.most, maxFile), next.robots
}

// RoundTrip sends one request.
func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	got, err := t.next.RoundTrip(t.site.mirrored(r))
	if err != nil {
		return nil, err
	}
	res := *got
	res.Request = r
	res.Header = got.Header.Clone()
	res.Header.Del("Location") // net/http would take one that it cannot read for a failed connection
	if to, err := got.Location(); err == nil {
		res.Header.Set("Location", t.site.original(to).String())
	}
	// colly converts a body whose type names a charset, and gunzips one whose
	// type or URL says gzip. A workbook would not survive either, so colly
	// is told neither the type nor that anything is left to decompress.
	res.Header.Set(contentType, got.Header.Get("Content-Type"))
	res.Header.Del("Content-Type")
	res.Uncompressed = true
	if res.StatusCode != http.StatusOK {
		// Only the status counts then, and a body cut short must not hide it.
		_, _ = io.CopyN(io.Discard, got.Body, drained)
		_ = got.Body.Close()
		res.Body, res.ContentLength = http.NoBody, 0
		return &res, nil
	}
	if encoding := got.Header.Get("Content-Encoding"); encoding != "" && encoding != "identity" {
		_ = got.Body.Close()
		return nil, errCompression // net/http has undone the one that it asked for
	}
	whole := &body{ReadCloser: got.Body, most: t.most, due: got.ContentLength}
	if res.Body = whole; t.cut {
		whole.most = math.MaxInt64
		res.Body = beginning{io.LimitReader(whole, t.most), whole}
	}
	return &res, nil
}

// beginning is as much of a body as is wanted.
type beginning struct {
	io.Reader
	io.Closer
}

// body reads a response's body and reports what colly would ignore.
type body struct {
	io.ReadCloser
	most int64 // bytes allowed
	due  int64 // bytes announced; -1 for none
	got  int64
}

func (b *body) Read(p []byte) (int, error) {
	if b.due > b.most {
		return 0, errTooLarge
	}
	n, err := b.ReadCloser.Read(p)
	b.got += int64(n)
	switch {
	case b.got > b.most:
		return n, errTooLarge
	case errors.Is(err, io.ErrUnexpectedEOF), err == io.EOF && b.got < b.due:
		return n, errTruncated
	case errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum), isA[flate.CorruptInputError](err):
		return n, errCompression
	}
	return n, err
}

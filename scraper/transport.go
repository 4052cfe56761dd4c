package scraper

import (
	"compress/flate"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
)

// What can be wrong with a body while it is read.
var (
	errTooLarge    = errors.New("the body is larger than allowed")
	errTruncated   = errors.New("the body ends before its end")
	errCompression = errors.New("the body cannot be decompressed")
)

// contentType is where transport puts away the Content-Type.
const contentType = "Watch287g-Content-Type"

// drained is how much of a body that nobody will look at is read for the sake
// of using its connection again.
const drained = 64 << 10

// transport stands between colly and the network. It keeps colly from changing
// bodies, fails loudly where one is too large or too short, and knows the
// mirror.
type transport struct {
	next     http.RoundTripper
	site     site
	maxBytes int64
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
	// type or address says gzip. A workbook would not survive either, so colly
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
	res.Body = &body{ReadCloser: got.Body, most: t.maxBytes, due: got.ContentLength}
	return &res, nil
}

// body reads a response's body and reports what colly would let pass.
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

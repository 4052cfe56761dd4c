package scraper

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"time"
)

// Validators is what is known of a file from an earlier visit, so that the next
// one can ask for it only if it changed.
type Validators struct {
	URL string // as in Document.URL
	// ETag and LastModified are as the server sent them.
	ETag, LastModified string
	SHA256             string // of the bytes that the caller has, in hex; "" for none
	List               bool   // whether it was found to be a list
	CheckedAt          time.Time
}

// Document is a file that might be a list.
type Document struct {
	URL    string // the link's, wherever it redirected to
	File   string // a name to show, at most 200 characters
	Text   string // the link's text; "" for a table
	Hint   string // as in Link
	Body   []byte // nil where NotModified
	SHA256 string // of Body in hex, or where NotModified that of the Validators
	Size   int64  // of Body in bytes
	// NotModified says that the server has no other bytes than those of the
	// Validators.
	NotModified  bool
	ETag         string // as sent; where NotModified without one, that of the Validators
	LastModified string // likewise
	// ModifiedAt is LastModified as a time, zero if there is none.
	ModifiedAt time.Time
	// Table says that Body is an HTML table, as ICE's page held until February
	// 2025, without the page around it.
	Table bool
}

// document fetches what is behind a link. The error is a *failure or the
// context's own.
func (v *visitor) document(ctx context.Context, c fileLink) (Document, error) {
	k := v.known[c.URL]
	a, err := v.get(ctx, request{url: c.url, what: c.name(), header: conditional(k)})
	if err != nil {
		return Document{}, err
	}
	d := Document{
		URL: c.URL, Text: c.Text, Hint: c.Hint,
		File: fileName(c.url, a.header.Get("Content-Disposition")),
		ETag: validator(a.header, "ETag"), LastModified: validator(a.header, "Last-Modified"),
	}
	if a.status == http.StatusNotModified {
		d.NotModified, d.SHA256 = true, k.SHA256
		if d.ETag == "" {
			d.ETag = k.ETag
		}
		if d.LastModified == "" {
			d.LastModified = k.LastModified
		}
	} else if err := v.fill(&d, c, a); err != nil {
		return Document{}, err
	}
	if at, err := http.ParseTime(d.LastModified); err == nil {
		d.ModifiedAt = at
	}
	return d, nil
}

// conditional returns the headers that ask for a file only if it changed; nil where
// nothing is known of it.
func conditional(k Validators) http.Header {
	if k.SHA256 == "" || k.ETag == "" && k.LastModified == "" {
		return nil
	}
	h := http.Header{}
	if k.ETag != "" {
		h.Set("If-None-Match", k.ETag)
	}
	if k.LastModified != "" {
		h.Set("If-Modified-Since", k.LastModified)
	}
	return h
}

// validator reads a validator that is worth keeping.
func validator(h http.Header, name string) string {
	if value := h.Get(name); len(value) <= 500 {
		return value
	}
	return ""
}

// fill takes the response's body where it might be a list.
func (v *visitor) fill(d *Document, c fileLink, a response) error {
	switch {
	case len(a.body) == 0:
		return failf(StatusBroken, "%s sent nothing for %s.", v.server, c.name())
	case otherFormat(a.body) != "":
		return failf(StatusBroken, "what %s sent for %s is %s, not an Excel workbook.", v.server, c.name(), otherFormat(a.body))
	case isWorkbook(a.body):
		d.setBody(a.body)
		return nil
	case looksLikeHTML(a):
		return v.fillFromPage(d, c, a)
	}
	return failf(StatusBroken, "what %s sent for %s is not a readable workbook.", v.server, c.name())
}

// fillFromPage judges a web page behind a link. It counts as a file only where
// nothing promised a workbook.
func (v *visitor) fillFromPage(d *Document, c fileLink, a response) error {
	doc, err := parsePage(a)
	if errors.Is(err, errTooLarge) {
		return failf(StatusBroken, "what %s sent for %s is a web page larger than %d MiB.", v.server, c.name(), maxPage>>20)
	} else if err != nil {
		return failf(StatusBroken, "what %s sent for %s cannot be read.", v.server, c.name())
	}
	if table := listTable(doc); table != nil {
		d.Table = true
		d.setBody(table)
		return nil
	}
	if name := blockName(doc, a.body); name != "" {
		f := failf(StatusBlocked, "%s answered %s with a block page (%s) instead of a workbook.", v.server, c.name(), name)
		f.stop = true
		return f
	}
	if c.kind == workbook || c.kind == download && c.Hint != "" || v.known[c.URL].List {
		return failf(StatusBlocked, "%s answered %s with a web page instead of a workbook.", v.server, c.name())
	}
	d.setBody(a.body) // some page that the link's text made us think of: its reader will say so
	return nil
}

func (d *Document) setBody(body []byte) {
	sum := sha256.Sum256(body)
	d.Body, d.Size, d.SHA256 = body, int64(len(body)), hex.EncodeToString(sum[:])
}

// otherFormat names a format in which a list could be kept, but is not read, by
// the first bytes of a file; "" for all others.
func otherFormat(body []byte) string {
	switch {
	case bytes.HasPrefix(body, []byte("%PDF-")):
		return "a PDF"
	case bytes.HasPrefix(body, []byte("PK")) && bytes.Contains(body[:min(len(body), 200)], []byte("mimetypeapplication/vnd.oasis.opendocument.")):
		return "an OpenDocument file"
	case looksLikeCSV(body):
		return "a CSV file"
	}
	return ""
}

// looksLikeCSV says whether a file begins with a list's column names in plain text.
func looksLikeCSV(body []byte) bool {
	first, _, _ := strings.Cut(string(body[:min(len(body), 1000)]), "\n")
	first = strings.ToUpper(first)
	return !strings.Contains(first, "<") && strings.Contains(first, "STATE") && strings.Contains(first, "AGENCY") && strings.ContainsAny(first, ",;\t")
}

// isWorkbook says whether body is a whole file of a kind that spreadsheets are
// kept in: a zip whose directory, at its end, can be read, or the compound file
// that Excel wrote until 2007.
func isWorkbook(body []byte) bool {
	if bytes.HasPrefix(body, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")) {
		return true
	}
	if !bytes.HasPrefix(body, []byte("PK")) {
		return false
	}
	_, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	return err == nil
}

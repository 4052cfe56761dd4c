package documents

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/web/kept"
	"github.com/watch287g/watch287g/web/route"
)

// fileEnding is how the address of a file ends.
const fileEnding = ".pdf"

// filePolicy keeps what is in a file from doing anything here, whatever a browser takes it
// for. A file is saved, and not shown, since a PDF can hold scripts.
const filePolicy = "default-src 'none'; sandbox; frame-ancestors 'none'"

// file gives out the file of a document as ICE served it.
func (s *Set) file(req *route.Request) (*route.Response, error) {
	name, _ := strings.CutSuffix(req.PathValue("sha256"), fileEnding)
	d := req.Documents.Document(name)
	if d == nil {
		return nil, route.Missing(req.Language, "page.problem.no-document")
	}
	if d.SHA256 != name {
		return req.Redirect(kept.FileURL(d.SHA256), http.StatusMovedPermanently), nil
	}
	body, err := s.library.File(req.Context(), d.SHA256)
	if errors.Is(err, store.ErrNotFound) {
		return nil, route.Missing(req.Language, "page.problem.no-file")
	}
	if err != nil {
		return nil, err //nolint:wrapcheck // it says itself what it is about
	}
	out := route.OK("application/pdf", body)
	if !strings.HasPrefix(string(body[:min(5, len(body))]), "%PDF-") { // nothing else is shown as a document of this site
		out.Header.Set("Content-Type", "application/octet-stream")
	}
	out.Header.Set("Content-Security-Policy", filePolicy)
	out.Header.Set("Content-Disposition", `attachment; filename="`+fileName(d)+`"`)
	out.Header.Set("Cache-Control", route.Immutable)
	out.Header.Set("Cross-Origin-Resource-Policy", "cross-origin")
	if sum, err := hex.DecodeString(d.SHA256); err == nil {
		out.Header.Set("Repr-Digest", "sha-256=:"+base64.StdEncoding.EncodeToString(sum)+":") // RFC 9530
	}
	return out, nil
}

// fileName is what a document is saved as: whose it is, and the beginning of its hash.
func fileName(d *kept.Document) string {
	name := "287g-" + d.SHA256[:12] + fileEnding
	row, ok := d.Row()
	if !ok {
		return name
	}
	a := row.Record.Now()
	of := a.AgencyID + "-" + strings.ToLower(string(a.Model))
	if row.Part == roster.PartAddendum {
		of += "-addendum"
	}
	of = strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' {
			return r
		}
		return -1
	}, of)
	return "287g-" + of[:min(len(of), 100)] + "-" + d.SHA256[:12] + fileEnding
}

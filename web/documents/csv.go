package documents

import (
	"bytes"
	"fmt"

	"github.com/watch287g/watch287g/export"
	"github.com/watch287g/watch287g/web/route"
)

// csv lists every file that rows link or linked.
func (s *Set) csv(req *route.Request) (*route.Response, error) {
	files := ""
	if s.library != nil && s.library.Keeps() {
		files = req.Base
	}
	var b bytes.Buffer
	if err := export.WriteDocuments(&b, req.Documents.Rows(files)); err != nil {
		return nil, fmt.Errorf("making the file documents.csv: %w", err)
	}
	out := route.OK(export.CSV.MediaType(), b.Bytes())
	out.Header.Set("Content-Disposition", `attachment; filename="287g-documents.csv"`)
	out.Header.Set("Link", "<"+export.LicenseURL+`>; rel="license"`)
	out.Header.Add("Link", "<"+req.Base+`/downloads/datapackage.json>; rel="describedby"`)
	return out, nil
}

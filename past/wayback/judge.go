package wayback

import (
	"bytes"
	"compress/gzip"
	"crypto/sha1" //nolint:gosec // it is what the archive's index has
	"encoding/base32"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/watch287g/watch287g/past"
	"github.com/watch287g/watch287g/past/fetch"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/scraper"
	"github.com/watch287g/watch287g/sheet"
)

// judge returns the bytes of what was captured and fills in how good they are as evidence,
// or says why they are none.
func (im *importer) judge(c *past.Capture, r row, a fetch.Answer) (body []byte, why string) {
	if a.Status != http.StatusOK {
		return nil, "is an answer of ICE's server with status " + strconv.Itoa(a.Status)
	}
	body, err := unpacked(a, most(c.Kind))
	switch {
	case errors.Is(err, fetch.ErrTooLarge):
		return nil, "is larger than anything that is wanted"
	case err != nil:
		return nil, "is cut off"
	}
	c.Origin.Checked = digestOf(a.Body) == r.digest || digestOf(body) == r.digest
	if _, original, found := strings.Cut(a.URL.String(), "/"+r.stamp+"id_/"); !c.Origin.Checked && (!found || past.Place(original) != past.Place(r.original)) {
		c.Digest = "" // which is of what was not had
		return nil, "is another capture than the index names"
	}
	if isCut(a) {
		return nil, "is cut off"
	}
	c.Modified = modified(a.Header, c.At)
	switch c.Kind {
	case past.KindPage:
		return body, pageProblem(body, c.URL)
	case past.KindList:
		if !c.Modified.IsZero() {
			c.Origin.Dated = roster.DatedLastModified
		}
		return body, listProblem(body, c)
	case past.KindDocument, past.KindWords:
		if !c.Modified.IsZero() {
			c.Origin.Dated = roster.DatedLastModified
		}
	}
	return body, past.DocumentProblem(body)
}

// unpacked returns the bytes as ICE's server meant them.
func unpacked(a fetch.Answer, most int64) ([]byte, error) {
	if !bytes.HasPrefix(a.Body, []byte("\x1f\x8b")) { // whatever the headers say
		return a.Body, nil
	}
	z, err := gzip.NewReader(bytes.NewReader(a.Body))
	if err != nil {
		return nil, err //nolint:wrapcheck // it is put in words of our own
	}
	body, err := io.ReadAll(io.LimitReader(z, most+1))
	if int64(len(body)) > most {
		return nil, fetch.ErrTooLarge
	}
	return body, err //nolint:wrapcheck // it is put in words of our own
}

func digestOf(body []byte) string {
	sum := sha1.Sum(body) //nolint:gosec // as above
	return base32.StdEncoding.EncodeToString(sum[:])
}

// isCut says whether fewer bytes were captured than ICE's server said that it would send.
func isCut(a fetch.Answer) bool {
	promised, err := strconv.ParseInt(a.Header.Get("X-Archive-Orig-Content-Length"), 10, 64)
	return err == nil && a.Header.Get("X-Archive-Orig-Content-Encoding") == "" && int64(len(a.Body)) < promised
}

// pageProblem says why bytes are not ICE's page on the program, "" where they are.
func pageProblem(body []byte, address string) string {
	if !bytes.HasPrefix(bytes.TrimLeft(body, "\ufeff \t\r\n"), []byte("<")) {
		return "is no web page"
	}
	page, err := scraper.ReadPage(body, address)
	switch {
	case err != nil:
		return "is no web page that can be read"
	case page.Blocked != "" && len(page.Links) == 0 && past.Tables(body) == nil:
		return "is a block page (" + page.Blocked + ")"
	case !bytes.Contains(body, []byte("287(g)")) && !bytes.Contains(body, []byte("287&#40;g&#41;")) && len(page.Links) == 0:
		return "is another page than the one on the program"
	case !bytes.Contains(bytes.ToLower(body), []byte("</html>")):
		return "is cut off"
	}
	return ""
}

// listProblem says why bytes are not a list, "" where they are.
func listProblem(body []byte, c *past.Capture) string {
	switch {
	case len(body) == 0:
		return "is empty"
	case !bytes.HasPrefix(body, []byte("PK")):
		if bytes.HasPrefix(bytes.TrimLeft(body, "\ufeff \t\r\n"), []byte("<")) {
			return "is a web page in place of a list"
		}
		return "is not a workbook"
	}
	rosters, err := sheet.Read(body, c.Published())
	switch {
	case errors.Is(err, sheet.ErrNoList):
		return "is a workbook that is not a list"
	case err != nil:
		return "is a workbook that cannot be read to its end"
	}
	c.List = rosters[0].List
	return ""
}

package wayback

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/past"
	"github.com/watch287g/watch287g/past/fetch"
	"github.com/watch287g/watch287g/scraper"
)

// Whatever the index says, a row that is read is of ICE's site, at a moment, with a digest,
// and its address reads the same a second time.
func FuzzIndex(f *testing.F) {
	sum := strings.Repeat("A", 32)
	f.Add("20190301120000 http://www.ice.gov:80/287g text/html 200 " + sum + " 512\n\ncom,ice)/287g 2019\n")
	f.Add("20190301120000 https://www.ice.gov/a%20b?q=#x warc/revisit - " + sum + " -\n")
	f.Add("<html>\n\n\n")
	f.Fuzz(func(t *testing.T, body string) {
		im := &importer{Options: Options{Pages: Pages()}}
		rows, _, err := im.readIndex([]byte(body))
		if err != nil {
			return
		}
		for _, r := range rows {
			if !scraper.OnSite(Pages()[0], r.original) || r.at.IsZero() || len(r.digest) != 32 || r.at.Format(stampForm) != r.stamp {
				t.Errorf("%+v", r)
			}
			again := r
			again.original = r.address()
			if got := again.address(); got != r.address() || !strings.HasPrefix(got, "https://") {
				t.Errorf("%q becomes %q, and then %q", r.original, r.address(), got)
			}
		}
	})
}

// Whatever was captured, what is taken for evidence has bytes that can be read as what it is.
func FuzzJudge(f *testing.F) {
	f.Add("page", []byte("<html>287(g)<table><tr><td>STATE</table></html>"))
	f.Add("list", []byte("PK\x03\x04"))
	f.Add("document", []byte("%PDF-1.4\n%%EOF"))
	f.Add("document", []byte("\x1f\x8b\x08\x00"))
	f.Fuzz(func(t *testing.T, kind string, body []byte) {
		im := &importer{Options: Options{Pages: Pages()}}
		c := past.Capture{Kind: past.Kind(kind), URL: Pages()[0], At: time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)}
		got, why := im.judge(&c, row{stamp: "20240101000000", original: Pages()[0], digest: digestOf(body)}, fetch.Answer{URL: &url.URL{Path: "/web/20240101000000id_/" + Pages()[0]}, Status: 200, Body: body})
		if why == "" && (len(got) == 0 || !c.Origin.Checked || int64(len(got)) > most(c.Kind)) {
			t.Errorf("%d bytes are evidence, checked %v", len(got), c.Origin.Checked)
		}
	})
}

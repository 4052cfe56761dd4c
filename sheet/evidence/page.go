package evidence

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/net/html"

	"github.com/watch287g/watch287g/sheet"
)

// page returns a page of HTML without what is private in it; the original, where
// nothing is.
func page(original []byte) ([]byte, error) {
	if len(original) > maxUnpacked {
		return nil, fmt.Errorf("it has more than %d bytes, far more than a list", maxUnpacked)
	}
	z := html.NewTokenizer(bytes.NewReader(original))
	var out bytes.Buffer
	var text strings.Builder // all that is shown, one piece after the other
	skipped := ""            // the element whose content is left out
	for {
		kind := z.Next()
		raw := bytes.Clone(z.Raw())
		switch kind {
		case html.ErrorToken:
			if err := z.Err(); !errors.Is(err, io.EOF) {
				return nil, fmt.Errorf("its HTML is broken: %w", err)
			}
			if sheet.HoldsPrivate(out.String()) || sheet.HoldsPrivate(text.String()) {
				return nil, errCannotClean
			}
			return out.Bytes(), nil
		case html.CommentToken:
			out.WriteString("<!---->") // so that what stands on both sides stays apart
		case html.TextToken:
			if skipped != "" {
				continue
			}
			shown := html.UnescapeString(string(raw))
			if public := sheet.Withhold(shown); public != shown {
				raw, shown = []byte(html.EscapeString(public)), public
			}
			text.WriteString(shown)
			out.Write(raw)
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			if t.Data == "script" || t.Data == "style" || t.Data == "noscript" {
				skipped = t.Data
			}
			if publicTag(&t) {
				raw = []byte(t.String())
			}
			out.Write(raw)
		case html.EndTagToken:
			if name, _ := z.TagName(); string(name) == skipped {
				skipped = ""
			}
			out.Write(raw)
		case html.DoctypeToken:
			out.Write(raw)
		}
	}
}

// publicTag leaves of a tag what may be given out, and says whether that is less.
func publicTag(t *html.Token) (changed bool) {
	kept := t.Attr[:0:0]
	for _, a := range t.Attr {
		public := sheet.Withhold(a.Val)
		if strings.HasPrefix(strings.ToLower(strings.TrimSpace(public)), "mailto:") {
			changed = true
			continue
		}
		if public != a.Val {
			a.Val, changed = public, true
		}
		kept = append(kept, a)
	}
	t.Attr = kept
	return changed
}

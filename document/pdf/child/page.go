package child

import (
	"strings"

	"github.com/klippa-app/go-pdfium/enums"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/responses"

	"github.com/watch287g/watch287g/document"
)

// few is how many words a page has at most that is only a picture all the same: a header,
// a stamp, what was typed into a scanned form, or signatures. Pages that a scanner read have
// more, but for the last lines of a part (22 on one of 620 pages).
const few = 30

// page reads the text of a page, by its number from 1.
func (r *reader) page(number int) (document.Page, error) {
	loaded, err := r.load(number)
	if err != nil {
		return document.Page{}, err
	}
	defer r.unload(loaded)
	// What was typed into a form, and stamps, become part of the page as it is displayed.
	if flat, err := r.library.FPDFPage_Flatten(&requests.FPDFPage_Flatten{Page: byRef(loaded)}); err == nil && flat.Result == responses.FPDFPage_FlattenResultSuccess {
		r.unload(loaded)
		if loaded, err = r.load(number); err != nil {
			return document.Page{}, err
		}
	}
	said, err := r.library.GetPageText(&requests.GetPageText{Page: byRef(loaded)})
	if err != nil {
		return document.Page{}, err
	}
	text := lines(said.Text)
	words := len(strings.Fields(text))
	return document.Page{Number: number, Text: text, Scanned: words <= few && r.picture(loaded, words)}, nil
}

func (r *reader) load(number int) (references.FPDF_PAGE, error) {
	loaded, err := r.library.FPDF_LoadPage(&requests.FPDF_LoadPage{Document: r.file, Index: number - 1})
	if err != nil {
		return "", err
	}
	return loaded.Page, nil
}

func (r *reader) unload(page references.FPDF_PAGE) {
	_, _ = r.library.FPDF_ClosePage(&requests.FPDF_ClosePage{Page: page})
}

func byRef(page references.FPDF_PAGE) requests.Page { return requests.Page{ByReference: &page} }

// lines puts line breaks where PDFium joins the halves of a word that was divided, and leaves
// the hyphen there.
func lines(s string) string {
	return strings.NewReplacer("\r\n", "\n", "\x02", "-\n", "\ufffe", "-\n").Replace(s)
}

// picture reports whether a page with so few words is a picture: an image takes half of it,
// or it has no word, and something is drawn there.
func (r *reader) picture(page references.FPDF_PAGE, words int) bool {
	counted, err := r.library.FPDFPage_CountObjects(&requests.FPDFPage_CountObjects{Page: byRef(page)})
	if err != nil || counted.Count == 0 {
		return false
	}
	if words == 0 {
		return true
	}
	size, err := r.library.GetPageSize(&requests.GetPageSize{Page: byRef(page)})
	if err != nil {
		return false
	}
	covered := 0.0
	for i := range min(counted.Count, maxObjects) {
		object, err := r.library.FPDFPage_GetObject(&requests.FPDFPage_GetObject{Page: byRef(page), Index: i})
		if err != nil || !r.image(object.PageObject, 0) {
			continue
		}
		b, err := r.library.FPDFPageObj_GetBounds(&requests.FPDFPageObj_GetBounds{PageObject: object.PageObject})
		if err == nil {
			covered += max(0, float64(b.Right-b.Left)) * max(0, float64(b.Top-b.Bottom))
		}
	}
	return covered >= size.Width*size.Height/2 // a scan can be in strips
}

// maxObjects is how many of a page's objects are looked at.
const maxObjects = 2000

// image reports whether an object is an image, or a group with one in it.
func (r *reader) image(object references.FPDF_PAGEOBJECT, depth int) bool {
	kind, err := r.library.FPDFPageObj_GetType(&requests.FPDFPageObj_GetType{PageObject: object})
	if err != nil {
		return false
	}
	if kind.Type != enums.FPDF_PAGEOBJ_FORM || depth > 3 {
		return kind.Type == enums.FPDF_PAGEOBJ_IMAGE
	}
	counted, err := r.library.FPDFFormObj_CountObjects(&requests.FPDFFormObj_CountObjects{PageObject: object})
	if err != nil {
		return false
	}
	for i := range min(counted.Count, 20) {
		inner, err := r.library.FPDFFormObj_GetObject(&requests.FPDFFormObj_GetObject{PageObject: object, Index: uint64(i)})
		if err == nil && r.image(inner.PageObject, depth+1) {
			return true
		}
	}
	return false
}

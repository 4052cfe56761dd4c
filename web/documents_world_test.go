package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"github.com/watch287g/watch287g/document"
	"github.com/watch287g/watch287g/document/library"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/web/kept"
)

// papers is a library whose documents are made up, and its own view of them.
type papers struct {
	addresses []roster.DocumentAddress
	documents []roster.Document
	forms     []library.Form
	conflicts []document.Conflict
	texts     map[string]document.Reading
	departs   map[string][]document.Difference
	between   map[string][]document.Difference // by the hash of the later one
	files     map[string][]byte
	keeps     bool
}

func (p *papers) View() kept.View                     { return p }
func (p *papers) Addresses() []roster.DocumentAddress { return p.addresses }
func (p *papers) Documents() []roster.Document        { return p.documents }
func (p *papers) Forms() []library.Form               { return p.forms }
func (p *papers) Conflicts() []document.Conflict      { return p.conflicts }
func (p *papers) Keeps() bool                         { return p.keeps }

// FormerForm leads from what counted forms to the first one there is.
func (p *papers) FormerForm(id string) (library.Form, bool) {
	if !strings.HasSuffix(id, "-undated-2") || len(p.forms) == 0 {
		return library.Form{}, false
	}
	return p.forms[0], true
}

func (p *papers) Departs(sha string) (n, noise int, ok bool) {
	all, ok := p.departs[sha]
	for _, d := range all {
		if d.Noise {
			noise++
		} else {
			n++
		}
	}
	return n, noise, ok
}

func (p *papers) Text(_ context.Context, sha string) (document.Reading, error) {
	return found(p.texts, sha)
}

func (p *papers) Departures(_ context.Context, sha string) ([]document.Difference, error) {
	return found(p.departs, sha)
}

func (p *papers) Changes(_ context.Context, _, after string) ([]document.Difference, error) {
	return found(p.between, after)
}

func (p *papers) File(_ context.Context, sha string) ([]byte, error) { return found(p.files, sha) }

func found[T any](in map[string]T, sha string) (T, error) {
	v, ok := in[sha]
	if !ok {
		return v, store.ErrNotFound
	}
	return v, nil
}

// hashed is the hash of a made-up file that is called so.
func hashed(name string) string {
	sum := sha256.Sum256([]byte("%PDF-1.4 " + name))
	return hex.EncodeToString(sum[:])
}

// add adds a file at an address, from a day of June 2025 on.
func (p *papers) add(name, url string, day int, d roster.Document, pages ...document.Page) {
	d.SHA256, d.HadAt, d.Size, d.ReadBy, d.Pages = hashed(name), june(day), 330120, 1, len(pages)
	for _, page := range pages {
		d.Words += len(strings.Fields(page.Text))
	}
	p.documents = append(p.documents, d)
	p.texts[d.SHA256] = document.Reading{SHA256: d.SHA256, ReadBy: 1, Pages: pages}
	p.files[d.SHA256] = []byte("%PDF-1.4 " + name)
	version := roster.DocumentVersion{From: june(day), SHA256: d.SHA256, Size: d.Size}
	for i, a := range p.addresses {
		if a.URL == url {
			p.addresses[i].Versions = append(slices.Clone(a.Versions), version)
			return
		}
	}
	p.addresses = append(p.addresses, roster.DocumentAddress{URL: url, FirstLinked: june(2), LookedAt: june(20), Versions: []roster.DocumentVersion{version}})
}

// page is a page of made-up text.
func page(number int, text string) document.Page { return document.Page{Number: number, Text: text} }

const moa = "https://www.ice.gov/doclib/moa/"

// Text that somebody put into a document to do harm, or a scanner made of a stain.
const hostileText = "<script>alert(1)</script> \x00\x1b[31m \u202Eexe.fdp\u202C \u2066x\u2069 \u200b\ufeff =HYPERLINK(\"http://evil.example\") {{say}} </section></main>\n\xff\xfe"

// smallPapers are the documents of the small world.
func smallPapers() *papers {
	p := &papers{texts: map[string]document.Reading{}, departs: map[string][]document.Difference{}, between: map[string][]document.Difference{}, files: map[string][]byte{}, keeps: true}
	tfm := roster.Document{Model: "TFM", Revised: "2025-03-07", Form: "tfm-2025-03-07", Found: map[string]int{"model": 1, "revised": 1, "agency": 1}}
	wso := roster.Document{Model: "WSO", Form: "wso", Agency: "Lampasas County Sheriff's Office", State: "TX", Found: map[string]int{"model": 1, "agency": 1, "addendum 1": 3}, Addenda: []string{"Addendum A: Points of Contact"},
		Signers: []roster.Signer{{Side: "ice", Title: "Acting Director", Date: "2025-06-05", Page: 2}, {Side: "agency", Title: "Sheriff", Page: 2}, {Page: 3}}}
	first := page(1, "MEMORANDUM OF AGREEMENT\n\nI. PURPOSE\nThis Memorandum of Agreement (MOA) constitutes an agreement between United States\nImmigration and Customs Enforcement (ICE) and the Lampasas County Sheriff's Office\nunder which ICE delegates authority.\nA. First item\nB. Second item\n")
	p.add("lampasas 1", moa+"lampasscountysheriff'sofficewarrantserviceofficer.pdf", 7, wso, first, page(2, "Signed by the Sheriff."))
	p.add("lampasas 2", moa+"lampasscountysheriff'sofficewarrantserviceofficer.pdf", 15, wso, first, page(2, "Signed by the Sheriff.\n\nThe agency pays for all of it."), page(3, "Addendum A: Points of Contact"))
	p.departs[hashed("lampasas 2")] = []document.Difference{
		{Op: document.Added, Own: document.Paragraph{Page: 2, Text: "The agency pays for all of it."}},
		{Op: document.Missing, Form: document.Paragraph{Page: 2, Label: "V.B", Text: "ICE pays for the training."}},
		{Op: document.Altered, Form: document.Paragraph{Page: 1, Label: "I", Text: "under which ICE delegates some authority to officers."}, Own: document.Paragraph{Page: 1, Label: "I", Text: "under which ICE delegates all authority to officers."}},
		{Op: document.Altered, Noise: true, Form: document.Paragraph{Page: 1, Text: "First item"}, Own: document.Paragraph{Page: 1, Text: "F1rst item"}},
	}
	p.departs[hashed("lampasas 1")] = []document.Difference{}
	p.between[hashed("lampasas 2")] = []document.Difference{{Op: document.Added, Own: document.Paragraph{Page: 2, Text: "The agency pays for all of it."}}}
	hostile := tfm
	hostile.Agency, hostile.Form, hostile.Revised = `"><img src=x onerror=alert(1)>`, "tfm-2025-02-12", "2025-02-12"
	hostile.Scanned, hostile.MachineRead = 2, 1
	p.add("palm", moa+"palmbaypolicedepartmenttaskforcemodel.pdf", 12, hostile, document.Page{Number: 1, Text: hostileText, Machine: true, Scanned: true}, document.Page{Number: 2, Scanned: true})
	p.departs[hashed("palm")] = []document.Difference{{Op: document.Altered, Form: document.Paragraph{Page: 1, Label: "<b>", Text: "a " + hostileText}, Own: document.Paragraph{Page: 1, Text: "b " + hostileText}}}
	p.add("guard", moa+"texasnationalguardtaskforcemodel.pdf", 3, tfm, page(1, "MEMORANDUM OF AGREEMENT between ICE and the Texas National Guard"))
	p.departs[hashed("guard")] = []document.Difference{}
	p.add("bay", moa+"baycountysheriff'sofficetaskforcemodel.pdf", 17, roster.Document{Model: "TFM", Revised: "2025-03-07", Form: "tfm-2025-03-07", Agency: "Bay City Police Department", Found: map[string]int{"agency": 1}}, page(1, "MEMORANDUM OF AGREEMENT with Bay City Police Department"))
	p.add("harris", moa+"harriscountysheriff'sofficejailenforcementmodel.pdf", 3, roster.Document{Problem: roster.ProblemEncrypted})
	p.addresses = append(p.addresses, roster.DocumentAddress{URL: moa + "guampolicedepartmenttaskforcemodel.pdf", FirstLinked: june(13), LookedAt: june(13), Problem: roster.ProblemWebPage})
	for i := range p.addresses {
		if strings.Contains(p.addresses[i].URL, "harris") {
			p.addresses[i].GoneSince = june(20)
		}
	}
	bay := roster.Agreement{ID: "FL-bay-county-sheriffs-office#TFM#2025-06-14", AgencyID: "FL-bay-county-sheriffs-office", Agency: "Bay County Sheriff's Office", State: "FL", Model: "TFM"}
	p.conflicts = []document.Conflict{{SHA256: hashed("bay"), URL: moa + "baycountysheriff'sofficetaskforcemodel.pdf", Agreement: bay, What: document.ConflictAgency, Row: bay.Agency, Document: "Bay City Police Department", Page: 1},
		{SHA256: hashed("bay"), URL: moa + "baycountysheriff'sofficetaskforcemodel.pdf", Agreement: bay, What: document.ConflictDate, Row: "2025-06-14", Document: "2025-06-15"}}
	p.forms = []library.Form{
		{ID: "tfm-2025-03-07", Model: "TFM", Revised: "2025-03-07", Documents: []string{hashed("guard"), hashed("bay")}, Before: "tfm-2025-02-12",
			Standard: []document.Paragraph{{Page: 1, Label: "I", Text: "PURPOSE"}, {Page: 1, Label: "I.A", Text: "This MOA is an agreement between ICE and ____."}, {Page: 1, Text: "Without a number."}, {Page: 2, Label: "I.A", Text: "Twice."}},
			Changed:  []document.Difference{{Op: document.Altered, Form: document.Paragraph{Page: 1, Label: "I", Text: "THE PURPOSE"}, Own: document.Paragraph{Page: 1, Label: "I", Text: "PURPOSE"}}}},
		{ID: "tfm-2025-02-12", Model: "TFM", Revised: "2025-02-12", Documents: []string{hashed("palm")}},
		{ID: "wso", Model: "WSO", Documents: []string{hashed("lampasas 1"), hashed("lampasas 2")}, Standard: []document.Paragraph{{Page: 1, Label: "I", Text: "PURPOSE"}}},
	}
	return p
}

// paperWorld is the small world with its documents.
func paperWorld(t testing.TB) (*world, *papers) {
	t.Helper()
	w, p := newWorld(t), smallPapers()
	return withPapers(t, w, p), p
}

func withPapers(t testing.TB, w *world, p kept.Library) *world {
	t.Helper()
	o := w.options
	o.Documents = p
	var err error
	if w.Site, err = New(o); err != nil {
		t.Fatal(err)
	}
	return w
}

package document

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/watch287g/watch287g/roster"
)

// Facts returns what a reading says for certain, each fact with its page; all else is blank.
// SHA256, ReadBy, Problem and Said are the reading's; Size and HadAt are the caller's to fill in.
func Facts(r Reading) roster.Document {
	d := roster.Document{SHA256: r.SHA256, ReadBy: r.ReadBy, Pages: len(r.Pages), Problem: r.Problem, Said: r.Said, MachineTried: r.Tried}
	digest := sha256.New()
	for _, p := range r.Pages {
		words := strings.Fields(p.Text)
		d.Words += len(words)
		if p.Scanned {
			d.Scanned++
		}
		if p.Machine {
			d.MachineRead++
		}
		digest.Write([]byte(strings.Join(words, " ") + "\f"))
	}
	if d.Words > 0 {
		d.TextDigest = hex.EncodeToString(digest.Sum(nil))
	}
	pages := pagesOf(r)
	d.Found = map[string]int{}
	note := func(what string, page int) {
		if page > 0 {
			d.Found[what] = page
		}
	}
	said := agreementOf(pages)
	d.Model, d.Revised, d.Form = said.model, said.revised, FormID(said.model, said.revised)
	note("model", said.modelPage)
	note("revised", said.revisedPage)
	d.Agency, d.State, d.Signers = said.name, said.state, said.signers
	note("agency", said.page)
	note("state", said.statePage)
	for i, a := range addendaOf(pages) {
		d.Addenda = append(d.Addenda, a.title)
		note(addendum(i), a.page)
	}
	if len(d.Found) == 0 {
		d.Found = nil
	}
	return d
}

// FormID returns the id of a form by its model and revision, as in "tfm-2025-03-07"; "" where
// the model is not certain, or no revision is printed: which form that is, only the texts of
// others can tell.
func FormID(m roster.Model, revised roster.Date) string {
	if m == "" || revised == "" {
		return ""
	}
	return strings.ToLower(m.Slug()) + "-" + string(revised)
}

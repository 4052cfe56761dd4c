package document

import (
	"strings"

	"github.com/watch287g/watch287g/diff"
	"github.com/watch287g/watch287g/roster"
)

// saying is what a document says of the agreement that it is.
type saying struct {
	party
	model       roster.Model
	modelPage   int
	revised     roster.Date
	revisedPage int
	signers     []roster.Signer
}

// agreementOf reads the agreement that a document is. Of a file with several, it says nothing,
// where they are not copies of one: what the first says is not what the file is.
func agreementOf(pages []page) saying {
	parts := agreementsIn(pages)
	if len(parts) < 2 {
		return oneAgreement(pages)
	}
	first := oneAgreement(parts[0])
	names := &diff.Names{}
	for _, part := range parts[1:] {
		next := oneAgreement(part)
		if next.model != first.model || next.revised != first.revised || first.name == "" ||
			names.Alike(roster.Spelling{State: first.state, Name: first.name}, roster.Spelling{State: next.state, Name: next.name}) != diff.Alike {
			return saying{}
		}
	}
	return first
}

func oneAgreement(pages []page) saying {
	var a saying
	var is bool
	a.model, a.modelPage, is = modelOf(pages)
	if a.model != "" || is { // a policy or a letter has a day of its own
		a.revised, a.revisedPage = revisionOf(pages)
	}
	a.party, a.signers = partyOf(pages), signersOf(pages)
	return a
}

// agreementsIn cuts pages where an agreement begins: at a page that has the title of one and says
// between whom it is.
func agreementsIn(pages []page) [][]page {
	starts := []int{0}
	for i, p := range pages {
		if i == 0 || !p.title().agreement {
			continue
		}
		if strings.Contains(compact(strings.Join(p.lines[:min(len(p.lines), 16)], " ")), "agreementbetween") {
			starts = append(starts, i)
		}
	}
	var parts [][]page
	for i, from := range starts {
		to := len(pages)
		if i+1 < len(starts) {
			to = starts[i+1]
		}
		parts = append(parts, pages[from:to])
	}
	return parts
}

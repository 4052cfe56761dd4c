package document

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/watch287g/watch287g/roster"
)

// modelOf returns the form that a document is, by the words below its title; of a form that
// does not say so there, by the powers that it gives. A form that is named there and is none
// of the three is blank. agreement says that the document has the title of one.
func modelOf(pages []page) (m roster.Model, number int, agreement bool) {
	for _, p := range pages {
		if !p.whole() {
			continue
		}
		switch t := p.title(); {
		case t.model != "":
			return t.model, p.number, true
		case t.named || t.other:
			return "", 0, !t.other
		case t.agreement:
			m, number = modelOfPowers(pages)
			return m, number, true
		}
	}
	return "", 0, false
}

// title is what stands at the top of a page, between "Memorandum of Agreement" and its first
// sentence.
type title struct {
	agreement bool         // the page has it
	other     bool         // of something that is about an agreement, such as an addendum
	named     bool         // it names a model
	model     roster.Model // which of the three that is
}

// titleWords are words of the name of a model or of a variant of one.
var titleWords = []string{"model", "program", "task", "warrant", "jail", "enforcement", "tribal", "joint", "hybrid", "detention", "pilot", "addendum", "amendment", "extension"}

// aboutWords are those of what is about an agreement and is none.
var aboutWords = []string{"addendum", "amend", "modif", "exten", "terminat", "suspen", "renew", "supplement", "withdraw", "notice", "subject"}

// title reads the title of an agreement.
func (p page) title() title {
	for i, l := range p.lines[:min(len(p.lines), 12)] {
		key := compact(l)
		at := strings.Index(key, "memorandumofagree")
		if at < 0 && !near(key, "memorandumofagreement", 3) {
			continue
		}
		if slices.ContainsFunc(aboutWords, func(w string) bool { return strings.Contains(key, w) }) || strings.HasPrefix(key, "this") {
			return title{other: true}
		}
		if at > 0 && key[:at] != "287g" { // a sentence that speaks of one
			continue
		}
		lines := []string{afterAgreement(l)}
		for _, next := range p.lines[i+1 : min(len(p.lines), i+5)] {
			begins := compact(next)
			sentence := strings.HasPrefix(begins, "this") || strings.HasSuffix(begins, "parties") || len(strings.Fields(next)) > 12
			if sentence && !strings.HasPrefix(begins, "287g") {
				break
			}
			lines = append(lines, next)
		}
		t := title{agreement: true}
		t.model, t.named = modelInTitle(lines)
		return t
	}
	return title{}
}

// afterAgreement returns what stands in the line of the title behind it: the model, where a
// reader joined lines.
func afterAgreement(l string) string {
	at := strings.Index(strings.ToLower(l), "agreement")
	if at < 0 {
		return ""
	}
	l = l[at+len("agreement"):]
	if this := strings.Index(l, " This"); this >= 0 {
		l = l[:this]
	}
	return l
}

// modelInTitle finds the one model that the lines of a title name, whole.
func modelInTitle(title []string) (m roster.Model, named bool) {
	for _, l := range title {
		key, of287g := strings.CutPrefix(compact(l), "287g")
		if key == "" || !of287g && !slices.ContainsFunc(titleWords, func(w string) bool { return strings.Contains(key, w) }) {
			continue
		}
		var is roster.Model
		for full, model := range map[string]roster.Model{
			"taskforcemodel": roster.TFM, "taskforceprogram": roster.TFM, "taskforceofficermodel": roster.TFM, "taskforceofficerprogram": roster.TFM,
			"jailenforcementmodel": roster.JEM, "jailenforcementprogram": roster.JEM, "jailenforcementofficermodel": roster.JEM,
			"warrantserviceofficerprogram": roster.WSO, "warrantserviceofficermodel": roster.WSO, "warrantserviceofficer": roster.WSO,
		} {
			if near(key, full, len(full)/6) {
				is = model
			}
		}
		if is == "" || m != "" && m != is {
			return "", true
		}
		m, named = is, true
	}
	return m, named
}

// near says whether a scanner can have read one word for the other, with so many slips.
func near(a, b string, slips int) bool {
	return roster.Within(slips, a, b)
}

// powers are what tells the models apart in what an agreement says.
type powers struct{ interrogate, arrest, serve, force, jail, transfer *regexp.Regexp }

var powersGiven = sync.OnceValue(func() powers {
	return powers{
		interrogate: regexp.MustCompile(`(?i)authority to inter\w{2,4}gate`),
		arrest:      regexp.MustCompile(`(?i)to arrest,? with\s?out (?:a )?warrant`),
		serve:       regexp.MustCompile(`(?i)(?:power|authority) to serve (?:and execute )?(?:administrative )?warrants`),
		force:       regexp.MustCompile(`(?i)task\s?force officers`),
		jail:        regexp.MustCompile(`(?i)correctional\s?facilit`),
		transfer:    regexp.MustCompile(`(?i)custodial\s?transfer\s?of\s?specific\s?aliens`),
	}
})

// modelOfPowers tells the model by what the agreement allows: to interrogate in a jail, to
// interrogate and arrest on duty, or to serve warrants in a jail alone. The powers of two
// models are no model's.
func modelOfPowers(pages []page) (roster.Model, int) {
	x := powersGiven()
	first := func(e *regexp.Regexp) int {
		for _, p := range pages {
			if e.MatchString(p.text()) {
				return p.number
			}
		}
		return 0
	}
	interrogate, arrest, serve, force, jail := first(x.interrogate), first(x.arrest), first(x.serve), first(x.force), first(x.jail)
	switch {
	case interrogate > 0 && arrest > 0 && force > 0 && jail == 0:
		return roster.TFM, interrogate
	case interrogate > 0 && arrest == 0 && force == 0 && jail > 0:
		return roster.JEM, interrogate
	case interrogate == 0 && arrest == 0 && force == 0 && jail > 0 && serve > 0 && first(x.transfer) > 0:
		return roster.WSO, serve
	}
	return "", 0
}

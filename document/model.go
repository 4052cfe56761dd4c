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
// of the three is blank.
func modelOf(pages []page) (roster.Model, int) {
	for _, p := range pages {
		if !p.whole() {
			continue
		}
		m, named, titled := p.titledModel()
		switch {
		case m != "":
			return m, p.number
		case named:
			return "", 0
		case titled:
			return modelOfPowers(pages)
		}
	}
	return "", 0
}

// titleWords are words of the name of a model or of a variant of one.
var titleWords = []string{"model", "program", "task", "warrant", "jail", "enforcement", "tribal", "joint", "hybrid", "detention", "pilot", "addendum", "amendment", "extension"}

// titledModel reads the title of an agreement: the lines between "Memorandum of Agreement"
// and its first sentence. named says that it names a model, and titled that there is a title.
func (p page) titledModel() (m roster.Model, named, titled bool) {
	for i, l := range p.lines[:min(len(p.lines), 12)] {
		key := compact(l)
		at := strings.Index(key, "memorandumofagree")
		if at < 0 && !near(key, "memorandumofagreement", 3) {
			continue
		}
		if strings.Contains(key, "addendum") || strings.Contains(key, "modify") || strings.HasPrefix(key, "this") {
			return "", true, true
		}
		title := []string{afterAgreement(l)}
		for _, next := range p.lines[i+1 : min(len(p.lines), i+5)] {
			if begins := compact(next); strings.HasPrefix(begins, "this") || strings.HasSuffix(begins, "parties") || len(strings.Fields(next)) > 12 {
				break
			}
			title = append(title, next)
		}
		m, named = modelInTitle(title)
		return m, named, true
	}
	return "", false, false
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
		key := strings.TrimPrefix(compact(l), "287g")
		if key == "" || !slices.ContainsFunc(titleWords, func(w string) bool { return strings.Contains(key, w) }) {
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
	off := len(a) - len(b)
	return a == b || -slips <= off && off <= slips && roster.Distance(a, b) <= slips
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

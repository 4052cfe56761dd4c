package prose

import (
	"strconv"
	"strings"

	"github.com/watch287g/watch287g/roster"
)

// documentForm is the key of what is said of an event: "text" or "line" and its name.
func documentForm(of string, n roster.DocumentNews) key {
	k := key("doc." + of + "." + string(n.Event))
	saved := n.SHA256 != n.BeforeSHA256
	switch {
	case n.Event == roster.DocumentReplaced && n.FromURL != "":
		return k + ".address"
	case n.Event == roster.DocumentGone && n.BeforeSHA256 == "":
		return k + ".never"
	case (n.Event == roster.DocumentMoved || n.Event == roster.DocumentBack) && saved:
		return k + ".saved"
	}
	return k
}

// documentName is what a part of an agreement is called: "memorandum of agreement".
func (l Language) documentName(p roster.DocumentPart) string {
	if p == roster.PartAddendum {
		return l.field("addendum_url")
	}
	return l.field("moa_url")
}

// DocumentProblem says what is wrong with what is linked as a document, behind its name:
// "is a web page".
func (l Language) DocumentProblem(n roster.DocumentNews) string {
	k := key("doc.problem." + string(n.Problem))
	if !l.has(k) { // of a later version
		k = "doc.problem.other"
	}
	return l.count(k, max(1, len(n.OtherIDs)), parts{"other": Printed(n.OtherAgency)})
}

// DocumentForm names a form by its id, as in "tfm-2025-03-07"; "" where that is none.
func (l Language) DocumentForm(id string) string {
	model, revised, _ := strings.Cut(id, "-")
	m, date := roster.Model(strings.ToUpper(model)), l.Date(roster.Date(revised))
	switch {
	case !m.Known():
		return ""
	case date == "":
		return l.say("doc.form.undated", parts{"model": l.theModel(m)})
	}
	return l.say("doc.form", parts{"model": l.theModel(m), "date": date})
}

// documentText says what was found behind a link, and of what a document is.
func (l Language) documentText(c roster.Change) []string {
	n := *c.Document
	with := c
	with.Agreement.Agency = l.Where(c.Agreement)
	s := []string{l.say(documentForm("text", n), parts{"agreement": Capitalize(l.theAgreement(with)), "document": l.documentName(n.Part), "problem": l.DocumentProblem(n)})}
	if n.Event == roster.DocumentGone || n.Event == roster.DocumentOther {
		return l.withMachine(s, n)
	}
	replaced := n.Event == roster.DocumentReplaced
	switch {
	case replaced && n.Pages > 0 && n.PagesBefore > 0 && n.Pages != n.PagesBefore:
		s = append(s, l.count("doc.text.pages.before", n.Pages, parts{"before": l.Thousands(n.PagesBefore)}))
	case n.Pages > 0:
		s = append(s, l.count("doc.text.pages", n.Pages, nil))
	}
	form, before := l.DocumentForm(n.Form), l.DocumentForm(n.FormBefore)
	switch {
	case form == "":
	case replaced && before != "" && n.Form != n.FormBefore:
		s = append(s, l.say("doc.text.form.before", parts{"form": form, "before": before}))
	default:
		s = append(s, l.say("doc.text.form", parts{"form": form}))
	}
	if replaced {
		s = append(s, l.comparedText(n))
	}
	return l.withMachine(s, n)
}

// withMachine adds to what is said of a document that it may be misread, where a program read
// the text that it says something of.
func (l Language) withMachine(s []string, n roster.DocumentNews) []string {
	switch {
	case !machine(n):
		return s
	case n.MachineRead > 0:
		return append(s, l.count("doc.text.machine", n.MachineRead, nil))
	}
	return append(s, l.count("doc.text.machine.before", n.MachineReadBefore, nil))
}

// machine says whether what is said of an event rests on text that a program read from
// pictures of pages.
func machine(n roster.DocumentNews) bool {
	saved := n.SHA256 != n.BeforeSHA256
	switch n.Event {
	case roster.DocumentLinked:
		return n.MachineRead > 0 && n.Form != ""
	case roster.DocumentReplaced:
		return n.MachineRead > 0 && n.Form != "" || n.MachineReadBefore > 0 && n.FormBefore != "" || n.MachineRead+n.MachineReadBefore > 0 && n.Compared
	case roster.DocumentMoved, roster.DocumentBack:
		return n.MachineRead > 0 && n.Form != "" || n.MachineRead+n.MachineReadBefore > 0 && saved
	case roster.DocumentOther:
		return n.MachineRead > 0 && n.OtherAgency != ""
	case roster.DocumentGone:
	}
	return false
}

// comparedText says in what the text of a document differs from the one before it.
func (l Language) comparedText(n roster.DocumentNews) string {
	var changes []string
	for _, of := range []struct {
		what key
		n    int
	}{{"added", n.Added}, {"removed", n.Removed}, {"altered", n.Altered}} {
		if of.n > 0 {
			changes = append(changes, l.count("doc.paragraphs."+of.what, of.n, nil))
		}
	}
	switch {
	case !n.Compared:
		return l.plain("doc.text.uncompared")
	case len(changes) == 0:
		return l.plain("doc.text.compared.same")
	}
	return l.say("doc.text.compared", parts{"changes": l.And(changes)})
}

// documentLine says the same in a few words.
func (l Language) documentLine(c roster.Change) string {
	n := *c.Document
	s := []string{l.say(documentForm("line", n), parts{"document": l.documentName(n.Part), "problem": l.DocumentProblem(n)})}
	switch n.Event {
	case roster.DocumentLinked, roster.DocumentReplaced:
		if n.Pages > 0 {
			s = append(s, l.count("doc.line.pages", n.Pages, nil))
		}
	case roster.DocumentMoved, roster.DocumentGone, roster.DocumentBack, roster.DocumentOther:
	}
	if differ := n.Added + n.Removed + n.Altered; n.Event == roster.DocumentReplaced && n.Compared && differ > 0 {
		s = append(s, l.count("doc.line.altered", differ, nil))
	}
	n.Form, n.FormBefore = "", "" // which are not in the line
	switch {
	case !machine(n):
	case n.MachineRead > 0 && n.MachineRead == n.Pages:
		s = append(s, l.plain("doc.line.machine"))
	default:
		s = append(s, l.plain("doc.line.machine.part"))
	}
	return strings.Join(s, ", ")
}

// DocumentFacts are what is known of the file that a change is about, for a table; nil for
// other changes.
func (l Language) DocumentFacts(c roster.Change) []Fact {
	if c.Document == nil {
		return nil
	}
	n := *c.Document
	var all []Fact
	add := func(name key, value string) {
		if value != "" && value != "0" {
			all = append(all, Fact{"", l.plain("doc.fact." + name), value})
		}
	}
	add("pages", strconv.Itoa(n.Pages))
	add("machine", strconv.Itoa(n.MachineRead))
	add("form", Capitalize(l.DocumentForm(n.Form)))
	add("sha256", n.SHA256)
	add("before", n.BeforeSHA256)
	return all
}

package main

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// form is one sentence that a change can say, and what must be true where it
// does. A change opens with a lead, and goes on with sentences of its kind.
type form struct {
	kinds string // of the changes that say it, apart by spaces
	lead  bool
	text  string // a pattern, in which <who>, <model>, <signed>, <day>, <n> and <rest> stand for what varies
	check func(h *hearing, said map[string]string)
}

// forms are all the sentences that the program knows. A sentence that is not
// here is a contradiction: nobody has checked it.
func forms() []form {
	return append([]form{
		{"new", true, `ICE now lists a <model> agreement with <who>, <signed>\.`, (*hearing).saysWho},
		{"new", false, `The agency had been on ICE's pending list since at least <day><gaps>\.`, func(h *hearing, said map[string]string) {
			h.saysGaps(said)
			h.must(h.c.SinceIsLowerBound && said["day"] == long(h.c.PendingSince), "pending since", "the text says at least %s", said["day"])
		}},
		{"new", false, `The agency had been on ICE's pending list since <day> \(<days>\)<gaps>\.`, func(h *hearing, said map[string]string) {
			h.saysGaps(said)
			h.must(!h.c.SinceIsLowerBound && said["day"] == long(h.c.PendingSince), "pending since", "the text says %s", said["day"])
			h.mustBe("pending since", daysSaid(said), daysBetween(h.c.PendingSince, eastern(h.here.at)))
		}},
		{"new", false, `It is one of the agency's <n> active agreements\.`, func(h *hearing, said map[string]string) {
			h.mustBe("holding", said["n"], len(h.here.named(h.names, "")))
		}},
		{"new removed restored amended", false, `ICE now lists <n> active agreements? in <state>\.`, func(h *hearing, said map[string]string) {
			h.must(said["state"] == inSentence(h.c.Agreement.State), "count", "the text counts %s", said["state"])
			h.mustBe("count", said["n"], len(h.active.agreements()[h.c.Agreement.State]))
		}},
		{"new", false, `That the pending entry was this agency's is likely, not certain\.`, (*hearing).saysLikely},
		{"new pending removed withdrawn", false, `In the same list, <near> came, went or changed, and could be the same agency under another name; that these are two is likely, not certain\.`,
			func(h *hearing, said map[string]string) {
				h.saysLikely(said)
				h.must(said["near"] == h.c.Near, "near", "the text names %s", said["near"])
			}},
		{"restored amended", false, `That both rows are the same pending entry is likely, not certain\.`, (*hearing).saysLikely},
		{"restored amended", false, `That both rows are the same agreement is likely, not certain\.`, (*hearing).saysLikely},
		{"pending", true, `<who> is now on ICE's list of agencies with a pending agreement, for the <model>(?: model)?\.`, (*hearing).saysWho},
		{"pending", false, `ICE's list of participating agencies also has its agreement in that model, <signed>\.`, func(h *hearing, said map[string]string) {
			h.must(h.c.Beside != "" && h.signedSaid(said["signed"], h.active.named(h.names, h.c.Agreement.Model)), "beside", "no such agreement is listed")
		}},
		{"removed", true, `ICE no longer lists the <model> agreement with <who>, <signed>\.`, (*hearing).saysWho},
		{"removed", false, `It had stood on the list since at least <day>\.`, (*hearing).saysSinceAtLeast},
		{"removed", false, `It had stood on the list since <day> \(<days>\)\.`, func(h *hearing, said map[string]string) {
			h.saysSince(said, h.here)
		}},
		{"removed withdrawn", false, `The list gives no reason\.`, func(*hearing, map[string]string) {}},
		{"withdrawn", true, `<who> is no longer on ICE's list of agencies with a pending agreement, where it stood for the <model>(?: model)?\.`, (*hearing).saysWho},
		{"withdrawn", false, `It left the list on <day>, and ICE has not listed a signed agreement in that model since\.`, func(h *hearing, said map[string]string) {
			h.saysLeft(said)
		}},
		{"withdrawn", false, `It had been pending since at least <day><gaps>\.`, func(h *hearing, said map[string]string) {
			h.saysGaps(said)
			h.saysSinceAtLeast(said)
		}},
		{"withdrawn", false, `It had been pending since <day> \(<days>\)<gaps>\.`, func(h *hearing, said map[string]string) {
			h.saysGaps(said)
			if _, last, has := h.pendingSpell(); has && last+1 < len(h.lists["pending"]) {
				h.saysSince(said, h.lists["pending"][last+1])
			}
		}},
		{"detail document", true, `<who>, (?:pending for the )?<model>(?: model)?: <parts>\.`, (*hearing).saysNotice},
	}, correctionForms()...)
}

// correctionForms are those of what corrects an earlier change.
func correctionForms() []form {
	return []form{
		{"restored", true, `Correction: <who> is again on ICE's list of agencies with a pending agreement, for the <model>(?: model)?\.`, (*hearing).saysWho},
		{"restored", true, `Correction: ICE again lists the <model> agreement with <who>, <signed>\.`, (*hearing).saysWho},
		{"restored", false, `It had been reported as withdrawn\.`, func(h *hearing, _ map[string]string) {
			back := h.takenBack()
			h.must(back != nil && back.Kind == "withdrawn", "takes back", "no withdrawal was reported")
		}},
		{"restored", false, `It had been reported as no longer listed\.`, func(h *hearing, _ map[string]string) {
			back := h.takenBack()
			h.must(back != nil && back.Kind == "removed", "takes back", "no removal was reported")
		}},
		{"amended restored", true, `ICE changed its record of (?:the <model> agreement with )?<before>: it <parts>\.`, (*hearing).saysParts},
		{"restored", false, `ICE changed its record of <before>: it <parts>\.`, (*hearing).saysParts},
		{"amended", false, `Its entry on the pending list is for the <model>(?: model)?\.`, (*hearing).saysWho},
		{"amended", false, `Its <model> agreement was <signed>\.`, (*hearing).saysWho},
		{"amended", false, `It is listed with a <model> agreement, <signed>\.`, (*hearing).saysWho},
		{"amended", false, `The list prints the date as "<printed>"\.`, func(h *hearing, said map[string]string) {
			h.must(said["printed"] == h.c.Agreement.SignedAs, "cells", "the text says %q", said["printed"])
		}},
	}
}

// what stands for the parts of a form that vary. A sentence ends where the next
// one of the table begins.
var formParts = map[string]string{
	"model":  `(?P<model>Jail Enforcement Model|Task Force Model|Warrant Service Officer)`,
	"signed": `(?P<signed>signed [A-Z][a-z]+ \d+, \d{4}, according to ICE(?:, which prints the date as ".*?"|'s earlier lists; the list now prints the date as ".*?")?|with the signing date printed as ".*?"|with no signing date given)`,
	"day":    `(?P<day>[A-Z][a-z]+ \d+, \d{4})`,
	"n":      `(?P<n>[\d,]+)`,
	"gaps":   `(?P<gaps>(?:, but for the time (?:from|on) .+)?)`,
	"stays":  `(?P<spells>(?:until|from|on) .+)`,
	"others": `(?P<others>(?:The agency holds|The agency is now pending) .+)`,
	"days":   `(?:(?P<n>\d+) days?|less than a day)`,
}

// readForm makes a pattern of a form.
func readForm(text string) *regexp.Regexp {
	return regexp.MustCompile(`^` + regexp.MustCompile(`<([a-z]+)>`).ReplaceAllStringFunc(text, func(part string) string {
		part = strings.Trim(part, "<>")
		if known := formParts[part]; known != "" {
			return known
		}
		return `(?P<` + part + `>.+)`
	}) + `$`)
}

// checkText takes a text apart into sentences that are known, and checks each.
func (h *hearing) checkText() {
	place, rest, _ := strings.Cut(h.c.Text, ": ")
	if h.c.Milestone != nil && h.c.Corrects != "" {
		place, rest = stateNames[h.c.Agreement.State], h.c.Text
	}
	if m := h.c.Milestone; m != nil && (m.Name == "hundred" || m.Name == "record-day") {
		h.must(place == "United States", "place", "the text says %s", place)
	} else {
		h.must(place == stateNames[h.c.Agreement.State], "place", "the text says %s", place)
	}
	sentences, unread := h.readText(rest, nil)
	for _, s := range sentences {
		s.check(h, s.said)
	}
	h.must(unread == "", "unknown sentence form", "%s", unread)
	h.must(h.c.Certainty == "certain" || h.said["likely"], "certainty", "it is likely, and the text does not say so")
	h.must((h.c.PendingSince != "") == strings.Contains(h.c.Text, "had been on ICE's pending list"), "pending since", "text and field differ")
	h.must((h.c.Holding != 0) == strings.Contains(h.c.Text, "one of the agency's"), "holding", "text and field differ")
	h.must((h.c.Corrects != "") == strings.Contains(h.c.Text, "Correction: "), "takes back", "text and field differ")
	h.must((len(h.c.WasPending) != 0) == strings.Contains(h.c.Text, "It had been on that list"), "was pending", "text and field differ")
	h.must((len(h.c.WasSigned) != 0) == strings.Contains(h.c.Text, "ICE had listed it as signed"), "was signed", "text and field differ")
	h.must((len(h.c.Holds)+len(h.c.Seeks) != 0) == h.said["others"], "holds", "text and fields differ")
	h.checkSpanish()
}

// readSentence is a form with what a text says in it.
type readSentence struct {
	knownForm
	said map[string]string
}

// readText finds the sentences that a text is made of, whatever periods names
// have. What is left of the best reading is unread.
func (h *hearing) readText(rest string, before []readSentence) (found []readSentence, unread string) {
	if rest == "" {
		return before, ""
	}
	found, unread = before, rest
	for _, f := range h.forms {
		if f.lead != (len(before) == 0) || !strings.Contains(" "+f.kinds+" ", " "+h.c.Kind+" ") ||
			slices.ContainsFunc(before, func(s readSentence) bool { return s.text == f.text }) {
			continue
		}
		for _, end := range sentenceEnds(rest) {
			match := f.pattern.FindStringSubmatch(rest[:end])
			if match == nil {
				continue
			}
			said := map[string]string{}
			for i, name := range f.pattern.SubexpNames() {
				said[name] = match[i]
			}
			all, left := h.readText(strings.TrimPrefix(rest[end:], " "), append(slices.Clone(before), readSentence{f, said}))
			if left == "" || len(left) < len(unread) {
				found, unread = all, left
			}
			if left == "" {
				return found, ""
			}
		}
	}
	return found, unread
}

// sentenceEnds are where a text may end a sentence.
func sentenceEnds(text string) (at []int) {
	for i := range len(text) {
		if text[i] == '.' && (i+1 == len(text) || text[i+1] == ' ') {
			at = append(at, i+1)
		}
	}
	return at
}

// knownForm is a form that can be read.
type knownForm struct {
	form
	pattern *regexp.Regexp
}

// readForms are all forms, read once: each change and each lie is held against
// them.
var readForms = sync.OnceValue(func() []knownForm {
	var known []knownForm
	for _, f := range slices.Concat(forms(), spellForms(), milestoneForms()) {
		known = append(known, knownForm{f, readForm(f.text)})
	}
	return known
})

func (h *hearing) must(holds bool, class, format string, args ...any) {
	if !holds {
		h.no(class, format, args...)
	}
}

// mustBe compares a printed number.
func (h *hearing) mustBe(class, said string, is int) {
	h.must(said == thousands(is), class, "the text says %s, and it is %s", said, thousands(is))
}

func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// daysSaid is the number of days that a sentence gives; none is "less than a day".
func daysSaid(said map[string]string) string {
	if said["n"] == "" {
		return "0"
	}
	return said["n"]
}

func (h *hearing) saysLikely(map[string]string) {
	h.said["likely"] = true
	h.must(h.c.Certainty == "likely", "certainty", "the text says likely")
}

// saysWho holds the agency, the model and the date of a sentence against the
// change's own, which the cells bear out.
func (h *hearing) saysWho(said map[string]string) {
	a := h.c.Agreement
	if who := said["who"]; who != "" {
		h.must(isCalled(a, who), "text", "it is about %s", who)
	}
	if model := said["model"]; model != "" {
		h.must(model == modelNames[a.Model], "text", "it is about the %s", model)
	}
	if signed := said["signed"]; signed != "" {
		kept := fmt.Sprintf("signed %s, according to ICE's earlier lists; the list now prints the date as %q", long(a.Signed), a.SignedAs)
		h.must(signed == signedPhrase(a.Signed, a.SignedAs) && !unreadable(a.SignedAs) || signed == kept && unreadable(a.SignedAs) || a.Signed == "" && signed == signedPhrase("", a.SignedAs),
			"text", "it says %s", signed)
	}
}

// unreadable says whether what is printed for a date has not even the figures of
// one.
func unreadable(printed string) bool {
	return printed != "" && len(strings.FieldsFunc(printed, func(r rune) bool { return r < '0' || r > '9' })) < 3 && len(printed) < 6
}

func signedPhrase(signed, printed string) string {
	switch {
	case signed != "" && printed != "":
		return fmt.Sprintf("signed %s, according to ICE, which prints the date as %q", long(signed), printed)
	case signed != "":
		return "signed " + long(signed) + ", according to ICE"
	case printed != "":
		return fmt.Sprintf("with the signing date printed as %q", printed)
	}
	return "with no signing date given"
}

// signedSaid says whether one of the rows has the date.
func (h *hearing) signedSaid(phrase string, rows []*listRow) bool {
	for _, r := range rows {
		if phrase == signedPhrase(r.signed, "") || r.signed == "" && strings.Contains(phrase, strconv.Quote(r.printed)) {
			return true
		}
	}
	return false
}

func (h *hearing) saysSinceAtLeast(said map[string]string) {
	h.must(h.c.SinceIsLowerBound && said["day"] == long(h.c.ListedSince), "since", "the text says at least %s", said["day"])
}

// saysSince holds the first day and the days until the list that had it no more.
func (h *hearing) saysSince(said map[string]string, until *icesList) {
	h.must(!h.c.SinceIsLowerBound && said["day"] == long(h.c.ListedSince), "since", "the text says %s", said["day"])
	h.mustBe("since", daysSaid(said), daysBetween(h.c.ListedSince, eastern(until.at)))
}

// saysParts holds what an amendment says against its fields.
func (h *hearing) saysParts(said map[string]string) {
	h.must(h.c.Before != nil && isCalled(*h.c.Before, said["before"]), "text", "it is about %s", said["before"])
	if said["model"] != "" {
		h.must(said["model"] == modelNames[h.c.Agreement.Model], "text", "it is about the %s", said["model"])
	}
	var parts, printed []string
	for _, f := range h.c.Fields {
		says := amendedSays(f.Name, f.From, f.To)
		if parts = append(parts, says); f.Name == "signed" && unreadable(f.From) {
			says = "now gives a signing date, " + longOr(f.To) + "; before, it printed " + strconv.Quote(f.From)
		}
		printed = append(printed, says)
	}
	h.must(said["parts"] == strings.Join(parts, "; it ") || said["parts"] == strings.Join(printed, "; it "), "text", "the fields are %q", parts)
}

func amendedSays(name, from, to string) string {
	switch {
	case name == "agency":
		return "now gives the name " + to
	case name == "state":
		return "now gives the state as " + inSentence(to) + " instead of " + inSentence(from)
	case name == "model":
		return "now gives the model as " + modelNames[to] + " instead of " + modelNames[from]
	case to == "":
		return "no longer gives a signing date; before, it gave " + longOr(from)
	case from == "":
		return "now gives a signing date, " + longOr(to) + "; before, it gave none"
	}
	return "now gives the signing date as " + longOr(to) + ", instead of " + longOr(from)
}

// longOr spells a day out, and quotes what is none.
func longOr(s string) string {
	if day := long(s); day != "" {
		return day
	}
	return strconv.Quote(s)
}

// saysNotice does so for details and documents.
func (h *hearing) saysNotice(said map[string]string) {
	h.saysWho(said)
	var parts []string
	for _, f := range h.c.Fields {
		parts = append(parts, noticeSays(f.Name, f.From, f.To, stateNames[h.c.Agreement.State]))
	}
	h.must(said["parts"] == strings.Join(parts, "; "), "text", "the fields are %q", parts)
}

func noticeSays(name, from, to, state string) string {
	instead := func(s string) string {
		if s == "" {
			return ""
		}
		return " instead of " + s
	}
	switch name {
	case "moa_url", "addendum_url":
		what := map[string]string{"moa_url": "memorandum of agreement", "addendum_url": "addendum"}[name]
		switch {
		case from == "":
			return "ICE now links the " + what
		case to == "":
			return "ICE no longer links the " + what
		}
		return "ICE now links another file as the " + what
	case "type":
		return "ICE now lists it as " + kindPhrase(to) + instead(kindPhrase(from))
	case "signed_as":
		return fmt.Sprintf("ICE's list now prints the signing date as %q", to)
	case "rows":
		switch {
		case to != "1":
			return "ICE's list has it in " + to + " rows, which count once"
		case from == "2":
			return "ICE's list no longer has it twice"
		}
		return "ICE's list no longer has it in " + from + " rows"
	}
	return "ICE now gives the " + name + " as " + to + instead(from)
}

func kindPhrase(kind string) string {
	return map[string]string{"county": "a county agency", "municipality": "a municipal agency", "state": "an agency of the state government"}[kind]
}

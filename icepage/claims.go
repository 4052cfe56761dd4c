package icepage

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/watch287g/watch287g/roster"
)

// parseDay reads a day as pages print one; "" for a month alone.
func parseDay(s string) roster.Date {
	s = patterns().hour.ReplaceAllString(s, "")
	s = patterns().ordinal.ReplaceAllString(s, "$1")
	s = strings.ReplaceAll(strings.ReplaceAll(s, ",", ""), ".", "")
	s = strings.ReplaceAll(s, "Sept ", "Sep ")
	for _, layout := range []string{"January 2 2006", "Jan 2 2006", "1/2/2006", "1/2/06", "2006-01-02"} {
		if t, err := time.Parse(layout, s); err == nil && t.Year() >= 1996 && t.Year() < 2100 {
			return roster.Date(t.Format(time.DateOnly))
		}
	}
	return ""
}

// partial are words of sentences that count what came in a time, and not what there is.
var partial = []string{"since", "during", "this year", "last year", "fiscal", "fy", "within", "new", "additional", "per", "each", "another", "recently"}

// rounded are words before numbers that are none exactly.
var rounded = []string{"than", "over", "nearly", "approximately", "about", "almost", "around", "roughly", "least"}

// numbered are words behind which a number counts nothing, and beforeYears those behind
// which it can be a year.
var (
	numbered    = []string{"section", "title", "year", "no", "number"}
	beforeYears = []string{"in", "of", "by", "until", "through", "before"}
)

// between are the words that can stand between a number and what it counts.
var between = []string{"signed", "active", "current", "existing", "executed", "total", "287(g)", "287g", "section", "jail", "enforcement", "model", "models", "task", "force",
	"warrant", "service", "officer", "(jem)", "(tfm)", "(wso)", "jem", "tfm", "wso", "program", "law", "state", "local", "and", "county", "tribal", "participating", "partner",
	"partnering", "pending", "different", "separate", "unique", "u.s", "unsigned", "distinct"}

// claimsOf finds the numbers of one sentence.
func claimsOf(sentence string) (all []Claim) {
	undated := patterns().date.ReplaceAllString(sentence, " · ")
	words := strings.Fields(undated)
	if len(words) == 0 {
		return nil
	}
	plain := make([]string, len(words))
	for i, w := range words {
		plain[i] = strings.ToLower(strings.Trim(w, `.,;:!?"“”'’*–—-`))
	}
	whole := " " + strings.Join(plain, " ") + " "
	if !total(whole) || slices.ContainsFunc(words, func(w string) bool { return slices.Contains(partial, strings.Trim(w, ",;:")) }) || slices.Contains(partial, plain[0]) {
		return nil
	}
	model, one := modelOf(whole)
	if !one {
		return nil // which number is of which model is not certain
	}
	for i := range words {
		n, ok := number(plain[i], words[i], strings.Contains(whole, " as of "))
		if !ok || i > 0 && slices.Contains(numbered, plain[i-1]) || i > 0 && slices.Contains(beforeYears, plain[i-1]) && n > 1990 && n < 2100 {
			continue
		}
		if what := counted(plain, i, strings.HasSuffix(strings.Join(words[:i], " "), ":") && i == len(words)-1); what != "" {
			c := Claim{What: what, Model: model, Count: n, printed: strings.Trim(words[i], ".,;:")}
			c.Rounded = i > 0 && slices.Contains(rounded, plain[i-1]) || strings.HasSuffix(words[i], "+")
			all = append(all, c)
		}
	}
	return all
}

// total says whether a sentence can count what there is: "two agencies can share one
// agreement" counts nothing.
func total(whole string) bool {
	return slices.ContainsFunc([]string{" ice ", " as of ", " total ", " currently ", " there are ", " signed ", " covering ", " agreements with "},
		func(sign string) bool { return strings.Contains(whole, sign) })
}

// number reads a number of things: digits, with or without commas, or a word where a day
// is named with it.
func number(plain, word string, dated bool) (int, bool) {
	if n := slices.Index(small, plain); n > 1 && dated {
		return n, true
	}
	digits := strings.TrimSuffix(plain, "+")
	if patterns().number.MatchString(digits) && !strings.ContainsAny(word, "$%") {
		n, err := strconv.Atoi(strings.ReplaceAll(digits, ",", ""))
		return n, err == nil
	}
	return 0, false
}

// small are the numbers that are written in words.
var small = strings.Fields("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty")

// counted says what the number at a place counts: what is named behind it, with nothing
// between but words that qualify; or before it, where it ends a line behind a colon.
func counted(plain []string, at int, colon bool) What {
	if colon {
		for _, w := range slices.Backward(plain[:at]) {
			if what := noun(w); what != "" {
				return pendingOr(what, plain[:at])
			}
		}
		return ""
	}
	for i := at + 1; i < min(len(plain), at+12); i++ {
		if what := noun(plain[i]); what != "" {
			return pendingOr(what, plain[at:i+1])
		}
		if !slices.Contains(between, plain[i]) {
			return ""
		}
	}
	return ""
}

// pendingOr is what is counted, or that it is pending, where the words say so.
func pendingOr(what What, words []string) What {
	if what != States && (slices.Contains(words, "pending") || slices.Contains(words, "unsigned")) {
		return Pending
	}
	return what
}

// noun says what a word counts.
func noun(w string) What {
	switch w {
	case "memorandums", "memoranda", "memorandum", "moas", "moa", "agreements", "agreement", "mous":
		return Agreements
	case "agencies", "agency", "leas", "departments", "partners", "jurisdictions":
		return Agencies
	case "states":
		return States
	case "applications", "applicants", "requests":
		return Pending
	}
	return ""
}

// modelOf is the model that a sentence names; "" for none, and false for more than one.
func modelOf(whole string) (model roster.Model, one bool) {
	n := 0
	for m, names := range map[roster.Model][]string{
		roster.JEM: {"jail enforcement", " jem ", "(jem)"}, roster.TFM: {"task force", " tfm ", "(tfm)"}, roster.WSO: {"warrant service", " wso ", "(wso)"},
	} {
		if slices.ContainsFunc(names, func(name string) bool { return strings.Contains(whole, name) }) {
			model = m
			n++
		}
	}
	return model, n < 2
}

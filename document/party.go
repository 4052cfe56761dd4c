package document

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/watch287g/watch287g/diff"
	"github.com/watch287g/watch287g/roster"
)

// party is the agency that an agreement is with.
type party struct {
	name            string
	state           roster.State
	page, statePage int
}

// naming is one place in which a document names its agency.
type naming struct {
	party
	first   bool // in the sentence that says who agrees
	times   int  // how often it is named so
	machine bool // only on pages that were read from their pictures
}

// namings are where agreements name their agency.
type namings struct{ first, others, address, pageNumber *regexp.Regexp }

var whereNamed = sync.OnceValue(func() namings {
	return namings{
		first: regexp.MustCompile(`(?i)agreement between\W.{10,160}?\(\s?[DO0]HS\s?[)}\]j]\W{0,3}[a-z]?and\s(?:thee?\b\s?)?(?:the)?_*(.{0,140}?)[\s_]*,?\s*['"]?\s*` +
			`(?:,\s?here\s?in|\(here\s?in|\bhere\s?in|,?\s?pursu\S{1,3}t\s?to\s?(.{0,120}?)\s?which\s?ICE)`),
		others: regexp.MustCompile(`(?:employees\s?of\s?(?:the\s)?_*(.{3,100}?)\s?_*\s?\(here|represents\W?\s(?:the\s)?(.{3,100}?)\s?in the implementation|` +
			`between ICE and (?:the )?_*(.{3,100}?)_*\s?,\s?hereinafter|Agency:[\s_]*([A-Z][^:]{3,80}?)[\s_]*(?:Agency:|$))`),
		address:    regexp.MustCompile(`(?:^|[\s,])([A-Z]{2}|[A-Z][a-z]+(?: [A-Z][a-z]+)?),? \d{5}(?:-\d{4})?$`),
		pageNumber: regexp.MustCompile(`(?i)(?:page )?\b[0-9lI]{1,2}\b(?: of \d+)?`),
	}
})

// partyOf returns the agency that a document names where it says who agrees, or else in the
// footer of most pages, and its state where that is named with it. What the two say has to
// be one agency.
func partyOf(pages []page) party {
	all := namingsOf(pages)
	if len(all) == 0 {
		return party{}
	}
	names := &diff.Names{}
	alike := func(a, b naming) diff.Alikeness {
		return names.Alike(roster.Spelling{State: a.state, Name: a.name}, roster.Spelling{State: b.state, Name: b.name})
	}
	support := make([]int, len(all)) // how often each is named, in whatever spelling
	for i, n := range all {
		for j, m := range all {
			if i == j || alike(n, m) == diff.Alike {
				support[i] += m.times
			}
		}
	}
	lead := slices.IndexFunc(all, func(n naming) bool { return n.first })
	if lead < 0 {
		lead = slices.Index(support, slices.Max(support))
		if support[lead] < 2 {
			return party{}
		}
	}
	if own := all[lead]; own.machine && own.times == 1 {
		// Read once, and from a picture: what was read again and again and begins alike is better.
		if i := slices.IndexFunc(all, func(n naming) bool { return n.times >= 3 && endsOtherwise(compact(n.name), compact(own.name)) }); i >= 0 {
			lead = i
		}
	}
	chosen, most := all[lead], all[lead].times
	for _, n := range all {
		switch alike(all[lead], n) {
		case diff.Unlike:
			if n.first || n.times > 1 {
				return party{} // it names two
			}
			continue
		case diff.Unsure:
			continue
		case diff.Alike:
		}
		if n.state != "" && chosen.state == "" {
			chosen.state, chosen.statePage = n.state, n.page
		}
		if compact(n.name) == compact(chosen.name) && cleaner(n.name, chosen.name) || n.times > most && !cleaner(chosen.name, n.name) {
			most, chosen.name = n.times, n.name
		}
	}
	if chosen.machine && !agreed(all, chosen.name) {
		return party{}
	}
	if chosen.state == "" {
		chosen.state, chosen.statePage = stateOfAddress(pages, chosen.name)
	}
	return chosen.party
}

// endsOtherwise says whether two names are one but for a few letters at their end.
func endsOtherwise(a, b string) bool {
	same := 0
	for same < min(len(a), len(b)) && a[same] == b[same] {
		same++
	}
	return 4*same >= 3*max(len(a), len(b)) && near(a, b, len(a)/5)
}

// agreed says whether a name was read twice, letter by letter.
func agreed(all []naming, name string) bool {
	times := 0
	for _, n := range all {
		if compact(n.name) == compact(name) {
			times += n.times
		}
	}
	return times > 1
}

// cleaner says whether of two spellings the first looks less like a scanner's: it has the
// apostrophe that most scanners lose.
func cleaner(a, b string) bool {
	odd := func(s string) int {
		n := 0
		for _, r := range s {
			if !unicode.IsLetter(r) && !strings.ContainsRune(" '&,.-()", r) {
				n++
			}
		}
		return n
	}
	if odd(a) != odd(b) {
		return odd(a) < odd(b)
	}
	return strings.Contains(a, "'") && !strings.Contains(b, "'")
}

// namingsOf gathers all that looks like the agency's name, each spelling once.
func namingsOf(pages []page) []naming {
	var all []naming
	add := func(raw string, p page, first bool) {
		name, state := nameIn(raw)
		if name == "" {
			return
		}
		for i := range all {
			if all[i].name == name && (all[i].state == state || all[i].state == "" || state == "") {
				all[i].times++
				all[i].first, all[i].machine = all[i].first || first, all[i].machine && p.machine
				if all[i].state == "" && state != "" {
					all[i].state, all[i].statePage = state, p.number
				}
				return
			}
		}
		n := naming{party: party{name: name, state: state, page: p.number}, first: first, times: 1, machine: p.machine}
		if state != "" {
			n.statePage = p.number
		}
		all = append(all, n)
	}
	w := whereNamed()
	for i, p := range pages {
		text := p.text()
		if i < 3 {
			if m := w.first.FindStringSubmatch(text); m != nil {
				add(m[1], p, true)
				add(m[2], p, false) // what was filled in, out of its place
			}
		}
		for _, m := range w.others.FindAllStringSubmatch(text, -1) {
			for _, raw := range m[1:] {
				add(raw, p, false)
			}
		}
		for _, l := range p.contacts() {
			add(l, p, false)
		}
		for _, l := range p.edges() {
			if foot := p.footer(l); foot != "" {
				add(foot, p, false)
			}
		}
	}
	return slices.DeleteFunc(all, func(n naming) bool { return n.times < 3 && misread(n.name) })
}

// contacts returns the lines that follow "For the LEA:" among the points of contact.
func (p page) contacts() []string {
	for i, l := range p.lines {
		if strings.HasPrefix(compact(l), "forthelea") && len(l) < 16 {
			rest := p.lines[i+1 : min(len(p.lines), i+7)]
			if end := slices.IndexFunc(rest, func(l string) bool { return strings.HasPrefix(l, "For ") }); end >= 0 {
				rest = rest[:end]
			}
			return rest
		}
	}
	return nil
}

// misread says whether a name has a word that looks like a scanner's: capitals in its middle.
func misread(name string) bool {
	for _, w := range strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) }) {
		for i, r := range w {
			if i > 2 && unicode.IsUpper(r) && !allUpper(w) || i == 1 && unicode.IsUpper(r) && !allUpper(w) {
				return true
			}
		}
	}
	return false
}

// footer returns what is left of a footer without the page's number and the revision; "" where
// the line is no footer.
func (p page) footer(l string) string {
	w := whereNamed()
	if at := revisionLine().FindStringIndex(l); at != nil {
		before, after := l[:at[0]], ""
		if fields := strings.Fields(l[at[0]:]); len(fields) > 2 {
			after = strings.Join(fields[2:], " ")
		}
		l = strings.TrimSpace(before + " " + after)
	}
	l = strings.TrimSpace(w.pageNumber.ReplaceAllString(l, ""))
	if at := brokenRevision().FindStringIndex(l); at != nil {
		l = strings.TrimSpace(l[:at[0]])
	}
	if strings.Contains(l, "/") && strings.ContainsFunc(l, unicode.IsDigit) {
		return "" // another day stands beside it
	}
	if words := strings.Fields(l); len(words) < 2 || len(words) > 9 || strings.HasSuffix(l, ".") && !strings.HasSuffix(l, "FL.") {
		return ""
	}
	return l
}

// nameWords is how many words an agency's name has at most.
const nameWords = 12

// nameIn returns the name of an agency and the state that are in a text, "" where the text
// does not look like a name.
func nameIn(raw string) (name string, state roster.State) {
	raw = strings.Trim(roster.Clean(strings.ReplaceAll(raw, "_", " ")), " ,.;:'\"")
	raw = strings.TrimPrefix(strings.TrimPrefix(raw, "the "), "The ")
	if at := strings.LastIndex(raw, "("); at > 0 {
		inside := strings.Trim(raw[at:], "() .")
		if s, ok := stateNamed(inside); ok {
			state = s
		} else if !allUpper(inside) {
			return "", ""
		}
		raw = strings.TrimRight(raw[:at], " ,")
	}
	if name, s := cutState(raw); s != "" {
		raw, state = name, s
	}
	words := strings.Fields(raw)
	for i, w := range words {
		words[i] = mendedWord(w)
		if s, ok := stateNamed(strings.Trim(w, ",.")); ok && len(w) < 5 && state == "" && (i == 0 || strings.HasSuffix(words[i-1], ",")) {
			state = s // "FL Fish & Wildlife", "Rockingham County, NC Sheriff's Office"
		}
	}
	raw = strings.Join(words, " ")
	if state == "" {
		state = stateOwner(words)
	}
	if len(words) == 0 || len(words) > nameWords || len(raw) < 5 || len(raw) > 100 || !looksLikeName(raw, words) {
		return "", ""
	}
	return raw, state
}

// stateOwner returns the state whose name begins that of its own body: "Alaska Department of
// Corrections", and neither "Washington County" nor "Virginia Beach".
func stateOwner(words []string) roster.State {
	for n := 1; n <= 2 && n < len(words); n++ {
		switch compact(words[n]) {
		case "department", "dept", "highway", "state", "division", "bureau", "national":
			if s, ok := roster.ParseState(strings.Join(words[:n], " ")); ok && len(words[0]) > 3 {
				return s
			}
		}
	}
	return ""
}

// mendedWord mends what scanners make of two words: "Wlnkler" and "Sheritrs".
func mendedWord(w string) string {
	if len(w) > 3 && w[1] == 'l' && unicode.IsUpper(rune(w[0])) && strings.IndexByte("aeiouylAEIOUYL'", w[2]) < 0 {
		w = w[:1] + "i" + w[2:] // no word begins so
	}
	if key := compact(w); key != "sheriffs" && key != "sheriff" && len(key) > 6 && near(key, "sheriffs", 2) && key[len(key)-1] == 's' {
		return "Sheriff's"
	}
	return w
}

// looksLikeName says whether a text is the name of an agency, and not a part of a sentence or
// what a scanner made of handwriting.
func looksLikeName(raw string, words []string) bool {
	letters, other := 0, 0
	for _, r := range raw {
		switch {
		case unicode.IsLetter(r):
			letters++
		case r != ' ' && !strings.ContainsRune("'&,.-/", r) && !unicode.IsDigit(r):
			other++
		}
	}
	first := []rune(words[0])[0]
	if other > 0 || letters < 5 || !unicode.IsUpper(first) && !unicode.IsDigit(first) {
		return false
	}
	for _, w := range words {
		switch strings.ToLower(strings.Trim(w, ".,")) {
		case "ice", "moa", "lea", "shall", "will", "which", "is", "are", "revised", "this", "or", "by", "with", "to", "hereinafter", "appendix", "pursuant", "law", "local", "authority",
			"homeland", "immigration", "customs", "affairs", "removal", "u.s", "united", "federal":
			return false
		}
	}
	for _, w := range words {
		if agencyWord(w) {
			return true
		}
	}
	return false
}

// agencyWord says whether a word is one of those that an agency's name has, a scanner's
// reading included.
func agencyWord(w string) bool {
	w = compact(w)
	for _, known := range []string{"sheriff", "sheriffs", "police", "department", "office", "county", "parish", "city", "town", "village", "township", "borough",
		"corrections", "constable", "marshal", "commission", "patrol", "safety", "board", "university", "college", "jail", "bureau", "guard", "dept", "pd", "state", "attorney", "district"} {
		if w == known || len(known) > 5 && near(w, known, 1) || len(known) > 7 && near(w, known, 2) {
			return true
		}
	}
	return false
}

// cutState cuts the state off that follows a name, behind a comma or as its last word.
func cutState(raw string) (name string, state roster.State) {
	words := strings.Fields(raw)
	for n := min(3, len(words)-1); n >= 1; n-- {
		head, tail := words[:len(words)-n], strings.Join(words[len(words)-n:], " ")
		s, ok := stateNamed(strings.Trim(tail, " .,"))
		if !ok {
			continue
		}
		last := head[len(head)-1]
		if last == "of" || len(tail) > 2 && !strings.HasSuffix(last, ",") && last != "," {
			continue // "University of Florida", "Bank of North Dakota"
		}
		return strings.TrimRight(strings.Join(head, " "), " ,."), s
	}
	return raw, ""
}

// stateNamed reads a state's name or code. "Co" is a county, and "In" a word.
func stateNamed(s string) (roster.State, bool) {
	if len(s) == 2 && !allUpper(s) && s != "Fl" && s != "Tx" {
		return "", false
	}
	state, ok := roster.ParseState(s)
	return state, ok && state != ""
}

func allUpper(s string) bool {
	return s != "" && strings.ToUpper(s) == s && hasLetter(s)
}

// stateOfAddress returns the state of the agency's mail address, in the lines below its name
// among the points of contact.
func stateOfAddress(pages []page, name string) (roster.State, int) {
	if name == "" {
		return "", 0
	}
	var state roster.State
	page := 0
	for _, p := range pages {
		for i, l := range p.lines {
			if !near(compact(l), compact(name), 2) {
				continue
			}
			for _, next := range p.lines[i+1 : min(len(p.lines), i+5)] {
				m := whereNamed().address.FindStringSubmatch(next)
				if m == nil {
					continue
				}
				s, ok := stateNamed(m[1])
				if ok && state != "" && s != state {
					return "", 0
				}
				if ok && state == "" {
					state, page = s, p.number
				}
				break
			}
		}
	}
	return state, page
}

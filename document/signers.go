package document

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/watch287g/watch287g/roster"
)

// The sides of an agreement.
const (
	sideICE    = "ice"
	sideAgency = "agency"
)

// signatures are what shows who signed, and when.
type signatures struct{ lawful, stamped, electronic, title *regexp.Regexp }

var signed = sync.OnceValue(func() signatures {
	const month = `(?:January|February|March|April|May|June|July|August|September|October|November|December)`
	return signatures{
		lawful:     regexp.MustCompile(`(?i)extent\s?\S{0,2}\s?\S{0,4}owed\s?by\s?l?a`),
		stamped:    regexp.MustCompile(`\b(` + month + `) (\d{1,2}), (\d{4})\b`),
		electronic: regexp.MustCompile(`\b(\d{4})\.(\d{2})\.(\d{2})(?: |$)`),
		title:      regexp.MustCompile(`T\s?itle\s?:`),
	}
})

// iceTitles and agencyTitles are the offices that sign, in compact letters. A title counts
// where it is one of them and nothing more.
var iceTitles = []string{"Acting Director", "Director, ICE", "Deputy Director", "Acting Deputy Director", "Executive Associate Director", "Acting Executive Associate Director",
	"Assistant Director", "Assistant Director, Enforcement", "Assistant Secretary", "Field Office Director"}

var agencyTitles = []string{"Sheriff", "Chief of Police", "Police Chief", "Chief Deputy", "Undersheriff", "Commissioner", "Mayor", "City Manager", "Town Manager", "County Manager", "County Administrator",
	"City Administrator", "Executive Director", "Secretary", "Superintendent", "Colonel", "President", "Vice President", "Chairman", "Chair", "County Judge", "Constable", "Marshal", "City Marshal",
	"Attorney General", "Warden", "Director of Public Safety", "Public Safety Director", "Governor", "District Attorney", "Executive Vice President & COO"}

// signersOf returns who signed, from the page with the signatures: the offices and days that
// are typed, stamped or written by an electronic signature. Of what was written by hand,
// and in a scan nothing shows what was, nothing is taken; the date of a side is blank then.
func signersOf(pages []page) []roster.Signer {
	for _, p := range pages {
		if lines := p.afterLaw(); lines != nil {
			return p.signers(lines)
		}
		if !p.whole() && p.number > 1 && signed().stamped.MatchString(p.text()) {
			return p.signers(p.lines) // a stamp on a picture
		}
	}
	return nil
}

// afterLaw returns the lines of a page that follow the last sentence of an agreement.
func (p page) afterLaw() []string {
	for i := range p.lines {
		pair := p.lines[i]
		if i > 0 {
			pair = p.lines[i-1] + " " + pair
		}
		if signed().lawful.MatchString(pair) && i+1 < len(p.lines) {
			rest := p.lines[i+1:]
			if !slices.ContainsFunc(rest, func(l string) bool { return len(strings.Fields(l)) > 24 }) {
				return rest
			}
		}
	}
	return nil
}

// signers reads the lines in which an agreement is signed.
func (p page) signers(lines []string) []roster.Signer {
	ice := roster.Signer{Side: sideICE, Page: p.number}
	agency := roster.Signer{Side: sideAgency, Page: p.number}
	var stamped, electronic []roster.Date
	for i, l := range lines {
		for _, t := range titlesIn(l) {
			switch {
			case isTitle(t, iceTitles):
				ice.Title = cmp.Or(ice.Title, t)
			case isTitle(t, agencyTitles) && agency.Title == "":
				agency.Title = t
			}
		}
		if p.machine {
			continue // a digit can be any other one, and no other page says it again
		}
		for _, d := range datesIn(l, signed().stamped) {
			stamped = append(stamped, d)
			if ice.Date == "" && followedByICE(lines[i+1:]) {
				ice.Date = d
			}
		}
		electronic = append(electronic, datesIn(l, signed().electronic)...)
	}
	if ice.Title == "" && agency.Title == "" && len(stamped)+len(electronic) == 0 {
		return nil
	}
	switch distinct := slices.Compact(slices.Clone(stamped)); {
	case len(stamped) == 2 && len(distinct) == 1 && len(electronic) == 0:
		ice.Date, agency.Date = distinct[0], distinct[0] // one day for both
	case ice.Date != "" && len(electronic) == 1 && ice.Title != "":
		agency.Date = electronic[0]
	}
	return []roster.Signer{agency, ice}
}

// followedByICE says whether the lines below a date name an officer of ICE.
func followedByICE(below []string) bool {
	for _, l := range below[:min(3, len(below))] {
		if slices.ContainsFunc(titlesIn(l), func(t string) bool { return isTitle(t, iceTitles) }) {
			return true
		}
		if len(strings.Fields(l)) > 5 || strings.Contains(l, ":") {
			return false
		}
	}
	return false
}

// titlesIn returns what can be titles in a line: the whole, or what follows each "Title:".
func titlesIn(l string) []string {
	parts := signed().title.Split(l, -1)
	if len(parts) > 1 && strings.TrimSpace(parts[0]) == "" {
		parts = parts[1:]
	}
	var titles []string
	for _, part := range parts {
		if t := strings.Trim(strings.ReplaceAll(part, "_", " "), " -–—.,:'"); t != "" {
			titles = append(titles, t)
		}
	}
	if len(titles) == 1 { // two of them, side by side
		for _, ice := range iceTitles {
			if rest, ok := strings.CutSuffix(titles[0], " "+ice); ok && isTitle(rest, agencyTitles) {
				return []string{rest, ice}
			}
		}
	}
	return titles
}

func isTitle(t string, known []string) bool {
	return slices.ContainsFunc(known, func(k string) bool {
		return strings.EqualFold(t, k) || strings.EqualFold(t, k+", ICE") && !strings.HasSuffix(k, "ICE")
	})
}

// datesIn returns the days that a line prints in one of the ways that nobody writes by hand.
func datesIn(l string, pattern *regexp.Regexp) []roster.Date {
	var dates []roster.Date
	for _, m := range pattern.FindAllStringSubmatch(l, -1) {
		text := m[1] + " " + m[2] + ", " + m[3]
		if len(m[1]) == 4 && m[1][0] == '2' {
			text = m[2] + "/" + m[3] + "/" + m[1]
		}
		if d, ok := parseExact(text); ok {
			dates = append(dates, d)
		}
	}
	return dates
}

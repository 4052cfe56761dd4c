package prose

import (
	"slices"
	"strings"

	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/roster"
)

// Agency is an agency's name as ICE spells it.
func (l Language) Agency(a roster.Agreement) string {
	if name := Printed(a.Agency); name != "" {
		return name
	}
	return l.plain("agency.none")
}

// Where names an agency with its county, unless the name says it: "Palm Bay Police
// Department (Brevard County)".
func (l Language) Where(a roster.Agreement) string {
	agency, counties := l.Agency(a), countiesOf(a)
	if len(counties) == 0 || slices.ContainsFunc(counties, func(c place.County) bool { return says(agency, c) }) {
		return agency
	}
	return l.say("agency.in-county", parts{"agency": agency, "county": l.And(each(counties, l.County))})
}

// CountyOf names the county that the agency of an agreement is in, as the Census
// Bureau does, whatever ICE prints: "Brevard County"; "" where it is in none, or that is
// not known.
func (l Language) CountyOf(a roster.Agreement) string { return l.And(each(countiesOf(a), l.County)) }

// countiesOf are the counties that an agency is printed as being in. One of the whole
// state is in none, and of a town that several counties share, or that ICE puts in
// another county, it is not known in which its agency is.
func countiesOf(a roster.Agreement) (all []place.County) {
	at := place.Locate(a, nil)
	if at.By == place.Statewide || at.By == place.ByTown && len(at.Counties) > 1 {
		return nil
	}
	for _, code := range at.Counties {
		c, ok := place.ByFIPS(code)
		// ICE's county stands behind the one that the name says where they differ.
		if misprint := at.By == place.ByName && len(at.Counties) > 1 && !says(a.Agency, c); ok && !misprint && c.Name != a.State.Name() {
			all = append(all, c)
		}
	}
	return all
}

// says says whether an agency's name has a county's in it, in whole words:
// "Fleetwood" does not say "Lee".
func says(agency string, c place.County) bool {
	return strings.Contains(" "+roster.Fold(agency)+" ", " "+roster.Fold(c.Name)+" ")
}

// Who names the agency that a change is about as Where does, without the county where
// the change says that.
func (l Language) Who(c roster.Change) string {
	if slices.ContainsFunc(c.Fields, func(f roster.Field) bool { return f.Name == "county" }) {
		return l.Agency(c.Agreement)
	}
	return l.Where(c.Agreement)
}

// InState names an agency with its state: "Palm Bay Police Department, Florida".
func (l Language) InState(agency string, s roster.State) string {
	return l.say("agency.in-state", parts{"agency": Printed(agency), "state": l.State(s)})
}

// signedForm is how what ICE prints of a signing date must be said.
func signedForm(a roster.Agreement) string {
	switch {
	case a.DateKept():
		return "earlier"
	case a.Signed != "" && a.SignedAs != "":
		return "mended"
	case a.Signed != "":
		return "plain"
	case a.SignedAs != "":
		return "unreadable"
	}
	return "none"
}

// signed says when an agreement was signed, in one of the tones of the table.
func (l Language) signed(tone string, a roster.Agreement, date string) string {
	return l.say(key(tone+"."+signedForm(a)), parts{"date": date, "printed": l.Quoted(a.SignedAs)})
}

// signedClause is "signed June 11, 2025, according to ICE".
func (l Language) signedClause(a roster.Agreement) string {
	return l.signed("signed", a, l.Date(a.Signed))
}

// SignedLine says when in a list's line: "signed June 11, 2025".
func (l Language) SignedLine(a roster.Agreement) string {
	return l.signed("signed.line", a, l.Date(a.Signed))
}

// SignedFact says when behind the word "Signed": "June 11, 2025, according to ICE".
func (l Language) SignedFact(a roster.Agreement) string {
	return l.signed("signed.fact", a, l.Date(a.Signed))
}

// SignedCell says when in a table's column: "Jun 11, 2025".
func (l Language) SignedCell(a roster.Agreement) string {
	return l.signed("signed.cell", a, l.ShortDate(a.Signed))
}

// Active counts active agreements: "1 active agreement".
func (l Language) Active(n int) string { return l.count("active", n, nil) }

// Agencies counts agencies.
func (l Language) Agencies(n int) string { return l.count("agencies", n, nil) }

// Entries counts pending entries: "no pending entries".
func (l Language) Entries(n int) string {
	if n == 0 {
		return l.plain("entries.none")
	}
	return l.count("entries", n, nil)
}

// Places says in how many states there are agreements, the District of Columbia
// and the territories apart from them: "39 states, the District of Columbia and 1
// territory".
func (l Language) Places(agreements map[roster.State]int) string {
	states, territories := 0, 0
	for s, n := range agreements {
		switch {
		case n == 0 || s == "" || s == "DC":
		case s.Territory():
			territories++
		default:
			states++
		}
	}
	all := []string{l.count("states", states, nil)}
	if agreements["DC"] > 0 {
		all = append(all, l.InSentence("DC"))
	}
	if territories > 0 {
		all = append(all, l.count("territories", territories, nil))
	}
	return l.And(all)
}

// ActiveShort counts active agreements behind a state's name: "304 active".
func (l Language) ActiveShort(n int) string { return l.count("active.short", n, nil) }

// With says how many agencies hold agreements: "with 476 agencies".
func (l Language) With(agencies int) string {
	return l.say("with", parts{"agencies": l.Agencies(agencies)})
}

// ActiveWord is what stands beside a number of active agreements.
func (l Language) ActiveWord(n int) string { return l.count("active.word", n, nil) }

// HolderWord is what stands beside a number of agencies that held so many agreements.
func (l Language) HolderWord(agencies, agreements int) string {
	if agreements == 1 {
		return l.plain("holder.word.one")
	}
	return l.count("holder.word", agencies, nil)
}

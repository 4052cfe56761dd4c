package diff

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// Two rows are one agreement when the evidence for it outweighs the evidence
// against, in the manner of Fellegi and Sunter: each thing that two rows agree or
// disagree on adds the logarithm (base 2) of how much more often it is seen in two
// printings of one agreement than in two agreements.
//
// The weights are set from the lists of 2025: of 1,351 rows that left a list as
// others came, 131 were one agreement printed differently. None of the 64 that were
// respelled over two years changed its date at the same time; 28 kept their file, 28 had
// none and 8 got one in that list; 68 were redated, none of them respelled at
// the same time; 5 moved to another state, with name, model and date unchanged. By chance
// two rows of a state share a date once in 30, a file only through a wrong link,
// and a near name once in 400.
const (
	needed        = 5  // for one agreement, likely
	neededUndated = 4  // on the pending list, which gives no dates
	neededCertain = 16 // for one agreement under two names, or in two states
	certainSame   = 5  // for one agreement of one agency
)

// evidence is what two rows agree and disagree on, and what that adds up to.
type evidence struct {
	sum   int
	lines []string // each a clause with its weight: "the names differ by one letter (+6)"
	veto  string   // why they cannot be one; "" where they can
	names comparison
	file  fileEvidence
	// sameAgency says that the agency and the model are the same.
	sameAgency bool
	otherModel bool
}

type fileEvidence int

const (
	fileNone fileEvidence = iota
	fileSame
	fileShared
	fileNew
	fileLost
	fileRenamed
	fileOther
)

func (e *evidence) add(weight int, why string) {
	e.sum += weight
	e.lines = append(e.lines, fmt.Sprintf("%s (%+d)", why, weight))
}

// forbid vetoes the pair where a condition holds. The first reason stands.
func (e *evidence) forbid(when bool, why string) {
	if when && e.veto == "" {
		e.veto = why
	}
}

// weigh adds up what a row that left and one that came agree and disagree on.
func (l *linker) weigh(old, now *row) evidence {
	e := evidence{veto: l.excluded(old, now), file: l.fileOf(old, now), otherModel: old.Model.Key() != now.Model.Key()}
	e.sameAgency = old.AgencyID != "" && old.AgencyID == now.AgencyID && old.Model == now.Model && !otherCounties(old, now)
	l.weighNames(&e, old, now)
	e.weighFiles(now)
	if !l.options.undated {
		e.weighDates(old, now)
	}
	e.weighCounties(old, now)
	if old.State != now.State {
		e.weighStates(old, now)
		if l.everPending[agencyModel(now.Agreement)] && !l.everPending[agencyModel(old.Agreement)] {
			e.add(2, "the agency of the second state was pending for the model, and the first never was")
		}
	}
	if e.otherModel {
		e.add(-6, "the models differ")
	}
	e.forbid(e.otherModel && e.file != fileSame && !reprinted(old, now), "another model without the same file is another agreement")
	e.forbid(old.State != now.State && e.file == fileOther, "two files in two states are two agreements")
	e.forbid(l.options.ended && e.file != fileSame && old.Signed != now.Signed, "a row with another date and file is another agreement than one that has ended")
	return e
}

// reprinted says whether two models may be one printed in two ways, where no file
// shows it: they are of the same agency and day, and one of them is not among the
// three ("Tribal Task Force" for "Task Force Model").
func reprinted(old, now *row) bool {
	return (!old.Model.Known() || !now.Model.Known()) && old.Signed != "" && old.Signed == now.Signed &&
		old.AgencyID != "" && old.AgencyID == now.AgencyID && (old.file == "" || now.file == "")
}

// excluded returns why two rows cannot be one agreement, whatever else they agree
// on; "" where they can.
func (l *linker) excluded(old, now *row) string {
	oneState := old.State == now.State
	switch {
	case l.agencies.aliases.distinct(old, now):
		return "the alias file says that these are two agencies"
	case l.fileOf(old, now) == fileSame || !l.distinct(old, now):
		return ""
	case oneState && compare(old.parsed(), now.parsed()).likeness == identical:
		return "" // two agencies of one name, which the county column distinguishes
	case oneState && old.Model == now.Model && old.Signed == now.Signed && old.Signed != "" && oneSheriff(old.parsed(), now.parsed()):
		return "" // two names of one office, of which one agreement had the one and others the other
	case oneState:
		return "both agencies have been listed side by side"
	case !old.misplacedIn(now) && (l.everPending[agencyModel(old.Agreement)] || l.listed[old.AgencyID] > 1 && l.listed[now.AgencyID] > 0):
		return "both agencies are known, each in its own state"
	}
	return ""
}

// oneSheriff says whether two names are of the sheriff of one county, who has no like: Hopewell
// in Virginia is a city that is its own county, where Franklin is a city, and a county is
// called so elsewhere.
func oneSheriff(a, b *name) bool {
	elsewhere := func(n *name) bool {
		return slices.ContainsFunc(n.towns, func(counties []string) bool { return !slices.Contains(counties, n.fips) })
	}
	return a.kind == "sheriff" && b.kind == "sheriff" && a.fips != "" && a.fips == b.fips && !elsewhere(a) && !elsewhere(b)
}

func (l *linker) weighNames(e *evidence, old, now *row) {
	m, n := old.parsed(), now.parsed()
	c := compare(m, n)
	if c.likeness == unrelated && (len(m.place) == 0 || len(n.place) == 0) {
		// An agency whose own name says no place is of its county.
		c = compare(l.agencies.inCounty(old), l.agencies.inCounty(now))
	}
	if old.State != now.State && c.likeness > near {
		// The name can hold the state that was printed wrong.
		inOldState := l.agencies.names.parse(roster.Spelling{State: old.State, Name: now.Agency})
		if other := compare(m, inOldState); other.likeness < c.likeness {
			c = other
		}
	}
	e.names = c
	e.add([...]int{
		identical: 10, near: 7 - c.slips, wordMore: 4, samePlace: 1,
		loose: -1, unrelated: -5, contrary: -12,
	}[c.likeness], c.why)
	if c.likeness == near && c.statewide {
		e.add(3, "a state has few such agencies")
	}
	e.forbid(c.likeness == wordMore && l.stillNamed[old.AgencyID] && old.AgencyID != now.AgencyID && e.file != fileSame,
		"the agency of the shorter or longer name stays listed beside it")
	if c.mended && (c.likeness == near || c.likeness == loose) {
		e.add(3, "one name is of a real place, and the other of none")
	}
}

// weighFiles compares the files by their URLs. A file that a third row also has
// says little: ICE now and then links one agency's file at another's row.
func (e *evidence) weighFiles(now *row) {
	if e.file == fileNone || e.file == fileNew {
		return
	}
	says := [...]struct {
		weight int
		why    string
	}{
		fileSame:    {15, "the file is the same"},
		fileShared:  {2, "the file is the same, and another row has it, too"},
		fileLost:    {-2, "the file is gone"},
		fileRenamed: {-1, "the files have nearly the same name"},
		fileOther:   {-4, "the files differ"},
	}[e.file]
	e.add(says.weight, says.why)
	if place := now.parsed().joined; e.file == fileSame && len(place) > 3 && strings.Contains(path.Base(now.file), place) {
		e.add(3, "the file is named after the place")
	}
}

func (l *linker) fileOf(old, now *row) fileEvidence {
	switch {
	case old.file == "" && now.file == "":
		return fileNone
	case old.file == "":
		return fileNew
	case now.file == "":
		return fileLost
	case old.file == now.file && l.uniqueFile(old, now):
		return fileSame
	case old.file == now.file:
		return fileShared
	}
	// The file of a third agreement, linked at this row by mistake, says nothing.
	if owner := l.owners[now.file]; owner != "" && owner != old.ID {
		return fileNone
	}
	if distance(path.Base(old.file), path.Base(now.file)) <= 2 {
		return fileRenamed
	}
	return fileOther
}

func (e *evidence) weighDates(old, now *row) {
	switch {
	case old.Signed == "" && now.Signed == "":
	case old.Signed == now.Signed:
		e.add(5, "the signing date is the same")
	case old.Signed == "" || now.Signed == "":
		e.add(-1, "one signing date is missing")
	case distance(string(old.Signed), string(now.Signed)) == 1 || old.Signed[5:] == now.Signed[5:]:
		e.add(-1, "the signing dates differ by one figure")
	default:
		days := int(old.Signed.Time().Sub(now.Signed.Time()).Abs().Hours() / 24)
		weight := -5
		switch {
		case days <= 3:
			weight = -2
		case days <= 31:
			weight = -3
		}
		e.add(weight, "the signing dates are "+prose.English.Plural(days, "day", "days")+" apart")
	}
}

func (e *evidence) weighCounties(old, now *row) {
	switch {
	case otherCounties(old, now) && e.names.likeness == identical && e.file == fileNone:
		e.add(-5, "the county columns name two counties") // the column alone may have been corrected
	case otherCounties(old, now):
		e.add(-12, "the county columns name two counties")
	case old.county == "" || now.county == "":
	case old.county == now.county, old.State != now.State && roster.Fold(old.County) == roster.Fold(now.County):
		e.add(1, "the county column is the same")
	}
}

func (e *evidence) weighStates(old, now *row) {
	m, n := old.parsed(), now.parsed()
	switch named := m.joined != "" && !m.ofState && !n.ofState; {
	case named && old.misplacedIn(now):
		e.add(-1, "the states differ, and only the second one has such a place")
	case named && !m.real() && !n.real():
		e.add(-4, "the states differ, and neither has a county or town of that name")
	case named && m.real() != n.real():
		e.add(-7, "the states differ")
	default:
		e.add(-10, "the states differ, and both can have such an agency")
	}
}

// misplacedIn says whether a row names a county or town that its state does not
// have, and the other row's state has.
func (r *row) misplacedIn(now *row) bool {
	n := r.parsed()
	return n.joined != "" && !n.real() && now.parsed().real()
}

// condition is what a link requires beyond its evidence.
type condition int

const (
	unconditional condition = iota
	ifOnlyMatch             // neither row has another possible match
	ifOnlyThatDay           // and no other row of the state, model and date came or went
)

// accepts says how sure it is, by the evidence, that two rows are one agreement, and
// on which condition; "" where the evidence is not enough.
func (l *linker) accepts(e *evidence) (roster.Certainty, condition) {
	least := needed
	if l.options.undated {
		least = neededUndated
	}
	switch {
	case e.veto != "":
		return "", unconditional
	case e.sameAgency && e.sum < certainSame && e.file == fileOther:
		return roster.Likely, unconditional
	case e.sameAgency:
		return roster.Certain, unconditional
	case e.sum < least:
		return "", unconditional
	case e.file == fileSame && e.sum >= neededCertain && e.names.likeness <= samePlace && !e.otherModel:
		return roster.Certain, unconditional
	case e.names.likeness <= wordMore || e.file == fileSame:
		return roster.Likely, unconditional
	case e.names.likeness == samePlace:
		return roster.Likely, ifOnlyThatDay
	}
	return roster.Likely, ifOnlyMatch
}

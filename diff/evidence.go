package diff

import (
	"fmt"
	"path"
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
	weighIdentical   = 10
	weighNear        = 7 // less one for each letter that differs
	weighWordMore    = 4
	weighSamePlace   = 1
	weighLoose       = -1
	weighUnrelated   = -5
	weighContrary    = -12
	weighMended      = 3 // one name is of a real place, and the other is not
	weighStatewide   = 3 // near names of the state's own bodies, of which there are few
	weighSameFile    = 15
	weighSharedFile  = 2
	weighFileNamed   = 3 // the file that both have is named after the place
	weighFileLost    = -2
	weighFileRenamed = -1 // a file whose name is nearly the same
	weighOtherFile   = -4
	weighSameDate    = 5
	weighDateMissing = -1
	weighDateSlip    = -1 // a date that is a misprint of the other
	weighDateDays    = -2 // up to 3 days apart
	weighDateMonth   = -3 // up to 31 days apart
	weighDateFar     = -5
	weighSameCounty  = 1
	weighOtherCounty = -12
	weighCountyMoved = -5  // for one name and no files: the column alone may be corrected
	weighTwoPlaces   = -10 // another state, where both have such a place
	weighNoPlace     = -4  // another state, where neither has a county or town of that name
	weighOtherState  = -7
	weighSought      = 2  // another state, where the agency of that name was pending for the model
	weighNoSuchPlace = -1 // another state, where the first one has no such place
	weighOtherModel  = -6

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
	if why != "" {
		e.lines = append(e.lines, fmt.Sprintf("%s (%+d)", why, weight))
	}
}

// weigh compares a row that left with one that came.
func (l *linker) weigh(old, now *row) evidence {
	var e evidence
	e.veto = l.excluded(old, now)
	l.weighNames(&e, old, now)
	l.weighFiles(&e, old, now)
	if !l.options.undated {
		weighDates(&e, old, now)
	}
	weighCounties(&e, old, now)
	if old.State != now.State {
		e.weighStates(old, now)
		if l.everPending[agencyModel(now.Agreement)] && !l.everPending[agencyModel(old.Agreement)] {
			e.add(weighSought, "the agency of the second state was pending for the model, and the first never was")
		}
	}
	if old.Model.Key() != now.Model.Key() {
		e.otherModel = true
		e.add(weighOtherModel, "the models differ")
		if e.file != fileSame && !reprinted(old, now) && e.veto == "" {
			e.veto = "another model without the same file is another agreement"
		}
	}
	if old.State != now.State && e.file == fileOther && e.veto == "" {
		e.veto = "two files in two states are two agreements"
	}
	if l.options.ended && e.file != fileSame && old.Signed != now.Signed && e.veto == "" {
		e.veto = "a row with another date and file is another agreement than one that has ended"
	}
	e.sameAgency = old.AgencyID != "" && old.AgencyID == now.AgencyID && old.Model == now.Model && !otherCounties(old, now)
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
	switch {
	case l.agencies.aliases.distinct(old, now):
		return "the alias file says that these are two agencies"
	case l.fileOf(old, now) == fileSame:
		return ""
	case !l.distinct(old, now):
		return ""
	case old.State == now.State && compare(old.parsed(), now.parsed()).likeness == identical:
		return "" // two agencies of one name, which the county column distinguishes
	case old.State == now.State:
		return "both agencies have been listed side by side"
	case !old.misplacedIn(now) && (l.everPending[agencyModel(old.Agreement)] || l.listed[old.AgencyID] > 1 && l.listed[now.AgencyID] > 0):
		return "both agencies are known, each in its own state"
	}
	return ""
}

func (l *linker) weighNames(e *evidence, old, now *row) {
	c := compare(old.parsed(), now.parsed())
	if len(old.parsed().place) == 0 || len(now.parsed().place) == 0 {
		// An agency whose own name says no place is of its county.
		if x, y := l.agencies.inCounty(old), l.agencies.inCounty(now); c.likeness == unrelated {
			c = compare(x, y)
		}
	}
	if old.State != now.State && c.likeness > near {
		// The name can hold the state that was printed wrong.
		if m := compare(old.parsed(), l.agencies.names.parse(roster.Spelling{State: old.State, Name: now.Agency})); m.likeness < c.likeness {
			c = m
		}
	}
	e.names = c
	switch c.likeness {
	case identical:
		e.add(weighIdentical, c.why)
	case near:
		e.add(weighNear-c.slips, c.why)
		if c.statewide {
			e.add(weighStatewide, "a state has few such agencies")
		}
	case wordMore:
		e.add(weighWordMore, c.why)
		if l.stillNamed[old.AgencyID] && old.AgencyID != now.AgencyID && e.veto == "" && l.fileOf(old, now) != fileSame {
			e.veto = "the agency of the shorter or longer name stays listed beside it"
		}
	case samePlace:
		e.add(weighSamePlace, c.why)
	case loose:
		e.add(weighLoose, c.why)
	case unrelated:
		e.add(weighUnrelated, c.why)
	case contrary:
		e.add(weighContrary, c.why)
	}
	if c.mended && (c.likeness == near || c.likeness == loose) {
		e.add(weighMended, "one name is of a real place, and the other of none")
	}
}

// weighFiles compares the files by their URLs. A file that a third row also has
// says little: ICE now and then links one agency's file at another's row.
func (l *linker) weighFiles(e *evidence, old, now *row) {
	e.file = l.fileOf(old, now)
	switch e.file {
	case fileSame:
		e.add(weighSameFile, "the file is the same")
		if place := now.parsed().joined; len(place) > 3 && strings.Contains(path.Base(now.file), place) {
			e.add(weighFileNamed, "the file is named after the place")
		}
	case fileShared:
		e.add(weighSharedFile, "the file is the same, and another row has it, too")
	case fileLost:
		e.add(weighFileLost, "the file is gone")
	case fileRenamed:
		e.add(weighFileRenamed, "the files have nearly the same name")
	case fileOther:
		e.add(weighOtherFile, "the files differ")
	case fileNone, fileNew:
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
	case old.file == now.file:
		if l.uniqueFile(old, now) {
			return fileSame
		}
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

func weighDates(e *evidence, old, now *row) {
	switch {
	case old.Signed == "" && now.Signed == "":
	case old.Signed == now.Signed:
		e.add(weighSameDate, "the signing date is the same")
	case old.Signed == "" || now.Signed == "":
		e.add(weighDateMissing, "one signing date is missing")
	case distance(string(old.Signed), string(now.Signed)) == 1 || old.Signed[5:] == now.Signed[5:]:
		e.add(weighDateSlip, "the signing dates differ by one figure")
	default:
		days := int(old.Signed.Time().Sub(now.Signed.Time()).Abs().Hours() / 24)
		weight := weighDateFar
		switch {
		case days <= 3:
			weight = weighDateDays
		case days <= 31:
			weight = weighDateMonth
		}
		e.add(weight, "the signing dates are "+prose.English.Plural(days, "day", "days")+" apart")
	}
}

func weighCounties(e *evidence, old, now *row) {
	switch {
	case otherCounties(old, now) && e.names.likeness == identical && e.file == fileNone:
		e.add(weighCountyMoved, "the county columns name two counties")
	case otherCounties(old, now):
		e.add(weighOtherCounty, "the county columns name two counties")
	case old.county == "" || now.county == "":
	case old.county == now.county, old.State != now.State && roster.Fold(old.County) == roster.Fold(now.County):
		e.add(weighSameCounty, "the county column is the same")
	}
}

func (e *evidence) weighStates(old, now *row) {
	switch named := old.parsed().joined != "" && !old.parsed().ofState && !now.parsed().ofState; {
	case named && old.misplacedIn(now):
		e.add(weighNoSuchPlace, "the states differ, and only the second one has such a place")
	case named && !old.parsed().real() && !now.parsed().real():
		e.add(weighNoPlace, "the states differ, and neither has a county or town of that name")
	case named && now.parsed().real() && old.parsed().real(), !named:
		e.add(weighTwoPlaces, "the states differ, and both can have such an agency")
	default:
		e.add(weighOtherState, "the states differ")
	}
}

// misplacedIn says whether a row names a county or town that its state does not
// have, and the other row's state has.
func (s *row) misplacedIn(now *row) bool {
	n := s.parsed()
	return n.joined != "" && !n.real() && now.parsed().real()
}

// condition is what a link requires beyond its evidence.
type condition int

const (
	unconditional    condition = iota
	ifOnlyMatch                // neither row has another possible pair
	ifOnlyRowThatDay           // and no other row of the state, model and date came or went
)

// linked says whether the evidence is enough for one agreement, and how sure it
// is.
func (l *linker) linked(e *evidence) (certainty roster.Certainty, condition condition, ok bool) {
	least := needed
	if l.options.undated {
		least = neededUndated
	}
	switch {
	case e.veto != "":
		return "", unconditional, false
	case e.sameAgency && (e.sum >= certainSame || e.file != fileOther):
		return roster.Certain, unconditional, true
	case e.sameAgency:
		return roster.Likely, unconditional, true
	case e.sum < least:
		return "", unconditional, false
	case e.file == fileSame && e.sum >= neededCertain && e.names.likeness <= samePlace && !e.otherModel:
		return roster.Certain, unconditional, true
	case e.names.likeness <= wordMore || e.file == fileSame:
		return roster.Likely, unconditional, true
	case e.names.likeness == samePlace:
		return roster.Likely, ifOnlyRowThatDay, true
	}
	return roster.Likely, ifOnlyMatch, true
}

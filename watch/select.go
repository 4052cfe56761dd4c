package watch

import (
	"fmt"
	"slices"

	"github.com/watch287g/watch287g/diff"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/scraper"
)

// selection is what of a visit's files counts.
type selection struct {
	files
	news      []listing     // to be judged, at most one a list
	takenBack []string      // ids of holds whose list ICE has taken back
	had       []roster.List // that came, new or not
	absent    []roster.List // that the page, read well, does not link
}

// selectLists chooses the file of each list, and decides whether it is news.
func selectLists(f files, known facts, settings diff.Settings) selection {
	s := selection{files: f}
	for _, list := range roster.Lists() {
		if l, ok := s.choose(list, known); ok {
			s.take(l, known, settings)
		}
	}
	for _, list := range roster.Lists() {
		if !slices.Contains(s.had, list) {
			s.explainMissing(list, known)
		}
		if s.isAbsent(list, known) {
			s.absent = append(s.absent, list)
		}
	}
	return s
}

// take adds a list to what counts, or says why it is not news.
func (s *selection) take(l listing, known facts, settings diff.Settings) {
	list := l.list()
	if !l.NoColumns {
		s.had = append(s.had, list)
	}
	switch {
	case l.unkept:
		s.unkept = append(s.unkept, l.file.URL)
	case !isNews(l, known):
		if l.swapped() {
			s.notes = append(s.notes, swapNote(l.file.Hint, list)(prose.English))
		}
		s.checkHolds(l, known, settings)
	case known.rejectedAs(l.Publication) != "":
		s.note("The %s list is one that you rejected (%s).", list, known.rejectedAs(l.Publication))
	default:
		if l.swapped() {
			l.Publication.Notes, l.Publication.Texts = prose.Note(l.Publication.Notes, l.Publication.Texts, swapNote(l.file.Hint, list))
		}
		l.recall(known)
		s.news = append(s.news, l)
	}
}

// isNews says whether a list is not in force or held already. The one in force is
// news under a name or address that was never seen.
func isNews(l listing, known facts) bool {
	p := l.Publication
	if _, held := known.heldAs(p.List, p.SHA256); held || p.Seq != 0 {
		return false
	}
	return known.inForce(p.List).SHA256 != p.SHA256 ||
		!slices.ContainsFunc(known.publicationsOf(p.SHA256), func(e roster.Publication) bool { return e.File == p.File && e.URL == p.URL })
}

// checkHolds decides about the hold of a list that is what it was at the last poll:
// in force, in which case the hold was not borne out, or held, perhaps for long
// enough.
func (s *selection) checkHolds(l listing, known facts, settings diff.Settings) {
	for _, h := range known.snapshot.Holds {
		held := known.held[h.ID]
		switch {
		case h.List != l.list():
		case held.Publication.SHA256 != l.file.SHA256:
			s.takenBack = append(s.takenBack, h.ID)
		case settings.AcceptAfter == 0, s.at.Sub(h.Since) < settings.AcceptAfter, !diff.SelfAccepting(h), held.NoColumns:
		default:
			held.Decision = roster.HoldBorneOut
			s.news = append(s.news, listing{Candidate: held})
		}
	}
}

// explainMissing says of a list that did not come what was found in its place.
// That ICE links no pending list is not a failure: it comes and goes, and was gone
// for good in 2026.
func (s *selection) explainMissing(list roster.List, known facts) {
	linked := slices.ContainsFunc(s.visit.Links, func(l scraper.Link) bool { return l.Hint == string(list) })
	unfollowed := slices.IndexFunc(s.visit.Unfollowed, func(u scraper.Unfollowed) bool { return u.Hint == string(list) })
	switch {
	case s.has(list):
		s.fail(scraper.StatusBroken, "The file behind the link to the %s list is a workbook without a list's columns.", list)
	case unfollowed >= 0 && !linked:
		// Where the page has nothing else, the scraper has said so of this list.
		if list != roster.ListParticipating || !s.visit.Outcome.Failed() || len(s.visit.Documents) > 0 {
			s.fail(scraper.StatusBroken, "ICE's page no longer links the %s list as a workbook; a link of that name leads to %s.", list, s.visit.Unfollowed[unfollowed].LeadsTo)
		}
	case s.outcome.Failed(): // and so it is known why
	case list == roster.ListPending:
		if linked && known.accepted(list) {
			s.note("A link names the %s list, but none leads to it.", list)
		}
	case len(s.listings) == 0:
		s.fail(scraper.StatusMissing, "ICE's page links no list.")
	case !s.isAbsent(list, known):
		s.fail(scraper.StatusMissing, "None of the files that ICE's page links is the %s list.", list)
	case known.accepted(list):
		s.fail(scraper.StatusMissing, "ICE's page no longer links the %s list.", list)
	default:
		s.fail(scraper.StatusMissing, "ICE's page links no %s list.", list)
	}
}

// isAbsent says whether the page links one list for sure, and this one not at
// all: no file is it, no link is called so, and every other link is known.
func (s *selection) isAbsent(list roster.List, known facts) bool {
	if len(s.listings) == 0 || s.has(list) {
		return false
	}
	if slices.ContainsFunc(s.visit.Unfollowed, func(u scraper.Unfollowed) bool { return u.Hint == string(list) }) {
		return false
	}
	return !slices.ContainsFunc(s.visit.Links, func(l scraper.Link) bool {
		came := slices.ContainsFunc(s.visit.Documents, func(d scraper.Document) bool { return d.URL == l.URL })
		_, seen := known.validators[l.URL]
		return l.Hint == string(list) || l.Hint == "" && !came && !seen
	})
}

// preferred says whether one file comes before another for what is known of them
// without reading them: the one behind the list's own link, then the newer.
func preferred(a, b scraper.Document, list roster.List) bool {
	if own := a.Hint == string(list); own != (b.Hint == string(list)) {
		return own
	}
	return a.ModifiedAt.After(b.ModifiedAt)
}

// passOver remembers that a file counted for less than another, so that it need
// not be fetched again as long as the other is there.
func (s *selection) passOver(file, best scraper.Document) {
	for i := range s.validators {
		v := &s.validators[i]
		if v.URL == file.URL && v.SHA256 == file.SHA256 && !slices.Contains(v.PassedOver, best.SHA256) {
			v.PassedOver = append(v.PassedOver, best.SHA256)
		}
	}
}

// passedOver says which of two files counts, and why where it is not for their
// links. of is how many rows the list in force has.
func passedOver(list roster.List, best, other listing, of int) string {
	note := fmt.Sprintf("The page links more than one %s list; %s counts, %s does not", list, best.file.File, other.file.File)
	switch {
	case best.unkept || other.unkept:
	case of > 0 && best.shared != other.shared && best.agrees != other.agrees:
		note += fmt.Sprintf(": of the %s of the list in force it has %d, the other has %d", counted(of, "row"), best.shared, other.shared)
	case len(best.Roster.Rows) > 0 && len(other.Roster.Rows) == 0:
		note += ", which has no rows"
	case !best.superseded && other.superseded:
		note += ", which is an older one"
	}
	return note + "."
}

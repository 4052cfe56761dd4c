package diff

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// judgeParticipating says what speaks against a list of agreements.
func (u *update) judgeParticipating(f *findings, a Candidate, l *linker) {
	u.judgeRepeated(f, a, len(l.records))
	if len(a.Roster.Rows) == 0 && f.Of > 0 {
		f.add("empty", "n", f.Of)
		return
	}
	if f.Removals > maxRemovals || tooMany(f.Removals, fewRemovals, maxRemovedShare, f.Of) {
		f.add("removals", "n", f.Removals, "of", f.Of)
	}
	judgeStates(f, l, u.before.byState)
	judgePairs(f, l)
	u.judgeEverPending(f, l)
	judgeMoved(f, l)
	if l.moved() >= minShifted {
		judgeShifts(f, u.listedRecords(roster.ListParticipating), a.Roster.Rows)
	}
}

// judgeRepeated looks for an older list that is served again. A list with other
// bytes that removes nothing is not one: ICE undid corrections, as on August 11,
// 2025, or lists again what it had left out.
func (u *update) judgeRepeated(f *findings, a Candidate, gone int) {
	inForce, ok := u.known.InForce[a.Publication.List]
	switch {
	case !ok || a.Publication.Digest == inForce.Digest:
	case a.Earlier:
		f.add("older", "last", inForce.File)
	case a.Repeats != "" && gone > 0 && len(a.Roster.Rows) > 0: // all empty lists are alike
		f.add("repeats", "older", a.Repeats, "last", inForce.File)
	}
}

// judgeStates looks for states that are gone entirely.
func judgeStates(f *findings, l *linker, before map[roster.State]int) {
	now := map[roster.State]bool{}
	for _, p := range l.pairs {
		now[p.listed.State] = true
	}
	for _, e := range l.rows {
		now[e.State] = true
	}
	for _, state := range slices.Sorted(maps.Keys(before)) {
		if n := before[state]; n >= wholeState && !now[state] {
			f.add("state", "state", state, "n", n)
		}
	}
}

// judgePairs looks at what the list changes about agreements that it still lists.
func judgePairs(f *findings, l *linker) {
	amended, undated := 0, 0
	for _, p := range l.pairs {
		before := p.record.Now()
		switch {
		case losesDate(before, p.listed):
			undated++
		case len(amendments(before, p.listed)) > 0:
			amended++
		}
	}
	if undated > maxUndated {
		f.add("undated", "n", undated)
		f.doubt(undated)
	}
	if tooMany(amended, maxAmended, maxAmendedShare, f.Of) {
		f.add("amended", "n", amended, "of", f.Of)
		f.doubt(amended)
	}
}

// judgeMoved looks for models and names that are in other rows than before, as
// happens when a column has shifted by a row.
func judgeMoved(f *findings, l *linker) {
	remodeled, renamed := 0, 0
	gone := map[string]int{}
	key := func(a roster.Agreement) string { return a.AgencyID + "#" + string(a.Signed) }
	for _, k := range l.records {
		gone[key(k.Agreement)]++
	}
	for _, e := range l.rows {
		if e.AgencyID != "" && e.Signed != "" && gone[key(e.Agreement)] > 0 {
			gone[key(e.Agreement)]--
			remodeled++
		}
	}
	for _, p := range l.pairs {
		before := p.record.Now()
		if before.Model.Key() != p.listed.Model.Key() && p.listed.Model.Known() {
			remodeled++
		}
		if roster.Fold(before.Agency) != roster.Fold(p.listed.Agency) && compare(l.agencies.nameOf(before), p.listed.parsed()).likeness >= unrelated {
			renamed++
		}
	}
	if remodeled > maxRemodeled {
		f.add("remodeled", "n", remodeled)
	}
	if renamed > maxRenamed {
		f.add("renamed", "n", renamed)
	}
}

// losesDate says whether the date of an agreement can no longer be read. One that
// is printed as before is not news.
func losesDate(before roster.Agreement, e *listRow) bool {
	return before.Signed != "" && e.Signed == "" && (e.SignedAs == "" || e.SignedAs != before.SignedAs)
}

// judgeEverPending looks for pending entries among the agreements: in the place of
// those that were listed, or beside them and without a date.
func (u *update) judgeEverPending(f *findings, l *linker) {
	entries := u.pendingAgencies(func(r *roster.Record) bool { return r.SignedBy == "" })
	pending, undated, readable := 0, 0, len(l.pairs)
	for _, e := range l.rows {
		if !e.printed.Readable() {
			continue
		}
		readable++
		if entries[agencyModel(e.Agreement)] {
			pending++
			if e.Signed == "" {
				undated++
			}
		}
	}
	switch {
	case pending >= mostlyPending && 2*pending > readable && 2*f.Removals > f.Of:
		f.add("pending-list", "n", pending, "rows", readable)
		f.Operator = true
	case undated > maxUndated:
		f.add("pending-rows", "n", undated)
	}
}

// pendingAgencies returns the agencies and models of pending entries, past ones
// included.
func (u *update) pendingAgencies(which func(*roster.Record) bool) map[string]bool {
	found := map[string]bool{}
	for _, r := range u.known.Records {
		if r.List == roster.ListPending && which(r) {
			found[agencyModel(r.Now())] = true
		}
	}
	return found
}

// everPending returns the agencies and models that the pending list has ever had.
func (u *update) everPending() map[string]bool {
	return u.pendingAgencies(func(*roster.Record) bool { return true })
}

// judgePending says what speaks against a list of pending entries.
func (u *update) judgePending(f *findings, a Candidate, l *linker) {
	isUnsigned := func(r *roster.Record) bool { return r.SignedBy == "" && u.activeFor(r.Now()) == nil }
	of := len(u.recordsWhere(func(r *roster.Record) bool { return r.List == roster.ListPending && r.Listed() && isUnsigned(r) }))
	unsigned := 0
	for _, k := range l.records {
		if isUnsigned(k.record) {
			unsigned++
		}
	}
	f.Removals = unsigned
	u.judgeRepeated(f, a, unsigned)
	switch {
	case of < manyPending || 2*unsigned <= of || 2*u.neverPending(l.rows) >= unsigned:
	case len(a.Roster.Rows) == 0:
		f.add("pending-empty", "n", unsigned)
	default:
		f.add("pending-gone", "n", unsigned, "of", of)
	}
}

// judgeSigned looks for a participating list that was read as a pending one because
// its column of dates has another name.
func (u *update) judgeSigned(f *findings, a Candidate) {
	rows := 0
	for _, row := range a.Roster.Rows {
		if u.activeFor(rowOf(row, u.agencies).Agreement) != nil {
			rows++
		}
	}
	if rows > maxSignedInList && 2*rows > len(a.Roster.Rows) {
		f.add("signed-list", "n", rows, "rows", len(a.Roster.Rows))
		f.Operator = true
	}
}

// judgeColumns looks for rows whose kind of agency and county are in each other's
// columns. A single one is a misprint.
func judgeColumns(f *findings, r roster.Roster) {
	misplaced := 0
	for _, row := range r.Rows {
		if namesAgencyType(row.County) || row.Type == "" && namesCounty(row.State, row.Raw["TYPE"]) {
			misplaced++
		}
	}
	if tooMany(misplaced, maxMisplaced, maxMisplacedShare, len(r.Rows)) {
		f.add("misplaced", "n", misplaced, "rows", len(r.Rows))
		f.Operator = true
	}
}

// namesAgencyType says whether a county cell holds a kind of agency.
func namesAgencyType(cell string) bool {
	if cell == "" || strings.HasSuffix(cell, " County") {
		return false // the usual case
	}
	_, kind := roster.ParseType(cell)
	return kind
}

// namesCounty says whether a cell of the kind of agency names a county of the state.
func namesCounty(s roster.State, cell string) bool {
	_, county := place.FindCounty(s, strings.TrimSuffix(strings.TrimSuffix(roster.Fold(cell), " county"), " parish"))
	return cell != "" && county
}

// neverPending counts the rows whose agencies were never pending for that model. A
// list that brings many of these is a new one, and those who left it are on their
// way: on April 28, 2025, 43 of 74 entries made room for 34, and were signed a day
// later.
func (u *update) neverPending(entries []*listRow) int {
	known := u.everPending()
	n := 0
	for _, e := range entries {
		if e.printed.Readable() && (e.AgencyID == "" || !known[agencyModel(e.Agreement)]) {
			n++
		}
	}
	return n
}

// mostOtherModels bounds how many models other than the three a publication's
// note names.
const mostOtherModels = 10

// noteOtherModels notes which models other than the three a list names.
func noteOtherModels(p *roster.Publication, r roster.Roster) {
	p.OtherModels = nil
	rows, total := map[string]int{}, 0
	var names []roster.Model
	for _, row := range r.Rows {
		if row.Model.Class() != roster.OtherModel {
			continue
		}
		total++
		if rows[row.Model.Key()]++; rows[row.Model.Key()] == 1 {
			names = append(names, row.Model)
		}
	}
	if total == 0 {
		return
	}
	slices.SortFunc(names, func(a, b roster.Model) int { return cmp.Or(rows[b.Key()]-rows[a.Key()], cmp.Compare(a, b)) })
	p.OtherModels = names[:min(len(names), mostOtherModels)]
	said := func(l prose.Language) string {
		var all []string
		for _, m := range p.OtherModels {
			all = append(all, prose.Odd("models.one", "n", rows[m.Key()], "model", l.Quoted(string(m)))(l))
		}
		if more := len(names) - len(all); more > 0 {
			all = append(all, prose.Odd("models.more", "n", more)(l))
		}
		return strings.Join(all, ", ")
	}
	remark := prose.Odd("models", "n", total, "list", p.List, "models", prose.Remark(said))
	if !slices.Contains(p.Notes, remark(prose.English)) { // judged again, it is as it was
		p.Notes, p.Texts = prose.Note(p.Notes, p.Texts, remark)
	}
}

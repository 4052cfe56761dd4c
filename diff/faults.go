package diff

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// judgeParticipating says what speaks against a list of agreements.
func (u *update) judgeParticipating(f *findings, a Candidate, l *linker) {
	u.judgeRepeated(f, a, len(l.records))
	if len(a.Roster.Rows) == 0 && f.of > 0 {
		f.add("The list is empty, where %d agreements were.", f.of)
		return
	}
	if f.removals > maxRemovals || f.removals > fewRemovals && float64(f.removals) > maxRemovedShare*float64(f.of) {
		f.add("%d of %d active agreements would be removed.", f.removals, f.of)
	}
	standing := u.listedRecords(roster.ListParticipating)
	judgeStates(f, l, standing)
	u.judgePairs(f, l)
	u.judgeEverPending(f, l)
	judgeMoved(f, l)
	if l.moved() < minShifted {
		return
	}
	for _, s := range shifts(standing, a.Roster.Rows) {
		f.add("%s", s.sentence())
		f.doubt(s.rows)
	}
}

// doubt notes how many agreements would change. Too many mean a misread column,
// which lasts, so that the operator decides.
func (f *findings) doubt(n int) {
	f.operator = f.operator || float64(n) > maxOtherwise*float64(f.of)
}

// judgeRepeated looks for an older list that is served again. A list with other
// bytes that removes nothing is not one: ICE undid corrections, as on August 11,
// 2025, or lists again what it had left out.
func (u *update) judgeRepeated(f *findings, a Candidate, gone int) {
	inForce, ok := u.known.InForce[a.Publication.List]
	switch {
	case !ok || a.Publication.Digest == inForce.Digest:
	case a.Earlier:
		f.add("It is byte for byte an older publication, and says other than the last one, %s.", inForce.File)
	case a.Repeats != "" && gone > 0 && len(a.Roster.Rows) > 0: // all empty lists are alike
		f.add("It lists just what an older publication did, %s, and not what the last one does, %s.", a.Repeats, inForce.File)
	}
}

// judgeStates looks for states that are gone entirely.
func judgeStates(f *findings, l *linker, standing []*roster.Record) {
	before, now := map[roster.State]int{}, map[roster.State]bool{}
	for _, r := range standing {
		before[r.Now().State]++
	}
	for _, p := range l.pairs {
		now[p.listed.State] = true
	}
	for _, e := range l.rows {
		now[e.State] = true
	}
	for _, state := range slices.Sorted(maps.Keys(before)) {
		if n := before[state]; n >= wholeState && !now[state] {
			f.add("It lists nothing in %s, where %d agreements were active.", prose.English.InSentence(state), n)
		}
	}
}

// judgePairs looks at what the list changes about agreements that it still lists.
func (u *update) judgePairs(f *findings, l *linker) {
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
		f.add("%d of its rows have no readable signing date, where the last list had one.", undated)
		f.doubt(undated)
	}
	if amended > maxAmended && float64(amended) > maxAmendedShare*float64(f.of) {
		f.add("%d of %d active agreements would be amended.", amended, f.of)
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
		if roster.Fold(before.Agency) != roster.Fold(p.listed.Agency) && compare(l.agencies.newRow(before).parsed(), p.listed.parsed()).likeness >= unrelated {
			renamed++
		}
	}
	if remodeled > maxRemodeled {
		f.add("%d agreements would have another model and the signing date that they had: the column of models looks shifted.", remodeled)
	}
	if renamed > maxRenamed {
		f.add("%d agreements would have a name that is nothing like the one that they had: the column of names looks shifted.", renamed)
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
	seekers := u.pendingAgencies(roster.ListPending, func(r *roster.Record) bool { return r.SignedBy == "" })
	pending, undated, readable := 0, 0, len(l.pairs)
	for _, e := range l.rows {
		if !e.printed.Readable() {
			continue
		}
		readable++
		if seekers[agencyModel(e.Agreement)] {
			pending++
			if e.Signed == "" {
				undated++
			}
		}
	}
	switch {
	case pending >= mostlyPending && 2*pending > readable && 2*f.removals > f.of:
		f.add("%d of its %d rows are entries of the pending list: it looks like that list with a column of dates.", pending, readable)
		f.operator = true
	case undated > maxUndated:
		f.add("%d of its new rows are entries of the pending list, without a signing date.", undated)
	}
}

// pendingAgencies returns the agencies and models of one list's records.
func (u *update) pendingAgencies(list roster.List, which func(*roster.Record) bool) map[string]bool {
	found := map[string]bool{}
	for _, r := range u.known.Records {
		if r.List == list && which(r) {
			found[agencyModel(r.Now())] = true
		}
	}
	return found
}

// judgePending says what speaks against a list of pending entries.
func (u *update) judgePending(f *findings, a Candidate, l *linker) {
	active := u.pendingAgencies(roster.ListParticipating, (*roster.Record).Listed)
	signed := func(r *roster.Record) bool { return r.SignedBy != "" || active[agencyModel(r.Now())] }
	unsigned, of := 0, 0
	for _, r := range u.listedRecords(roster.ListPending) {
		if !signed(r) {
			of++
		}
	}
	for _, r := range l.unpaired() {
		if !signed(r) {
			unsigned++
		}
	}
	f.removals = unsigned
	u.judgeRepeated(f, a, unsigned)
	switch {
	case of < manyPending || 2*unsigned <= of || 2*u.neverPending(l.rows) >= unsigned:
	case len(a.Roster.Rows) == 0:
		f.add("The pending list is empty, where %d unsigned entries were.", unsigned)
	default:
		f.add("%d of %d unsigned entries would be gone from the pending list at once.", unsigned, of)
	}
}

// judgeSigned looks for a participating list that was read as a pending one because
// its column of dates has another name.
func (u *update) judgeSigned(f *findings, a Candidate) {
	active := u.pendingAgencies(roster.ListParticipating, (*roster.Record).Listed)
	rows := 0
	for _, row := range a.Roster.Rows {
		if active[agencyModel(rowOf(row, u.agencies).Agreement)] {
			rows++
		}
	}
	if rows > maxSignedInList && 2*rows > len(a.Roster.Rows) {
		f.add("%d of its %d rows are agreements that are signed: it looks like the participating list without its dates.", rows, len(a.Roster.Rows))
		f.operator = true
	}
}

// judgeColumns looks for rows whose kind of agency and county are in each other's
// columns. A single one is a misprint.
func judgeColumns(f *findings, r roster.Roster) {
	misplaced := 0
	for _, row := range r.Rows {
		if isKind(row.County) || row.Type == "" && isCounty(row.State, row.Raw["TYPE"]) {
			misplaced++
		}
	}
	if misplaced > maxMisplaced && float64(misplaced) > maxMisplacedShare*float64(len(r.Rows)) {
		f.add("%d of its %d rows have a kind of agency for a county, or a county for a kind of agency.", misplaced, len(r.Rows))
		f.operator = true
	}
}

// isKind says whether a county's cell names a kind of agency.
func isKind(cell string) bool {
	if cell == "" || strings.HasSuffix(cell, " County") {
		return false // the usual case
	}
	_, kind := roster.ParseType(cell)
	return kind
}

// isCounty says whether a cell of the kind of agency names a county of the state.
func isCounty(s roster.State, cell string) bool {
	_, county := roster.FindCounty(s, strings.TrimSuffix(strings.TrimSuffix(roster.Fold(cell), " county"), " parish"))
	return cell != "" && county
}

// neverPending counts the rows whose agencies were never pending for that model. A
// list that brings many of these is a new one, and those who left it are on their
// way: on April 28, 2025, 43 of 74 entries made room for 34, and were signed a day
// later.
func (u *update) neverPending(entries []*listRow) int {
	known := u.pendingAgencies(roster.ListPending, func(*roster.Record) bool { return true })
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
	rows, names, total := map[string]int{}, []roster.Model(nil), 0
	for _, row := range r.Rows {
		if row.Model.Class() != roster.OtherModel {
			continue
		}
		total++
		if key := row.Model.Key(); rows[key] == 0 {
			names = append(names, row.Model)
		}
		rows[row.Model.Key()]++
	}
	p.OtherModels = nil
	p.Notes = slices.DeleteFunc(slices.Clone(p.Notes), func(n string) bool { return strings.HasSuffix(n, otherModelsNote) })
	if total == 0 {
		return
	}
	slices.SortFunc(names, func(a, b roster.Model) int { return cmp.Or(rows[b.Key()]-rows[a.Key()], cmp.Compare(a, b)) })
	p.OtherModels = names[:min(len(names), mostOtherModels)]
	said := make([]string, len(p.OtherModels))
	for i, m := range p.OtherModels {
		said[i] = fmt.Sprintf("%q (%d)", m, rows[m.Key()])
	}
	if more := len(names) - len(said); more > 0 {
		said = append(said, fmt.Sprintf("%d more", more))
	}
	p.Notes = append(p.Notes, fmt.Sprintf("%s of the %s list %s a model that is none of the three, %s; %s",
		prose.English.Plural(total, "row", "rows"), p.List, map[bool]string{true: "names", false: "name"}[total == 1], strings.Join(said, ", "), otherModelsNote))
}

const otherModelsNote = "such agreements are kept as they are printed and counted apart."

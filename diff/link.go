package diff

import (
	"cmp"
	"context"
	"slices"

	"github.com/watch287g/watch287g/roster"
)

// pair is a known record and the row that continues it.
type pair struct {
	record    *roster.Record
	listed    *listRow // the row that continues it
	certainty roster.Certainty
	evidence  []string // what spoke for it, where the two do not say the same
}

// linker pairs the records of one list with the rows of its next roster.
type linker struct {
	agencies *agencyIndex
	options  linkOptions
	records  []*recordRow // still without a row
	rows     []*listRow   // still without a record
	pairs    []pair

	listed      map[string]int         // how many of the records each agency has, by its id
	everPending map[string]bool        // agencies and models that the pending list has ever had; nil where that does not matter
	stillNamed  map[string]bool        // agencies that rows with a record show on the list now
	owners      map[string]string      // the files that the records had, with one record's id each
	fileUses    map[fileUse]int        // how many records or rows have a file
	rejected    map[*listRow]rejection // the record that each row was likest to, and why it is not that one's

	duplicates int   // rows that repeat another one
	compared   int   // pairs of rows so far
	err        error // why it gave up: errTooAlike, or the context's own
}

// recordRow is a record that waits for its row on the next list.
type recordRow struct {
	*row
	record *roster.Record
	paired bool
}

// linkOptions say what two lists can be compared by.
type linkOptions struct {
	undated bool // one side gives no signing dates
	ended   bool // the records have left the list: only their own date or file brings them back
}

// rejection is the strongest match that was rejected.
type rejection struct {
	record   *recordRow
	evidence evidence
}

// fileUse is a file on one side, in any model ("") or in one.
type fileUse struct {
	file  string
	model roster.Model
	now   bool
}

func newLinker(agencies *agencyIndex, records []*roster.Record, rows []*listRow, o linkOptions) *linker {
	l := &linker{agencies: agencies, options: o, rows: slices.Clone(rows), listed: map[string]int{}, stillNamed: map[string]bool{},
		owners: map[string]string{}, fileUses: map[fileUse]int{}, rejected: map[*listRow]rejection{}}
	for _, r := range records {
		k := &recordRow{row: agencies.newRow(r.Now()), record: r}
		l.records = append(l.records, k)
		l.listed[k.AgencyID]++
		l.useFile(k.row, false)
		if k.file != "" {
			l.owners[k.file] = k.ID
		}
	}
	for _, e := range rows {
		l.duplicates += len(e.repeats)
		l.useFile(e.row, true)
	}
	return l
}

func (l *linker) useFile(r *row, now bool) {
	l.fileUses[fileUse{r.file, "", now}]++
	l.fileUses[fileUse{r.file, r.Model, now}]++
}

// uniqueFile says whether no third row has the file that two rows have.
func (l *linker) uniqueFile(old, now *row) bool {
	use := fileUse{file: old.file}
	if old.Model == now.Model {
		use.model = old.Model
	}
	before := l.fileUses[use]
	use.now = true
	return before == 1 && l.fileUses[use] == 1
}

// link pairs what says the same, and then what the evidence speaks for.
func (l *linker) link(ctx context.Context) {
	l.pairIdentical()
	if len(l.records) > 0 && len(l.rows) > 0 {
		l.pairByEvidence(ctx)
	}
}

// pairIdentical pairs the rows of one agency with one model and date. Where several
// are the same, those with one name and one file belong together.
func (l *linker) pairIdentical() {
	olds := map[string][]*recordRow{}
	key := func(s *row) string {
		agency := s.AgencyID
		if agency == "" {
			agency = "?" + s.parsed().key + "|" + s.parsed().form
		}
		return agency + "#" + string(s.Model) + "#" + string(s.Signed)
	}
	for _, k := range l.records {
		olds[key(k.row)] = append(olds[key(k.row)], k)
	}
	for _, fits := range []func(k *recordRow, e *listRow) bool{
		func(k *recordRow, e *listRow) bool { return k.file == e.file && k.Agency == e.Agency },
		func(k *recordRow, e *listRow) bool { return k.Key() == e.Key() },
		func(k *recordRow, e *listRow) bool { return k.file != "" && k.file == e.file },
		func(*recordRow, *listRow) bool { return true },
	} {
		for _, e := range l.rows {
			if e.paired || !e.printed.Readable() {
				continue
			}
			same := olds[key(e.row)]
			at := slices.IndexFunc(same, func(k *recordRow) bool { return fits(k, e) && !otherCounties(k.row, e.row) })
			if at >= 0 {
				l.pair(same[at], e, roster.Certain, nil)
				olds[key(e.row)] = slices.Delete(same, at, at+1)
			}
		}
	}
	l.dropPaired()
}

// pairAgencies pairs the rows of one agency and model, whatever their dates, one
// record with one row.
func (l *linker) pairAgencies() {
	for _, e := range l.rows {
		if !e.printed.Readable() || e.AgencyID == "" {
			continue
		}
		at := slices.IndexFunc(l.records, func(k *recordRow) bool {
			return !k.paired && k.AgencyID == e.AgencyID && k.Model == e.Model && !otherCounties(k.row, e.row)
		})
		if at >= 0 {
			l.pair(l.records[at], e, roster.Certain, nil)
		}
	}
	l.dropPaired()
}

// pair notes what belongs together; dropPaired removes it from what is still to be
// paired.
func (l *linker) pair(k *recordRow, e *listRow, certainty roster.Certainty, lines []string) {
	l.pairs = append(l.pairs, pair{k.record, e, certainty, lines})
	k.paired, e.paired = true, true
	if e.Key() == k.Key() {
		l.stillNamed[k.AgencyID] = true
	}
}

func (l *linker) dropPaired() {
	l.records = slices.DeleteFunc(l.records, func(k *recordRow) bool { return k.paired })
	l.rows = slices.DeleteFunc(l.rows, func(e *listRow) bool { return e.paired })
}

// setAside removes records from the linker and returns them.
func (l *linker) setAside(which func(*roster.Record) bool) []*recordRow {
	var out []*recordRow
	l.records = slices.DeleteFunc(l.records, func(k *recordRow) bool {
		aside := which(k.record)
		if aside {
			out = append(out, k)
		}
		return aside
	})
	return out
}

// distinct says that two agencies are known to be two, however near their
// names: the list had the entry's agency while it had the record's, or both
// have been pending for that model.
func (l *linker) distinct(old, now *row) bool {
	if now.AgencyID == "" || now.AgencyID == old.AgencyID {
		return false
	}
	return l.listed[now.AgencyID] > 0 || l.everPending[agencyModel(old.Agreement)] && l.everPending[agencyModel(now.Agreement)]
}

// agencyModel is the key of a pending entry: an agency and the model that it
// has or seeks.
func agencyModel(a roster.Agreement) string { return a.AgencyID + "#" + a.Model.Key() }

// confirm lets rows that lack a readable state, agency or model stand for the
// records that they agree with in all that can be read: a cell that ICE
// misprints beyond reading ends no agreement.
func (l *linker) confirm(ctx context.Context) {
	for _, e := range l.rows {
		if e.printed.Readable() || l.err != nil || !l.mayCompare(ctx, len(l.records)) {
			continue
		}
		if at := l.confirmed(e); at >= 0 {
			k := l.records[at]
			e.State, e.Model = cmp.Or(e.State, k.State), cmp.Or(e.Model, k.Model)
			l.pairs = append(l.pairs, pair{k.record, e, roster.Likely, []string{"the row cannot be read whole, and what can be read agrees"}})
			l.records, e.paired = slices.Delete(l.records, at, at+1), true
		}
	}
	l.dropPaired()
}

// confirmed finds the record that an unreadable row stands for: one with its
// document or name, or else the only one that it can be. -1 means none.
func (l *linker) confirmed(e *listRow) int {
	possible := -1
	for i, k := range l.records {
		switch {
		case !l.mayBe(k.row, e):
		case k.file != "" && k.file == e.file || e.Agency != "" && roster.Fold(e.Agency) == roster.Fold(k.Agency):
			return i
		case possible >= 0:
			return -1
		default:
			possible = i
		}
	}
	return possible
}

// mayBe compares what can be read of a row. Without a name, the rest must be
// there and agree.
func (l *linker) mayBe(k *row, e *listRow) bool {
	if e.State != "" && e.State != k.State || e.Model != "" && e.Model != k.Model ||
		e.Signed != "" && k.Signed != "" && e.Signed != k.Signed {
		return false
	}
	if e.Agency == "" {
		return k.file != "" && k.file == e.file || e.State != "" && e.Model != "" && e.Signed != ""
	}
	inItsState := l.agencies.names.parse(roster.Spelling{State: k.State, Name: e.Agency})
	return compare(k.parsed(), inItsState).likeness <= wordMore
}

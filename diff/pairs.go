package diff

import (
	"slices"
	"strconv"

	"github.com/watch287g/watch287g/roster"
)

// continuePairs continues records with the rows of a new publication and reports
// what that changes.
func (u *update) continuePairs(a Candidate, l *linker) {
	slices.SortFunc(l.pairs, func(p, q pair) int { return p.listed.printed.Number - q.listed.printed.Number })
	documents := linksDocuments(a.Roster)
	for _, p := range l.pairs {
		before, duplicates := p.record.Now(), p.record.Last().Duplicates
		after := merge(before, p.listed, documents)
		if after == before && duplicates == len(p.listed.repeats) {
			continue
		}
		r := u.edit(p.record)
		fields := amendments(before, p.listed)
		if slices.ContainsFunc(fields, func(f roster.Field) bool { return f.Name == "agency" || f.Name == "state" }) {
			after.AgencyID = u.successor(l, before, p.listed)
		} else if after.Agency != before.Agency {
			u.agencies.addSpelling(after.AgencyID, p.listed.spelling())
		}
		r.Versions = append(r.Versions, u.version(a, p.listed, after))
		u.report(a, p, r, before, roster.KindAmended, fields)
		u.report(a, p, r, before, roster.KindDetail, details(before, after, duplicates, len(p.listed.repeats)))
		u.report(a, p, r, before, roster.KindDocument, documentFields(before, after))
	}
}

func (u *update) report(a Candidate, p pair, r *roster.Record, before roster.Agreement, kind roster.Kind, fields []roster.Field) {
	if len(fields) == 0 {
		return
	}
	c := u.change(kind, a.Publication, p.listed.printed.Number, r)
	c.Before, c.Fields = &before, fields
	if kind == roster.KindAmended {
		c.Certainty, c.Why = p.certainty, p.evidence
	}
}

// relistAs continues a record that had ended with the row that lists it again.
func (u *update) relistAs(a Candidate, r *roster.Record, e *listRow) {
	before := r.Now()
	after := merge(before, e, linksDocuments(a.Roster))
	if e.AgencyID == "" {
		u.agencies.addSpelling(before.AgencyID, e.spelling())
	} else {
		after.AgencyID = e.AgencyID
	}
	r.Versions = append(r.Versions, u.version(a, e, after))
}

// successor says which agency an agreement belongs to once its row names
// another one: a known agency of that name; the same agency under a new
// spelling; or, where the old name still stands for other agreements and the
// new one is more than a misprint, a body of its own.
func (u *update) successor(l *linker, before roster.Agreement, e *listRow) string {
	if e.AgencyID != "" {
		u.agencies.addSpelling(e.AgencyID, e.spelling())
		return e.AgencyID
	}
	if id := u.agencies.find(e.spelling(), e.county); id != "" { // minted for another row of this list
		return id
	}
	switch likeness := compare(u.agencies.names.parse(roster.Spelling{State: before.State, Name: before.Agency}), e.parsed()).likeness; {
	case likeness >= unrelated && before.State == e.State, // another body took it over
		likeness > wordMore && l.stillNamed[before.AgencyID] && before.State == e.State:
		return u.agencies.mint(e.row)
	}
	u.agencies.addSpelling(before.AgencyID, e.spelling())
	return before.AgencyID
}

// linksDocuments says whether a roster links documents at all: a list without
// the column removes none.
func linksDocuments(r roster.Roster) (has struct{ moa, addendum bool }) {
	for _, row := range r.Rows {
		has.moa = has.moa || row.MOA != ""
		has.addendum = has.addendum || row.Addendum != ""
	}
	return has
}

// merge returns the agreement as an entry continues it. What the entry does not
// say, or not readably, stays as it was: where a date cannot be read, the known
// one stays beside what is printed.
func merge(before roster.Agreement, e *listRow, has struct{ moa, addendum bool }) roster.Agreement {
	after := before
	keep := func(to *string, from string) {
		if from != "" {
			*to = from
		}
	}
	keep((*string)(&after.State), string(e.State))
	keep(&after.Agency, e.Agency)
	keep(&after.County, e.County)
	keep((*string)(&after.Type), string(e.Type))
	if e.Model.Key() != before.Model.Key() {
		keep((*string)(&after.Model), string(e.Model))
	}
	if e.Signed != "" || e.SignedAs == "" {
		after.Signed = e.Signed
	}
	after.SignedAs = e.SignedAs
	if has.moa {
		after.MOA = e.MOA
	}
	if has.addendum {
		after.Addendum = e.Addendum
	}
	return after
}

// amendments lists what an entry changes of the fields that identify an agreement.
func amendments(before roster.Agreement, e *listRow) []roster.Field {
	var fields []roster.Field
	differ := func(name, from, to string, same bool) {
		if to != "" && !same {
			fields = append(fields, roster.Field{Name: name, From: from, To: to})
		}
	}
	differ("agency", before.Agency, e.Agency, roster.Fold(before.Agency) == roster.Fold(e.Agency))
	differ("state", string(before.State), string(e.State), before.State == e.State)
	differ("model", string(before.Model), string(e.Model), before.Model.Key() == e.Model.Key())
	if from, to, differs := amendedDate(before, e); differs {
		fields = append(fields, roster.Field{Name: "signed", From: from, To: to})
	}
	return fields
}

// amendedDate says whether an entry changes the signing date. Correcting a misprint
// is an amendment, though the misprint could be read. A date that cannot be read is
// not, nor is one that can be read again and is what it was.
func amendedDate(before roster.Agreement, e *listRow) (from, to string, differs bool) {
	from, to = string(before.Signed), string(e.Signed)
	if e.Signed == "" && e.SignedAs != "" || before.DateKept() && from == to {
		return "", "", false
	}
	if before.SignedAs != "" && !before.DateKept() {
		from = before.SignedAs
	}
	corrected := before.SignedAs != "" && e.SignedAs == "" && from != to
	return from, to, corrected || before.Signed != e.Signed
}

// details lists what changes without being news.
func details(before, after roster.Agreement, duplicates, now int) []roster.Field {
	var fields []roster.Field
	if roster.Fold(before.County) != roster.Fold(after.County) {
		fields = append(fields, roster.Field{Name: "county", From: before.County, To: after.County})
	}
	if before.Type != after.Type {
		fields = append(fields, roster.Field{Name: "type", From: string(before.Type), To: string(after.Type)})
	}
	if duplicates != now {
		fields = append(fields, roster.Field{Name: "rows", From: strconv.Itoa(duplicates + 1), To: strconv.Itoa(now + 1)})
	}
	// Where the date itself changes, that is the news.
	if before.SignedAs != after.SignedAs && after.SignedAs != "" && before.Signed == after.Signed {
		fields = append(fields, roster.Field{Name: "signed_as", From: before.SignedAs, To: after.SignedAs})
	}
	return fields
}

// documentFields lists the documents that are linked, replaced or gone. Another
// way to write one file's URL is not news.
func documentFields(before, after roster.Agreement) []roster.Field {
	var fields []roster.Field
	if documentKey(before.MOA) != documentKey(after.MOA) {
		fields = append(fields, roster.Field{Name: "moa_url", From: before.MOA, To: after.MOA})
	}
	if documentKey(before.Addendum) != documentKey(after.Addendum) {
		fields = append(fields, roster.Field{Name: "addendum_url", From: before.Addendum, To: after.Addendum})
	}
	return fields
}

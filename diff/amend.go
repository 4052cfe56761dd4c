package diff

import (
	"cmp"
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

func (u *update) report(a Candidate, p pair, r *roster.Record, before roster.Agreement, kind roster.Kind, fields fieldList) {
	if len(fields) == 0 {
		return
	}
	c := u.change(kind, a.Publication, p.listed.printed.Number, r)
	if c.Before, c.Fields = &before, fields; kind == roster.KindAmended {
		c.Certainty, c.Why = p.certainty, p.evidence
	}
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
	if before.State == e.State {
		likeness := compare(u.agencies.nameOf(before), e.parsed()).likeness
		if likeness >= unrelated || likeness > wordMore && l.stillNamed[before.AgencyID] { // another body took it over, or is one beside it
			return u.agencies.mint(e.row)
		}
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
	after.State, after.Agency = cmp.Or(e.State, before.State), cmp.Or(e.Agency, before.Agency)
	after.County, after.Type = cmp.Or(e.County, before.County), cmp.Or(e.Type, before.Type)
	if e.Model.Key() != before.Model.Key() {
		after.Model = cmp.Or(e.Model, before.Model)
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

// fieldList collects the fields that differ.
type fieldList []roster.Field

func (f *fieldList) add(name, from, to string, differs bool) {
	if differs {
		*f = append(*f, roster.Field{Name: name, From: from, To: to})
	}
}

// amendments lists what an entry changes of the fields that identify an agreement.
func amendments(before roster.Agreement, e *listRow) (fields fieldList) {
	fields.add("agency", before.Agency, e.Agency, e.Agency != "" && roster.Fold(before.Agency) != roster.Fold(e.Agency))
	fields.add("state", string(before.State), string(e.State), e.State != "" && before.State != e.State)
	fields.add("model", string(before.Model), string(e.Model), e.Model != "" && before.Model.Key() != e.Model.Key())
	from, to, differs := amendedDate(before, e)
	fields.add("signed", from, to, differs)
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
func details(before, after roster.Agreement, duplicates, now int) (fields fieldList) {
	fields.add("county", before.County, after.County, roster.Fold(before.County) != roster.Fold(after.County))
	fields.add("type", string(before.Type), string(after.Type), before.Type != after.Type)
	fields.add("rows", strconv.Itoa(duplicates+1), strconv.Itoa(now+1), duplicates != now)
	// Where the date itself changes, that is the news.
	fields.add("signed_as", before.SignedAs, after.SignedAs, before.SignedAs != after.SignedAs && after.SignedAs != "" && before.Signed == after.Signed)
	return fields
}

// documentFields lists the documents that are linked, replaced or gone. Another
// way to write one file's URL is not news.
func documentFields(before, after roster.Agreement) (fields fieldList) {
	fields.add("moa_url", before.MOA, after.MOA, documentKey(before.MOA) != documentKey(after.MOA))
	fields.add("addendum_url", before.Addendum, after.Addendum, documentKey(before.Addendum) != documentKey(after.Addendum))
	return fields
}

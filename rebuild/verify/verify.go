// Package verify derives one change anew from the lists behind it, with no store, and says
// what of it comes out the same: from the two lists that it is between, or from all that
// came before it. It trusts nobody: what is not derived is not confirmed.
package verify

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/watch287g/watch287g/diff"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/sheet"
)

// File is a list as it was published.
type File struct {
	Publication roster.Publication
	Body        []byte // as ICE served it, or as it is given out
}

// Result is what became of a change that was derived anew.
type Result struct {
	Verdict   Verdict
	Why       string   // a sentence, where it is Unknown
	Confirmed []string // members of its JSON, as in "agreement.model"
	Wrong     []Wrong
	Open      []string // members that these lists do not tell
	Old, New  *roster.Row
	Missing   bool // nothing like it was derived at all
}

// Verdict is whether a change comes out the same.
type Verdict string

// The verdicts on a change.
const (
	Confirmed Verdict = "confirmed" // but for what is Open
	Refuted   Verdict = "refuted"
	Unknown   Verdict = "unknown" // these lists do not tell
)

// Wrong is a member of a change that comes out otherwise.
type Wrong struct {
	Member string `json:"member"`
	Said   any    `json:"said"`
	Found  any    `json:"found"`
}

// Two checks a change by the list that it names and the one that was in force before.
func Two(ctx context.Context, claim roster.Change, older, newer File, s diff.Settings) (Result, error) {
	if r, no := unlisted(claim); no {
		return r, nil
	}
	was, err := candidate(older, claim.Publication.List)
	if err != nil {
		return Result{}, err
	}
	now, err := candidate(newer, claim.Publication.List)
	if err != nil {
		return Result{}, err
	}
	derived, err := diff.Compare(ctx, []diff.Candidate{was}, []diff.Candidate{now}, s)
	if err != nil {
		return Result{}, fmt.Errorf("comparing the two lists: %w", err)
	}
	r := Result{Old: rowOf(was.Roster, before(claim)), New: rowNumbered(now.Roster, claim.Publication.Row)}
	r.checkID(claim)
	found, ok := sameRow(derived.Changes, claim)
	if !ok {
		r.contradicted(claim)
		r.settle("From these two lists alone it does not follow: it rests on earlier ones, too; --chain has those fetched.")
		return r, nil
	}
	for _, member := range []string{"kind", "publication.list", "publication.file", "publication.sha256", "publication.url", "publication.published_at",
		"publication.row", "fields"} {
		r.compare(member, claim, found, false, false)
	}
	for _, of := range []string{"agreement", "before"} {
		for _, name := range []string{"state", "agency", "county", "type", "model", "signed", "signed_as", "moa_url", "addendum_url"} {
			// A row that stands twice, under two names, can be either one.
			twice := of == "before" && name == "agency" && r.Old != nil
			r.compare(of+"."+name, claim, found, true, twice)
		}
	}
	r.rest(claim)
	r.settle("")
	return r, nil
}

// Among checks a change by all that was derived from the lists until it.
func Among(claim roster.Change, derived []roster.Change) Result {
	r, no := unlisted(claim)
	if no {
		return r
	}
	r.checkID(claim)
	var found *roster.Change
	for i, c := range derived {
		if c.ID == claim.ID || found == nil && alike(c, claim) && c.DetectedAt.Equal(claim.DetectedAt) {
			found = &derived[i]
		}
	}
	if found == nil {
		r.Missing, r.Wrong = true, append(r.Wrong, Wrong{Member: "kind", Said: claim.Kind})
		r.settle("")
		return r
	}
	said, have := members(claim), members(*found)
	for _, name := range sorted(said, have) {
		switch {
		case name == "id" || name == "seq" || name == "found_later" || name == "taken_back":
		case reflect.DeepEqual(said[name], have[name]):
			r.Confirmed = append(r.Confirmed, name)
		default:
			r.Wrong = append(r.Wrong, Wrong{name, said[name], have[name]})
		}
	}
	r.settle("")
	return r
}

// unlisted is the result for a change that follows from no lists.
func unlisted(claim roster.Change) (r Result, no bool) {
	why := ""
	switch {
	case claim.Kind == roster.KindCorrection:
		why = "It says how the record was corrected, which no list shows; what it corrects can be checked by its own id."
	case claim.Kind == roster.KindPage:
		why = "It follows from the words of ICE's page, and from no list."
	case claim.Document != nil:
		why = "It follows from a document, and from no list."
	default:
		return r, false
	}
	if claim.Kind == roster.KindCorrection { // the others have ids of their own
		r.checkID(claim)
	}
	r.settle(why)
	return r, true
}

func alike(a, b roster.Change) bool {
	return a.Kind == b.Kind && a.Agreement.ID == b.Agreement.ID && a.Publication.SHA256 == b.Publication.SHA256 && a.Publication.List == b.Publication.List &&
		reflect.DeepEqual(a.Milestone, b.Milestone)
}

// checkID makes sure that the id of a change belongs to what it names: it is a hash of its
// number, its kind, its agreement's id and the hash of its list.
func (r *Result) checkID(claim roster.Change) {
	if id := diff.ChangeID(claim); id != claim.ID {
		r.Wrong = append(r.Wrong, Wrong{"id", claim.ID, id})
		return
	}
	r.Confirmed = append(r.Confirmed, "id", "seq")
}

func (r *Result) settle(why string) {
	switch {
	case len(r.Wrong) > 0:
		r.Verdict = Refuted
	case why != "":
		r.Verdict, r.Why = Unknown, why
	default:
		r.Verdict = Confirmed
	}
}

// compare checks a member. Where earlier says so, what a list leaves out can be known from an
// earlier one: a signing date, a link. Where either does, the list says both.
func (r *Result) compare(member string, claim, found roster.Change, earlier, either bool) {
	said, have := at(members(claim), member), at(members(found), member)
	switch {
	case reflect.DeepEqual(said, have):
		if said != nil {
			r.Confirmed = append(r.Confirmed, member)
		}
	case earlier && blank(have), either:
		r.Open = append(r.Open, member)
	default:
		r.Wrong = append(r.Wrong, Wrong{member, said, have})
	}
}

// contradicted notes where the row that a change names says otherwise.
func (r *Result) contradicted(claim roster.Change) {
	if r.New == nil {
		if claim.Publication.Row > 0 {
			r.Wrong = append(r.Wrong, Wrong{"publication.row", claim.Publication.Row, nil})
		}
		return
	}
	a := claim.Agreement
	for _, m := range []struct{ name, said, found string }{
		{"agreement.state", string(a.State), string(r.New.State)}, {"agreement.agency", a.Agency, r.New.Agency},
		{"agreement.model", string(a.Model), string(r.New.Model)},
	} {
		if m.said != m.found {
			r.Wrong = append(r.Wrong, Wrong{m.name, m.said, m.found})
		}
	}
}

// rest notes the members that were not looked at.
func (r *Result) rest(claim roster.Change) {
	for _, name := range sorted(members(claim), nil) {
		looked := func(all []string) bool {
			return slices.ContainsFunc(all, func(m string) bool { return m == name || strings.HasPrefix(m, name+".") })
		}
		if !looked(r.Confirmed) && !looked(r.Open) && !slices.ContainsFunc(r.Wrong, func(w Wrong) bool { return looked([]string{w.Member}) }) &&
			!blank(members(claim)[name]) {
			r.Open = append(r.Open, name)
		}
	}
	r.Open = append(r.Open, "agreement.id", "agreement.agency_id")
	if claim.Before != nil {
		r.Open = append(r.Open, "before.id", "before.agency_id")
	}
	slices.Sort(r.Open)
}

// sameRow finds the change of the same kind about the same row, or about the one that is gone.
func sameRow(derived []roster.Change, claim roster.Change) (roster.Change, bool) {
	for _, c := range derived {
		if c.Kind != claim.Kind || c.Publication.Row != claim.Publication.Row || c.Kind == roster.KindMilestone {
			continue
		}
		if c.Publication.Row > 0 || c.Agreement.Key() == claim.Agreement.Key() && c.Agreement.Model.Key() == claim.Agreement.Model.Key() &&
			c.Agreement.Signed == claim.Agreement.Signed {
			return c, true
		}
	}
	return roster.Change{}, false
}

func candidate(f File, list roster.List) (diff.Candidate, error) {
	rosters, err := sheet.Read(f.Body, f.Publication.SeenAt)
	if err != nil {
		return diff.Candidate{}, fmt.Errorf("reading %s: %w", f.Publication.File, err)
	}
	for _, r := range rosters {
		if r.List == list {
			p := f.Publication
			p.Seq, p.List, p.Verdict, p.Hold, p.Digest = 0, list, "", "", r.Digest()
			return diff.Candidate{Publication: p, Roster: r}, nil
		}
	}
	return diff.Candidate{}, fmt.Errorf("%s does not hold the %s list", f.Publication.File, list)
}

// before is what the older list says of a change's agreement.
func before(c roster.Change) roster.Agreement {
	if c.Before != nil {
		return *c.Before
	}
	return c.Agreement
}

func rowOf(r roster.Roster, a roster.Agreement) *roster.Row {
	for i, row := range r.Rows {
		if (roster.Spelling{State: row.State, Name: row.Agency}).Key() == a.Key() && row.Model.Key() == a.Model.Key() && (row.Signed == a.Signed || a.Signed == "") {
			return &r.Rows[i]
		}
	}
	return nil
}

func rowNumbered(r roster.Roster, number int) *roster.Row {
	for i, row := range r.Rows {
		if row.Number == number && number > 0 {
			return &r.Rows[i]
		}
	}
	return nil
}

// members are those of a change's JSON.
func members(c roster.Change) map[string]any {
	doc, err := json.Marshal(c)
	if err != nil { // a change always encodes
		panic(err)
	}
	var found map[string]any
	if err := json.Unmarshal(doc, &found); err != nil {
		panic(err)
	}
	return found
}

// at is the value of a member, which can be one of another.
func at(of map[string]any, member string) any {
	name, rest, deeper := strings.Cut(member, ".")
	inner, ok := of[name].(map[string]any)
	if !deeper || !ok {
		if deeper {
			return nil
		}
		return of[name]
	}
	return at(inner, rest)
}

func blank(v any) bool { return v == nil || v == "" || v == false }

func sorted(a, b map[string]any) []string {
	var names []string
	for name := range a {
		names = append(names, name)
	}
	for name := range b {
		if _, both := a[name]; !both {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

package table

import (
	"cmp"
	"context"
	"fmt"
	"sync"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
	"github.com/watch287g/watch287g/web/route"
)

// Printed is a row of a list in force, as ICE prints it.
type Printed struct {
	List                               roster.List
	Number                             int
	URL                                string // of the row among the evidence
	State, Agency, County, Type, Model string
	Signed                             string // "" on the pending list
	Documents                          []prose.Document
}

// RowsNow holds the rows of the lists in force by their agencies, so that the page of
// each need not read whole lists.
type RowsNow struct {
	mu       sync.Mutex
	as       string // of which lists, and after which changes, these are
	byAgency map[string][]printedRow
}

// printedRow is a row with the list that it stands on.
type printedRow struct {
	list roster.Publication
	row  roster.Row
}

// Of are the rows of an agency, those of the participating list first.
func (n *RowsNow) Of(ctx context.Context, l prose.Language, snap *snapshot.Snapshot, read func(context.Context, uint64) (roster.Roster, error), id string) ([]Printed, error) {
	inForce := snap.InForce(snap.KnownUntil())
	as := fmt.Sprint(inForce[roster.ListParticipating].Seq, inForce[roster.ListPending].Seq, snap.LastChange())
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.as == as {
		return printed(l, n.byAgency[id]), nil
	}
	byAgency := map[string][]printedRow{}
	for _, list := range roster.Lists() {
		p, ok := inForce[list]
		if !ok {
			continue
		}
		said, err := read(ctx, p.Seq)
		if err != nil {
			return nil, fmt.Errorf("reading the rows of the %s list: %w", list, err)
		}
		for _, r := range said.Rows {
			if of := snap.AgencyOfRow(p, r); of != "" {
				byAgency[of] = append(byAgency[of], printedRow{p, r})
			}
		}
	}
	n.as, n.byAgency = as, byAgency
	return printed(l, byAgency[id]), nil
}

func printed(l prose.Language, rows []printedRow) []Printed {
	var all []Printed
	for _, r := range rows {
		all = append(all, lineOf(l, r.list, r.row))
	}
	return all
}

// lineOf is a row with its cells as they are printed, spaces and capitals aside.
func lineOf(l prose.Language, p roster.Publication, r roster.Row) Printed {
	printed := func(column, canonical string) string { return prose.Printed(cmp.Or(r.Raw[column], canonical)) }
	kind := string(r.Type)
	if kind != "" {
		kind = prose.Capitalize(kind)
	}
	line := Printed{List: p.List, Number: r.Number, URL: fmt.Sprintf("%s#row-%d", route.EvidenceURL(p.List, p.SHA256), r.Number),
		State: printed("STATE", r.State.Name()), Agency: printed("LAW ENFORCEMENT AGENCY", r.Agency), County: printed("COUNTY", r.County),
		Type: printed("TYPE", kind), Model: printed("SUPPORT TYPE", r.Model.Name())}
	if p.List == roster.ListParticipating {
		line.Signed = prose.Printed(cmp.Or(r.SignedAs, l.ShortDate(r.Signed)))
	}
	for _, d := range []prose.Document{l.Document(prose.DocumentMOA, r.MOA), l.Document(prose.DocumentPart, r.Addendum)} {
		if d.Text != "" {
			line.Documents = append(line.Documents, d)
		}
	}
	return line
}

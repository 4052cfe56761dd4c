// Package table puts agencies in rows, with a column for each model, narrowed and
// sorted as an address asks.
package table

import (
	"slices"
	"time"

	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
)

// Table is the agencies of a place as of a moment: those that hold or seek
// agreements in rows, and what has ended.
type Table struct {
	Choice
	Columns []Column
	Rows    []Row
	Ended   []Ended // the last to end first
	Choices []Group // ways to narrow the table
	Whole   int     // agencies that the rows are without a choice
	Caption string  // what the rows are, counted
}

// Row is an agency with what it holds and seeks.
type Row struct {
	ID, Agency string   // as ICE spells it
	Counties   []County // none where that is not known
	Kinds      []string // of agency, in a word; two where ICE gives two
	Cells      []Cell   // one a model, as the table's columns
	Since      []Since  // when these were listed, the first of the row first
}

// County is where an agency is.
type County struct {
	FIPS string // "" for an agency of the whole state
	Name string // "Harris County"; "Statewide"
}

// Cell is what an agency holds and seeks in a model.
type Cell struct {
	Name     string // of the column
	Holdings []Holding
}

// Holding is an agreement or a pending entry.
type Holding struct {
	roster.AgreementAt
	Model    string         // its name, where the column does not say it
	As       string         // how ICE spells the agency there, where that is not as in the row
	Document prose.Document // the agreement, where ICE links one
	Days     int            // that a pending entry has stood so far
}

// Since is a day since which ICE lists agreements or entries of an agency.
type Since struct {
	roster.AgreementAt          // one of them
	Of                 []string // all of them, by model
}

// Ended is an agreement or an entry that is no longer listed.
type Ended struct {
	roster.AgreementAt
	List     roster.List // that it stood on
	Counties []County
}

// New makes the table of a place. all is what is known of the place as of the moment,
// whatever its status, in the order of snapshot.AgreementsAt.
func New(snap *snapshot.Snapshot, c Choice, at time.Time, all []roster.AgreementAt) *Table {
	l := c.Language
	t := &Table{Choice: c, Columns: columns(c, all), Choices: c.groups(all)}
	until := min(roster.Day(at), roster.Day(snap.Newest()))
	rows, whole := map[string]int{}, map[string]bool{}
	var shown []roster.AgreementAt
	for _, a := range all {
		if a.Status != roster.StatusEnded {
			whole[a.AgencyID] = true
		}
		if !c.Filter.MatchAgreement(a.Agreement, snap.InArea) || !c.wants(a.Status) {
			continue
		}
		if a.Status == roster.StatusEnded {
			if e, ok := ended(l, snap, a, at); ok {
				t.Ended = append(t.Ended, e)
			}
			continue
		}
		shown = append(shown, a)
		i, there := rows[a.AgencyID]
		if !there {
			i = len(t.Rows)
			rows[a.AgencyID] = i
			t.Rows = append(t.Rows, Row{ID: a.AgencyID, Agency: a.Agency, Counties: CountiesOf(l, snap, a.Agreement), Cells: t.cells()})
		}
		t.add(&t.Rows[i], a, until)
	}
	slices.SortStableFunc(t.Ended, func(a, b Ended) int { return b.Until.Compare(a.Until) })
	t.sort()
	t.Whole, t.Caption = len(whole), l.TableCaption(len(t.Rows), roster.CountAt(shown, snap.Publications(), at), c.Statuses)
	return t
}

// cells are those of a row in which there is nothing yet.
func (t *Table) cells() []Cell {
	all := make([]Cell, len(t.Columns))
	for i, c := range t.Columns {
		all[i].Name = c.Name
	}
	return all
}

// add puts an agreement or an entry into its row. until is the day up to which a
// pending entry has stood.
func (t *Table) add(r *Row, a roster.AgreementAt, until roster.Date) {
	l := t.Language
	h := Holding{AgreementAt: a, Document: l.Document(prose.DocumentCell, a.MOA)}
	if a.Model.Class() == roster.OtherModel {
		h.Model = l.Model(a.Model)
	}
	if a.Status == roster.StatusPending {
		h.Days = prose.DaysBetween(roster.Day(a.Since), until)
	}
	if roster.Fold(a.Agency) != roster.Fold(r.Agency) {
		h.As = l.ListedAs(a.Agency)
	}
	i := slices.IndexFunc(t.Columns, func(c Column) bool { return c.Model == a.Model.Class() })
	if i < 0 { // a model is always one of these
		return
	}
	r.Cells[i].Holdings = append(r.Cells[i].Holdings, h)
	if kind := l.TypeShort(a.Type, a.State); !slices.Contains(r.Kinds, kind) {
		r.Kinds = append(r.Kinds, kind)
	}
	r.addSince(l, a)
}

// addSince notes since when one more is listed.
func (r *Row) addSince(l prose.Language, a roster.AgreementAt) {
	of := l.ModelShort(a.Model, a.Status)
	for i := range r.Since {
		if s := &r.Since[i]; roster.Day(s.Since) == roster.Day(a.Since) && s.Baseline == a.Baseline {
			s.Of = append(s.Of, of)
			return
		}
	}
	r.Since = append(r.Since, Since{a, []string{of}})
}

// CountiesOf finds the counties that an agreement's agency is in: several where several
// run it. A town in several counts for the one with most of it.
func CountiesOf(l prose.Language, snap *snapshot.Snapshot, a roster.Agreement) []County {
	at := snap.Locate(a)
	if at.By == place.Statewide {
		return []County{{Name: l.Column("statewide")}}
	}
	var all []County
	for _, code := range at.Owners() {
		if c, ok := place.ByFIPS(code); ok {
			all = append(all, County{c.FIPS, l.CountyName(c)})
		}
	}
	return all
}

// ended says what ended, unless it is a pending entry that was signed.
func ended(l prose.Language, snap *snapshot.Snapshot, a roster.AgreementAt, at time.Time) (Ended, bool) {
	r := snap.Record(a.ID)
	if r.List == roster.ListPending {
		if _, signed := snap.SignedAs(r, at); signed {
			return Ended{}, false
		}
		if by := snap.Record(r.SignedBy); by != nil && !by.FirstListed().After(at) {
			return Ended{}, false
		}
	}
	return Ended{a, r.List, CountiesOf(l, snap, a.Agreement)}, true
}

package diff

import (
	"cmp"
	"slices"
	"strings"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// disproof is why a milestone that was reported was not one.
type disproof struct {
	told  roster.ReportedMilestone
	by    *roster.Record // whose correction shows it
	first *roster.Record // who was first instead; nil for nobody
}

// keepMilestone notes on its record that a milestone was reported, or corrected. A
// record day counts the rows that were new, by the list that it names: nothing
// that ICE corrects later changes that.
func (u *update) keepMilestone(c *roster.Change) {
	if c.Milestone == nil || c.Milestone.Name == roster.RecordDay {
		return
	}
	r := u.edit(u.known.Records[c.Agreement.ID])
	for i, told := range r.Milestones {
		if c.Corrects != "" && told.Change == c.Corrects {
			r.Milestones[i].Corrected = true
		}
	}
	if c.Corrects == "" {
		r.Milestones = append(r.Milestones, roster.ReportedMilestone{Change: c.ID, Name: c.Milestone.Name, Count: c.Milestone.Count, Agreement: c.Agreement,
			Source: u.known.InForce[roster.ListParticipating].Seq, At: c.DetectedAt})
	}
}

// correctMilestones corrects the firsts and lasts that the changes disprove,
// each by a change of its own that names it and the row that shows it.
func (u *update) correctMilestones(changes []*roster.Change, h map[string]firstListing) {
	var found []disproof
	for _, r := range u.known.Records {
		for _, told := range r.Milestones {
			if d := u.disprove(r, told, h, changes); d != nil && !told.Corrected {
				found = append(found, *d)
			}
		}
	}
	slices.SortFunc(found, func(a, b disproof) int {
		return cmp.Or(strings.Compare(a.told.Agreement.State.Name(), b.told.Agreement.State.Name()),
			slices.Index(firstNames(), a.told.Name)-slices.Index(firstNames(), b.told.Name), strings.Compare(a.told.Change, b.told.Change))
	})
	for _, d := range found {
		c := u.change(roster.KindMilestone, u.known.InForce[roster.ListParticipating], d.by.Last().Row, u.known.Records[d.told.Agreement.ID])
		for _, shows := range changes {
			if shows.Agreement.ID == d.by.ID() && shows.Kind != roster.KindDocument {
				c.Publication = shows.Publication
			}
		}
		c.Before, c.Corrects, c.Milestone = &d.told.Agreement, d.told.Change, &roster.Milestone{Name: d.told.Name, Count: d.told.Count}
		u.disproofs[c] = d
	}
}

// disprove returns what shows that a milestone was wrong; nil where it stands.
func (u *update) disprove(r *roster.Record, told roster.ReportedMilestone, h map[string]firstListing, changes []*roster.Change) *disproof {
	i := slices.Index(firstNames(), told.Name)
	if i < 0 {
		at := slices.IndexFunc(changes, func(c *roster.Change) bool { return u.disproves(c, told) })
		if at < 0 {
			return nil
		}
		return &disproof{told: told, by: u.known.Records[changes[at].Agreement.ID]}
	}
	key := firsts(told.Agreement)[i]
	switch first := h[key].first; {
	case firsts(r.Now())[i] != key:
		return &disproof{told: told, by: r, first: first}
	case listedAt(first) < listedAt(r):
		return &disproof{told: told, by: first, first: first}
	}
	return nil
}

// disproves says whether a correction shows that a state's last agreement was not
// the last one, as another was listed all along, or that a hundred had been reached
// before.
func (u *update) disproves(c *roster.Change, told roster.ReportedMilestone) bool {
	if c.Publication.List != roster.ListParticipating {
		return false
	}
	r, restored := u.known.Records[c.Agreement.ID], c.Kind == roster.KindRestored
	at := placeOf(told.At, told.Source) // by which the milestone was told
	if of := u.known.Records[told.Agreement.ID]; of != nil {
		for _, v := range of.Versions {
			if v.Source == told.Source {
				at = placeOf(v.From, v.Source)
			}
		}
	}
	switch told.Name {
	case roster.LastInState:
		moved := c.Kind == roster.KindAmended && c.Before.State != c.Agreement.State
		return c.Agreement.State == told.Agreement.State && (restored && gapBegan(r) <= at || moved && listedIn(r, at))
	case roster.Hundred:
		return restored && gapBegan(r) < at && recordBefore(u.known.Records, at) >= told.Count
	}
	return false
}

// gapBegan returns the place of the publication that first lacked a record that is back.
func gapBegan(r *roster.Record) int64 {
	began := *r.Last()
	for i := len(r.Versions) - 1; i >= 0; i-- {
		switch v := r.Versions[i]; {
		case !v.Listed:
			began = v
		case began.Source != r.Last().Source:
			return placeOf(began.From, began.Source)
		}
	}
	return placeOf(began.From, began.Source)
}

// listedIn says whether the publication of a place listed the record.
func listedIn(r *roster.Record, at int64) bool {
	listed := false
	for _, v := range r.Versions {
		if placeOf(v.From, v.Source) <= at {
			listed = v.Listed
		}
	}
	return listed
}

// inWords is a disproof as its text needs it.
func (d disproof) inWords() *prose.WrongMilestone {
	w := &prose.WrongMilestone{Reported: d.told, By: firstListed(d.by)}
	if v := d.by.Versions; d.by.ID() != d.told.Agreement.ID && len(v) > 1 { // a correction of the state can have brought it in
		before, now := v[len(v)-2], v[len(v)-1]
		w.Moved = before.Listed && before.Agreement.State != now.Agreement.State
	}
	if d.first != nil {
		first := firstListed(d.first)
		w.First = &first
	}
	return w
}

func firstListed(r *roster.Record) prose.FirstListed {
	return prose.FirstListed{Agreement: r.Now(), Day: roster.Day(r.FirstListed()), IsLowerBound: r.Baseline}
}

package notify

import (
	"cmp"
	"slices"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// netted is a change as a message says it: in a digest, with all that came of it until the
// last change.
type netted struct {
	roster.Change
	// passed says that what ended had begun within the time of the digest.
	passed bool
}

// detail says what happened, behind the agency's name.
func (c netted) detail(l prose.Language) string {
	if c.passed {
		return l.Passed(l.Line(c.Change))
	}
	return l.Line(c.Change)
}

// outcome is what a message has to say.
type outcome struct {
	news       []netted        // without milestones
	milestones []roster.Change // those that matter most first
	nothing    prose.Nothing   // what a digest leaves out
}

// ends are the changes that are told on top, without those that came and went.
func (o outcome) ends() (all []roster.Change, passed int) {
	for _, c := range o.news {
		switch {
		case c.passed:
			passed++
		case onTop(c.Kind):
			all = append(all, c.Change)
		}
	}
	return all, passed
}

// counted are the changes that a headline counts by their kinds, and how many came and
// went.
func (o outcome) counted() (all []roster.Change, passed int) {
	for _, c := range o.news {
		if c.passed && len(o.news) > 1 {
			passed++
			continue
		}
		all = append(all, c.Change)
	}
	return all, passed
}

// digest says whether a message gathers the changes of several moments.
func (m Message) digest() bool {
	return !m.Test && slices.ContainsFunc(m.Changes, func(c roster.Change) bool { return !c.DetectedAt.Equal(m.Changes[0].DetectedAt) })
}

// outcomeOf says what a message's changes come to. Those of one moment are all news. In a digest
// each agreement and each entry is said once, as ICE lists it in the end: one that was
// pending and then signed is new; what was misprinted and put right, or left and came back,
// is only counted; what came and left again is an end that says so.
func outcomeOf(m Message) outcome {
	var o outcome
	digest := m.digest()
	for _, c := range m.Changes {
		switch {
		case !c.Kind.OfAgreement():
			o.milestones = append(o.milestones, c)
		case !digest:
			o.news = append(o.news, netted{Change: c})
		}
	}
	if digest {
		o.fold(m)
	}
	slices.SortStableFunc(o.milestones, func(a, b roster.Change) int {
		return cmp.Or(cmp.Compare(milestoneRank(a), milestoneRank(b)), m.language().CompareStates(a.Agreement.State, b.Agreement.State))
	})
	return o
}

// milestoneRank is the order in which milestones are read: what a rebuild corrects, corrections, those of the whole
// list, those of a state, and those of a model or a kind of agency.
func milestoneRank(c roster.Change) int {
	switch {
	case c.Kind == roster.KindPage:
		return 100
	case c.Kind == roster.KindCorrection:
		return -1
	case c.Corrects != "" || c.Milestone == nil:
		return 0
	}
	return 1 + slices.Index([]string{roster.Hundred, roster.RecordDay, roster.FirstInState, roster.LastInState, roster.FirstInModel, roster.FirstOfType}, c.Milestone.Name)
}

// thread is what happened to one agreement or entry, in order.
type thread []roster.Change

func (t thread) last() roster.Change { return t[len(t)-1] }

// begins says whether a kind of change is one after which something is listed that was not
// before.
func begins(k roster.Kind) bool {
	return k == roster.KindNew || k == roster.KindPending || k == roster.KindRestored
}

// isListed says whether it is listed after the last change.
func (t thread) isListed() bool {
	for _, c := range slices.Backward(t) {
		if begins(c.Kind) || ended(c.Kind) {
			return begins(c.Kind)
		}
	}
	return true // only details of it changed
}

// has says whether one of the changes is of a kind.
func (t thread) has(k roster.Kind) bool {
	return slices.ContainsFunc(t, func(c roster.Change) bool { return c.Kind == k })
}

// fold nets out the changes of a digest.
func (o *outcome) fold(m Message) {
	var order []string // of the threads, by their first change
	threads := map[string]thread{}
	for _, c := range m.Changes {
		id := c.Agreement.ID
		if !c.Kind.OfAgreement() {
			continue
		}
		if threads[id] == nil {
			order = append(order, id)
		}
		threads[id] = append(threads[id], c)
	}
	signed := signedEntries(threads, order)
	for _, id := range order {
		if signed[id] {
			continue
		}
		files, back := roster.NetDocuments(threads[id])
		o.nothing.Documents += back
		t := slices.DeleteFunc(slices.Clone(threads[id]), func(c roster.Change) bool { return c.Document != nil })
		if len(t) > 0 {
			o.say(t, m)
		}
		if len(t) > 0 && !t.isListed() { // of what left, no document is said
			o.nothing.Documents += len(files)
			continue
		}
		for _, c := range files {
			o.news = append(o.news, netted{Change: c})
		}
	}
	o.forget(m)
	o.milestones = o.standing(threads, m)
}

// signedEntries are the threads of pending entries that became agreements within the
// digest, which say how long they were pending.
func signedEntries(threads map[string]thread, order []string) map[string]bool {
	signed := map[string]bool{}
	for _, id := range order {
		t := threads[id]
		if t[0].Publication.List != roster.ListParticipating || t[0].Kind != roster.KindNew || t[0].PendingSince == "" {
			continue
		}
		if entry := entryOf(t[0], threads, order, signed); entry != "" {
			signed[entry] = true
		}
	}
	return signed
}

// entryOf is the thread of the pending entry that an agreement was, if no other agreement
// was it: the agency's own, or else the first that is likely the same; "" for none.
func entryOf(agreement roster.Change, threads map[string]thread, order []string, taken map[string]bool) (entry string) {
	for _, id := range order {
		t := threads[id]
		first, now := t[0], t.last().Agreement
		if first.Publication.List != roster.ListPending || taken[id] || now.Model.Key() != agreement.Agreement.Model.Key() || first.Seq > agreement.Seq {
			continue
		}
		same := now.AgencyID == agreement.Agreement.AgencyID || slices.ContainsFunc(t, func(c roster.Change) bool { return c.ID == agreement.Corrects })
		since := first.Kind == roster.KindPending && roster.Day(first.Publication.PublishedAt) == agreement.PendingSince
		likely := since && now.State == agreement.Agreement.State && agreement.Certainty == roster.Likely
		if same || entry == "" && likely {
			entry = id
		}
	}
	return entry
}

// say adds what came of one agreement or entry.
func (o *outcome) say(t thread, m Message) {
	began, is := begins(t[0].Kind), t.isListed()
	switch {
	case began && is:
		o.sayBegun(t, m)
	case began && t[0].Kind != roster.KindRestored:
		o.news = append(o.news, netted{Change: t.end(), passed: true})
	case began: // it came back, and left again
		o.nothing.Left++
	case !is:
		o.news = append(o.news, netted{Change: t.end()})
	default:
		o.sayOtherwise(t)
	}
}

// end is the last change that ended it.
func (t thread) end() roster.Change {
	for _, c := range slices.Backward(t) {
		if ended(c.Kind) {
			return c
		}
	}
	return t.last()
}

// sayBegun adds what was not listed before and is now, as it is listed now.
func (o *outcome) sayBegun(t thread, m Message) {
	c := t[0]
	if t.has(roster.KindAmended) {
		o.nothing.Corrected++
		c.Agreement = t.last().Agreement
	}
	if t.has(roster.KindRemoved) || t.has(roster.KindWithdrawn) {
		o.nothing.Back++
	}
	for _, later := range t[1:] {
		if later.Certainty == roster.Likely {
			c.Certainty, c.Near = roster.Likely, cmp.Or(c.Near, later.Near)
		}
	}
	if elsewhere := m.Only; !elsewhere.ByArea() && !elsewhere.MatchAgreement(c.Agreement, nil) && elsewhere.MatchAgreement(t[0].Agreement, nil) {
		return // ICE's misprint alone was in this channel's states
	}
	o.news = append(o.news, netted{Change: c})
}

// sayOtherwise adds what of a listed agreement is otherwise than before, if anything is.
func (o *outcome) sayOtherwise(t thread) {
	said := false
	for _, kind := range []roster.Kind{roster.KindAmended, roster.KindDetail, roster.KindDocument} {
		if c, ok := t.merged(kind); ok {
			o.news = append(o.news, netted{Change: c})
			said = true
		}
	}
	switch {
	case t.has(roster.KindRestored):
		o.nothing.Back++
	case !said:
		o.nothing.Corrected++
	}
}

// merged is one change for all of a kind: from what was before the first to what is after
// the last. ok is false where that is the same, or there is none. What is listed again
// otherwise than it was counts as amended.
func (t thread) merged(kind roster.Kind) (one roster.Change, ok bool) {
	var fields []roster.Field
	for _, c := range t {
		if c.Kind != kind && (kind != roster.KindAmended || c.Kind != roster.KindRestored || len(c.Fields) == 0) {
			continue
		}
		before := one.Before
		likely := one.Certainty == roster.Likely
		if one = c; before != nil {
			one.Before = before
		}
		if likely {
			one.Certainty = roster.Likely
		}
		for _, f := range c.Fields {
			if i := slices.IndexFunc(fields, func(k roster.Field) bool { return k.Name == f.Name }); i >= 0 {
				fields[i].To = f.To
			} else {
				fields = append(fields, f)
			}
		}
	}
	fields = slices.DeleteFunc(fields, func(f roster.Field) bool { return f.From == f.To })
	if one.Kind == roster.KindRestored {
		one.Kind, one.Corrects = roster.KindAmended, ""
	}
	one.Fields = fields
	return one, len(fields) > 0
}

// forget takes out of the lines what was so when their change was found, and is no longer:
// the digest's other lines say what came of it.
func (o *outcome) forget(m Message) {
	told, removed := map[string]bool{}, map[string]bool{}
	last := map[string]uint64{} // of an agency's changes
	for _, c := range m.Changes {
		told[c.ID] = true
		removed[c.Agreement.ID] = removed[c.Agreement.ID] || c.Kind == roster.KindRemoved
		if c.Kind.OfAgreement() {
			last[c.Agreement.AgencyID] = max(last[c.Agreement.AgencyID], c.Seq)
		}
	}
	for i := range o.news {
		c := &o.news[i].Change
		if c.Kind != roster.KindRestored && told[c.Corrects] {
			c.Corrects = ""
		}
		if last[c.Agreement.AgencyID] > c.Seq {
			c.AgencyActiveCount, c.Holds, c.Seeks = 0, nil, nil
		}
		if removed[c.ActiveAgreementID] {
			c.ActiveAgreementID = ""
		}
	}
}

// standing leaves those milestones that still hold at the end of a digest, and that no later
// one of it outdoes.
func (o *outcome) standing(threads map[string]thread, m Message) []roster.Change {
	var kept []roster.Change
	seen := map[string]bool{}
	for _, c := range slices.Backward(o.milestones) {
		if c.Milestone == nil || c.Corrects != "" || c.Kind == roster.KindCorrection {
			kept = append(kept, c)
			continue
		}
		if seen[c.Milestone.Name] && c.National() || c.Milestone.Name == roster.LastInState && listsAgain(c, m) {
			o.nothing.Milestones++
			continue
		}
		seen[c.Milestone.Name] = true
		if t := threads[c.Agreement.ID]; t.has(roster.KindAmended) {
			if now := t.last().Agreement; now.State == c.Agreement.State && now.Model == c.Agreement.Model {
				c.Agreement = now
			}
		}
		kept = append(kept, c)
	}
	slices.Reverse(kept)
	return kept
}

// listsAgain says whether a state that had lost its last agreement has one at the end.
func listsAgain(last roster.Change, m Message) bool {
	if f := m.Delivery.Figures; f.Active > 0 {
		return f.ByState[last.Agreement.State] > 0
	}
	return slices.ContainsFunc(m.Changes, func(c roster.Change) bool {
		return c.Seq > last.Seq && c.Agreement.State == last.Agreement.State && c.Publication.List == roster.ListParticipating &&
			(c.Kind == roster.KindNew || c.Kind == roster.KindRestored || c.Kind == roster.KindAmended && c.Before != nil && c.Before.State != c.Agreement.State)
	})
}

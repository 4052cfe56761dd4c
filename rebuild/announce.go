package rebuild

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/watch287g/watch287g/diff"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// Announcement is how the corrections of a rebuild are told.
type Announcement struct {
	At time.Time // when they are
	// Because is why rules or spellings lead to something else, where the operator says so.
	Because roster.CorrectionReason
	// Plan returns the messages that an event causes, as notify.Planner does.
	Plan func(context.Context, roster.CycleEvent) (roster.Notifications, error)
}

// announcing makes the corrections of a rebuild.
type announcing struct {
	*Rebuilt
	Announcement
	plain outcomes // what rules come to without lists that were not known
	found []roster.Change
}

// announce adds a correction for all that was reported and is not so, and for what was missed,
// and the messages that carry them, all of which are told at once.
func (b *Rebuilt) announce(ctx context.Context, a Announcement, plain outcomes) error {
	n := &announcing{Rebuilt: b, Announcement: a, plain: plain}
	n.Because = cmp.Or(n.Because, roster.ReasonReading)
	n.takenBack()
	n.altered()
	n.again()
	slices.SortStableFunc(n.found, func(a, b roster.Change) int { return cmp.Compare(a.Correction.Place, b.Correction.Place) })
	for i := range n.found {
		c := &n.found[i]
		c.Seq, c.DetectedAt = uint64(len(b.changes)+1), a.At
		c.ID = diff.ChangeID(*c)
		prose.WriteTexts(c, prose.Context{})
		b.changes = append(b.changes, *c)
	}
	if len(n.found) == 0 {
		return nil
	}
	b.Report.Corrections = n.found
	planned, err := a.Plan(ctx, roster.CycleEvent{At: a.At, Changes: n.found, Figures: roster.FiguresOf(b.records), InForce: b.inForce})
	if err != nil {
		return fmt.Errorf("working out who is told of the corrections: %w", err)
	}
	b.add(planned.Deliveries)
	return nil
}

// add adds messages with changes to those of before, or has those carry more.
func (b *Rebuilt) add(planned []roster.Delivery) {
	for _, d := range planned {
		news := 0
		for _, seq := range d.Changes {
			if seq > b.old.state.Seqs.Change && seq-1 < uint64(len(b.changes)) && b.changes[seq-1].Kind == roster.KindCorrection {
				news++
			}
		}
		if news == 0 { // of the operator, or one that only gets another hour
			continue
		}
		if d.Seq == 0 {
			b.state.Delivery++
			d.Seq = b.state.Delivery
			b.deliveries = append(b.deliveries, d)
		} else {
			at := slices.IndexFunc(b.deliveries, func(was roster.Delivery) bool { return was.Seq == d.Seq })
			d = withoutTakenBack(d, b.changes)
			b.deliveries[at] = d
		}
		b.Report.Messages = append(b.Report.Messages, Message{d.Channel, news, d.DueAt})
	}
}

// reported quotes a change of before, if anybody was told of it: what a rebuild found counts
// where that was announced, and then. place is its number, or that of what announced it.
func (n *announcing) reported(c roster.Change) (was *roster.Report, place uint64) {
	if !c.FoundLater {
		return quoted(c), c.Seq
	}
	for _, said := range slices.Backward(n.old.changes) {
		if k := said.Correction; k != nil && k.Now != nil && k.Now.ID == c.ID {
			was = quoted(c)
			was.At = said.DetectedAt
			return was, said.Seq
		}
	}
	return nil, 0
}

// quotedText is how many characters of a text a correction quotes; the change's page has all.
const quotedText = 500

// quoted is a change as a correction quotes it, in all languages.
func quoted(c roster.Change) *roster.Report {
	r := &roster.Report{ID: c.ID, Kind: c.Kind, At: c.DetectedAt, Titles: map[string]string{}, Texts: map[string]string{}}
	for _, l := range prose.Languages() {
		r.Titles[string(l)] = strings.TrimPrefix(l.Title(c), l.Place(c)+": ")
		r.Texts[string(l)] = prose.Shorten(prose.Clean(l.TextOf(c)), quotedText)
	}
	return r
}

// correct notes a correction of or by a change.
func (n *announcing) correct(about roster.Change, k roster.Correction) {
	if n.agencies[about.Agreement.AgencyID] == nil { // it has no page anymore
		about.Agreement.AgencyID = ""
	}
	c := roster.Change{Kind: roster.KindCorrection, Publication: about.Publication, Agreement: about.Agreement, Before: about.Before,
		Milestone: about.Milestone, Certainty: roster.Certain, Correction: &k}
	for _, r := range []*roster.Report{k.Was, k.Now} {
		if r != nil && !slices.Contains(k.Kinds, r.Kind) {
			c.Correction.Kinds = append(c.Correction.Kinds, r.Kind)
		}
	}
	if k.Event == roster.CorrectionTakenBack {
		c.Corrects = k.Was.ID
	}
	n.found = append(n.found, c)
}

// about is what happened to what, by which list.
type about struct {
	list              roster.List
	sha256, agreement string
	milestone         string
}

func aboutOf(c roster.Change) about {
	a := about{list: c.Publication.List, sha256: c.Publication.SHA256, agreement: c.Agreement.ID}
	if c.Milestone != nil {
		a.milestone = c.Milestone.Name
	}
	return a
}

// takenBack makes the corrections of what was wrong, with what is so instead, and of what was
// missed.
func (n *announcing) takenBack() {
	instead, used := map[about]roster.Change{}, map[string]bool{}
	for _, c := range n.Report.Changes.Added {
		if _, two := instead[aboutOf(c)]; !two {
			instead[aboutOf(c)] = c
		}
	}
	for _, was := range n.Report.Changes.Gone {
		said, place := n.reported(was)
		if said == nil {
			continue
		}
		now := n.identity.kept(was)
		now.Before = nil
		k := roster.Correction{Event: roster.CorrectionTakenBack, Was: said, Place: place, Why: n.why(n.plain.gone[was.ID])}
		if right, some := instead[aboutOf(now)]; some {
			k.Now, used[right.ID] = quoted(right), true
			now.Agreement, now.Before = right.Agreement, &was.Agreement
		}
		n.correct(now, k)
	}
	early := map[roster.List][]roster.Change{}
	for _, c := range n.Report.Changes.Added {
		first := beginning(n.old.publications, c.Publication.List)
		switch {
		case used[c.ID]:
		case first.IsZero() || !c.DetectedAt.After(first): // of the first list, nothing was news
			early[c.Publication.List] = append(early[c.Publication.List], c)
		default:
			n.correct(c, roster.Correction{Event: roster.CorrectionFoundLater, Now: quoted(c), Place: n.place(c), Why: n.why(n.plain.added[sameAs(c)])})
		}
	}
	for _, list := range roster.Lists() {
		n.longer(list, early[list])
	}
}

// beginning is when the record of a list begins; zero where it has none.
func beginning(publications []roster.Publication, list roster.List) (first time.Time) {
	for _, p := range publications {
		if p.List == list && p.Verdict == roster.VerdictAccepted && (first.IsZero() || p.EffectiveAt.Before(first)) {
			first = p.EffectiveAt
		}
	}
	return first
}

// longer says in one correction that the record of a list begins earlier: what happened
// before it began was never reported, and is told one by one nowhere.
func (n *announcing) longer(list roster.List, early []roster.Change) {
	if len(early) == 0 {
		return
	}
	k := roster.Correction{Event: roster.CorrectionLonger, From: roster.Day(beginning(n.publications, list)), Added: len(early),
		Why: []roster.CorrectionReason{roster.ReasonLists}}
	if was := beginning(n.old.publications, list); !was.IsZero() {
		k.Until = roster.Day(was)
	}
	for _, c := range early {
		if !slices.Contains(k.Kinds, c.Kind) {
			k.Kinds = append(k.Kinds, c.Kind)
		}
	}
	slices.Sort(k.Kinds)
	n.correct(roster.Change{Publication: early[0].Publication}, k)
}

// place is the number that a change would have had.
func (n *announcing) place(c roster.Change) uint64 {
	for _, later := range n.old.changes {
		if !later.FoundLater && later.DetectedAt.After(c.DetectedAt) {
			return later.Seq
		}
	}
	return uint64(len(n.old.changes)) + 1
}

// altered makes the corrections of what says something else now.
func (n *announcing) altered() {
	for _, a := range n.Report.Changes.Altered {
		said, place := n.reported(a.Was)
		if said == nil || !otherwise(a.Was, a.Now) {
			continue
		}
		why := n.why(true)
		switch plain, byRules := n.plain.altered[a.Was.ID]; {
		case !byRules:
			why = n.why(false)
		case plain != says(a.Now):
			why = append(n.why(false), why...)
		}
		now := a.Now
		if now.Before = nil; a.Was.Agreement.State != now.Agreement.State || a.Was.Agreement.Model != now.Agreement.Model || a.Was.Agreement.AgencyID != now.Agreement.AgencyID {
			now.Before = &a.Was.Agreement
		}
		n.correct(now, roster.Correction{Event: roster.CorrectionAltered, Was: said, Now: quoted(a.Now), Place: place, Why: why})
	}
}

// again makes the corrections of what was taken back in public, and is right.
func (n *announcing) again() {
	for _, c := range n.Report.Changes.Again {
		for _, said := range slices.Backward(n.old.changes) {
			if k := said.Correction; k != nil && k.Event == roster.CorrectionTakenBack && said.Corrects == c.ID {
				n.correct(c, roster.Correction{Event: roster.CorrectionStands, Was: quoted(c), Place: said.Seq, Why: n.why(n.plain.again[c.ID])})
				n.found[len(n.found)-1].Corrects = said.ID
				break
			}
		}
	}
}

// why is one reason: the rules, which lead to it alone, or else lists that were not known.
func (n *announcing) why(byRules bool) []roster.CorrectionReason {
	if byRules {
		return []roster.CorrectionReason{n.Because}
	}
	return []roster.CorrectionReason{roster.ReasonLists}
}

// outcomes are what a rebuild comes to by the rules of now alone, without lists that were not
// known, by the ids of changes.
type outcomes struct {
	gone, again map[string]bool
	altered     map[string]string // what they say
	added       map[sameness]bool
}

func outcomesOf(d Differences) outcomes {
	o := outcomes{gone: map[string]bool{}, again: map[string]bool{}, altered: map[string]string{}, added: map[sameness]bool{}}
	for _, c := range d.Gone {
		o.gone[c.ID] = true
	}
	for _, c := range d.Again {
		o.again[c.ID] = true
	}
	for _, a := range d.Altered {
		o.altered[a.Was.ID] = says(a.Now)
	}
	for _, c := range d.Added {
		o.added[sameAs(c)] = true
	}
	return o
}

func sameAs(c roster.Change) sameness {
	s, _ := byAgreement(c)
	return s
}

// otherwise says whether what a change said is not so, in the same words: what was said to be
// likely, or to be so since some day at least, was not wrong where it is certain, or since an
// earlier day; nor was what did not say that it had been pending, or listed, before.
func otherwise(was, now roster.Change) bool {
	if was.PendingSince == "" && now.PendingSince != "" && was.Kind == roster.KindNew { // and whose entry that was
		was.Certainty, was.Near, was.Corrects = now.Certainty, now.Near, now.Corrects
	}
	if was.SinceIsLowerBound || was.PendingSince == "" && was.ListedSince == "" {
		was.PendingSince, was.PendingUntil, was.ListedSince = now.PendingSince, now.PendingUntil, now.ListedSince
		was.Gaps, was.SinceIsLowerBound = now.Gaps, now.SinceIsLowerBound
	}
	if was.Certainty == roster.Likely && now.Certainty == roster.Certain {
		was.Certainty, was.Near = now.Certainty, now.Near
	}
	was.WasPending = longerThan(was.WasPending, now.WasPending)
	if len(was.WasSigned) > 0 || was.Kind != roster.KindWithdrawn { // which says that it was not signed
		was.WasSigned = longerThan(was.WasSigned, now.WasSigned)
	}
	return says(was) != says(now)
}

// longerThan is now where it has the spells of was and others before, the first of which was
// known to be at least so long.
func longerThan(was, now []roster.Spell) []roster.Spell {
	before := len(now) - len(was)
	if before < 0 {
		return was
	}
	for i, s := range was {
		same := s == now[before+i]
		if i == 0 && s.FromIsLowerBound {
			same = s.Until == now[before].Until && now[before].From <= s.From
		}
		if !same {
			return was
		}
	}
	return now
}

// says is all that words about a change say, but for counts of other agreements.
func says(c roster.Change) string {
	all := []string{prose.English.Title(c), prose.English.Line(c)}
	for _, f := range prose.English.Facts(c) {
		all = append(all, f.Name, f.Value)
	}
	return strings.Join(all, "\n")
}

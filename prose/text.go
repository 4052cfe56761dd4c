package prose

import (
	"slices"
	"strings"
	"time"

	"github.com/watch287g/watch287g/roster"
)

// Context is what the text of a change says beside what the change itself holds.
type Context struct {
	Figures roster.Figures   // as they are after the publication
	Begins  roster.Date      // the first day of this record
	Day     roster.Date      // when an agreement was first listed; for an end, when it was first missing
	Active  roster.Agreement // the one that Change.ActiveAgreementID names
	Ended   ReportedEnd      // what the change takes back
	Former  string           // the agency of Milestone.LeavingOut
	Wrong   *WrongMilestone  // why the milestone that the change takes back was none
}

// ReportedEnd is an end that was reported, and was none.
type ReportedEnd struct {
	Agreement roster.Agreement
	At        time.Time // zero where that was not kept
	Likely    bool      // that the entry was the agreement's
}

// Text is what a reader can paste into a report: who, where, which model, signed
// when, pending for how long, and how many there are now. It says what ICE's list
// says, and no more.
func (l Language) Text(c roster.Change, ctx Context) string {
	switch c.Kind {
	case roster.KindMilestone:
		return l.milestoneText(c, ctx)
	case roster.KindPage:
		return l.pageText(c)
	case roster.KindCorrection:
		return l.say("text", parts{"place": l.Place(c), "text": l.correction(c, true)})
	case roster.KindNew, roster.KindPending, roster.KindRemoved, roster.KindWithdrawn, roster.KindRestored, roster.KindAmended, roster.KindDetail, roster.KindDocument:
	}
	sentences := l.sentences(c, ctx)
	if c.Certainty == roster.Likely {
		sentences = append(sentences, l.likely(c))
	}
	if c.Corrects != "" && c.Kind != roster.KindRestored {
		sentences = append(sentences, l.signedAfterAll(c, ctx.Ended))
	}
	if movesCount(c) {
		sentences = append(sentences, l.say("text.count", parts{"active": l.Active(ctx.Figures.ByState[c.Agreement.State]), "state": l.InSentence(c.Agreement.State)}))
	}
	return l.about(c.Agreement.State, strings.Join(sentences, " "))
}

// WriteTexts writes what a change's text says, in all languages. It is written when the change is
// found, since it says what was so then.
func WriteTexts(c *roster.Change, ctx Context) {
	c.Text, c.Texts = English.Text(*c, ctx), map[string]string{}
	for _, l := range Languages() {
		if l != English {
			c.Texts[string(l)] = l.Text(*c, ctx)
		}
	}
}

// TextOf is the text that was made when a change was found. In a language that it has none
// in, as one stored before there was that language, it says what the change alone tells:
// its title, when the agreement was signed and since when it is listed, and what its line
// says besides.
func (l Language) TextOf(c roster.Change) string {
	if l == English {
		return c.Text
	}
	if text := c.Texts[string(l)]; text != "" {
		return text
	}
	if c.Kind == roster.KindPage || c.Kind == roster.KindCorrection {
		return l.Text(c, Context{})
	}
	sentences := []string{l.Title(c)}
	if c.Kind != roster.KindMilestone {
		for _, f := range l.Facts(c) {
			if f.Field == "" || f.Field == "signed" {
				sentences = append(sentences, f.Name+": "+f.Value)
			}
		}
		yearly := c
		yearly.Publication.PublishedAt = time.Time{} // no day is of that year, so that each says its own
		sentences = append(sentences, l.lineClauses(yearly)[1:]...)
	}
	if c.Corrects != "" && c.Kind != roster.KindRestored && c.Kind != roster.KindMilestone {
		sentences = append(sentences, l.plain("line.was-withdrawn"))
	}
	return strings.Join(each(sentences, func(s string) string { return Capitalize(s) + "." }), " ")
}

// about sets before a text the state that it is about.
func (l Language) about(s roster.State, text string) string {
	return l.say("text", parts{"place": l.State(s), "text": text})
}

// sentences say what happened to one agreement.
func (l Language) sentences(c roster.Change, ctx Context) []string {
	switch c.Kind {
	case roster.KindNew:
		return l.newText(c, ctx)
	case roster.KindPending:
		return l.pendingText(c, ctx)
	case roster.KindRemoved:
		return l.removedText(c, ctx)
	case roster.KindWithdrawn:
		return l.withdrawnText(c, ctx)
	case roster.KindRestored:
		return l.restoredText(c, ctx)
	case roster.KindAmended:
		return l.amendedText(c)
	case roster.KindDetail, roster.KindDocument:
		if c.Document != nil {
			return l.documentText(c)
		}
		return []string{l.detailText(c)}
	case roster.KindMilestone, roster.KindPage, roster.KindCorrection: // have texts of their own
	}
	return nil
}

// earlier names an agency as it was listed before a change, with its county unless ICE
// gives another state now: there it was in none.
func (l Language) earlier(a roster.Agreement, c roster.Change) string {
	if a.State != c.Agreement.State {
		return l.Agency(a)
	}
	return l.Where(a)
}

// likely says what is only likely.
func (l Language) likely(c roster.Change) string {
	switch {
	case c.Near != "" && c.Before == nil:
		return l.say("text.likely.near", parts{"near": Printed(c.Near)})
	case c.Kind == roster.KindNew:
		return l.plain("text.likely.new")
	case c.Publication.List == roster.ListPending:
		return l.plain("text.likely.entry")
	}
	return l.plain("text.likely.agreement")
}

// Doubt says what is only likely where there is no room for a sentence; "" where
// the change is certain.
func (l Language) Doubt(c roster.Change) string {
	if likely := l.doubt(c); likely != "" {
		return l.say("doubt", parts{"likely": likely})
	}
	return ""
}

func (l Language) doubt(c roster.Change) string {
	k := key("doubt.agreement")
	switch {
	case c.Certainty != roster.Likely:
		return ""
	case c.Kind == roster.KindMilestone:
		k = "doubt.milestone"
	case c.Near != "" && c.Before == nil:
		k = "doubt.near"
	case c.Kind == roster.KindNew && c.PendingSince != "":
		k = "doubt.was-pending"
	case c.Kind == roster.KindNew || c.Kind == roster.KindPending:
		k = "doubt.new"
	case c.Kind == roster.KindRemoved || c.Kind == roster.KindWithdrawn:
		k = "doubt.gone"
	case c.Publication.List == roster.ListPending:
		k = "doubt.entry"
	}
	return l.say(k, parts{"near": Printed(c.Near)})
}

// movesCount says whether a change moves, or may move, its state's count.
func movesCount(c roster.Change) bool {
	switch c.Kind {
	case roster.KindNew, roster.KindRemoved:
		return true
	case roster.KindRestored:
		return c.Publication.List == roster.ListParticipating
	case roster.KindAmended:
		return c.Before.State != c.Agreement.State && c.Publication.List == roster.ListParticipating
	case roster.KindPending, roster.KindWithdrawn, roster.KindDetail, roster.KindDocument, roster.KindMilestone, roster.KindPage, roster.KindCorrection:
	}
	return false
}

func (l Language) newText(c roster.Change, ctx Context) []string {
	a := c.Agreement
	s := []string{l.say("new.text", parts{"agreement": l.anAgreement(a.Model), "who": l.Where(a), "signed": l.signedClause(a)})}
	if c.PendingSince != "" {
		s = append(s, l.say("new.text.pending", parts{"time": l.pendingFor(c, ctx.Day)}))
	}
	if c.AgencyActiveCount > 0 {
		s = append(s, l.count("new.text.one-of", c.AgencyActiveCount, nil))
	}
	return s
}

// pendingFor gives the first day on the pending list and the days between, or the
// day on which the entry had left. An entry of the first list ever seen may have
// stood there longer.
func (l Language) pendingFor(c roster.Change, signed roster.Date) string {
	if c.PendingUntil != "" {
		stay := roster.Spell{From: c.PendingSince, Until: c.PendingUntil, FromIsLowerBound: c.SinceIsLowerBound}
		return l.butFor(l.longSpell(stay), l.longSpells(c.Gaps))
	}
	return l.butFor(l.since(c.PendingSince, signed, c.SinceIsLowerBound), l.longSpells(c.Gaps))
}

// butFor adds to a time the times within it, if any, in which the list did not have
// the entry.
func (l Language) butFor(time, gaps string) string {
	if time == "" || gaps == "" {
		return time
	}
	return l.say("but-for", parts{"time": time, "gaps": gaps})
}

// since says since when, and for how long where that is known.
func (l Language) since(from, to roster.Date, isLowerBound bool) string {
	if isLowerBound {
		return l.say("since.at-least", parts{"date": l.Date(from)})
	}
	return l.say("since", parts{"date": l.Date(from), "days": l.lasted(from, to)})
}

func (l Language) pendingText(c roster.Change, ctx Context) []string {
	k := key("pending.text")
	if len(c.WasPending) > 0 {
		k = "pending.text.again"
	}
	s := []string{l.say(k, parts{"who": l.Where(c.Agreement), "model": l.theModel(c.Agreement.Model)})}
	if len(c.WasPending) > 0 {
		s = append(s, l.say("pending.text.was-pending", parts{"spells": l.longSpells(c.WasPending)}))
	}
	if len(c.WasSigned) > 0 {
		s = append(s, l.say("pending.text.was-signed", parts{"spells": l.longSpells(c.WasSigned)}))
	}
	if c.ActiveAgreementID != "" {
		s = append(s, l.say("pending.text.active", parts{"signed": l.signedClause(ctx.Active)}))
	}
	return s
}

func (l Language) removedText(c roster.Change, ctx Context) []string {
	a := c.Agreement
	s := []string{
		l.say("removed.text", parts{"agreement": l.agreement(a.Model), "who": l.Where(a), "signed": l.signedClause(a)}),
		l.say("removed.text.stood", parts{"since": l.since(c.ListedSince, ctx.Day, c.SinceIsLowerBound)}),
	}
	return append(append(s, l.others(c)...), l.plain("text.no-reason"))
}

// withdrawnText says that an entry is gone, and what it was not: signed. Had ICE
// listed it as signed before, it says when.
func (l Language) withdrawnText(c roster.Change, ctx Context) []string {
	k := key("withdrawn.text")
	if len(c.WasSigned) > 0 {
		k = "withdrawn.text.was-signed"
	}
	s := []string{
		l.say(k, parts{"who": l.Where(c.Agreement), "model": l.theModel(c.Agreement.Model), "left": l.Date(ctx.Day), "spells": l.longSpells(c.WasSigned)}),
		l.say("withdrawn.text.stood", parts{"since": l.butFor(l.since(c.ListedSince, ctx.Day, c.SinceIsLowerBound), l.longSpells(c.Gaps))}),
	}
	return append(append(s, l.others(c)...), l.plain("text.no-reason"))
}

// others says what an agency holds and seeks beside what ended.
func (l Language) others(c roster.Change) []string {
	var s []string
	if n := len(c.Holds); n == 1 {
		s = append(s, l.say("text.holds", parts{"holding": l.holding(l.agreement(c.Holds[0].Model), c.Holds[0])}))
	} else if n > 1 {
		s = append(s, l.count("text.holds.several", n, parts{"holdings": strings.Join(each(c.Holds, func(h roster.Instrument) string {
			return l.holding(l.Model(h.Model), h)
		}), "; ")}))
	}
	if len(c.Seeks) > 0 {
		k := key("text.seeks")
		if len(c.Holds) > 0 {
			k = "text.seeks.too"
		}
		s = append(s, l.say(k, parts{"models": l.And(each(c.Seeks, l.theModel))}))
	}
	return s
}

// holding names an active agreement with its date, if it has one.
func (l Language) holding(name string, h roster.Instrument) string {
	if h.Signed == "" {
		return name
	}
	return l.say("holding", parts{"name": name, "date": l.Date(h.Signed)})
}

// restoredText says what is listed again, and what of it ICE gives otherwise than
// before it left.
func (l Language) restoredText(c roster.Change, ctx Context) []string {
	a := c.Agreement
	form := key("restored.text")
	if c.Publication.List == roster.ListPending {
		form = "restored.text.entry"
	}
	reported := form + ".reported"
	if !ctx.Ended.At.IsZero() {
		reported = form + ".reported-on"
	}
	s := []string{
		l.say(form, parts{"agreement": l.agreement(a.Model), "who": l.Where(a), "signed": l.signedClause(a), "model": l.theModel(a.Model)}),
		l.say(reported, parts{"date": l.Day(ctx.Ended.At)}),
	}
	if len(c.Fields) > 0 {
		s = append(s, l.say("amended.text.for", parts{"who": l.earlier(*c.Before, c), "changes": l.amendments(c.Fields)}))
	}
	return s
}

// signedAfterAll takes back that an entry was withdrawn.
func (l Language) signedAfterAll(c roster.Change, e ReportedEnd) string {
	k := key("text.signed-after-all")
	if e.Likely {
		k += ".likely"
	}
	if !e.At.IsZero() {
		k += ".on"
	}
	return l.say(k, parts{"who": l.earlier(e.Agreement, c), "date": l.Day(e.At)})
}

func (l Language) amendedText(c roster.Change) []string {
	a := c.Agreement
	onlyDate := !slices.ContainsFunc(c.Fields, func(f roster.Field) bool { return f.Name != "signed" })
	p := parts{"who": l.earlier(*c.Before, c), "changes": l.amendments(c.Fields), "agreement": l.agreement(a.Model), "model": l.theModel(a.Model), "signed": l.signedClause(a)}
	switch {
	case c.Publication.List == roster.ListPending:
		return []string{l.say("amended.text.for", p), l.say("amended.text.entry", p)}
	case onlyDate && a.SignedAs != "":
		return []string{l.say("amended.text.date", p), l.say("amended.text.printed", parts{"printed": l.Quoted(a.SignedAs)})}
	case onlyDate:
		return []string{l.say("amended.text.date", p)}
	case a.Signed == "":
		p["agreement"] = l.anAgreement(a.Model)
		return []string{l.say("amended.text.for", p), l.say("amended.text.undated", p)}
	}
	return []string{l.say("amended.text.for", p), l.say("amended.text.signed", p)}
}

// amendments are clauses about what ICE gives otherwise.
func (l Language) amendments(fields []roster.Field) string {
	return strings.Join(each(fields, l.amendment), "; ")
}

func (l Language) amendment(f roster.Field) string {
	p := parts{"from": Printed(f.From), "to": Printed(f.To)}
	switch f.Name {
	case "agency":
		return l.say("amended.agency", p)
	case "state":
		return l.say("amended.state", parts{"from": l.InSentence(roster.State(f.From)), "to": l.InSentence(roster.State(f.To))})
	case "model":
		return l.say("amended.model", parts{"from": l.ModelCell(roster.Model(f.From)), "to": l.ModelCell(roster.Model(f.To))})
	}
	if f.Name != "signed" {
		return l.say("detail.field"+changed(f), l.fieldParts(f))
	}
	p = parts{"from": l.dateOrQuoted(f.From), "to": l.dateOrQuoted(f.To)}
	switch {
	case f.To == "":
		return l.say("amended.signed.gone", p)
	case f.From == "":
		return l.say("amended.signed.first", p)
	case !readable(f.From, f.To):
		return l.say("amended.signed.readable", parts{"from": l.Quoted(f.From), "to": p["to"]})
	}
	return l.say("amended.signed", p)
}

// readable says whether a date before an amendment could be read, of a misprint too.
func readable(before, after string) bool {
	year := roster.Date(after).Time().Year() + 1
	_, _, ok := roster.ParseDate(before, roster.DateOf(time.Date(year, time.December, 31, 0, 0, 0, 0, time.UTC)))
	return ok
}

// detailText says what changed of details and documents.
func (l Language) detailText(c roster.Change) string {
	a := c.Agreement
	p := parts{"who": l.Who(c), "model": l.Model(a.Model), "changes": strings.Join(each(c.Fields, func(f roster.Field) string {
		return l.detail("detail", f, a.State)
	}), "; ")}
	if c.Publication.List == roster.ListPending {
		p["model"] = l.theModel(a.Model)
		return l.say("detail.text.entry", p)
	}
	return l.say("detail.text", p)
}

// detail says what changed of one field that is not news by itself: as a clause of a
// text ("detail") or of a line ("line"), which the key's first word names.
func (l Language) detail(of key, f roster.Field, s roster.State) string {
	k, p := of+".field", l.fieldParts(f)
	switch f.Name {
	case "moa_url", "addendum_url":
		k = of + ".document"
	case "rows":
		if f.To == "1" {
			return l.count(of+".rows.gone", rowsBeforeOne(f), p)
		}
		return l.say(of+".rows", p)
	case "signed_as":
		return l.say(of+".printed", parts{"printed": l.Quoted(f.To)})
	case "type":
		k = of + ".type"
		p["from"], p["to"] = l.anAgency(roster.Type(f.From), s), l.anAgency(roster.Type(f.To), s)
	}
	return l.say(k+changed(f), p)
}

// fieldParts are a field's label and what it held and holds, in words.
func (l Language) fieldParts(f roster.Field) parts {
	return parts{"field": l.field(f.Name), "from": l.FieldValue(f.Name, f.From), "to": l.FieldValue(f.Name, f.To)}
}

// changed is the ending of a key by what a field lost, got or has instead.
func changed(f roster.Field) key {
	switch {
	case f.From == "":
		return ".first"
	case f.To == "":
		return ".gone"
	}
	return ""
}

// rowsBeforeOne tells "twice" from more: 1 where a row repeated another, else 2.
func rowsBeforeOne(f roster.Field) int {
	if f.From == "2" {
		return 1
	}
	return 2
}

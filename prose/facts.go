package prose

import (
	"strconv"
	"strings"
	"time"

	"github.com/watch287g/watch287g/roster"
)

// Fact is something known of the agreement that a change is about, for a table.
type Fact struct {
	Field       string // of the change that would say the same; "" for none
	Name, Value string
}

// Facts are what is known of the agreement that a change is about, in the order in
// which tables have them; what is not known is left out.
func (l Language) Facts(c roster.Change) []Fact {
	a := c.Agreement
	var all []Fact
	add := func(field string, name key, value string) {
		if value != "" {
			all = append(all, Fact{field, l.plain("fact." + name), value})
		}
	}
	add("county", "county", l.CountyOf(a))
	add("model", "model", l.ModelCell(a.Model))
	if c.Publication.List == roster.ListParticipating {
		add("signed", "signed", l.SignedFact(a))
	}
	pending := l.FirstDay(c.PendingSince, c.SinceIsLowerBound)
	if until := l.Date(c.PendingUntil); until != "" {
		add("", "pending", l.butFor(l.say("spell", parts{"from": pending, "until": until}), l.longSpells(c.Gaps)))
	} else {
		add("", "pending-since", l.butFor(pending, l.longSpells(c.Gaps)))
	}
	since := key("listed-since")
	if c.Kind == roster.KindWithdrawn {
		since = "pending-since"
	}
	add("", since, l.butFor(l.FirstDay(c.ListedSince, c.SinceIsLowerBound), l.longSpells(c.Gaps)))
	return all
}

// Published names a publication by its list and its moment: "ICE's participating
// list of July 3, 2025, 4 p.m. ET".
func (l Language) Published(e roster.Evidence) string {
	list := l.count(key("lists."+string(e.List)), 1, nil)
	if e.PublishedAt.IsZero() {
		return list
	}
	return l.say("lists.of", parts{"lists": list, "time": l.Moment(e.PublishedAt)})
}

// Corrects says which entry of a feed a change takes back, or which one it says
// otherwise since ICE changed its record, and when that was reported: what stands
// before the entry's title, the title, and what follows. An entry that is not known has
// the title "".
func (l Language) Corrects(c roster.Change, title string, reported time.Time) (before, entry, after string) {
	k := key("corrects.on")
	switch {
	case title == "":
		k, title = "corrects", l.plain("corrects.unknown")
	case c.Corrects == "" && c.Correction != nil:
		k = "corrects.mended"
	case c.Corrects == "":
		k = "corrects.amended"
	}
	const here = "\x00"
	before, after, _ = strings.Cut(l.say(k, parts{"entry": here, "date": l.Day(reported)}), here)
	return before, title, after
}

// FieldLink is the URL of a field that holds one which a reader may be sent to, or
// "".
func (l Language) FieldLink(name, value string) string {
	if name != "moa_url" && name != "addendum_url" {
		return ""
	}
	return l.Document(DocumentCell, value).URL
}

// Row names the place of a change in the file that it was read from: ", row 812,
// file participatingAgencies.xlsx".
func (l Language) Row(e roster.Evidence) string {
	s := ""
	if e.Row > 0 {
		s += l.say("evidence.row", parts{"row": strconv.Itoa(e.Row)})
	}
	if file := Printed(e.File); file != "" {
		s += l.say("evidence.file", parts{"file": file})
	}
	return s
}

// Label is what stands before a fact that has no field of its own.
func (l Language) Label(name FactName) string { return l.plain("fact." + key(name)) }

// FactName names such a fact.
type FactName string

// The facts that are laid out with links.
const (
	FactAgency    FactName = "agency"
	FactLinked    FactName = "linked"
	FactCertainty FactName = "certainty"
	FactEvidence  FactName = "evidence"
)

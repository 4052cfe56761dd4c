package prose

import (
	"slices"
	"strings"

	"github.com/watch287g/watch287g/roster"
)

// Column is the head of a table's column, or the name of what narrows the table:
// "agency", "county", "newest", "model", "kind" or "status". "any" stands for a choice of
// none, and "statewide" in the place of a county for an agency of the whole state.
func (l Language) Column(name string) string { return l.plain(key("column." + name)) }

// TypeShort is a kind of agency in a word, for a table of a state: "municipal".
func (l Language) TypeShort(t roster.Type, s roster.State) string {
	switch {
	case t == roster.TypeState && s == "DC":
		return l.plain("kind.district")
	case t == roster.TypeState && s.Territory():
		return l.plain("kind.territory")
	}
	return l.plain(key("kind." + string(t)))
}

// ModelShort is a model's abbreviation, or all that ICE prints of one that has none, with
// the status where that is pending: "TFM pending".
func (l Language) ModelShort(m roster.Model, status roster.Status) string {
	if status == roster.StatusPending {
		return l.say("cell.pending.model", parts{"model": Printed(string(m))})
	}
	return Printed(string(m))
}

// PendingCell says in a table since when an entry is pending, and for how long: "pending
// since Jun 11, 2025 (9 days)". day is that day as the table writes it.
func (l Language) PendingCell(day string, days int, isLowerBound bool) string {
	p := parts{"day": l.OrBefore(day, isLowerBound), "days": l.Days(days)}
	switch {
	case isLowerBound && days == 0:
		return l.say("cell.pending.first", p)
	case isLowerBound:
		p["days"] = l.say("days.at-least", p)
	case days == 0:
		p["days"] = l.plain("days.none")
	}
	return l.say("cell.pending", p)
}

// ListedAs says how ICE spells an agency for one of its agreements.
func (l Language) ListedAs(agency string) string {
	return l.say("cell.as", parts{"agency": Printed(agency)})
}

// TableCaption counts what the rows of a table are: so many agencies, with what they
// hold and seek. statuses are those that the table has, none for all.
func (l Language) TableCaption(agencies int, s roster.Stats, statuses []roster.Status) string {
	has := func(status roster.Status) bool { return len(statuses) == 0 || slices.Contains(statuses, status) }
	k := key("caption")
	switch {
	case !has(roster.StatusPending):
		k = "caption.active"
	case !has(roster.StatusActive):
		k = "caption.pending"
	case s.Pending == 0 && !s.Knows(roster.ListPending):
		k = "caption.unknown"
	}
	return l.say(k, parts{"agencies": l.Agencies(agencies), "active": l.Active(s.Active), "pending": l.Entries(s.Pending)})
}

// Narrowed says in a sentence what of a state's table, or a day's, was chosen, besides
// states; "" for a filter that chooses nothing else. agency names the agency of an id,
// or returns "" for what is a name or a pattern.
func (l Language) Narrowed(f roster.Filter, statuses []roster.Status, agency func(string) string) string {
	all := slices.Concat(each(f.Models, l.Model), each(f.Types, l.Types), each(statuses, l.Status))
	add := func(k key, words []string) {
		for _, w := range words {
			all = append(all, l.say(k, parts{"words": Printed(w)}))
		}
	}
	add("filter.county", f.Counties)
	add("narrowed.place", f.Places)
	if len(f.Agencies) > 0 {
		all = append(all, l.named(f.Agencies, agency))
	}
	if len(all) == 0 {
		return ""
	}
	return l.say("narrowed", parts{"words": strings.Join(all, ", ")})
}

// Scope says in a sentence what of the lists a filter chooses, with a blank before it:
// " for the Task Force Model in Texas"; "" for all. agency names the agency of an id, or
// returns "" for what is a name or a pattern.
func (l Language) Scope(f roster.Filter, agency func(string) string) string {
	scope, places := l.choice(f)
	if len(f.Types) > 0 {
		scope += " " + l.say("scope.types", parts{"types": l.And(each(f.Types, l.Types))})
	}
	if len(f.Agencies) > 0 {
		scope += " " + l.say("scope.named", parts{"words": l.named(f.Agencies, agency)})
	}
	return scope + places
}

// ListedOf is Listed of what a filter chooses: "23 active agreements with 20 agencies in
// Texas, and no pending entries".
func (l Language) ListedOf(s roster.Stats, f roster.Filter, agency func(string) string) string {
	p := l.statsParts(s)
	p["models"], p["where"] = l.choice(f)
	switch {
	case len(f.Agencies) > 0:
		p["agencies"] = l.named(f.Agencies, agency)
	case len(f.Types) > 0:
		say := l.Types
		if s.Agencies == 1 {
			say = l.Type
		}
		p["agencies"] = l.say("scope.agencies", parts{"n": l.Thousands(s.Agencies), "types": l.And(each(f.Types, say))})
	}
	if !s.Knows(roster.ListParticipating) {
		return l.say("listed.of.unknown", p)
	}
	return l.say("listed.of", p)
}

// choice says which models and which places a filter chooses, each with a blank before
// it; "" for all.
func (l Language) choice(f roster.Filter) (models, places string) {
	if len(f.Models) > 0 {
		models = " " + l.say("scope.models", parts{"models": l.And(each(f.Models, func(m roster.Model) string {
			if m == roster.OtherModel {
				return l.plain("scope.other")
			}
			return l.theModel(m)
		}))})
	}
	add := func(k key, words []string) {
		if len(words) > 0 {
			places += " " + l.say(k, parts{"words": l.And(words)})
		}
	}
	add("scope.counties", each(f.Counties, Printed))
	add("filter.place", each(f.Places, Printed))
	add("scope.states", each(f.States, l.InSentence))
	return models, places
}

// named names agencies that a filter chooses by ids or patterns.
func (l Language) named(agencies []string, name func(id string) string) string {
	return l.And(each(agencies, func(s string) string {
		if found := name(s); found != "" {
			return Printed(found)
		}
		return l.say("filter.named", parts{"name": l.Quoted(s)})
	}))
}

// Unused says that a page takes no choice by some parameters of the site, as they are
// called in addresses; "" for none.
func (l Language) Unused(params []string) string {
	if len(params) == 0 {
		return ""
	}
	return l.say("unused", parts{"words": l.And(each(params, func(name string) string { return l.plain(key("unused." + name)) }))})
}

// Allows says what a model allows an agency, after ICE's own description of it, or what
// it would allow one that is only pending.
func (l Language) Allows(m roster.Model, on roster.List) string {
	k := key("allows." + string(m))
	if on == roster.ListPending {
		k += ".would"
	}
	if l.has(k) {
		return l.plain(k)
	}
	return l.plain("allows.other")
}

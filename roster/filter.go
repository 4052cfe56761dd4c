package roster

import (
	"path"
	"slices"
	"strings"
	"time"
)

// InArea says whether an agreement's agency is in one of some counties or places,
// which are given by name. Package place knows that; nil stands for no map, on which
// nothing is found.
type InArea func(a Agreement, counties, places []string) bool

// Filter selects changes. An empty list selects all, and a change must match every
// field, where counties and places are one: an agency is in any of the two. Channels,
// feeds, the API and the command line share it.
type Filter struct {
	Kinds    []Kind    `json:"kinds,omitempty"`
	States   []State   `json:"states,omitempty"`
	Models   []Model   `json:"models,omitempty"` // OtherModel for all but the three
	Types    []Type    `json:"types,omitempty"`
	Counties []string  `json:"counties,omitempty"` // names, or FIPS codes
	Places   []string  `json:"places,omitempty"`   // towns by name, or ZIP codes: all counties that they are in
	Agencies []string  `json:"agencies,omitempty"` // names or ids; * and ? stand for any letters
	Since    time.Time `json:"since,omitzero"`     // detected then or later
	Until    time.Time `json:"until,omitzero"`     // detected before
}

// ByArea says whether the filter needs to know where agencies are.
func (f Filter) ByArea() bool { return len(f.Counties)+len(f.Places) > 0 }

// Match says whether the filter selects a change. An amended agreement matches as it
// was before or as it is now, and a correction by the kinds of what it is about. in may be
// nil for a filter without counties and places.
func (f Filter) Match(c Change, in InArea) bool {
	if len(f.Kinds) > 0 && !slices.Contains(f.Kinds, c.Kind) &&
		(c.Correction == nil || !slices.ContainsFunc(c.Correction.Kinds, func(k Kind) bool { return slices.Contains(f.Kinds, k) })) {
		return false
	}
	if !f.Since.IsZero() && c.DetectedAt.Before(f.Since) || !f.Until.IsZero() && !c.DetectedAt.Before(f.Until) {
		return false
	}
	return f.MatchAgreement(c.Agreement, in) || c.Before != nil && f.MatchAgreement(*c.Before, in)
}

// MatchAgreement says whether the filter selects an agreement, whatever happened to
// it.
func (f Filter) MatchAgreement(a Agreement, in InArea) bool {
	if len(f.States) > 0 && !slices.Contains(f.States, a.State) ||
		len(f.Models) > 0 && !slices.ContainsFunc(f.Models, a.Model.isOf) ||
		len(f.Types) > 0 && !slices.Contains(f.Types, a.Type) {
		return false
	}
	if f.ByArea() && (in == nil || !in(a, f.Counties, f.Places)) {
		return false
	}
	return len(f.Agencies) == 0 || slices.ContainsFunc(f.Agencies, func(p string) bool { return matchesAgency(p, a) })
}

// isOf says whether a model is among the wanted ones, or its class is.
func (m Model) isOf(wanted Model) bool {
	return m.Key() == wanted.Key() || m.Class() == wanted && m != ""
}

func matchesAgency(pattern string, a Agreement) bool {
	if pattern == a.AgencyID {
		return true
	}
	// A pattern that path.Match cannot read matches nothing; config refuses it.
	ok, err := path.Match(strings.ToLower(strings.ReplaceAll(pattern, "/", " ")), strings.ToLower(strings.ReplaceAll(a.Agency, "/", " ")))
	return ok && err == nil
}

package roster

import (
	"slices"
	"time"
)

// Stats are the counts that people quote. It keeps agreements and agencies apart: an
// agency can have three agreements.
type Stats struct {
	AsOf         time.Time          `json:"as_of,omitzero" doc:"The moment that the figures speak of: the one that was asked for, or known_until where that is earlier."`
	KnownUntil   time.Time          `json:"known_until,omitzero" doc:"The last moment at which ICE's page was known."`
	Active       int                `json:"active_agreements"`
	Agencies     int                `json:"agencies"`                        // with an active agreement
	States       int                `json:"states"`                          // territories included
	Pending      int                `json:"pending"`                         // entries on the pending list
	Duplicates   int                `json:"doubles"`                         // further rows of the lists that repeat one of these
	ByModel      map[Model]int      `json:"active_by_model"`                 // agreements, by Model.Class
	Others       map[Model]int      `json:"active_by_other_model,omitempty"` // agreements in models that are none of the three, as printed
	ByType       map[Type]int       `json:"active_by_type"`                  // agreements; "" where the list names no kind
	ByState      map[State]ByStatus `json:"by_state"`                        // agreements and entries
	Notes        []string           `json:"notes,omitempty"`                 // what was unusual about those lists
	Publications map[List]Evidence  `json:"publications,omitzero"`           // the lists in force
}

// Knows says whether a list is known that its figure is read from: without one the
// figure is nothing that ICE says.
func (s Stats) Knows(list List) bool {
	_, ok := s.Publications[list]
	return ok
}

// ByStatus counts a state's agreements and pending entries.
type ByStatus struct {
	Active  int `json:"active_agreements"`
	Pending int `json:"pending"`
}

// CountAt counts agreements as of a moment, and adds the lists in force then.
func CountAt(standings []AgreementAt, publications []Publication, at time.Time) Stats {
	s := Count(standings, at.UTC())
	s.Publications = map[List]Evidence{}
	for list, p := range InForce(publications, at) {
		s.Publications[list] = p.Ref(0)
		s.Notes = append(s.Notes, p.Notes...)
	}
	slices.Sort(s.Notes)
	return s
}

// Count counts agreements that are as of the same moment.
func Count(standings []AgreementAt, at time.Time) Stats {
	s := Stats{AsOf: at, ByModel: map[Model]int{}, ByType: map[Type]int{}, ByState: map[State]ByStatus{}}
	agencies := map[string]bool{}
	for _, st := range standings {
		in := s.ByState[st.State]
		switch st.Status {
		case StatusActive:
			s.Active++
			s.ByModel[st.Model.Class()]++
			if st.Model.Class() == OtherModel {
				if s.Others == nil {
					s.Others = map[Model]int{}
				}
				s.Others[st.Model]++
			}
			s.ByType[st.Type]++
			agencies[st.AgencyID] = true
			in.Active++
		case StatusPending:
			s.Pending++
			in.Pending++
		case StatusEnded:
			continue
		}
		s.Duplicates += st.Duplicates
		s.ByState[st.State] = in
	}
	for _, in := range s.ByState {
		if in.Active > 0 {
			s.States++
		}
	}
	s.Agencies = len(agencies)
	return s
}

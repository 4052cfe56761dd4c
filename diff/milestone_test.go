package diff_test

import (
	"strings"
	"testing"

	"github.com/watch287g/watch287g/roster"
)

// The rows of the stories about firsts. They are of three states.
const (
	sheriffTX = "TX | Kendall County Sheriff's Office | WSO | 2025-06-01 | type=county"
	policeTX  = "TX | Larkwood Police Department | TFM | 2025-06-11 | type=municipality | moa=larkwood.pdf"
	policeNY  = "NY | Larkwood Police Department | TFM | 2025-06-11 | type=municipality | moa=larkwood.pdf"
)

// milestones are the step's, by name, each with what it takes back.
func (s *step) milestones() map[string]roster.Change {
	found := map[string]roster.Change{}
	for _, c := range s.outcome.Changes {
		if c.Kind == roster.KindMilestone {
			found[c.Milestone.Name] = c
		}
	}
	return found
}

// takesBack checks that a step takes back exactly these milestones of another.
func (s *step) takesBack(told *step, names ...string) {
	s.w.t.Helper()
	got, want := s.milestones(), told.milestones()
	for _, name := range names {
		if c := got[name]; c.Corrects == "" || c.Corrects != want[name].ID || !strings.HasPrefix(c.Text, "Correction: ") || c.Before == nil {
			s.w.t.Errorf("%s takes back %q, want %q: %s", name, c.Corrects, want[name].ID, c.Text)
		}
	}
	if len(got) != len(names) {
		s.w.t.Errorf("%d milestones, want %d: %v", len(got), len(names), got)
	}
}

func TestFirstsAreTakenBack(t *testing.T) {
	play(t, []rule{
		{"as the state is corrected", func(w *world) {
			w.publish(sheriffTX)
			told := w.publish(sheriffTX, policeNY).reaches("first-in-state NY")
			w.publish(sheriffTX, policeTX).takesBack(told, "first-in-state")
			w.publish(sheriffTX, policeNY).reaches()
			w.publish(sheriffTX, policeTX).reaches()
		}},
		{"each of two", func(w *world) {
			const other = "NY | Broome County Sheriff's Office | WSO | 2025-06-01 | type=county"
			w.publish(other)
			told := w.publish(other, policeNY).reaches("first-in-model NY", "first-of-type NY")
			w.publish(other, policeTX).takesBack(told, "first-in-model", "first-of-type")
		}},
		{"as the kind of agency is corrected", func(w *world) {
			w.publish(sheriffTX)
			told := w.publish(sheriffTX, strings.Replace(policeTX, "TFM", "WSO", 1)).reaches("first-of-type TX")
			w.publish(sheriffTX, strings.NewReplacer("TFM", "WSO", "municipality", "state").Replace(policeTX)).takesBack(told, "first-of-type")
		}},
		{"as the kind of an earlier one is", func(w *world) {
			const earlier = "TX | Tarrant Regional Constable | WSO | 2025-06-01 | type=county"
			w.publish(earlier)
			told := w.publish(earlier, strings.Replace(policeTX, "TFM", "WSO", 1)).reaches("first-of-type TX")
			w.publish(strings.Replace(earlier, "county", "municipality", 1), strings.Replace(policeTX, "TFM", "WSO", 1)).takesBack(told, "first-of-type")
		}},
		{"as an earlier one moves in", func(w *world) {
			w.publish(policeNY)
			told := w.publish(policeNY, sheriffTX).reaches("first-in-state TX")
			w.publish(policeTX, sheriffTX).takesBack(told, "first-in-state")
		}},
		{"and the next one is said truthfully", func(w *world) {
			w.publish(sheriffTX)
			w.publish(sheriffTX, policeNY)
			w.publish(sheriffTX, policeTX)
			const next = "NY | Broome County Sheriff's Office | WSO | 2025-06-01"
			c := w.publish(sheriffTX, policeTX, next).reaches("first-in-state NY").milestones()["first-in-state"]
			if c.Milestone.LeavingOut == "" || !strings.HasSuffix(c.Text, "ICE had listed one before, with Larkwood Police Department, and has since changed its record of that.") {
				t.Error(c.Text)
			}
		}},
	})
}

func TestFirstsThatAreNone(t *testing.T) {
	play(t, []rule{
		{"where the same publication moves an earlier one there", func(w *world) {
			w.publish(policeNY)
			w.publish(policeTX, sheriffTX).reaches("first-in-model TX", "first-of-type TX")
		}},
		{"where the same publication gives an earlier one that kind", func(w *world) {
			w.publish(strings.Replace(policeTX, "municipality", "", 1))
			w.publish(policeTX, "TX | Fernbrook Police Department | TFM | 2025-06-12 | type=municipality").reaches()
		}},
		{"where an earlier one is of no known kind", func(w *world) {
			w.publish("TX | Larkwood Constable | TFM | 2025-06-11")
			w.publish("TX | Larkwood Constable | TFM | 2025-06-11", "TX | Fernbrook Police Department | TFM | 2025-06-12 | type=municipality").reaches()
		}},
		{"where the name speaks of another kind than the cell", func(w *world) {
			w.publish(sheriffTX)
			w.publish(sheriffTX, "TX | Texas State Police Department | WSO | 2025-06-12 | type=municipality").reaches()
			w.publish(sheriffTX, "TX | Texas State Police Department | WSO | 2025-06-12 | type=municipality", "TX | Fernbrook Division of Public Safety | WSO | 2025-06-13 | type=state").reaches()
		}},
		{"where the state does not have the county, and another one has", func(w *world) {
			w.publish(sheriffTX)
			w.publish(sheriffTX, "VT | Winnebago County Sheriff's Office | WSO | 2025-06-12").reaches()
			w.publish(sheriffTX, "IL | Winnebago County Sheriff's Office | WSO | 2025-06-12").reaches()
		}},
		{"after it left and joined anew", func(w *world) {
			w.publish(sheriffTX)
			w.publish(sheriffTX, policeNY)
			w.publish(sheriffTX + " | county=Kerr County").reaches("last-in-state NY")
			w.wait(90 * day)
			w.publish(sheriffTX, "NY | Larkwood Police Department | TFM | 2025-10-01 | type=municipality").reaches()
		}},
	})
}

// A hundred that had been reached before, as a removal taken back shows, was not
// reached for the first time.
func TestHundredIsTakenBack(t *testing.T) {
	w := newWorld(t)
	list := inTexas(101)
	w.publish(list[:98]...)
	w.publish(list[1:98]...)
	told := w.publish(list[1:101]...).reaches("hundred 100")
	w.publish(list[:101]...).reaches()
	w.publish(list[:99]...)
	w.publish(list...).reaches()
	if len(told.milestones()) != 1 {
		t.Errorf("told %v", told.milestones())
	}

	w = newWorld(t)
	w.publish(list[:98]...)
	w.publish(list[1:98]...)           // one seems to be gone
	w.publish(list[1:99]...).reaches() // which makes a hundred here, if it is not
	told = w.publish(list[1:101]...).reaches("hundred 100")
	w.publish(list...).takesBack(told, "hundred")
}

func TestLastOfAState(t *testing.T) {
	play(t, []rule{
		{"is not said where one moves in at once", func(w *world) {
			w.publish(policeNY, sheriffTX)
			w.publish(policeTX).reaches()
		}},
		{"is taken back as it is listed again", func(w *world) {
			w.publish(sheriffTX)
			told := w.publish().reaches("last-in-state TX")
			w.publish(sheriffTX).takesBack(told, "last-in-state")
			w.publish("GU | Guam Police Department | TFM | 2025-07-08").reaches("last-in-state TX")
		}},
		{"is taken back as one moves in that had stood all along", func(w *world) {
			w.publish(policeNY, sheriffTX)
			told := w.publish(policeNY).reaches("last-in-state TX")
			w.publish(policeTX).takesBack(told, "last-in-state")
		}},
		{"stands where a new one comes", func(w *world) {
			w.publish(sheriffTX)
			w.publish().reaches("last-in-state TX")
			w.publish("TX | Kerr County Sheriff's Office | TFM | 2025-07-09").reaches("first-in-model TX")
		}},
	})
}

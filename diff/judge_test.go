package diff_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/watch287g/watch287g/roster"
)

func TestMassRemovals(t *testing.T) {
	few, many := sheriffs(100), sheriffs(1000)
	play(t, []rule{
		{"ten gone are news", func(w *world) {
			w.publish(few...)
			w.publish(without(10, few)...).isAccepted()
		}},
		{"eleven of a hundred are a doubt", func(w *world) {
			w.publish(few...)
			w.publish(without(11, few)...).isHeld("11 of 101 active agreements would be removed.").says()
		}},
		{"twelve of a thousand are news", func(w *world) {
			w.publish(many...)
			w.publish(scattered(12, many)...).isAccepted()
		}},
		{"thirteen are a doubt, however many there are", func(w *world) {
			w.publish(many...)
			w.publish(scattered(13, many)...).isHeld("13 of 1,001 active agreements would be removed.").says()
		}},
		{"so are all of a state that had ten", func(w *world) {
			texas := each(few[:10], func(l string) string { return "TX" + l[2:] })
			w.publish(append(texas, few...)...)
			w.publish(few...).isHeld("It lists nothing in Texas, where 10 agreements were active.").says()
		}},
		{"nine of a state are none", func(w *world) {
			texas := each(few[:9], func(l string) string { return "TX" + l[2:] })
			w.publish(append(texas, few...)...)
			w.publish(few...).isAccepted()
		}},
		{"a state whose name cannot be read is not gone", func(w *world) {
			texas := each(few[:10], func(l string) string { return "TX" + l[2:] })
			w.publish(append(texas, many[100:]...)...)
			w.publish(append(each(texas[:8], func(l string) string { return l[2:] }), many[100:]...)...).isAccepted()
		}},
		{"dates of another era are a doubt", func(w *world) {
			w.publish(many...)
			shifted := each(many, func(l string) string { return strings.Replace(l, "2025-03-03", "2021-03-02", 1) })
			w.publish(shifted...).isHeld("1,000 of 1,001 active agreements would be amended.")
		}},
	})
}

// scattered leaves out n rows, one of fifty.
func scattered(n int, lines []string) []string {
	var kept []string
	for i, l := range lines {
		if i%50 != 0 || i/50 >= n {
			kept = append(kept, l)
		}
	}
	return kept
}

func TestUnreadableRows(t *testing.T) {
	list := sheriffs(99)
	blank := func(n int) []string {
		return append(without(n, list), strings.Split(strings.Repeat("| | |\n", n), "\n")[:n]...)
	}
	play(t, []rule{
		{"one is no reason to set a short list aside", func(w *world) {
			w.publish(list...)
			w.publish(blank(1)...).isAccepted()
		}},
		{"two of a hundred are", func(w *world) {
			w.publish(list...)
			w.publish(blank(2)...).isHeld("2 of its 100 rows have no readable state, agency, model or status.").says()
		}},
		{"so they are on the first list ever", func(w *world) {
			w.publish(blank(2)...).isHeld("2 of its 100 rows have no readable state, agency, model or status.")
			w.publish(list...).isAccepted().ends(roster.HoldDropped).says()
		}},
	})
}

func TestOldListsComeBack(t *testing.T) {
	play(t, []rule{
		{"one that says other than the last is held", func(w *world) {
			old := w.print(roster.ListParticipating, append(sheriffs(5), bystander)...)
			w.serve(old)
			w.publish(sheriffs(6)...)
			s := w.serve(old)
			s.says()
			if h := w.hold(); len(h.Reasons) != 1 || !strings.Contains(h.Reasons[0], "byte for byte an older publication") {
				t.Errorf("held because of %q", h.Reasons)
			}
		}},
		{"one that says the same counts", func(w *world) {
			old := w.print(roster.ListParticipating, append(sheriffs(5), bystander)...)
			w.serve(old)
			w.serve(w.print(roster.ListParticipating, append(sheriffs(5), bystander)...))
			w.serve(old).isAccepted().says()
		}},
	})
}

func TestWhatEndsAHold(t *testing.T) {
	full := sheriffs(100)
	half := without(15, full)
	play(t, []rule{
		{"the next list that does not bear it out", func(w *world) {
			w.publish(full...)
			w.publish(half...)
			w.publish(full...).isAccepted().ends(roster.HoldDropped).says()
		}},
		{"ICE taking it back", func(w *world) {
			f := w.print(roster.ListParticipating, append(sheriffs(100), bystander)...)
			w.serve(f)
			w.publish(half...)
			w.serve(f).ends(roster.HoldDropped).says()
		}},
		{"24 hours of polls that find it", func(w *world) {
			w.publish(full...)
			w.publish(half...)
			w.wait(23 * hour).says()
			if s := w.wait(hour); len(s.outcome.Changes) < 15 {
				t.Errorf("%d changes after 24 hours, want the 15 removals", len(s.outcome.Changes))
			}
		}},
		{"24 hours of lists that agree with it", func(w *world) {
			w.publish(full...)
			w.publish(half...)
			w.wait(22 * hour)
			w.publish(append(without(15, sheriffs(100)), sheriffs(101)[100:]...)...).says() // the 24th hour is not over
			w.wait(hour).ends(roster.HoldBorneOut)
		}},
		{"never by itself where that is the setting", func(w *world) {
			w.settings.AcceptAfter = 0
			w.publish(full...)
			w.publish(half...)
			w.wait(100 * day).says()
			if h := w.hold(); !h.AcceptAt.IsZero() {
				t.Errorf("it is said to be accepted at %s", h.AcceptAt)
			}
		}},
		{"never by itself where more than a fifth would go", func(w *world) {
			w.publish(full...)
			w.publish(without(30, full)...)
			w.wait(100 * day).says()
			if h := w.hold(); !h.AcceptAt.IsZero() || len(h.Effect.First) != 30 {
				t.Errorf("it is said to be accepted at %s, with %d affected", h.AcceptAt, len(h.Effect.First))
			}
		}},
		{"the operator's approval, which reports what the hold said that it would", func(w *world) {
			w.publish(full...)
			w.publish(append(without(15, full), sheriffs(102)[100:]...)...)
			h := w.hold()
			if e := h.Effect; e == nil || e.Removed != 15 || e.New != 2 || e.Amended+e.Restored+e.Pending+e.Left != 0 || len(e.First) != 17 || !h.AcceptAt.Equal(h.Since.Add(24*hour)) {
				t.Errorf("the hold would change %+v, and be accepted at %s", e, h.AcceptAt)
			}
			said := map[roster.Kind]int{}
			for _, c := range w.approve().ends(roster.HoldApproved).outcome.Changes {
				said[c.Kind]++
			}
			if said[roster.KindRemoved] != 15 || said[roster.KindNew] != 2 {
				t.Errorf("it changed %v", said)
			}
		}},
		{"the operator's approval", func(w *world) {
			w.publish(full...)
			w.publish(half...)
			if s := w.approve().ends(roster.HoldApproved); len(s.outcome.Changes) < 15 {
				t.Errorf("%d changes, want the 15 removals", len(s.outcome.Changes))
			}
		}},
		{"the operator's refusal", func(w *world) {
			w.publish(full...)
			w.publish(half...)
			w.reject().ends(roster.HoldRejected).says()
			w.publish(full...).says()
		}},
		{"in an import, a later list that agrees", func(w *world) {
			w.importing = true
			w.publish(full...)
			w.publish(half...).says()
			w.publish(half...).ends(roster.HoldBorneOut)
		}},
	})
}

func TestPendingListsAreJudgedToo(t *testing.T) {
	var seekers []string
	for _, l := range sheriffs(30) {
		seekers = append(seekers, strings.TrimSuffix(l, " | 2025-03-03"))
	}
	play(t, []rule{
		{"empty where many were", func(w *world) {
			w.publish()
			w.pending(seekers...)
			w.pending().isHeld("The pending list is empty, where 30 unsigned entries were.").says()
		}},
		{"empty as all have signed", func(w *world) {
			w.publish()
			w.pending(seekers...)
			w.publish(sheriffs(30)...)
			w.pending().isAccepted().says()
		}},
		{"the participating list without its dates", func(w *world) {
			w.publish(sheriffs(30)...)
			w.pending("TX | Kendall County Sheriff's Office | WSO")
			w.pending(seekers...).isHeld("30 of its 30 rows are agreements that are signed: it looks like the participating list without its dates.").says()
		}},
		{"one list can be held and the other count", func(w *world) {
			w.together(append(sheriffs(100), bystander), rows())
			w.together(append(without(20, sheriffs(100)), bystander), rows("TX | Kendall County Sheriff's Office | WSO")).
				says("pending TX Kendall County Sheriff's Office WSO")
			w.hold()
		}},
	})
}

func TestMilestones(t *testing.T) {
	kendall := "TX | Kendall County Sheriff's Office | WSO | 2025-07-05 | type=county"
	play(t, []rule{
		{"none on the first list", func(w *world) { w.publish(sheriffs(250)...).reaches() }},
		{"a state's first is its first in everything", func(w *world) {
			w.publish()
			w.publish(kendall).reaches("first-in-state TX")
		}},
		{"a state's first of a model, and of a kind of agency", func(w *world) {
			w.publish(kendall)
			w.publish(kendall, "TX | Austin Police Department | TFM | 2025-07-06 | type=municipality").reaches("first-in-model TX", "first-of-type TX")
		}},
		{"a hundred, once, however often it is passed", func(w *world) {
			list := append(sheriffs(98), each(sheriffs(3), func(l string) string { return strings.Replace(l, "WSO", "JEM", 1) })[:1]...)
			w.publish(list...) // with the bystander, a hundred
			w.publish(without(1, list)...)
			w.publish(list...).reaches()
			w.publish(sheriffs(200)...).reaches("first-in-state AZ", "first-in-state AR", "first-in-state CA", "hundred 200")
		}},
		{"a state's last one gone", func(w *world) {
			w.publish(kendall)
			w.publish().reaches("last-in-state TX")
		}},
		{"a record day is told once, and only after a month of watching", func(w *world) {
			w.publish(sheriffs(1)...)
			list := sheriffs(60) // Alabama's, in a model that it has
			w.publish(list[:12]...).reaches()
			w.wait(31 * day)
			w.publish(list[:30]...).reaches(fmt.Sprintf("record-day 18 %s", roster.Day(w.now)))
			w.publish(list[:31]...).reaches()
		}},
	})
}

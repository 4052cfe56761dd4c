package diff_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/watch287g/watch287g/roster"
)

// undated takes the dates out of the first n rows, and puts another text there.
func undated(n int, lines []string, printed string) []string {
	i := 0
	return each(lines, func(l string) string {
		if i++; i <= n {
			return strings.Replace(l, "2025-03-03", printed, 1)
		}
		return l
	})
}

func TestDatesThatAreGone(t *testing.T) {
	list := sheriffs(100)
	play(t, []rule{
		{"five are what the list says", func(w *world) {
			w.publish(list...)
			w.publish(undated(5, list, "soon ()")...).isAccepted()
		}},
		{"six that cannot be read are a doubt", func(w *world) {
			w.publish(list...)
			w.publish(undated(6, list, "soon ()")...).isHeld("6 of its rows have no readable signing date, where the last list had one.").says()
		}},
		{"so are six that are empty", func(w *world) {
			w.publish(list...)
			w.publish(undated(6, list, "")...).isHeld("6 of its rows have no readable signing date, where the last list had one.").says()
		}},
		{"a few more each time are none: each was told", func(w *world) {
			w.publish(list...)
			w.publish(undated(4, list, "soon ()")...).isAccepted()
			w.publish(undated(8, list, "soon ()")...).isAccepted()
			w.publish(undated(12, list, "soon ()")...).isAccepted()
			w.publish(list...).isAccepted().says()
		}},
		{"where most are gone, only the operator lets it count", func(w *world) {
			w.publish(list...)
			w.publish(undated(50, list, "")...)
			w.wait(100 * day).says()
			w.hold()
		}},
		{"in an import, a list that has its dates bears none out that lacks them", func(w *world) {
			w.importing = true
			w.publish(list...)
			w.publish(list[15:]...)
			w.publish(undated(60, list[15:], "")...).ends(roster.HoldDropped).says()
			w.publish(list...).ends(roster.HoldDropped).says()
		}},
		{"a few are believed when they last", func(w *world) {
			w.publish(list...)
			w.publish(undated(6, list, "soon ()")...)
			w.wait(day).ends(roster.HoldBorneOut)
		}},
		{"dates that were never there are not missed", func(w *world) {
			w.publish(undated(50, list, "")...)
			w.publish(undated(50, list, "")...).isAccepted().says()
		}},
	})
}

func TestMassAmendments(t *testing.T) {
	misspelled := func(n int, lines []string) []string {
		i := 0
		return each(lines, func(l string) string {
			if i++; i <= n {
				return strings.Replace(l, "Sheriff's", "Sherriff's", 1)
			}
			return l
		})
	}
	amended := func(s *step) int {
		n := 0
		for _, c := range s.outcome.Changes {
			if c.Kind == roster.KindAmended {
				n++
			}
		}
		return n
	}
	few, many := sheriffs(300), sheriffs(1600)
	play(t, []rule{
		{"twenty-five are news", func(w *world) {
			w.publish(few...)
			if n := amended(w.publish(misspelled(25, few)...).isAccepted()); n != 25 {
				w.t.Errorf("%d are told", n)
			}
		}},
		{"twenty-six of three hundred are a doubt", func(w *world) {
			w.publish(few...)
			w.publish(misspelled(26, few)...).isHeld("26 of 301 active agreements would be amended.").says()
		}},
		{"forty-eight of sixteen hundred are news", func(w *world) {
			w.publish(many...)
			w.publish(misspelled(48, many)...).isAccepted()
		}},
		{"and 301 a doubt, which time alone does not settle", func(w *world) {
			w.publish(many...)
			w.publish(misspelled(301, many)...).isHeld("301 of 1,600 active agreements would be amended.").says()
			w.wait(100 * day).says()
			w.hold()
		}},
	})
}

func TestOlderRowsComeBack(t *testing.T) {
	list := sheriffs(6)
	const names = "It lists just what an older publication did, participating-1.xlsx, and not what the last one does, participating-2.xlsx."
	play(t, []rule{
		{"an older list in other bytes is held", func(w *world) {
			w.publish(list[:5]...)
			w.publish(list...)
			w.publish(list[:5]...).isHeld(names).says()
			w.publish(list...).ends(roster.HoldDropped).says()
		}},
		{"in whatever order its rows are", func(w *world) {
			w.publish(list[0], list[1])
			w.publish(list[0], list[1], list[2])
			w.publish(list[1], list[0]).isHeld(names)
		}},
		{"one that lists again what was left out is a correction", func(w *world) {
			w.publish(list...)
			w.publish(list[1:]...)
			w.publish(list...).isAccepted().says("restored AL Autauga County Sheriff's Office WSO")
		}},
		{"one that takes a respelling back is a correction", func(w *world) {
			w.publish(list...)
			w.publish(each(list, func(l string) string { return strings.Replace(l, "Autauga", "Autuaga", 1) })...)
			w.publish(list...).isAccepted().says("amended AL Autauga County Sheriff's Office WSO: was Autuaga County Sheriff's Office")
		}},
		{"a held list is no older one", func(w *world) {
			long := sheriffs(100)
			w.publish(long...)
			w.publish(long[20:]...)
			w.publish(append(long[20:], sheriffs(101)[100])...)
			w.publish(long[20:]...).isHeld("20 of 101 active agreements would be removed.")
		}},
		{"a pending list that those have left who signed is no older one", func(w *world) {
			kerr := "TX | Kerr County Sheriff's Office | WSO"
			w.together(rows(), rows(agencyModel))
			w.pending(agencyModel, kerr)
			w.together(rows(kerr+" | 2025-07-08"), rows(agencyModel)).isAccepted()
		}},
		{"an older pending list is held", func(w *world) {
			kerr := "TX | Kerr County Sheriff's Office | WSO"
			w.together(rows(), rows(agencyModel))
			w.pending(agencyModel, kerr)
			w.pending(agencyModel).isHeld("It lists just what an older publication did, pending-2.xlsx, and not what the last one does, pending-3.xlsx.").says()
			w.wait(day).ends(roster.HoldBorneOut)
		}},
		{"empty pending lists are no older ones", func(w *world) {
			w.together(rows(), rows())
			w.pending(agencyModel)
			w.pending().isAccepted()
		}},
	})
}

func TestPendingEntriesAmongAgreements(t *testing.T) {
	var seekers []string
	for _, l := range sheriffs(40)[20:] {
		seekers = append(seekers, strings.TrimSuffix(l, " | 2025-03-03"))
	}
	dated := each(seekers, func(l string) string { return l + " | 2025-07-01" })
	play(t, []rule{
		{"the pending list with dates is no list of agreements", func(w *world) {
			w.together(sheriffs(10), seekers)
			w.serve(w.print(roster.ListParticipating, dated...)).isHeld("11 of 11 active agreements would be removed.",
				"20 of its 20 rows are entries of the pending list: it looks like that list with a column of dates.").says()
			w.wait(100 * day)
			w.hold()
		}},
		{"all who sought signing at once are news", func(w *world) {
			w.together(sheriffs(10), seekers)
			w.publish(append(sheriffs(10), dated...)...).isAccepted()
		}},
		{"pending entries beside the agreements, without dates", func(w *world) {
			w.together(sheriffs(10), seekers)
			w.publish(append(sheriffs(10), seekers...)...).isHeld("20 of its new rows are entries of the pending list, without a signing date.").says()
		}},
		{"five of them are news", func(w *world) {
			w.together(sheriffs(10), seekers)
			w.publish(append(sheriffs(10), seekers[:5]...)...).isAccepted()
		}},
	})
}

func TestRowsOfOtherColumns(t *testing.T) {
	list := each(sheriffs(100), func(l string) string { return l + " | county=Some County | type=county" })
	odd := func(n int) []string {
		i := 0
		return each(list, func(l string) string {
			if i++; i <= n {
				return strings.Replace(l, "county=Some County | type=county", "county=County", 1)
			}
			return l
		})
	}
	play(t, []rule{
		{"five are misprints", func(w *world) {
			w.publish(list...)
			w.publish(odd(5)...).isAccepted()
		}},
		{"six of a hundred are another column's", func(w *world) {
			w.publish(list...)
			w.publish(odd(6)...).isHeld("6 of its 101 rows have a kind of agency for a county, or a county for a kind of agency.").says()
		}},
		{"also on the first list", func(w *world) {
			w.publish(odd(60)...).isHeld("60 of its 101 rows have a kind of agency for a county, or a county for a kind of agency.")
		}},
		{"the first pending list can be the participating one", func(w *world) {
			w.publish(sheriffs(30)...)
			w.pending(each(sheriffs(30), func(l string) string { return strings.TrimSuffix(l, " | 2025-03-03") })...).
				isHeld("30 of its 30 rows are agreements that are signed: it looks like the participating list without its dates.").says()
		}},
	})
}

func TestPendingListShrinks(t *testing.T) {
	var seekers []string
	for _, l := range sheriffs(40) {
		seekers = append(seekers, strings.TrimSuffix(l, " | 2025-03-03"))
	}
	play(t, []rule{
		{"half of eight may go", func(w *world) {
			w.together(rows(), seekers[:8])
			w.pending(seekers[4:8]...).isAccepted()
		}},
		{"five of eight are a doubt", func(w *world) {
			w.together(rows(), seekers[:8])
			w.pending(seekers[5:8]...).isHeld("5 of 8 unsigned entries would be gone from the pending list at once.").says()
			w.wait(30 * day)
			if len(w.known.Holds) > 0 {
				w.t.Error("a list that lasts is held for ever")
			}
		}},
		{"all of seven may go", func(w *world) {
			w.together(rows(), seekers[:7])
			w.pending().isAccepted()
		}},
		{"all of eight are a doubt", func(w *world) {
			w.together(rows(), seekers[:8])
			w.pending().isHeld("The pending list is empty, where 8 unsigned entries were.").says()
		}},
		{"who has signed at the same time is not lost", func(w *world) {
			w.together(rows(), seekers[:20])
			w.together(sheriffs(18), seekers[18:20]).isAccepted()
		}},
		{"nor is who turns out to have signed", func(w *world) {
			w.together(rows(), seekers[:20])
			w.pending(seekers[18:20]...).isHeld("18 of 20 unsigned entries would be gone from the pending list at once.")
			if s := w.publish(sheriffs(18)...).ends(roster.HoldBorneOut); len(s.outcome.Publications) != 2 {
				w.t.Errorf("%d publications", len(s.outcome.Publications))
			}
			w.wait(30 * day).says()
		}},
		{"but not all may have", func(w *world) {
			w.together(rows(), seekers[:20])
			w.pending(seekers[18:20]...)
			w.publish(sheriffs(5)...).ends()
			w.hold()
		}},
		{"nor is who signs under another spelling", func(w *world) {
			w.together(rows(), seekers[:8])
			w.together(each(sheriffs(8), func(l string) string { return strings.Replace(l, "County", "Couny", 1) }), rows()).isAccepted()
		}},
		{"a list that brings as many others is a new one", func(w *world) {
			w.together(rows(), seekers[:10])
			w.pending(seekers[10:16]...).isAccepted()
		}},
		{"but not where it brings back who had been there", func(w *world) {
			w.together(rows(), seekers[:10])
			w.pending(append(seekers[5:10], seekers[10:20]...)...).isAccepted()
			w.wait(5 * day)
			w.pending(seekers[:5]...).isHeld("15 of 15 unsigned entries would be gone from the pending list at once.")
		}},
	})
}

// block writes n rows of one state, each with a date, a file and a county of its
// own.
func block(n int) []string {
	var lines []string
	for i, l := range sheriffs(n) {
		name := regexp.MustCompile(`\| (.*) County`).FindStringSubmatch(l)[1]
		lines = append(lines, fmt.Sprintf("%s | moa=%s.pdf | county=%s County",
			strings.Replace(l, "2025-03-03", fmt.Sprintf("2025-0%d-%02d", 1+i/28, 1+i%28), 1), strings.ToLower(roster.Slug(name)), name))
	}
	return lines
}

// shifted moves one cell of each row to the row below.
func shifted(lines []string, cell int) []string {
	out, above := []string(nil), ""
	for _, l := range lines {
		cells := strings.Split(l, " | ")
		cells[cell], above = above, cells[cell]
		if cells[cell] == "" {
			cells[cell] = above
		}
		out = append(out, strings.Join(cells, " | "))
	}
	return out
}

func TestShiftedColumns(t *testing.T) {
	list := block(12)
	const date, moa, county = 3, 4, 5
	play(t, []rule{
		{"dates", func(w *world) {
			w.publish(list...)
			w.publish(shifted(list, date)...).isHeld("In Alabama, 11 rows have the signing date that the row beside them had: the column looks shifted by a row.").says()
		}},
		{"dates, the other way", func(w *world) {
			w.publish(shifted(list, date)...)
			w.publish(list...).isHeld("In Alabama, 10 rows have the signing date that the row beside them had: the column looks shifted by a row.").says()
		}},
		{"files", func(w *world) {
			w.publish(list...)
			w.publish(shifted(list, moa)...).isHeld("In Alabama, 11 rows have the agreement file that the row beside them had: the column looks shifted by a row.").says()
		}},
		{"counties", func(w *world) {
			w.publish(list...)
			w.publish(shifted(list, county)...).isHeld("In Alabama, 11 rows have the county that the row beside them had: the column looks shifted by a row.").says()
		}},
		{"dates and files at once, beside a row that is new", func(w *world) {
			w.publish(without(1, list)...)
			w.publish(shifted(shifted(list, date), moa)...).isHeld(
				"In Alabama, 10 rows have the signing date that the row beside them had: the column looks shifted by a row.",
				"In Alabama, 10 rows have the agreement file that the row beside them had: the column looks shifted by a row.").says()
		}},
		{"a shift that is mended is none", func(w *world) {
			w.importing = true
			w.publish(list...)
			w.publish(shifted(list, date)...).says()
			w.publish(shifted(list, date)...).ends(roster.HoldBorneOut)
			w.publish(list...).isAccepted()
		}},
		{"three dates that are a neighbor's are corrections", func(w *world) {
			w.publish(list...)
			w.publish(append(shifted(list[:4], date), list[4:]...)...).isAccepted()
		}},
		{"one date for all is no shift", func(w *world) {
			one := each(list, func(l string) string { return regexp.MustCompile(`2025-0\d-\d\d`).ReplaceAllString(l, "2025-06-01") })
			w.publish(append(one[:11:11], list[11])...)
			w.publish(append(list[:6:6], one[6:]...)...).isAccepted()
		}},
		{"a row put in or left out moves nothing", func(w *world) {
			w.publish(list...)
			w.publish(append(list[:3:3], list[4:]...)...).isAccepted()
			w.publish(append(rows("AL | Athens Police Department | TFM | 2025-07-01 | moa=athens.pdf"), list...)...).isAccepted()
		}},
	})
}

func TestOtherModels(t *testing.T) {
	const tribal = "OK | Sandstone Nation Police Department | Tribal Task Force | 2025-07-07 | moa=sandstone.pdf"
	play(t, []rule{
		{"another model is a model of its own", func(w *world) {
			w.publish()
			s := w.publish(tribal)
			s.says("new OK Sandstone Nation Police Department Tribal Task Force")
			if c := s.only(); c.Agreement.ID != "OK-sandstone-nation-police-department#tribal-task-force#2025-07-07" {
				w.t.Errorf("id %q", c.Agreement.ID)
			}
			want := `1 row of the participating list names a model that is none of the three, "Tribal Task Force" (1); such agreements are kept as they are printed and counted apart.`
			if p := s.outcome.Publications[0]; len(p.Notes) != 1 || p.Notes[0] != want || len(p.OtherModels) != 1 {
				w.t.Errorf("notes %q, models %q", p.Notes, p.OtherModels)
			}
			w.inSpanish(s.outcome.Publications[0].Notes, s.outcome.Publications[0].Texts)
		}},
		{"a model that becomes another one is amended", func(w *world) {
			w.publish(strings.Replace(tribal, "Tribal Task Force", "TFM", 1))
			w.publish(tribal).says("amended? OK Sandstone Nation Police Department Tribal Task Force: model TFM to Tribal Task Force")
		}},
		{"though no file tells", func(w *world) {
			w.publish("OK | Sandstone Nation Police Department | TFM | 2025-07-07")
			w.publish("OK | Sandstone Nation Police Department | Tribal Task Force | 2025-07-07").
				says("amended? OK Sandstone Nation Police Department Tribal Task Force: model TFM to Tribal Task Force")
		}},
		{"another print of it is nothing", func(w *world) {
			w.publish(tribal)
			w.publish(strings.Replace(tribal, "Tribal Task Force", "Tribal Task-Force", 1)).says()
		}},
		{"though no file tells that it is", func(w *world) {
			w.publish("OK | Sandstone Nation Police Department | Tribal Task Force | 2025-07-07")
			w.publish("OK | Sandstone Nation Police Department | Tribal Task-Force | 2025-07-07").says()
		}},
		{"one of the three models for another is another agreement, where no file tells", func(w *world) {
			w.publish(signer)
			w.publish("TX | Kendall County Sheriff's Office | JEM | 2025-07-07").
				says("new TX Kendall County Sheriff's Office JEM", "removed TX Kendall County Sheriff's Office WSO")
		}},
		{"two in one cell are neither", func(w *world) {
			w.publish("TX | Kendall County Sheriff's Office | Jail Enforcement Model / Warrant Service Officer | 2025-07-07")
			w.publish("TX | Kendall County Sheriff's Office | Jail Enforcement Model / Warrant Service Officer | 2025-07-07", signer).
				says("new TX Kendall County Sheriff's Office WSO")
		}},
		{"a pending entry for it is signed as it", func(w *world) {
			w.together(rows(), rows("OK | Sandstone Nation Police Department | Tribal Task Force"))
			w.publish(tribal).says("new OK Sandstone Nation Police Department Tribal Task Force: pending since 2025-07-07")
		}},
	})
}

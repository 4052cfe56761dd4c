package diff_test

import (
	"strings"
	"testing"

	"github.com/watch287g/watch287g/roster"
)

const (
	agencyModel = "TX | Kendall County Sheriff's Office | WSO"
	signer      = agencyModel + " | 2025-07-07"
)

func TestFromPendingToSigned(t *testing.T) {
	signed := "new TX Kendall County Sheriff's Office WSO: pending since 2025-07-07"
	play(t, []rule{
		{"both lists at once are one piece of news", func(w *world) {
			w.together(rows(), rows())
			w.together(rows(), rows(agencyModel)).says("pending TX Kendall County Sheriff's Office WSO")
			w.together(rows(signer), rows()).says(signed)
		}},
		{"so are the lists one after the other", func(w *world) {
			w.together(rows(), rows(agencyModel))
			w.pending().says()
			w.publish(signer).says(signed)
			w.wait(10 * day).says()
		}},
		{"and the other way round", func(w *world) {
			w.together(rows(), rows(agencyModel))
			w.publish(signer).says(signed)
			w.pending().says()
			w.wait(10 * day).says()
		}},
		{"a respelling on the way is only likely", func(w *world) {
			w.together(rows(), rows("TX | Lampass County Sheriff's Office | WSO"))
			w.together(rows("TX | Lampasas County Sheriff's Office | WSO | 2025-07-07"), rows()).
				says("new? TX Lampasas County Sheriff's Office WSO: pending since 2025-07-07")
		}},
		{"a namesake that comes as one signs is another agency", func(w *world) {
			w.together(rows(), rows("TX | Oakwood Police Department | WSO"))
			w.together(rows("TX | Oakwood Police Department | WSO | 2025-07-07"), rows("TX | Oakwood Village Police Department | WSO")).
				says("new TX Oakwood Police Department WSO: pending since 2025-07-07", "pending TX Oakwood Village Police Department WSO")
		}},
		{"a seeker may stay listed for days after it signed", func(w *world) {
			w.together(rows(), rows(agencyModel))
			w.publish(signer).says(signed)
			if s := w.known.Records["TX-kendall-county-sheriffs-office#WSO#pending"].Status(); s != roster.StatusPending {
				t.Errorf("the entry is %q while ICE lists it", s)
			}
			w.pending().says()
		}},
	})
}

func TestWithdrawals(t *testing.T) {
	const withdrawn = "withdrawn TX Kendall County Sheriff's Office WSO"
	play(t, []rule{
		{"after three days by the clock", func(w *world) {
			w.together(rows(), rows(agencyModel))
			w.pending().says()
			w.publish()
			w.wait(3*day - 2*hour).says()
			w.wait(hour).says(withdrawn)
			w.wait(30 * day).says()
		}},
		{"or by the dates of ICE's lists, in an import", func(w *world) {
			w.importing = true
			w.together(rows(), rows(agencyModel))
			w.pending().says()
			w.now = w.now.Add(3 * day)
			w.publish().says(withdrawn)
		}},
		{"not before a participating list is published after it left", func(w *world) {
			w.together(rows(), rows(agencyModel))
			w.together(rows(), rows()).says()
			w.wait(30 * day).says()
			w.publish("TX | Kerr County Sheriff's Office | WSO | 2025-07-07").says(withdrawn, "new TX Kerr County Sheriff's Office WSO")
		}},
		{"not where that list has it as signed", func(w *world) {
			w.together(rows(), rows(agencyModel))
			w.pending().says()
			w.wait(30 * day).says()
			w.publish(signer).says("new TX Kendall County Sheriff's Office WSO: pending since 2025-07-07")
			w.wait(30 * day).says()
		}},
		{"not where it is listed again in time", func(w *world) {
			w.together(rows(), rows(agencyModel))
			w.pending().says()
			w.now = w.now.Add(day)
			w.pending(agencyModel).says()
			w.wait(30 * day).says()
		}},
		{"listed again later, it is a correction that names what it takes back", func(w *world) {
			w.together(rows(), rows(agencyModel))
			ended := w.withdraw(rows())
			back := w.pending(agencyModel).only()
			if back.Kind != roster.KindRestored || back.Corrects != ended.ID {
				t.Errorf("%s takes back %q, want %q", back.Kind, back.Corrects, ended.ID)
			}
		}},
		{"nor does a respelling on the way back make it another", func(w *world) {
			w.together(rows(), rows("OH | Merriwether County Sheriff's Office | JEM"))
			ended := w.withdraw(rows())
			back := w.pending("OH | Meriwether County Sheriff's Office | JEM").only()
			if back.Kind != roster.KindRestored || back.Corrects != ended.ID || back.Certainty != roster.Likely {
				t.Errorf("%s, %s, takes back %q, want %q", back.Kind, back.Certainty, back.Corrects, ended.ID)
			}
		}},
		{"signed by another entry of the agency, it is not what was withdrawn", func(w *world) {
			w.together(rows(), rows("PA | Elm Run Township Constable | TFM"))
			w.withdraw(rows())
			w.wait(40 * day)
			w.pending("PA | Elm Run Township, PA | TFM").says("pending PA Elm Run Township, PA TFM")
			w.pending("PA | Elm Run Township Constables Office | TFM")
			w.wait(day)
			c := w.publish("PA | Elm Run Township Constables Office | TFM | 2025-08-20").only()
			if c.Corrects != "" || c.PendingSince != roster.Day(w.now.Add(-day)) {
				t.Errorf("takes back %q, pending since %s: %s", c.Corrects, c.PendingSince, c.Text)
			}
		}},
		{"what is still pending is not signed under a name that is only like it", func(w *world) {
			const still = "OH | Pike Police Department | TFM | county=Pike County"
			w.together(rows(), rows(still))
			w.publish("OH | Pike Lake Shore Village Police Department | TFM | 2025-07-07 | county=Pike County").
				says("new OH Pike Lake Shore Village Police Department TFM")
		}},
		{"signed later, it is new, and takes the withdrawal back", func(w *world) {
			w.together(rows(), rows(agencyModel))
			ended := w.withdraw(rows())
			c := w.publish(signer).says("new TX Kendall County Sheriff's Office WSO: pending since 2025-07-07").only()
			if c.Corrects != ended.ID || c.PendingUntil != "2025-07-07" && c.PendingUntil != "" {
				t.Errorf("takes back %q, want %q; pending until %q", c.Corrects, ended.ID, c.PendingUntil)
			}
			w.publish()
			w.wait(30 * day).says()
		}},
	})
}

// withdraw has an entry leave the pending list for good.
func (w *world) withdraw(participating []string) roster.Change {
	w.t.Helper()
	w.pending()
	w.publish(participating...)
	c := w.wait(3 * day).only()
	if c.Kind != roster.KindWithdrawn {
		w.t.Fatalf("said %s, want it withdrawn", line(c))
	}
	return c
}

// What was signed under whatever name, or in whatever state ICE misprinted, was
// not withdrawn.
func TestSignedUnderAnotherName(t *testing.T) {
	for _, tt := range []struct{ name, pending, signed string }{
		{"a misprinted kind of body", "OH | Bramwell Polce Department | TFM", "OH | Bramwell Police Department | TFM"},
		{"another word for the body", "WI | Juneau County Sheriff's Department | JEM", "WI | Juneau County Sheriff's Office | JEM"},
		{"a misprinted sheriff", "IA | Adair County Sherrif's Office | TFM", "IA | Adair County Sheriff's Office | TFM"},
		{"the county in its cell", "KY | Kentucky State Constable 2nd District Boyle County | TFM", "KY | Kentucky State Constable 2nd District | TFM | county=Boyle County"},
		{"a ward that the entry did not give", "NJ | Ashmore Constable Office | TFM | county=Essex County", "NJ | Office of Constable Ashmore 3rd Ward | TFM | county=Essex County"},
		{"a county that the stated state does not have", "TX | Winnebago County Sheriff's Office | TFM", "IL | Winnebago County Sheriff's Office | TFM"},
		{"a county that the signing state does not have", "IL | Winnebago County Sheriff's Office | TFM", "TX | Winnebago County Sheriff's Office | TFM"},
		{"a town that nobody else is named after", "GA | Cedar Hollow Police Department | TFM", "VT | Cedar Hollow Police Department | TFM"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.together(rows(), rows())
			w.pending(tt.pending)
			w.wait(5 * day)
			w.together(rows(tt.signed+" | 2025-07-11"), rows())
			w.wait(day)
			w.publish(tt.signed+" | 2025-07-11", "TX | Kerr County Sheriff's Office | WSO | 2025-07-01").says("new TX Kerr County Sheriff's Office WSO")
			w.wait(30 * day).says()
		})
	}
}

// What is another's agreement says nothing about an entry.
func TestNotSignedByAnother(t *testing.T) {
	for _, tt := range []struct{ name, pending, signed string }{
		{"another body of the place", "OH | Pike County Prosecuting Attorney | TFM", "OH | Pike County Sheriff's Office | TFM"},
		{"another model", "OH | Pike County Sheriff's Office | JEM", "OH | Pike County Sheriff's Office | TFM"},
		{"another county of a near name", "OH | Clark County Sheriff's Office | TFM", "OH | Clinton County Sheriff's Office | TFM"},
		{"a namesake in a state that has one", "OH | Clark County Sheriff's Office | TFM", "IN | Clark County Sheriff's Office | TFM"},
		{"a town of a common name", "OH | Salem Police Department | TFM", "IN | Salem Police Department | TFM"},
		{"another precinct", "TX | Kerr County Constable Precinct 1 | TFM", "TX | Kerr County Constable Precinct 2 | TFM"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.together(rows(), rows())
			w.pending(tt.pending)
			w.wait(5 * day)
			w.together(rows(tt.signed+" | 2025-07-11"), rows())
			w.wait(day)
			w.publish(tt.signed+" | 2025-07-11", "TX | Kerr County Sheriff's Office | WSO | 2025-07-01")
			if c := w.wait(3 * day).only(); c.Kind != roster.KindWithdrawn {
				t.Errorf("said %s", line(c))
			}
		})
	}
}

// An entry that an agreement has named stays signed, whatever becomes of that;
// and one beside an agreement that was signed before it is not withdrawn.
func TestNeverWithdrawnOnceSigned(t *testing.T) {
	play(t, []rule{
		{"signed, and both gone at once", func(w *world) {
			w.together(rows(), rows(agencyModel))
			w.publish(signer)
			const other = "TX | Kerr County Sheriff's Office | WSO | 2025-07-01"
			w.together(rows(other), rows()).says("removed TX Kendall County Sheriff's Office WSO", "new TX Kerr County Sheriff's Office WSO")
			w.publish(other + " | county=Kerr County")
			w.wait(30 * day).says()
		}},
		{"signed before the entry appeared", func(w *world) {
			w.together(rows(signer), rows())
			w.pending("TX | Kendall County Sherrif's Office | WSO")
			w.pending()
			w.publish(signer, "TX | Kerr County Sheriff's Office | WSO | 2025-07-01")
			w.wait(30 * day).says()
		}},
		{"signed before, and gone while the entry stood", func(w *world) {
			w.together(rows(signer), rows())
			w.pending(agencyModel)
			w.publish().says("removed TX Kendall County Sheriff's Office WSO")
			w.pending().says()
			w.publish("TX | Kerr County Sheriff's Office | WSO | 2025-07-01")
			w.wait(30 * day).says()
		}},
	})
}

// A correction on the participating list can show that a withdrawal was none.
func TestCorrectionTakesWithdrawalBack(t *testing.T) {
	for _, tt := range []struct{ name, entry, listed, corrected string }{
		{"of the state", "KS | Lincoln County Sheriff's Office | WSO", "TN | Lincoln County Sheriff's Office | WSO", "KS | Lincoln County Sheriff's Office | WSO"},
		{"of the name", "KS | Bluestem Police Department | WSO", "KS | Chase Police Department | WSO", "KS | Bluestem Police Department | WSO"},
		{"of the model", "KS | Bluestem Police Department | WSO", "KS | Bluestem Police Department | TFM", "KS | Bluestem Police Department | WSO"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.together(rows(), rows(tt.entry))
			const moa = " | 2025-07-08 | moa=bluestem-lincoln.pdf"
			ended := w.withdraw(rows(tt.listed + moa))
			c := w.publish(tt.corrected + moa).only()
			if c.Kind != roster.KindAmended || c.Corrects != ended.ID || !strings.Contains(c.Text, "had been reported as withdrawn on July 10, 2025; ICE lists it as signed.") {
				t.Errorf("%s takes back %q, want %q: %s", c.Kind, c.Corrects, ended.ID, c.Text)
			}
		})
	}
}

func TestPendingAgain(t *testing.T) {
	play(t, []rule{
		{"after more than 30 days it is a new application", func(w *world) {
			w.together(rows(), rows())
			w.pending(agencyModel)
			w.wait(5 * day)
			w.withdraw(rows())
			w.wait(31 * day)
			c := w.pending(agencyModel).says("pending TX Kendall County Sheriff's Office WSO").only()
			if len(c.WasPending) != 1 || c.WasPending[0] != (roster.Spell{From: "2025-07-07", Until: "2025-07-12"}) || c.Corrects != "" {
				t.Errorf("was pending %v, takes back %q", c.WasPending, c.Corrects)
			}
			w.wait(day)
			again := w.withdraw(rows("TX | Kerr County Sheriff's Office | WSO | 2025-07-01"))
			if again.ListedSince != roster.Day(monday.Add(5*day+31*day+3*day+5*hour)) {
				t.Errorf("listed since %s", again.ListedSince)
			}
		}},
		{"nor is it the same once its agreement is gone", func(w *world) {
			w.together(rows(), rows(agencyModel))
			w.together(rows(signer), rows())
			w.wait(10 * day)
			w.publish("TX | Kerr County Sheriff's Office | WSO | 2025-07-01")
			c := w.pending(agencyModel).outcome.Changes[0]
			if c.Kind != roster.KindPending || len(c.WasPending) != 1 || len(c.WasSigned) != 1 {
				t.Errorf("%s: pending %v, signed %v", line(c), c.WasPending, c.WasSigned)
			}
			w.wait(day)
			w.pending()
			w.publish("TX | Kerr County Sheriff's Office | WSO | 2025-07-01 | county=Kerr County")
			if c := w.wait(3 * day).only(); c.Kind != roster.KindWithdrawn || len(c.WasSigned) != 1 || strings.Contains(c.Text, "has not listed it") {
				t.Errorf("%s: signed %v", c.Text, c.WasSigned)
			}
		}},
		{"its agreement is not said to be over where its removal was taken back", func(w *world) {
			w.together(rows(signer), rows())
			w.publish().says("removed TX Kendall County Sheriff's Office WSO")
			w.publish(signer).says("restored TX Kendall County Sheriff's Office WSO")
			if c := w.pending(agencyModel).only(); c.ActiveAgreementID == "" || len(c.WasSigned) != 0 {
				t.Errorf("%s, signed %v", c.Text, c.WasSigned)
			}
		}},
		{"within 30 days, it stays the same while its agreement stands", func(w *world) {
			w.together(rows(), rows(agencyModel))
			w.together(rows(signer), rows())
			w.wait(10 * day)
			w.pending(agencyModel).says()
		}},
	})
}

// A change of model is no retreat: what the agency holds and seeks is said.
func TestOthersBesideAnEnd(t *testing.T) {
	w := newWorld(t)
	const holds, seeks = "TX | Kendall County Sheriff's Office | TFM | 2025-06-02", "TX | Kendall County Sheriff's Office | JEM"
	w.together(rows(signer, holds), rows(seeks))
	c := w.publish(holds).only()
	if len(c.Holds) != 1 || c.Holds[0].Model != roster.TFM || c.Holds[0].Signed != "2025-06-02" || len(c.Seeks) != 1 || c.Seeks[0] != roster.JEM {
		t.Errorf("holds %v, seeks %v", c.Holds, c.Seeks)
	}
	w = newWorld(t)
	w.together(rows(holds), rows(agencyModel, seeks))
	w.pending(seeks)
	w.publish(holds)
	c = w.wait(3 * day).only()
	if c.Kind != roster.KindWithdrawn || len(c.Holds) != 1 || len(c.Seeks) != 1 || c.Seeks[0] != roster.JEM {
		t.Errorf("%s holds %v, seeks %v", c.Kind, c.Holds, c.Seeks)
	}
}

func TestPendingStates(t *testing.T) {
	play(t, []rule{
		{"a county that the state does not have was meant elsewhere", func(w *world) {
			w.together(rows(), rows("FL | Kershaw County Sheriff's Office | TFM"))
			w.pending("SC | Kershaw County Sheriff's Office | TFM").says("amended? SC Kershaw County Sheriff's Office TFM: state FL to SC")
		}},
		{"one Washington County is not another", func(w *world) {
			w.together(rows(), rows("FL | Washington County Sheriff's Office | TFM"))
			w.pending("AR | Washington County Sheriff's Office | TFM").says("pending AR Washington County Sheriff's Office TFM")
		}},
	})
}

func TestRemovedAndRestored(t *testing.T) {
	play(t, []rule{
		{"a removal is taken back by name, and can happen again", func(w *world) {
			const kerr = "TX | Kerr County Sheriff's Office | WSO | 2025-07-07"
			w.publish(signer, kerr)
			gone := w.publish(kerr).only()
			if gone.Kind != roster.KindRemoved || gone.ListedSince != "2025-07-07" {
				t.Errorf("%s, listed since %q", gone.Kind, gone.ListedSince)
			}
			back := w.publish(signer, kerr).only()
			if back.Kind != roster.KindRestored || back.Corrects != gone.ID {
				t.Errorf("%s takes back %q, want %q", back.Kind, back.Corrects, gone.ID)
			}
			w.publish(signer, kerr+" | county=Kerr County") // else the next list is the second one served again
			if again := w.publish(kerr + " | county=Kerr County").only(); again.Kind != roster.KindRemoved || again.ID == gone.ID {
				t.Errorf("the second removal is %s %s", again.Kind, again.ID)
			}
		}},
		{"an agreement of a later date is a new one", func(w *world) {
			w.publish(signer)
			w.publish()
			w.publish(agencyModel + " | 2025-12-01").says("new TX Kendall County Sheriff's Office WSO")
		}},
	})
}

func TestDoubles(t *testing.T) {
	play(t, []rule{
		{"a row twice is one agreement, and a detail", func(w *world) {
			w.publish(signer)
			w.publish(signer, signer).says("detail TX Kendall County Sheriff's Office WSO: rows 1 to 2")
			w.publish(signer).says("detail TX Kendall County Sheriff's Office WSO: rows 2 to 1")
		}},
		{"with and without City of", func(w *world) {
			w.publish("FL | Zephyrhills Police Department | TFM | 2025-07-07")
			w.publish("FL | Zephyrhills Police Department | TFM | 2025-07-07", "FL | City of Zephyrhills Police Department | TFM | 2025-07-07").
				says("detail FL Zephyrhills Police Department TFM: rows 1 to 2")
		}},
		{"so from the first list on", func(w *world) {
			const bare, city = "FL | Zephyrhills Police Department | TFM | 2025-07-07", "FL | City of Zephyrhills Police Department | TFM | 2025-07-07"
			w.publish(city, bare)
			w.publish(bare, city).says()
			w.publish(city, city).says()
			w.publish(city).says("detail FL City of Zephyrhills Police Department TFM: rows 2 to 1")
		}},
		{"and where both are new", func(w *world) {
			const bare, city = "FL | Zephyrhills Police Department | TFM | 2025-07-07", "FL | City of Zephyrhills Police Department | TFM | 2025-07-07"
			w.publish(signer)
			w.publish(signer, bare, city).says("new FL Zephyrhills Police Department TFM")
			w.publish(signer, city, bare).says()
		}},
		{"and where one is misprinted", func(w *world) {
			w.publish(signer, strings.Replace(signer, "Kendall", "Kendal", 1))
			w.publish(strings.Replace(signer, "Kendall", "Kendal", 1), signer).says()
			w.publish(signer).says("detail TX Kendall County Sheriff's Office WSO: rows 2 to 1")
		}},
		{"one county has one sheriff, by whatever name its agreements go", func(w *world) {
			w.publish("VA | Hopewell Sheriff's Office | JEM | 2025-07-02", "VA | Hopewell County Sheriff's Office | WSO | 2025-07-02")
			w.publish("VA | Hopewell County Sheriff's Office | JEM | 2025-07-02", "VA | Hopewell County Sheriff's Office | WSO | 2025-07-02").
				says("amended? VA Hopewell County Sheriff's Office JEM: was Hopewell Sheriff's Office")
		}},
		{"the sheriffs of a city and of a county of its name are two", func(w *world) {
			w.publish("VA | Franklin Sheriff's Office | JEM | 2025-07-02", "VA | Franklin County Sheriff's Office | WSO | 2025-07-02")
			w.publish("VA | Franklin County Sheriff's Office | JEM | 2025-07-02", "VA | Franklin County Sheriff's Office | WSO | 2025-07-02").
				says("new? VA Franklin County Sheriff's Office JEM", "removed? VA Franklin Sheriff's Office JEM")
		}},
		{"a town and a city of one name are two", func(w *world) {
			const town, city = "NY | Town of Larkwood Police Department | TFM | 2025-07-07", "NY | City of Larkwood Police Department | TFM | 2025-07-07"
			w.publish(town, city)
			w.publish(city).says("removed NY Town of Larkwood Police Department TFM")
		}},
		{"with another date it is another agreement", func(w *world) {
			w.publish(signer)
			w.publish(signer, agencyModel+" | 2025-08-08").says("new TX Kendall County Sheriff's Office WSO")
		}},
	})
}

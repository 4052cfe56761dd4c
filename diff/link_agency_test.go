package diff_test

import (
	"testing"
)

func TestNameOfAnotherKnownAgency(t *testing.T) {
	w := newWorld(t)
	w.publish("FL | Pasco County Sheriff's Office | WSO | 2025-02-26 | moa=wso.pdf",
		"FL | Pasco County Board of County Commissioners | JEM | 2025-02-26 | moa=jem.pdf")
	s := w.publish("FL | Pasco County Board of County Commissioners | WSO | 2025-02-26 | moa=wso.pdf",
		"FL | Pasco County Board of County Commissioners | JEM | 2025-02-26 | moa=jem.pdf")
	s.says("amended FL Pasco County Board of County Commissioners WSO: was Pasco County Sheriff's Office")
	if got, want := s.only().Agreement.AgencyID, "FL-pasco-county-board-of-county-commissioners"; got != want {
		t.Errorf("the agreement went to %s, want %s", got, want)
	}
	if got, want := s.only().Agreement.ID, "FL-pasco-county-sheriffs-office#WSO#2025-02-26"; got != want {
		t.Errorf("its id is %s now, want %s for good", got, want)
	}
}

func TestAgencyIDNeverChanges(t *testing.T) {
	w := newWorld(t)
	for _, name := range []string{"Lampass County Sheriff's Office", "Lampasas County Sheriff's Office", "LAMPASAS COUNTY SHERIFFS OFFICE",
		"Lampasas Co. Sheriff's Office", "Lampass County Sheriff's Office", "Lampasas County SO"} {
		w.publish("TX | " + name + " | WSO | 2025-07-15")
		const id = "TX-lampass-county-sheriffs-office"
		if len(w.known.Agencies) != 2 || w.known.Agencies[id] == nil {
			t.Fatalf("after %q the agencies are %v", name, text(t, w.known.Agencies))
		}
		spellings := w.known.Agencies[id].Spellings
		if last := spellings[len(spellings)-1].Name; last != name {
			t.Errorf("the spelling in use is %q, want %q", last, name)
		}
	}
}

func TestMisprintsBeyondReading(t *testing.T) {
	const kendall = "TX | Kendall County Sheriff's Office | WSO | 2025-07-05"
	link(t, []linking{
		{"a row without a model ends no agreement", rows(kendall), rows("TX | Kendall County Sheriff's Office | | 2025-07-05"), nil},
		{"a row without a state ends no agreement", rows(kendall), rows(" | Kendall County Sheriff's Office | WSO | 2025-07-05"), nil},
		{"a row without a name ends no agreement that has its file", rows(kendall + " | moa=1.pdf"), rows("TX | | WSO | 2025-07-05 | moa=1.pdf"), nil},
		{"nor the only one that it can stand for", rows(kendall), rows("TX | | WSO | 2025-07-05"), nil},
		{
			"of two that it could stand for, none is known to be listed",
			rows(kendall, "TX | Hays County Sheriff's Office | WSO | 2025-07-05"), rows("TX | | WSO | 2025-07-05"),
			rows("removed TX Hays County Sheriff's Office WSO", "removed TX Kendall County Sheriff's Office WSO"),
		},
		{
			"a row without a name stands for no agreement of another model",
			rows(kendall), rows("TX | | TFM | 2025-07-05"), rows("removed TX Kendall County Sheriff's Office WSO"),
		},
		{
			"a row without a model stands for no other agency",
			rows(kendall), rows("TX | Hays County Sheriff's Office | | 2025-07-05"), rows("removed TX Kendall County Sheriff's Office WSO"),
		},
		{
			"an unreadable row can be misspelled as well",
			rows(kendall), rows("TX | Kendal County Sheriff's Office | | 2025-07-05"),
			rows("amended? TX Kendal County Sheriff's Office WSO: was Kendall County Sheriff's Office"),
		},
		{
			"without a state too",
			rows(kendall), rows(" | Kendal County Sheriff's Office | WSO | 2025-07-05"),
			rows("amended? TX Kendal County Sheriff's Office WSO: was Kendall County Sheriff's Office"),
		},
		{"an unreadable row beside the readable one is nothing", rows(kendall), rows(kendall, "TX | Kendall County Sheriff's Office | | 2025-07-05"), nil},
		{"an unreadable row makes nothing", rows(), rows("TX | | WSO | 2025-07-05", " | | | "), nil},
	})
	play(t, []rule{
		{"until it can be read", func(w *world) {
			w.publish()
			w.publish("TX | Kendall County Sheriff's Office | | 2025-07-05").says()
			w.publish(kendall).says("new TX Kendall County Sheriff's Office WSO")
		}},
		{"what could not be read for a while is what it was", func(w *world) {
			w.publish(kendall)
			w.publish("TX | Kendall County Sheriff's Office | | 2025-07-05").says()
			w.publish("TX | Kendall County Sheriff's Office | | 2025-07-05").says()
			w.publish(kendall).says()
		}},
	})
}

func TestMisprintedDates(t *testing.T) {
	const kendall = "TX | Kendall County Sheriff's Office | WSO | "
	play(t, []rule{
		{"a misprint that is corrected is an amendment, though the date is what it was read as", func(w *world) {
			w.publish(kendall + "7/72025 (2025-07-07)")
			w.publish(kendall + "2025-07-07").says("amended TX Kendall County Sheriff's Office WSO: signed 7/72025 to 2025-07-07")
		}},
		{"a misprint that is corrected to another date shows both as printed", func(w *world) {
			w.publish(kendall + "7/72025 (2025-07-07)")
			w.publish(kendall + "2025-07-17").says("amended TX Kendall County Sheriff's Office WSO: signed 7/72025 to 2025-07-17")
		}},
		{"a date that is misprinted now is a detail", func(w *world) {
			w.publish(kendall + "2025-07-07")
			w.publish(kendall + "7/72025 (2025-07-07)").says("detail TX Kendall County Sheriff's Office WSO: signed_as none to 7/72025")
		}},
		{"a date that cannot be read keeps the known one", func(w *world) {
			w.publish(kendall + "2025-07-07")
			w.publish(kendall + "July ()").says("detail TX Kendall County Sheriff's Office WSO: signed_as none to July")
			if got := w.known.Records["TX-kendall-county-sheriffs-office#WSO#2025-07-07"].Now().Signed; got != "2025-07-07" {
				w.t.Errorf("signed %q", got)
			}
			w.publish(kendall + "July ()").says()
			w.publish(kendall + "2025-07-07").says()
		}},
		{"a date that cannot be read for a while, and is another one then, is amended from the one that was known", func(w *world) {
			w.publish(kendall + "2025-07-07")
			w.publish(kendall + "July ()").says("detail TX Kendall County Sheriff's Office WSO: signed_as none to July")
			w.publish(kendall + "2025-07-08").says("amended TX Kendall County Sheriff's Office WSO: signed 2025-07-07 to 2025-07-08")
		}},
		{"each other print that cannot be read is told once", func(w *world) {
			w.publish(kendall + "2025-07-07")
			w.publish(kendall + "July ()").says("detail TX Kendall County Sheriff's Office WSO: signed_as none to July")
			w.publish(kendall + "soon ()").says("detail TX Kendall County Sheriff's Office WSO: signed_as July to soon")
			w.publish(kendall + "soon ()").says()
			w.publish(kendall + "7/72025 (2025-07-07)").says("detail TX Kendall County Sheriff's Office WSO: signed_as soon to 7/72025")
		}},
		{"an empty cell gives no date, and a date after it is given again", func(w *world) {
			w.publish(kendall + "2025-07-07")
			w.publish(kendall).says("amended TX Kendall County Sheriff's Office WSO: signed 2025-07-07 to none")
			w.publish(kendall + "2025-07-07").says("amended TX Kendall County Sheriff's Office WSO: signed none to 2025-07-07")
		}},
		{"an empty cell after a print that cannot be read gives the known date no longer", func(w *world) {
			w.publish(kendall + "2025-07-07")
			w.publish(kendall + "July ()").says("detail TX Kendall County Sheriff's Office WSO: signed_as none to July")
			w.publish(kendall).says("amended TX Kendall County Sheriff's Office WSO: signed 2025-07-07 to none")
			w.publish(kendall + "July ()").says("detail TX Kendall County Sheriff's Office WSO: signed_as none to July")
			w.publish(kendall + "2025-07-07").says("amended TX Kendall County Sheriff's Office WSO: signed July to 2025-07-07")
		}},
		{"a date for another that is misprinted is one amendment, and no detail beside it", func(w *world) {
			w.publish(kendall + "2025-07-01")
			w.publish(kendall + "7/72025 (2025-07-07)").says("amended TX Kendall County Sheriff's Office WSO: signed 2025-07-01 to 2025-07-07")
		}},
		{"a date that can be read at last is an amendment", func(w *world) {
			w.publish(kendall + "July ()")
			w.publish(kendall + "July ()").says()
			w.publish(kendall + "2025-07-07").says("amended TX Kendall County Sheriff's Office WSO: signed July to 2025-07-07")
		}},
		{"a misprint that is taken out leaves no date", func(w *world) {
			w.publish(kendall + "July ()")
			w.publish(kendall).says("amended TX Kendall County Sheriff's Office WSO: signed July to none")
		}},
		{"two agreements stay apart while one date cannot be read", func(w *world) {
			w.publish(kendall+"2020-07-07", kendall+"2025-07-07")
			w.publish(kendall+"2025-07-07", kendall+"July ()").says("detail TX Kendall County Sheriff's Office WSO: signed_as none to July")
			w.publish(kendall+"2020-07-07", kendall+"2025-07-07").says()
		}},
	})
}

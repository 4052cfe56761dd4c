package diff_test

import (
	"testing"

	"github.com/watch287g/watch287g/roster"
)

// What changes of a row without being news is told to those who ask for it, and
// moves no count.
func TestDetails(t *testing.T) {
	link(t, []linking{
		{
			"a county where none was", rows(signer), rows(signer + " | county=Kendall County"),
			rows("detail TX Kendall County Sheriff's Office WSO: county none to Kendall County"),
		},
		{
			"another county", rows(signer + " | county=Kerr County"), rows(signer + " | county=Kendall County"),
			rows("detail TX Kendall County Sheriff's Office WSO: county Kerr County to Kendall County"),
		},
		{
			"a county's case, blanks and apostrophes are nothing",
			rows("MD | Largo Police Department | WSO | 2025-07-07 | county=Prince George’s County"),
			rows("MD | Largo Police Department | WSO | 2025-07-07 | county=PRINCE  GEORGE'S COUNTY"), nil,
		},
		{
			"a county that is no longer given is nothing: the column comes and goes",
			rows(signer + " | county=Kendall County"), rows(signer), nil,
		},
		{
			"another kind of agency", rows(signer + " | type=municipality"), rows(signer + " | type=county"),
			rows("detail TX Kendall County Sheriff's Office WSO: type municipality to county"),
		},
		{
			"a kind of agency that is no longer given is nothing", rows(signer + " | type=county"), rows(signer), nil,
		},
		{
			"county and kind at once are one detail",
			rows(signer), rows(signer + " | county=Kendall County | type=county"),
			rows("detail TX Kendall County Sheriff's Office WSO: county none to Kendall County, type none to county"),
		},
		{
			"a row a third time", rows(signer, signer), rows(signer, signer, signer),
			rows("detail TX Kendall County Sheriff's Office WSO: rows 2 to 3"),
		},
		{
			"a date of the same day in another print",
			rows(signer), rows(agencyModel + " | 7/72025 (2025-07-07)"),
			rows("detail TX Kendall County Sheriff's Office WSO: signed_as none to 7/72025"),
		},
		{
			"a detail beside an amendment is a change of its own",
			rows(signer), rows(agencyModel + " | 2025-07-08 | county=Kendall County"),
			rows("amended TX Kendall County Sheriff's Office WSO: signed 2025-07-07 to 2025-07-08",
				"detail TX Kendall County Sheriff's Office WSO: county none to Kendall County"),
		},
	})
}

func TestDocuments(t *testing.T) {
	const other = "TX | Kerr County Sheriff's Office | WSO | 2025-07-07 | moa=kerr.pdf | addendum=kerr-addendum.pdf"
	link(t, []linking{
		{
			"an agreement linked", rows(signer), rows(signer + " | moa=a.pdf"),
			rows("document TX Kendall County Sheriff's Office WSO: moa_url none to a.pdf"),
		},
		{
			"an agreement replaced", rows(signer + " | moa=a.pdf"), rows(signer + " | moa=signed-again.pdf"),
			rows("document TX Kendall County Sheriff's Office WSO: moa_url a.pdf to signed-again.pdf"),
		},
		{
			"an agreement gone from its row, where others have theirs", rows(other, signer+" | moa=a.pdf"), rows(other, signer),
			rows("document TX Kendall County Sheriff's Office WSO: moa_url a.pdf to none"),
		},
		{
			"a list without the column takes no document back",
			rows(signer + " | moa=a.pdf | addendum=b.pdf"), rows(signer), nil,
		},
		{
			"an addendum linked", rows(signer + " | moa=a.pdf"), rows(signer + " | moa=a.pdf | addendum=b.pdf"),
			rows("document TX Kendall County Sheriff's Office WSO: addendum_url none to b.pdf"),
		},
		{
			"an addendum replaced", rows(signer + " | addendum=b.pdf"), rows(signer + " | addendum=signed-again.pdf"),
			rows("document TX Kendall County Sheriff's Office WSO: addendum_url b.pdf to signed-again.pdf"),
		},
		{
			"an addendum gone, where others have theirs", rows(other, signer+" | addendum=b.pdf"), rows(other, signer),
			rows("document TX Kendall County Sheriff's Office WSO: addendum_url b.pdf to none"),
		},
		{
			"both at once are one change", rows(signer), rows(signer + " | moa=a.pdf | addendum=b.pdf"),
			rows("document TX Kendall County Sheriff's Office WSO: moa_url none to a.pdf, addendum_url none to b.pdf"),
		},
		{
			"one file in another writing is nothing",
			rows(signer + " | addendum=https://www.ice.gov/doclib/b.pdf"), rows(signer + " | addendum=http://ice.gov/doclib/B.pdf?x=1"), nil,
		},
	})
}

// A detail names the row before and after, and leaves the agreement what it is.
func TestDetailKeepsTheAgreement(t *testing.T) {
	w := newWorld(t)
	w.publish(signer)
	c := w.publish(signer + " | county=Kendall County").only()
	if c.Before == nil || c.Before.County != "" || c.Agreement.County != "Kendall County" || c.Before.ID != c.Agreement.ID || c.Certainty != roster.Certain {
		t.Errorf("%+v before, %+v now, %s", c.Before, c.Agreement, c.Certainty)
	}
	if r := w.known.Records[c.Agreement.ID]; len(r.Versions) != 2 || !r.Listed() {
		t.Errorf("%d versions", len(r.Versions))
	}
}

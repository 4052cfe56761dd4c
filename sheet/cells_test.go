package sheet_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/sheet/sheettest"
)

// cellCase changes one cell of a sound row and says what becomes of it.
type cellCase struct {
	name    string
	change  func(*sheettest.Row)
	want    func(*roster.Row)
	problem *roster.Problem // in row 2
}

func checkCells(t *testing.T, cases []cellCase) {
	t.Helper()
	for _, tt := range cases {
		printed, want := lampasas(), readLampasas()
		tt.change(&printed)
		tt.want(&want)
		wantRoster := roster.Roster{List: roster.ListParticipating, Rows: []roster.Row{want}}
		if tt.problem != nil {
			tt.problem.Row = 2
			wantRoster.Problems = []roster.Problem{*tt.problem}
		}
		if diff := cmp.Diff(wantRoster, read(t, sheettest.Participating(printed))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func raw(column, text string) map[string]string { return map[string]string{column: text} }

// Text of 10,000 characters, and what is kept of it.
func longText() (text, clipped string) {
	text = strings.Repeat("Long ", 2000)
	return text, text[:500] + "…"
}

func TestReadStates(t *testing.T) {
	checkCells(t, []cellCase{
		{"as it should be", func(*sheettest.Row) {}, func(*roster.Row) {}, nil},
		{"state in mixed case", func(p *sheettest.Row) { p.State = "Texas" }, func(*roster.Row) {}, nil},
		{"state's code", func(p *sheettest.Row) { p.State = "TX" }, func(r *roster.Row) { r.Raw = raw("STATE", "TX") }, nil},
		{"blanks behind the state", func(p *sheettest.Row) { p.State = "TEXAS \u00a0" }, func(r *roster.Row) { r.Raw = raw("STATE", "TEXAS \u00a0") }, nil},
		{"GEORGIA", func(p *sheettest.Row) { p.State = "GEORGIA" }, func(r *roster.Row) { r.State = "GA" }, nil},
		{"GUAM", func(p *sheettest.Row) { p.State = "GUAM" }, func(r *roster.Row) { r.State = "GU" }, nil},
		{"NORTHERN MARIANA ISLANDS", func(p *sheettest.Row) { p.State = "NORTHERN MARIANA ISLANDS" }, func(r *roster.Row) { r.State = "MP" }, nil},
		{"WEST VIRIGINIA", func(p *sheettest.Row) { p.State = "WEST VIRIGINIA" }, func(r *roster.Row) { r.State, r.Raw = "WV", raw("STATE", "WEST VIRIGINIA") },
			&roster.Problem{Column: "STATE", Raw: "WEST VIRIGINIA", Why: "is read as West Virginia"}},
		{"PENNSLYVANIA", func(p *sheettest.Row) { p.State = "PENNSLYVANIA" }, func(r *roster.Row) { r.State, r.Raw = "PA", raw("STATE", "PENNSLYVANIA") },
			&roster.Problem{Column: "STATE", Raw: "PENNSLYVANIA", Why: "is read as Pennsylvania"}},
		{"UTAHJ", func(p *sheettest.Row) { p.State = "UTAHJ" }, func(r *roster.Row) { r.State, r.Raw = "UT", raw("STATE", "UTAHJ") },
			&roster.Problem{Column: "STATE", Raw: "UTAHJ", Why: "is read as Utah"}},
		{"a state between two", func(p *sheettest.Row) { p.State = "RKANSAS" }, func(r *roster.Row) { r.State, r.Raw = "", raw("STATE", "RKANSAS") },
			&roster.Problem{Column: "STATE", Raw: "RKANSAS", Why: "is not a state"}},
		{"no state", func(p *sheettest.Row) { p.State = "" }, func(r *roster.Row) { r.State = "" },
			&roster.Problem{Column: "STATE", Why: "is empty"}},
	})
}

func TestReadNames(t *testing.T) {
	const (
		agency  = sheettest.Agency
		tooLong = "is longer than 500 characters"
	)
	long, clipped := longText()
	checkCells(t, []cellCase{
		{"curly apostrophe and blanks", func(p *sheettest.Row) { p.Agency = "Lampasas County\u00a0Sheriff’s  Office " },
			func(r *roster.Row) { r.Raw = raw(agency, "Lampasas County\u00a0Sheriff’s  Office ") }, nil},
		{"control characters", func(p *sheettest.Row) { p.Agency = "Lampasas\a County\x00 Sheriff's\nOffice" },
			func(r *roster.Row) { r.Raw = raw(agency, "Lampasas\a County\x00 Sheriff's\nOffice") }, nil},
		{"no agency", func(p *sheettest.Row) { p.Agency = "\u00a0" }, func(r *roster.Row) { r.Agency, r.Raw = "", raw(agency, "\u00a0") },
			&roster.Problem{Column: agency, Raw: "\u00a0", Why: "is empty"}},
		{"no letters in the agency", func(p *sheettest.Row) { p.Agency = "—" }, func(r *roster.Row) { r.Agency, r.Raw = "", raw(agency, "—") },
			&roster.Problem{Column: agency, Raw: "—", Why: "is not a name"}},
		{"agency of 10,000 characters", func(p *sheettest.Row) { p.Agency = long }, func(r *roster.Row) { r.Agency, r.Raw = "", raw(agency, clipped) },
			&roster.Problem{Column: agency, Raw: clipped, Why: tooLong}},
		{"county of 10,000 characters", func(p *sheettest.Row) { p.County = long }, func(r *roster.Row) { r.County, r.Raw = "", raw("COUNTY", clipped) },
			&roster.Problem{Column: "COUNTY", Raw: clipped, Why: tooLong}},
		{"state of 10,000 characters", func(p *sheettest.Row) { p.State = long }, func(r *roster.Row) { r.State, r.Raw = "", raw("STATE", clipped) },
			&roster.Problem{Column: "STATE", Raw: clipped, Why: "is not a state"}},
		{"email address in the agency", func(p *sheettest.Row) { p.Agency = "Ask jane.doe@example.gov" }, func(r *roster.Row) { r.Agency, r.Raw = "", raw(agency, "Ask [withheld]") },
			&roster.Problem{Column: agency, Raw: "Ask [withheld]", Why: "has something in it that is not for publication"}},
	})
}

func TestReadCountiesAndTypes(t *testing.T) {
	checkCells(t, []cellCase{
		{"no county", func(p *sheettest.Row) { p.County = "" }, func(r *roster.Row) { r.County = "" }, nil},
		{"county #N/A", func(p *sheettest.Row) { p.County = "#N/A" }, func(r *roster.Row) { r.County, r.Raw = "", raw("COUNTY", "#N/A") }, nil},
		{"Muncipality", func(p *sheettest.Row) { p.Type = "Muncipality" }, func(r *roster.Row) { r.Type, r.Raw = roster.TypeMunicipality, raw("TYPE", "Muncipality") }, nil},
		{"State", func(p *sheettest.Row) { p.Type = "State" }, func(r *roster.Row) { r.Type = roster.TypeState }, nil},
		{"State Agency", func(p *sheettest.Row) { p.Type = "State Agency" }, func(r *roster.Row) { r.Type, r.Raw = roster.TypeState, raw("TYPE", "State Agency") }, nil},
		{"no type", func(p *sheettest.Row) { p.Type = "" }, func(r *roster.Row) { r.Type = "" }, nil},
		{"type #NA", func(p *sheettest.Row) { p.Type = "#NA" }, func(r *roster.Row) { r.Type, r.Raw = "", raw("TYPE", "#NA") },
			&roster.Problem{Column: "TYPE", Raw: "#NA", Why: "is not a kind of agency"}},
	})
}

func TestReadModels(t *testing.T) {
	checkCells(t, []cellCase{
		{"Warrant Service Office", func(p *sheettest.Row) { p.Model = "Warrant Service Office" }, func(r *roster.Row) { r.Raw = raw("SUPPORT TYPE", "Warrant Service Office") }, nil},
		{"Warrant Services Officer", func(p *sheettest.Row) { p.Model = "Warrant Services Officer" }, func(r *roster.Row) { r.Raw = raw("SUPPORT TYPE", "Warrant Services Officer") }, nil},
		{"Task Force Officer", func(p *sheettest.Row) { p.Model = "Task Force Officer" }, func(r *roster.Row) { r.Model, r.Raw = roster.TFM, raw("SUPPORT TYPE", "Task Force Officer") }, nil},
		{"Task Force Model", func(p *sheettest.Row) { p.Model = "Task Force Model\u00a0" }, func(r *roster.Row) { r.Model = roster.TFM }, nil},
		{"Jail Enforcement Model", func(p *sheettest.Row) { p.Model = "Jail Enforcement Model" }, func(r *roster.Row) { r.Model = roster.JEM }, nil},
		{"two models", func(p *sheettest.Row) { p.Model = "JEM and WSO" }, func(r *roster.Row) { r.Model = "JEM and WSO" },
			&roster.Problem{Column: "SUPPORT TYPE", Raw: "JEM and WSO", Why: "is not one of the three models; it is kept as printed, and counted separately"}},
		{"another model", func(p *sheettest.Row) { p.Model = " Tribal  Task Force" }, func(r *roster.Row) { r.Model = "Tribal Task Force" },
			&roster.Problem{Column: "SUPPORT TYPE", Raw: " Tribal  Task Force", Why: "is not one of the three models; it is kept as printed, and counted separately"}},
		{"a county for a model", func(p *sheettest.Row) { p.Model = "Lampasas" }, func(r *roster.Row) { r.Model, r.Raw = "", raw("SUPPORT TYPE", "Lampasas") },
			&roster.Problem{Column: "SUPPORT TYPE", Raw: "Lampasas", Why: "is not a model of agreement"}},
		{"an address for a model", func(p *sheettest.Row) { p.Model = "Model of jdoe@example.org" }, func(r *roster.Row) { r.Model, r.Raw = "", raw("SUPPORT TYPE", "Model of [withheld]") },
			&roster.Problem{Column: "SUPPORT TYPE", Raw: "Model of [withheld]", Why: "is not a model of agreement"}},
		{"no model", func(p *sheettest.Row) { p.Model = "" }, func(r *roster.Row) { r.Model = "" },
			&roster.Problem{Column: "SUPPORT TYPE", Why: "is empty"}},
	})
}

func TestReadDates(t *testing.T) {
	const noDate = "is not a date with one sensible reading"
	checkCells(t, []cellCase{
		{"date as text", func(p *sheettest.Row) { p.Signed = "7/15/2025" }, func(*roster.Row) {}, nil},
		{"05/082025", func(p *sheettest.Row) { p.Signed = "05/082025" }, func(r *roster.Row) { r.Signed, r.SignedAs = "2025-05-08", "05/082025" },
			&roster.Problem{Column: "SIGNED", Raw: "05/082025", Why: "is read as 2025-05-08"}},
		{"7/72025", func(p *sheettest.Row) { p.Signed = "7/72025" }, func(r *roster.Row) { r.Signed, r.SignedAs = "2025-07-07", "7/72025" },
			&roster.Problem{Column: "SIGNED", Raw: "7/72025", Why: "is read as 2025-07-07"}},
		{"8/282025", func(p *sheettest.Row) { p.Signed = "8/282025" }, func(r *roster.Row) { r.Signed, r.SignedAs = "2025-08-28", "8/282025" },
			&roster.Problem{Column: "SIGNED", Raw: "8/282025", Why: "is read as 2025-08-28"}},
		{"year 5025", func(p *sheettest.Row) { p.Signed = "1141621" }, func(r *roster.Row) { r.Signed, r.SignedAs = "2025-08-25", "8/25/5025" },
			&roster.Problem{Column: "SIGNED", Raw: "8/25/5025", Why: "is read as 2025-08-25"}},
		{"a date with two readings", func(p *sheettest.Row) { p.Signed = "112/2025" }, func(r *roster.Row) { r.Signed, r.SignedAs = "", "112/2025" },
			&roster.Problem{Column: "SIGNED", Raw: "112/2025", Why: noDate}},
		{"no such day", func(p *sheettest.Row) { p.Signed = "2/30/2025" }, func(r *roster.Row) { r.Signed, r.SignedAs = "", "2/30/2025" },
			&roster.Problem{Column: "SIGNED", Raw: "2/30/2025", Why: noDate}},
		{"a number that is no day", func(p *sheettest.Row) { p.Signed = "99999999" }, func(r *roster.Row) { r.Signed, r.SignedAs = "", "99999999" },
			&roster.Problem{Column: "SIGNED", Raw: "99999999", Why: noDate}},
		{"no date", func(p *sheettest.Row) { p.Signed = "" }, func(r *roster.Row) { r.Signed = "" },
			&roster.Problem{Column: "SIGNED", Why: "is empty"}},
		{"last year's date in January, which nothing can tell", func(p *sheettest.Row) { p.Signed = "45666" }, func(r *roster.Row) { r.Signed = "2025-01-09" }, nil},
	})
}

func TestReadDocumentLinks(t *testing.T) {
	const moa = "https://www.ice.gov/doclib/287gMOA/Lampasas.pdf"
	checkCells(t, []cellCase{
		{"no MOA", func(p *sheettest.Row) { p.MOA = "" }, func(r *roster.Row) { r.MOA = "" }, nil},
		{"link without a link", func(p *sheettest.Row) { p.MOA = "text:link" }, func(r *roster.Row) { r.MOA = "" }, nil},
		{"Link Pending", func(p *sheettest.Row) { p.MOA = "text:Link Pending" }, func(r *roster.Row) { r.MOA = "" }, nil},
		{"link | addendum", func(p *sheettest.Row) { p.MOA = "text:link\u00a0|\u00a0addendum" }, func(r *roster.Row) { r.MOA = "" }, nil},
		{"Cons", func(p *sheettest.Row) { p.MOA = "text:Cons" }, func(r *roster.Row) { r.MOA = "" }, nil},
		{"bare URL", func(p *sheettest.Row) { p.MOA = "text:" + moa + " " }, func(*roster.Row) {}, nil},
		{"bare URL without a scheme", func(p *sheettest.Row) { p.MOA = "text:www.ice.gov/doclib/287gMOA/Lampasas.pdf" }, func(*roster.Row) {}, nil},
		{"http", func(p *sheettest.Row) { p.MOA = "http://www.ice.gov/a.pdf" }, func(r *roster.Row) { r.MOA = "http://www.ice.gov/a.pdf" }, nil},
		{"one slash", func(p *sheettest.Row) { p.MOA = "https:/www.ice.gov/doclib/287gMOA/Lampasas.pdf" }, func(*roster.Row) {}, nil},
		{"relative", func(p *sheettest.Row) { p.MOA = "/doclib/287gMOA/Lampasas.pdf" }, func(*roster.Row) {}, nil},
		{"browser's viewer", func(p *sheettest.Row) { p.MOA = "chrome-extension://abcdefgh/" + moa }, func(*roster.Row) {}, nil},
		{"addendum", func(p *sheettest.Row) { p.Addendum = "https://www.ice.gov/b.pdf" }, func(r *roster.Row) { r.Addendum = "https://www.ice.gov/b.pdf" }, nil},
		{"link to a file", func(p *sheettest.Row) { p.MOA = "file:///C:/Users/jdoe/Lampasas.pdf" }, func(r *roster.Row) { r.MOA = "" },
			&roster.Problem{Column: "MOA", Raw: "file:[withheld]", Why: "is not an http or https URL"}},
		{"link with a password", func(p *sheettest.Row) { p.Addendum = "https://jdoe:secret@www.ice.gov/b.pdf?x=y" }, func(*roster.Row) {},
			&roster.Problem{Column: "ADDENDUM", Raw: "https://www.ice.gov/b.pdf", Why: "is not an http or https URL"}},
	})
}

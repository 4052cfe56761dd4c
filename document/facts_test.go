package document_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/watch287g/watch287g/document"
	"github.com/watch287g/watch287g/roster"
)

// filler is text enough for a page that is not a picture.
var filler = strings.Repeat("The parties to this instrument agree that what is written here binds them as far as law allows it.\n", 4)

// madeUp returns a reading of an agreement with these words below its title, the agency in
// its first sentence, and a footer on each of its pages.
func madeUp(title, agency string, footers ...string) document.Reading {
	r := document.Reading{SHA256: "00", ReadBy: document.Version}
	for i, foot := range footers {
		text := filler + foot + "\n"
		if i == 0 {
			text = "MEMORANDUM OF AGREEMENT\n" + title + "\nI. PARTIES\nThis Memorandum of Agreement (MOA) constitutes an agreement between U.S. Immigration and\n" +
				"Customs Enforcement (ICE), a component of the Department of Homeland Security (DHS), and\n" + agency + ", hereinafter the law enforcement agency (LEA), pursuant to\nwhich ICE delegates.\n" + text
		}
		r.Pages = append(r.Pages, document.Page{Number: i + 1, Text: text})
	}
	return r
}

func repeated(foot string, n int) []string { return slices.Repeat([]string{foot}, n) }

func TestRevisionIsWhatFootersSay(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		footers []string
		want    roster.Date
	}{
		"on each page":                  {repeated("Revised 02/12/2025", 10), "2025-02-12"},
		"with the agency and page":      {repeated("Polk County Sheriff's Office, IA 2 Revised 11/30/2026", 6), "2026-11-30"},
		"before the agency":             {repeated("Revised 11/30/2026 Polk County Sheriff's Office 3", 6), "2026-11-30"},
		"not padded":                    {repeated("Revised 3/7/2025", 6), "2025-03-07"},
		"broken in the date":            {repeated("Rev. 3/\n7/2025", 6), "2025-03-07"},
		"broken before the date":        {repeated("Revised\n03/07/2025", 6), "2025-03-07"},
		"a day that there is not":       {append(repeated("Revised 31/2/2025", 8), "Revised 02/12/2025", "Revised 02/12/2025"), ""},
		"a year of two digits":          {repeated("Rev. 2/14/25", 6), "2025-02-14"},
		"in words":                      {repeated("Revised March 7, 2025", 6), "2025-03-07"},
		"with hyphens":                  {repeated("Revised: 03-07-2025", 6), "2025-03-07"},
		"slashes misread":               {append(repeated("Revised 03/07/2025", 3), "Revised 0310712025", "Revised 03J07/2025", "Revised 03'07/2025", "Revised 03/O7/202S"), "2025-03-07"},
		"slashes misread everywhere":    {repeated("Revised 02/1512025", 5), "2025-02-15"},
		"a digit misread on some pages": {append(repeated("Revised 03/07/2025", 6), repeated("Revised 03/07/2026", 3)...), "2025-03-07"},
		"a digit misread on half":       {append(repeated("Revised 03/07/2025", 4), repeated("Revised 03/07/2026", 4)...), ""},
		"two revisions":                 {append(repeated("Revised 02/12/2025", 9), repeated("Revised 02/15/2025", 2)...), ""},
		"one page of a long document":   {append(repeated("", 9), "Revised 02/12/2025"), ""},
		"a page of a short one":         {[]string{"Revised 02/12/2025"}, "2025-02-12"},
		"no day":                        {repeated("Revised 13/32/2025", 5), ""},
		"of another form":               {repeated("See ICE Form I-247A (revised 3/2017) for what a detainer asks.", 5), ""},
		"unreadable":                    {repeated("Revised 0?/1?/2025", 5), ""},
		"none":                          {repeated("7", 8), ""},
	} {
		d := document.Facts(madeUp("287(g) Task Force Model", "the Polk County Sheriff's Office", c.footers...))
		if d.Revised != c.want {
			t.Errorf("%s: %q, want %q", name, d.Revised, c.want)
		}
		if form := document.FormID(roster.TFM, c.want); d.Form != form {
			t.Errorf("%s: form %q, want %q", name, d.Form, form)
		}
		if c.want != "" && d.Found["revised"] < 1 {
			t.Errorf("%s: no page", name)
		}
	}
	read := madeUp("287(g) Task Force Model", "the Polk County Sheriff's Office", "Revised 02/12/2025")
	read.Pages[0].Machine = true
	if d := document.Facts(read); d.Revised != "" {
		t.Errorf("one page that a program read: %q", d.Revised)
	}
}

func TestModelIsWhatTheTitleSays(t *testing.T) {
	t.Parallel()
	for title, want := range map[string]roster.Model{
		"287(g) Task Force Model":                          "TFM",
		"287(g) Jail Enforcement Model":                    "JEM",
		"287(g) Jall Enforcernent Model":                   "JEM",
		"Warrant Service Officer Program":                  "WSO",
		"Warrant Service Officer Model":                    "WSO",
		"Wanant Service Officer Program":                   "WSO",
		"287(g) Tribal Task Force Model":                   "",
		"287(g) Joint Jail Enforcement / Task Force Model": "",
		"287(g) Hybrid Model":                              "",
		"Jail Enforcement Model\nTask Force Model":         "",
		"287(g) Highway Enforcement Model":                 "",
		"":                                                 "",
	} {
		d := document.Facts(madeUp(title, "the Polk County Sheriff's Office", repeated("", 3)...))
		if d.Model != want || (d.Found["model"] == 1) != (want != "") {
			t.Errorf("%q: %q on page %d, want %q", title, d.Model, d.Found["model"], want)
		}
	}
}

func TestModelOfAFormWithoutAName(t *testing.T) {
	t.Parallel()
	const interrogate, arrest, force = "The power and authority to interrogate any alien.\n", "The power to arrest without a warrant any alien.\n", "They serve as task force officers.\n"
	const jail, serve, transfer = "in the LEA's jail/correctional facilities\n", "The power and authority to serve and execute warrants of arrest\n", "by facilitating the custodial transfer of specific aliens in jail\n"
	for text, want := range map[string]roster.Model{
		interrogate + arrest + force:                "TFM",
		interrogate + serve + jail:                  "JEM",
		transfer + serve + jail:                     "WSO",
		interrogate + arrest + force + jail + serve: "",
		serve + jail:                                "",
		interrogate:                                 "",
	} {
		r := madeUp("", "the Polk County Sheriff's Office", "", "")
		r.Pages[1].Text += text
		if d := document.Facts(r); d.Model != want {
			t.Errorf("%q: %q, want %q", text, d.Model, want)
		}
	}
}

func TestAgencyIsWhoAgrees(t *testing.T) {
	t.Parallel()
	foot := func(s string) []string { return repeated(s, 5) }
	for name, c := range map[string]struct {
		first   string
		footers []string
		agency  string
		state   roster.State
	}{
		"plain":                    {"the Polk County Sheriff's Office", foot(""), "Polk County Sheriff's Office", ""},
		"with a state":             {"the Polk County Sheriff's Office, IA ", foot(""), "Polk County Sheriff's Office", "IA"},
		"with a state in words":    {"Polk County Sheriff's Office, Iowa", foot(""), "Polk County Sheriff's Office", "IA"},
		"with a state in brackets": {"the Ames Police Department (IA)", foot(""), "Ames Police Department", "IA"},
		"with initials":            {"the Polk County Sheriff's Office (PCSO)", foot(""), "Polk County Sheriff's Office", ""},
		"the state in the footer":  {"the Polk County Sheriff's Office", foot("Polk County Sheriff's Office, IA 2"), "Polk County Sheriff's Office", "IA"},
		"misread in the sentence":  {"the Polk County Sheritrs Office", foot("Polk County Sheriff's Office 4 Revised 02/15/2025"), "Polk County Sheriff's Office", ""},
		"a body of the state":      {"the Nebraska Department of Corrections", foot(""), "Nebraska Department of Corrections", "NE"},
		"a county with a state":    {"the Washington County Sheriff's Office", foot(""), "Washington County Sheriff's Office", ""},
		"a city":                   {"the City of Ames, IA", foot(""), "City of Ames", "IA"},
		"not filled in":            {"the ____________", foot("Revised 02/15/2025"), "", ""},
		"only in the footer":       {"the ____________", foot("Ames Police Department, IA 2 Revised 02/15/2025"), "Ames Police Department", "IA"},
		"two agencies":             {"the Polk County Sheriff's Office, IA", foot("Story County Sheriff's Office, IA 2"), "", ""},
		"handwriting":              {"the ~o(lc C0u^t>' s|-er", foot(""), "", ""},
		"letters in each other":    {"the FlomaSolDIW.mmSllle PoliceO.partment", foot(""), "", ""},
		"the government":           {"the Department of Homeland Security", foot(""), "", ""},
	} {
		d := document.Facts(madeUp("287(g) Task Force Model", c.first, c.footers...))
		if d.Agency != c.agency || d.State != c.state {
			t.Errorf("%s: %q of %q, want %q of %q", name, d.Agency, d.State, c.agency, c.state)
		}
		if (d.Found["agency"] > 0) != (d.Agency != "") || (d.Found["state"] > 0) != (d.State != "") {
			t.Errorf("%s: pages %v", name, d.Found)
		}
	}
}

// What is read from pictures counts where it was read more than once.
func TestFactsOfPictures(t *testing.T) {
	t.Parallel()
	const office = "Polk County Sheriff's Office"
	foot := func(at int, other string) []string {
		all := repeated(office+" 4 Revised 02/15/2025", 9)
		all[at] = other
		return all
	}
	for name, c := range map[string]struct {
		first, agency string
		footers       []string
		revised       roster.Date
	}{
		"well":                         {"the " + office, office, foot(0, ""), "2025-02-15"},
		"the name torn":                {"the Polk County Sheriffs Ofte s", office, foot(0, ""), "2025-02-15"},
		"the name once":                {"the Polk County Sheriffs Ofte s", "", repeated("Revised 02/15/2025", 9), "2025-02-15"},
		"another name":                 {"the Story County Sheriff's Office", "", foot(0, ""), "2025-02-15"},
		"a digit":                      {"the " + office, office, foot(8, "Revised 02/15/2020"), "2025-02-15"},
		"two digits":                   {"the " + office, office, foot(8, "Revised 02/14/2020"), ""},
		"a digit on two pages of nine": {"the " + office, office, append(foot(8, "Revised 02/15/2020"), "Revised 02/15/2020"), ""},
		"a digit, on few pages":        {"the " + office, office, foot(8, "Revised 02/15/2020")[5:], ""},
	} {
		r := madeUp("287(g) Task Force Model", c.first, c.footers...)
		r.Pages[2].Text = filler + "bound thereto to the fullest extent allowed by law.\nTitle: Sheriff Title:\nFebruary 26, 2026\nActing Director\n" + c.footers[2]
		for i := range r.Pages {
			r.Pages[i].Machine = true
		}
		d := document.Facts(r)
		if d.Agency != c.agency || d.Revised != c.revised || len(d.Signers) != 2 || d.Signers[0].Title != "Sheriff" || d.Signers[1].Title != "Acting Director" || d.Signers[1].Date != "" {
			t.Errorf("%s: %q %s %+v", name, d.Agency, d.Revised, d.Signers)
		}
	}
	r := madeUp("287(g) Task Force Model", "the "+office, foot(8, "Revised 02/15/2020")...)
	if d := document.Facts(r); d.Revised != "" {
		t.Errorf("two revisions in a text that nobody read from a picture: %s", d.Revised)
	}
}

func TestSignersAreWhatIsTypedOrStamped(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"a stamp and a title": {"For the LEA: For ICE:\nDate: ~/2f/25\nTitle: Sheriff Title:\nFebruary 26, 2026\nAnn Example\nActing Director\n", "agency Sheriff ; ice Acting Director 2026-02-26"},
		"by hand":             {"For the LEA: For ICE:\nDate: 2/21/2025 Date: 02/26/2025\nTitle: Sheriff Title: Acting Director\n", "agency Sheriff ; ice Acting Director "},
		"both on one day":     {"Title: Executive Director Title:____\nFebruary 14, 2025 February 14, 2025\nActing Director, ICE\n", "agency Executive Director 2025-02-14; ice Acting Director, ICE 2025-02-14"},
		"electronically":      {"Digitally signed by\nAnn Example\nDate: 2025.03.24 14:45:58\nTitle: Commissioner\nMarch 25, 2025\nB. Example\nActing Director\n", "agency Commissioner 2025-03-24; ice Acting Director 2025-03-25"},
		"whose is not clear":  {"Digitally signed by\nDate: 2025.03.24 14:45:58\nDate: 2025.03.25 10:00:00\nTitle: Mayor\nTitle: Acting Director\n", "agency Mayor ; ice Acting Director "},
		"nothing":             {"For the LEA: For ICE:\n___ ____\n", ""},
	} {
		r := madeUp("287(g) Task Force Model", "the Polk County Sheriff's Office", "", "")
		r.Pages[1].Text = filler + "bound thereto to the fullest extent allowed by law.\n" + c.text
		d := document.Facts(r)
		var got []string
		for _, s := range d.Signers {
			got = append(got, fmt.Sprintf("%s %s %s", s.Side, s.Title, s.Date))
			if s.Page != 2 {
				t.Errorf("%s: page %d", name, s.Page)
			}
		}
		if strings.Join(got, "; ") != c.want {
			t.Errorf("%s: %q, want %q", name, strings.Join(got, "; "), c.want)
		}
	}
}

func TestAddenda(t *testing.T) {
	t.Parallel()
	r := madeUp("287(g) Task Force Model", "the Polk County Sheriff's Office", "", "", "", "")
	r.Pages[1].Text = "APPENDIX A\nSTANDARD OPERATING PROCEDURE\n" + filler
	r.Pages[2].Text = "ADDENDUM TO MODIFY MEMORANDUM OF AGREEMENT\n" + filler
	r.Pages[3].Text = "Addendum pages are numbered as others are, and this is a sentence.\n" + filler
	d := document.Facts(r)
	if !slices.Equal(d.Addenda, []string{"ADDENDUM TO MODIFY MEMORANDUM OF AGREEMENT"}) || d.Found["addendum 1"] != 3 {
		t.Errorf("%q on %v", d.Addenda, d.Found)
	}
}

// What is no agreement, or several, has no form, whatever it prints or quotes.
func TestNoFormOfWhatIsNoAgreement(t *testing.T) {
	t.Parallel()
	foot := "Polk County Jail 2 Revised 02/15/2025\n"
	const between = "This Memorandum of Agreement (MOA) constitutes an agreement between U.S. Immigration and Customs Enforcement (ICE), a component of the Department of Homeland Security (DHS), and the Polk County Sheriff's Office, hereinafter the law enforcement agency (LEA), pursuant to which ICE delegates.\n"
	for name, first := range map[string]string{
		"a policy":               "POLK COUNTY JAIL\n287(g) WARRANT SERVICE OFFICER PROGRAM\nThis policy carries out a Memorandum of Agreement.\n",
		"a letter":               "June 3, 2025\nRE: Termination of the Memorandum of Agreement, 287(g) Task Force Model\nDear Sheriff:\n",
		"a letter that quotes":   "Dear Director:\nI end our 287(g) Memorandum of Agreement,\n287(g) Task Force Model\n",
		"an addendum":            "ADDENDUM TO MODIFY MEMORANDUM OF AGREEMENT\n287(g) Jail Enforcement Model\n" + between,
		"an extension":           "EXTENSION OF MEMORANDUM OF AGREEMENT\n287(g) Task Force Model\n",
		"another kind of treaty": "MEMORANDUM OF UNDERSTANDING\n287(g) Task Force Model\n" + between,
	} {
		r := document.Reading{Pages: []document.Page{{Number: 1, Text: first + filler + foot}, {Number: 2, Text: filler + foot}}}
		if d := document.Facts(r); d.Model != "" || d.Revised != "" || d.Form != "" {
			t.Errorf("%s: %s of %q", name, d.Model, d.Revised)
		}
	}
	for name, title := range map[string]string{"a model of its own": "287(g) Border Corps", "two models": "287(g) Task Force Model and Jail Enforcement Model and Warrant Service Officer Program"} {
		if d := document.Facts(madeUp(title, "the Polk County Sheriff's Office", repeated("Revised 02/15/2025", 4)...)); d.Model != "" || d.Form != "" || d.Revised != "2025-02-15" {
			t.Errorf("%s: %s of %q", name, d.Model, d.Revised)
		}
	}
	merged := func(titles, agencies, feet [2]string) roster.Document {
		r := madeUp(titles[0], agencies[0], repeated(feet[0], 4)...)
		for _, p := range madeUp(titles[1], agencies[1], repeated(feet[1], 4)...).Pages {
			p.Number += 4
			r.Pages = append(r.Pages, p)
		}
		return document.Facts(r)
	}
	task, polk, day := "287(g) Task Force Model", "the Polk County Sheriff's Office", "Revised 02/15/2025"
	for name, d := range map[string]roster.Document{
		"two models":    merged([2]string{task, "287(g) Jail Enforcement Model"}, [2]string{polk, polk}, [2]string{day, day}),
		"two agencies":  merged([2]string{task, task}, [2]string{polk, "the Story County Sheriff's Office"}, [2]string{day, day}),
		"two revisions": merged([2]string{task, task}, [2]string{polk, polk}, [2]string{day, "Revised 03/07/2025"}),
	} {
		if d.Model != "" || d.Revised != "" || d.Agency != "" || d.Signers != nil {
			t.Errorf("%s in one file: %s of %q with %q", name, d.Model, d.Revised, d.Agency)
		}
	}
	if d := merged([2]string{task, task}, [2]string{polk, polk}, [2]string{day, day}); d.Form != "tfm-2025-02-15" || d.Agency != "Polk County Sheriff's Office" {
		t.Errorf("two copies: %s with %q", d.Form, d.Agency)
	}
}

package document_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/watch287g/watch287g/document"
)

// agreement is a made-up one of an agency, with what a form leaves open filled in.
func agreement(agency, office string) []string {
	body := agreementText(rand.New(rand.NewPCG(5, 6)), 30)
	return slices.Concat([]string{
		"This Memorandum of Agreement (MOA) constitutes an agreement between U.S. Immigration and Customs Enforcement (ICE), a component of the Department of Homeland Security (DHS), and the " +
			agency + ", hereinafter the law enforcement agency (LEA), pursuant to which ICE delegates authority.",
		"Requests are sent to the local office at " + office + " unless ICE names another one in advance of the release of this MOA.",
	}, body, []string{"Whom to ask: " + agency + ", 317-555-0101."})
}

func standardText(text document.Text) string {
	var all []string
	for _, p := range text.Paragraphs {
		all = append(all, p.Text)
	}
	return strings.Join(all, "\n")
}

// What one document has filled in is no part of its form.
func TestAFormOfOneDocumentNamesNobody(t *testing.T) {
	t.Parallel()
	var many []document.Reading
	for _, a := range []string{"Polk County Sheriff's Office|12 Main Street, Boone", "Story County Sheriff's Office|7 Elm Avenue, Ames", "Scott County Sheriff's Office|950 Oak Road, Nevada"} {
		agency, office, _ := strings.Cut(a, "|")
		many = append(many, printed(agreement(agency, office), agency))
	}
	of := document.Standard(many, document.Text{})
	own := agreement("Hardin County Sheriff's Office", "55 East Monroe Street, Suite 1400, Chicago")
	own[7] = "Only this form says that an officer of the county may not be asked to leave it for longer than a day."
	one := document.Standard([]document.Reading{printed(own, "Hardin County Sheriff's Office")}, of)
	text := standardText(one)
	for _, name := range []string{"Hardin", "Monroe", "Chicago", "317-555"} {
		if strings.Contains(text, name) {
			t.Errorf("the standard text has %q", name)
		}
	}
	if !strings.Contains(text, "Security (DHS), and the ____ hereinafter") || !strings.Contains(text, "Only this form says") {
		t.Errorf("the standard text begins %.400q", text)
	}
}

// A standard text is freed of what has one sense only.
func TestMisreadingsInAStandardTextAreMended(t *testing.T) {
	t.Parallel()
	own := agreement("Hardin County Sheriff's Office", "12 Main Street")
	own[0] = strings.Replace(own[0], "(DHS)", "(OHS)", 1)
	own[7] += " The LEA 's records are those ofthis MOA, by the terms of this MOA, and OHS may ask I CE for them under 8 C.F.R. § 287 .5( a )(l) and Title II."
	r := printed(own, "Hardin County Sheriff's Office")
	r.Pages[0].Text = "r\n" + strings.ReplaceAll(r.Pages[0].Text, "\n", "\n`\nx.\n") // specks
	text := standardText(document.Standard([]document.Reading{r}, document.Text{}))
	if strings.HasPrefix(text, "r\n") || strings.Contains(text, "x.") {
		t.Errorf("the standard text has specks: %.300q", text)
	}
	if want := "The LEA's records are those of this MOA, by the terms of this MOA, and DHS may ask ICE for them under 8 C.F.R. § 287.5(a)(1) and Title II."; !strings.Contains(text, want) || strings.Contains(text, "OHS") {
		at := max(0, strings.Index(text, "records are"))
		t.Errorf("the standard text lacks %q, and has %.200q", want, text[at:])
	}
}

// Of a page that nobody read, and of one that nobody can read, nothing is said; of the others
// all is.
func TestPagesThatCannotBeCompared(t *testing.T) {
	t.Parallel()
	body := agreementText(rand.New(rand.NewPCG(7, 8)), 60)
	standard := document.TextOf(printed(body, "AGENCY"))
	own := printed(slices.Delete(slices.Clone(body), len(body)-2, len(body)-1), "AGENCY")
	own.Pages[1] = document.Page{Number: 2, Scanned: true, Text: "March 3, 2025"}
	words := strings.Fields(own.Pages[3].Text)
	for i := range words {
		if i%3 == 0 && len(words[i]) > 3 {
			words[i] = words[i][:1] + "~" + strings.ToUpper(words[i][2:3]) + "!" + words[i][2:]
		}
	}
	own.Pages[3].Text = strings.Join(words, " ")
	illegible := 0
	var told []string
	for _, d := range document.Compare(standard, document.TextOf(own)) {
		switch {
		case d.Op == document.Illegible:
			illegible += d.Own.Page
		case !d.Noise:
			told = append(told, fmt.Sprintf("%s %d %.60s %d %.60s", d.Op, d.Form.Page, d.Form.Text, d.Own.Page, d.Own.Text))
		}
	}
	if len(told) != 1 || !strings.HasPrefix(told[0], fmt.Sprintf("missing %d %.40s", len(own.Pages), body[len(body)-2])) || illegible != 4 {
		t.Errorf("%q, and page %d is illegible", told, illegible)
	}
	for _, d := range document.Compare(document.TextOf(own), standard) {
		if d.Op == document.Added && d.Own.Page < 4 {
			t.Errorf("%.60q may stand on the page that nobody read", d.Own.Text)
		}
	}
}

// What most documents print counts, and not what is printed more often elsewhere.
func TestAStandardTextSaysWhatMostSay(t *testing.T) {
	t.Parallel()
	var all []document.Reading
	for i, c := range []string{"Polk", "Story", "Scott", "Boone", "Hardin", "Jasper"} {
		body := agreement(c+" County Sheriff's Office", fmt.Sprint(10+i, " Main Street"))
		body[7] = "Officers who train, who serve, who lead and who report are named to ICE, and so is each officer whom the county trusts."
		if i == 0 {
			body[7] = strings.Replace(body[7], "whom the", "who the", 1)
		}
		all = append(all, printed(body, c+" County Sheriff's Office"))
	}
	standard := document.Standard(all, document.Text{})
	if !strings.Contains(standardText(standard), "each officer whom the county trusts") {
		t.Error("one of six says another word")
	}
	sure := document.TextOf(all[0])
	sure.Sure = true
	told := 0
	for _, d := range document.Compare(standard, sure) {
		if !d.Noise {
			told++
		}
	}
	if told != 1 {
		t.Errorf("another form, which says \"who\", differs in %d paragraphs, want 1", told)
	}
}

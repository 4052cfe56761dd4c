package prose

import (
	"testing"

	"github.com/watch287g/watch287g/roster"
)

// What was found behind a link is said in whole sentences, in both languages.
func TestDocumentText(t *testing.T) {
	for name, tt := range map[string]struct {
		news                   roster.DocumentNews
		english, spanish, line string
	}{
		"linked": {roster.DocumentNews{Event: roster.DocumentLinked, SHA256: "a", Pages: 12, Form: "tfm-2025-03-07"},
			"Florida: The Task Force Model agreement with Palm Bay Police Department (Brevard County): the memorandum of agreement that ICE's list links is on ICE's site. It has 12 pages. It follows ICE's form for the Task Force Model, revised March 7, 2025.",
			"Florida: El acuerdo del modelo de grupo de trabajo (Task Force Model) con Palm Bay Police Department (condado de Brevard): el memorando de acuerdo que enlaza la lista de ICE está en el sitio de ICE. Tiene 12 páginas. Sigue el formulario de ICE para el modelo de grupo de trabajo (Task Force Model), revisado el 7 de marzo de 2025.",
			"Task Force Model, memorandum of agreement found on ICE's site, 12 pages"},
		"replaced": {roster.DocumentNews{Event: roster.DocumentReplaced, SHA256: "b", BeforeSHA256: "a", Pages: 13, PagesBefore: 12, Added: 1, Altered: 2, Compared: true},
			"Florida: The Task Force Model agreement with Palm Bay Police Department (Brevard County): ICE replaced the memorandum of agreement; another file is at the same address. It has 13 pages; the file before it had 12. Compared with the file before it, 1 paragraph was added and 2 paragraphs were altered.",
			"", "Task Force Model, memorandum of agreement replaced at the same address, 13 pages, 3 paragraphs differ"},
		"replaced by a scan": {roster.DocumentNews{Event: roster.DocumentReplaced, SHA256: "b", BeforeSHA256: "a", Pages: 12, PagesBefore: 12, MachineRead: 12, Altered: 1, Compared: true},
			"Florida: The Task Force Model agreement with Palm Bay Police Department (Brevard County): ICE replaced the memorandum of agreement; another file is at the same address. It has 12 pages. Compared with the file before it, 1 paragraph was altered. 12 of its pages were machine-read from scans, so what is said of its text may be wrong.",
			"Florida: El acuerdo del modelo de grupo de trabajo (Task Force Model) con Palm Bay Police Department (condado de Brevard): ICE reemplazó el memorando de acuerdo; hay otro archivo en la misma dirección. Tiene 12 páginas. En comparación con el archivo anterior, se modificó 1 párrafo. 12 de sus páginas fueron leídas por máquina a partir de escaneos, así que lo que se dice de su texto puede tener errores.",
			"Task Force Model, memorandum of agreement replaced at the same address, 12 pages, 1 paragraph differs, machine-read"},
		"replaces a scan": {roster.DocumentNews{Event: roster.DocumentReplaced, SHA256: "b", BeforeSHA256: "a", Pages: 12, PagesBefore: 12, MachineReadBefore: 11, Altered: 1, Compared: true},
			"Florida: The Task Force Model agreement with Palm Bay Police Department (Brevard County): ICE replaced the memorandum of agreement; another file is at the same address. It has 12 pages. Compared with the file before it, 1 paragraph was altered. 11 pages of the file before it were machine-read from scans, so what is said of the two texts may be wrong.",
			"", "Task Force Model, memorandum of agreement replaced at the same address, 12 pages, 1 paragraph differs, partly machine-read"},
		"a scan of which nothing is said": {roster.DocumentNews{Event: roster.DocumentLinked, SHA256: "a", Pages: 12, MachineRead: 12},
			"Florida: The Task Force Model agreement with Palm Bay Police Department (Brevard County): the memorandum of agreement that ICE's list links is on ICE's site. It has 12 pages.",
			"", "Task Force Model, memorandum of agreement found on ICE's site, 12 pages"},
		"gone": {roster.DocumentNews{Event: roster.DocumentGone, BeforeSHA256: "a"},
			"Florida: The Task Force Model agreement with Palm Bay Police Department (Brevard County): ICE's list links the memorandum of agreement, which is no longer on ICE's site. Its server said so twice, hours apart.",
			"", "Task Force Model, memorandum of agreement no longer on ICE's site, still linked"},
		"another agency's": {roster.DocumentNews{Event: roster.DocumentOther, Problem: roster.ProblemOtherAgency, OtherAgency: "Bell County", MachineRead: 1, Part: roster.PartAddendum},
			"Florida: The Task Force Model agreement with Palm Bay Police Department (Brevard County): what ICE's list links as the addendum names another agency, Bell County. 1 of its pages was machine-read from a scan, so what is said of its text may be wrong.",
			"", "Task Force Model, what is linked as the addendum names another agency, Bell County, partly machine-read"},
	} {
		c := roster.Change{Kind: roster.KindDocument, Certainty: roster.Certain, Publication: roster.Evidence{List: roster.ListParticipating}, Document: &tt.news,
			Agreement: roster.Agreement{State: "FL", Agency: "Palm Bay Police Department", Type: roster.TypeMunicipality, County: "Brevard", Model: roster.TFM}}
		if got := English.Text(c, Context{}); got != tt.english {
			t.Errorf("%s:\n got %s\nwant %s", name, got, tt.english)
		}
		if got := Spanish.Text(c, Context{}); tt.spanish != "" && got != tt.spanish {
			t.Errorf("%s:\n got %s\nwant %s", name, got, tt.spanish)
		}
		if got := English.Line(c); got != tt.line {
			t.Errorf("%s:\n got %s\nwant %s", name, got, tt.line)
		}
	}
}

// Every event and problem has its words, in a text and in a line.
func TestDocumentWordsAreThere(t *testing.T) {
	events := []roster.DocumentEvent{roster.DocumentLinked, roster.DocumentReplaced, roster.DocumentMoved, roster.DocumentGone, roster.DocumentBack, roster.DocumentOther}
	problems := []roster.DocumentProblem{roster.ProblemWebPage, roster.ProblemEmpty, roster.ProblemNotPDF, roster.ProblemTooLarge, roster.ProblemUnreadable,
		roster.ProblemEncrypted, roster.ProblemOtherAgency, roster.ProblemSharedByRows, roster.ProblemElsewhere}
	for _, l := range Languages() {
		for _, e := range events {
			for _, from := range []string{"", "https://www.ice.gov/b.pdf"} {
				for _, before := range []string{"", "a", "b"} {
					for _, of := range []string{"text", "line"} {
						if k := documentForm(of, roster.DocumentNews{Event: e, FromURL: from, SHA256: "a", BeforeSHA256: before}); !l.has(k) {
							t.Errorf("%s: %q is not said", l, k)
						}
					}
				}
			}
		}
		for _, p := range problems {
			if !l.has(key("doc.problem." + string(p))) {
				t.Errorf("%s: the problem %q is not said", l, p)
			}
		}
	}
}

package prose

import (
	"slices"
	"testing"

	"github.com/watch287g/watch287g/roster"
)

// What was stored before there was Spanish stays in English, and says that it is; what is
// noted later stands where its sentence does.
func TestNotesOfBeforeSpanish(t *testing.T) {
	old := make([]string, 1, 4)
	old[0] = "An old note."
	said, texts := Note(old, nil, Odd("swapped", "list", roster.ListPending, "link", roster.ListParticipating))
	again, _ := Note(old, nil, Odd("alike"))
	if said[1] == again[1] || len(old) != 1 {
		t.Error("two notes are in the same place")
	}
	want := []Noted{{"An old note.", "en"}, {"La lista de solicitudes pendientes estaba detrás del enlace a la lista de agencias participantes; por sus columnas se sabe cuál es.", ""}}
	if got := Spanish.Noted(said, texts); !slices.Equal(got, want) {
		t.Errorf("in Spanish: %q", got)
	}
	want = []Noted{{"An old note.", ""}, {"The pending list stood behind the link to the participating list; its columns tell which it is.", ""}}
	if got := English.Noted(said, texts); !slices.Equal(got, want) {
		t.Errorf("in English: %q", got)
	}
	if got := Spanish.Noted(old, nil); !slices.Equal(got, []Noted{{"An old note.", "en"}}) {
		t.Errorf("of before: %q", got)
	}
	if got := Odd("shifted", "state", roster.State("DC"), "n", 1200, "column", Odd("column.moa"))(Spanish); got != "En el Distrito de Columbia, 1,200 filas tienen el archivo del acuerdo que tenía la fila de al lado: la columna parece desplazada una fila." {
		t.Error(got)
	}
}

// What is wrong with a cell is said in the reader's language, where it was read since there
// is that; its column stays as it is printed.
func TestNotesOfCells(t *testing.T) {
	p := roster.Problem{Column: "STATE", Raw: "PENNSLYVANIA"}
	said, texts := Note(nil, nil, Odd("cell.read", "as", roster.State("PA")))
	p.Why, p.Texts = said[0], map[string]string{"es": texts["es"][0]}
	old := roster.Problem{Column: "sheet", Why: "is hidden"}
	for _, tt := range []struct {
		l              Language
		p              roster.Problem
		note, ofColumn Noted
	}{
		{English, p, Noted{"is read as Pennsylvania", ""}, Noted{"STATE", ""}},
		{Spanish, p, Noted{"se lee como Pensilvania", ""}, Noted{"STATE", "en"}},
		{English, old, Noted{"is hidden", ""}, Noted{"sheet", ""}},
		{Spanish, old, Noted{"is hidden", "en"}, Noted{"hoja", ""}},
	} {
		if got := tt.l.CellNote(tt.p); got.Note != tt.note || got.Column != tt.ofColumn {
			t.Errorf("in %s: %+v", tt.l, got)
		}
	}
}

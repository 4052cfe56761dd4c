package main

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/internal/fakeice"
	"github.com/watch287g/watch287g/sheet/sheettest"
	"github.com/watch287g/watch287g/store/bolt"
)

// remark is a sentence that is kept in both languages.
type remark struct{ english, spanish string }

// remarksOf are why lists were held, what is noted of them, and what is wrong with their cells.
func remarksOf(t *testing.T, data string) (all []remark) {
	t.Helper()
	s, err := bolt.Open(filepath.Join(data, "watch287g.db"), bolt.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close() //nolint:errcheck // it was only read
	add := func(said []string, texts map[string][]string) {
		for i, english := range said {
			spanish := ""
			if i < len(texts["es"]) {
				spanish = texts["es"][i]
			}
			all = append(all, remark{english, spanish})
		}
	}
	publications, err := s.Publications(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range publications {
		add(p.Notes, p.Texts)
		for _, cell := range p.Problems {
			all = append(all, remark{cell.Why, cell.Texts["es"]})
		}
	}
	holds, err := s.Holds(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range holds {
		add(h.Reasons, h.Texts)
	}
	return all
}

// wrong says in what the Spanish of a remark is not its English: it is there, with the same
// numbers, dates, states and lists, and what is printed between quotes or as a name of a file.
func (r remark) wrong() (wrong []string) {
	must := func(same bool, what string) {
		if !same {
			wrong = append(wrong, fmt.Sprintf("%s: %q is in Spanish %q", what, r.english, r.spanish))
		}
	}
	must(r.spanish != "" && r.spanish != r.english, "texts")
	must(slices.Equal(numbersSaid(r.english), numbersSaid(r.spanish)), "numbers")
	for code, english := range stateNames {
		spanish := cmp.Or(spanishStates[code], english)
		if !slices.ContainsFunc([]string{"Virginia", "Washington"}, func(s string) bool { return s == english }) { // which are in others' names
			must(strings.Contains(r.english, english) == strings.Contains(r.spanish, spanish), "states")
		}
	}
	for english, spanish := range map[string]string{"participating list": "agencias participantes", "pending list": "solicitudes pendientes", "no readable": "no se puede leer", "read as": "lee como", "not a": "no es", "is empty": "vací"} {
		must(strings.Contains(r.english, english) == strings.Contains(r.spanish, spanish) || english == "not a" && !strings.HasPrefix(r.english, "is not a"), english)
	}
	for word := range strings.FieldsSeq(r.english) {
		if word = strings.Trim(word, ".,;()"); strings.Contains(word, ".xlsx") || strings.HasPrefix(word, `"`) {
			must(strings.Contains(r.spanish, word), "what is printed")
		}
	}
	return wrong
}

// What is remarked of lists says the same in Spanish, of 2025 and of made-up lists.
func TestArchiveClaimsOfRemarks(t *testing.T) {
	all := remarksOf(t, importedArchive(t))
	for _, r := range all {
		for _, wrong := range r.wrong() {
			t.Error(wrong)
		}
	}
	t.Logf("%d remarks", len(all))
}

// Lists with half of their rows, with a state gone, misprinted, behind each other's link and
// served again.
func TestClaimsOfRemarks(t *testing.T) {
	t.Parallel()
	began := time.Date(2025, time.March, 3, 15, 0, 0, 0, time.UTC)
	rows := sheettest.Sample(200)
	odd := slices.Clone(rows)
	odd[3].State, odd[5].Signed, odd[7].Type, odd[9].Model = "PENNSLYVANIA", "8/252025", "#NA", "Tribal Model"
	odd[3].Agency = "Erie Borough Police Department"
	var files []fakeice.File
	for day, list := range [][]sheettest.Row{rows, rows[:90], odd, slices.DeleteFunc(slices.Clone(odd), func(r sheettest.Row) bool { return strings.EqualFold(r.State, "TEXAS") }), rows} {
		files = append(files, fakeice.File{Link: fakeice.Participating, Name: fmt.Sprintf("participating-%d.xlsx", day), At: began.AddDate(0, 0, day), Body: sheettest.Participating(list...)})
	}
	data := t.TempDir()
	output(t, program(t, time.Time{}, "--data", data, "import", archived(t, files)))
	all := remarksOf(t, data)
	for _, r := range all {
		for _, wrong := range r.wrong() {
			t.Error(wrong)
		}
		for _, lie := range []string{"", r.english, oneMore(r.spanish), strings.ReplaceAll(r.spanish, "Pensilvania", "Texas"), strings.ReplaceAll(r.spanish, "vací", "llen")} {
			if lie != r.spanish && len((remark{r.english, lie}).wrong()) == 0 {
				t.Errorf("not found: %q for %q", lie, r.english)
			}
		}
	}
	if len(all) < 8 || !slices.ContainsFunc(all, func(r remark) bool { return strings.Contains(r.english, "would be removed") }) {
		t.Errorf("only %d remarks: %q", len(all), all)
	}
}

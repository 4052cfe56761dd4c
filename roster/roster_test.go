package roster

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func sampleRoster() Roster {
	return Roster{List: ListParticipating, Rows: []Row{
		{Number: 2, State: "TX", Agency: "Lampasas County Sheriff's Office", County: "Lampasas County", Type: TypeCounty, Model: WSO, Signed: "2025-07-15", MOA: "https://www.ice.gov/a.pdf"},
		{Number: 3, State: "FL", Agency: "Palm Bay Police Department", County: "Brevard County", Type: TypeMunicipality, Model: TFM, Signed: "2025-07-02", Addendum: "https://www.ice.gov/b.pdf"},
		{Number: 4, State: "GU", Agency: "Guam Customs", Type: TypeState, Model: TFM, SignedAs: "soon"},
	}}
}

// What a list says, it says in whatever order and form.
func TestDigestOfTheSame(t *testing.T) {
	want := sampleRoster().Digest()
	for name, bend := range map[string]func(*Roster){
		"order":         func(r *Roster) { slices.Reverse(r.Rows) },
		"numbers":       func(r *Roster) { r.Rows[0].Number = 77 },
		"raw text":      func(r *Roster) { r.Rows[0].Raw = map[string]string{"STATE": "TEXAS "} },
		"problems":      func(r *Roster) { r.Problems = []Problem{{Row: 2, Column: "STATE"}} },
		"agency's case": func(r *Roster) { r.Rows[0].Agency = "LAMPASAS COUNTY SHERIFFS  OFFICE" },
		"county's case": func(r *Roster) { r.Rows[1].County = "BREVARD COUNTY" },
	} {
		r := sampleRoster()
		bend(&r)
		if got := r.Digest(); got != want {
			t.Errorf("%s changes the digest", name)
		}
	}
}

func TestDigestOfAnother(t *testing.T) {
	digests := map[string]string{sampleRoster().Digest(): "the sample"}
	for name, bend := range map[string]func(*Roster){
		"list":            func(r *Roster) { r.List = ListPending },
		"row less":        func(r *Roster) { r.Rows = r.Rows[:2] },
		"row twice":       func(r *Roster) { r.Rows = append(r.Rows, r.Rows[0]) },
		"no rows":         func(r *Roster) { r.Rows = nil },
		"state":           func(r *Roster) { r.Rows[0].State = "FL" },
		"agency":          func(r *Roster) { r.Rows[0].Agency = "Lampass County Sheriff's Office" },
		"county":          func(r *Roster) { r.Rows[0].County = "" },
		"type":            func(r *Roster) { r.Rows[0].Type = TypeState },
		"model":           func(r *Roster) { r.Rows[0].Model = JEM },
		"date":            func(r *Roster) { r.Rows[0].Signed = "2025-07-16" },
		"misprint":        func(r *Roster) { r.Rows[2].SignedAs = "later" },
		"MOA":             func(r *Roster) { r.Rows[0].MOA = "" },
		"addendum":        func(r *Roster) { r.Rows[1].Addendum = "https://www.ice.gov/c.pdf" },
		"cells exchanged": func(r *Roster) { r.Rows[0].Signed, r.Rows[1].Signed = r.Rows[1].Signed, r.Rows[0].Signed },
	} {
		r := sampleRoster()
		bend(&r)
		digest := r.Digest()
		if same, known := digests[digest]; known {
			t.Errorf("%s: the digest is that of %s", name, same)
		}
		digests[digest] = name
	}
}

// A digest leaves the roster as it was.
func TestDigestTouchesNothing(t *testing.T) {
	r := sampleRoster()
	r.Digest()
	if !slices.EqualFunc(r.Rows, sampleRoster().Rows, func(a, b Row) bool { return a.Number == b.Number && a.Agency == b.Agency && a.County == b.County }) {
		t.Errorf("rows after Digest: %+v", r.Rows)
	}
}

func TestUnreadable(t *testing.T) {
	r := sampleRoster()
	if got := r.Unreadable(); got != 0 {
		t.Errorf("Unreadable = %d, want 0: a date that cannot be read makes no row unreadable", got)
	}
	r.Rows[0].State, r.Rows[1].Model, r.Rows[2].Agency = "", "", ""
	if got := r.Unreadable(); got != 3 {
		t.Errorf("Unreadable = %d, want 3", got)
	}
}

func TestProblemString(t *testing.T) {
	p := Problem{Row: 7, Column: "STATE", Raw: "UTAHJ", Why: "is read as Utah"}
	if got, want := p.String(), `row 7, STATE: "UTAHJ" is read as Utah`; got != want {
		t.Errorf("String = %s, want %s", got, want)
	}
}

// The digests that stores hold were made of JSON. They stay what they were, and
// a field that a row gains counts in them, unless it says otherwise here.
func TestDigestIsThatOfJSON(t *testing.T) {
	texts := []string{"", "Plain", `"Añasco" & <Lowndes> \ Sheriff's`, "a\u2028b\tc\x7f", "bad \xff byte", "DeSoto  County"}
	random := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		r := Roster{List: ListPending, Rows: make([]Row, random.IntN(4))}
		var lines []string
		for i := range r.Rows {
			v := reflect.ValueOf(&r.Rows[i]).Elem()
			for f := range v.NumField() {
				if v.Field(f).Kind() == reflect.String {
					v.Field(f).SetString(texts[random.IntN(len(texts))])
				}
			}
			row := r.Rows[i]
			r.Rows[i].Number, r.Rows[i].Raw = 7, map[string]string{"STATE": "x"}
			row.Agency, row.County = Fold(row.Agency), Fold(row.County)
			b, err := json.Marshal(row)
			if err != nil {
				t.Fatal(err)
			}
			lines = append(lines, string(b))
		}
		slices.Sort(lines)
		want := sha256.Sum256([]byte("pending\n" + strings.Join(lines, "\n")))
		if got := r.Digest(); got != hex.EncodeToString(want[:]) {
			t.Fatalf("the digest of %+v is not that of %s", r.Rows, lines)
		}
	}
}

func BenchmarkDigest(b *testing.B) {
	r := Roster{List: ListParticipating, Rows: make([]Row, 1700)}
	for i := range r.Rows {
		r.Rows[i] = sampleRoster().Rows[i%3]
	}
	b.ReportAllocs()
	for b.Loop() {
		r.Digest()
	}
}

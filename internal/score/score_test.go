package score_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/watch287g/watch287g/internal/score"
)

const changesCSV = `publication,label,old_state,old_agency,old_model,new_state,new_agency,new_model
a.xlsx,added,,,,TEXAS,Ash Police Department,TFM
a.xlsx,removed,TEXAS,Birch Police Department,TFM,,,
a.xlsx,respelled,TEXAS,Cedr Police Department,WSO,TEXAS,Cedar Police Department,WSO
a.xlsx,ambiguous,TEXAS,Elm Police Department,WSO,TEXAS,Elm City Police Department,WSO
b.xlsx,added,,,,GUAM,Fir Police Department,JEM
`

const pendingCSV = `state,agency,model,label
TX,Ash Police Department,TFM,signed
TX,Gum Police Department,TFM,withdrawn
TX,Ivy Police Department,TFM,signed later
`

// line is a change as the program prints it.
func line(kind, file, state, agency, model, before string) string {
	if before != "" {
		before = `,"before":{"state":"` + state + `","agency":"` + before + `","model":"` + model + `"}`
	}
	return `{"kind":"` + kind + `","publication":{"file":"` + file + `"},"agreement":{"state":"` + state + `","agency":"` + agency +
		`","model":"` + model + `","signed":"2025-06-02"}` + before + "}\n"
}

// right is all that there is to say.
func right() []string {
	return []string{
		line("new", "a.xlsx", "TX", "Ash Police Department", "TFM", ""),
		line("removed", "participating/a.xlsx", "TX", "Birch  police department", "TFM", ""),
		line("amended", "a.xlsx", "TX", "Cedar Police Department", "WSO", "Cedr Police Department"),
		line("restored", "b.xlsx", "GU", "Fir Police Department", "JEM", ""),
		line("withdrawn", "b.xlsx", "TX", "Gum Police Department", "TFM", ""),
	}
}

func TestScore(t *testing.T) {
	for _, tt := range []struct {
		name    string
		changes []string
		wrong   []string
	}{
		{"all of it", right(), nil},
		{"what may be said or not", append(right(),
			line("new", "a.xlsx", "TX", "Elm City Police Department", "WSO", ""),
			line("removed", "a.xlsx", "TX", "Elm Police Department", "WSO", ""),
			line("withdrawn", "b.xlsx", "TX", "Ivy Police Department", "TFM", ""),
			line("milestone", "b.xlsx", "TX", "Ivy Police Department", "TFM", ""),
			line("new", "c.xlsx", "TX", "Not in the truth", "TFM", "")), nil},
		{"another amended one", append(right(), line("amended", "a.xlsx", "TX", "Oak PD", "TFM", "Oak Police Department")), nil},
		{"what is false", append(right(),
			line("new", "a.xlsx", "TX", "Cedar Police Department", "WSO", ""),
			line("removed", "a.xlsx", "TX", "Cedr Police Department", "WSO", ""),
			line("withdrawn", "a.xlsx", "TX", "Ash Police Department", "TFM", "")), []string{
			"a.xlsx: false TX|cedar police department|WSO", "a.xlsx: false TX|cedr police department|WSO", "pending: false TX|ash police department|TFM"}},
		{"said twice", append(right(), right()[0]), []string{"a.xlsx: false TX|ash police department|TFM"}},
		{"nothing", nil, []string{
			"a.xlsx: missed TX|ash police department|TFM", "b.xlsx: missed GU|fir police department|JEM", "a.xlsx: missed TX|birch police department|TFM",
			"a.xlsx: missed TX|cedr police department|WSO => TX|cedar police department|WSO", "pending: missed TX|gum police department|TFM"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			truth, err := score.ReadTruth(strings.NewReader(changesCSV), strings.NewReader(pendingCSV))
			if err != nil {
				t.Fatal(err)
			}
			r, err := truth.Score(strings.NewReader(strings.Join(tt.changes, "")))
			if err != nil {
				t.Fatal(err)
			}
			if wrong := slices.Concat(r.New.Wrong, r.Removed.Wrong, r.Amended.Wrong, r.Withdrawn.Wrong); !slices.Equal(wrong, tt.wrong) || r.Right() != (tt.wrong == nil) {
				t.Errorf("wrong are %q, want %q; right: %v", wrong, tt.wrong, r.Right())
			}
		})
	}
}

func TestFigures(t *testing.T) {
	truth, err := score.ReadTruth(strings.NewReader(changesCSV), strings.NewReader(pendingCSV))
	if err != nil {
		t.Fatal(err)
	}
	r, err := truth.Score(strings.NewReader(strings.Join(append(right()[:3],
		line("new", "a.xlsx", "TX", "Oak PD", "TFM", ""), line("amended", "a.xlsx", "TX", "Oak PD", "TFM", "Oak Police Department")), "")))
	if err != nil {
		t.Fatal(err)
	}
	const want = `publications 2, without a change 1
new          1 of    2 found, 1 false alarms
removed      1 of    1 found, 0 false alarms
amended      1 of    1 found, 1 others
withdrawn    0 of    1 found, 0 false alarms
`
	if r.String() != want {
		t.Errorf("it says\n%swant\n%s", r, want)
	}
}

func TestWhatCannotBeRead(t *testing.T) {
	for _, wrong := range []string{"", "publication,label\n", changesCSV + "one,cell\n"} {
		if _, err := score.ReadTruth(strings.NewReader(wrong), nil); err == nil {
			t.Errorf("%q was read", wrong)
		}
	}
	truth, err := score.ReadTruth(strings.NewReader(changesCSV), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := truth.Score(strings.NewReader(right()[0] + "{")); err == nil || !strings.HasPrefix(err.Error(), "reading line 2: ") {
		t.Errorf("half a line: %v", err)
	}
}

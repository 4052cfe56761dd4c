package place_test

import (
	"slices"
	"testing"

	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/roster"
)

func TestTowns(t *testing.T) {
	for _, tt := range []struct {
		state roster.State
		name  string
		want  [][]string
	}{
		{"FL", "Marco Island", [][]string{{"12021"}}},
		{"FL", "MARCO  ISLAND", [][]string{{"12021"}}},
		{"FL", "Macro Island", nil},
		{"FL", "Fort Myers", [][]string{{"12071"}}},
		{"FL", "Ft. Myers", [][]string{{"12071"}}},
		{"FL", "Saint Cloud", [][]string{{"12097"}}},
		{"MN", "St. Cloud", [][]string{{"27145", "27009", "27141"}}},
		{"IN", "Greens Fork", [][]string{{"18177"}, {"18135"}}}, // a town, and a township
		{"IN", "Green Forks", nil},
		{"CT", "Avon", [][]string{{"09003"}}},
		{"CT", "Greenwich", [][]string{{"09001"}}},
		{"CT", "Old Saybrook", [][]string{{"09007"}}},
		{"CT", "Windham", [][]string{{"09015"}}},
		{"PA", "Quarryville", [][]string{{"42071"}}},
		{"PA", "Springettsbury", [][]string{{"42133"}}},
		{"AL", "Abanda", [][]string{{"01017"}}}, // the first one
		{"WY", "Yoder", [][]string{{"56015"}}},  // the last one
		{"WY", "Zzz", nil},
		{"AL", "A", nil},
		{"", "Yoder", nil},
		{"XX", "Yoder", nil},
		{"WY", "", nil},
		{"WY", "|", nil},
		{"WY", ",015", nil},
	} {
		if got := place.Towns(tt.state, tt.name); !slices.EqualFunc(got, tt.want, slices.Equal) {
			t.Errorf("Towns(%q, %q) = %v, want %v", tt.state, tt.name, got, tt.want)
		}
	}
}

func TestStateOf(t *testing.T) {
	for county, want := range map[string]roster.State{"12021": "FL", "01017": "AL", "72001": "PR", "99001": "", "": ""} {
		if got := place.StateOf(county); got != want {
			t.Errorf("StateOf(%q) = %q, want %q", county, got, want)
		}
	}
}

func BenchmarkTowns(b *testing.B) {
	for b.Loop() {
		place.Towns("PA", "Springettsbury")
	}
}

package readers_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/readers"
	"github.com/watch287g/watch287g/roster"
)

func names(id string) string {
	if id == "TX-a" {
		return "A Sheriff's Office, Texas"
	}
	return ""
}

func TestParseFollow(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct{ written, name, keys string }{
		"nation":                  {"nation", "", "nation"},
		"state:TX":                {"state:TX", "Texas", "state:TX"},
		"county:48201":            {"county:48201", "Harris County, Texas", "county:48201"},
		"county:09110":            {"county:09110", "Capitol, Connecticut", "county:09003 county:09013"},
		"county:24510":            {"county:24510", "Baltimore city, Maryland", "county:24510"},
		"town:TX-Houston":         {"town:TX-houston", "Houston, Texas", "county:48157 county:48201 county:48339 county:48473"},
		"town:TX-hOUSTON":         {"town:TX-houston", "Houston, Texas", "county:48157 county:48201 county:48339 county:48473"},
		"town:CA-los angeles":     {"town:CA-losangeles", "Los Angeles, California", "county:06037"},
		"town:MO-St. Louis":       {"town:MO-stlouis", "St. Louis, Missouri", "county:29510"},
		"town:TX-mcallen":         {"town:TX-mcallen", "McAllen, Texas", "county:48215"},
		"town:IL-o'fallon":        {"town:IL-ofallon", "O'Fallon, Illinois", "county:17163"},
		"town:CA-Cañon-x":         {},
		"zip:77001":               {"zip:77001", "ZIP code 77001", "county:48201"},
		"agency:TX-a":             {"agency:TX-a", "A Sheriff's Office, Texas", "agency:TX-a"},
		"":                        {},
		"nation:":                 {},
		"nation:x":                {},
		"state:":                  {},
		"state:tx":                {},
		"state:XX":                {},
		"county:":                 {},
		"county:99999":            {},
		"county:4820":             {},
		"county:Harris":           {},
		"town:TX-":                {},
		"town:TX-77001":           {},
		"town:TX-Nowhereville":    {},
		"town:XX-Houston":         {},
		"town:TX-Houston!":        {},
		"town:TX-<b>Houston":      {},
		"town:TX-hou.ston":        {},
		"town:TX-www.houston.com": {},
		"town:TX-Houston ":        {},
		"town:TX- Houston":        {},
		"town:TX-Houston\nBcc: x": {},
		"town:TX-Houston\u202e":   {},
		"town:TX-\xff":            {},
		"zip:7700":                {},
		"zip:00000":               {},
		"agency:TX-b":             {},
		"agency:":                 {},
		"other:x":                 {},
		strings.Repeat("x", 1000): {},
	} {
		f, err := readers.ParseFollow(text, names)
		if want.written == "" {
			if !errors.Is(err, readers.ErrInvalid) || len(err.Error()) > 200 {
				t.Errorf("%q: %v, %v", text, f, err)
			}
			continue
		}
		if err != nil || f.String() != want.written || f.Name != want.name || strings.Join(f.Keys(), " ") != want.keys {
			got := slices.Sorted(slices.Values(f.Keys()))
			if err != nil || f.String() != want.written || f.Name != want.name || strings.Join(got, " ") != want.keys {
				t.Errorf("%q: %s %q %v (%v), want %v", text, f, f.Name, got, err, want)
			}
		}
	}
}

// TestKeysFindWhoFollows compares the keys of changes in many places with what the rules
// of channels say of the same places.
func TestKeysFindWhoFollows(t *testing.T) {
	t.Parallel()
	var all []roster.Agreement
	for _, s := range roster.States() {
		for i, c := range place.Counties(s) {
			switch i % 40 {
			case 0:
				all = append(all, roster.Agreement{AgencyID: string(s) + "-a" + c.FIPS, State: s, Agency: c.FullName() + " Sheriff's Office", County: c.FullName(), Type: roster.TypeCounty, Model: roster.TFM})
			case 7:
				all = append(all, roster.Agreement{AgencyID: string(s) + "-b" + c.FIPS, State: s, Agency: c.Name + " Police Department", Type: roster.TypeMunicipality, Model: roster.TFM})
			case 13:
				all = append(all, roster.Agreement{AgencyID: string(s) + "-c" + c.FIPS, State: s, Agency: s.Name() + " State Police", Type: roster.TypeState, Model: roster.TFM})
			}
		}
	}
	all = append(all, roster.Agreement{AgencyID: "TX-h", State: "TX", Agency: "Houston Police Department"}, roster.Agreement{AgencyID: "x", Agency: "Nowhere"})
	atlas := place.NewAtlas(nil, nil)
	found := 0
	for i, a := range all {
		c := roster.Change{Kind: roster.KindNew, Agreement: a}
		if i%3 == 0 {
			before := all[(i*7+5)%len(all)]
			c.Kind, c.Before = roster.KindAmended, &before
		}
		keys := readers.KeysOf(c, atlas.Locate, nil)
		if !slices.IsSorted(keys) || len(slices.Compact(slices.Clone(keys))) != len(keys) {
			t.Fatalf("the keys are %v", keys)
		}
		for j := range all {
			if j%5 != i%5 || all[j].State == "" {
				continue
			}
			s := all[j].State
			county := place.Counties(s)[j%len(place.Counties(s))]
			f, err := readers.ParseFollow("county:"+county.FIPS, names)
			if err != nil {
				t.Fatal(err)
			}
			in := func(a roster.Agreement) bool { return atlas.InArea(a, []string{county.FIPS}, nil) }
			want := in(a) || c.Before != nil && in(*c.Before)
			got := slices.ContainsFunc(f.Keys(), func(k string) bool { return slices.Contains(keys, k) })
			if got != want {
				t.Errorf("%s (%s), with %v: %s is found: %v, want %v", a.Agency, a.State, c.Before, f.Name, got, want)
			}
			if want {
				found++
			}
			byState := slices.Contains(keys, "state:"+string(s))
			if want := a.State == s || c.Before != nil && c.Before.State == s; byState != want {
				t.Errorf("%s: by the state of %s it is found: %v", a.Agency, s, byState)
			}
		}
	}
	if found < 8 {
		t.Errorf("only %d were found", found)
	}
}

func TestKeysOfRenamedAndNational(t *testing.T) {
	t.Parallel()
	locate := place.NewAtlas(nil, nil).Locate
	c := roster.Change{Kind: roster.KindNew, Agreement: roster.Agreement{AgencyID: "TX-new", State: "TX", Agency: "Harris County Sheriff's Office"}}
	former := func(id string) []string { return map[string][]string{"TX-new": {"TX-old", "TX-older"}}[id] }
	want := "agency:TX-new agency:TX-old agency:TX-older county:48201 nation state:TX"
	if got := strings.Join(readers.KeysOf(c, locate, former), " "); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	c.Kind, c.Milestone = roster.KindMilestone, &roster.Milestone{Name: roster.RecordDay}
	if got := strings.Join(readers.KeysOf(c, locate, former), " "); got != "nation" {
		t.Errorf("a milestone of the nation goes to %s", got)
	}
}

// FuzzParseFollow holds what is read to what is written, and its names to letters.
func FuzzParseFollow(f *testing.F) {
	for _, s := range []string{"nation", "state:TX", "county:48201", "town:TX-St. Louis", "town:TX-\xff", "zip:77001", "agency:TX-a", "town:CA-Cañon City"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := readers.ParseFollow(text, names)
		if err != nil {
			if !errors.Is(err, readers.ErrInvalid) || len(err.Error()) > 1000 {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		if len(got.Keys()) == 0 || strings.ContainsAny(got.Name, "<>&/:@\n\"") || len(got.Name) > 120 {
			t.Fatalf("%q: %+v", text, got)
		}
		again, err := readers.ParseFollow(got.String(), names)
		if err != nil || again.String() != got.String() || !slices.Equal(again.Keys(), got.Keys()) {
			t.Fatalf("%q is %s, and that %s (%v)", text, got, again, err)
		}
	})
}

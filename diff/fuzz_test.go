package diff

import (
	"encoding/csv"
	"slices"
	"strings"
	"testing"

	"github.com/watch287g/watch287g/roster"
)

// FuzzReadAliases reads whatever an operator may have saved. What is taken is
// taken whole: each line says something of two spellings, both ways round.
func FuzzReadAliases(f *testing.F) {
	for _, s := range []string{
		"", "state,spelling,target,verdict\n", "# a comment\nFL,Gulf County BOCC,Gulf County Board of County Commissioners,same\n",
		"FL,Baker County Sheriff's Office,Bay County Sheriff's Office,different\n", "TX, \"Lampass, County\" ,TX-lampasas-county-sheriffs-office,SAME",
		"TX,A,B,same\nTX,B,A,same\n", "TX,A,A,same\n", "Texas,A,B\n", "XX,A,B,same\n", "TX,A,B,perhaps\n", "TX,\"A,B,same\n", "\xef\xbb\xbfstate,spelling,target,verdict\n",
		"TX,,,same\n", "TX\x00,A,B,same\n", "TX,A,B,same,\n",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a, err := ReadAliases(strings.NewReader(text))
		if err != nil {
			if !strings.Contains(err.Error(), "line") {
				t.Errorf("this does not say where: %v", err)
			}
			if a.same != nil || a.different != nil {
				t.Errorf("a broken file counts in part: %v", a)
			}
			return
		}
		in := csv.NewReader(strings.NewReader(text))
		in.Comment, in.FieldsPerRecord, in.TrimLeadingSpace = '#', -1, true
		lines, err := in.ReadAll()
		if err != nil {
			t.Fatalf("it was read, and is no CSV: %v", err)
		}
		if len(a.same)+len(a.different) > 2*len(lines) {
			t.Errorf("%d lines say %d things", len(lines), len(a.same)+len(a.different))
		}
		for pair := range a.different {
			if !a.different[[2]string{pair[1], pair[0]}] {
				t.Errorf("%q are told apart one way only", pair)
			}
		}
		for key := range a.same {
			a.resolve(key) // which ends, also in a ring
		}
	})
}

// plain says that it cannot matter which of two names comes first: neither is a
// school's, and no word of one could be paired off with two words of the other.
func plain(a, b name) bool {
	alone := func(a, b []string) bool {
		for _, w := range a {
			like := 0
			for _, v := range b {
				if _, ok := slipped(w, v); ok {
					like++
				}
			}
			if like > 1 {
				return false
			}
		}
		return true
	}
	for _, words := range [][2][]string{{a.place, b.place}, {a.body, b.body}} {
		if !alone(words[0], words[1]) || !alone(words[1], words[0]) {
			return false
		}
	}
	return !schooled(a.place) && !schooled(b.place)
}

func likenessOf(a, b roster.Spelling) likeness {
	return compare(parse(a), parse(b)).likeness
}

// FuzzNear compares names of all sorts in one state or two.
func FuzzNear(f *testing.F) {
	for _, pair := range [][2]string{
		{"Lampass County Sheriff's Office", "Lampasas County Sheriff's Office"},
		{"Harris County Constable Precinct 1", "Harris County Constable Precinct 2"},
		{"Baker County Sheriff's Office", "Bay County Sheriff's Office"},
		{"Melbourne Police Department", "Melbourne Beach Police Department"},
		{"North Miami Police Department", "Miami Police Department"},
		{"First Judicial District", "Judicial District 2"},
		{"Florida State University", "University of Florida"},
		{"Miles Police Department", "Miles College Police Department"},
		{"State Police", "State Police Department"},
		{"Texas Department of Public Safety Region 4", "Texas DPS Region IV"},
		{"City of Zephyrhills", "Zephyrhills"}, {"", "x"}, {"0", "00"}, {"one", "1st"}, {"Troop A", "Troop B"},
	} {
		f.Add(pair[0], "FL", pair[1], "FL")
		f.Add(pair[0], "TX", pair[1], "FL")
	}
	f.Fuzz(func(t *testing.T, x, inX, y, inY string) {
		a, b := roster.Spelling{State: roster.State(inX), Name: x}, roster.Spelling{State: roster.State(inY), Name: y}
		there, back := likenessOf(a, b), likenessOf(b, a)
		if there < identical || there > contrary {
			t.Fatalf("%v is near %v in no known way: %d", a, b, there)
		}
		if there != back && plain(*parse(a), *parse(b)) {
			t.Errorf("%+v is %d to %+v, which is %d to it", a, there, b, back)
		}
		if (there == contrary) != (back == contrary) {
			t.Errorf("%+v and %+v are two agencies one way only", a, b)
		}
		if m, n := parse(a), parse(b); !slices.Equal(m.numbers, n.numbers) && there != contrary {
			t.Errorf("%+v and %+v have other numbers, and are near (%d)", a, b, there)
		}
		if itself := likenessOf(a, a); itself == contrary {
			t.Errorf("%+v is not itself", a)
		}
	})
}

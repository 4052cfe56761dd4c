// Command gather turns the Census Bureau's lists of places, townships, ZIP code areas
// and residents of counties, the CSV files places.csv, townships.csv, zips.csv and
// counties-2024.csv of one directory, into the small text files that package place
// embeds, with the towns of Connecticut, which those lists leave out:
//
//	go run ./place/gather ../census ./place
//
// A line of towns.txt is a state: its postal code, then its towns by name, each with
// its class (C for an incorporated place, T for a township, U for what only the
// census knows; UT for both) and the last three digits of the FIPS codes of the
// counties that it is in; a semicolon stands between towns that share a name. A line
// of zips.txt is the first three digits of ZIP codes, then the last two of each with
// the FIPS codes of its counties. A line of residents.txt is the FIPS code of a county
// with its residents.
package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/roster"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "gather:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 2 {
		return errors.New("usage: gather DIRECTORY-OF-CSV-FILES DIRECTORY-OF-PLACE")
	}
	from, to := args[0], args[1]
	towns, zips, residents := towns{}, zips{}, residents{}
	for _, list := range []struct {
		file string
		add  func(get func(string) string)
	}{{"places.csv", towns.add}, {"townships.csv", towns.add}, {"zips.csv", zips.add}, {"counties-2024.csv", residents.add}} {
		if err := read(filepath.Join(from, list.file), list.add); err != nil {
			return err
		}
	}
	towns.addConnecticut()
	for file, text := range map[string][]byte{"towns.txt": towns.text(), "zips.txt": zips.text(), "residents.txt": residents.text()} {
		if err := os.WriteFile(filepath.Join(to, file), text, 0o644); err != nil {
			return fmt.Errorf("write %s: %w", file, err)
		}
	}
	return nil
}

// towns holds each town as the file has it: by state, then by key.
type towns map[roster.State]map[string][]string

// read gives each row of a CSV file to add, as a function from column to cell.
func read(file string, add func(get func(string) string)) error {
	f, err := os.Open(file)
	if err != nil {
		return fmt.Errorf("open the list: %w", err)
	}
	defer func() { _ = f.Close() }() // it is only read
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return fmt.Errorf("read %s: %w", file, err)
	}
	if len(rows) == 0 {
		return fmt.Errorf("read %s: it is empty", file)
	}
	column := map[string]int{}
	for i, name := range rows[0] {
		column[name] = i + 1
	}
	for _, row := range rows[1:] {
		get := func(name string) string {
			if at := column[name]; at > 0 {
				return row[at-1]
			}
			return ""
		}
		add(get)
	}
	return nil
}

// forms stand before the names of townships.
var forms = []string{"Charter Township of ", "Township of ", "Town of ", "Plantation of "}

// countiesOf are the FIPS codes of a row, the one with most of the place first.
func countiesOf(get func(string) string) []string {
	return strings.Fields(strings.NewReplacer(",", " ", ";", " ", "|", " ").Replace(get("county_fips") + " " + get("other_county_fips")))
}

func (t towns) add(get func(string) string) {
	name := get("short_name")
	if name == "" {
		name = get("name")
		for _, form := range forms {
			name = strings.TrimPrefix(name, form)
		}
	}
	fips := countiesOf(get)
	key := place.Key(name)
	if key == "" || len(fips) == 0 {
		return
	}
	state := place.StateOf(fips[0])
	if t[state] == nil {
		t[state] = map[string][]string{}
	}
	for i, f := range fips {
		fips[i] = f[len(f)-3:]
	}
	class := get("fips_class")[:1]
	if class == "M" { // a military base
		class = "U"
	}
	// A township and the village in it, say, have one name and county.
	known := slices.IndexFunc(t[state][key], func(town string) bool {
		return !slices.ContainsFunc(fips, func(f string) bool { return !strings.Contains(town, f) })
	})
	if known < 0 {
		t[state][key] = append(t[state][key], class+strings.Join(fips, ","))
		return
	}
	town := t[state][key][known]
	if own := strings.TrimLeft(town, "CTU"); !strings.Contains(town, class) && strings.HasPrefix(own, fips[0]) {
		t[state][key][known] = town[:len(town)-len(own)] + class + own
	}
}

func (t towns) text() []byte {
	var b strings.Builder
	for _, state := range slices.Sorted(maps.Keys(t)) {
		b.WriteString(string(state))
		for _, key := range slices.Sorted(maps.Keys(t[state])) {
			b.WriteString("|" + key + "," + strings.Join(t[state][key], ";"))
		}
		b.WriteString("|\n")
	}
	return []byte(b.String())
}

// zips holds the last two digits of ZIP codes with the FIPS codes of their counties,
// by the first three digits.
type zips map[string][]string

func (z zips) add(get func(string) string) {
	code := get("zip")
	z[code[:3]] = append(z[code[:3]], code[3:]+","+strings.Join(countiesOf(get), ","))
}

func (z zips) text() []byte {
	var b strings.Builder
	for _, first := range slices.Sorted(maps.Keys(z)) {
		slices.Sort(z[first])
		b.WriteString(first + strings.Join(z[first], " ") + "\n")
	}
	return []byte(b.String())
}

// residents holds the residents of counties, by FIPS code.
type residents map[string]string

func (r residents) add(get func(string) string) { r[get("fips")] = get("population_2024") }

func (r residents) text() []byte {
	var b strings.Builder
	for _, county := range slices.Sorted(maps.Keys(r)) {
		b.WriteString(county + " " + r[county] + "\n")
	}
	return []byte(b.String())
}

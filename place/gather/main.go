// Command gather turns the Census Bureau's lists of places and of townships, as
// CSV with the columns state, short_name, name, county_fips and other_county_fips,
// into the small text file that package place embeds:
//
//	go run ./place/gather places.csv townships.csv place/towns.txt
//
// A line of the file is a state: its postal code, then its towns by name, each
// with the last three digits of the FIPS codes of the counties that it is in; a
// semicolon stands between towns that share a name.
package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/watch287g/watch287g/place"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "gather:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 3 {
		return errors.New("usage: gather places.csv townships.csv towns.txt")
	}
	towns := towns{}
	for _, file := range args[:2] {
		if err := towns.read(file); err != nil {
			return err
		}
	}
	if err := os.WriteFile(args[2], towns.text(), 0o644); err != nil {
		return fmt.Errorf("write the towns: %w", err)
	}
	return nil
}

// towns holds the counties of each town, joined by commas: by state, then by key.
type towns map[string]map[string][]string

func (t towns) read(file string) error {
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
		t.add(get)
	}
	return nil
}

// forms stand before the names of townships.
var forms = []string{"Charter Township of ", "Township of ", "Town of ", "Plantation of "}

func (t towns) add(get func(string) string) {
	name := get("short_name")
	if name == "" {
		name = get("name")
		for _, form := range forms {
			name = strings.TrimPrefix(name, form)
		}
	}
	fips := strings.Fields(strings.NewReplacer(",", " ", ";", " ", "|", " ").Replace(get("county_fips") + " " + get("other_county_fips")))
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
	// A township and the village in it, say, have one name and county.
	known := slices.ContainsFunc(t[state][key], func(counties string) bool {
		return !slices.ContainsFunc(fips, func(f string) bool { return !strings.Contains(counties, f) })
	})
	if !known {
		t[state][key] = append(t[state][key], strings.Join(fips, ","))
	}
}

func (t towns) text() []byte {
	var b strings.Builder
	for _, state := range slices.Sorted(maps.Keys(t)) {
		b.WriteString(state)
		for _, key := range slices.Sorted(maps.Keys(t[state])) {
			b.WriteString("|" + key + "," + strings.Join(t[state][key], ";"))
		}
		b.WriteString("|\n")
	}
	return []byte(b.String())
}

package web

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/internal/csvtest"
)

// The description of the downloads, as another program reads it.
type (
	dataPackage struct {
		Title, Description, Homepage string
		Licenses                     []struct{ Name, Path string }
		Sources                      []struct{ Title, Path string }
		Resources                    []struct {
			Name, Path, Description string
			Schema                  struct {
				Fields        []packageField
				MissingValues []string
				PrimaryKey    []string
			}
		}
	}
	packageField struct {
		Name, Type, Format, Description, Example string
		Constraints                              struct {
			Required, Unique bool
			Pattern          string
			Enum             []string
		}
	}
)

// conforms says whether a cell is one that the field describes.
func (f packageField) conforms(cell string) (err error) {
	if cell == "" {
		if f.Constraints.Required {
			return fmt.Errorf("it is empty")
		}
		return nil
	}
	switch f.Type {
	case "integer":
		_, err = strconv.Atoi(cell)
	case "number":
		_, err = strconv.ParseFloat(cell, 64)
	case "date":
		_, err = time.Parse(time.DateOnly, cell)
	case "datetime":
		_, err = time.Parse("2006-01-02T15:04:05Z", cell)
	case "boolean":
		if cell != "true" && cell != "false" {
			err = fmt.Errorf("it is neither true nor false")
		}
	case "string":
		if f.Format == "uri" && !strings.HasPrefix(cell, "https://") && !strings.HasPrefix(cell, "http://") {
			err = fmt.Errorf("it is not an address")
		}
	default:
		err = fmt.Errorf("there is no type %q", f.Type)
	}
	if c := f.Constraints; err == nil && (c.Enum != nil && !slices.Contains(c.Enum, cell) || !regexp.MustCompile("^(?:"+c.Pattern+")$").MatchString(cell) && c.Pattern != "") {
		err = fmt.Errorf("it is none of %v, or does not fit %q", c.Enum, c.Pattern)
	}
	return err
}

func TestDataPackageDescribesTheFiles(t *testing.T) {
	checkPackage(t, newWorld(t))
	w, _ := paperWorld(t)
	checkPackage(t, w)
}

func TestDataPackageDescribesTheFilesArchive(t *testing.T) { checkPackage(t, archiveSite(t)) }

func checkPackage(t *testing.T, w *world) {
	t.Helper()
	p := ask[dataPackage](w, "/downloads/datapackage.json")
	if len(p.Resources) < 3 || len(p.Licenses) != 1 || len(p.Sources) != 3 || p.Homepage != "https://287g.example.org/downloads" {
		t.Fatalf("the package is %+v", p)
	}
	page := w.page("/downloads")
	placedBy := map[string]int{}
	rows := map[string]int{}
	for _, r := range p.Resources {
		lines, err := csv.NewReader(w.get("/downloads/" + r.Path).Body).ReadAll()
		if err != nil || len(lines) < 2 {
			t.Fatalf("%s: %d lines, %v", r.Path, len(lines), err)
		}
		rows[r.Name] = len(lines) - 1
		seen := map[string]bool{}
		shown := page.Find("#columns-" + r.Name + " tbody tr")
		if shown.Length() != len(r.Schema.Fields) || len(lines[0]) != len(r.Schema.Fields) || r.Schema.MissingValues[0] != "" || r.Schema.PrimaryKey[0] != lines[0][0] {
			t.Errorf("%s: %d columns, of which the page shows %d, and the package describes %d", r.Path, len(lines[0]), shown.Length(), len(r.Schema.Fields))
		}
		for i, f := range r.Schema.Fields {
			if f.Name != lines[0][i] || f.Name != shown.Eq(i).Find("th").Text() || !strings.Contains(shown.Eq(i).Text(), f.Description) || !strings.HasSuffix(f.Description, ".") {
				t.Errorf("%s: column %d is %s, described as %s (%s)", r.Path, i, lines[0][i], f.Name, f.Description)
			}
			if err := f.conforms(f.Example); err != nil || f.Example == "" {
				t.Errorf("%s: %s: the example %q: %v", r.Path, f.Name, f.Example, err)
			}
			for n, line := range lines[1:] {
				if err := f.conforms(line[i]); err != nil {
					t.Errorf("%s, line %d: %s is %q: %v", r.Path, n+2, f.Name, line[i], err)
				}
				if f.Constraints.Unique && seen[line[i]] {
					t.Errorf("%s, line %d: %s is %q again", r.Path, n+2, f.Name, line[i])
				}
				seen[line[i]] = seen[line[i]] || f.Constraints.Unique
				if f.Name == "placed_by" && r.Name == "agreements" {
					placedBy[line[i]]++
				}
			}
		}
	}
	// The counts add up, and are those of the files.
	n := rows["agreements"]
	want := fmt.Sprintf("%s agreements and pending entries: %s in a county, %d statewide, %d not placed.", thousands(n),
		thousands(n-placedBy["statewide"]-placedBy[""]), placedBy["statewide"], placedBy[""])
	if !strings.HasSuffix(p.Description, want) || !strings.HasSuffix(p.Resources[0].Description, want) || !strings.HasPrefix(said(page, "#placed"), want) {
		t.Errorf("the package says %q, the page %q, and not %q", p.Description, said(page, "#placed"), want)
	}
	if rows["unplaced"] != placedBy[""] {
		t.Errorf("%d rows are not placed, and the file of them has %d", placedBy[""], rows["unplaced"])
	}
}

func thousands(n int) string {
	if n < 1000 {
		return strconv.Itoa(n)
	}
	return fmt.Sprintf("%d,%03d", n/1000, n%1000)
}

// A point on the map is the one of the row's columns, longitude first, and there is one
// exactly where a county is known.
func TestPointsAreThoseOfTheColumns(t *testing.T) {
	w := newWorld(t)
	for _, name := range []string{"agreements", "changes"} {
		rows := csvtest.Records(t, w.get("/downloads/"+name+".csv").Body.Bytes())
		points := map[string]string{}
		for _, r := range rows {
			id := r["id"]
			points[id] = "null"
			if r["longitude"] != "" {
				points[id] = "[" + r["longitude"] + "," + r["latitude"] + "]"
			}
			if (points[id] == "null") != (r["county_fips"] == "") || r["placed_by"] == "statewide" && points[id] != "null" {
				t.Errorf("%s: county %q, point %s", id, r["county_fips"], points[id])
			}
		}
		var file struct {
			Features []struct {
				ID       string
				Geometry struct{ Coordinates json.RawMessage }
			}
		}
		if err := json.Unmarshal(w.get("/downloads/"+name+".geojson").Body.Bytes(), &file); err != nil || len(file.Features) != len(rows) {
			t.Fatalf("%d features, %v", len(file.Features), err)
		}
		known := 0
		for _, f := range file.Features {
			at := strings.Join(strings.Fields(string(f.Geometry.Coordinates)), "")
			if at == "" {
				at = "null"
			} else {
				known++
			}
			if at != points[f.ID] {
				t.Errorf("%s is at %s, and its columns say %s", f.ID, at, points[f.ID])
			}
		}
		if known == 0 || known == len(file.Features) {
			t.Errorf("%s: %d of %d have a point", name, known, len(file.Features))
		}
	}
}

// Who names the page as a source names the moment, and the address that it is found at.
func TestDownloadsSayHowToCite(t *testing.T) {
	page := newWorld(t).page("/downloads?state=TX")
	if got, want := page.Find("#cite + p").Text(), "287(g) watch. (2025, June 21). 287(g) agreements: Texas, according to ICE's lists as of June 21, 2025, 11 a.m. ET. https://287g.example.org/downloads?state=TX"; got != want {
		t.Errorf("it is cited as %q, not %q", got, want)
	}
}

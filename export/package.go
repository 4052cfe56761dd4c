package export

import (
	"cmp"
	"encoding/json"
	"io"

	"github.com/watch287g/watch287g/roster"
)

// The shapes of a Data Package (https://datapackage.org), by version 2 of the standard;
// programs that know only version 1 read it, too.
type (
	dataPackage struct {
		Schema      string     `json:"$schema"`
		Profile     string     `json:"profile"` // version 1's word for its schema
		Name        string     `json:"name"`
		Title       string     `json:"title"`
		Description string     `json:"description"`
		Homepage    string     `json:"homepage"`
		Created     string     `json:"created,omitempty"`
		Keywords    []string   `json:"keywords"`
		Licenses    []license  `json:"licenses"`
		Sources     []source   `json:"sources"`
		Resources   []resource `json:"resources"`
	}
	license struct {
		Name  string `json:"name"`
		Path  string `json:"path"`
		Title string `json:"title"`
	}
	source struct {
		Title string `json:"title"`
		Path  string `json:"path"`
	}
	resource struct {
		Name        string      `json:"name"`
		Type        string      `json:"type"`
		Profile     string      `json:"profile"`
		Path        string      `json:"path"`
		Title       string      `json:"title"`
		Description string      `json:"description"`
		Format      string      `json:"format"`
		MediaType   string      `json:"mediatype"`
		Encoding    string      `json:"encoding"`
		Schema      tableSchema `json:"schema"`
	}
	tableSchema struct {
		Fields        []schemaField `json:"fields"`
		MissingValues []string      `json:"missingValues"`
		PrimaryKey    []string      `json:"primaryKey"`
	}
	schemaField struct {
		Name        string      `json:"name"`
		Type        string      `json:"type"`
		Format      string      `json:"format"`
		Description string      `json:"description"`
		Example     string      `json:"example"`
		Constraints constraints `json:"constraints"`
	}
	constraints struct {
		Required bool     `json:"required,omitempty"`
		Unique   bool     `json:"unique,omitempty"`
		Pattern  string   `json:"pattern,omitempty"`
		Enum     []string `json:"enum,omitempty"`
	}
)

// icePage is where ICE links its lists.
const icePage = "https://www.ice.gov/identify-and-arrest/287g"

// Package writes a Data Package of the files that Tables describes, which are beside it.
// counts says how many agreements are where, documents whether there are any, and listPage
// is the page here about a list.
func Package(w io.Writer, about *About, counts string, documents bool, listPage func(roster.Evidence) string) error {
	p := dataPackage{
		Schema: "https://datapackage.org/profiles/2.0/datapackage.json", Profile: "tabular-data-package",
		Name: "287g-agreements", Title: about.Title, Homepage: about.Site, Created: rfc3339(about.Made),
		Description: "ICE's 287(g) agreements and every change to them, as ICE's lists have them, with the evidence for each. " +
			"In a cell that begins as a formula does (=, +, - or @), an apostrophe stands in front. " + counts,
		Keywords: []string{"287(g)", "ICE", "immigration enforcement", "police", "sheriffs"},
		Licenses: []license{{licenceID, LicenseURL, "CC0 1.0 Universal"}},
		Sources:  []source{{"U.S. Immigration and Customs Enforcement, lists of 287(g) agencies (public domain)", icePage}},
	}
	for _, s := range about.Sources {
		p.Sources = append(p.Sources, source{"ICE's " + string(s.List) + " list " + s.File + ", SHA-256 " + s.SHA256, listPage(s)})
	}
	for _, t := range Tables(documents) {
		p.Resources = append(p.Resources, t.resource(counts))
	}
	enc := json.NewEncoder(w) // "" is a value in it
	enc.SetEscapeHTML(false)
	enc.SetIndent("", indent)
	return enc.Encode(p)
}

func (t Table) resource(counts string) resource {
	r := resource{Name: t.Name, Type: "table", Profile: "tabular-data-resource", Path: t.Name + "." + string(CSV), Title: t.Title, Description: t.Says,
		Format: string(CSV), MediaType: "text/csv", Encoding: "utf-8", Schema: tableSchema{MissingValues: []string{""}, PrimaryKey: []string{t.Fields[0].Name}}}
	if t.Name == "agreements" {
		r.Description += " " + counts
	}
	for i, f := range t.Fields {
		r.Schema.Fields = append(r.Schema.Fields, schemaField{f.Name, f.Type, cmp.Or(f.Format, "default"), f.Says, f.Example,
			constraints{f.Required, i == 0, f.Pattern, f.Values}})
	}
	return r
}

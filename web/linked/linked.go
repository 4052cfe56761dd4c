// Package linked says of pages in JSON-LD, for search engines and other programs, what
// they say to people: the vocabulary is that of https://schema.org.
package linked

import (
	"strconv"
	"strings"
	"time"

	"github.com/watch287g/watch287g/export"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/web/route"
)

const (
	icePage = "https://www.ice.gov/identify-and-arrest/287g"
	ownName = "287(g) watch"
)

// Document is what a page says, as encoding/json writes it.
type Document struct {
	Context string `json:"@context"`
	Graph   []any  `json:"@graph"`
}

// Of joins what a page has to say; nil for nothing.
func Of(things ...any) *Document {
	if len(things) == 0 {
		return nil
	}
	return &Document{"https://schema.org", things}
}

// Thing is anything that needs no more than a name and an address.
type Thing struct {
	Type string `json:"@type"`
	Name string `json:"name"`
	URL  string `json:"url,omitempty"`
}

// inLanguage names a language as it is written in the United States.
func inLanguage(l prose.Language) string { return string(l) + "-US" }

// own is whoever makes the site at an address.
func own(site string) Thing { return Thing{"Organization", ownName, site + "/"} }

// Website is the site as a whole, with the way to search it.
type Website struct {
	Thing
	Language string       `json:"inLanguage"`
	Action   searchAction `json:"potentialAction"`
}

type searchAction struct {
	Type   string `json:"@type"`
	Target string `json:"target"`
	Input  string `json:"query-input"`
}

// NewWebsite says what the site at an address is.
func NewWebsite(l prose.Language, site string) Website {
	return Website{Thing{"WebSite", ownName, site + route.In(l, "/")}, inLanguage(l),
		searchAction{"SearchAction", site + route.In(l, "/search?q={search_term_string}"), "required name=search_term_string"}}
}

// Crumbs are the way to a page.
type Crumbs struct {
	Type  string  `json:"@type"`
	Steps []crumb `json:"itemListElement"`
}

type crumb struct {
	Type     string `json:"@type"`
	Position int    `json:"position"`
	Name     string `json:"name"`
	Item     string `json:"item"`
}

// NewCrumbs begins a way.
func NewCrumbs() *Crumbs { return &Crumbs{Type: "BreadcrumbList"} }

// Add adds a step, with its whole address.
func (c *Crumbs) Add(name, url string) {
	c.Steps = append(c.Steps, crumb{"ListItem", len(c.Steps) + 1, name, url})
}

// Article is the page of a change. It is not a NewsArticle: no
// newsroom wrote it.
type Article struct {
	Type        string  `json:"@type"`
	ID          string  `json:"@id"`
	URL         string  `json:"url"`
	Page        string  `json:"mainEntityOfPage"`
	Headline    string  `json:"headline"`
	Description string  `json:"description"`
	Published   string  `json:"datePublished"`
	Modified    string  `json:"dateModified"`
	Language    string  `json:"inLanguage"`
	Free        bool    `json:"isAccessibleForFree"`
	License     string  `json:"license"`
	Image       string  `json:"image"`
	Author      Thing   `json:"author"`
	Publisher   Thing   `json:"publisher"`
	About       []Thing `json:"about,omitempty"`
	Place       *Thing  `json:"contentLocation,omitempty"`
	BasedOn     string  `json:"isBasedOn"`            // the evidence
	Correction  string  `json:"correction,omitempty"` // address of what takes this back
}

// ArticleData is what an article does not have from its change.
type ArticleData struct {
	Site        string
	Description string
	Image       string         // address
	Later       *roster.Change // that corrects this one; nil for none
	Placed      bool           // it is about one agency
}

// NewArticle says what the page of a change is.
func NewArticle(l prose.Language, c roster.Change, d ArticleData) Article {
	url, based := d.Site+route.In(l, route.ChangeURL(c.ID)), route.EvidenceURL(c.Publication.List, c.Publication.SHA256)
	if c.Kind == roster.KindPage {
		based = route.IcePage
	}
	a := Article{Type: "Article", ID: url + "#change", URL: url, Page: url, Headline: l.Title(c), Description: d.Description,
		Published: Stamp(c.DetectedAt), Modified: Stamp(c.DetectedAt), Language: inLanguage(l), Free: true, License: export.LicenseURL,
		Image: d.Image, Author: own(d.Site), Publisher: own(d.Site), BasedOn: d.Site + route.In(l, based)}
	if d.Later != nil {
		a.Modified = Stamp(d.Later.DetectedAt)
		if d.Later.Corrects == c.ID {
			a.Correction = d.Site + route.In(l, route.ChangeURL(d.Later.ID))
		}
	}
	if d.Placed {
		a.About = []Thing{{"Organization", c.Agreement.Agency, d.Site + route.In(l, route.AgencyURL(c.Agreement.AgencyID))}}
	}
	if !c.National() && c.Agreement.State != "" {
		a.Place = stateOf(l, c.Agreement.State, d.Site)
	}
	return a
}

// stateOf is a state as a place.
func stateOf(l prose.Language, s roster.State, site string) *Thing {
	kind := "State"
	if s.Territory() {
		kind = "AdministrativeArea"
	}
	return &Thing{kind, l.State(s), site + route.In(l, route.StateURL(s))}
}

// Dataset is what can be downloaded.
type Dataset struct {
	Type         string    `json:"@type"`
	ID           string    `json:"@id"`
	Name         string    `json:"name"`
	Description  string    `json:"description"`
	URL          string    `json:"url"`
	License      string    `json:"license"`
	Free         bool      `json:"isAccessibleForFree"`
	Creator      Thing     `json:"creator"`
	Publisher    Thing     `json:"publisher"`
	Keywords     []string  `json:"keywords"`
	Language     string    `json:"inLanguage"`
	Modified     string    `json:"dateModified,omitempty"`
	Covers       string    `json:"temporalCoverage,omitempty"` // the first day and the last, in Washington
	Where        []Thing   `json:"spatialCoverage"`
	BasedOn      string    `json:"isBasedOn"`
	Citation     string    `json:"creditText,omitempty"`
	Distribution []Segment `json:"distribution"`
}

// Segment is one file of a dataset.
type Segment struct {
	Type   string `json:"@type"`
	Name   string `json:"name"`
	Format string `json:"encodingFormat"`
	URL    string `json:"contentUrl"`
}

// NewSegment is a file by its whole address.
func NewSegment(name string, f export.Format, url string) Segment {
	mime, _, _ := strings.Cut(f.MediaType(), ";")
	return Segment{"DataDownload", name, mime, url}
}

// DatasetData is what a dataset is made of.
type DatasetData struct {
	Site, Path  string
	Name        string
	Description string
	Citation    string
	Extent      roster.Extent // of what is known
	Modified    time.Time     // when something last changed
	States      []roster.State
	Files       []Segment
}

// NewDataset says what the page of downloads offers.
func NewDataset(l prose.Language, d DatasetData) Dataset {
	url := d.Site + d.Path
	set := Dataset{Type: "Dataset", ID: url + "#dataset", Name: d.Name, Description: d.Description, URL: url, License: export.LicenseURL, Free: true,
		Creator: own(d.Site), Publisher: own(d.Site), Keywords: strings.Split(l.Say("page.keywords"), ", "),
		Language: inLanguage(l), Where: []Thing{{Type: "Country", Name: l.Nation()}}, BasedOn: icePage, Citation: d.Citation, Distribution: d.Files}
	if !d.Extent.Empty() {
		set.Modified = Stamp(d.Modified)
		set.Covers = string(roster.Day(d.Extent.First)) + "/" + string(roster.Day(d.Extent.Until))
	}
	if len(d.States) > 0 {
		set.Where = nil
		for _, s := range d.States {
			set.Where = append(set.Where, *stateOf(l, s, d.Site))
		}
	}
	return set
}

// DigitalDocument is a file that ICE linked.
type DigitalDocument struct {
	Type     string  `json:"@type"`
	ID       string  `json:"@id"`
	URL      string  `json:"url"`
	Name     string  `json:"name"`
	Language string  `json:"inLanguage"` // of the document
	Free     bool    `json:"isAccessibleForFree"`
	Created  string  `json:"dateCreated,omitempty"` // when it was had first
	Pages    int     `json:"numberOfPages,omitempty"`
	About    []Thing `json:"about,omitempty"`
	BasedOn  string  `json:"isBasedOn,omitempty"` // where it stands at ICE
	Encoding *Media  `json:"encoding,omitempty"`
}

// Media is the file itself.
type Media struct {
	Type   string `json:"@type"`
	URL    string `json:"contentUrl"`
	Format string `json:"encodingFormat"`
	Size   string `json:"contentSize"`
	SHA256 string `json:"sha256"`
}

// DocumentData is what a DigitalDocument is made of.
type DocumentData struct {
	Site, Path, Name string
	SHA256           string
	File             string // address of the file; "" where it is not kept
	Size             int64
	Pages            int
	HadAt            time.Time
	BasedOn          string
	About            []Thing
}

// NewDigitalDocument says what the page of a document is about.
func NewDigitalDocument(d DocumentData) DigitalDocument {
	out := DigitalDocument{Type: "DigitalDocument", ID: d.Site + d.Path + "#document", URL: d.Site + d.Path, Name: d.Name, Language: inLanguage(prose.English), Free: true,
		Created: Stamp(d.HadAt), Pages: d.Pages, About: d.About, BasedOn: d.BasedOn}
	if d.File != "" {
		out.Encoding = &Media{"MediaObject", d.File, "application/pdf", strconv.FormatInt(d.Size, 10) + " B", d.SHA256}
	}
	return out
}

// Stamp is a moment as programs read it, in UTC; "" for none.
func Stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// What the API's document says, as another program reads it.
type (
	apiDocument struct {
		OpenAPI    string
		Servers    []struct{ URL string }
		Security   []map[string][]string
		Paths      map[string]map[string]apiOperation
		Components struct {
			Schemas   map[string]*apiSchema
			Responses map[string]apiResponse
			Headers   map[string]any
		}
	}
	apiOperation struct {
		Summary, Description string
		Tags                 []string
		Parameters           []struct {
			Ref               string `json:"$ref"`
			Name, Description string
			Schema            *apiSchema
			Example           any
		}
		Responses map[string]apiResponse
	}
	apiResponse struct {
		Ref     string                          `json:"$ref"`
		Headers map[string]any                  `json:"headers"`
		Content map[string]struct{ Schema any } `json:"content"`
	}
	apiSchema struct {
		Ref                          string `json:"$ref"`
		Type                         any
		Description, Format, Pattern string
		Enum, Examples               []any
		Default                      any
		Maximum                      float64
		Items                        *apiSchema
		Properties                   map[string]*apiSchema
		AdditionalProperties         *apiSchema
		Required                     []string
	}
)

func readDocument(w *world) (doc apiDocument) {
	w.t.Helper()
	return ask[apiDocument](w, "/api/v1/openapi.json")
}

// shown says whether a reader is shown what a value can be.
func (s *apiSchema) shown() bool {
	return len(s.Enum)+len(s.Examples) > 0 || s.Default != nil || s.Items != nil && s.Items.shown()
}

// All that a program reads or sends has its meaning, an example and its format.
func TestAPIDocumentExplainsAll(t *testing.T) {
	w, _ := paperWorld(t)
	doc := readDocument(w)
	members, params := 0, 0
	for name, s := range doc.Components.Schemas {
		for member, m := range s.Properties {
			members++
			if m.Description == "" || !m.shown() {
				t.Errorf("%s.%s: description %q, shown: %v", name, member, m.Description, m.shown())
			}
			if end := m.Description; !strings.HasSuffix(end, ".") {
				t.Errorf("%s.%s: no sentence: %q", name, member, end)
			}
			for _, example := range m.Examples {
				doc.fits(t, name+"."+member, m, example)
			}
			for ending, format := range map[string]string{"_url": "uri", "url": "uri", "_until": "date-time", "_at": "date-time", "signed": "date"} {
				if strings.HasSuffix(member, ending) && m.Format != format && m.Type != "boolean" && m.Items == nil && member != "pending_until" {
					t.Errorf("%s.%s: format %q, want %q", name, member, m.Format, format)
				}
			}
		}
	}
	for path, item := range doc.Paths {
		get := item["get"]
		if get.Summary == "" || len(get.Description) < 40 || len(get.Tags) != 1 {
			t.Errorf("%s: summary %q, description %q, tags %v", path, get.Summary, get.Description, get.Tags)
		}
		for _, p := range get.Parameters {
			if p.Ref != "" {
				continue
			}
			params++
			if p.Description == "" || p.Example == nil && !p.Schema.shown() {
				t.Errorf("%s?%s: description %q, shown: %v", path, p.Name, p.Description, p.Schema.shown())
			}
		}
		for _, status := range []string{"200", "304", "400", "404", "500", "503"} {
			if r, ok := get.Responses[status]; !ok || status != "200" && !strings.HasPrefix(r.Ref, "#/components/responses/") {
				t.Errorf("%s does not say what status %s is", path, status)
			}
		}
		if h := get.Responses["200"].Headers; h["ETag"] == nil || h["Cache-Control"] == nil {
			t.Errorf("%s: headers %v", path, h)
		}
		if len(get.Responses) != 6 {
			t.Errorf("%s: %d sorts of answers", path, len(get.Responses))
		}
	}
	if members < 180 || params < 39 || doc.Security == nil || len(doc.Servers) != 1 {
		t.Errorf("%d members, %d parameters, security %v, servers %v", members, params, doc.Security, doc.Servers)
	}
}

// What is answered is what the document says.
func TestAPIAnswersFitDocument(t *testing.T) {
	checkAnswers(t, wordedWorld(t))
}

func TestAPIAnswersFitDocumentArchive(t *testing.T) { checkAnswers(t, archiveSite(t)) }

func checkAnswers(t *testing.T, w *world) {
	t.Helper()
	doc := readDocument(w)
	ids := map[string][]string{}
	for _, c := range w.known().Changes() {
		ids["/api/v1/changes/{id}"] = append(ids["/api/v1/changes/{id}"], c.ID)
	}
	for _, a := range w.known().Agencies() {
		ids["/api/v1/agencies/{id}"] = append(ids["/api/v1/agencies/{id}"], a.ID)
		for _, r := range w.known().RecordsOf(a.ID) {
			ids["/api/v1/agreements/{id}"] = append(ids["/api/v1/agreements/{id}"], r.ID())
		}
	}
	for _, d := range w.last().documents().All() {
		ids["/api/v1/documents/{sha256}"] = append(ids["/api/v1/documents/{sha256}"], d.SHA256)
	}
	if x := w.last().documents(); x != nil {
		for _, f := range x.View.Forms() {
			ids["/api/v1/forms/{id}"] = append(ids["/api/v1/forms/{id}"], f.ID)
		}
	}
	for _, p := range w.known().Publications() {
		ids["/api/v1/publications/{sha256}"] = append(ids["/api/v1/publications/{sha256}"], p.SHA256)
	}
	for path, item := range doc.Paths {
		addresses := []string{path}
		for _, p := range item["get"].Parameters {
			switch p.Name {
			case "limit":
				addresses = append(addresses, path+fmt.Sprintf("?limit=%.0f", p.Schema.Maximum))
			case "q":
				addresses = []string{path + "?q=pays", path + "?q=nothing+of+this"}
			case "as_of":
				addresses = append(addresses, path+"?as_of=2025-06-11", path+"?as_of=2025-06-16")
			case "kind":
				addresses = append(addresses, path+"?limit=500&kind=detail,document,amended,milestone", path+"?order=oldest")
			case "status":
				addresses = append(addresses, path+"?limit=500&status=ended")
			}
		}
		if i := strings.IndexByte(path, '{'); i > 0 {
			addresses = nil
			all := ids[path]
			for n := 0; n < len(all); n += max(1, len(all)/300) {
				addresses = append(addresses, path[:i]+url.PathEscape(all[n]))
			}
		}
		if len(addresses) == 0 {
			t.Errorf("nothing is asked of %s", path)
		}
		schema, err := json.Marshal(item["get"].Responses["200"].Content["application/json"].Schema)
		var s apiSchema
		if err != nil || json.Unmarshal(schema, &s) != nil {
			t.Fatalf("%s: %v", path, err)
		}
		for _, address := range addresses {
			doc.fits(t, address, &s, ask[any](w, address))
		}
	}
}

// fits checks a value against its schema: its type, its form, and that the document
// names each member. No text is empty.
func (doc *apiDocument) fits(t *testing.T, where string, s *apiSchema, v any) {
	t.Helper()
	for s.Ref != "" {
		s = doc.Components.Schemas[strings.TrimPrefix(s.Ref, "#/components/schemas/")]
	}
	types := fmt.Sprint(s.Type)
	if s.Enum != nil && !slices.Contains(s.Enum, v) {
		t.Errorf("%s: %v is none of %v", where, v, s.Enum)
	}
	fine := true
	switch v := v.(type) {
	case nil:
		fine = strings.Contains(types, "null")
	case bool:
		fine = strings.Contains(types, "boolean")
	case float64:
		fine = strings.Contains(types, "integer") && v == float64(int(v)) || types == "number"
	case string:
		fine = strings.Contains(types, "string") && v != "" && formed(s, v)
	case []any:
		fine = types == "array"
		for _, item := range v {
			doc.fits(t, where+"[]", s.Items, item)
		}
	case map[string]any:
		fine = types == "object"
		for _, name := range s.Required {
			if _, ok := v[name]; !ok {
				t.Errorf("%s: no member %s", where, name)
			}
		}
		for _, name := range slices.Sorted(maps.Keys(v)) {
			switch of := s.Properties[name]; {
			case of != nil:
				doc.fits(t, where+"."+name, of, v[name])
			case s.AdditionalProperties != nil:
				doc.fits(t, where+"."+name, s.AdditionalProperties, v[name])
			default:
				t.Errorf("%s: the document does not know %s", where, name)
			}
		}
	}
	if !fine {
		t.Errorf("%s: %v is not of type %s, format %q, pattern %q", where, v, types, s.Format, s.Pattern)
	}
}

// formed says whether a text has its format or pattern.
func formed(s *apiSchema, v string) bool {
	var err error
	switch s.Format {
	case "date":
		_, err = time.Parse(time.DateOnly, v)
	case "date-time":
		_, err = time.Parse(time.RFC3339, v)
	case "uri":
		u, bad := url.Parse(v)
		return bad == nil && u.Scheme != "" && u.Host != ""
	case "uri-reference":
		_, err = url.Parse(v)
	}
	return err == nil && regexp.MustCompile(s.Pattern).MatchString(v)
}

// Every error of the API has one shape, which the document gives.
func TestAPIErrorsHaveOneShape(t *testing.T) {
	w := newWorld(t)
	doc := readDocument(w)
	for _, test := range []struct {
		method, address string
		status          int
		says            string
	}{
		{"GET", "/api/v1/changes?limit=0", 400, `limit="0" is not a number from 1 to 500.`},
		{"GET", "/api/v1/changes?limit=1e9", 400, `limit="1e9" is not a number from 1 to 500.`},
		{"GET", "/api/v1/publications?limit=1&limit=2", 400, `limit="1, 2" is not given once.`},
		{"GET", "/api/v1/changes?order=sideways", 400, `order="sideways" is not newest or oldest.`},
		{"GET", "/api/v1/publications?list=waiting", 400, `list="waiting" is not participating or pending.`},
		{"GET", "/api/v1/stats?as_of=noon", 400, `as_of="noon" is not a time: write a day, as in 2025-05-19, or an RFC 3339 time.`},
		{"GET", "/api/v1/changes?sate=TX", 400, "There is no parameter \"sate\" here; known are: state, county, place, model, type, agency, limit, cursor, kind, since, until, order."},
		{"GET", "/api/v1/agencies/none", 404, "There is no agency of that id."},
		{"GET", "/api/v1/stats?as_of=1999-01-01", 404, ""},
		{"POST", "/api/v1/changes", 405, "This address can only be read."},
		{"GET", "/api/v1/changes?agency=" + strings.Repeat("a", 2100), 414, "Take something out of it."},
		{"GET", "/api/v1/changes?state=%ff", 400, ""},
	} {
		rec := httptest.NewRecorder()
		w.ServeHTTP(rec, httptest.NewRequest(test.method, test.address, nil))
		var p map[string]any
		if err := json.Unmarshal(rec.Body.Bytes(), &p); err != nil || rec.Code != test.status || rec.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s %.80s: status %d, %v, %v: %s", test.method, test.address, rec.Code, rec.Header(), err, rec.Body)
			continue
		}
		doc.fits(t, test.address, doc.Components.Schemas["Error"], p)
		if test.says != "" && p["detail"] != test.says {
			t.Errorf("%s %.80s says %q, want %q", test.method, test.address, p["detail"], test.says)
		}
	}
	if rec := w.get("/api/v1/changes?limit=&order="); rec.Code != http.StatusOK {
		t.Errorf("parameters without a value: status %d: %s", rec.Code, rec.Body)
	}
}

// What the document says of ETags is so.
func TestAPINotModified(t *testing.T) {
	w := newWorld(t)
	for _, address := range []string{"/api/v1/stats", "/api/v1/changes", "/api/v1/openapi.json"} {
		first := w.get(address)
		again := w.get(address, "If-None-Match", first.Header().Get("ETag"))
		if first.Header().Get("Cache-Control") != "public, max-age=30" || again.Code != http.StatusNotModified || again.Body.Len() > 0 || again.Header().Get("ETag") == "" {
			t.Errorf("%s: status %d with %v, after %v", address, again.Code, again.Header(), first.Header())
		}
	}
}

// The page of the API shows of each address how to ask for something that is known, and
// what is answered.
func TestAPIPageShowsRealAnswers(t *testing.T) {
	w := newWorld(t)
	page := w.page("/api")
	sections := 0
	for _, section := range page.Find("main section").EachIter() {
		sections++
		code := section.Find("figure.listing pre")
		path := strings.TrimPrefix(section.Find("h2").Text(), "GET ")
		asked, _ := section.Find("figcaption a").Attr("href")
		want := "https://287g.example.org" + asked
		if code.Length() != 4 || code.Eq(0).Text() != "curl '"+want+"'" || !strings.Contains(code.Eq(1).Text(), `requests.get("`+want+`", `) || !strings.Contains(code.Eq(2).Text(), `fromJSON("`+want+`")`) {
			t.Errorf("%s: asks for %s: %s", path, asked, code.Text())
		}
		if begin, _, _ := strings.Cut(path, "{"); !strings.HasPrefix(asked, begin) {
			t.Errorf("%s: asks for %s", path, asked)
		}
		var whole bytes.Buffer
		rec := w.get(asked)
		if err := json.Indent(&whole, rec.Body.Bytes(), "", "  "); err != nil || rec.Code != http.StatusOK {
			t.Errorf("%s: status %d, %v", asked, rec.Code, err)
		}
		for line := range strings.Lines(code.Eq(3).Text()) {
			line = strings.TrimSuffix(strings.TrimRight(line, ",\n"), `…"`) // long texts are cut
			if !strings.Contains(line, "… and ") && !strings.Contains(whole.String(), line) {
				t.Errorf("%s: %q is not in %s", asked, line, whole.String())
			}
		}
	}
	if doc := readDocument(w); sections != len(doc.Paths) {
		t.Errorf("%d addresses on the page", sections)
	}
	if empty := emptyWorld(t).page("/api"); empty.Find(".answer").Length() > 5 || empty.Find("main section").Length() != sections {
		t.Errorf("of nothing known, %d answers are shown", empty.Find(".answer").Length())
	}
}

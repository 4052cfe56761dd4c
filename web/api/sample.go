package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
	"github.com/watch287g/watch287g/web/route"
)

// Sample is one way to ask an operation, and what it answers.
type Sample struct {
	URL    string
	Path   string // the same within the site
	Answer string // as JSON, with its lists cut; "" where nothing is known yet
}

// Sample asks an operation for something that is known now: the newest agreement.
func (o Operation) Sample(req *route.Request) (Sample, error) {
	asked := *req
	r, err := http.NewRequestWithContext(req.Context(), http.MethodGet, o.Path, nil)
	if err != nil {
		return Sample{}, fmt.Errorf("asking %s: %w", o.Path, err)
	}
	name, id, query := sampleOf(req.Snapshot, o)
	if o.Tag == "documents" || o.Tag == "forms" {
		id = documentSample(req, o.Tag)
	}
	if name != "" {
		r.SetPathValue(name, id)
		r.URL = r.URL.JoinPath("..", url.PathEscape(id))
	}
	r.URL.RawQuery = query.Encode()
	asked.Request = r
	address := r.URL.RequestURI()
	made, err := o.answer(&asked)
	if err != nil || made.Status != http.StatusOK {
		return Sample{URL: req.Base + address, Path: address}, nil //nolint:nilerr // there is nothing to show before the first list
	}
	return Sample{req.Base + address, address, shortened(made.Body)}, nil
}

// documentSample is a document that is known, or a form.
func documentSample(req *route.Request, tag string) string {
	if all := req.Documents.All(); tag == "documents" && len(all) > 0 {
		return all[0].SHA256
	}
	if req.Documents.Any() && len(req.Documents.View.Forms()) > 0 {
		return req.Documents.View.Forms()[0].ID
	}
	return "none"
}

// sampleOf chooses the path's parameter, by name and value, and the query.
func sampleOf(snap *snapshot.Snapshot, o Operation) (name, id string, query url.Values) {
	newest, _ := snap.Find(roster.Filter{Kinds: []roster.Kind{roster.KindNew}}, 0, 1)
	if len(newest) == 0 {
		newest = []roster.Change{{ID: "none", Agreement: roster.Agreement{State: "TX"}}}
	}
	c := newest[0]
	query = url.Values{}
	for _, p := range o.Params {
		switch p.Name {
		case "limit":
			query.Set(p.Name, "1")
		case "state":
			if o.Tag != "documents" { // which most states may have none of
				query.Set(p.Name, string(c.Agreement.State))
			}
		case "kind":
			query.Set(p.Name, string(roster.KindNew))
		case "as_of":
			query.Set(p.Name, string(roster.Day(c.DetectedAt)))
		case "list":
			query.Set(p.Name, string(roster.ListParticipating))
		case "sha256":
			name, id = p.Name, c.Publication.SHA256
		case "id":
			name, id = p.Name, map[string]string{"changes": c.ID, "agreements": c.Agreement.ID, "agencies": c.Agreement.AgencyID}[o.Tag]
		}
	}
	return name, id, query
}

// The bounds of a sample.
const (
	samplePieces  = 3   // of an object that is a list by name
	sampleLetters = 240 // of a text, in bytes
)

// shortened prints JSON for a reader, in its own order: of each list the first piece,
// and how many more there are.
func shortened(text []byte) string {
	var b strings.Builder
	shorten(&b, json.RawMessage(text), "\n")
	return b.String()
}

// shorten prints one value; line is the end of a line and the spaces before the next.
func shorten(b *strings.Builder, v json.RawMessage, line string) {
	v = bytes.TrimSpace(v)
	var list []json.RawMessage
	var says string
	switch {
	case json.Unmarshal(v, &list) == nil && len(list) > 0:
		b.WriteString("[" + line + "  ")
		shorten(b, list[0], line+"  ")
		writeRest(b, len(list)-1, line)
		b.WriteString(line + "]")
	case v[0] == '{' && len(v) > len("{}"):
		names, values := membersIn(v)
		shown := len(names)
		if byName := !slices.ContainsFunc(values, func(v json.RawMessage) bool { return v[0] != '{' }); byName {
			shown = min(shown, samplePieces)
		}
		b.WriteString("{")
		for i := range shown {
			if i > 0 {
				b.WriteString(",")
			}
			b.WriteString(line + "  " + names[i] + ": ")
			shorten(b, values[i], line+"  ")
		}
		writeRest(b, len(names)-shown, line)
		b.WriteString(line + "}")
	case json.Unmarshal(v, &says) == nil && len(says) > sampleLetters:
		b.WriteString(strconv.Quote(strings.ToValidUTF8(says[:sampleLetters], "") + "…"))
	default:
		b.Write(v)
	}
}

func writeRest(b *strings.Builder, more int, line string) {
	if more > 0 {
		fmt.Fprintf(b, ",%s  … and %d more", line, more)
	}
}

// membersIn are an object's members in order, the names in quotes.
func membersIn(object json.RawMessage) (names []string, values []json.RawMessage) {
	dec := json.NewDecoder(bytes.NewReader(object))
	_, _ = dec.Token() // the brace; the text is JSON of our own
	for dec.More() {
		name, _ := dec.Token()
		var value json.RawMessage
		if dec.Decode(&value) != nil {
			break
		}
		names, values = append(names, fmt.Sprintf("%q", name)), append(values, value)
	}
	return names, values
}

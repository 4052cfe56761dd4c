package translate

import (
	"html/template"
	"strings"
	"testing"

	"github.com/watch287g/watch287g/prose"
)

// A message stands in a template as if it had been written there, with its parts escaped
// for where they stand.
func TestAdd(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ text, want string }{
		"plain":      {`<p>{{say "page.curve.empty"}}</p>`, `<p>No list is known yet</p>`},
		"attribute":  {`<a title="{{say "page.map.stateless" "active" .Evil}}">x</a>`, `<a title="Not on the map: &#34;&gt;&lt;b&gt; of a state that ICE's list does not name.">x</a>`},
		"parts":      {`{{say "page.map.state" "state" .Name "said" (print 1 .Evil)}}`, `Texas: 1&#34;&gt;&lt;b&gt;`},
		"inserted":   {`{{define "bold"}}<b>{{.}}</b>{{end}}{{say "page.map.state" "state" (insert "bold" .Name) "said" .N}}`, `<b>Texas</b>: 1200`},
		"argument":   {`{{or .None (say "page.curve.empty")}}`, `No list is known yet`},
		"one":        {`{{count "agencies" .One}}`, `1 agency`},
		"many":       {`{{count "agencies" (print .N | len)}}`, `4 agencies`},
		"within":     {`{{range .List}}{{with .}}{{if .}}{{say "page.map.state" "state" . "said" $.Name}};{{end}}{{end}}{{end}}`, `a: Texas;b: Texas;`},
		"in English": {`<p{{english}}>{{.Name}}</p>`, `<p>Texas</p>`},
		"in another": {`{{define "x"}}{{say "page.curve.empty"}}{{end}}{{template "x"}}`, `No list is known yet`},
	} {
		tmpl := template.New("t").Funcs(Funcs(prose.English))
		if err := Add(tmpl, prose.English, "page", tt.text); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var b strings.Builder
		data := map[string]any{"Name": "Texas", "Evil": `"><b>`, "N": 1200, "One": 1, "None": "", "List": []string{"a", "b"}}
		if err := tmpl.ExecuteTemplate(&b, "page", data); err != nil || b.String() != tt.want {
			t.Errorf("%s: got %s (%v), want %s", name, b.String(), err, tt.want)
		}
	}
}

// A message that is missing, and a part that is, is found when templates are read.
func TestAddRefuses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{{say "page.nothing"}}`:                        "there is no message",
		`{{say "page.map.state" "state" .}}`:            "has the part {said}",
		`{{say "page.map.state" . "state"}}`:            "parts are names",
		`{{if .}}{{else}}{{say "page.nothing"}}{{end}}`: "there is no message",
		`{{count "agencies"}}`:                          "is given no count",
		`{{say`:                                         "unclosed action",
	} {
		err := Add(template.New("t").Funcs(Funcs(prose.English)), prose.English, "page", text)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

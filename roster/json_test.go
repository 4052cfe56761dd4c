package roster_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/watch287g/watch287g/roster"
)

func TestEncodeJSON(t *testing.T) {
	for _, test := range []struct {
		value any
		want  string
	}{
		{"", "null\n"},
		{roster.Instrument{ID: `a "b" \`, Model: roster.JEM}, `{"id":"a \"b\" \\","model":"JEM","signed":null}` + "\n"},
		{roster.Field{Name: "county", To: "Brevard <County>"}, `{"name":"county","from":null,"to":"Brevard <County>"}` + "\n"},
		{map[roster.Type]int{"": 1, roster.TypeState: 2}, `{"":1,"state":2}` + "\n"},
		{[]string{"", `\`, ""}, `[null,"\\",null]` + "\n"},
	} {
		var b bytes.Buffer
		if err := roster.EncodeJSON(&b, test.value, ""); err != nil || b.String() != test.want {
			t.Errorf("%v is written as %s, %v; want %s", test.value, b.String(), err, test.want)
		}
	}
	if err := roster.EncodeJSON(&bytes.Buffer{}, func() {}, ""); err == nil {
		t.Error("a function is written")
	}
}

// Whatever is written is what encoding/json writes, but for the empty texts.
func FuzzEncodeJSON(f *testing.F) {
	for _, s := range []string{`{"a":"","":"","b":["",{"c":"\\"}],"d":"\"","e":""}`, `""`, `["\u0000",":",""]`, `{"\"":"\":\""}`} {
		f.Add(s, true)
	}
	f.Fuzz(func(t *testing.T, text string, indented bool) {
		var v, got any
		if json.Unmarshal([]byte(text), &v) != nil {
			t.Skip()
		}
		var b bytes.Buffer
		if err := roster.EncodeJSON(&b, v, strings.Repeat(" ", map[bool]int{true: 1}[indented])); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(b.Bytes(), &got); err != nil || !reflect.DeepEqual(got, nulled(v)) {
			t.Errorf("%s is written as %s: %v", text, b.String(), err)
		}
	})
}

// nulled is a value of JSON with nil for each empty text.
func nulled(v any) any {
	switch v := v.(type) {
	case string:
		if v == "" {
			return nil
		}
	case []any:
		for i := range v {
			v[i] = nulled(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = nulled(v[k])
		}
	}
	return v
}

package library_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/watch287g/watch287g/document/library"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

// The address of a form that prints no revision stays whatever older documents come in, and
// leads to the form when nothing is left of what was derived. So do addresses of before, which
// counted.
func TestFormsKeepTheirAddresses(t *testing.T) {
	t.Parallel()
	const model = "Warrant Service Officer Program"
	cut := func(p []string) []string { return append(p[:2], p[5:]...) }
	s := newShop()
	add := func(day roster.Date, change func([]string) []string, in ...string) (last string) {
		for _, c := range in {
			last = s.add(text(model, c, "", change), rowOf(c, "WSO", day))
		}
		slices.SortFunc(s.documents, func(a, b roster.Document) int { return strings.Compare(a.SHA256, b.SHA256) })
		return last
	}
	form := func(v *library.View, sha string) string {
		d, _ := v.Document(sha)
		return d.Form
	}
	first := add("2020-05-01", nil, counties[:3]...)
	l := library.New(library.Options{Archive: s, Store: s})
	id := form(refreshed(t, s, l), first)
	if !strings.HasPrefix(id, "wso-undated-") {
		t.Fatalf("the form is %q", id)
	}
	second := add("2019-05-01", cut, counties[3:6]...)
	add("2018-05-01", nil, counties[6:8]...) // is an older agreement of the first form
	v := refreshed(t, s, l)
	other := form(v, second)
	if form(v, first) != id || other == id || other == "" {
		t.Errorf("with older documents, the forms are %q, which was %q, and %q", form(v, first), id, other)
	}
	if f := v.Forms(); len(f) != 2 || f[0].ID != other || f[1].Since != "2018-05-01" {
		t.Errorf("the newest one first: %q, %q since %s", f[0].ID, f[1].ID, f[1].Since)
	}
	for name, forget := range map[string]func(){
		"nothing":      func() {},
		"everything":   func() { s.derived = map[string][]byte{} },
		"ids of today": func() { s.derived["forms"] = counting(t, s.derived["forms"], id, other) },
	} {
		forget()
		v := refreshed(t, s, library.New(library.Options{Archive: s, Store: s}))
		leads := func(id string) string {
			if f, ok := v.Form(id); ok {
				return f.ID
			}
			f, _ := v.FormerForm(id)
			return f.ID
		}
		for from, to := range map[string]string{id: first, other: second, "wso-undated": first, "wso-undated-2": second,
			"wso-undated-" + first[:6]: first, "wso-undated-3": "", "wso-undated-x": "", "tfm-undated": "", "wso-undated-000000": ""} {
			if got := leads(from); got != form(v, to) {
				t.Errorf("after %s was forgotten, %s leads to %q, and not to %q", name, from, got, form(v, to))
			}
		}
	}
}

// counting are derived forms as they were kept when ids counted, in an order that is not that
// of today.
func counting(t *testing.T, packed []byte, first, second string) []byte {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	doc = bytes.ReplaceAll(doc, []byte(second), []byte("wso-undated-2"))
	doc = bytes.ReplaceAll(doc, []byte(first), []byte("wso-undated"))
	var m map[string]any
	if err := json.Unmarshal(doc, &m); err != nil {
		t.Fatal(err)
	}
	m["rules"] = 1
	if packed, err = store.Pack(m); err != nil {
		t.Fatal(err)
	}
	return packed
}

package web

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// operation is one address of the API, as its page describes it.
type operation struct {
	Path, Anchor, Summary string
	Example               string // an address that works
	Params                []param
	Fields                []field
}

// param is a parameter of an address.
type param struct{ Name, Says, Example string }

// field is a member of an answer.
type field struct{ Name, Type, Says string }

// apiPage describes the API from the same declarations that answer.
func apiPage(req *request) (*page, error) {
	var all []operation
	doc := req.site.openAPI
	for path, item := range doc.Paths {
		o := operation{Path: path, Anchor: item.Get.OperationID, Summary: item.Get.Summary, Fields: fields(doc, answerOf(item.Get))}
		for _, p := range item.Get.Parameters {
			o.Params = append(o.Params, param{p.Name, p.Description, example(p)})
		}
		if !strings.Contains(path, "{") {
			o.Example = path
		}
		all = append(all, o)
	}
	slices.SortFunc(all, func(a, b operation) int { return strings.Compare(a.Path, b.Path) })
	return &page{Template: "api", Title: "API", Path: "/api", Data: all,
		Description: "A free JSON API for ICE's 287(g) agreements: changes, agreements as of any day, agencies, states, publications and figures."}, nil
}

// example is a value that a parameter can have.
func example(p *huma.Param) string {
	switch e := p.Example.(type) {
	case nil:
	case []any:
		if len(e) > 0 {
			return fmt.Sprint(e[0])
		}
	case []string:
		return strings.Join(e, ",")
	default:
		return fmt.Sprint(e)
	}
	if p.Schema != nil && p.Schema.Default != nil {
		return fmt.Sprint(p.Schema.Default)
	}
	return ""
}

// answerOf is the schema of what an operation answers.
func answerOf(o *huma.Operation) *huma.Schema {
	r := o.Responses[fmt.Sprint(http.StatusOK)]
	if r == nil || r.Content["application/json"] == nil {
		return nil
	}
	return r.Content["application/json"].Schema
}

// fields lists an object's members, and those of the objects in its first list.
func fields(doc *huma.OpenAPI, s *huma.Schema) []field {
	s = resolved(doc, s)
	if s == nil {
		return nil
	}
	var all []field
	for _, name := range sortedKeys(s.Properties) {
		member := s.Properties[name]
		all = append(all, field{name, typeName(doc, member), member.Description})
		if member.Items == nil {
			continue
		}
		if item := resolved(doc, member.Items); item != nil {
			for _, inner := range sortedKeys(item.Properties) {
				all = append(all, field{name + "[]." + inner, typeName(doc, item.Properties[inner]), item.Properties[inner].Description})
			}
		}
	}
	return all
}

func resolved(doc *huma.OpenAPI, s *huma.Schema) *huma.Schema {
	if s != nil && s.Ref != "" {
		return doc.Components.Schemas.SchemaFromRef(s.Ref)
	}
	return s
}

func typeName(doc *huma.OpenAPI, s *huma.Schema) string {
	to := resolved(doc, s)
	switch {
	case to == nil:
		return ""
	case to.Type == huma.TypeArray:
		return "list of " + typeName(doc, to.Items)
	case to.Format != "" && to.Format != "int64":
		return to.Type + " (" + to.Format + ")"
	}
	return to.Type
}

func sortedKeys(m map[string]*huma.Schema) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

package api

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/watch287g/watch287g/web/route"
)

// Operation is one address of the API, as its page describes it.
type Operation struct {
	Path, Anchor, Summary, Says, Tag string
	Params                           []Param
	Fields                           []Field
	answer                           route.Handler
}

// Param is a parameter of an address.
type Param struct{ Name, Says, Example string }

// Field is a member of an answer.
type Field struct{ Name, Type, Says string }

// Operations describes the API from the same declarations that answer, by path.
func (a *API) Operations() []Operation {
	var all []Operation
	for _, r := range a.routes {
		item := a.openAPI.Paths[r.Path]
		if item == nil { // the document itself
			continue
		}
		o := Operation{Path: r.Path, Anchor: item.Get.OperationID, Summary: item.Get.Summary, Says: item.Get.Description, Tag: item.Get.Tags[0],
			Fields: fields(a.openAPI, answerOf(item.Get)), answer: r.Handler}
		for _, p := range item.Get.Parameters {
			if p.Ref != "" { // it is the same for all
				continue
			}
			o.Params = append(o.Params, Param{p.Name, p.Description, example(p)})
		}
		all = append(all, o)
	}
	slices.SortFunc(all, func(a, b Operation) int { return strings.Compare(a.Path, b.Path) })
	return all
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
func fields(doc *huma.OpenAPI, s *huma.Schema) []Field {
	s = resolved(doc, s)
	if s == nil {
		return nil
	}
	var all []Field
	for _, name := range sortedKeys(s.Properties) {
		member := s.Properties[name]
		all = append(all, Field{name, typeName(doc, member), member.Description})
		if member.Items == nil {
			continue
		}
		if item := resolved(doc, member.Items); item != nil {
			for _, inner := range sortedKeys(item.Properties) {
				all = append(all, Field{name + "[]." + inner, typeName(doc, item.Properties[inner]), item.Properties[inner].Description})
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

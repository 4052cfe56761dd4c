package api

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/web/route"
)

// describe completes the document that huma made of the declarations: with what each
// member means, and with what is the same for all operations.
func describe(doc *huma.OpenAPI) {
	schemas := doc.Components.Schemas
	delete(schemas.Map(), "ErrorModel") // errors of this API have a shape of their own
	delete(schemas.Map(), "ErrorDetail")
	problem := schemas.Schema(reflect.TypeFor[Error](), true, "Error")
	for _, name := range sortedKeys(schemas.Map()) {
		describeObject(name, schemas.Map()[name], schemas.TypeFromRef("#/components/schemas/"+name))
	}
	for _, s := range schemas.Map() { // once all have their members' examples
		for _, member := range s.Properties {
			if len(member.Examples)+len(member.Enum) == 0 {
				member.Examples = []any{exampleOf(doc, member)}
			}
		}
	}
	doc.Components.Responses, doc.Components.Headers, doc.Components.Parameters = map[string]*huma.Response{}, headers(), map[string]*huma.Param{
		"If-None-Match": {Name: "If-None-Match", In: "header", Description: "The ETag of an answer that you have: what has not changed is answered with status 304, and no body.",
			Schema: &huma.Schema{Type: huma.TypeString}, Example: `"9f86d081884c7d659a2feaa0"`},
	}
	for status, says := range failures {
		doc.Components.Responses[statusName(status)] = &huma.Response{Description: says,
			Content: map[string]*huma.MediaType{"application/problem+json": {Schema: problem}}}
	}
	doc.Components.Responses[statusName(http.StatusServiceUnavailable)].Headers = map[string]*huma.Header{"Retry-After": {Ref: "#/components/headers/Retry-After"}}
	doc.Components.Responses[statusName(http.StatusNotModified)] = &huma.Response{Description: "What the sender of If-None-Match has is what would be answered.",
		Headers: map[string]*huma.Header{"ETag": {Ref: "#/components/headers/ETag"}, "Cache-Control": {Ref: "#/components/headers/Cache-Control"}}}
	tags := map[string]bool{}
	for path, item := range doc.Paths {
		if o := cmp.Or(item.Post, item.Get); o.Metadata[elsewhere] != nil {
			describeElsewhere(doc, o, problem)
			tags[o.Tags[0]] = true
			continue
		}
		describeOperation(doc, path, item.Get)
		tags[item.Get.Tags[0]] = true
	}
	for _, tag := range slices.Sorted(maps.Keys(tags)) {
		doc.Tags = append(doc.Tags, &huma.Tag{Name: tag, Description: cmp.Or(operations[root+"/"+tag].says, saysElsewhere[tag])})
	}
}

// Error is what an operation answers where it cannot answer what was asked for. Its
// shape is that of RFC 9457, and route.Problem writes it.
type Error route.Problem

// failures are the errors that an operation can answer with, by status.
var failures = map[int]string{
	http.StatusBadRequest:          "A parameter is not known, or its value makes no sense. Nothing is guessed, so that a slip does not give you everything.",
	http.StatusNotFound:            "There is nothing under that id, or the moment is before the first list of this record.",
	http.StatusInternalServerError: "Something went wrong here, and is in the operator's log.",
	http.StatusServiceUnavailable:  "Too many ask at once; ask again in a few seconds.",
}

func statusName(status int) string { return strings.ReplaceAll(http.StatusText(status), " ", "") }

// headers are those of answers.
func headers() map[string]*huma.Header {
	text := &huma.Schema{Type: huma.TypeString}
	return map[string]*huma.Header{
		"ETag":          {Description: "A name for exactly these bytes, for If-None-Match.", Schema: text, Example: `"9f86d081884c7d659a2feaa0"`},
		"Cache-Control": {Description: "For how long the answer may be used without asking again.", Schema: text, Example: "public, max-age=30"},
		"Link":          {Description: "The address of what follows, with rel=\"next\"; left out where this is all.", Schema: text, Example: "<" + root + `/changes?cursor=4061>; rel="next"`},
		"Retry-After":   {Description: "After how many seconds to ask again.", Schema: &huma.Schema{Type: huma.TypeInteger}, Example: 5},
	}
}

// describeOperation says what an address answers, and how.
func describeOperation(doc *huma.OpenAPI, path string, o *huma.Operation) {
	o.Tags = []string{strings.Split(strings.TrimPrefix(path, root+"/"), "/")[0]}
	o.Description = operations[path].says
	for _, p := range o.Parameters {
		p.Schema.Nullable = false
		if values := paramValues[p.Name]; values != nil && p.Schema.Items != nil {
			p.Schema.Items.Enum = values()
		}
		if p.Name == "id" {
			p.Example = operations[path].id
		}
	}
	o.Parameters = append(o.Parameters, &huma.Param{Ref: "#/components/parameters/If-None-Match"})
	delete(o.Responses, "default")
	for status := range failures {
		o.Responses[fmt.Sprint(status)] = &huma.Response{Ref: "#/components/responses/" + statusName(status)}
	}
	o.Responses[fmt.Sprint(http.StatusNotModified)] = &huma.Response{Ref: "#/components/responses/" + statusName(http.StatusNotModified)}
	ok := o.Responses[fmt.Sprint(http.StatusOK)]
	ok.Description = "What was asked for."
	if ok.Headers == nil {
		ok.Headers = map[string]*huma.Header{}
	}
	for _, name := range []string{"ETag", "Cache-Control"} {
		ok.Headers[name] = nil
	}
	for name := range ok.Headers {
		ok.Headers[name] = &huma.Header{Ref: "#/components/headers/" + name}
	}
	body := ok.Content["application/json"]
	body.Example = exampleOf(doc, body.Schema)
}

// describeObject says what an object's members are. What the declaration says itself,
// in its tags, counts before the table.
func describeObject(name string, s *huma.Schema, t reflect.Type) {
	s.AdditionalProperties = nil // there may be more members one day
	for _, f := range reflect.VisibleFields(t) {
		key, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		p := s.Properties[key]
		if p == nil || f.Anonymous {
			continue
		}
		declared := t
		if len(f.Index) > 1 {
			declared = t.FieldByIndex(f.Index[:len(f.Index)-1]).Type
		}
		m := memberOf(name, declared.Name(), key)
		if p.Description == "" {
			p.Description = m.says
		}
		if p.Nullable = m.null; p.Type == huma.TypeArray {
			p.Nullable = false
		}
		if lists, ok := p.AdditionalProperties.(*huma.Schema); ok && lists.Type == huma.TypeArray {
			lists.Nullable = false
		}
		if len(p.Examples) == 0 && m.example != nil {
			p.Examples = []any{m.example}
		}
		describeValue(p, f.Type, m)
	}
}

func memberOf(object, declared, name string) member {
	for _, key := range []string{object + "." + name, declared + "." + name, name} {
		if m, ok := members[key]; ok {
			return m
		}
	}
	return member{}
}

// describeValue says which values a member has, by its type as far as that says it.
func describeValue(p *huma.Schema, t reflect.Type, m member) {
	if p.Items != nil {
		p, t = p.Items, t.Elem()
	}
	p.Enum = valuesOf(t)
	for _, v := range m.values {
		p.Enum = append(p.Enum, v)
	}
	if p.Enum != nil && m.null {
		p.Enum = append(p.Enum, nil)
	}
	switch pattern := patterns[m.form]; {
	case t == reflect.TypeFor[roster.Date]():
		p.Format = "date"
	case pattern != "":
		p.Pattern = pattern
	case m.form != "":
		p.Format = m.form
	}
}

// valuesOf lists the values of a type that has few, nil for any other.
func valuesOf(t reflect.Type) []any {
	switch reflect.Zero(t).Interface().(type) {
	case roster.State:
		return anyOf(roster.States())
	case roster.Type:
		return anyOf(roster.Types())
	case roster.List:
		return anyOf(roster.Lists())
	case roster.Kind:
		return anyOf(roster.Kinds())
	case roster.Status:
		return anyOf(roster.Statuses())
	case roster.Certainty:
		return anyOf([]roster.Certainty{roster.Certain, roster.Likely})
	case roster.Verdict:
		return anyOf([]roster.Verdict{roster.VerdictAccepted, roster.VerdictHeld, roster.VerdictRejected})
	case roster.HoldState:
		return anyOf([]roster.HoldState{roster.HoldOpen, roster.HoldApproved, roster.HoldRejected, roster.HoldBorneOut, roster.HoldDropped})
	}
	return nil
}

func anyOf[T ~string](all []T) []any {
	list := make([]any, len(all))
	for i, v := range all {
		list[i] = string(v)
	}
	return list
}

// paramValues lists the values of parameters that have few.
var paramValues = map[string]func() []any{
	"state":  func() []any { return anyOf(roster.States()) },
	"model":  func() []any { return anyOf(roster.ModelClasses()) },
	"type":   func() []any { return anyOf(roster.Types()) },
	"kind":   func() []any { return anyOf(roster.Kinds()) },
	"status": func() []any { return anyOf(roster.Statuses()) },
}

// exampleOf makes an example of a schema from those of its required members.
func exampleOf(doc *huma.OpenAPI, s *huma.Schema) any {
	if s = resolved(doc, s); s == nil {
		return nil
	}
	switch {
	case len(s.Examples) > 0:
		return s.Examples[0]
	case len(s.Enum) > 0:
		return s.Enum[0]
	case s.Type == huma.TypeArray:
		return []any{exampleOf(doc, s.Items)}
	}
	if of, ok := s.AdditionalProperties.(*huma.Schema); ok {
		return map[string]any{"TX": exampleOf(doc, of)}
	}
	example := map[string]any{}
	for _, name := range s.Required {
		example[name] = exampleOf(doc, s.Properties[name])
	}
	return example
}

// checkParams refuses values that a parameter does not take, as far as its schema says
// so, in the words of ReadQuery.
func checkParams(o *huma.Operation, req *route.Request) error {
	asked := req.URL.Query()
	for _, p := range o.Parameters {
		values := asked[p.Name]
		if p.In != "query" || len(values) == 0 {
			continue
		}
		s, value := p.Schema, values[0]
		switch n, err := strconv.Atoi(value); {
		case s.Type == huma.TypeArray:
		case len(values) > 1:
			return route.Refused(prose.English, p.Name, strings.Join(values, ", "), "given once")
		case value == "":
		case s.Type == huma.TypeInteger && (err != nil || n < int(*s.Minimum) || n > int(*s.Maximum)):
			return route.Refused(prose.English, p.Name, value, fmt.Sprintf("a number from %.0f to %.0f", *s.Minimum, *s.Maximum))
		case s.Enum != nil && !slices.Contains(s.Enum, any(value)):
			return route.Refused(prose.English, p.Name, value, strings.ReplaceAll(strings.Trim(fmt.Sprint(s.Enum), "[]"), " ", " or "))
		}
	}
	return nil
}

package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/web/route"
)

// The edge to huma, which reads the parameters that operations declare, writes their
// answers, and describes both.

// adapter is where huma puts operations.
type adapter struct{ routes []route.Route }

// Handle makes a route of an operation.
func (a *adapter) Handle(o *huma.Operation, handler func(huma.Context)) {
	if o.OperationID == "" && o.Path != root+"/openapi.json" || o.Metadata[elsewhere] != nil { // other forms of the document, and what others answer
		return
	}
	r := route.Route{Path: o.Path, Program: true, Live: o.Path == statusPath, Texts: o.Path == foundPath, Handler: func(req *route.Request) (*route.Response, error) {
		if err := checkParams(o, req); err != nil {
			return nil, err
		}
		return route.Record(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			handler(call{humago.NewContext(o, r, w), req})
		}), req.Request), nil
	}}
	for _, p := range o.Parameters {
		if p.In == "query" {
			r.Params = append(r.Params, p.Name)
		}
	}
	a.routes = append(a.routes, r)
}

// ServeHTTP is not called: the site serves the routes.
func (*adapter) ServeHTTP(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) }

// call is one request as huma passes it on.
type call struct {
	humaContext
	request *route.Request
}

// humaContext has a name of its own since it has a method Context.
type humaContext = huma.Context

// Request is the request, as part of what an operation takes. It is exported since
// huma passes over embedded types that are not.
type Request struct{ request *route.Request }

// Resolve is called by huma with each request.
func (r *Request) Resolve(ctx huma.Context) []error {
	r.request = ctx.(call).request //nolint:forcetypeassert // as Handle passes it
	return nil
}

// get declares one address of the API.
func get[I, O any](api huma.API, path, summary string, answer func(*I) (*O, error)) {
	id := strings.Trim(strings.NewReplacer("/{", "-by-", "}", "", "/", "-").Replace(path), "-")
	huma.Register(api, huma.Operation{OperationID: id, Method: http.MethodGet, Path: root + path, Summary: summary, SkipValidateParams: true},
		func(_ context.Context, in *I) (*O, error) {
			out, err := answer(in)
			if err != nil {
				return nil, failure{route.ProblemOf(prose.English, err)}
			}
			return out, nil
		})
}

// failure is a problem as huma writes it.
type failure struct{ *route.Problem }

// GetStatus is the status of the answer.
func (f failure) GetStatus() int { return f.Status }

// ContentType is that of an error.
func (failure) ContentType(string) string { return "application/problem+json" }

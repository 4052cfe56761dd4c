package web

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
)

const apiPath = "/api/v1"

// api declares the API. What a route knows of parameters is what its operation
// declares, so that the document, the page about it and the answers agree.
func (s *Site) api() []route {
	config := huma.DefaultConfig("watch287g", "1")
	config.Info.Description = "ICE's lists of 287(g) agreements and every change to them, with the evidence for each. Free for all (CC0 1.0), without a key."
	config.Info.License = &huma.License{Name: "CC0 1.0", URL: "https://creativecommons.org/publicdomain/zero/1.0/"}
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = apiPath+"/openapi", "", ""
	config.CreateHooks, config.Transformers = nil, nil // answers hold what is asked for, and no more
	if s.options.URL != "" {
		config.Servers = []*huma.Server{{URL: s.options.URL}}
	}
	mux := http.NewServeMux()
	api := humago.New(mux, config)
	a := apiOf{s}
	get(api, "/changes", "Changes, the newest first", a.changes)
	get(api, "/changes/{id}", "One change", a.change)
	get(api, "/agreements", "Agreements and pending entries, now or as of any moment", a.agreements)
	get(api, "/agreements/{id}", "One agreement or pending entry, with all that ICE's lists ever said of it", a.agreement)
	get(api, "/agencies", "Agencies, with every spelling", a.agencies)
	get(api, "/agencies/{id}", "One agency with its agreements and changes; any spelling's id finds it", a.agency)
	get(api, "/states", "Counts by state, now or as of any moment", a.states)
	get(api, "/publications", "The lists as ICE published them, the newest first", a.publications)
	get(api, "/publications/{sha256}", "One list, by the hash of its bytes", a.publication)
	get(api, "/stats", "The figures, now or as of any moment", a.stats)
	s.openAPI = api.OpenAPI()

	var all []route
	for path, item := range s.openAPI.Paths {
		r := route{path: path, program: true, handler: mux}
		for _, p := range item.Get.Parameters {
			if p.In == "query" {
				r.params = append(r.params, p.Name)
			}
		}
		all = append(all, r)
	}
	document := route{path: apiPath + "/openapi.json", program: true, handler: mux}
	none := route{path: apiPath + "/", program: true, handler: s.data(func(http.ResponseWriter, *request) error {
		return notFound("The API has no such address; " + apiPath + "/openapi.json describes what there is.")
	})}
	return append(all, document, none)
}

// get declares one address of the API.
func get[I, O any](api huma.API, path, summary string, answer func(context.Context, *I) (*O, error)) {
	id := strings.Trim(strings.NewReplacer("/{", "-by-", "}", "", "/", "-").Replace(path), "-")
	huma.Register(api, huma.Operation{OperationID: id, Method: http.MethodGet, Path: apiPath + path, Summary: summary,
		Errors: []int{http.StatusBadRequest, http.StatusNotFound}},
		func(ctx context.Context, in *I) (*O, error) {
			out, err := answer(ctx, in)
			if err == nil {
				return out, nil
			}
			p := problemOf(err)
			if p.Status >= http.StatusInternalServerError {
				return nil, err
			}
			return nil, huma.NewError(p.Status, p.Detail)
		})
}

// apiOf answers the API's questions.
type apiOf struct{ site *Site }

// snapshot is the one that the request carries.
func (a apiOf) snapshot(ctx context.Context) (*snapshot.Snapshot, error) {
	if now, ok := ctx.Value(servedKey{}).(*served); ok {
		return now.Snapshot, nil
	}
	now, err := a.site.current(ctx)
	if err != nil {
		return nil, err
	}
	return now.Snapshot, nil
}

// Asked keeps the address, whose parameters readQuery reads as it does for pages
// and feeds; what operations declare describes them. It is exported, as what
// follows, since huma passes over embedded types that are not.
type Asked struct{ query url.Values }

// Resolve is called by huma with each request.
func (a *Asked) Resolve(ctx huma.Context) []error {
	u := ctx.URL()
	a.query = u.Query()
	return nil
}

// The parameters that operations share, as the API's document describes them.
type (
	// Which chooses agreements, or their changes.
	Which struct {
		State  []string `query:"state,explode" doc:"States by postal code, GU and MP included. Repeat it, or use commas." example:"[\"TX\"]"`
		County []string `query:"county,explode" doc:"Counties by name, with or without the word County." example:"[\"Lampasas County\"]"`
		Model  []string `query:"model,explode" doc:"JEM, TFM, WSO, or other for models that are none of these." example:"[\"WSO\"]"`
		Type   []string `query:"type,explode" doc:"Kinds of agency: county, municipality or state." example:"[\"county\"]"`
		Agency []string `query:"agency,explode" doc:"Agencies by id or name; * and ? stand for any letters." example:"[\"*Police Department\"]"`
	}
	// When chooses the moment that an answer speaks of.
	When struct {
		AsOf string `query:"as_of" doc:"As of then: a day in Washington, which means its end, or an RFC 3339 time. What is later than known_until is answered as of known_until, and so is what is left out." example:"2025-05-19"`
	}
	// Paging chooses the part of a list.
	Paging struct {
		Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"100" doc:"At most so many."`
		Cursor string `query:"cursor" doc:"The next of the answer before. It stays good however much is added meanwhile."`
	}
)

// changesOut is a page of changes.
type changesOut struct {
	Link string `header:"Link"`
	Body struct {
		Changes []roster.Change `json:"changes"`
		Next    string          `json:"next,omitempty" doc:"The cursor of what follows; none where this is all. With order=oldest it is always there: ask with it again later, and only what is new follows."`
	}
}

type changesIn struct {
	Asked
	Which
	Paging
	Kind  []string `query:"kind,explode" doc:"Kinds of change: new, pending, removed, withdrawn, restored, amended, detail, document, milestone. All but detail and document if left out."`
	Since string   `query:"since" doc:"Seen then or later: a day in Washington, or an RFC 3339 time."`
	Until string   `query:"until" doc:"Seen until then; a day means its end."`
	Order string   `query:"order" enum:"newest,oldest" default:"newest" doc:"Which come first. Use oldest to follow the log."`
}

func (a apiOf) changes(ctx context.Context, in *changesIn) (*changesOut, error) {
	snap, asked, err := a.query(ctx, in.query)
	if err != nil {
		return nil, err
	}
	if err := unrecorded(snap, asked.Filter); err != nil {
		return nil, err
	}
	if len(asked.Kinds) == 0 {
		asked.Kinds = roster.DefaultKinds()
	}
	var from uint64
	if in.Cursor != "" {
		if from, err = strconv.ParseUint(in.Cursor, 10, 62); err != nil {
			return nil, badRequest("That cursor is not one of this API's.")
		}
	}
	out := &changesOut{}
	if in.Order == "oldest" {
		found, next := snap.Follow(asked.Filter, from, in.Limit)
		out.Body.Changes, out.Body.Next = found, strconv.FormatUint(next, 10)
	} else {
		found, more := snap.Find(asked.Filter, from, in.Limit)
		out.Body.Changes = found
		if more {
			out.Body.Next = strconv.FormatUint(found[len(found)-1].Seq, 10)
		}
	}
	out.Body.Changes = orEmpty(out.Body.Changes)
	out.Link = nextLink(apiPath+"/changes", in.query, out.Body.Next)
	return out, nil
}

// query reads the parameters that choose.
func (a apiOf) query(ctx context.Context, q url.Values) (*snapshot.Snapshot, query, error) {
	snap, err := a.snapshot(ctx)
	if err != nil {
		return nil, query{}, err
	}
	asked, err := readQuery(q)
	return snap, asked, err
}

// orEmpty makes an empty list print as [].
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// nextLink is the header that leads to what follows (RFC 8288).
func nextLink(path string, q url.Values, next string) string {
	if next == "" {
		return ""
	}
	q = maps.Clone(q)
	q.Set("cursor", next)
	return "<" + path + "?" + q.Encode() + `>; rel="next"`
}

type byID struct {
	ID string `path:"id" maxLength:"300" doc:"The id."`
}

type changeOut struct{ Body roster.Change }

func (a apiOf) change(ctx context.Context, in *byID) (*changeOut, error) {
	snap, err := a.snapshot(ctx)
	if err != nil {
		return nil, err
	}
	c, ok := snap.Change(in.ID)
	if !ok {
		return nil, notFound("There is no change of that id.")
	}
	return &changeOut{c}, nil
}

type publicationsIn struct {
	Paging
	List string `query:"list" enum:"participating,pending" doc:"Only this list."`
}

type publicationsOut struct {
	Link string `header:"Link"`
	Body struct {
		Publications []roster.Publication `json:"publications"`
		Next         string               `json:"next,omitempty"`
	}
}

func (a apiOf) publications(ctx context.Context, in *publicationsIn) (*publicationsOut, error) {
	snap, err := a.snapshot(ctx)
	if err != nil {
		return nil, err
	}
	before := uint64(len(snap.Publications())) + 1
	if in.Cursor != "" {
		n, err := strconv.ParseUint(in.Cursor, 10, 62)
		if err != nil {
			return nil, badRequest("That cursor is not one of this API's.")
		}
		before = min(before, n)
	}
	out := &publicationsOut{}
	out.Body.Publications = []roster.Publication{}
	for _, p := range slices.Backward(snap.Publications()) {
		if p.Seq >= before || in.List != "" && p.List != roster.List(in.List) {
			continue
		}
		if n := len(out.Body.Publications); n == in.Limit {
			out.Body.Next = strconv.FormatUint(out.Body.Publications[n-1].Seq, 10)
			break
		}
		out.Body.Publications = append(out.Body.Publications, p)
	}
	q := url.Values{"limit": {strconv.Itoa(in.Limit)}}
	if in.List != "" {
		q.Set("list", in.List)
	}
	out.Link = nextLink(apiPath+"/publications", q, out.Body.Next)
	return out, nil
}

type publicationOut struct {
	Body struct {
		Publications []roster.Publication `json:"publications" doc:"Each time that these bytes were published, the oldest first."`
		File         string               `json:"file" doc:"Where the bytes can be had."`
		Holds        []roster.Hold        `json:"holds" doc:"Why it was set aside, where it was."`
	}
}

func (a apiOf) publication(ctx context.Context, in *struct {
	SHA256 string `path:"sha256" maxLength:"64" doc:"The SHA-256 of the bytes, in hex."`
},
) (*publicationOut, error) {
	snap, err := a.snapshot(ctx)
	if err != nil {
		return nil, err
	}
	out := &publicationOut{}
	out.Body.Holds = []roster.Hold{}
	out.Body.Publications = snap.PublicationsOf(in.SHA256)
	if len(out.Body.Publications) == 0 {
		return nil, notFound("No list with these bytes is known.")
	}
	for _, p := range out.Body.Publications {
		if h, ok := snap.HoldOf(p); ok && !slices.ContainsFunc(out.Body.Holds, func(k roster.Hold) bool { return k.ID == h.ID }) {
			out.Body.Holds = append(out.Body.Holds, h)
		}
	}
	out.Body.File = fmt.Sprintf("%s/file", publicationURL(in.SHA256))
	return out, nil
}

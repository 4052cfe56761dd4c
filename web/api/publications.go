package api

import (
	"net/url"
	"slices"
	"strconv"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/web/route"
)

type publicationsIn struct {
	Request
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

func publications(in *publicationsIn) (*publicationsOut, error) {
	snap := in.request.Snapshot
	before := uint64(0)
	if in.Cursor != "" {
		n, err := strconv.ParseUint(in.Cursor, 10, 62)
		if err != nil {
			return nil, route.BadRequest("That cursor is not one of this API's.")
		}
		before = n
	}
	out := &publicationsOut{}
	out.Body.Publications = []roster.Publication{}
	for _, p := range slices.Backward(snap.ByDate(before)) {
		if in.List != "" && p.List != roster.List(in.List) {
			continue
		}
		if n := len(out.Body.Publications); n == in.Limit {
			out.Body.Next = strconv.FormatUint(out.Body.Publications[n-1].Seq, 10)
			break
		}
		out.Body.Publications = append(out.Body.Publications, withOrigin(p))
	}
	q := url.Values{"limit": {strconv.Itoa(in.Limit)}}
	if in.List != "" {
		q.Set("list", in.List)
	}
	out.Link = nextLink(root+"/publications", q, out.Body.Next)
	return out, nil
}

type publicationOut struct {
	Body struct {
		Publications []roster.Publication `json:"publications"`
		File         string               `json:"file"`
		FileSHA256   *string              `json:"file_sha256"`
		FileChanged  bool                 `json:"file_changed"`
		FileWithheld string               `json:"file_withheld,omitempty"`
		Holds        []roster.Hold        `json:"holds"`
	}
}

func publication(in *struct {
	Request
	SHA256 string `path:"sha256" example:"3c9f1dd4fa7b6b8a0e2c5d7f9a1b3c5d7e9f0a2b4c6d8e0f1a3b5c7d9e1f3a5b" doc:"The SHA-256 of the bytes, in hex."`
},
) (*publicationOut, error) {
	snap := in.request.Snapshot
	out := &publicationOut{}
	out.Body.Holds = []roster.Hold{}
	out.Body.Publications = snap.PublicationsOf(in.SHA256)
	if len(out.Body.Publications) == 0 {
		return nil, route.NotFound("No list with these bytes is known.")
	}
	for i, p := range out.Body.Publications {
		out.Body.Publications[i] = withOrigin(p)
		if h, ok := snap.HoldOf(p); ok && !slices.ContainsFunc(out.Body.Holds, func(k roster.Hold) bool { return k.ID == h.ID }) {
			out.Body.Holds = append(out.Body.Holds, h)
		}
	}
	out.Body.File = route.FileURL(in.SHA256)
	if route.KeptAs(out.Body.Publications) != "" {
		return out, nil
	}
	about, err := in.request.Evidence(in.request.Context(), in.SHA256)
	if err != nil {
		return nil, err
	}
	out.Body.FileChanged, out.Body.FileWithheld = about.Changed, about.Why
	if about.Why == "" {
		out.Body.FileSHA256 = &about.SHA256
	}
	return out, nil
}

// withOrigin says in words where a publication was had.
func withOrigin(p roster.Publication) roster.Publication {
	p.Origin = originOut(p.Origin)
	return p
}

// originOut is an origin with what it says in a sentence.
func originOut(from *roster.Origin) *roster.Origin {
	if from == nil {
		return nil
	}
	o := *from
	o.Says = prose.English.Origin(&o)
	return &o
}

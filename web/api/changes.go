package api

import (
	"strconv"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/web/route"
)

// changesOut is a page of changes.
type changesOut struct {
	Link string `header:"Link"`
	Body struct {
		Changes []roster.Change `json:"changes"`
		Next    string          `json:"next,omitempty"`
	}
}

type changesIn struct {
	Request
	Which
	Paging
	Kind  []string `query:"kind,explode" example:"[\"new\",\"removed\"]" doc:"Kinds of change: new, pending, removed, withdrawn, restored, amended, detail, document, milestone, page, correction. All but detail, document and page if left out. A correction comes with the kinds of what it corrects."`
	Since string   `query:"since" example:"2025-05-19" doc:"Seen then or later: a day in Washington, or an RFC 3339 time."`
	Until string   `query:"until" example:"2025-06-19" doc:"Seen until then; a day means its end."`
	Order string   `query:"order" enum:"newest,oldest" default:"newest" doc:"Which come first. Use oldest to follow the log."`
}

func changes(in *changesIn) (*changesOut, error) {
	asked, err := in.request.ReadQuery()
	if err != nil {
		return nil, err
	}
	snap := in.request.Snapshot
	if err := route.Unrecorded(prose.English, snap, asked.Filter); err != nil {
		return nil, err
	}
	if len(asked.Kinds) == 0 {
		asked.Kinds = roster.DefaultKinds()
	}
	var from uint64
	if in.Cursor != "" {
		if from, err = strconv.ParseUint(in.Cursor, 10, 62); err != nil {
			return nil, route.BadRequest("That cursor is not one of this API's.")
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
	out.Link = nextLink(root+"/changes", in.request.URL.Query(), out.Body.Next)
	return out, nil
}

type changeOut struct{ Body roster.Change }

func change(in *byID) (*changeOut, error) {
	c, ok := in.request.Snapshot.Change(in.ID)
	if !ok {
		return nil, route.NotFound("There is no change of that id.")
	}
	return &changeOut{c}, nil
}

package api

import (
	"slices"
	"time"

	"github.com/watch287g/watch287g/icepage"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/web/route"
)

// PageVersion is what ICE's page said from one moment on.
type PageVersion struct {
	SeenAt time.Time      `json:"seen_at" example:"2025-06-11T13:30:00Z" doc:"When it was first found to say so."`
	URL    string         `json:"url" format:"uri" example:"https://www.ice.gov/identify-and-arrest/287g" doc:"The address of the page."`
	Text   string         `json:"text" example:"ICE has signed 588 agreements in 40 states." doc:"Its words, a paragraph a line; without navigation and the dates of editing."`
	Origin *roster.Origin `json:"origin,omitempty" doc:"Who read it then, where that was not this service, and how good that is as evidence."`
}

type icePageIn struct {
	Request
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"20" doc:"At most so many."`
	Cursor string `query:"cursor" example:"2025-06-11T13:30:00Z" doc:"The next of the answer before."`
}

type icePageOut struct {
	Link string `header:"Link"`
	Body struct {
		Versions []PageVersion `json:"versions" doc:"What the page said, the newest first."`
		Next     string        `json:"next,omitempty"`
	}
}

// icePage answers with what ICE's page said. A cursor is the time of the last version.
func icePage(in *icePageIn) (*icePageOut, error) {
	before := time.Time{}
	if in.Cursor != "" {
		var err error
		if before, err = time.Parse(time.RFC3339Nano, in.Cursor); err != nil {
			return nil, route.BadRequest("That cursor is not one of this API's.")
		}
	}
	out := &icePageOut{}
	out.Body.Versions = []PageVersion{}
	for _, v := range slices.Backward(icepage.Versions(in.request.Snapshot.PageTexts())) {
		if !before.IsZero() && !v.SeenAt.Before(before) {
			continue
		}
		if n := len(out.Body.Versions); n == in.Limit {
			out.Body.Next = out.Body.Versions[n-1].SeenAt.Format(time.RFC3339Nano)
			break
		}
		out.Body.Versions = append(out.Body.Versions, PageVersion{SeenAt: v.SeenAt.UTC(), URL: v.URL, Text: v.Text, Origin: originOut(v.Origin)})
	}
	out.Link = nextLink(root+"/ice-page", in.request.URL.Query(), out.Body.Next)
	return out, nil
}

package embed

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/web/route"
)

// answer is how to show a page of this site on another one, as oEmbed 1.0 wants it
// (https://oembed.com).
type answer struct {
	Version      string `json:"version"`
	Type         string `json:"type"`
	Title        string `json:"title"`
	ProviderName string `json:"provider_name"`
	ProviderURL  string `json:"provider_url"`
	CacheAge     int    `json:"cache_age"` // seconds
	HTML         string `json:"html"`
	Width        int    `json:"width"` // pixels, as is height
	Height       int    `json:"height"`
}

// The least that a card fits into, in pixels, and for how many seconds an answer holds:
// the card that it names keeps itself up to date.
const (
	leastWidth = 280
	cacheAge   = 86400
)

// oembed answers programs that ask how to show an address. Parameters that it does not
// know are ignored, as the protocol wants.
func oembed(req *route.Request) (*route.Response, error) {
	status, kind := http.StatusOK, "application/json"
	var said any
	a, err := answerTo(req.Base, req.URL.Query())
	if said = a; err != nil {
		p := route.ProblemOf(prose.English, err)
		status, kind, said = p.Status, "application/problem+json", p
	}
	body, err := json.Marshal(said)
	if err != nil {
		return nil, fmt.Errorf("writing an answer: %w", err)
	}
	out := route.OK(kind, append(body, '\n'))
	out.Status = status
	out.Header.Set("Access-Control-Allow-Origin", "*")
	return out, nil
}

func answerTo(base string, q url.Values) (*answer, error) {
	if format := q.Get("format"); format != "" && format != "json" {
		return nil, &route.Problem{Status: http.StatusNotImplemented, Title: "There is no such format", Detail: "Answers are given as format=json."}
	}
	of, look, found := asked(base, q.Get("url"))
	if !found {
		return nil, route.NotFound("No card is at that url. It has to be the address of the front page, of a state's or county's page, as in /states/TX, or of a card.")
	}
	width, height := look.Pixels()
	most, err := bound(q, "maxwidth")
	if err != nil {
		return nil, err
	}
	highest, err := bound(q, "maxheight")
	if err != nil {
		return nil, err
	}
	if width = min(width, most); width < leastWidth || highest < height {
		return nil, route.NotFound(fmt.Sprintf("The card takes at least %d by %d pixels.", leastWidth, height))
	}
	return &answer{"1.0", "rich", of.Title, "287(g) watch", base, cacheAge, of.frame(base, look, fmt.Sprintf(`width="%d"`, width), height, width), width, height}, nil
}

// asked finds the card of an address of the site at base, and its look.
func asked(base, address string) (of Card, look Look, found bool) {
	rest, ours := strings.CutPrefix(address, base)
	u, err := url.Parse(rest)
	if !ours || err != nil || u.Host != "" || u.Path != "" && u.Path[0] != '/' {
		return of, look, false
	}
	if look, err = ReadLook(prose.English, u.Query()); err != nil {
		return of, look, false
	}
	l, path := route.LanguageOf(u.Path)
	path = strings.TrimPrefix(path, "/embed/")
	if path == "" || path == "/" || path == "nation" {
		return Nation(l), look, true
	}
	kind, given, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	switch kind {
	case "states":
		if state, known := roster.ParseState(given); known && string(state) == given {
			return OfState(l, state), look, true
		}
	case "counties":
		if county, known := place.ByFIPS(given); known {
			return OfCounty(l, county), look, true
		}
	}
	return of, look, false
}

// bound reads the most pixels that are wanted.
func bound(q url.Values, name string) (int, error) {
	given := q.Get(name)
	if given == "" {
		return math.MaxInt, nil
	}
	n, err := strconv.ParseUint(given, 10, 31)
	if err != nil || n == 0 {
		return 0, route.BadRequest(name + " is a number of pixels.")
	}
	return int(n), nil
}

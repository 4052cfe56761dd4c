package web

import (
	"cmp"
	"io"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/watch287g/watch287g/web/route"
)

// The kinds of address that requests are counted by. There are few, whatever is asked.
const (
	classPage    = "page"
	classAPI     = "api"
	classFeed    = "feed"
	classFile    = "file"    // downloads, and ICE's files
	classPicture = "picture" // the cards beside links
	classEmbed   = "embed"
	classAsset   = "asset" // what pages and programs ask for beside a page, as the stylesheet
	classOther   = "other" // what is no address
)

// Classes lists them.
func Classes() []string {
	return []string{classPage, classAPI, classFeed, classFile, classPicture, classEmbed, classAsset, classOther}
}

// classOf is the kind of a route's address.
func classOf(rt route.Route) string {
	top, below, _ := strings.Cut(strings.TrimPrefix(rt.Path, "/"), "/")
	switch {
	case rt.Framed, top == "oembed":
		return classEmbed
	case top == "api" && below != "":
		return classAPI
	case strings.HasPrefix(top, "feed"):
		return classFeed
	case rt.Large, top == "downloads" && below != "", strings.HasSuffix(below, "/file"):
		return classFile
	case top == "pictures":
		return classPicture
	case path.Ext(top) != "", strings.HasPrefix(top, "."):
		return classAsset
	}
	return classPage
}

// Counted has another handler's answers counted as the site's own are: answered is that of
// Options. Of nil it is nil.
func Counted(h http.Handler, answered func(class string, status int, took time.Duration)) http.Handler {
	if h == nil {
		return nil
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		on, began := onItsWay{ResponseWriter: w, class: classPage}, time.Now()
		switch {
		case strings.HasPrefix(r.URL.Path, "/api/"):
			on.class = classAPI
		case strings.Contains(r.URL.Path, "/static/"):
			on.class = classAsset
		}
		h.ServeHTTP(&on, r)
		answered(on.class, cmp.Or(on.status, http.StatusOK), time.Since(began))
	})
}

// onItsWay is an answer that is being written, and what is to be told of it.
type onItsWay struct {
	http.ResponseWriter
	class  string
	status int // 0 until it is written
}

// WriteHeader takes the status down.
func (o *onItsWay) WriteHeader(status int) {
	if o.status == 0 && status >= http.StatusOK {
		o.status = status
	}
	o.ResponseWriter.WriteHeader(status)
}

// ReadFrom copies as the server itself does, which has its buffers at hand.
func (o *onItsWay) ReadFrom(r io.Reader) (int64, error) {
	return io.Copy(o.ResponseWriter, r) //nolint:wrapcheck // as the server says it
}

// Unwrap is for http.ResponseController.
func (o *onItsWay) Unwrap() http.ResponseWriter { return o.ResponseWriter }

package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"net/http"

	"github.com/watch287g/watch287g/web/draw"
)

//go:embed static
var staticFiles embed.FS

// asset is a file that pages need, under an address that names its content.
type asset struct {
	address     string
	contentType string
	body        []byte
}

// readAssets reads the stylesheet, the icon and what else never changes.
func readAssets() (map[string]asset, error) {
	all := map[string]asset{}
	for name, contentType := range map[string]string{
		"style.css": "text/css; charset=utf-8", "icon.svg": "image/svg+xml", "robots.txt": "text/plain; charset=utf-8",
	} {
		body, err := staticFiles.ReadFile("static/" + name)
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", name, err)
		}
		if name == "style.css" {
			body = append(body, draw.Stylesheet()...)
		}
		sum := sha256.Sum256(body)
		all[name] = asset{"/" + name + "?v=" + hex.EncodeToString(sum[:4]), contentType, body}
	}
	return all, nil
}

// addresses are where the assets are, by name.
func (s *Site) addresses() map[string]string {
	all := map[string]string{}
	for name, a := range s.assets {
		all[name] = a.address
	}
	return all
}

// files serves the assets.
func (s *Site) files() []route {
	var all []route
	for name, a := range s.assets {
		all = append(all, route{path: "/" + name, params: []string{"v"}, handler: a})
	}
	return append(all, route{path: "/favicon.ico", handler: http.RedirectHandler(s.assets["icon.svg"].address, http.StatusFound)})
}

// ServeHTTP serves the file, for good where the address names what is in it.
func (a asset) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", a.contentType)
	if r.URL.RequestURI() == a.address {
		w.Header().Set("Cache-Control", forGood)
	}
	_, _ = w.Write(a.body)
}

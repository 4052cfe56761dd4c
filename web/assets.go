package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/watch287g/watch287g/web/draw"
	"github.com/watch287g/watch287g/web/raster"
	"github.com/watch287g/watch287g/web/route"
)

//go:embed static
var staticFiles embed.FS

// What browsers and phones ask for by its name, whether or not a page names it.
const (
	favicon   = "favicon.ico"
	touchIcon = "apple-touch-icon.png"
)

// asset is a file that pages need, under an address that names its content.
type asset struct {
	address     string
	contentType string
	body        []byte
}

// readAssets reads the stylesheet, the icon and what else never changes.
func readAssets() (map[string]asset, error) {
	all := map[string]asset{}
	for name, pixels := range map[string]int{favicon: 32, touchIcon: 180} {
		body, err := raster.Icon(pixels)
		if err != nil {
			return nil, err //nolint:wrapcheck // it says what it was about
		}
		contentType := "image/png"
		if name == favicon {
			contentType, body = "image/x-icon", raster.ICO(pixels, body)
		}
		all[name] = newAsset(name, contentType, body)
	}
	for name, contentType := range map[string]string{
		"style.css": "text/css; charset=utf-8", "icon.svg": "image/svg+xml",
	} {
		body, err := staticFiles.ReadFile("static/" + name)
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", name, err)
		}
		if name == "style.css" {
			body = append(body, draw.Stylesheet()...)
			all["style-light.css"] = newAsset("style-light.css", contentType, inScheme(body, "light", "not all"))
			all["style-dark.css"] = newAsset("style-dark.css", contentType, inScheme(body, "dark", "all"))
		}
		all[name] = newAsset(name, contentType, body)
	}
	return all, nil
}

func newAsset(name, contentType string, body []byte) asset {
	sum := sha256.Sum256(body)
	return asset{"/" + name + "?v=" + hex.EncodeToString(sum[:4]), contentType, body}
}

// inScheme is the stylesheet with the colors of one scheme, whichever the reader's
// system wants; media is where its rules for dark colors hold.
func inScheme(css []byte, scheme, media string) []byte {
	return []byte(strings.NewReplacer("color-scheme: light dark", "color-scheme: "+scheme, "(prefers-color-scheme: dark)", media).Replace(string(css)))
}

// addresses are where the assets are, by name.
func addresses(assets map[string]asset) map[string]string {
	all := map[string]string{}
	for name, a := range assets {
		all[name] = a.address
	}
	return all
}

// assetRoutes serve the assets.
func assetRoutes(assets map[string]asset) []route.Route {
	var all []route.Route
	for name, a := range assets {
		all = append(all, route.Route{Path: "/" + name, Params: []string{"v"}, Handler: a.response})
	}
	return all
}

// response is the file, for good where the address names what is in it.
func (a asset) response(req *route.Request) (*route.Response, error) {
	out := route.OK(a.contentType, a.body)
	if req.URL.RequestURI() == a.address {
		out.Header.Set("Cache-Control", route.Immutable)
	}
	return out, nil
}

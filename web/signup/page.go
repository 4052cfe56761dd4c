package signup

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"time"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/web/frame"
)

//go:embed templates
var templates embed.FS

//go:embed static
var static embed.FS

// assets are the addresses of what pages need, and the files that are served here, by
// name. A name has the hash of the file in it.
type assets struct {
	Style, Script string
	site          map[string]string // those of the whole site, by name
	files         map[string][]byte
}

func readAssets(o Options) (assets, error) {
	a := assets{site: map[string]string{"style.css": o.Stylesheet, "icon.svg": o.Icon}, files: map[string][]byte{}}
	for file, at := range map[string]*string{"signup.css": &a.Style, "signup.js": &a.Script} {
		body, err := static.ReadFile("static/" + file)
		if err != nil {
			return a, fmt.Errorf("reading %s: %w", file, err)
		}
		sum := sha256.Sum256(body)
		name := hex.EncodeToString(sum[:6]) + "." + file
		a.files[name], *at = body, "/subscribe/static/"+name
	}
	return a, nil
}

// static serves a file, for good.
func (h *Handler) static(c *call, name string) {
	body, ok := h.assets.files[name]
	if !ok {
		h.plain(c, http.StatusNotFound, "wrong.none", "wrong.none.p")
		return
	}
	kind := "text/css; charset=utf-8"
	if "/subscribe/static/"+name == h.assets.Script {
		kind = "text/javascript; charset=utf-8"
	}
	c.w.Header().Set("Content-Type", kind)
	c.w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	h.write(c, http.StatusOK, body)
}

// parsePages parses the pages once for each language.
func parsePages() (map[prose.Language]*template.Template, error) {
	all := map[prose.Language]*template.Template{}
	for _, l := range []prose.Language{prose.English, prose.Spanish} {
		t, err := frame.NewBare(l)
		if err != nil {
			return nil, fmt.Errorf("setting up the pages for readers: %w", err)
		}
		t, err = t.Funcs(template.FuncMap{
			"at":   func(path string) string { return at(l, path) },
			"say":  func(key string, parts ...string) string { return l.SignupWords(key, 0, pairs(parts)) },
			"sayn": func(key string, n int, parts ...string) string { return l.SignupWords(key, n, pairs(parts)) },
		}).ParseFS(templates, "templates/*.html")
		if err != nil {
			return nil, fmt.Errorf("parsing the pages for readers: %w", err)
		}
		all[l] = t
	}
	return all, nil
}

// pairs makes parts of names, each with its value behind it.
func pairs(parts []string) map[string]string {
	all := map[string]string{}
	for i := 0; i+1 < len(parts); i += 2 {
		all[parts[i]] = parts[i+1]
	}
	return all
}

func other(l prose.Language) prose.Language {
	if l == prose.Spanish {
		return prose.English
	}
	return prose.Spanish
}

// at is an address of the site in a language.
func at(l prose.Language, path string) string {
	if l == prose.Spanish {
		return "/es" + path
	}
	return path
}

// lasting writes how long something is kept: in days from a week on.
func lasting(l prose.Language, d time.Duration) string {
	if days := int(d / (24 * time.Hour)); days >= 7 {
		return l.Days(days)
	}
	return l.Lasting(d)
}

// page is what a template is filled with.
type page struct {
	frame.Bare
	Data any
}

// link is an address with its words.
type link struct{ Text, URL string }

// say is a sentence in the language of the page.
func (c *call) say(key string, parts ...string) string {
	return c.lang.SignupWords(key, 0, pairs(parts))
}

// sayn is one that depends on a count.
func (c *call) sayn(key string, n int, parts ...string) string {
	return c.lang.SignupWords(key, n, pairs(parts))
}

// plain answers with a heading and sentences, by their keys.
func (h *Handler) plain(c *call, status int, title string, lead ...string) {
	var says []string
	for _, key := range lead {
		says = append(says, c.say(key))
	}
	h.tell(c, status, c.say(title), says)
}

// tell answers with a heading, sentences and links.
func (h *Handler) tell(c *call, status int, title string, lead []string, links ...link) {
	h.show(c, status, "plain", title, struct {
		Lead  []string
		Links []link
	}{lead, links})
}

// show answers with a page.
func (h *Handler) show(c *call, status int, name, title string, data any) {
	p := page{frame.Bare{Language: c.lang, Other: other(c.lang), Root: at(c.lang, ""), Title: title, Assets: h.assets.site, Style: h.assets.Style, Class: "signup"}, data}
	if name == "form" {
		p.Script = h.assets.Script
	}
	if c.Method != http.MethodPost || c.path == "/subscribe" {
		p.Switch = at(other(c.lang), c.path)
	}
	if c.Method != http.MethodPost && c.URL.RawQuery != "" { // what is chosen stays so
		p.Switch += "?" + c.URL.RawQuery
	}
	var body bytes.Buffer
	if err := h.pages[c.lang].ExecuteTemplate(&body, name, p); err != nil {
		h.logged(c, fmt.Errorf("making the page %s: %w", name, err))
		status = http.StatusInternalServerError
		body.Reset()
		body.WriteString(template.HTMLEscapeString(c.say("wrong.state.p")))
	}
	c.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	h.write(c, status, body.Bytes())
}

func (h *Handler) write(c *call, status int, body []byte) {
	c.w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	c.w.WriteHeader(status)
	if c.Method != http.MethodHead {
		_, _ = c.w.Write(body) // the reader may be gone
	}
}

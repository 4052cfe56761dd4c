package files

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/sheet/evidence"
	"github.com/watch287g/watch287g/web/route"
)

// Evidence has the files of publications as they are given out. Making one takes a
// while, so that only one is made at a time, and what it came to is remembered.
type Evidence struct {
	body func(ctx context.Context, sha256 string) ([]byte, error)
	work sync.Mutex // held while a file is made

	mu    sync.Mutex // guards known, and is never held for long: pages wait for it
	known map[string]route.GivenOut
}

// NewEvidence makes it; body returns the bytes of a publication by their hash.
func NewEvidence(body func(ctx context.Context, sha256 string) ([]byte, error)) *Evidence {
	return &Evidence{body: body, known: map[string]route.GivenOut{}}
}

// mostKnown bounds how many files it remembers; there are some 150 a year.
const mostKnown = 10_000

// About says how a file is given out.
func (e *Evidence) About(ctx context.Context, sha256 string) (route.GivenOut, error) {
	if known, ok := e.remembered(sha256); ok {
		return known, nil
	}
	original, err := e.original(ctx, sha256)
	if err != nil {
		return route.GivenOut{}, err
	}
	e.work.Lock()
	defer e.work.Unlock()
	if known, ok := e.remembered(sha256); ok { // somebody else asked for it at the same time
		return known, nil
	}
	about, _ := e.giveOut(sha256, original)
	return about, nil
}

// file reads a file as it is given out.
func (e *Evidence) file(ctx context.Context, sha256 string) (about route.GivenOut, body []byte, err error) {
	original, err := e.original(ctx, sha256)
	if err != nil {
		return about, nil, err
	}
	e.work.Lock()
	defer e.work.Unlock()
	about, body = e.giveOut(sha256, original)
	return about, body, nil
}

func (e *Evidence) remembered(sha256 string) (route.GivenOut, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	known, ok := e.known[sha256]
	return known, ok
}

func (e *Evidence) original(ctx context.Context, sha256 string) ([]byte, error) {
	body, err := e.body(ctx, sha256)
	if err != nil {
		return nil, fmt.Errorf("reading the file: %w", err)
	}
	return body, nil
}

// giveOut makes of a file what is given out, and remembers what that is. The caller holds
// work.
func (e *Evidence) giveOut(sha256 string, original []byte) (route.GivenOut, []byte) {
	public, err := evidence.Public(original)
	about := route.GivenOut{SHA256: public.SHA256, Size: len(public.Body), Changed: public.Changed}
	if err != nil {
		about = route.GivenOut{Why: prose.Shorten(roster.Clean(err.Error()), 300)}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.known) >= mostKnown {
		clear(e.known)
	}
	e.known[sha256] = about
	return about, public.Body
}

// publication has the file of a publication.
func (e *Evidence) publication(req *route.Request) (*route.Response, error) {
	of, moved := req.Publications(route.FileURL)
	switch {
	case moved != nil:
		return moved, nil
	case len(of) == 0:
		return nil, route.NotFound("No publication has this SHA-256. Write all 64 letters and digits of it.")
	}
	if as := route.KeptAs(of); as != "" {
		return nil, route.NotFound("The bytes were not kept, because this list has the same rows as another; save that one's file: " + route.FileURL(as))
	}
	about, b, err := e.file(req.Context(), of[0].SHA256)
	switch {
	case err != nil:
		return nil, err
	case about.Why != "":
		return nil, &route.Problem{Status: http.StatusNotFound, Title: english.FileWithheldTitle(), Detail: english.FileWithheld(about.Why)}
	}
	// What is not a workbook, as the page of HTML that the lists once were, must not
	// be shown as a page of this site.
	contentType := "application/octet-stream"
	if bytes.HasPrefix(b, []byte("PK\x03\x04")) {
		contentType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	out := route.OK(contentType, b)
	out.Header.Set("Content-Disposition", attachment(of[0].File, about.Changed))
	out.Header.Set("X-Original-SHA256", of[0].SHA256)
	out.Header.Set("X-File-SHA256", about.SHA256)
	out.Header.Set("X-File-Changed", strconv.FormatBool(about.Changed))
	if sum, err := hex.DecodeString(about.SHA256); err == nil {
		out.Header.Set("Repr-Digest", "sha-256=:"+base64.StdEncoding.EncodeToString(sum)+":") // RFC 9530
	}
	if !about.Changed { // what another version of the program takes out may be other bytes
		out.Header.Set("Cache-Control", route.Immutable)
	}
	return out, nil
}

// longestFileName bounds the name that a file is saved under, in letters.
const longestFileName = 120

// attachment offers a file for saving, under a name that comes from elsewhere
// (RFC 6266). One that is not the original has another name.
func attachment(name string, changed bool) string {
	name = fileName(name)
	if end := path.Ext(name); changed {
		name = strings.TrimSuffix(name, end) + ".public" + end
	}
	plain := strings.Map(func(r rune) rune {
		if r > '~' || r == '%' {
			return '_'
		}
		return r
	}, name)
	header := `attachment; filename="` + plain + `"`
	if plain != name {
		header += "; filename*=UTF-8''" + strings.ReplaceAll(url.QueryEscape(name), "+", "%20")
	}
	return header
}

// fileName keeps of a name what every system takes for the name of a file.
func fileName(name string) string {
	name = path.Base(strings.ReplaceAll(strings.ToValidUTF8(name, ""), `\`, "/"))
	name = strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune(`/\:*?"<>|`, r):
			return '_'
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Zl, r), unicode.Is(unicode.Zp, r):
			return -1
		}
		return r
	}, name)
	name = strings.Trim(name, " .")
	if letters := []rune(name); len(letters) > longestFileName {
		end := path.Ext(name)
		if len(end) > 10 {
			end = ""
		}
		name = string(letters[:longestFileName-len(end)]) + end
	}
	if name == "" {
		return "list"
	}
	return name
}

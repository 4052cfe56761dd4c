package files

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"path"
	"strings"
	"unicode"

	"github.com/watch287g/watch287g/web/route"
)

// publicationFile has the bytes that a publication had: their hash is the evidence.
// body returns them.
func publicationFile(body func(ctx context.Context, sha256 string) ([]byte, error)) route.Handler {
	return func(req *route.Request) (*route.Response, error) {
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
		b, err := body(req.Context(), of[0].SHA256)
		if err != nil {
			return nil, fmt.Errorf("reading the file: %w", err)
		}
		// What is not a workbook, as the page of HTML that the lists once were, must not
		// be shown as a page of this site.
		contentType := "application/octet-stream"
		if bytes.HasPrefix(b, []byte("PK\x03\x04")) {
			contentType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
		}
		out := route.OK(contentType, b)
		out.Header.Set("Content-Disposition", attachment(of[0].File))
		out.Header.Set("Cache-Control", route.Immutable)
		return out, nil
	}
}

// longestFileName bounds the name that a file is saved under, in letters.
const longestFileName = 120

// attachment offers a file for saving, under a name that comes from elsewhere
// (RFC 6266).
func attachment(name string) string {
	name = fileName(name)
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

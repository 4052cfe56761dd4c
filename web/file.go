package web

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strings"
	"unicode"

	"github.com/watch287g/watch287g/roster"
)

// publicationFiles are the addresses of ICE's files as ICE served them.
func (s *Site) publicationFiles() []route {
	return []route{{path: "/publications/{sha256}/file", program: true, handler: s.data(publicationFile)}}
}

// publicationFile sends the bytes that a publication had: their hash is the
// evidence.
func publicationFile(w http.ResponseWriter, req *request) error {
	sha := req.PathValue("sha256")
	of := req.snap.PublicationsOf(sha)
	if len(of) == 0 {
		if to := strings.ToLower(sha); len(req.snap.PublicationsOf(to)) > 0 {
			return movedTo(fileURL(to))
		}
		return notFound("No publication has this SHA-256. Write all 64 letters and digits of it.")
	}
	if as := keptAs(of); as != "" {
		return notFound("The bytes were not kept, because this list has the same rows as another; save that one's file: " + fileURL(as))
	}
	body, err := req.site.options.Source.Body(req.Context(), sha)
	if err != nil {
		return fmt.Errorf("reading the file: %w", err)
	}
	h := w.Header()
	// What is no workbook, as the page of HTML that the lists once were, must not
	// be shown as a page of this site.
	h.Set("Content-Type", "application/octet-stream")
	if bytes.HasPrefix(body, []byte("PK\x03\x04")) {
		h.Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	}
	h.Set("Content-Disposition", attachment(of[0].File))
	h.Set("Cache-Control", forGood)
	_, _ = w.Write(body)
	return nil
}

// keptAs returns the hash of the file that is kept in the place of one that was
// published these times, "" where that is kept itself.
func keptAs(times []roster.Publication) (sha string) {
	for _, p := range times {
		if p.KeptAs == "" || p.KeptAs == p.SHA256 {
			return ""
		}
		sha = p.KeptAs
	}
	return sha
}

// fileURL is the address of a publication's bytes.
func fileURL(sha256 string) string { return publicationURL(sha256) + "/file" }

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

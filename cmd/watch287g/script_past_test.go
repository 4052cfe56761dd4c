package main

import (
	"encoding/csv"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/watch287g/watch287g/config"
	"github.com/watch287g/watch287g/internal/pasttest"
	"github.com/watch287g/watch287g/store/bolt"
)

type archiveKey struct{}

// setUpArchive plays the Internet Archive for a script, at $WATCH287G_WAYBACK.
func setUpArchive(env *testscript.Env) {
	archive := &pasttest.Archive{PageSize: 3}
	server := httptest.NewServer(archive)
	env.Defer(server.Close)
	env.Values[archiveKey{}] = archive
	env.Setenv("WATCH287G_WAYBACK", server.URL)
}

// scriptWayback adds to what the played archive has, or says how often it was asked.
func scriptWayback(ts *testscript.TestScript, neg bool, args []string) {
	const form = "wayback page STYLE ROWS URL T | file FILE URL T [LAST-MODIFIED] | fail N STATUS | asked N | mend"
	usage(ts, !neg && len(args) > 0, form)
	archive := ts.Value(archiveKey{}).(*pasttest.Archive)
	switch verb, args := args[0], args[1:]; {
	case verb == "page" && len(args) == 4:
		style, err := strconv.Atoi(args[0])
		ts.Check(err)
		archive.Add(pasttest.Capture{URL: args[2], At: parsed(ts, args[3]), Body: pasttest.Page(style, scriptPastRows(ts, args[1]), args[3])})
	case verb == "file" && (len(args) == 3 || len(args) == 4):
		c := pasttest.Capture{URL: args[1], At: parsed(ts, args[2]), Body: []byte(ts.ReadFile(args[0])), MIME: "application/octet-stream"}
		if len(args) == 4 {
			c.Header = map[string]string{"Last-Modified": parsed(ts, args[3]).UTC().Format(http.TimeFormat)}
		}
		archive.Add(c)
	case verb == "fail" && len(args) == 2:
		from, err := strconv.Atoi(args[0])
		ts.Check(err)
		status, err := strconv.Atoi(args[1])
		ts.Check(err)
		from += len(archive.Asked())
		archive.Fail(func(n int, w http.ResponseWriter, _ *http.Request) (bool, error) {
			if n < from {
				return false, nil
			}
			w.Header().Set("Retry-After", "7200")
			w.WriteHeader(status)
			return true, nil
		})
	case verb == "mend" && len(args) == 0:
		archive.Fail(nil)
	case verb == "asked" && len(args) == 1:
		n := 0
		for _, a := range archive.Asked() {
			if strings.HasPrefix(a.Path, "/web/") {
				n++
			}
		}
		if strconv.Itoa(n) != args[0] {
			ts.Fatalf("%d captures were asked for", n)
		}
	default:
		usage(ts, false, form)
	}
}

// scriptPastRows reads rows of a page, one a line: state, agency, county, model, signed,
// MOA, addendum.
func scriptPastRows(ts *testscript.TestScript, file string) (rows []pasttest.Row) {
	in := csv.NewReader(strings.NewReader(ts.ReadFile(file)))
	in.FieldsPerRecord = 7
	lines, err := in.ReadAll()
	ts.Check(err)
	for _, l := range lines {
		rows = append(rows, pasttest.Row{State: l[0], Agency: l[1], County: l[2], Model: l[3], Signed: l[4], MOA: l[5], Addendum: l[6]})
	}
	return rows
}

// scriptPDF writes a small document.
func scriptPDF(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, !neg && len(args) == 2, "pdf FILE WORDS")
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte("%PDF-1.4\n% "+args[1]+"\n%%EOF\n"), 0o600))
}

// scriptOther has another watch287g serve what is in a directory, at $OTHER.
func scriptOther(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, !neg && len(args) == 1, "other DATA")
	s, err := bolt.Open(ts.MkAbs(filepath.Join(args[0], "watch287g.db")), bolt.Options{ReadOnly: true})
	ts.Check(err)
	ts.Defer(func() { ts.Check(s.Close()) })
	now := parsed(ts, strings.TrimSpace(ts.ReadFile(ts.Getenv(clockFile)))) // which the script may not be asked for while it goes on
	a := newApp(io.Discard, io.Discard, func() time.Time { return now })
	site, err := a.newSite(s, config.Default(), slog.New(slog.DiscardHandler))
	ts.Check(err)
	server := httptest.NewServer(site)
	ts.Defer(server.Close)
	ts.Setenv("OTHER", server.URL)
}

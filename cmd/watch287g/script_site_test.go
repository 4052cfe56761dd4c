package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/watch287g/watch287g/config"
	"github.com/watch287g/watch287g/store/bolt"
)

// scriptSite asks the site over the state in ./data for an address, and prints the
// status, where a file is saved under a name that name, and what is said: of a page
// its text, in one line.
func scriptSite(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, !neg && len(args) == 1, "site ADDRESS")
	s, err := bolt.Open(ts.MkAbs(filepath.Join("data", "watch287g.db")), bolt.Options{ReadOnly: true})
	ts.Check(err)
	a := newApp(io.Discard, io.Discard, func() time.Time { return parsed(ts, strings.TrimSpace(ts.ReadFile(ts.Getenv(clockFile)))) })
	site, err := a.newSite(s, config.Default(), slog.New(slog.DiscardHandler))
	ts.Check(err)
	rec := httptest.NewRecorder()
	site.ServeHTTP(rec, httptest.NewRequestWithContext(context.Background(), http.MethodGet, args[0], nil))
	ts.Check(s.Close())
	fmt.Fprintln(ts.Stdout(), rec.Code)
	for _, name := range []string{"Location", "Content-Disposition"} {
		if v := rec.Header().Get(name); v != "" {
			fmt.Fprintf(ts.Stdout(), "%s: %s\n", name, v)
		}
	}
	body := rec.Body.Bytes()
	if strings.HasPrefix(rec.Header().Get("Content-Type"), "text/html") {
		doc, err := goquery.NewDocumentFromReader(bytes.NewReader(body))
		ts.Check(err)
		body = []byte(strings.Join(strings.Fields(doc.Find("body").Text()), " "))
	}
	fmt.Fprintln(ts.Stdout(), string(body))
}

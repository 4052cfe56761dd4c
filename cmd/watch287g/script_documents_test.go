package main

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/watch287g/watch287g/cmd/watch287g/documents"
	"github.com/watch287g/watch287g/document"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/store/bolt"
)

// scriptHave has the state in ./data know a document as the watcher would: a text whose
// pages are divided by lines of "---". Without a file, the address was only linked.
func scriptHave(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, !neg && (len(args) == 1 || len(args) == 2), "have URL [TEXT]")
	ctx, path, now := context.Background(), fileOf(ts.MkAbs("data")), time.Date(2025, time.March, 8, 13, 0, 0, 0, time.UTC)
	a := roster.DocumentAddress{URL: args[0], FirstLinked: now.Add(-time.Hour), DueAt: now}
	var b store.Batch
	if len(args) == 2 {
		text := ts.ReadFile(args[1])
		kept := documents.On(path, func() time.Time { return now })
		hash, err := kept.Put(ctx, []byte("%PDF "+text))
		ts.Check(err)
		r := document.Reading{SHA256: hash, ReadBy: document.Version}
		for i, page := range strings.Split(text, "---\n") {
			r.Pages = append(r.Pages, document.Page{Number: i + 1, Text: page})
		}
		ts.Check(kept.PutReading(ctx, r))
		a.LookedAt, a.DueAt = now, now.AddDate(0, 0, 7)
		a.Versions = []roster.DocumentVersion{{From: now, SHA256: hash, Size: int64(len(text) + 5)}}
		d := document.Facts(r)
		if d.Form == "" {
			d.Form, d.Model, d.Found = "tfm-2025-03-07", roster.TFM, map[string]int{"model": 1}
		}
		d.Size, d.HadAt = int64(len(text)+5), now
		b.Documents = []roster.Document{d}
	}
	b.Addresses = []roster.DocumentAddress{a}
	s, err := bolt.Open(path, bolt.Options{})
	ts.Check(err)
	known, err := s.Known(ctx)
	b.Before = known.Seqs
	ts.Check(errors.Join(err, s.Commit(ctx, b), s.Close()))
}

// scriptPage asks a service for a page until it says something, and prints it. The service's log
// has its address.
func scriptPage(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, !neg && len(args) == 3, "page LOG PATH PATTERN")
	site, pattern := regexp.MustCompile(`open (http://\S+)/ in a browser`), regexp.MustCompile(args[2])
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	last := []byte("nothing")
	for deadline := time.After(patience); ; {
		log, _ := os.ReadFile(ts.MkAbs(args[0])) // it is not there at once
		if address := site.FindSubmatch(log); address != nil {
			if got, err := http.Get(string(address[1]) + args[1]); err == nil {
				last, err = io.ReadAll(got.Body)
				ts.Check(errors.Join(err, got.Body.Close()))
			}
		}
		if pattern.Match(last) {
			_, err := ts.Stdout().Write(last)
			ts.Check(err)
			return
		}
		select {
		case <-tick.C:
		case <-deadline:
			ts.Fatalf("%s never says that; it says %s", args[1], last)
		}
	}
}

// withDocuments serves the files of a directory as ICE's documents, beside its page.
func withDocuments(site http.Handler, dir string) http.Handler {
	const folder = "/doclib/287gMOA/"
	files := http.StripPrefix(folder, http.FileServer(http.Dir(dir)))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, folder) {
			files.ServeHTTP(w, r)
			return
		}
		site.ServeHTTP(w, r)
	})
}

// scriptSpoil changes a byte of each file that a pattern matches.
func scriptSpoil(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, !neg && len(args) == 1, "spoil PATTERN")
	found, err := filepath.Glob(ts.MkAbs(args[0]))
	if err != nil || len(found) == 0 {
		ts.Fatalf("nothing matches %s (%v)", args[0], err)
	}
	for _, name := range found {
		body := []byte(ts.ReadFile(name))
		body[len(body)/2] ^= 1
		ts.Check(errors.Join(os.Remove(name), os.WriteFile(name, body, 0o600))) // a copy by a link stays as it was
	}
}

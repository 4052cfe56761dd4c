package main

import (
	"bytes"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/watch287g/watch287g/cmd/watch287g/documents"
	"github.com/watch287g/watch287g/config"
	"github.com/watch287g/watch287g/store/bolt"
)

// surfaces are the pages of the story after its end.
func (s *paperStory) surfaces(t *testing.T, data string) surfaces {
	t.Helper()
	path, now := filepath.Join(data, "watch287g.db"), func() time.Time { return s.ended }
	kept, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = kept.Close() })
	var out bytes.Buffer
	a := newApp(&out, &out, now)
	a.papers = documents.NewPapers(kept, documents.On(path, now), data, false, nil, slog.New(slog.DiscardHandler))
	if err := a.papers.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	site, err := a.newSite(kept, config.Default(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return surfaces{t: t, app: func() (*app, *bytes.Buffer) { return a, &out }, site: site}
}

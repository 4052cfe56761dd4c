package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/watch287g/watch287g/cmd/watch287g/earlier"
	"github.com/watch287g/watch287g/diff"
	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/sheet"
)

type diffCmd struct {
	Old    string `arg:"" help:"The older list."`
	New    string `arg:"" help:"The newer list."`
	Format string `help:"table, jsonl or csv." enum:"table,jsonl,csv" default:"table"`

	Explain bool `help:"Say for each change what linked its rows, or kept them apart."`
}

// Run prints what changed between two files, with the rules that the service
// goes by.
func (c diffCmd) Run(ctx context.Context, a *app) error {
	older, err := readFile(a.abs(c.Old))
	if err != nil {
		return err
	}
	newer, err := readFile(a.abs(c.New))
	if err != nil {
		return err
	}
	compared := ofLists(older, newer)
	if len(compared) == 0 {
		return fmt.Errorf("%s is a %s list and %s a %s list; only two of a kind can be compared",
			filepath.Base(c.Old), older[0].Publication.List, filepath.Base(c.New), newer[0].Publication.List)
	}
	for _, only := range slices.Concat(older, newer) {
		if len(ofLists([]diff.Candidate{only}, compared)) == 0 {
			sayf(a.stderr, "Only one of the two files holds the %s list; it is not compared.\n", only.Publication.List)
		}
	}
	conf, err := a.config()
	if err != nil {
		return err
	}
	settings, err := settings(conf)
	if err != nil {
		return err
	}
	r, err := diff.Compare(ctx, compared, ofLists(newer, compared), settings)
	if err != nil {
		return err
	}
	for _, h := range r.Holds {
		sayf(a.stderr, "The service would hold %s: %s\n", h.File, strings.Join(h.Reasons, " "))
	}
	if c.Explain {
		return explain(a.stdout, r.Changes)
	}
	return printChanges(a.stdout, c.Format, place.NewAtlas(nil, r.Changes).Locate, r.Changes)
}

// ofLists returns the publications of lists that others are of, too.
func ofLists(all, others []diff.Candidate) []diff.Candidate {
	return slices.DeleteFunc(slices.Clone(all), func(c diff.Candidate) bool {
		return !slices.ContainsFunc(others, func(o diff.Candidate) bool { return o.Publication.List == c.Publication.List })
	})
}

// readFile reads the list that a file holds, or both.
func readFile(path string) ([]diff.Candidate, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("opening a list: %w; name two workbooks", err)
	}
	body, err := earlier.ReadList(path)
	if err != nil {
		return nil, fmt.Errorf("opening a list: %w", err)
	}
	rosters, err := sheet.Read(body, info.ModTime())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	sum := sha256.Sum256(body)
	var lists []diff.Candidate
	for _, r := range rosters {
		lists = append(lists, diff.Candidate{Roster: r, Publication: roster.Publication{List: r.List, File: roster.Clean(filepath.Base(path)),
			SHA256: hex.EncodeToString(sum[:]), PublishedAt: info.ModTime(), SeenAt: info.ModTime(), Digest: r.Digest()}})
	}
	return lists, nil
}

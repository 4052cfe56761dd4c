package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

type evidenceCmd struct {
	ID     string `arg:"" name:"sha256" help:"The SHA-256 of the file, its first 8 digits or more, or the number of the publication."`
	Output string `help:"Write to this file instead." placeholder:"FILE" short:"o"`
}

// Help is what "publication --help" says beside the flags.
func (evidenceCmd) Help() string {
	return "These are the bytes that ICE published, as evidence. The pages give out the same file without personal details: " +
		"ICE's links hold email addresses of its staff, and its workbooks their names. Do not pass on what you do not need to."
}

// Run writes the bytes of a publication as ICE published them.
func (c evidenceCmd) Run(ctx context.Context, a *app) error {
	if c.Output == "" && isTerminal(a.stdout) {
		return usageError{errors.New("a file of ICE's is nothing to read on a terminal; write it to a file, as in --output list.xlsx")}
	}
	return a.withExistingStore(func(s store.Store) error {
		all, err := s.Publications(ctx)
		if err != nil {
			return err
		}
		p, err := c.find(all)
		if err != nil {
			return err
		}
		if p.KeptAs != "" && p.KeptAs != p.SHA256 {
			return fmt.Errorf("the bytes of publication %d were not kept, since it has the same rows as another one; \"watch287g publication %s\" has that one's", p.Seq, p.KeptAs)
		}
		body, err := s.Body(ctx, p.SHA256)
		if err != nil {
			return fmt.Errorf("reading the file of publication %d: %w", p.Seq, err)
		}
		write := func(w io.Writer) error {
			_, err := w.Write(body)
			return err //nolint:wrapcheck // who opened the file says what went wrong
		}
		if c.Output == "" {
			return write(a.stdout)
		}
		if err := a.writeFile(a.abs(c.Output), write); err != nil {
			return err
		}
		sayf(a.stdout, "ICE's file %s of %s, SHA-256 %s, is in %s. It may hold personal details.\n", p.File, stamp(p.PublishedAt), p.SHA256, c.Output)
		return nil
	})
}

// find returns the publication that is meant: of several with the same bytes the first
// one of which they were kept.
func (c evidenceCmd) find(all []roster.Publication) (found roster.Publication, err error) {
	id := strings.ToLower(strings.TrimSpace(c.ID))
	number, _ := strconv.ParseUint(id, 10, 64)
	for _, p := range all {
		switch {
		case number > 0 && len(id) < leastDigits && p.Seq == number:
			return p, nil
		case len(id) < leastDigits || !strings.HasPrefix(p.SHA256, id):
		case found.SHA256 != "" && found.SHA256 != p.SHA256:
			return found, fmt.Errorf("more than one publication's SHA-256 begins with %s; give more of it", id)
		case found.SHA256 == "" || cmp.Or(found.KeptAs, found.SHA256) != found.SHA256:
			found = p
		}
	}
	if found.SHA256 == "" {
		return found, fmt.Errorf("there is no publication %s; /publications and \"watch287g changes --format jsonl\" have their SHA-256", roster.Clean(c.ID))
	}
	return found, nil
}

// leastDigits is how much of a SHA-256 says which one it is; less is a number.
const leastDigits = 8

package documents

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/watch287g/watch287g/cmd/watch287g/console"
	"github.com/watch287g/watch287g/document"
	"github.com/watch287g/watch287g/document/archive"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

type showCmd struct {
	What     string `arg:"" name:"document" help:"Its SHA-256, the first 8 digits of it or more, its address, or the id of an agreement."`
	Page     int    `help:"Only the text of this page." placeholder:"N"`
	Original string `help:"Write the file, as ICE published it, to this one." placeholder:"FILE" short:"o"`
	Format   string `help:"table or json." enum:"table,json" default:"table"`
}

// Help is what "documents show --help" says beside the flags.
func (showCmd) Help() string {
	return "Phone numbers and mail addresses in the text are masked. The file has them: do not pass on what you do not need to."
}

// shownJSON is a document with its text, where that was read.
type shownJSON struct {
	Document roster.Document `json:"document"`
	URLs     []string        `json:"urls"`
	Pages    []document.Page `json:"pages"`
}

// Run prints what a document says, or writes the file.
func (c showCmd) Run(ctx context.Context, e *Env) error {
	return e.With(func(s store.Store, kept archive.Archive) error {
		k, err := readKnown(ctx, s)
		if err != nil {
			return err
		}
		d, err := k.find(c.What)
		if err != nil {
			return err
		}
		if c.Original != "" {
			return c.write(ctx, e, d, kept)
		}
		return c.print(ctx, e.Stdout, k, d, kept)
	})
}

// write writes the file.
func (c showCmd) write(ctx context.Context, e *Env, d roster.Document, kept archive.Archive) error {
	body, err := kept.Get(ctx, d.SHA256)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return fmt.Errorf("document %s is not kept in %s", d.SHA256, Shown(kept))
	case err != nil:
		return err //nolint:wrapcheck // it says which document
	}
	err = e.WriteFile(e.Abs(c.Original), func(w io.Writer) error {
		_, err := w.Write(body)
		return err //nolint:wrapcheck // who opened the file says what went wrong
	})
	if err == nil {
		console.Sayf(e.Stdout, "The document with the SHA-256 %s is in %s. It may hold personal details.\n", d.SHA256, c.Original)
	}
	return err
}

func (c showCmd) print(ctx context.Context, out io.Writer, k known, d roster.Document, kept archive.Archive) error {
	shown := shownJSON{Document: d, URLs: k.urls(d.SHA256), Pages: []document.Page{}}
	r, err := kept.Reading(ctx, d.SHA256)
	if err != nil && !errors.Is(err, store.ErrNotFound) && !errors.Is(err, archive.ErrDamaged) {
		return err //nolint:wrapcheck // it says which document
	}
	for _, p := range r.Pages {
		if c.Page == 0 || p.Number == c.Page {
			p.Text = document.Mask(p.Text)
			shown.Pages = append(shown.Pages, p)
		}
	}
	if c.Page != 0 && len(r.Pages) > 0 && len(shown.Pages) == 0 {
		return fmt.Errorf("it has no page %d: its pages are 1 to %d", c.Page, len(r.Pages))
	}
	if c.Format == "json" {
		return console.JSON(out, shown)
	}
	if c.Page == 0 {
		printFacts(out, shown)
	}
	for _, p := range shown.Pages {
		console.Sayf(out, "\n%s\n\n", pageHead(p, len(r.Pages)))
		for line := range strings.SplitSeq(strings.TrimSpace(p.Text), "\n") {
			console.Sayf(out, "%s\n", line)
		}
	}
	if len(r.Pages) == 0 && r.Problem == "" {
		return errNoText
	}
	return nil
}

func pageHead(p document.Page, of int) string {
	head := fmt.Sprintf("Page %d of %d", p.Number, of)
	switch {
	case p.Machine:
		return head + ", machine-read:"
	case p.Scanned:
		return head + ", a scan without text."
	}
	return head + ":"
}

// urls are the addresses at which a document stands or stood.
func (k known) urls(hash string) []string {
	urls := []string{}
	for _, a := range k.addresses {
		for _, v := range a.Versions {
			if v.SHA256 == hash {
				urls = append(urls, a.URL)
				break
			}
		}
	}
	return urls
}

// printFacts prints what is certain of a document. What is not is left out.
func printFacts(out io.Writer, s shownJSON) {
	d := s.Document
	say := func(name, value string, key string) {
		if value == "" {
			return
		}
		if page := d.Found[key]; page > 0 {
			value += fmt.Sprintf(" (page %d)", page)
		}
		console.Sayf(out, "%-11s %s\n", name+":", value)
	}
	say("SHA-256", d.SHA256, "")
	for _, url := range s.URLs {
		say("Address", url, "")
	}
	if d.Size > 0 {
		say("Size", console.Bytes(d.Size), "")
	}
	say("Had", console.Stamp(d.HadAt), "")
	if d.ReadBy > 0 {
		say("Pages", fmt.Sprintf("%d, of which %d have no text of their own and %d were machine-read", d.Pages, d.Scanned, d.MachineRead), "")
	}
	if d.Problem != "" {
		say("Problem", strings.TrimSpace(string(d.Problem)+" "+d.Said), "")
	}
	say("Form", d.Form, "")
	say("Model", string(d.Model), "model")
	say("Revised", string(d.Revised), "revised")
	say("Agency", d.Agency, "agency")
	say("State", string(d.State), "state")
	for _, signer := range d.Signers {
		say("Signed", strings.Join(notEmpty(signer.Side, document.Mask(signer.Title), string(signer.Date), fmt.Sprintf("page %d", signer.Page)), ", "), "")
	}
	for i, title := range d.Addenda {
		say("Addendum", title, fmt.Sprintf("addendum %d", i+1))
	}
}

func notEmpty(texts ...string) (some []string) {
	for _, t := range texts {
		if t != "" {
			some = append(some, t)
		}
	}
	return some
}

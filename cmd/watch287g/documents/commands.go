package documents

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/watch287g/watch287g/cmd/watch287g/console"
	"github.com/watch287g/watch287g/document/archive"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

// Commands are those about documents.
type Commands struct {
	List      listCmd      `cmd:"" default:"withargs" help:"Print the addresses that ICE links, and what is known of the document at each."`
	Show      showCmd      `cmd:"" help:"Print what one document says, or write the file."`
	Fetch     fetchCmd     `cmd:"" help:"Look at documents now, and keep what comes."`
	Conflicts conflictsCmd `cmd:"" help:"Print what documents say otherwise than the rows that link them."`
	Verify    verifyCmd    `cmd:"" help:"Read every document that is kept, and compare it with its hash."`
}

// Env is what the commands work with.
type Env struct {
	Stdout io.Writer
	Abs    func(path string) string // as seen from where the command was typed
	// WriteFile has a file written where the command was typed, whole or not at all.
	WriteFile func(path string, write func(io.Writer) error) error
	// With runs do with the store, where there is one, and with what keeps documents.
	With func(do func(store.Store, archive.Archive) error) error
	// Look runs do with what looks at documents, the service's where one runs; nobody else
	// who shares the store does meanwhile.
	Look func(ctx context.Context, do func(context.Context, Looking) error) error
	Now  func() time.Time
}

// known is what a store knows of documents.
type known struct {
	addresses []roster.DocumentAddress // by URL
	documents map[string]roster.Document
	links     map[string][]link // by the address's URL
}

// link is the part of an agreement that links, or linked, an address.
type link struct {
	part      roster.DocumentPart
	agreement roster.Agreement // as it was listed last
	now       bool             // its last row links it
}

func readKnown(ctx context.Context, s store.Reader) (known, error) {
	k := known{documents: map[string]roster.Document{}, links: map[string][]link{}}
	var err error
	if k.addresses, err = s.Addresses(ctx); err != nil {
		return k, fmt.Errorf("reading the addresses of documents: %w", err)
	}
	all, err := s.Documents(ctx)
	if err != nil {
		return k, fmt.Errorf("reading what documents say: %w", err)
	}
	for _, d := range all {
		k.documents[d.SHA256] = d
	}
	lists, err := s.Known(ctx)
	if err != nil {
		return k, fmt.Errorf("reading the agreements: %w", err)
	}
	for _, r := range lists.Records {
		k.addLinks(r)
	}
	for _, links := range k.links {
		slices.SortFunc(links, func(a, b link) int {
			return strings.Compare(a.agreement.ID+string(a.part), b.agreement.ID+string(b.part))
		})
	}
	return k, nil
}

// addLinks adds all addresses that rows of an agreement ever linked.
func (k *known) addLinks(r *roster.Record) {
	type place struct {
		url  string
		part roster.DocumentPart
	}
	seen := map[place]bool{}
	for i := len(r.Versions) - 1; i >= 0; i-- {
		v := r.Versions[i]
		for part, of := range map[roster.DocumentPart]string{roster.PartMOA: v.Agreement.MOA, roster.PartAddendum: v.Agreement.Addendum} {
			url, ok := roster.DocumentURL(of)
			if !ok || seen[place{url, part}] {
				continue
			}
			seen[place{url, part}] = true
			k.links[url] = append(k.links[url], link{part: part, agreement: r.Last().Agreement, now: v.Listed && i == len(r.Versions)-1})
		}
	}
}

// state says how it is with an address, and which problem there is.
func state(a roster.DocumentAddress) string {
	if s := a.State(); s != roster.DocumentBad {
		return string(s)
	}
	return string(a.Problem)
}

type verifyCmd struct{}

// Run reads all that is kept. Its error, and so the exit status, says that something is
// wrong.
func (verifyCmd) Run(ctx context.Context, e *Env) error {
	return e.With(func(s store.Store, kept archive.Archive) error {
		wanted, err := archive.Wanted(ctx, s)
		if err != nil {
			return err //nolint:wrapcheck // it says what it was doing
		}
		v, err := archive.Verify(ctx, kept, wanted)
		if err != nil {
			return fmt.Errorf("verifying the documents: %w", err)
		}
		t := console.NewTable(e.Stdout, "WRONG", "SHA-256", "ADDRESS")
		for _, hash := range v.Damaged {
			t.Row("damaged", hash, wanted[hash])
		}
		for _, hash := range v.Missing {
			t.Row("missing", hash, wanted[hash])
		}
		if v.Err() != nil {
			if err := t.Flush(); err != nil {
				return err
			}
		}
		if v.Files > 0 {
			console.Sayf(e.Stdout, "%s in %s (%s): each was read, and has the hash that it is kept by.\n", counted(v.Files), Shown(kept), console.Bytes(v.Bytes))
		}
		if v.Unnamed > 0 {
			console.Sayf(e.Stdout, "%s kept that the state does not name, as after a crash or once a backup was restored. They stay.\n", are(v.Unnamed))
		}
		switch {
		case v.Err() != nil:
			return fmt.Errorf("%w; \"watch287g documents fetch\" asks ICE for them again, and a backup may have them", v.Err())
		case v.Files+len(wanted) == 0:
			console.Sayf(e.Stdout, "No documents are kept yet.\n")
		}
		return nil
	})
}

// find returns the document that is meant: by its hash or the beginning of it, by an
// address, or by an agreement of which it is the MOA.
func (k known) find(what string) (roster.Document, error) {
	var found []string
	for sha := range k.documents {
		if len(what) >= leastDigits && isPrefix(sha, what) {
			found = append(found, sha)
		}
	}
	if len(found) == 0 {
		found = k.at(what)
	}
	slices.Sort(found)
	found = slices.Compact(found)
	switch len(found) {
	case 0:
		return roster.Document{}, fmt.Errorf("no document is known as %q; \"watch287g documents list\" has hashes, addresses and agreements", roster.Clean(what))
	case 1:
		if d, ok := k.documents[found[0]]; ok {
			return d, nil
		}
		return roster.Document{SHA256: found[0]}, nil
	}
	return roster.Document{}, fmt.Errorf("%q stands for several documents: %s", roster.Clean(what), strings.Join(found, ", "))
}

func isPrefix(hash, beginning string) bool {
	return strings.HasPrefix(hash, strings.ToLower(beginning))
}

// leastDigits is how much of a SHA-256 says which one it is.
const leastDigits = 8

// at lists what stood last at an address, or at those of an agreement.
func (k known) at(what string) (found []string) {
	url, isURL := roster.DocumentURL(what)
	for _, a := range k.addresses {
		last, had := a.Last()
		ofAgreement := slices.ContainsFunc(k.links[a.URL], func(l link) bool {
			return l.agreement.ID == what && l.now && l.part == roster.PartMOA
		})
		if had && (isURL && a.URL == url || ofAgreement) {
			found = append(found, last.SHA256)
		}
	}
	return found
}

var errNoText = errors.New("its text was not read yet; --original writes the file")

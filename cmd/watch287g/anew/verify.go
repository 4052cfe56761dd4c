package anew

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/watch287g/watch287g/rebuild/verify"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/sheet"
)

// Verify is the command that derives one change anew from the lists behind it.
type Verify struct {
	Change string   `arg:"" help:"The address of a change (https://…/changes/ID), its id with --from, or a file with its JSON with --files." name:"change"`
	From   string   `help:"A running instance that has the change." placeholder:"URL"`
	Files  []string `help:"The list before the change, and the one that it names; nothing is fetched." placeholder:"OLD,NEW"`
	Chain  bool     `help:"Derive it from all lists until then, which are fetched; so every word is checked."`
	Format string   `help:"text or json." enum:"text,json" default:"text"`
}

// The exit statuses, beside 0 for what is confirmed.
const (
	exitRefuted = 1
	exitUnknown = 2
)

// Run checks a change.
func (c Verify) Run(ctx context.Context, e *Env) error {
	done, err := c.check(ctx, e)
	if err != nil {
		return e.Exit(exitUnknown, err)
	}
	if err := c.print(e.Stdout, done); err != nil {
		return err
	}
	switch done.result.Verdict {
	case verify.Refuted:
		return e.Exit(exitRefuted, errors.New("the change is refuted"))
	case verify.Unknown:
		return e.Exit(exitUnknown, errors.New("the change is neither confirmed nor refuted"))
	case verify.Confirmed:
	}
	return nil
}

// checked is a change that was checked, and by what.
type checked struct {
	claim  roster.Change
	result verify.Result
	by     []string // sentences: which files, from whom, with which hashes
}

func (c Verify) check(ctx context.Context, e *Env) (checked, error) {
	switch {
	case len(c.Files) > 0 && (len(c.Files) != 2 || c.Chain || c.From != ""):
		return checked{}, errors.New("--files names two lists, OLD,NEW, and goes with neither --from nor --chain")
	case len(c.Files) == 2:
		return c.byFiles(ctx, e)
	}
	base, id, err := c.address()
	if err != nil {
		return checked{}, err
	}
	i, err := newInstance(base, e.Transport)
	if err != nil {
		return checked{}, err
	}
	within := twoWithin
	if c.Chain {
		within = chainWithin
	}
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	done := checked{}
	if done.claim, err = i.change(ctx, id); err != nil {
		return checked{}, err
	}
	if done.claim.TakenBack {
		done.by = append(done.by, base+" itself says that this change was taken back.")
	}
	if c.Chain {
		return i.byChain(ctx, e, done)
	}
	return i.byTwo(ctx, e, done)
}

// address is the instance and the id of the change.
func (c Verify) address() (base, id string, err error) {
	if c.From != "" {
		return strings.TrimSuffix(c.From, "/"), c.Change, nil
	}
	base, id, ok := strings.Cut(c.Change, "/changes/")
	if !ok || !strings.Contains(base, "://") {
		return "", "", errors.New("name the address of a change (https://host/changes/ID), or its id with --from https://host")
	}
	base = strings.TrimSuffix(strings.TrimSuffix(base, "/es"), "/api/v1")
	return base, strings.TrimSuffix(id, "/"), nil
}

// mostJSON is how long the JSON of a change may be, in bytes.
const mostJSON = 4 << 20

func (c Verify) byFiles(ctx context.Context, e *Env) (checked, error) {
	var done checked
	doc, err := readFile(e.Abs(c.Change), mostJSON)
	if err == nil {
		err = json.Unmarshal(doc, &done.claim)
	}
	if err != nil {
		return done, fmt.Errorf("reading the change's JSON: %w", err)
	}
	var files [2]verify.File
	for i, path := range c.Files {
		body, err := readFile(e.Abs(path), sheet.MaxBytes+1)
		if err != nil {
			return done, fmt.Errorf("reading a list: %w", err)
		}
		sum := sha256.Sum256(body)
		files[i] = verify.File{Body: body, Publication: roster.Publication{File: filepath.Base(path), SHA256: hex.EncodeToString(sum[:]),
			SeenAt: done.claim.Publication.PublishedAt, PublishedAt: done.claim.Publication.PublishedAt}}
		done.by = append(done.by, fmt.Sprintf("%s has the SHA-256 %s.", files[i].Publication.File, files[i].Publication.SHA256))
	}
	said := done.claim.Publication
	same := files[1].Publication.SHA256 == said.SHA256
	if !same {
		done.by = append(done.by, fmt.Sprintf("The change names %s: these are other bytes, as of a file that is given out without what is personal, or another list.", said.SHA256))
	}
	// What a file does not tell of itself is taken as said, and not confirmed.
	files[1].Publication.File, files[1].Publication.URL, files[1].Publication.SHA256 = said.File, said.URL, said.SHA256
	settings, err := e.Settings()
	if err != nil {
		return done, err
	}
	if done.result, err = verify.Two(ctx, done.claim, files[0], files[1], settings); err != nil {
		return done, err //nolint:wrapcheck // it names the file
	}
	taken := []string{"publication.file", "publication.url", "publication.published_at"}
	if !same {
		taken = append(taken, "publication.sha256")
	}
	done.result.Confirmed = slices.DeleteFunc(done.result.Confirmed, func(m string) bool { return slices.Contains(taken, m) })
	done.result.Open = append(done.result.Open, taken...)
	return done, nil
}

func readFile(path string, most int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err //nolint:wrapcheck // it names the file
	}
	defer f.Close() //nolint:errcheck // it was only read
	body, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(body)) > most {
		err = fmt.Errorf("%s is larger than %d bytes", filepath.Base(path), most)
	}
	return body, err //nolint:wrapcheck // it names the file
}

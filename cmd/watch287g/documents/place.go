// Package documents has the commands about documents, opens what keeps them, and copies
// them with backups.
package documents

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/watch287g/watch287g/cmd/watch287g/console"
	"github.com/watch287g/watch287g/config"
	"github.com/watch287g/watch287g/document/archive"
	"github.com/watch287g/watch287g/document/archive/bucket"
	"github.com/watch287g/watch287g/store"
)

// Beside is the directory of documents beside a file of the state, or a copy of one.
func Beside(file string) string { return filepath.Join(filepath.Dir(file), "documents") }

// On is the archive beside a file of the state.
func On(file string, now func() time.Time) *archive.Disk {
	return archive.NewDisk(Beside(file), archive.Reserve, now)
}

// Where returns where documents are kept that were had: in the bucket of the configuration,
// or beside the state's file.
func Where(c config.Documents, file string, now func() time.Time) (archive.Archive, error) {
	if c.Bucket == nil {
		return On(file, now), nil
	}
	b := c.Bucket
	return bucket.Open(bucket.Options{Endpoint: string(b.Endpoint), Bucket: b.Name, Region: b.Region, Prefix: b.Prefix, //nolint:wrapcheck // it says what to do
		AccessKey: b.AccessKey.Reveal(), SecretKey: b.SecretKey.Reveal(), Now: now})
}

// Open is Where for who has more documents: they are kept as the configuration says.
func Open(c config.Documents, file string, now func() time.Time) (archive.Archive, error) {
	a, err := Where(c, file, now)
	if err == nil && c.Keep == config.KeepHashes {
		a = archive.Hashes{Archive: a}
	}
	return a, err
}

// plain is where an archive keeps files, also where no more are to be kept.
func plain(a archive.Archive) archive.Archive {
	switch a := a.(type) {
	case *archive.Current:
		return plain(a.Now())
	case archive.Hashes:
		return plain(a.Archive)
	}
	return a
}

// Shown says where an archive is.
func Shown(a archive.Archive) string {
	switch a := plain(a).(type) {
	case *archive.Disk:
		return a.Dir()
	case fmt.Stringer:
		return a.String()
	}
	return "the archive"
}

// inDirectory is the directory that an archive is, and nil where it is none.
func inDirectory(a archive.Archive) *archive.Disk {
	d, _ := plain(a).(*archive.Disk)
	return d
}

// WithCopy copies the documents that are kept in a directory to the one beside a copy of
// the state, and says what it did; "" where there are none. Those of a bucket stay in it.
func WithCopy(ctx context.Context, kept archive.Archive, file string, now func() time.Time) (said string, err error) {
	if inDirectory(kept) == nil {
		return fmt.Sprintf("The documents stay in %s, and are not copied.", Shown(kept)), nil
	}
	return Copy(ctx, On(file, now), kept)
}

// CopyBeside is WithCopy for who has just copied the state, and says so.
func CopyBeside(ctx context.Context, out io.Writer, kept archive.Archive, file string, now func() time.Time) error {
	said, err := WithCopy(ctx, kept, file, now)
	return sayCopied(out, said, err)
}

// Copy copies documents from one place to another one, and says what it did; "" where there
// are none. Those that are there already stay as they are.
func Copy(ctx context.Context, to, from archive.Archive) (said string, err error) {
	if same(to, from) {
		return "", nil
	}
	c, err := archive.Copy(ctx, plain(to), plain(from))
	if err == nil {
		err = c.Err()
	}
	if err != nil {
		return "", fmt.Errorf("copying the documents to %s: %w", Shown(to), err)
	}
	if c.Files == 0 {
		return "", nil
	}
	return fmt.Sprintf("%s kept in %s, %d of them new there.", are(c.Files), Shown(to), c.New), nil
}

// CopyBetween copies documents from beside one state to beside the other, and says so. of
// opens those of a state.
func CopyBetween(ctx context.Context, out io.Writer, toState, fromState string, of func(state string) (archive.Archive, error)) error {
	from, err := of(fromState)
	if err != nil {
		return err
	}
	to, err := of(toState)
	if err != nil {
		return err
	}
	said, err := Copy(ctx, to, from)
	return sayCopied(out, said, err)
}

// sayCopied says how documents were copied once the state was.
func sayCopied(out io.Writer, said string, err error) error {
	if err != nil {
		return fmt.Errorf("the state is copied, and not all its documents: %w", err)
	}
	if said != "" {
		console.Sayf(out, "%s\n", said)
	}
	return nil
}

// are counts documents, as the beginning of a sentence about them.
func are(n int) string {
	if n == 1 {
		return "1 document is"
	}
	return counted(n) + " are"
}

func counted(n int) string {
	if n == 1 {
		return "1 document"
	}
	return fmt.Sprintf("%d documents", n)
}

// same says whether two archives are one directory.
func same(one, other archive.Archive) bool {
	a, b := inDirectory(one), inDirectory(other)
	if a == nil || b == nil {
		return false
	}
	infoA, errA := os.Stat(a.Dir())
	infoB, errB := os.Stat(b.Dir())
	return errA == nil && errB == nil && os.SameFile(infoA, infoB) || filepath.Clean(a.Dir()) == filepath.Clean(b.Dir())
}

// Brought says how the documents of a backup came to where they are kept.
type Brought struct {
	Said  string // a line for people; "" where there are none
	Wrong error  // what of them is missing or damaged
}

// Bring brings the documents beside a backup to where they are kept, and reads all of them,
// before the state is put in its place: what is wrong with single ones keeps nobody from
// restoring that. Nothing is taken away, and what is there already stays. of is the store
// in the backup; nil where it is too old to know documents.
func Bring(ctx context.Context, of store.Reader, backup string, kept archive.Archive, now func() time.Time) (b Brought, err error) {
	var wanted map[string]string
	if of != nil {
		if wanted, err = archive.Wanted(ctx, of); err != nil {
			return b, err //nolint:wrapcheck // it says what it was doing
		}
	}
	if d := inDirectory(kept); d != nil {
		if err := os.MkdirAll(filepath.Dir(d.Dir()), 0o700); err != nil {
			return b, fmt.Errorf("making the data directory: %w", err)
		}
	}
	from := On(backup, now)
	kept = plain(kept)
	var copied archive.Copied
	if !same(from, kept) {
		if copied, err = archive.Copy(ctx, kept, from); err != nil {
			return b, fmt.Errorf("copying the documents from %s: %w", from.Dir(), err)
		}
	}
	v, err := archive.Verify(ctx, kept, wanted)
	if err == nil && len(v.Damaged) > 0 && !same(from, kept) {
		var mended int
		if mended, err = archive.Mend(ctx, kept, from, v.Damaged); err == nil {
			copied.New += mended
			v, err = archive.Verify(ctx, kept, wanted)
		}
	}
	if err != nil {
		return b, fmt.Errorf("reading the documents back: %w", err)
	}
	if err := v.Err(); err != nil {
		b.Wrong = fmt.Errorf("the state is restored, and not all its documents: %w; \"watch287g documents verify\" names them, and \"documents fetch\" asks ICE for them again", err)
	}
	if len(wanted)+v.Files > 0 {
		b.Said = fmt.Sprintf("%s whole in %s, each of which was read; %d of them are new there.\n", are(v.Files), Shown(kept), copied.New)
	}
	return b, nil
}

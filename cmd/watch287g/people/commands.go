package people

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/watch287g/watch287g/cmd/watch287g/console"
	"github.com/watch287g/watch287g/readers"
	"github.com/watch287g/watch287g/store"
)

// Commands are those about readers.
type Commands struct {
	List       listCmd       `cmd:"" default:"withargs" help:"Print who signed up, with addresses that are masked."`
	Show       showCmd       `cmd:"" help:"Print all that is kept of one reader, as JSON."`
	Export     exportCmd     `cmd:"" help:"Write all that is kept of readers to a file, for a backup or another machine."`
	Import     importCmd     `cmd:"" help:"Import what export has written, where there are no readers yet."`
	Erase      eraseCmd      `cmd:"" help:"Delete a reader with all that names them."`
	Suppress   suppressCmd   `cmd:"" help:"Have an address get nothing anymore, whoever signs it up."`
	Unsuppress unsuppressCmd `cmd:"" help:"Let an address get mail again."`
	Suppressed suppressedCmd `cmd:"" help:"Print what is suppressed, and why; it names no addresses."`
	Resume     resumeCmd     `cmd:"" help:"Send mails again that were stopped since too many came back."`
	Stats      statsCmd      `cmd:"" help:"Count readers, what is suppressed and what waits to be sent."`
}

type listCmd struct {
	Addresses bool   `help:"Print the addresses in full."`
	State     string `help:"Only those that are active, paused, left or suppressed." enum:",active,paused,left,suppressed" default:"" placeholder:"active"`
	Limit     int    `help:"At most so many; 0 for all." default:"50"`
	Format    string `help:"table or json, an object a line." enum:"table,json" default:"table"`
}

// Run prints readers, in the order in which they confirmed.
func (c listCmd) Run(ctx context.Context, a *Env) error {
	if c.Limit < 0 {
		return a.Usage(fmt.Errorf("--limit %d is below 0", c.Limit))
	}
	return a.With(ctx, true, func(s readers.Store) error {
		t := console.NewTable(a.Stdout, "NUMBER", "ADDRESS", "STATE", "LANGUAGE", "GETS", "FOLLOWS", "SINCE")
		n := 0
		err := eachReader(ctx, s, func(r readers.Reader) (more bool, err error) {
			if c.State != "" && string(r.State) != c.State {
				return true, nil
			}
			if !c.Addresses {
				r.Address = readers.Masked(r.Address)
			}
			if c.Format == "json" {
				err = json.NewEncoder(a.Stdout).Encode(r)
			} else {
				var follows []string
				for _, f := range r.Follows {
					follows = append(follows, f.String())
				}
				t.Row(strconv.FormatUint(r.Seq, 10), r.Address, string(r.State), string(r.Language), string(r.Cadence), strings.Join(follows, " "), console.Stamp(r.ConfirmedAt))
			}
			n++
			return c.Limit == 0 || n < c.Limit, err
		})
		if err != nil || c.Format == "json" {
			return err
		}
		return t.Flush()
	})
}

// eachReader calls do for every reader, until that wants no more.
func eachReader(ctx context.Context, s readers.People, do func(readers.Reader) (more bool, err error)) error {
	const atOnce = 500
	for after := uint64(0); ; {
		some, err := s.Readers(ctx, after, atOnce)
		if err != nil {
			return fmt.Errorf("reading the readers: %w", err)
		}
		for _, r := range some {
			if more, err := do(r); err != nil || !more {
				return err
			}
			after = r.Seq
		}
		if len(some) < atOnce {
			return nil
		}
	}
}

// findReader finds a reader by address, ID or number.
func findReader(ctx context.Context, s readers.People, who string) (r readers.Reader, err error) {
	if seq, notSeq := strconv.ParseUint(who, 10, 64); notSeq == nil {
		found, err := s.ReadersAt(ctx, []uint64{seq})
		if err == nil && len(found) == 0 {
			err = readers.ErrNotFound
		}
		if err != nil {
			return r, notThere(err)
		}
		return found[0], nil
	}
	if id, ok := readers.ParseID(who); ok {
		r, err = s.Reader(ctx, id)
		return r, notThere(err)
	}
	address, err := readers.ParseAddress(who)
	if err != nil {
		return r, fmt.Errorf("name a reader by the address, the number or the id: %w", err)
	}
	r, err = s.ReaderOf(ctx, address)
	return r, notThere(err)
}

func notThere(err error) error {
	switch {
	case errors.Is(err, readers.ErrNotFound):
		return errors.New(`there is no such reader; "watch287g readers" lists them`)
	case err != nil:
		return fmt.Errorf("looking for the reader: %w", err)
	}
	return nil
}

type showCmd struct {
	Reader string `arg:"" help:"The address, the number or the id."`
}

// Run prints one reader, and whether the address is suppressed.
func (c showCmd) Run(ctx context.Context, a *Env) error {
	return a.With(ctx, true, func(s readers.Store) error {
		r, err := findReader(ctx, s, c.Reader)
		if err != nil {
			return err
		}
		found, err := s.Suppressed(ctx, r.Address)
		if err != nil {
			return fmt.Errorf("looking for the reader: %w", err)
		}
		shown := struct {
			readers.Reader
			Suppressed *readers.Suppression `json:"suppressed,omitempty"`
		}{Reader: r}
		if sup, is := found[r.Address]; is {
			shown.Suppressed = &sup
		}
		return console.JSON(a.Stdout, shown)
	})
}

type exportCmd struct {
	File string `arg:"" help:"Where to write it. Only you can read that file; it holds addresses and secrets."`
}

// Run writes all that is kept, a line of JSON an item.
func (c exportCmd) Run(ctx context.Context, a *Env) error {
	if same(a.Abs(c.File), a.File()) {
		return fmt.Errorf("%s is the file of the readers itself; write the copy to another one", c.File)
	}
	return a.With(ctx, true, func(s readers.Store) error {
		var parts map[string]int
		err := a.WriteFile(a.Abs(c.File), func(w io.Writer) (err error) {
			parts, err = readers.Export(w, s.Dump(ctx), a.Now())
			return err
		})
		if err != nil {
			return err
		}
		console.Sayf(a.Stdout, "%s written to %s, with what belongs to them. To take it in elsewhere: watch287g readers import %s\n",
			console.WereCounted(parts["readers"], "reader"), c.File, c.File)
		return nil
	})
}

type importCmd struct {
	File string `arg:"" help:"What export has written."`
}

// Run fills an empty store of readers, all or nothing.
func (c importCmd) Run(ctx context.Context, a *Env) error {
	f, err := os.Open(a.Abs(c.File))
	if err != nil {
		return fmt.Errorf("reading %s: %w; name a file that \"watch287g readers export\" has written", c.File, err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	return a.With(ctx, false, func(s readers.Store) error {
		_, err := s.Load(ctx, readers.ReadExport(f))
		switch {
		case errors.Is(err, store.ErrNotEmpty):
			return errors.New("there are readers here already; nothing was imported. To put these in their place, move the old ones away first: stop the service, and rename readers.db, or drop the schema watch287g_readers of the database")
		case errors.Is(err, readers.ErrInvalid):
			return fmt.Errorf("%s: %w; nothing was imported", c.File, err)
		case err != nil:
			return fmt.Errorf("importing %s: %w; nothing was imported", c.File, err)
		}
		stats, err := s.Stats(ctx)
		if err != nil {
			return fmt.Errorf("counting readers: %w", err)
		}
		n := 0
		for _, count := range stats.Readers {
			n += count.Readers
		}
		console.Sayf(a.Stdout, "%s imported.\n", console.WereCounted(n, "reader"))
		return nil
	})
}

type eraseCmd struct {
	Reader string `arg:"" help:"The address, the number or the id."`
	Yes    bool   `help:"Do it without asking."`
}

// Run deletes a reader, once the operator has agreed.
func (c eraseCmd) Run(ctx context.Context, a *Env) error {
	return a.With(ctx, true, func(s readers.Store) error {
		r, err := findReader(ctx, s, c.Reader)
		if err != nil {
			return err
		}
		if !c.Yes {
			console.Sayf(a.Stdout, "Reader %d (%s), who follows %s, is deleted for good, with all that names them.\n",
				r.Seq, readers.Masked(r.Address), console.Counted(len(r.Follows), "thing"))
			return a.Ask
		}
		if err := s.Erase(ctx, r.ID); err != nil {
			return fmt.Errorf("erasing reader %d: %w", r.Seq, err)
		}
		console.Sayf(a.Stdout, "Reader %d is erased. Copies that were made before have them still.\n", r.Seq)
		return nil
	})
}

type suppressCmd struct {
	Address string `arg:"" help:"The address."`
}

// Run suppresses an address, whether a reader has it or not.
func (c suppressCmd) Run(ctx context.Context, a *Env) error {
	address, err := readers.ParseAddress(c.Address)
	if err != nil {
		return a.Usage(err)
	}
	return a.With(ctx, false, func(s readers.Store) error {
		if err := s.Suppress(ctx, address, readers.Suppression{Reason: readers.ReasonOperator, At: a.Now()}); err != nil {
			return fmt.Errorf("suppressing an address: %w", err)
		}
		console.Sayf(a.Stdout, "The address %s gets nothing anymore. To take that back: watch287g readers unsuppress ADDRESS\n", readers.Masked(address))
		return nil
	})
}

type unsuppressCmd struct {
	What string `arg:"" help:"The address, or the key that \"suppressed\" prints."`
}

// Run takes a suppression back.
func (c unsuppressCmd) Run(ctx context.Context, a *Env) error {
	return a.With(ctx, true, func(s readers.Store) error {
		key, err := a.suppressionKey(ctx, s, c.What)
		if err != nil {
			return err
		}
		err = s.Unsuppress(ctx, key)
		switch {
		case errors.Is(err, readers.ErrNotFound):
			return errors.New("this is not suppressed; \"watch287g readers suppressed\" prints what is")
		case err != nil:
			return fmt.Errorf("taking a suppression back: %w", err)
		}
		console.Sayf(a.Stdout, "The address can get mail again.\n")
		return nil
	})
}

// suppressionKey is what an address is suppressed by; a key, or the beginning of one, is
// taken as it is.
func (a *Env) suppressionKey(ctx context.Context, s readers.People, what string) (string, error) {
	const shortest = 8
	if strings.Contains(what, "@") {
		address, err := readers.ParseAddress(what)
		if err != nil {
			return "", a.Usage(err)
		}
		secret, err := s.Secret(ctx, readers.SecretSuppression)
		return readers.SuppressionKey(secret, address), err
	}
	found := ""
	err := eachSuppression(ctx, s, func(sup readers.Suppression) error {
		if len(what) < shortest || !strings.HasPrefix(sup.Key, what) {
			return nil
		}
		if found != "" {
			return errors.New("several keys begin so; write more of it")
		}
		found = sup.Key
		return nil
	})
	if found == "" {
		found = what
	}
	return found, err
}

func eachSuppression(ctx context.Context, s readers.People, do func(readers.Suppression) error) error {
	const atOnce = 500
	for after := ""; ; {
		some, err := s.Suppressions(ctx, after, atOnce)
		if err != nil {
			return fmt.Errorf("reading what is suppressed: %w", err)
		}
		for _, sup := range some {
			if err := do(sup); err != nil {
				return err
			}
			after = sup.Key
		}
		if len(some) < atOnce {
			return nil
		}
	}
}

type suppressedCmd struct {
	Format string `help:"table or json." enum:"table,json" default:"table"`
}

// Run prints suppressions, the newest first.
func (c suppressedCmd) Run(ctx context.Context, a *Env) error {
	return a.With(ctx, true, func(s readers.Store) error {
		all := []readers.Suppression{}
		err := eachSuppression(ctx, s, func(sup readers.Suppression) error { all = append(all, sup); return nil })
		if err != nil {
			return err
		}
		slices.SortStableFunc(all, func(a, b readers.Suppression) int { return b.At.Compare(a.At) })
		if c.Format == "json" {
			return console.JSON(a.Stdout, all)
		}
		t := console.NewTable(a.Stdout, "KEY", "SINCE", "REASON", "WHAT WAS SAID")
		for _, sup := range all {
			t.Row(sup.Key[:min(16, len(sup.Key))], console.Stamp(sup.At), string(sup.Reason), sup.Detail)
		}
		return t.Flush()
	})
}

type statsCmd struct {
	Format string `help:"table or json." enum:"table,json" default:"table"`
}

// Run prints counts.
func (c statsCmd) Run(ctx context.Context, a *Env) error {
	return a.With(ctx, true, func(s readers.Store) error {
		stats, err := s.Stats(ctx)
		if err != nil {
			return fmt.Errorf("counting readers: %w", err)
		}
		is, err := standing(ctx, s, a.Now)
		if err != nil {
			return err
		}
		if c.Format == "json" {
			return console.JSON(a.Stdout, struct {
				readers.Stats
				Returned returned `json:"returned"`
			}{stats, is})
		}
		t := console.NewTable(a.Stdout, "READERS", "STATE", "LANGUAGE", "GETS")
		for _, count := range stats.Readers {
			t.Row(strconv.Itoa(count.Readers), string(count.State), string(count.Language), string(count.Cadence))
		}
		if err := t.Flush(); err != nil {
			return err
		}
		console.Sayf(a.Stdout, "\n%s to be confirmed.\n", console.Counted(stats.Requests, "sign-up"))
		for _, reason := range readers.Reasons() {
			if n := stats.Suppressed[reason]; n > 0 {
				console.Sayf(a.Stdout, "%s suppressed: %s.\n", console.Counted(n, "address"), string(reason))
			}
		}
		console.Sayf(a.Stdout, "%s and %s to readers wait to be sent", console.Counted(stats.Letters, "letter"), console.Counted(stats.Batches, "mailing"))
		if !stats.Oldest.IsZero() {
			console.Sayf(a.Stdout, ", since %s", console.Stamp(stats.Oldest))
		}
		console.Sayf(a.Stdout, ".\n")
		is.print(a)
		return nil
	})
}

// same says whether two paths lead to one file.
func same(path, other string) bool {
	a, errA := os.Stat(path)
	b, errB := os.Stat(other)
	return errA == nil && errB == nil && os.SameFile(a, b)
}

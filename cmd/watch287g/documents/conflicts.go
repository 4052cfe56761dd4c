package documents

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/watch287g/watch287g/cmd/watch287g/console"
	"github.com/watch287g/watch287g/document"
	"github.com/watch287g/watch287g/document/archive"
	"github.com/watch287g/watch287g/document/library"
	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

type conflictsCmd struct {
	Format string `help:"table or json." enum:"table,json" default:"table"`
}

// Run prints what documents say otherwise than the rows that link them.
func (c conflictsCmd) Run(ctx context.Context, e *Env) error {
	return e.With(func(s store.Store, kept archive.Archive) error {
		l := library.New(library.Options{Archive: kept, Store: s})
		if err := l.Load(ctx); err != nil {
			return err //nolint:wrapcheck // it says what it was doing
		}
		all := []document.Conflict{}
		if v := l.Now(); v != nil {
			all = append(all, v.Conflicts()...)
		}
		if c.Format == "json" {
			return console.JSON(e.Stdout, all)
		}
		t := console.NewTable(e.Stdout, "STATE", "AGENCY", "WHAT", "ROW", "DOCUMENT", "PAGE", "SHA-256")
		for _, c := range all {
			page := ""
			if c.Page > 0 {
				page = strconv.Itoa(c.Page)
			}
			t.Row(string(c.Agreement.State), c.Agreement.Agency, c.What, c.Row, c.Document, page, fmt.Sprintf("%.12s", c.SHA256))
		}
		if len(all) == 0 {
			console.Sayf(e.Stdout, "No document is known to contradict the row that links it.\n")
			return nil
		}
		return t.Flush()
	})
}

// ConflictNews tells the operator of documents that contradict their rows, each once.
type ConflictNews struct {
	Queue notify.Queue
	Rules func() []notify.Rule // those in use
	Now   func() time.Time
	Count func(n int) // is told how many there are
}

// Tell tells what of a view was not told yet. What was told is noted in the store, for as long
// as the document stands where it stood.
func (n *ConflictNews) Tell(ctx context.Context, v *library.View) error {
	all := v.Conflicts()
	n.Count(len(all))
	incidents, err := n.Queue.Incidents(ctx)
	if err != nil {
		return fmt.Errorf("reading of which documents the operator was told: %w", err)
	}
	told, stands := map[string]bool{}, map[string]bool{}
	for _, a := range v.Addresses() {
		if last, ok := a.Last(); ok {
			stands[conflictKey(last.SHA256, "")] = true
		}
	}
	var changed []roster.Incident
	for _, i := range incidents {
		if told[i.Key] = true; strings.HasPrefix(i.Key, conflictPrefix) && !stands[i.Key[:min(len(i.Key), len(conflictPrefix)+digestLength)]] {
			i.Ended = true
			changed = append(changed, i)
		}
	}
	// One hour has one notice of the same, whoever writes it.
	at := n.Now().UTC().Truncate(time.Hour)
	var fresh []document.Conflict
	for _, c := range all {
		if key := conflictKey(c.SHA256, fmt.Sprint(c.Agreement.ID, c.What, c.Row, c.Document)); !told[key] {
			told[key] = true
			fresh = append(fresh, c)
			changed = append(changed, roster.Incident{Key: key, Since: at, Reported: true})
		}
	}
	var notices []roster.Notice
	if len(fresh) > 0 {
		notices = []roster.Notice{{Kind: notify.DocumentConflicts, At: at, Text: conflictText(fresh, len(all))}}
	}
	return notify.Tell(ctx, n.Queue, n.Rules(), notices, changed) //nolint:wrapcheck // it says what it was doing
}

// conflictPrefix begins the keys of incidents about documents: then come the beginning of the
// file's hash, of so many digits, and that of a hash of what is said.
const (
	conflictPrefix = "document-"
	digestLength   = 16
)

func conflictKey(sha, said string) string {
	key := conflictPrefix + fmt.Sprintf("%.*s", digestLength, sha)
	if said != "" {
		sum := sha256.Sum256([]byte(said))
		key += "-" + hex.EncodeToString(sum[:])[:digestLength]
	}
	return key
}

// mostTold is how many documents a notice names.
const mostTold = 5

// conflictText says what is new, of so many in all.
func conflictText(fresh []document.Conflict, all int) string {
	slices.SortStableFunc(fresh, func(a, b document.Conflict) int { return strings.Compare(a.Agreement.ID, b.Agreement.ID) })
	var b strings.Builder
	if len(fresh) == 1 {
		b.WriteString("A document says otherwise than the row of ICE's list that links it. ")
	} else {
		fmt.Fprintf(&b, "Documents say otherwise than the rows of ICE's lists that link them, in %d things. ", len(fresh))
	}
	for i, c := range fresh {
		if i == mostTold {
			fmt.Fprintf(&b, "%d more are not named here. ", len(fresh)-i)
			break
		}
		on := ""
		if c.Page > 0 {
			on = fmt.Sprintf(" (page %d)", c.Page)
		}
		fmt.Fprintf(&b, "%s, %s: the row gives the %s as %s, the document as %s%s. ", prose.Printed(c.Agreement.Agency), c.Agreement.State.Name(), c.What, prose.Printed(c.Row), prose.Printed(c.Document), on)
	}
	b.WriteString("Either can be wrong, and no other channel is told. \"watch287g documents conflicts\" and the page /documents/conflicts list ")
	if all == 1 {
		b.WriteString("it.")
	} else {
		fmt.Fprintf(&b, "all %d.", all)
	}
	return b.String()
}

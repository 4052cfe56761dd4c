package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/store/storetest"
)

// consistent says what is wrong with a store, looked at as a whole: its parts
// must bear each other out whenever the program was stopped.
func consistent(ctx context.Context, s store.Store) error {
	c, err := storetest.Read(ctx, s) // every body and roster among it
	if err != nil {
		return err
	}
	in := inspection{Contents: c, publications: map[string]bool{}, changes: map[string]bool{}}
	in.numbers()
	in.listed()
	in.references()
	return errors.Join(in.wrong...)
}

type inspection struct {
	storetest.Contents
	publications map[string]bool // by hash
	changes      map[string]bool // by id, so far
	wrong        []error
}

func (in *inspection) must(right bool, format string, args ...any) {
	if !right {
		in.wrong = append(in.wrong, fmt.Errorf(format, args...))
	}
}

// numbers: all that is numbered is so from 1 on, without gaps.
func (in *inspection) numbers() {
	for i, p := range in.Publications {
		in.must(p.Seq == uint64(i+1), "publication %d has the number %d", i+1, p.Seq)
		in.publications[p.SHA256] = true
	}
	for i, c := range in.Changes {
		in.must(c.Seq == uint64(i+1), "change %d has the number %d", i+1, c.Seq)
	}
	want := roster.Seqs{Publication: uint64(len(in.Publications)), Change: uint64(len(in.Changes))}
	in.must(in.Known.Seqs == want, "the last numbers are %+v, and there are %+v", in.Known.Seqs, want)
	for i, p := range in.Polls {
		in.must(p.Seq == uint64(len(in.Polls)-i), "poll %d from the last of %d has the number %d", i, len(in.Polls), p.Seq)
	}
}

// listed: what stands is what the lists in force say, row by row, less those that
// are doubles or cannot be read.
func (in *inspection) listed() {
	for _, list := range roster.Lists() {
		p, ok := in.Known.InForce[list]
		n := 0
		for _, r := range in.Known.Records {
			if r.List == list && r.Listed() {
				n++
			}
		}
		in.must(n == p.Rows-p.Duplicates-p.Unreadable, "%d records are on the %s list, which has %d rows, %d of them doubles and %d unreadable",
			n, list, p.Rows, p.Duplicates, p.Unreadable)
		in.must(ok || n == 0, "there is no %s list in force", list)
	}
	for id, r := range in.Known.Records {
		_, known := r.AgreementAt(time.Date(9000, time.January, 1, 0, 0, 0, 0, time.UTC))
		in.must(known, "%s neither stands nor has ended", id)
	}
}

// references: whatever is named is there.
func (in *inspection) references() {
	for _, c := range in.Changes {
		if c.TakenBack || c.Kind == roster.KindCorrection || c.Kind == roster.KindPage { // what was wrong need not be there
			in.changes[c.ID] = true
			continue
		}
		record := in.Known.Records[c.Agreement.ID]
		in.must(record != nil, "change %d is about %s, which there is not", c.Seq, c.Agreement.ID)
		in.must(in.Known.Agencies[c.Agreement.AgencyID] != nil, "change %d is about the agency %s, which there is not", c.Seq, c.Agreement.AgencyID)
		in.must(in.publications[c.Publication.SHA256], "change %d comes from a publication that there is not", c.Seq)
		in.must(c.Corrects == "" || in.changes[c.Corrects], "change %d takes back %s, which was never told", c.Seq, c.Corrects)
		in.must(c.Text != "", "change %d has no sentence", c.Seq)
		in.changes[c.ID] = true
	}
	for id, r := range in.Known.Records {
		in.must(in.Known.Agencies[r.Now().AgencyID] != nil, "%s is of the agency %s, which there is not", id, r.Now().AgencyID)
		in.must(r.Ending == "" || in.changes[r.Ending], "%s ended with the change %s, which there is not", id, r.Ending)
		in.must(r.SignedBy == "" || in.Known.Records[r.SignedBy] != nil, "%s was signed as %s, which there is not", id, r.SignedBy)
		for _, v := range r.Versions {
			in.must(v.Source >= 1 && v.Source <= in.Known.Seqs.Publication, "%s comes from publication %d", id, v.Source)
		}
	}
	holds := map[string]bool{}
	for _, h := range in.Holds {
		holds[h.ID] = true
		open := h.State == roster.HoldOpen
		in.must(!open || in.Publications[h.Publication-1].Verdict == roster.VerdictHeld, "%s is open, and its publication is not held", h.ID)
		in.must(open == h.EndedAt.IsZero(), "%s is %s and ended at %v", h.ID, h.State, h.EndedAt)
	}
	for _, p := range in.Publications {
		in.must(p.Hold == "" || holds[p.Hold], "publication %d is held as %s, which there is not", p.Seq, p.Hold)
	}
	for _, poll := range in.Polls {
		for _, seq := range poll.Publications {
			in.must(seq <= in.Known.Seqs.Publication, "poll %d brought publication %d, which there is not", poll.Seq, seq)
		}
	}
}

package store

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/watch287g/watch287g/roster"
)

// This file says for every backend which batches can be stored.

// ErrInvalid means that a batch is wrong, whatever is stored.
var ErrInvalid = errors.New("the batch cannot be stored")

func invalid(format string, args ...any) error {
	return fmt.Errorf("%w: %w", ErrInvalid, fmt.Errorf(format, args...))
}

// Validate returns an ErrInvalid where a batch is wrong, whatever is stored. It does not
// look at numbers: where they do not follow those of the store, that is a conflict.
func (b Batch) Validate() error {
	for _, e := range b.Entries {
		if err := e.validate(); err != nil {
			return err
		}
	}
	for i, r := range b.Records {
		if len(r.Versions) == 0 || r.ID() == "" {
			return invalid("record %d of %d has no id", i+1, len(b.Records))
		}
	}
	for _, named := range []struct {
		what    string
		unnamed bool
	}{
		{"an agency", slices.ContainsFunc(b.Agencies, func(a roster.Agency) bool { return a.ID == "" })},
		{"a change", slices.ContainsFunc(b.Changes, func(c roster.Change) bool { return c.ID == "" })},
		{"a hold", slices.ContainsFunc(b.Holds, func(h roster.Hold) bool { return h.ID == "" })},
		{"a validator", slices.ContainsFunc(b.Validators, func(v roster.Validator) bool { return v.URL == "" })},
		{"the text of a page", slices.ContainsFunc(b.PageTexts, func(p roster.PageText) bool { return p.SeenAt.IsZero() })},
		{"an incident", slices.ContainsFunc(b.Incidents, func(i roster.Incident) bool { return i.Key == "" })},
	} {
		if named.unnamed {
			return invalid("%s has no id", named.what)
		}
	}
	if err := b.validateDocuments(); err != nil {
		return err
	}
	for _, d := range b.Deliveries {
		if err := validateDelivery(d); err != nil {
			return err
		}
	}
	return nil
}

func (b Batch) validateDocuments() error {
	for _, a := range b.Addresses {
		if a.URL == "" || len(a.URL) > roster.MaxDocumentURL {
			return invalid("the address of a document has %d bytes, and can have 1 to %d", len(a.URL), roster.MaxDocumentURL)
		}
		for _, v := range a.Versions {
			if !isSHA256(v.SHA256) {
				return invalid("at %s was a file with the hash %q, which is not a SHA-256", a.URL, v.SHA256)
			}
		}
	}
	for _, d := range b.Documents {
		if !isSHA256(d.SHA256) {
			return invalid("a document has the hash %q, which is not a SHA-256", d.SHA256)
		}
	}
	return nil
}

// isSHA256 says whether a hash is one as it is written everywhere: 64 digits in lower case.
func isSHA256(hash string) bool {
	_, err := hex.DecodeString(hash)
	return err == nil && len(hash) == 2*sha256.Size && hash == strings.ToLower(hash)
}

// ValidateBeside is Validate for what Enqueue adds.
func (b Batch) ValidateBeside() error {
	if slices.ContainsFunc(b.Deliveries, func(d roster.Delivery) bool { return d.Seq != 0 }) {
		return invalid("a delivery to be added has a number already")
	}
	return b.Validate()
}

func (e NewPublication) validate() error {
	p := e.Publication
	if p.KeptAs != "" {
		if _, err := hex.DecodeString(p.SHA256); err != nil || len(p.SHA256) != 2*sha256.Size {
			return invalid("publication %d has the hash %q, which is not a SHA-256", p.Seq, p.SHA256)
		}
		if len(e.Body)+len(e.Roster.Rows) > 0 {
			return invalid("publication %d comes with bytes or rows, although it is kept as another", p.Seq)
		}
		return nil
	}
	if sum := sha256.Sum256(e.Body); hex.EncodeToString(sum[:]) != p.SHA256 {
		return invalid("publication %d has the hash %q, which its bytes do not have", p.Seq, p.SHA256)
	}
	return nil
}

func validateDelivery(d roster.Delivery) error {
	switch {
	case d.ID == "":
		return invalid("a delivery has no id")
	case d.Channel == "" || strings.ContainsRune(d.Channel, 0):
		return invalid("delivery %s cannot go to a channel %q", d.ID, d.Channel)
	case d.State != roster.DeliveryWaiting:
		return invalid("delivery %s is %q and not waiting", d.ID, d.State)
	}
	last := uint64(0)
	for _, seq := range d.Changes {
		if seq <= last {
			return invalid("delivery %s carries change %d after %d", d.ID, seq, last)
		}
		last = seq
	}
	return nil
}

// ValidateProgress returns an ErrInvalid where a delivery is in no state that
// SaveProgress stores.
func ValidateProgress(d roster.Delivery) error {
	switch d.State {
	case roster.DeliveryWaiting, roster.DeliverySent, roster.DeliveryDead:
		return nil
	case roster.DeliveryDropped: // by Settle alone
	}
	return invalid("delivery %s is %q", d.ID, d.State)
}

// CheckVerdict makes sure that a verdict leaves a publication what it is.
func CheckVerdict(before, after roster.Publication) error {
	if before.SHA256 != after.SHA256 || before.KeptAs != after.KeptAs {
		return invalid("the bytes of publication %d cannot change", after.Seq)
	}
	return nil
}

// CheckGrown makes sure that a stored delivery can still grow, and only grew.
func CheckGrown(kept, grown roster.Delivery) error {
	switch {
	case kept.State != roster.DeliveryWaiting || kept.Attempts > 0:
		return fmt.Errorf("%w: delivery %s is %s after %d tries, and cannot grow", ErrConflict, grown.ID, kept.State, kept.Attempts)
	case kept.Seq != grown.Seq || kept.Channel != grown.Channel || len(grown.Changes) < len(kept.Changes) ||
		!slices.Equal(kept.Changes, grown.Changes[:len(kept.Changes)]):
		return fmt.Errorf("%w: delivery %s is not what it was", ErrConflict, grown.ID)
	}
	return nil
}

// CheckFollows makes sure that a batch was made from the state that is the latest.
func (b Batch) CheckFollows(now State) error {
	if now.Seqs != b.Before {
		return fmt.Errorf("%w: its last numbers are %+v, and the batch follows %+v", ErrConflict, now.Seqs, b.Before)
	}
	if b.Revision != 0 && now.Commits != b.Revision {
		return fmt.Errorf("%w: its revision is %d, and the batch follows %d", ErrConflict, now.Commits, b.Revision)
	}
	return nil
}

// Advance moves the last number on by one, to seq, or returns an ErrConflict.
func Advance(last *uint64, seq uint64, what string) error {
	if seq != *last+1 {
		return fmt.Errorf("%w: %s %d cannot follow %d", ErrConflict, what, seq, *last)
	}
	*last = seq
	return nil
}

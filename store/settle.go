package store

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/watch287g/watch287g/roster"
)

// Settlement is what an operator makes of one delivery that waits.
type Settlement struct {
	Before roster.Delivery // as it was read
	// After is the same delivery, waiting on another channel, maybe with fewer changes,
	// or dropped where it was.
	After roster.Delivery
}

// ValidateSettlements returns an ErrInvalid where one of these is wrong, whatever is
// stored.
func ValidateSettlements(all []Settlement) error {
	var wrong error
	for _, s := range all {
		wrong = errors.Join(wrong, s.check())
	}
	if wrong != nil {
		return invalid("%w", wrong)
	}
	return nil
}

func (s Settlement) check() error {
	b, a := s.Before, s.After
	moved := a.State == roster.DeliveryWaiting && a.Channel != b.Channel
	dropped := a.State == roster.DeliveryDropped && a.Channel == b.Channel && slices.Equal(a.Changes, b.Changes)
	switch {
	case a.ID == "" || a.ID != b.ID || a.Seq != b.Seq:
		return fmt.Errorf("delivery %s cannot become another one", b.ID)
	case a.Channel == "" || strings.ContainsRune(a.Channel, 0):
		return fmt.Errorf("delivery %s cannot go to a channel %q", a.ID, a.Channel)
	case !moved && !dropped:
		return fmt.Errorf("delivery %s is neither moved nor dropped", a.ID)
	}
	rest := b.Changes
	for _, seq := range a.Changes {
		i := slices.Index(rest, seq)
		if i < 0 {
			return fmt.Errorf("delivery %s cannot come to carry change %d", a.ID, seq)
		}
		rest = rest[i+1:]
	}
	if len(b.Changes) > 0 && len(a.Changes) == 0 {
		return errors.New("a delivery without changes cannot be moved")
	}
	return nil
}

// Current returns an ErrConflict where what is stored is no longer what was read.
func (s Settlement) Current(kept roster.Delivery) error {
	b := s.Before
	if kept.State != roster.DeliveryWaiting || kept.ID != b.ID || kept.Seq != b.Seq || kept.Channel != b.Channel ||
		kept.Attempts != b.Attempts || len(kept.Receipts) != len(b.Receipts) || !slices.Equal(kept.Changes, b.Changes) {
		return fmt.Errorf("%w: delivery %s is not what it was", ErrConflict, b.ID)
	}
	return nil
}

// ValidateDecision returns an ErrInvalid where a decision is wrong, whatever is stored.
func ValidateDecision(d roster.Decision) error {
	if d.Hold == "" {
		return invalid("a decision names no hold")
	}
	return nil
}

// CheckDecision returns an ErrConflict unless a decision follows the last one about its
// hold, which is zero where there is none.
func CheckDecision(last, d roster.Decision) error {
	if d.Serial != last.Serial+1 {
		return fmt.Errorf("%w: decision %d about %s cannot follow %d", ErrConflict, d.Serial, d.Hold, last.Serial)
	}
	return nil
}

// MayProgress says whether SaveProgress may put one delivery in the place of another,
// of which the state, tries, number, channel and changes are read.
func MayProgress(kept, next roster.Delivery) bool {
	if kept.Seq != next.Seq || kept.Channel != next.Channel || !slices.Equal(kept.Changes, next.Changes) {
		return false
	}
	switch kept.State {
	case roster.DeliverySent, roster.DeliveryDropped:
		return next.State == roster.DeliverySent
	case roster.DeliveryWaiting:
		return next.State != roster.DeliveryWaiting || next.Attempts >= kept.Attempts
	case roster.DeliveryDead:
	}
	return true
}

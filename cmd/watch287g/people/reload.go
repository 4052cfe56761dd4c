package people

import (
	"reflect"

	"github.com/watch287g/watch287g/config"
)

// KeepUntilRestart puts back what of the readers cannot change while the service runs,
// and names it: whether people can sign up at all, and where bounces are heard of.
func KeepUntilRestart(before *config.Readers, now **config.Readers) (keys []string) {
	if (before == nil) != (*now == nil) {
		*now = before
		return []string{"readers"}
	}
	if before == nil {
		return nil
	}
	kept := before.Bounces
	kept.Soft = (*now).Bounces.Soft
	if reflect.DeepEqual(kept, (*now).Bounces) {
		return nil
	}
	changed := **now
	changed.Bounces = kept
	*now = &changed
	return []string{"readers.bounces"}
}

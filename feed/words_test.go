package feed

import (
	"strings"
	"testing"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// TestTitleSaysCorrection holds the promise that what takes something back says
// so, and that nothing else does: ICE's own changes are ICE's.
func TestTitleSaysCorrection(t *testing.T) {
	for _, item := range everyKind() {
		kind := item.Change.Kind
		for word, of := range map[string]roster.Kind{"Correction": roster.KindRestored, "ICE changed its record": roster.KindAmended} {
			if got, want := strings.Contains(prose.English.Title(item.Change), word), kind == of || kind == roster.KindCorrection && of == roster.KindRestored; got != want {
				t.Errorf("%s: says %q %t, want %t", kind, word, got, want)
			}
		}
	}
}

// TestID: an entry's id is made of the change's id and of nothing else.
func TestID(t *testing.T) {
	const want = "tag:github.com,2026:watch287g/watch287g:chg_01abc"
	c := removal()
	c.ID = "chg_01abc"
	if got := ID(c); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := ID(roster.Change{ID: "chg_01abc"}); got != want {
		t.Errorf("of another change with the same id: %q", got)
	}
	if got := ID(roster.Change{ID: "a b<é>"}); strings.ContainsAny(got, " <>é") {
		t.Errorf("%q is no URI", got)
	}
}

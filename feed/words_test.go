package feed

import (
	"strings"
	"testing"

	"github.com/watch287g/watch287g/roster"
)

// TestTitleSaysCorrection holds the promise that what takes something back says
// so.
func TestTitleSaysCorrection(t *testing.T) {
	for _, item := range everyKind() {
		kind := item.Change.Kind
		want := kind == roster.KindRestored || kind == roster.KindAmended
		if got := strings.Contains(Title(item.Change), "Correction"); got != want {
			t.Errorf("%s: a correction %t, want %t", kind, got, want)
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

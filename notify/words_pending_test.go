package notify

import (
	"strings"
	"testing"

	"github.com/watch287g/watch287g/roster"
)

func TestMilestoneCorrectionHeadlines(t *testing.T) {
	told, back := firstOfType(1), firstOfType(2)
	back.Corrects = "chg_of_another"
	for _, tt := range []struct {
		want    string
		changes []roster.Change
	}{
		{"287(g): correction of a milestone", []roster.Change{back}},
		{"287(g): 2 corrections of milestones", []roster.Change{back, back}},
		{"287(g): 1 milestone, 1 correction of earlier ones", []roster.Change{told, back}},
	} {
		p := Compose(fixtureMessage(tt.changes...), Links{})
		if !strings.HasPrefix(p.Headline, tt.want) {
			t.Errorf("%q, want %q", p.Headline, tt.want)
		}
	}
}

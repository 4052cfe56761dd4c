package notify_test

import (
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/roster"
)

// TestLinkToDecide is in the notice about a list that is held, where there are pages, and
// in nothing else.
func TestLinkToDecide(t *testing.T) {
	at := time.Date(2026, 3, 2, 12, 4, 0, 0, time.UTC)
	signed := func(hold string, from time.Time) string { return hold + "-signed-" + from.Format(time.RFC3339) }
	held := roster.Notice{Kind: notify.ListHeld, At: at, Text: "A list is held.", Hold: "hold_3", Publication: &roster.Evidence{SHA256: "5e"}}
	ended := held
	ended.Hold = ""
	for _, tt := range []struct {
		links  notify.Links
		notice roster.Notice
		want   bool
	}{
		{notify.Links{Base: "https://watch.example.org", Sign: signed}, held, true},
		{notify.Links{Base: "https://watch.example.org", Sign: signed}, ended, false},
		{notify.Links{Base: "https://watch.example.org"}, held, false},
		{notify.Links{Sign: signed}, held, false},
	} {
		text := notify.Compose(notify.Message{Delivery: roster.Delivery{Notice: &tt.notice}}, tt.links).Text()
		if got := strings.Contains(text, "decide about it on a page: https://watch.example.org/holds/hold_3-signed-2026-03-02T12:04:00Z"); got != tt.want {
			t.Errorf("with %+v it says\n%s", tt.links, text)
		}
		if strings.Contains(text, "/holds/") != tt.want {
			t.Errorf("with %+v it links\n%s", tt.links, text)
		}
	}
}

package web

import (
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/roster"
)

func TestStatusSaysWhetherThePageIsRead(t *testing.T) {
	failed := roster.Poll{Outcome: "blocked", Sentence: "A page where a list should be."}
	read := roster.Poll{Outcome: "unchanged", Sentence: "What ICE's page links is unchanged."}
	at := func(p roster.Poll, before time.Duration) roster.Poll {
		p.At = worldNow().Add(-before)
		return p
	}
	for _, test := range []struct {
		name  string
		polls []roster.Poll
		want  string
		alert bool
	}{
		{"never polled", nil, "No. This is an archive", false},
		{"read", []roster.Poll{at(read, 10*time.Minute)}, "Yes. ICE's page is being read.", false},
		{"late", []roster.Poll{at(read, 3*time.Hour)}, "No. ICE's page has not been looked at since June 21, 2025, 9 a.m. ET.", true},
		{"failing", []roster.Poll{at(read, 50*time.Minute), at(failed, 35*time.Minute), at(failed, 5*time.Minute)},
			"No. ICE's page has not been readable since June 21, 2025, 11:25 a.m. ET.", false},
		{"failing for long", []roster.Poll{at(read, 95*time.Minute), at(failed, 80*time.Minute), at(failed, 5*time.Minute)},
			"No. ICE's page has not been readable since June 21, 2025, 10:40 a.m. ET.", true},
		{"recovered", []roster.Poll{at(failed, 20*time.Minute), at(read, 5*time.Minute)}, "Yes. ICE's page is being read.", false},
		{"never read", []roster.Poll{at(failed, 20*time.Minute)}, "No. ICE's page has not been readable since June 21, 2025, 11:40 a.m. ET.", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := emptyWorld(t)
			w.imports(smallLists()...)
			for _, p := range test.polls {
				w.polled(p)
			}
			if got := said(w.page("/status"), ".lead"); !strings.HasPrefix(got, test.want) {
				t.Errorf("the page says %q", got)
			}
			if got := said(w.page("/status"), "main"); strings.Contains(got, failed.Sentence) || strings.Contains(got, read.Sentence) {
				t.Errorf("the page has what a poll says to who runs the service: %q", got)
			}
			if got := strings.Contains(said(w.page("/about"), ".alert"), "ICE's page has not been"); got != test.alert {
				t.Errorf("other pages warn: %v", got)
			}
		})
	}
}

func TestStatusOfNothing(t *testing.T) {
	w := emptyWorld(t)
	if got := said(w.page("/status"), ".lead"); got != "No. Nothing has been read yet." {
		t.Errorf("the page says %q", got)
	}
	if got := said(w.page("/about"), ".alert"); !strings.Contains(got, "Nothing is known yet") {
		t.Errorf("other pages say %q", got)
	}
}

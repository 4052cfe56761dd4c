package diff_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/watch287g/watch287g/roster"
)

const bystanding = "TX | Kerr County Sheriff's Office | WSO | 2025-07-01"

// An entry that is back before it was withdrawn, or after that was taken back, was an
// application all along, and what is said leaves out the days off the list.
func TestPendingSinceTheApplicationCame(t *testing.T) {
	const sentence = "The agency had been on ICE's pending list "
	twoDays := []roster.Spell{{From: "2025-07-08", Until: "2025-07-10"}}
	for _, tt := range []struct {
		name  string
		story func(w *world) // from the entry's coming on July 7 to its last list
		since roster.Date
		gaps  []roster.Spell
		says  string
	}{
		{"back within the grace", func(w *world) {
			w.wait(day)
			w.pending().says()
			w.wait(2 * day)
			w.pending(agencyModel).says()
		}, "2025-07-07", twoDays, "since July 7, 2025 (4 days), but for the time from July 8 to July 10, 2025."},
		{"twice", func(w *world) {
			w.wait(day)
			w.pending().says()
			w.wait(2 * day)
			w.pending(agencyModel).says()
			w.wait(day)
			w.pending().says()
			w.wait(day)
			w.pending(agencyModel).says()
		}, "2025-07-07", append(twoDays, roster.Spell{From: "2025-07-11", Until: "2025-07-12"}),
			"since July 7, 2025 (6 days), but for the time from July 8 to July 10, 2025 and from July 11 to July 12, 2025."},
		{"back on the same day", func(w *world) {
			w.wait(day)
			w.pending().says()
			w.pending(agencyModel).says()
		}, "2025-07-07", nil, "since July 7, 2025 (2 days)."},
		{"gone for weeks, of which no list of agreements tells", func(w *world) {
			w.wait(day)
			w.pending().says()
			w.wait(20 * day)
			w.pending(agencyModel).says()
		}, "2025-07-07", []roster.Spell{{From: "2025-07-08", Until: "2025-07-28"}}, "since July 7, 2025 (22 days), but for the time from July 8 to July 28, 2025."},
		{"withdrawn, and that was wrong", func(w *world) {
			w.wait(day)
			w.pending().says()
			w.publish(bystanding)
			w.wait(4 * day).says("withdrawn TX Kendall County Sheriff's Office WSO")
			w.pending(agencyModel).says("restored TX Kendall County Sheriff's Office WSO")
		}, "2025-07-07", []roster.Spell{{From: "2025-07-08", Until: "2025-07-12"}}, "since July 7, 2025 (6 days), but for the time from July 8 to July 12, 2025."},
		{"a new application", func(w *world) {
			w.wait(day)
			w.withdraw(rows(bystanding))
			w.wait(31 * day)
			w.pending(agencyModel).says("pending TX Kendall County Sheriff's Office WSO")
		}, "2025-08-11", nil, "since August 11, 2025 (1 day)."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.together(rows(), rows())
			w.together(rows(), rows(agencyModel))
			tt.story(w)
			entry := w.known.Records["TX-kendall-county-sheriffs-office#WSO#pending"]
			if at, _ := entry.AgreementAt(w.now); roster.Day(at.Since) != tt.since {
				t.Errorf("the list of agreements has it pending since %s", roster.Day(at.Since))
			}
			w.wait(day)
			var c roster.Change
			for _, c = range w.publish(signer, bystanding).outcome.Changes {
				if c.Kind == roster.KindNew && c.PendingSince != "" {
					break
				}
			}
			if c.PendingSince != tt.since || !reflect.DeepEqual(c.Gaps, tt.gaps) || !strings.Contains(c.Text, sentence+tt.says) {
				t.Errorf("pending since %s but for %v: %s", c.PendingSince, c.Gaps, c.Text)
			}
		})
	}
}

func TestWithdrawnSinceTheApplicationCame(t *testing.T) {
	w := newWorld(t)
	w.together(rows(), rows())
	w.together(rows(), rows(agencyModel))
	w.wait(day)
	w.pending().says()
	w.wait(day)
	w.pending(agencyModel).says()
	w.wait(day)
	c := w.withdraw(rows(bystanding))
	if c.ListedSince != "2025-07-07" || len(c.Gaps) != 1 || !strings.Contains(c.Text, "It had been pending since July 7, 2025 (3 days), but for the time from July 8 to July 9, 2025.") {
		t.Errorf("since %s but for %v: %s", c.ListedSince, c.Gaps, c.Text)
	}
}

// An entry that came beside its agency's agreement in the model, and left: nothing is
// withdrawn and nothing is signed.
func TestPendingBesideItsAgreement(t *testing.T) {
	const entry, anotherMOA = "TX-kendall-county-sheriffs-office#WSO#pending", agencyModel + " | 2025-07-14"
	play(t, []rule{
		{"it ends as that agreement, and nothing is said", func(w *world) {
			w.publish(signer)
			w.pending()
			if c := w.pending(agencyModel).only(); c.ActiveAgreementID == "" {
				t.Errorf("%s does not say that it stands beside an agreement", c.Text)
			}
			w.pending().says()
			if r := w.known.Records[entry]; r.SignedBy != "TX-kendall-county-sheriffs-office#WSO#2025-07-07" || !r.LeftSeen.IsZero() {
				t.Errorf("it ended as %q", r.SignedBy)
			}
			w.publish(signer, bystanding)
			w.wait(30 * day).says()
		}},
		{"and still does where that is gone later", func(w *world) {
			w.publish(signer)
			w.pending()
			w.pending(agencyModel)
			w.pending().says()
			w.publish(bystanding).says("removed TX Kendall County Sheriff's Office WSO", "new TX Kerr County Sheriff's Office WSO")
			w.wait(30 * day).says()
		}},
		{"or as another one that comes later", func(w *world) {
			w.publish(signer)
			w.pending()
			w.pending(agencyModel)
			w.pending().says()
			w.publish(signer, anotherMOA).says("new TX Kendall County Sheriff's Office WSO: pending since 2025-07-07")
			if r := w.known.Records[entry]; r.SignedBy != "TX-kendall-county-sheriffs-office#WSO#2025-07-14" {
				t.Errorf("it ended as %q", r.SignedBy)
			}
		}},
		{"one that was signed is not for another agreement", func(w *world) {
			w.together(rows(), rows(agencyModel))
			w.together(rows(signer), rows())
			w.publish(signer, anotherMOA).says("new TX Kendall County Sheriff's Office WSO")
		}},
		{"one that signed is back days later beside it", func(w *world) {
			w.together(rows(), rows(agencyModel))
			w.together(rows(signer), rows())
			w.wait(10 * day)
			w.pending(agencyModel).says()
			if at, _ := w.known.Records[entry].AgreementAt(w.now); roster.Day(at.Since) != "2025-07-17" {
				t.Errorf("pending since %s", roster.Day(at.Since))
			}
			w.pending().says()
			w.wait(10 * day).says()
		}},
	})
}

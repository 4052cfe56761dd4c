package diff_test

import (
	"testing"

	"github.com/watch287g/watch287g/roster"
)

const (
	seeker = "TX | Kendall County Sheriff's Office | WSO"
	signer = seeker + " | 2025-07-07"
)

func TestFromPendingToSigned(t *testing.T) {
	signed := "new TX Kendall County Sheriff's Office WSO: pending since 2025-07-07"
	play(t, []rule{
		{"both lists at once are one piece of news", func(w *world) {
			w.together(rows(), rows())
			w.together(rows(), rows(seeker)).says("pending TX Kendall County Sheriff's Office WSO")
			w.together(rows(signer), rows()).says(signed)
		}},
		{"so are the lists one after the other", func(w *world) {
			w.together(rows(), rows(seeker))
			w.pending().says()
			w.publish(signer).says(signed)
			w.wait(10 * day).says()
		}},
		{"and the other way round", func(w *world) {
			w.together(rows(), rows(seeker))
			w.publish(signer).says(signed)
			w.pending().says()
			w.wait(10 * day).says()
		}},
		{"a respelling on the way is only likely", func(w *world) {
			w.together(rows(), rows("TX | Lampass County Sheriff's Office | WSO"))
			w.together(rows("TX | Lampasas County Sheriff's Office | WSO | 2025-07-07"), rows()).
				says("new? TX Lampasas County Sheriff's Office WSO: pending since 2025-07-07")
		}},
		{"a namesake that comes as one signs is another agency", func(w *world) {
			w.together(rows(), rows("TX | Oakwood Police Department | WSO"))
			w.together(rows("TX | Oakwood Police Department | WSO | 2025-07-07"), rows("TX | Oakwood Village Police Department | WSO")).
				says("new TX Oakwood Police Department WSO: pending since 2025-07-07", "pending TX Oakwood Village Police Department WSO")
		}},
		{"a seeker may stay listed for days after it signed", func(w *world) {
			w.together(rows(), rows(seeker))
			w.publish(signer).says(signed)
			if s := w.known.Records["TX-kendall-county-sheriffs-office#WSO#pending"].Status(); s != roster.Waiting {
				t.Errorf("the entry is %q while ICE lists it", s)
			}
			w.pending().says()
		}},
	})
}

func TestWithdrawals(t *testing.T) {
	const withdrawn = "withdrawn TX Kendall County Sheriff's Office WSO"
	play(t, []rule{
		{"after three days by the clock", func(w *world) {
			w.together(rows(), rows(seeker))
			w.pending().says()
			w.wait(3*day - hour).says()
			w.wait(hour).says(withdrawn)
			w.wait(30 * day).says()
		}},
		{"or by the dates of ICE's lists, in an import", func(w *world) {
			w.importing = true
			w.together(rows(), rows(seeker))
			w.pending().says()
			w.now = w.now.Add(3 * day)
			w.publish().says(withdrawn)
		}},
		{"not where it is listed again in time", func(w *world) {
			w.together(rows(), rows(seeker))
			w.pending().says()
			w.now = w.now.Add(day)
			w.pending(seeker).says()
			w.wait(30 * day).says()
		}},
		{"listed again later, it is a correction that names what it takes back", func(w *world) {
			w.together(rows(), rows(seeker))
			w.pending()
			ended := w.wait(3 * day).only()
			back := w.pending(seeker).only()
			if back.Kind != roster.Restored || back.TakesBack != ended.ID {
				t.Errorf("%s takes back %q, want %q", back.Kind, back.TakesBack, ended.ID)
			}
		}},
		{"signed later, it is new", func(w *world) {
			w.together(rows(), rows(seeker))
			w.pending()
			w.wait(3 * day)
			w.publish(signer).says("new TX Kendall County Sheriff's Office WSO: pending since 2025-07-07")
		}},
	})
}

func TestPendingStates(t *testing.T) {
	play(t, []rule{
		{"a county that the state does not have was meant elsewhere", func(w *world) {
			w.together(rows(), rows("FL | Kershaw County Sheriff's Office | TFM"))
			w.pending("SC | Kershaw County Sheriff's Office | TFM").says("amended? SC Kershaw County Sheriff's Office TFM: state FL to SC")
		}},
		{"one Washington County is not another", func(w *world) {
			w.together(rows(), rows("FL | Washington County Sheriff's Office | TFM"))
			w.pending("AR | Washington County Sheriff's Office | TFM").says("pending AR Washington County Sheriff's Office TFM")
		}},
	})
}

func TestRemovedAndRestored(t *testing.T) {
	play(t, []rule{
		{"a removal is taken back by name, and can happen again", func(w *world) {
			w.publish(signer)
			gone := w.publish().only()
			if gone.Kind != roster.Removed || gone.ListedSince != "2025-07-07" {
				t.Errorf("%s, listed since %q", gone.Kind, gone.ListedSince)
			}
			back := w.publish(signer).only()
			if back.Kind != roster.Restored || back.TakesBack != gone.ID {
				t.Errorf("%s takes back %q, want %q", back.Kind, back.TakesBack, gone.ID)
			}
			if again := w.publish().only(); again.Kind != roster.Removed || again.ID == gone.ID {
				t.Errorf("the second removal is %s %s", again.Kind, again.ID)
			}
		}},
		{"an agreement of a later date is a new one", func(w *world) {
			w.publish(signer)
			w.publish()
			w.publish(seeker + " | 2025-12-01").says("new TX Kendall County Sheriff's Office WSO")
		}},
	})
}

func TestDoubles(t *testing.T) {
	play(t, []rule{
		{"a row twice is one agreement, and a detail", func(w *world) {
			w.publish(signer)
			w.publish(signer, signer).says("detail TX Kendall County Sheriff's Office WSO: rows 1 to 2")
			w.publish(signer).says("detail TX Kendall County Sheriff's Office WSO: rows 2 to 1")
		}},
		{"with and without City of", func(w *world) {
			w.publish("FL | Zephyrhills Police Department | TFM | 2025-07-07")
			w.publish("FL | Zephyrhills Police Department | TFM | 2025-07-07", "FL | City of Zephyrhills Police Department | TFM | 2025-07-07").
				says("detail FL Zephyrhills Police Department TFM: rows 1 to 2")
		}},
		{"with another date it is another agreement", func(w *world) {
			w.publish(signer)
			w.publish(signer, seeker+" | 2025-08-08").says("new TX Kendall County Sheriff's Office WSO")
		}},
	})
}

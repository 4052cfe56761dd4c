package watch_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/scraper"
	"github.com/watch287g/watch287g/store/storetest"
	"github.com/watch287g/watch287g/watch"
)

// randomPage makes up what ICE's page links over time: lists that grow and shrink,
// old ones again, swapped links, both lists in one file, workbooks that are not
// lists, broken files and files that do not come.
type randomPage struct {
	*rand.Rand
	active, waiting int // rows of the last lists
	before          []link
}

func (r *randomPage) file() string { return fmt.Sprintf("f%d.xlsx", r.IntN(6)) }

func (r *randomPage) hint(own string) string {
	if r.IntN(4) > 0 {
		return own
	}
	return []string{"", scraper.HintPending, scraper.HintParticipating}[r.IntN(3)]
}

func (r *randomPage) fresh(now time.Time) (l link) {
	all := counties(30)
	at := now.Add(-time.Duration(r.IntN(40)-2) * time.Hour)
	switch r.IntN(9) {
	case 0, 1, 2:
		r.active = min(30, max(3, r.active+r.IntN(4)-1))
		l = participating(r.file(), at, sheriffs(all[:r.active]...))
	case 3:
		r.waiting = r.IntN(5)
		l = pending(r.file(), at, sheriffs(all[30-r.waiting:]...))
	case 4:
		l = participating(r.file(), at, sheriffs(all[:r.IntN(r.active)]...))
	case 5:
		l = link{hint: scraper.HintParticipating, file: r.file(), at: at, body: worksheet()}
	case 6:
		l = both(r.file(), at, sheriffs(all[:r.active]...), sheriffs(all[30-r.waiting:]...))
	case 7:
		l = rewritten(r.file(), r.IntN(4), at, sheriffs(all[:r.active]...))
	case 8:
		l = link{hint: scraper.HintPending, file: r.file(), at: at, body: []byte("PK broken")}
	}
	l.hint = r.hint(l.hint)
	r.before = append(r.before, l)
	return l
}

// links are those of one moment, at most one a file.
func (r *randomPage) links(now time.Time) (links []link) {
	used := map[string]bool{}
	for range r.IntN(4) {
		l := r.fresh(now)
		if r.IntN(2) == 0 {
			l = r.before[r.IntN(len(r.before))]
			l.hint = r.hint(l.hint)
		}
		if r.IntN(15) == 0 {
			l.down = scraper.StatusUnreachable
		}
		if !used[l.file] {
			links = append(links, l)
		}
		used[l.file] = true
	}
	return links
}

// What a watcher remembers from commit to commit is what it would read from the
// store: one that is restarted before every call comes to the same.
func TestRestartedWatcherComesToTheSame(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			lasting, restarted := newFixture(t), newFixture(t)
			r := &randomPage{Rand: rand.New(rand.NewPCG(seed, 1)), active: 14}
			for step := range 30 {
				now := lasting.now.Add(time.Duration(1+r.IntN(60*14)) * time.Minute)
				links, action, pick, approve := r.links(now), r.IntN(10), r.IntN(3), r.IntN(2) == 0
				var said [2]string
				for i, p := range []*fixture{lasting, restarted} {
					p.now, p.page.links = now, links
					if p == restarted {
						p.Watcher = p.over(p.store)
					}
					said[i] = p.act(action, pick, approve)
				}
				if said[0] != said[1] {
					t.Fatalf("step %d: %s\nrestarted: %s", step, said[0], said[1])
				}
			}
			if diff := storetest.Diff(lasting.contents(), restarted.contents()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// act decides about a hold, imports what is linked or polls, and says what came of
// it.
func (p *fixture) act(action, pick int, approve bool) string {
	p.t.Helper()
	holds := p.known().Holds
	switch {
	case action < 2 && len(holds) > 0:
		r, err := p.ResolveHold(p.t.Context(), holds[pick%len(holds)].ID, approve)
		return fmt.Sprintf("%s %v, %v", written(r.Holds), texts(r), err)
	case action == 2:
		var lists []watch.Past
		for _, l := range p.page.links {
			l.at = p.now.Add(-time.Hour)
			lists = append(lists, past(l))
		}
		sum := p.imports(lists...)
		return fmt.Sprintf("%s, %v, %s", sums(sum), sum.Skipped, written(sum.Holds))
	}
	r, err := p.Poll(p.t.Context())
	return fmt.Sprintf("%s: %s %v %s %v, %v", r.Outcome, r.Sentence, r.Had, written(r.Holds), texts(r), err)
}

// written are holds as they are stored.
func written(holds []roster.Hold) string {
	text, err := json.Marshal(holds)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

func texts(r watch.Report) (all []string) {
	for _, c := range r.Changes {
		all = append(all, c.ID+" "+c.Text)
	}
	return all
}

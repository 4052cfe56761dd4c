package watch_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/watch287g/watch287g/diff"
	"github.com/watch287g/watch287g/rebuild"
	"github.com/watch287g/watch287g/store"
)

var histories = flag.Uint64("rebuild.histories", 6, "how many histories are derived anew")

// Whatever polls found, whatever was held, accepted by time, decided, taken back or
// imported: derived anew, it comes to just what was stored.
func TestHistoryIsTheSameWhenDerivedAnew(t *testing.T) {
	for seed := range *histories {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			p := newFixture(t)
			r := &randomPage{Rand: rand.New(rand.NewPCG(seed, 2)), active: 14}
			for range 40 {
				p.now, p.page.links = p.now.Add(time.Duration(61+r.IntN(60*14))*time.Minute), r.links(p.now)
				action := r.IntN(10)
				if action == 2 { // of two past files of a moment, the store does not keep whether they were judged together
					p.page.links = p.page.links[:min(1, len(p.page.links))]
				}
				p.act(action, r.IntN(3), r.IntN(2) == 0)
			}
			source, ok := p.store.(rebuild.Source)
			if !ok {
				t.Fatal("the store cannot be derived anew")
			}
			b, err := rebuild.Derive(t.Context(), rebuild.Options{Source: source, Settings: diff.Settings{AcceptAfter: 24 * time.Hour}})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := store.Compare(t.Context(), source, b); b.Differs() || err != nil {
				t.Errorf("%v: %+v", err, b.Report)
			}
		})
	}
}

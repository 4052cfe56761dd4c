package diff_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/watch287g/watch287g/roster"
)

// results are the events by class.
type results struct {
	classes []class
	scores  map[string]*score
	alarms  []string
	held    []string
	events  int
	// compared says that the peers' rules were tried on the same events.
	compared bool
}

type score struct {
	events, wrong, likely, sure int
	falsely                     int    // called withdrawn though they signed
	peers                       [3]int // what the peers' rules have wrong
	mistakes                    []string
}

func (b *results) count(e *event) {
	s := b.scores[e.class]
	if s == nil {
		s = &score{}
		b.scores[e.class] = s
	}
	b.events++
	s.events++
	if e.signs && slices.ContainsFunc(e.said, func(l string) bool { return strings.HasPrefix(l, string(roster.KindWithdrawn)) }) {
		s.falsely++
	}
	for rule := range peers {
		if !e.peersRight(rule) {
			s.peers[rule]++
		}
	}
	switch {
	case !e.right():
		s.wrong++
		if e.certain() {
			s.sure++
		}
		s.mistakes = append(s.mistakes, e.String())
	case e.likely():
		s.likely++
	}
}

func (s *score) add(o *score) {
	s.events, s.wrong, s.likely, s.sure = s.events+o.events, s.wrong+o.wrong, s.likely+o.likely, s.sure+o.sure
	for rule, n := range o.peers {
		s.peers[rule] += n
	}
	s.mistakes = append(s.mistakes, o.mistakes...)
}

func (s *score) share() float64 { return float64(s.wrong) / float64(max(1, s.events)) }

// wilson is the interval that holds the true share 95 times in 100.
func (s *score) wilson() (low, high float64) {
	const z = 1.96
	n, p := float64(max(1, s.events)), s.share()
	middle, half := p+z*z/(2*n), z*math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	return max(0, (middle-half)/(1+z*z/n)), min(1, (middle+half)/(1+z*z/n))
}

// row is a line of the table: the share that was called wrongly and what it may truly
// be, how many right calls were only likely, and how many wrong ones were not.
func (s *score) row(name string, withPeers bool) string {
	low, high := s.wilson()
	likely := 100 * float64(s.likely) / float64(max(1, s.events))
	line := fmt.Sprintf("%-32s %6d %5d %7.2f%%  %6.2f–%6.2f%% %6.1f%% %5d", name, s.events, s.wrong, 100*s.share(), 100*low, 100*high, likely, s.sure)
	if withPeers {
		for _, wrong := range s.peers {
			line += fmt.Sprintf(" %5.1f%%", 100*float64(wrong)/float64(max(1, s.events)))
		}
	}
	return line
}

// sum is what a group came to.
func (b *results) sum(group string) *score {
	sum := &score{}
	for _, c := range b.classes {
		if s := b.scores[c.name]; s != nil && c.group == group {
			sum.add(s)
		}
	}
	return sum
}

// report logs the table, and what was called wrongly: five of a class.
func (b *results) report(t *testing.T) {
	t.Helper()
	title := fmt.Sprintf("%-32s %6s %5s %8s  %15s %7s %5s", "class", "events", "wrong", "share", "95% interval", "likely", "sure")
	if b.compared {
		title += "  peers wrong, by:"
		for _, p := range peers {
			title += " " + p.name
		}
	}
	table, all := []string{title}, &score{}
	for _, g := range groups {
		sum := b.sum(g.name)
		if sum.events == 0 {
			continue
		}
		for _, c := range b.classes {
			if s := b.scores[c.name]; s != nil && c.group == g.name {
				table = append(table, s.row(g.name+" "+c.name, b.compared))
			}
		}
		all.add(sum)
		table = append(table, sum.row(g.name+" in all", b.compared), "  "+g.name+" is: "+g.about, "")
	}
	table = append(table, all.row("all groups", b.compared), fmt.Sprintf("false alarms: %d; right lists held: %d", len(b.alarms), len(b.held)))
	t.Log("\n" + strings.Join(table, "\n"))
	for _, c := range b.classes {
		if s := b.scores[c.name]; s != nil {
			for _, m := range s.mistakes[:min(5, len(s.mistakes))] {
				t.Log(c.group + " " + m)
			}
		}
	}
	for _, l := range slices.Concat(b.alarms[:min(10, len(b.alarms))], b.held[:min(5, len(b.held))]) {
		t.Log(l)
	}
}

// judge holds the groups to what they may have wrong.
func (b *results) judge(t *testing.T) {
	t.Helper()
	for _, g := range groups {
		if s := b.sum(g.name); s.share() > g.most {
			t.Errorf("group %s: %d of %d events were called wrongly, want at most %.2f in 100", g.name, s.wrong, s.events, 100*g.most)
		}
	}
	if len(b.alarms) > 0 {
		t.Errorf("%d false alarms", len(b.alarms))
	}
	if len(b.held) > 0 {
		t.Errorf("%d right lists were held", len(b.held))
	}
}

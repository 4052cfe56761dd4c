package notify_test

import (
	"fmt"
	"maps"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/roster"
)

// A digest that would carry a milestone and its taking back carries neither, and
// is not sent where it has nothing else to say.
func TestSenderLeavesOutWhatIsTakenBackMeanwhile(t *testing.T) {
	senderTest(t, func(t *testing.T) {
		q := newMemoryQueue()
		first := &roster.Milestone{Name: "first-in-state"}
		q.changes[1] = roster.Change{ID: "chg_1", Seq: 1, Kind: roster.KindNew}
		q.changes[2] = roster.Change{ID: "chg_2", Seq: 2, Kind: roster.KindMilestone, Milestone: first}
		q.changes[3] = roster.Change{ID: "chg_3", Seq: 3, Kind: roster.KindMilestone, Milestone: first, Corrects: "chg_2"}
		q.changes[4] = roster.Change{ID: "chg_4", Seq: 4, Kind: roster.KindMilestone, Milestone: first, Corrects: "chg_0"}
		q.changes[5] = roster.Change{ID: "chg_5", Seq: 5, Kind: roster.KindNew, Corrects: "chg_1"}
		empty := q.add(roster.Delivery{Channel: "daily", Changes: []uint64{2, 3}})
		q.add(roster.Delivery{Channel: "daily", Changes: []uint64{1, 2, 3, 4, 5}})
		daily := &fakeChannel{}
		run(t, notify.SenderOptions{Queue: q, Channels: channels(map[string]*fakeChannel{"daily": daily})})
		after(time.Minute)
		if got := daily.messages(); len(got) != 1 || len(got[0].Changes) != 3 || got[0].Changes[1].ID != "chg_4" {
			t.Errorf("sent %v", got)
		}
		if d := q.get(empty.Seq); d.State != roster.DeliverySent {
			t.Errorf("what has nothing left to tell is %s", d.State)
		}
	})
}

func TestSenderNamesWhatACorrectionCorrects(t *testing.T) {
	senderTest(t, func(t *testing.T) {
		q := newMemoryQueue()
		for seq := range uint64(6) {
			q.changes[seq] = roster.Change{ID: fmt.Sprint("chg_", seq), Seq: seq}
			if seq > 2 {
				c := q.changes[seq]
				c.Corrects = fmt.Sprint("chg_", seq-2)
				q.changes[seq] = c
			}
		}
		// 3 corrects 1, which was sent; 4 corrects 2, of which nothing is known.
		q.add(roster.Delivery{Channel: "a", Changes: []uint64{1}})
		q.add(roster.Delivery{Channel: "a", Changes: []uint64{3, 4}})
		// 5 corrects 3, in the same message, whose first part is through already.
		q.add(roster.Delivery{Channel: "b", Changes: []uint64{3, 5}, Receipts: []roster.Receipt{{Part: "1", Answer: "itself"}}})
		q.add(roster.Delivery{Channel: "a", Notice: &roster.Notice{Text: "All is well."}})
		p, other := &fakeChannel{}, &fakeChannel{}
		run(t, notify.SenderOptions{Queue: q, Channels: channels(map[string]*fakeChannel{"a": p, "b": other})})
		synctest.Wait()
		if len(p.messages()) != 3 || len(other.messages()) != 1 {
			t.Fatalf("%d and %d sends", len(p.messages()), len(other.messages()))
		}
		if got := other.messages()[0].Corrects; len(got) != 0 {
			t.Errorf("corrects itself: %v", got)
		}
		if got, want := p.messages()[1].Corrects, map[string]string{"chg_3": "answer to dlv_1"}; !maps.Equal(got, want) {
			t.Errorf("corrects %v, want %v", got, want)
		}
		if m := p.messages()[2]; m.Delivery.Notice == nil || len(m.Changes) != 0 {
			t.Errorf("the notice: %+v", m)
		}
	})
}

// An amendment corrects the last message that named the agreement as it was.
func TestSenderNamesWhatAnAmendmentCorrects(t *testing.T) {
	senderTest(t, func(t *testing.T) {
		q := newMemoryQueue()
		for seq, c := range []roster.Change{
			1: {Kind: roster.KindNew, Agreement: roster.Agreement{ID: "x"}},
			2: {Kind: roster.KindNew, Agreement: roster.Agreement{ID: "y"}},
			3: {Kind: roster.KindDocument, Agreement: roster.Agreement{ID: "x"}}, // names it by the way
			4: {Kind: roster.KindAmended, Agreement: roster.Agreement{ID: "x"}},
			5: {Kind: roster.KindAmended, Agreement: roster.Agreement{ID: "z"}}, // of which nothing was said
		} {
			c.ID, c.Seq = fmt.Sprint("chg_", seq), uint64(seq)
			q.changes[c.Seq] = c
			if seq > 0 {
				q.add(roster.Delivery{Channel: "a", Changes: []uint64{c.Seq}})
			}
		}
		a := &fakeChannel{}
		run(t, notify.SenderOptions{Queue: q, Channels: channels(map[string]*fakeChannel{"a": a})})
		synctest.Wait()
		var got []map[string]string
		for _, m := range a.messages() {
			got = append(got, m.Corrects)
		}
		if diff := cmp.Diff([]map[string]string{{}, {}, {}, {"chg_4": "answer to dlv_1"}, {}}, got); diff != "" {
			t.Error(diff)
		}
	})
}

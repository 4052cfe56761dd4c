package outage

import (
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/roster"
)

var start = time.Date(2025, time.June, 3, 18, 0, 0, 0, time.UTC)

func make1(t *testing.T, i roster.Incident, now time.Time, waiting int) Report {
	t.Helper()
	r, err := Make([]roster.Incident{i}, Options{Now: now, Channels: []string{"desk"}, Failing: time.Hour,
		Waiting: func(string) (int, error) { return waiting, nil }, Waits: func(string) (bool, error) { return waiting > 0, nil }})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// An outage that an earlier version reported is not reported anew, and ends as others do.
func TestOutageOfAnEarlierVersion(t *testing.T) {
	old := roster.Incident{Key: "channel-desk", Since: start, Reported: true}
	if r := make1(t, old, start.Add(2*time.Hour), 3); len(r.Began)+len(r.Lasting) > 0 || !r.Next.Equal(start.Add(24*time.Hour)) {
		t.Errorf("reported: %+v", r)
	}
	c := Of([]roster.Incident{old}, "desk")
	c.Tried(start.Add(3 * time.Hour))
	c.Judge(roster.Delivery{}, roster.Delivery{State: roster.DeliverySent}, Result{}, start.Add(3*time.Hour))
	r := make1(t, c.Incidents()[0], start.Add(4*time.Hour), 0)
	if len(r.Ended) != 1 || TextEnded(r.Ended) != "Messages get through to the channel desk again, after 3 hours. 1 message that waited was sent." {
		t.Errorf("reported: %+v", r)
	}
}

// While what waited is sent after an outage, it is not counted each time.
func TestOutageIsDrained(t *testing.T) {
	counted := 0
	o := Options{Now: start.Add(5 * time.Minute), Channels: []string{"desk"}, Failing: time.Hour, Gathering: 15 * time.Second,
		Waiting: func(string) (int, error) { counted++; return 3, nil }, Waits: func(string) (bool, error) { return true, nil }}
	drained := []roster.Incident{{Key: "channel-desk", Channel: &roster.ChannelTrouble{Down: start.AddDate(0, 0, -1), Told: 1, ToldAt: start, Up: start}}}
	if r, err := Make(drained, o); err != nil || counted > 0 || !r.Next.Equal(start.Add(stable)) {
		t.Errorf("counted %d times, and asked again at %s: %v", counted, r.Next, err)
	}
	o.Now = start.Add(stable)
	if r, err := Make(drained, o); err != nil || counted != 1 || len(r.Ended) != 1 || r.Ended[0].Waiting != 3 {
		t.Errorf("counted %d times: %+v, %v", counted, r.Ended, err)
	}
}

// What was noted for later than now was noted before the clock was set.
func TestOutageNotedInTheFuture(t *testing.T) {
	i := roster.Incident{Key: "channel-desk", Channel: &roster.ChannelTrouble{Down: start.AddDate(1, 0, 0), Error: "no answer in time"}}
	if r := make1(t, i, start, 1); r.Next.After(start.Add(time.Hour)) {
		t.Errorf("reported at %s", r.Next)
	}
}

func TestTexts(t *testing.T) {
	item := func(name, reason string) Item {
		return Item{Channel: name, Waiting: 2, ChannelTrouble: roster.ChannelTrouble{Down: start, Error: reason}}
	}
	several := []Item{item("a", "no answer in time."), item("b", "no answer in time"), item("c", "404")}
	for _, tt := range []struct{ got, want string }{
		{TextBegan(several), "Nothing has gotten through to 3 channels since June 3, 2025, 2 p.m. ET. 6 messages wait. Each is tried again by itself for 3 days; once it is mended, \"watch287g deliveries retry\" tries at once.\na and b: no answer in time.\nc: 404."},
		{TextBegan(several[:2]), "Nothing has gotten through to 2 channels since June 3, 2025, 2 p.m. ET: no answer in time. 4 messages wait. Each is tried again by itself for 3 days; once it is mended, \"watch287g deliveries retry\" tries at once.\nThe channels: a and b."},
		{TextBegan([]Item{{Channel: "a", ChannelTrouble: roster.ChannelTrouble{Down: start, Error: "404"}}}), "Nothing has gotten through to the channel a since June 3, 2025, 2 p.m. ET: 404. No message waits."},
		{TextDead([]Item{{Channel: "a", ChannelTrouble: roster.ChannelTrouble{Dead: 3, DeadID: "dlv_1", DeadError: "413"}}}), "3 messages to the channel a were given up while others got through. The last: 413. \"watch287g deliveries --state dead --channel a\" lists them."},
	} {
		if tt.got != tt.want {
			t.Errorf("it says\n%s\nwant\n%s", tt.got, tt.want)
		}
	}
	var many []Item
	for i := range 300 {
		many = append(many, item(strings.Repeat("x", i%40+1), strings.Repeat("reason ", i%60+1)))
	}
	for _, text := range []string{TextBegan(many), TextLasting(many, start.Add(30*24*time.Hour)), TextEnded(many), TextDead(many)} {
		if len(text) > 4000 {
			t.Errorf("%d letters: %s", len(text), text)
		}
	}
}

// What comes back within moments is told together, also where it did not come back in
// the same one.
func TestEndsAreGathered(t *testing.T) {
	var all []roster.Incident
	var names []string
	for i := range 50 {
		name := string(rune('a'+i/10)) + string(rune('0'+i%10))
		names = append(names, name)
		all = append(all, roster.Incident{Key: "channel-" + name, Channel: &roster.ChannelTrouble{Down: start, Told: 1, ToldAt: start.Add(time.Hour),
			Up: start.Add(2*time.Hour + time.Duration(i)*100*time.Millisecond)}})
	}
	o := Options{Now: start.Add(2*time.Hour + 10*time.Second), Channels: names, Failing: time.Hour, Gathering: 15 * time.Second,
		Waiting: func(string) (int, error) { return 0, nil }, Waits: func(string) (bool, error) { return false, nil }}
	r, err := Make(all, o)
	if err != nil || len(r.Ended) > 0 || !r.Next.Equal(start.Add(2*time.Hour+15*time.Second)) {
		t.Fatalf("%+v, %v", r, err)
	}
	o.Now = r.Next
	if r, err = Make(all, o); err != nil || len(r.Ended) != 50 {
		t.Errorf("%d are told: %v", len(r.Ended), err)
	}
}

package signup

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/web/places"
	"github.com/watch287g/watch287g/web/route"
)

// The button on the page of each county and state chooses just that one.
func TestButtonsOfPagesChooseTheirPlace(t *testing.T) {
	t.Parallel()
	check := func(f roster.Filter, want string) {
		t.Helper()
		_, query, _ := strings.Cut(route.SubscribeURL(f), "?")
		values, err := url.ParseQuery(query)
		if got := chosen(values); err != nil || fmt.Sprint(got) != "["+want+"]" {
			t.Errorf("%+v leads to %q, which chooses %v, and not %s", f, query, got, want)
		}
	}
	counties := 0
	for _, s := range roster.States() {
		check(roster.Filter{States: []roster.State{s}}, "state:"+string(s))
		for _, c := range place.Counties(s) {
			counties++
			check((&places.County{County: c, State: s}).Filter(), "county:"+c.FIPS)
		}
	}
	if counties < 3000 {
		t.Errorf("only %d counties", counties)
	}
	check(roster.Filter{Agencies: []string{"TX-x"}}, "agency:TX-x")
	check(roster.Filter{States: []roster.State{"TX"}, Places: []string{"77001"}}, "zip:77001")
	check(roster.Filter{States: []roster.State{"TX"}, Places: []string{"San Antonio"}}, "town:TX-San Antonio")
	if got := route.SubscribeURL(roster.Filter{States: []roster.State{"TX", "FL"}}); got != "" {
		t.Errorf("two states lead to %q", got)
	}
}

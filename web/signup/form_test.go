package signup

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/watch287g/watch287g/readers"
)

// Who comes from a county's page sees what it would have brought, gives an address, and is
// led to where the code is typed.
func TestSigningUp(t *testing.T) {
	d := newDesk(t)
	a := d.ask("GET", "/subscribe?county=48201", nil)
	if a.status != http.StatusOK || a.said("h1") != "Get mail about Harris County, Texas" {
		t.Fatalf("status %d: %s", a.status, a.said("h1"))
	}
	if got := a.said(".brings"); !strings.Contains(got, "2 mails") || !strings.Contains(got, "June 11, 2025") || !strings.Contains(got, "<b>Katy</b> Police Department") || !strings.Contains(got, "began on June 2, 2025") {
		t.Errorf("it would have brought %q", got)
	}
	if got := a.said("form"); !strings.Contains(got, "gone after 7 days") || !strings.Contains(got, "gone after 72 hours") || !strings.Contains(got, "for 30 days after you leave") {
		t.Errorf("the form says %q", got)
	}
	r := d.signUp("Ana@Example.org")
	if r.Address != "Ana@example.org" || r.Cadence != "instant" || r.Language != "en" || fmt.Sprint(r.Follows) != "[county:48201]" || r.Kinds != nil || r.Models != nil {
		t.Errorf("%+v", r)
	}
}

// Without a script, a place is found, ticked, and what it would have brought is shown
// before anything is sent.
func TestSearchIsAStepOfTheForm(t *testing.T) {
	d := newDesk(t)
	v := d.ask("GET", "/subscribe", nil).values("find")
	v.Set("address", "ana@example.org")
	v.Set("q", "harris")
	a := d.ask("POST", "/subscribe", v)
	if got := a.said("fieldset:first-of-type"); !strings.Contains(got, "Harris County, Texas") || !strings.Contains(got, "Harris County, Georgia") || !strings.Contains(got, "Harris County Sheriff's Office, Texas") {
		t.Errorf("found: %s", got)
	}
	if a.Find("#address").AttrOr("value", "") != "ana@example.org" || a.Find("#q").AttrOr("value", "") != "" {
		t.Error("what was typed is gone, or what was found is looked for again")
	}
	v = a.values("send")
	v["follow"] = []string{"county:48201"} // ticked
	a = d.ask("POST", "/subscribe", v)
	if a.status != http.StatusOK || !strings.Contains(a.said(".send"), "nothing is sent yet") || !strings.Contains(a.said(".brings"), "2 mails") || d.requests() != 0 {
		t.Fatalf("status %d, %d requests: %s", a.status, d.requests(), a.said(".send"))
	}
	if a = d.ask("POST", "/subscribe", a.values("send")); a.status != http.StatusSeeOther || d.requests() != 1 {
		t.Errorf("status %d: %s", a.status, a.said(".wrong"))
	}
}

func TestWhatAddressesOfTheFormChoose(t *testing.T) {
	d := newDesk(t)
	for query, want := range map[string]string{
		"state=TX&state=FL":                       "state:TX state:FL",
		"county=Harris+County,+TX":                "county:48201",
		"place=77001":                             "zip:77001",
		"place=houston,+TX":                       "town:TX-Houston",
		"place=San+Antonio,+TX":                   "town:TX-San Antonio",
		"agency=TX-harris-county-sheriffs-office": "agency:TX-harris-county-sheriffs-office",
		"follow=nation":                           "nation",
		"follow=zip:77001&follow=zip:77001":       "zip:77001",
		"county=99999&state=XX&agency=none&place=http://evil.example&follow=x": "",
		"place=Houston%3Cb%3E,+TX": "",
		"q=77001":                  "zip:77001",
	} {
		a := d.ask("GET", "/subscribe?"+query, nil)
		if got := strings.Join(a.values("send")["follow"], " "); got != want || a.status != http.StatusOK {
			t.Errorf("%s: %q, want %q (status %d)", query, got, want, a.status)
		}
		if main, err := a.Find("main").Html(); err != nil || strings.Contains(main, "evil") {
			t.Errorf("%s: what was typed is on the page", query)
		}
	}
}

// What is chosen twice over goes through the form unchanged.
func TestFormKeepsWhatIsChosen(t *testing.T) {
	d := newDesk(t)
	v := d.ask("GET", "/es/subscribe?follow=town:TX-San+Antonio&state=FL", nil).values("show")
	v["kind"], v["model"], v["cadence"], v["language"] = []string{"new", "removed"}, []string{"TFM"}, []string{"weekly"}, []string{"en"}
	for range 2 {
		v = d.ask("POST", "/es/subscribe", v).values("show")
	}
	v.Set("do", "send")
	v.Set("address", "ana@example.org")
	a := d.ask("POST", "/es/subscribe", v)
	id, _ := readers.ParseID(strings.TrimPrefix(a.to, "/es/subscribe/r/"))
	r, err := d.people.Request(t.Context(), id)
	if got := fmt.Sprint(r.Follows, r.Kinds, r.Models, r.Cadence, r.Language, " ", r.Follows[0].Name); err != nil || got != "[town:TX-sanantonio state:FL] [new removed] [TFM]weeklyen San Antonio, Texas" {
		t.Errorf("%v: %v %s", err, a.said(".wrong"), got)
	}
}

func TestWhatIsWrongIsSaid(t *testing.T) {
	d := newDesk(t)
	for name, change := range map[string]func(v map[string][]string){
		"Write an email address":  func(v map[string][]string) { v["address"] = []string{"ana at example.org"} },
		"Choose something":        func(v map[string][]string) { delete(v, "follow") },
		"one kind of news":        func(v map[string][]string) { delete(v, "kind") },
		"one kind of agreement":   func(v map[string][]string) { delete(v, "model") },
		"not known here":          func(v map[string][]string) { v["follow"] = append(v["follow"], "county:00000") },
		"Choose at most 50 place": func(v map[string][]string) { v["follow"] = nil; v["state"] = states(51) },
	} {
		v := d.ask("GET", "/subscribe?county=48201", nil).values("send")
		v.Set("address", "ana@example.org")
		change(v)
		a := d.ask("POST", "/subscribe", v)
		if got := a.said(".wrong"); a.status != http.StatusUnprocessableEntity || !strings.Contains(got, name) || a.Find(`[role="alert"]`).Length() != 1 {
			t.Errorf("%s: status %d, %q", name, a.status, got)
		}
	}
	if d.requests() != 0 {
		t.Error("something was kept")
	}
}

func states(n int) []string {
	return strings.Fields("AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY")[:n]
}

package signup

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/readers"
)

func (d *desk) code(r readers.Request) string { return readers.Code(d.codes, r.ID) }

func TestConfirmingByCode(t *testing.T) {
	d := newDesk(t)
	r := d.signUp("ana@example.org")
	page := "/subscribe/r/" + string(r.ID)
	a := d.ask("GET", page, nil)
	field := a.Find("#code")
	if a.status != http.StatusOK || field.AttrOr("autocomplete", "") != "one-time-code" || field.AttrOr("inputmode", "") != "numeric" || !strings.Contains(a.said("main"), "ana@example.org") {
		t.Fatalf("status %d: %s", a.status, a.said("main"))
	}
	if a := d.ask("POST", page, url.Values{"code": {"12"}}); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.said(".wrong"), "six digits") {
		t.Errorf("half a code: %d %s", a.status, a.said(".wrong"))
	}
	wrong := "000000"
	if d.code(r) == wrong {
		wrong = "000001"
	}
	if a := d.ask("POST", page, url.Values{"code": {wrong}}); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.said(".wrong"), "4 tries are left") {
		t.Errorf("a wrong code: %d %s", a.status, a.said(".wrong"))
	}
	code := d.code(r)
	a = d.ask("POST", page, url.Values{"code": {" " + code[:3] + " " + code[3:] + "\u00a0"}})
	if a.status != http.StatusSeeOther || !strings.HasPrefix(a.to, "/subscribe/ok/") {
		t.Fatalf("the code: %d %s", a.status, a.said("main"))
	}
	if a = d.ask("GET", a.to, nil); a.said("h1") != "You are signed up" || !strings.Contains(a.said("main"), "Harris County, Texas") {
		t.Errorf("%s", a.said("main"))
	}
	if to := a.Find("a.button").AttrOr("href", ""); d.ask("GET", to, nil).said("h1") != "Your mails" {
		t.Errorf("the link to change it leads to %q", to)
	}
	if a = d.ask("POST", page, url.Values{"code": {code}}); a.status != http.StatusNotFound || !strings.Contains(a.said("main"), "confirmed already") {
		t.Errorf("once more: %d %s", a.status, a.said("main"))
	}
}

// Five codes can be tried within an hour; after either the link still works.
func TestCodesEnd(t *testing.T) {
	d := newDesk(t)
	r := d.signUp("ana@example.org")
	page, code := "/subscribe/r/"+string(r.ID), d.code(r)
	wrong := url.Values{"code": {strings.Repeat(string('0'+(code[0]-'0'+1)%10), 6)}}
	var last string
	for range readers.MostTries {
		last = d.ask("POST", page, wrong).said(".wrong")
	}
	if !strings.Contains(last, "tried too often") {
		t.Errorf("the last try: %s", last)
	}
	if a := d.ask("POST", page, url.Values{"code": {code}}); !strings.Contains(a.said(".wrong"), "tried too often") || a.Find("#code").Length() != 0 {
		t.Errorf("the right code after that: %d %s", a.status, a.said(".wrong"))
	}
	if a := d.ask("GET", page, nil); !strings.Contains(a.said(".wrong"), "The link in the mail still works") {
		t.Error(a.said("main"))
	}
	late := d.signUp("late@example.org")
	d.now = d.now.Add(readers.CodeLife)
	if a := d.ask("POST", "/subscribe/r/"+string(late.ID), url.Values{"code": {d.code(late)}}); !strings.Contains(a.said(".wrong"), "expired") {
		t.Errorf("a late code: %s", a.said(".wrong"))
	}
	for _, r := range []readers.Request{r, late} {
		link := "/subscribe/c/" + readers.Token(d.links, readers.PurposeConfirm, r.ID, "")
		if a := d.ask("POST", link, d.ask("GET", link, nil).values("confirm")); a.status != http.StatusSeeOther {
			t.Errorf("the link: %d %s", a.status, a.said("main"))
		}
		if a := d.ask("GET", link, nil); a.status != http.StatusNotFound || !strings.Contains(a.said("main"), "confirmed already") {
			t.Errorf("the link once more: %d %s", a.status, a.said("main"))
		}
	}
	week := d.signUp("week@example.org")
	d.now = d.now.Add(readers.RequestLife)
	if a := d.ask("POST", "/subscribe/c/"+readers.Token(d.links, readers.PurposeConfirm, week.ID, ""), url.Values{"do": {"confirm"}}); a.status != http.StatusNotFound {
		t.Errorf("after a week: %d", a.status)
	}
}

// Scanners of mail follow every link. Nothing that they do changes anything, and whoever
// did not ask has the address forgotten.
func TestOnlyAPostChangesAnything(t *testing.T) {
	d := newDesk(t)
	reader := d.reader("reader@example.org")
	r := d.signUp("ana@example.org")
	confirm, leave := "/subscribe/c/"+readers.Token(d.links, readers.PurposeConfirm, r.ID, ""), readers.Token(d.links, readers.PurposeLeave, r.ID, "")
	addresses := []string{"/subscribe/r/" + string(r.ID), confirm, "/subscribe/leave/" + leave, "/es/subscribe/leave/" + leave,
		"/subscribe/me/" + d.manageToken(reader.ID), "/subscribe/own/" + readers.OwnToken(d.links, reader.ID, d.now), "/subscribe/own/" + readers.OwnToken(d.links, reader.ID, d.now) + "/copy", "/subscribe/ok/" + d.manageToken(reader.ID),
		"/subscribe/leave/" + readers.Token(d.links, readers.PurposeLeave, reader.ID, ""), "/subscribe?county=48201", "/privacy"}
	before := d.dump()
	for _, address := range addresses {
		for _, method := range []string{"GET", "HEAD", "OPTIONS", "PUT", "DELETE"} {
			for _, query := range []string{"", "?do=confirm&code=" + d.code(r) + "&List-Unsubscribe=One-Click", "?do=erased", "?do=all"} {
				if strings.Contains(address, "?") {
					query = strings.Replace(query, "?", "&", 1)
				}
				a := d.ask(method, address+query, nil)
				if want := map[string]int{"GET": 200, "HEAD": 200}[method]; want != 0 && a.status != want || want == 0 && a.status != http.StatusMethodNotAllowed {
					t.Errorf("%s %s: %d", method, address, a.status)
				}
				if method == "HEAD" && a.body != "" {
					t.Errorf("HEAD %s has a body", address)
				}
			}
		}
	}
	if after := d.dump(); after != before {
		t.Errorf("something was changed: %s\nbefore: %s", after, before)
	}
	if a := d.ask("POST", confirm, url.Values{"do": {"forget"}}); a.said("h1") != "Forgotten" || d.requests() != 0 {
		t.Errorf("%s, %d requests", a.said("h1"), d.requests())
	}
}

// dump is all that is kept.
func (d *desk) dump() string {
	var b strings.Builder
	for item, err := range d.people.Dump(d.t.Context()) {
		if err != nil {
			d.t.Fatal(err)
		}
		b.WriteString(item.Part + " " + item.Key + " " + string(item.Value) + "\n")
	}
	return b.String()
}

// Forms of other sites are refused, but for the click that ends mails.
func TestFormsOfOtherSites(t *testing.T) {
	d := newDesk(t)
	r := d.reader("ana@example.org")
	me, leave := "/subscribe/me/"+d.manageToken(r.ID), "/subscribe/leave/"+readers.Token(d.links, readers.PurposeLeave, r.ID, "")
	before := d.dump()
	for _, headers := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://evil.example"}, {"Sec-Fetch-Site", "same-site"}} {
		for _, address := range []string{"/subscribe", me, "/subscribe/r/" + string(r.ID), "/api/v1/subscriptions"} {
			if a := d.ask("POST", address, url.Values{"do": {"leave"}, "address": {"bob@example.org"}}, headers...); a.status != http.StatusForbidden {
				t.Errorf("%v to %s: %d", headers, address, a.status)
			}
		}
	}
	if d.dump() != before {
		t.Error("something was changed")
	}
	if a := d.ask("POST", leave, url.Values{"List-Unsubscribe": {"One-Click"}}, "Origin", "https://mail.example"); a.status != http.StatusOK {
		t.Errorf("the click: %d", a.status)
	}
	big := url.Values{"follow": {strings.Repeat("x", largestForm)}}
	if a := d.ask("POST", "/subscribe", big); a.status != http.StatusBadRequest {
		t.Errorf("a large form: %d", a.status)
	}
	if got := d.log.String(); strings.Contains(got, "example.org") {
		t.Errorf("the log has an address: %s", got)
	}
	d.now = d.now.Add(time.Hour)
}

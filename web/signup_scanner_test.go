package web

import (
	"fmt"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/readers"
	"github.com/watch287g/watch287g/store"
)

// A scanner of mail that asks for every link of 1,000 mails, 500 that ask for a
// confirmation and 500 alerts, changes nothing.
func TestScannersOfMailChangeNothing(t *testing.T) {
	const each = 500
	p := newLetterbox(t)
	harris, err := readers.ParseFollow("county:48201", nil)
	if err != nil {
		t.Fatal(err)
	}
	last, err := p.store.Changes(t.Context(), store.ChangeQuery{Newest: true, Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 2 * each {
		r := readers.NewRequest(fmt.Sprintf("r%d@example.org", i), readers.Wish{Language: prose.Languages()[i%2], Cadence: notify.Instant, Follows: []readers.Follow{harris}}, p.now)
		err := p.people.Ask(t.Context(), r)
		if err == nil && i < each {
			_, err = p.people.Confirm(t.Context(), r.ID, p.now, last[0].Seq)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	p.publish(row("TEXAS", "Baytown Police Department", "Municipality", "Harris County", task, "6/21/2025"))
	links, mails := map[string]bool{}, 0
	for to := range p.mails {
		text, html, n := p.text(t, to)
		mails += n
		for _, found := range regexp.MustCompile(regexp.QuoteMeta(p.url)+`(/[^\s"<>)]+)`).FindAllStringSubmatch(text+html, -1) {
			links[strings.ReplaceAll(found[1], "&amp;", "&")] = true
		}
	}
	if mails != 2*each || len(links) < 2*each {
		t.Fatalf("%d mails with %d links", mails, len(links))
	}
	before, ended := p.dump(), 0
	for link := range links {
		for _, method := range []string{"GET", "HEAD"} {
			w := httptest.NewRecorder()
			p.handler.ServeHTTP(w, httptest.NewRequest(method, link, nil))
			if !strings.Contains(link, "/subscribe/") { // a public page
				continue
			}
			ended++
			if w.Code != 200 || len(w.Result().Cookies()) > 0 {
				t.Errorf("%s %s: %d", method, link, w.Code)
			}
		}
	}
	if ended < 4*each {
		t.Errorf("only %d requests were for pages of readers", ended)
	}
	if p.dump() != before {
		t.Error("something was changed")
	}
}

// dump is all that is kept of readers.
func (p *letterbox) dump() string {
	p.t.Helper()
	var b strings.Builder
	for item, err := range p.people.Dump(p.t.Context()) {
		if err != nil {
			p.t.Fatal(err)
		}
		b.WriteString(item.Part + " " + item.Key + " " + string(item.Value) + "\n")
	}
	return b.String()
}

package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/watch287g/watch287g/roster"
)

// ask asks the API for something that must be there.
func ask[T any](w *world, address string) T {
	w.t.Helper()
	rec := w.get(address)
	var out T
	if rec.Code != http.StatusOK {
		w.t.Fatalf("%s: status %d: %s", address, rec.Code, rec.Body)
	}
	if err := json.Unmarshal(rec.Body.Bytes(), &out); err != nil {
		w.t.Fatalf("%s: %v", address, err)
	}
	return out
}

// What answers hold, as a program of somebody else reads it.
type (
	agreementAtOut struct {
		roster.AgreementAt
		CountyFIPS string `json:"county_fips"`
	}
	agencyOut struct {
		roster.Agency
		Name   string
		Active int `json:"active_agreements"`
	}
	changesPageOut struct {
		Changes []roster.Change
		Next    string
	}
	agreementsPageOut struct {
		Total      int
		Agreements []agreementAtOut
		Next       string
	}
)

func TestAPIChanges(t *testing.T) {
	w := newWorld(t)
	want, _ := w.known().Find(roster.Filter{Kinds: roster.DefaultKinds()}, 0, 1000)
	var got []roster.Change
	for next := ""; ; {
		p := ask[changesPageOut](w, "/api/v1/changes?limit=3&cursor="+next)
		got = append(got, p.Changes...)
		if next = p.Next; next == "" {
			break
		}
	}
	if len(got) != len(want) || !slices.EqualFunc(got, want, func(a, b roster.Change) bool { return a.ID == b.ID }) {
		t.Errorf("%d changes on all pages, want %d", len(got), len(want))
	}
	for query, n := range map[string]int{"state=TX&kind=new": 1, "kind=removed": 2, "state=TX,GU&kind=new": 2, "state=TX&state=GU&kind=new": 2, "agency=*Police*&kind=new": 2, "county=brevard": 2, "county=Brevard,+FL": 2, "county=12009,Bay": 3, "place=Palm+Bay,FL": 2, "place=Houston,+tx,32907": 3, "since=2025-06-20": 1, "state=WY": 0} {
		if p := ask[changesPageOut](w, "/api/v1/changes?"+query); len(p.Changes) != n {
			t.Errorf("%s: %d changes, want %d", query, len(p.Changes), n)
		}
	}
	one := ask[roster.Change](w, "/api/v1/changes/"+want[0].ID)
	if one.ID != want[0].ID || one.Text != want[0].Text {
		t.Errorf("one change: %+v", one)
	}
}

// Who follows the log gets what is new and nothing twice, whatever comes between.
func TestAPIFollow(t *testing.T) {
	w := emptyWorld(t)
	lists := smallLists()
	seen, next := map[string]bool{}, ""
	for len(lists) > 0 {
		n := 1
		for n < len(lists) && lists[n].PublishedAt.Equal(lists[0].PublishedAt) {
			n++
		}
		w.imports(lists[:n]...)
		lists = lists[n:]
		for {
			p := ask[changesPageOut](w, "/api/v1/changes?order=oldest&limit=2&cursor="+next)
			next = p.Next
			for _, c := range p.Changes {
				if seen[c.ID] {
					t.Errorf("%s comes twice", c.ID)
				}
				seen[c.ID] = true
			}
			if len(p.Changes) < 2 {
				break
			}
		}
	}
	want, _ := w.known().Find(roster.Filter{Kinds: roster.DefaultKinds()}, 0, 1000)
	if len(seen) != len(want) {
		t.Errorf("%d changes were seen, want %d", len(seen), len(want))
	}
}

func TestAPIAgreements(t *testing.T) {
	w := newWorld(t)
	whole := ask[agreementsPageOut](w, "/api/v1/agreements?as_of=2025-06-11&limit=500")
	if whole.Total != len(whole.Agreements) || whole.Total != 47 {
		t.Errorf("%d agreements, total %d", len(whole.Agreements), whole.Total)
	}
	seen := map[string]bool{}
	next, pages := "", 0
	for {
		p := ask[agreementsPageOut](w, "/api/v1/agreements?as_of=2025-06-11&limit=7&cursor="+url.QueryEscape(next))
		pages++
		for _, a := range p.Agreements {
			seen[a.ID] = true
		}
		if pages == 2 { // news comes between two pages
			w.polled(roster.Poll{At: worldNow(), Outcome: "unchanged"})
		}
		if next = p.Next; next == "" {
			break
		}
	}
	if len(seen) != whole.Total || pages != 7 {
		t.Errorf("%d agreements on %d pages", len(seen), pages)
	}
	for _, a := range ask[agreementsPageOut](w, "/api/v1/agreements?agency=Palm+Bay*").Agreements {
		if a.CountyFIPS != "12009" {
			t.Errorf("%s: county %q is %q", a.Agency, a.County, a.CountyFIPS)
		}
		one := ask[struct {
			Now      agreementAtOut
			Versions []roster.Version
		}](w, "/api/v1/agreements/"+url.PathEscape(a.ID))
		if one.Now.ID != a.ID || len(one.Versions) == 0 {
			t.Errorf("one agreement: %+v", one)
		}
	}
}

func TestAPIAgencies(t *testing.T) {
	w := newWorld(t)
	type page struct {
		Total    int
		Agencies []agencyOut
		Next     string
	}
	var ids []string
	for next := ""; ; {
		p := ask[page](w, "/api/v1/agencies?limit=10&cursor="+url.QueryEscape(next))
		for _, a := range p.Agencies {
			ids = append(ids, a.ID)
		}
		if next = p.Next; next == "" {
			if len(ids) != p.Total || !slices.IsSorted(ids) {
				t.Errorf("%d agencies, total %d", len(ids), p.Total)
			}
			break
		}
	}
	one := ask[struct {
		agencyOut
		Agreements []agreementAtOut
		Changes    []roster.Change
	}](w, "/api/v1/agencies/tx-lampasas-county-sheriffs-office") // minted from another spelling
	if one.ID != "TX-lampass-county-sheriffs-office" || one.Name != "Lampasas County Sheriff's Office" || len(one.Spellings) != 2 || one.Active != 1 || len(one.Changes) != 2 {
		t.Errorf("one agency: %+v", one)
	}
}

func TestAPIFigures(t *testing.T) {
	w := newWorld(t)
	s := ask[roster.Stats](w, "/api/v1/stats?as_of=2025-06-11")
	if s.Active != 46 || s.Pending != 1 || s.Publications[roster.ListParticipating].File != "participatingAgencies06112025am.xlsx" {
		t.Errorf("figures %+v", s)
	}
	states := ask[struct{ States []roster.ByStatus }](w, "/api/v1/states?as_of=2025-06-11")
	sum := 0
	for _, in := range states.States {
		sum += in.Active
	}
	if len(states.States) != len(roster.States()) || sum != s.Active {
		t.Errorf("%d states with %d agreements", len(states.States), sum)
	}
}

func TestAPIPublications(t *testing.T) {
	w := newWorld(t)
	type page struct {
		Publications []roster.Publication
		Next         string
	}
	p := ask[page](w, "/api/v1/publications?list=pending&limit=1")
	if len(p.Publications) != 1 || p.Next == "" || p.Publications[0].File != "pendingAgencies06112025am.xlsx" {
		t.Fatalf("publications %+v", p)
	}
	if more := ask[page](w, "/api/v1/publications?list=pending&limit=1&cursor="+p.Next); len(more.Publications) != 1 || more.Next != "" {
		t.Errorf("and then %+v", more)
	}
	one := ask[struct {
		Publications []roster.Publication
		File         string
		Holds        []roster.Hold
	}](w, "/api/v1/publications/"+heldSHA(w))
	if len(one.Publications) != 1 || len(one.Holds) != 1 || len(one.Holds[0].Reasons) == 0 {
		t.Errorf("one publication: %+v", one)
	}
}

// heldSHA is the hash of the list that looked wrong.
func heldSHA(w *world) string {
	w.t.Helper()
	for _, p := range w.known().Publications() {
		if p.Verdict != roster.VerdictAccepted {
			return p.SHA256
		}
	}
	w.t.Fatal("no list is held")
	return ""
}

func TestAPIErrors(t *testing.T) {
	w := newWorld(t)
	for address, status := range map[string]int{
		"/api/v1/changes/chg_none": 404, "/api/v1/agreements/none": 404, "/api/v1/agencies/none": 404, "/api/v1/publications/00": 404,
		"/api/v1/nothing": 404, "/api/v1/": 404, "/api/v1/changes?cursor=x": 400, "/api/v1/agreements?cursor=x": 400, "/api/v1/changes?state=Atlantis": 400,
		"/api/v1/changes?limit=0": 400, "/api/v1/changes?limit=1000000000": 400, "/api/v1/changes?order=sideways": 400, "/api/v1/stats?as_of=1&as_of=2": 400,
		"/api/v1/stats?state=TX": 400, "/api/v1/coverage?state=TX,FL": 400, "/api/v1/coverage?state=TX&state=FL": 400, "/api/v1/coverage?as_of=2025-06-01": 404,
	} {
		rec := w.get(address)
		var p struct {
			Status        int
			Title, Detail string
		}
		if err := json.Unmarshal(rec.Body.Bytes(), &p); err != nil || rec.Code != status || p.Status != status || p.Title == "" || p.Detail == "" ||
			rec.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: status %d, %v: %s", address, rec.Code, rec.Header(), rec.Body)
		}
	}
}

func TestAPIDocument(t *testing.T) {
	w := newWorld(t)
	doc := ask[struct {
		OpenAPI string
		Paths   map[string]map[string]struct{ Summary string }
	}](w, "/api/v1/openapi.json")
	if !strings.HasPrefix(doc.OpenAPI, "3.1") || len(doc.Paths) != 13 {
		t.Errorf("version %s, %d paths", doc.OpenAPI, len(doc.Paths))
	}
	page := w.page("/api")
	for path, item := range doc.Paths {
		if !strings.Contains(page.Text(), "GET "+path) || item["get"].Summary == "" {
			t.Errorf("the page lacks %s", path)
		}
	}
	for _, a := range page.Find("main a").EachIter() {
		if href, _ := a.Attr("href"); strings.HasPrefix(href, "/") {
			if rec := w.get(strings.Split(href, "#")[0]); rec.Code != http.StatusOK {
				t.Errorf("%s: status %d", href, rec.Code)
			}
		}
	}
}

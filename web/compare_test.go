package web

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/sheet/sheettest"
	"github.com/watch287g/watch287g/watch"
)

func TestCompareNetsPerAgreement(t *testing.T) {
	w := newWorld(t)
	for _, tc := range []struct {
		path string
		want []string
		not  []string
	}{
		{"/compare?from=2025-06-02&to=2025-06-20", []string{
			"Between June 2, 2025, and June 20, 2025, the active agreements that ICE lists went from 44 to 48 (+4), and the pending entries from 1 to 1 (0).",
			"Active agreements: 5 new, 1 no longer listed: from 44 to 48.",
			"Pending entries: 1 came, 1 signed, 0 left unsigned: from 1 to 1.",
			"Not counted here: 1 agreement or pending entry that came and went, or went and came back, in between.",
			"Listed differently, by name, state, model or signing date: 1.",
			"New agreements: 5", "No longer listed: 1", "Pending entries that came: 1", "Pending entries that were signed: 1", "Listed differently: 1",
		}, []string{"Listed again", "Pending entries that left"}},
		{"/compare?from=2025-06-13&to=2025-06-20", []string{
			"Active agreements: 1 new, 1 no longer listed, 1 listed again: from 47 to 48.", "Listed again: 1",
		}, []string{"Not counted here", "Listed differently"}},
		{"/compare?from=2025-06-06&to=2025-06-09", []string{"Active agreements: 0 new, 0 no longer listed: from 45 to 45.", "Listed differently: 1"}, []string{"New agreements:"}},
		{"/compare?from=2025-06-20&to=2025-06-20", []string{"Both ends of this comparison are June 20, 2025, when ICE listed 48 active agreements."}, []string{"Listed differently"}},
	} {
		text := said(w.page(tc.path), "main")
		for _, want := range tc.want {
			if !strings.Contains(text, want) {
				t.Errorf("%s does not say %q:\n%s", tc.path, want, text)
			}
		}
		for _, not := range tc.not {
			if strings.Contains(text, not) {
				t.Errorf("%s says %q", tc.path, not)
			}
		}
	}
}

func TestCompareShowsBeforeAndAfter(t *testing.T) {
	doc := newWorld(t).page("/compare?from=2025-06-02&to=2025-06-20")
	if got := cells(doc.Find(`.tablebox[aria-label="Listed differently"] tbody tr`)); got != "Baker County Sheriff's Office Baker County|Florida|Signing date|Aug 15, 2019|Aug 16, 2019" {
		t.Errorf("otherwise: %q", got)
	}
	if got := cells(doc.Find(`.tablebox[aria-label="Pending entries that were signed"] tbody tr`)); got !=
		"Palm Bay Police Department Brevard County|Florida|Task Force Model|Jun 2, 2025 or before|Jun 10, 2025|Jun 11, 2025" {
		t.Errorf("signed: %q", got)
	}
	if got := sum(t, column(doc, "By state", 3)); got != 4 {
		t.Errorf("the states' differences add up to %d", got)
	}
	if doc.Find(`main a[href="/changes?since=2025-06-03&until=2025-06-20"]`).Length() == 0 {
		t.Error("no link to the changes in between")
	}
	renamed := newWorld(t).page("/compare?from=2025-06-06&to=2025-06-09")
	if got := cells(renamed.Find(`.tablebox[aria-label="Listed differently"] tbody tr`)); !strings.Contains(got, "Agency name|Lampass County Sheriff's Office|Lampasas County Sheriff's Office") {
		t.Errorf("renamed: %q", got)
	}
}

func TestCompareTakesWhatItIsGiven(t *testing.T) {
	w := newWorld(t)
	for path, want := range map[string]string{
		"/compare":                                                        "Between June 2, 2025, and June 21, 2025, 11 a.m. ET",
		"/compare?to=2025-06-13":                                          "Between June 2, 2025, and June 13, 2025",
		"/compare?from=2025-06-13":                                        "Between June 13, 2025, and June 21, 2025, 11 a.m. ET",
		"/compare?from=2025-06-20&to=2025-06-02":                          "The later day was given first: they are compared the other way round. From the end of To the end of",
		"/compare?from=2020-01-01&to=2025-06-13":                          "The first list known here is of June 2, 2025: the comparison begins there.",
		"/compare?from=2020-01-01&to=2021-01-01":                          "Both ends of this comparison are June 2, 2025, when ICE listed 44 active agreements.",
		"/compare?to=2021-01-01":                                          "The first list known here is of June 2, 2025: the comparison begins there.",
		"/compare?from=2025-06-02&to=2031-01-01":                          "What is known here ends June 21, 2025, 11 a.m. ET: the comparison ends there, and what ICE listed after that is not in it.",
		"/compare?from=2025-06-02&to=2025-06-21":                          "Between June 2, 2025, and June 21, 2025, 11 a.m. ET",
		"/compare?from=2030-01-01&to=2031-01-01":                          "Both ends of this comparison are June 21, 2025, 11 a.m. ET, when ICE listed 48 active agreements.",
		"/compare?from=2025-06-13T10:00:00-04:00&to=2025-06-16T13:59:59Z": "Between June 13, 2025, 10 a.m. ET, and June 16, 2025, 9:59 a.m. ET, the active agreements that ICE lists went from 47 to 47",
	} {
		if text := said(w.page(path), "main"); !strings.Contains(text, want) {
			t.Errorf("%s does not say %q:\n%.700s", path, want, text)
		}
	}
	for _, query := range []string{"from=never", "to=2025-02-30", "from=2025-06-02&from=2025-06-03", "from=2025-06-02T10:00"} {
		if rec := w.get("/compare?" + query); rec.Code != http.StatusBadRequest || !strings.Contains(rec.Body.String(), "as in 2025-05-19") {
			t.Errorf("%s: status %d", query, rec.Code)
		}
	}
}

// A comparison that is narrowed has the narrowed figures, sentences, tables and links.
func TestCompareOfAPart(t *testing.T) {
	w := newWorld(t)
	const days = "from=2025-06-02&to=2025-06-20"
	for query, want := range map[string][]string{
		"state=TX": {
			"What changed in Texas between June 2, 2025, and June 20, 2025",
			"Between June 2, 2025, and June 20, 2025, the active agreements that ICE lists in Texas went from 2 to 2 (0), and the pending entries from 0 to 0 (0).",
			"Active agreements: 1 new, 1 no longer listed: from 2 to 2.", "Not counted here: 1 agreement or pending entry",
			"New agreements: 1", "No longer listed: 1",
		},
		"state=FL&model=TFM": {
			"the active agreements that ICE lists for the Task Force Model in Florida went from 0 to 2 (+2), and the pending entries from 1 to 0 (−1).",
			"Active agreements: 2 new, 0 no longer listed: from 0 to 2.", "Pending entries: 0 came, 1 signed, 0 left unsigned: from 1 to 0.",
		},
		"state=wv":          {"the active agreements that ICE lists in West Virginia went from 0 to 0 (0), and the pending entries from 0 to 1 (+1)."},
		"state=WI":          {"the active agreements that ICE lists in Wisconsin went from 0 to 0 (0)", "Active agreements: 0 new, 0 no longer listed: from 0 to 0."},
		"county=48201":      {"the active agreements that ICE lists in county 48201 went from 1 to 0 (−1)"},
		"type=state":        {"the active agreements that ICE lists with state agencies went from 14 to 14 (0)"},
		"agency=TX-lamp*":   {`with agencies named "TX-lamp*" went from 0 to 0`},
		"agency=*Palm*Bay*": {`with agencies named "*Palm*Bay*" went from 0 to 1`},
	} {
		doc := w.page("/compare?" + days + "&" + query)
		for _, sentence := range want {
			if text := said(doc, "main"); !strings.Contains(text, sentence) {
				t.Errorf("%s does not say %q:\n%.900s", query, sentence, text)
			}
		}
	}
	doc := w.page("/compare?" + days + "&state=TX&model=WSO")
	for _, href := range []string{"/changes?model=WSO&since=2025-06-03&state=TX&until=2025-06-20", "/on/2025-06-02?model=WSO&state=TX", "/compare?" + days,
		"/compare?from=2025-06-14&model=WSO&state=TX&to=2025-06-21"} {
		if doc.Find(`main a[href="`+href+`"]`).Length() == 0 {
			t.Errorf("no link to %s", href)
		}
	}
	if n := doc.Find(`form select[name="state"] option[selected][value="TX"], form input[name="model"][value="WSO"]`).Length(); n != 2 {
		t.Error("the form forgets what is compared")
	}
	if rec := w.get("/compare?state=Nowhere"); rec.Code != http.StatusBadRequest || !strings.Contains(rec.Body.String(), "write its postal code, as in TX") {
		t.Errorf("an unknown state: status %d", rec.Code)
	}
}

// What ICE moves from one state to another is neither new in the one nor gone in the
// other, and both counts still add up.
func TestCompareOfAPartFollowsWhatMoves(t *testing.T) {
	w := emptyWorld(t)
	list := func(day int, state string) watch.Past {
		body := sheettest.Participating(append(sheettest.Sample(40), row(state, "Quincy Police Department", "Municipality", "", task, "6/1/2025"))...)
		return watch.Past{PublishedAt: june(day), Link: "participating", File: "list.xlsx", Open: func() ([]byte, error) { return body, nil }}
	}
	w.imports(list(2, "NEW YORK"), list(3, "MASSACHUSETTS"))
	for state, want := range map[string]string{
		"NY": "Active agreements: 0 new, 0 no longer listed, 1 that ICE now lists with another state, model, kind or place: from 2 to 1.",
		"MA": "Active agreements: 0 new, 0 no longer listed, 1 that ICE listed with another state, model, kind or place before: from 1 to 2.",
	} {
		doc := w.page("/compare?from=2025-06-02&to=2025-06-03&state=" + state)
		if text := said(doc, "main"); !strings.Contains(text, want) {
			t.Errorf("%s does not say %q:\n%.900s", state, want, text)
		}
		if got := cells(doc.Find(`.tablebox[aria-label="Listed differently"] tbody tr`)); !strings.Contains(got, "State|New York|Massachusetts") {
			t.Errorf("%s: listed differently: %q", state, got)
		}
	}
}

// A list that is known only later than the comparison begins says nothing of when
// its entries came.
func TestCompareKnowsWhatItCannotKnow(t *testing.T) {
	w := emptyWorld(t)
	lists := smallLists()
	w.imports(lists[0], lists[2], lists[5])
	text := said(w.page("/compare?from=2025-06-02&to=2025-06-20"), "main")
	if want := "went from 44 to 45 (+1), and the pending entries from a number that is not known to 1."; !strings.Contains(text, want) {
		t.Errorf("the page does not say %q:\n%s", want, text)
	}
	if want := "Pending entries: 0 came, 0 signed, 0 left unsigned, 1 on the first pending list known, of which nobody here knows since when: from a number that is not known to 1."; !strings.Contains(text, want) {
		t.Errorf("the page does not say %q:\n%s", want, text)
	}
}

// Whatever two days are compared, what came less what went is the difference of
// the counts.
// Where no pending list is known, no row of the table counts pending entries.
func TestCompareCountsNoEntriesThatAreNotKnown(t *testing.T) {
	w := emptyWorld(t)
	w.now = june(7)
	lists := smallLists()
	w.imports(lists[0], lists[2])
	doc := w.page("/compare?from=2025-06-02&to=2025-06-06")
	if got := cells(doc.Find("main tr:contains('Pending entries')").First()); got != "Pending entries|unknown|unknown|unknown" {
		t.Errorf("the row of pending entries is %q", got)
	}
	if got := cells(doc.Find("main tr:contains('Active agreements')").First()); got != "Active agreements|44|45|+1" {
		t.Errorf("the row of agreements is %q", got)
	}
}

func TestCompareOfTheArchiveAddsUp(t *testing.T) {
	w := archiveSite(t)
	snap := w.known()
	days := snap.Days()
	for i := 0; i < len(days); i += 17 {
		for j := i; j < len(days); j += 23 {
			d := snap.Compare(days[i].EndOf(), days[j].EndOf())
			if got := d.Before.Active + len(d.New) + len(d.Again) + d.FirstSeen[roster.ListParticipating] - len(d.Gone); got != d.After.Active {
				t.Errorf("%s to %s: %d active agreements add up to %d", days[i], days[j], d.After.Active, got)
			}
			if got := d.Before.Pending + len(d.Came) + d.FirstSeen[roster.ListPending] - len(d.Signed) - len(d.Left); got != d.After.Pending {
				t.Errorf("%s to %s: %d pending entries add up to %d", days[i], days[j], d.After.Pending, got)
			}
		}
	}
	for _, state := range []roster.State{"FL", "TX", "NY", "GA"} {
		for i := 0; i < len(days)-1; i += 29 {
			d := snap.CompareOf(days[i].EndOf(), days[len(days)-1].EndOf(), func(a roster.Agreement) bool { return a.State == state })
			const on, wait = roster.ListParticipating, roster.ListPending
			if got := d.Before.Active + len(d.New) + len(d.Again) + d.FirstSeen[on] + d.In[on] - len(d.Gone) - d.Out[on]; got != d.After.Active {
				t.Errorf("%s since %s: %d active agreements add up to %d", state, days[i], d.After.Active, got)
			}
			if got := d.Before.Pending + len(d.Came) + d.FirstSeen[wait] + d.In[wait] - len(d.Signed) - len(d.Left) - d.Out[wait]; got != d.After.Pending {
				t.Errorf("%s since %s: %d pending entries add up to %d", state, days[i], d.After.Pending, got)
			}
			if now := snap.CurrentStats().ByState[state]; d.After.Active != now.Active || d.After.Pending != now.Pending {
				t.Errorf("%s: the comparison ends at %d and %d, and there are %+v", state, d.After.Active, d.After.Pending, now)
			}
		}
	}
	for _, path := range []string{"/compare", fmt.Sprintf("/compare?from=%s&to=%s", days[0], days[len(days)-1]), "/compare?from=2025-05-19&to=2025-06-18"} {
		began := time.Now()
		rec := w.get(path)
		t.Logf("%s: %d bytes in %v", path, rec.Body.Len(), time.Since(began))
		if rec.Code != http.StatusOK || rec.Body.Len() > 300_000 {
			t.Errorf("%s: status %d, %d bytes", path, rec.Code, rec.Body.Len())
		}
	}
}

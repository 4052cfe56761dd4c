package web

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/roster"
)

func TestCompareNetsPerAgreement(t *testing.T) {
	w := newWorld(t)
	for _, tc := range []struct {
		path string
		want []string
		not  []string
	}{
		{"/compare?from=2025-06-02&to=2025-06-20", []string{
			"Between June 2, 2025 and June 20, 2025, the active agreements that ICE lists went from 44 to 48 (+4), and the pending entries from 1 to 1 (0).",
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
		{"/compare?from=2025-06-20&to=2025-06-20", []string{"Active agreements: 0 new, 0 no longer listed: from 48 to 48."}, []string{"Listed differently"}},
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
		"/compare":                                                        "Between June 2, 2025 and June 20, 2025",
		"/compare?to=2025-06-13":                                          "Between June 2, 2025 and June 13, 2025",
		"/compare?from=2025-06-13":                                        "Between June 13, 2025 and June 20, 2025",
		"/compare?from=2025-06-20&to=2025-06-02":                          "The later day was given first: they are compared the other way round. From the end of To the end of Compare Last 7 days Since the first list known Between June 2, 2025 and June 20, 2025",
		"/compare?from=2020-01-01&to=2025-06-13":                          "The first list known here is of June 2, 2025: the comparison begins there.",
		"/compare?from=2020-01-01&to=2021-01-01":                          "Between June 2, 2025 and June 2, 2025",
		"/compare?to=2021-01-01":                                          "The first list known here is of June 2, 2025: the comparison begins there.",
		"/compare?from=2025-06-02&to=2031-01-01":                          "What is known here ends June 21, 2025, 11 a.m. ET: the comparison ends there, and what ICE listed after that is not in it.",
		"/compare?from=2025-06-02&to=2025-06-21":                          "Between June 2, 2025 and June 21, 2025, 11 a.m. ET",
		"/compare?from=2030-01-01&to=2031-01-01":                          "Between June 21, 2025, 11 a.m. ET and June 21, 2025, 11 a.m. ET",
		"/compare?from=2025-06-13T10:00:00-04:00&to=2025-06-16T13:59:59Z": "Between June 13, 2025, 10 a.m. ET and June 16, 2025, 9:59 a.m. ET, the active agreements that ICE lists went from 47 to 47",
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
	for _, path := range []string{"/compare", fmt.Sprintf("/compare?from=%s&to=%s", days[0], days[len(days)-1]), "/compare?from=2025-05-19&to=2025-06-18"} {
		began := time.Now()
		rec := w.get(path)
		t.Logf("%s: %d bytes in %v", path, rec.Body.Len(), time.Since(began))
		if rec.Code != http.StatusOK || rec.Body.Len() > 300_000 {
			t.Errorf("%s: status %d, %d bytes", path, rec.Code, rec.Body.Len())
		}
	}
}

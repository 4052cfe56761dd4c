package web

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestDayIsAnswerableLater(t *testing.T) {
	w := newWorld(t)
	doc := w.page("/on/2025-06-13")
	wantFigures(t, doc, map[string]string{"active agreements": "47", "agencies that held them": "47", "states, D.C. and 3 territories": "37", "pending entry": "1"})
	text := said(doc, "main")
	for _, want := range []string{
		"On June 13, 2025, ICE listed 47 active agreements with 47 agencies in 37 states, the District of Columbia and 3 territories, and 1 pending entry.",
		"Florida had 9% of the active agreements (4), Georgia 4% (2) and Guam 4% (2).",
		"according to ICE's participating list of June 13, 2025, 10 a.m. ET and ICE's pending list of June 11, 2025, 10 a.m. ET",
		"Active agreements: 3 new, 1 no longer listed: from 45 to 47.",
		"Pending entries: 1 came, 1 signed, 0 left unsigned: from 1 to 1.",
		"Texas: ICE no longer lists the Task Force Model agreement with Texas National Guard",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q:\n%s", want, text)
		}
	}
	for _, href := range []string{"/on/2025-06-11", "/on/2025-06-16", "/downloads?as_of=2025-06-13", "/compare?from=2025-06-06&to=2025-06-13",
		"/changes?since=2025-06-13&until=2025-06-13"} {
		if doc.Find(`main a[href="`+href+`"]`).Length() == 0 {
			t.Errorf("no link to %s", href)
		}
	}
	if got := sum(t, column(doc, "By state", 1)); got != 47 {
		t.Errorf("the states add up to %d", got)
	}
}

// A day that is narrowed has the narrowed figures and sentences, and the agencies as
// they stood then.
func TestDayOfAPart(t *testing.T) {
	w := newWorld(t)
	wantFigures(t, w.page("/on/2025-06-13?state=OK"), map[string]string{"active agreement": "1", "agency that held it": "1", "pending entries": "0"})
	doc := w.page("/on/2025-06-13?state=TX")
	text := said(doc, "main")
	for _, want := range []string{
		"287(g) agreements in Texas on June 13, 2025",
		"On June 13, 2025, ICE listed 2 active agreements with 2 agencies in Texas, and no pending entries.",
		"Active agreements: 0 new, 1 no longer listed: from 3 to 2.",
		"Texas: ICE no longer lists the Task Force Model agreement with Texas National Guard",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q:\n%s", want, text)
		}
	}
	wantRows(t, doc, "then", "Harris County Sheriff's Office|Harris County|county|Jun 1, 2020|||Jun 2, 2025 or before",
		"Lampasas County Sheriff's Office|Lampasas County|county|||Jun 5, 2025|Jun 6, 2025")
	for _, not := range []string{"states and territories", "Palm Bay", "Guam Police Department"} {
		if strings.Contains(text, not) {
			t.Errorf("the page of Texas says %q", not)
		}
	}
	for _, href := range []string{"/on/2025-06-11?state=TX", "/on/2025-06-13", "/downloads?as_of=2025-06-13&state=TX", "/compare?from=2025-06-06&state=TX&to=2025-06-13",
		"/changes?since=2025-06-13&state=TX&until=2025-06-13", "/on/2025-06-13?model=JEM&state=TX#agencies"} {
		if doc.Find(`main a[href="`+href+`"]`).Length() == 0 {
			t.Errorf("no link to %s", href)
		}
	}
	for path, to := range map[string]string{"/on?day=2025-06-13&state=TX&model=": "/on/2025-06-13?state=TX", "/on/today?state=TX": "/on/2025-06-21?state=TX"} {
		if rec := w.get(path); rec.Code != http.StatusSeeOther || rec.Header().Get("Location") != to {
			t.Errorf("%s: status %d to %q", path, rec.Code, rec.Header().Get("Location"))
		}
	}
	if s := said(w.page("/on/2025-06-10?status=pending"), "main"); !strings.Contains(s, "Narrowed to pending. All that ICE listed on that day") ||
		!strings.Contains(s, "1 agency, with 1 pending entry") || !strings.Contains(s, "pending since Jun 2, 2025 or before") {
		t.Errorf("what was pending: %s", s)
	}
	if rec := w.get("/on/2025-06-13?state=Nowhere"); rec.Code != http.StatusBadRequest {
		t.Errorf("an unknown state: status %d", rec.Code)
	}
}

func TestDayWithoutAListShowsTheOneBefore(t *testing.T) {
	w := newWorld(t)
	doc := w.page("/on/2025-06-15")
	text := said(doc, "main")
	for _, want := range []string{"ICE listed 47 active agreements", "None: ICE published no list on that day that is known here.", "Before: June 13, 2025", "After: June 16, 2025"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	// What is set aside changes nothing, but is told.
	held := said(w.page("/on/2025-06-18"), "main")
	for _, want := range []string{"ICE listed 49 active agreements", "10 rows; it looked wrong and"} {
		if !strings.Contains(held, want) {
			t.Errorf("the page of the held list does not say %q:\n%s", want, held)
		}
	}
}

func TestDaysAtTheEdges(t *testing.T) {
	w := newWorld(t)
	for path, want := range map[string]string{
		"/on/2025-06-01": "The first list known is of June 2, 2025: see /on/2025-06-02.",
		"/on/2025-06-22": "June 22, 2025 has not come yet. Today is June 21, 2025: see /on/2025-06-21.",
	} {
		rec := w.get(path)
		if body := rec.Body.String(); rec.Code != http.StatusNotFound || !strings.Contains(body, want) {
			t.Errorf("%s: status %d without %q", path, rec.Code, want)
		}
	}
	for _, day := range []string{"2025-02-30", "2025-6-2", "yesterday", "20250602", "2025-06-02T00:00:00Z", "%3Cb%3E", "-001-01-01"} {
		for _, path := range []string{"/on/" + day, "/on?day=" + day} {
			rec := w.get(path)
			if body := rec.Body.String(); rec.Code != http.StatusBadRequest || !strings.Contains(body, "write year, month and day, as in 2025-05-19") || strings.Contains(body, "<b>”") {
				t.Errorf("%s: status %d", path, rec.Code)
			}
		}
	}
	if rec := w.get("/on?day=2025-06-13"); rec.Code != http.StatusSeeOther || rec.Header().Get("Location") != "/on/2025-06-13" {
		t.Errorf("the form: status %d to %q", rec.Code, rec.Header().Get("Location"))
	}
	if first := said(w.page("/on/2025-06-02"), "main"); strings.Contains(first, "In the week") || strings.Contains(first, "Before:") {
		t.Error("the first day looks back on what is not known")
	}
	if today := said(w.page("/on/2025-06-21"), "main"); !strings.Contains(today, "This day is not over.") {
		t.Error("today's page does not say that the day is not over")
	}
	if past := said(w.page("/on/2025-06-20"), "main"); strings.Contains(past, "not over") || strings.Contains(past, "What is known here ends") {
		t.Error("a day that is over reads as if it were not")
	}
}

func TestDayIsADayInWashington(t *testing.T) {
	w := newWorld(t)
	w.now = time.Date(2025, time.June, 22, 3, 0, 0, 0, time.UTC) // eleven in the evening of the 21st in Washington
	if rec := w.get("/on/2025-06-22"); rec.Code != http.StatusNotFound {
		t.Errorf("tomorrow: status %d", rec.Code)
	}
}

func TestDayOfTheArchive(t *testing.T) {
	w := archiveSite(t)
	doc := w.page("/on/2025-05-19")
	wantFigures(t, doc, map[string]string{"active agreements": "588", "states": "40", "pending entries": "83"})
	text := said(doc, "main")
	for _, want := range []string{"On May 19, 2025, ICE listed 588 active agreements with", "in 40 states, and 83 pending entries. Florida had 44% of the active agreements (257)"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q:\n%.600s", want, text)
		}
	}
	florida := slices.Index(column(doc, "By state", 0), "Florida")
	if got := column(doc, "By state", 2); got[florida] != "44%" || got[1] != "<1%" {
		t.Errorf("Florida has %s, Alaska with its two %s", got[florida], got[1])
	}
	if busy := w.page("/on/2025-03-17"); busy.Find("main li.change").Length() == 0 || busy.Find("main li.change.document, main li.change.detail").Length() > 0 {
		t.Error("the day of 450 documents shows no news, or shows documents among them")
	}
	for day := time.Date(2025, time.February, 21, 0, 0, 0, 0, time.UTC); day.Year() == 2025; day = day.AddDate(0, 0, 5) {
		path := "/on/" + day.Format(time.DateOnly)
		began := worked()
		rec := w.get(path)
		if took := worked() - began; rec.Code != http.StatusOK || rec.Body.Len() > 300_000 || took > time.Second {
			t.Errorf("%s: status %d, %d bytes in %v", path, rec.Code, rec.Body.Len(), took)
		}
	}
}

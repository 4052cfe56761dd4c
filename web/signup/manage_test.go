package signup

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/readers"
)

// reload reads a reader anew.
func (d *desk) reload(r readers.Reader) readers.Reader {
	d.t.Helper()
	r, err := d.people.Reader(d.t.Context(), r.ID)
	if err != nil {
		d.t.Fatal(err)
	}
	return r
}

func TestChangingWhatComes(t *testing.T) {
	d := newDesk(t)
	r := d.reader("ana@example.org")
	me := "/subscribe/me/" + d.manageToken(r.ID)
	v := d.ask("GET", me, nil).values("find")
	v.Set("q", "Florida")
	a := d.ask("POST", me, v)
	v = a.values("save")
	if fmt.Sprint(v["follow"]) != "[county:48201]" || !strings.Contains(a.said("fieldset"), "Florida") {
		t.Fatalf("%v: %s", v, a.said("fieldset"))
	}
	v["follow"], v["cadence"], v["language"] = []string{"state:FL"}, []string{"weekly"}, []string{"es"}
	stale := d.ask("GET", me, nil).values("save")
	a = d.ask("POST", me, v)
	if got := d.reload(r); a.status != http.StatusOK || !strings.Contains(a.said(`[role="status"]`), "Saved") || fmt.Sprint(got.Follows) != "[state:FL]" || got.Cadence != "weekly" || got.Was != "instant" || got.Language != "es" {
		t.Errorf("%d %s: %+v", a.status, a.said(`[role="status"]`), got.Wish)
	}
	if a = d.ask("POST", me, stale); !strings.Contains(a.said(`[role="status"]`), "changed meanwhile") || d.reload(r).Cadence != "weekly" {
		t.Errorf("a form of before: %s", a.said(`[role="status"]`))
	}
	v = d.ask("GET", me, nil).values("save")
	delete(v, "follow")
	if a = d.ask("POST", me, v); a.status != http.StatusUnprocessableEntity || len(d.reload(r).Follows) != 1 {
		t.Errorf("nothing to follow: %d %s", a.status, a.said(".wrong"))
	}
}

func TestPausing(t *testing.T) {
	d := newDesk(t)
	r := d.reader("ana@example.org")
	me := "/subscribe/me/" + d.manageToken(r.ID)
	for do, want := range map[string]time.Time{"week": d.now.AddDate(0, 0, 7), "month": d.now.AddDate(0, 1, 0), "pause": {}} {
		a := d.ask("POST", me, d.ask("GET", me, nil).values(do))
		if got := d.reload(r); got.State != readers.StatePaused || !got.PausedUntil.Equal(want) || !strings.Contains(a.said(".card"), "paused until") {
			t.Errorf("%s: %s until %v: %s", do, got.State, got.PausedUntil, a.said(".card"))
		}
	}
	d.ask("POST", me, d.ask("GET", me, nil).values("resume"))
	if got := d.reload(r); got.State != readers.StateActive || got.Since == 0 {
		t.Errorf("%s since %d", got.State, got.Since)
	}
}

// Nobody is told that mails come again whose address gets none, in whatever order the two
// happened.
func TestSuppressedMeanwhile(t *testing.T) {
	d := newDesk(t)
	for name, tt := range map[string]struct {
		of     string // what the link of the mail is about
		before func(*readers.Reader)
		do     url.Values
		page   string
		lifted readers.State
	}{
		"undo by the mail's link": {"", func(r *readers.Reader) { r.Leave(d.now) }, url.Values{"do": {"undo"}}, "leave", readers.StateActive},
		"undo":                    {"", func(r *readers.Reader) { r.Leave(d.now) }, url.Values{"do": {"undo"}}, "me", readers.StateActive},
		"resume":                  {"", func(r *readers.Reader) { r.Pause(time.Time{}, d.now) }, url.Values{"do": {"resume"}}, "me", readers.StatePaused},
		"undo one": {"state:FL", func(*readers.Reader) {}, url.Values{"do": {"undo one"}, "follow": {"state:FL"}}, "leave",
			readers.StateActive},
	} {
		t.Run(name, func(t *testing.T) {
			r := d.reader(strings.ReplaceAll(name, " ", "-") + "@" + strings.ReplaceAll(strings.ReplaceAll(name, " ", ""), "'", "") + ".example")
			if _, err := d.people.Update(t.Context(), r.ID, func(r *readers.Reader) error { tt.before(r); return nil }); err != nil {
				t.Fatal(err)
			}
			if err := d.people.Suppress(t.Context(), r.Address, readers.Suppression{Reason: readers.ReasonHard, At: d.now, Detail: "550 no such user"}); err != nil {
				t.Fatal(err)
			}
			address := "/subscribe/me/" + d.manageToken(r.ID)
			if tt.page == "leave" {
				address = "/subscribe/leave/" + readers.Token(d.links, readers.PurposeLeave, r.ID, tt.of)
			}
			a := d.ask("POST", address, tt.do)
			if text := a.said("main"); a.status != http.StatusOK || a.said("h1") != "Mails have ended" || !strings.Contains(text, "came back") || !strings.Contains(text, "write to desk@example.org") || strings.Contains(text, "as before") {
				t.Errorf("%d: %s", a.status, text)
			}
			if got := d.reload(r); got.State != readers.StateSuppressed {
				t.Errorf("the reader is %s", got.State)
			}
			found, err := d.people.Suppressed(t.Context(), r.Address)
			if err != nil {
				t.Fatal(err)
			}
			if sup := found[r.Address]; sup.Detail != "550 no such user" || sup.Reason != readers.ReasonHard {
				t.Errorf("it is suppressed for %+v", sup)
			}
			if err := d.people.Unsuppress(t.Context(), found[r.Address].Key); err != nil {
				t.Fatal(err)
			}
			if got := d.reload(r); got.State != tt.lifted {
				t.Errorf("once it is lifted the reader is %s", got.State)
			}
		})
	}
}

// letters are those of a kind that wait.
func (d *desk) letters(kind readers.LetterKind) []readers.Letter {
	d.t.Helper()
	all, err := d.people.Letters(d.t.Context(), 100)
	if err != nil {
		d.t.Fatal(err)
	}
	return slices.DeleteFunc(all, func(l readers.Letter) bool { return l.Kind != kind })
}

func TestCopyAndErasing(t *testing.T) {
	d := newDesk(t)
	r := d.reader("ana@example.org")
	me, own := "/subscribe/me/"+d.manageToken(r.ID), "/subscribe/own/"+readers.OwnToken(d.links, r.ID, d.now)
	// Whoever was forwarded a mail opens the page, and no more.
	for range ownDay + 1 {
		a := d.ask("POST", me, d.ask("GET", me, nil).values("own"))
		if letters := d.letters(readers.LetterOwn); a.status == http.StatusOK && !strings.Contains(a.said("main"), "for 24 hours") || len(letters) > ownDay || a.status != http.StatusOK && len(letters) < ownDay {
			t.Errorf("%d: %s; %d letters", a.status, a.said("main"), len(letters))
		}
	}
	for _, do := range []string{"erase", "erased"} {
		if a := d.ask("POST", me, url.Values{"do": {do}, "form": {"1"}}); d.reload(r).State != readers.StateActive || a.Find("a[download]").Length() != 0 {
			t.Errorf("by the link of any mail, %q did: %s", do, a.said("main"))
		}
	}
	for _, token := range []string{readers.OwnToken(d.links, r.ID, d.now.Add(-readers.OwnLife)), d.manageToken(r.ID), readers.Token(d.links, readers.PurposeOwn, r.ID, "")} {
		for _, path := range []string{"/subscribe/own/" + token, "/subscribe/own/" + token + "/copy", "/subscribe/me/" + token + "/copy"} {
			if a := d.ask("POST", path, url.Values{"do": {"erased"}}); a.status != http.StatusNotFound || strings.Contains(a.body, "ana@") {
				t.Errorf("%s: %d %s", path, a.status, a.body)
			}
		}
	}
	var held readers.Reader
	if a := d.ask("GET", d.ask("GET", own, nil).Find("a[download]").AttrOr("href", ""), nil); json.Unmarshal([]byte(a.body), &held) != nil || fmt.Sprintf("%#v", held) != fmt.Sprintf("%#v", r) {
		t.Errorf("the copy is %s", a.body)
	}
	asked := d.signUp("Ana@example.org")
	d.signUp("bea@example.org")
	var all struct {
		readers.Reader
		Requests []readers.Request
	}
	if a := d.ask("GET", own+"/copy", nil); json.Unmarshal([]byte(a.body), &all) != nil || all.ID != r.ID || len(all.Requests) != 1 || fmt.Sprintf("%#v", all.Requests[0]) != fmt.Sprintf("%#v", asked) {
		t.Errorf("with a request the copy is %s", a.body)
	}
	a := d.ask("GET", own, nil)
	if !strings.Contains(a.said("main"), "cannot be undone") || d.reload(r).State != readers.StateActive {
		t.Fatalf("before it is sure: %s", a.said("main"))
	}
	if a = d.ask("POST", own, a.values("erased")); a.said("h1") != "Erased" || strings.Contains(d.dump(), "ana@") {
		t.Errorf("%s", a.said("main"))
	}
	if a = d.ask("GET", own, nil); a.status != http.StatusNotFound {
		t.Errorf("after: %d %s", a.status, a.said("main"))
	}
	if a = d.ask("GET", me, nil); a.status != http.StatusNotFound || !strings.Contains(a.said("main"), "has been erased") {
		t.Errorf("after: %d %s", a.status, a.said("main"))
	}
}

// One click ends mails at once, written in either way, and can be undone where it was
// somebody else's.
func TestOneClickEndsMails(t *testing.T) {
	d := newDesk(t)
	r := d.reader("ana@example.org")
	leave := "/subscribe/leave/" + readers.Token(d.links, readers.PurposeLeave, r.ID, "")
	if a := d.ask("POST", leave, url.Values{}); a.status != http.StatusOK || d.reload(r).State != readers.StateActive {
		t.Error("a POST without the words of RFC 8058 ends mails")
	}
	var parts bytes.Buffer
	w := multipart.NewWriter(&parts)
	_ = w.WriteField("List-Unsubscribe", "One-Click")
	_ = w.Close()
	in := httptest.NewRequest("POST", site+leave, &parts)
	in.Header.Set("Content-Type", w.FormDataContentType())
	if a := d.do(in); a.status != http.StatusOK || a.to != "" || d.reload(r).State != readers.StateLeft {
		t.Errorf("in parts: %d, %s", a.status, d.reload(r).State)
	}
	a := d.ask("POST", leave, url.Values{"List-Unsubscribe": {"One-Click"}})
	if a.status != http.StatusOK || !strings.Contains(a.said("main"), "forwarded") {
		t.Errorf("once more: %d %s", a.status, a.said("main"))
	}
	if a = d.ask("GET", leave, nil); a.Find("form").Length() == 0 {
		t.Error("the page of one who has left cannot undo it")
	}
	if a = d.ask("POST", leave, a.values("undo")); a.said("h1") != "Undone" || d.reload(r).State != readers.StateActive {
		t.Errorf("undone: %s, %s", a.said("main"), d.reload(r).State)
	}
	if a = d.ask("POST", leave, d.ask("GET", leave, nil).values("all")); a.said("h1") != "Mails have ended" {
		t.Error(a.said("main"))
	}
	me := "/subscribe/me/" + d.manageToken(r.ID)
	if a = d.ask("POST", me, d.ask("GET", me, nil).values("undo")); d.reload(r).State != readers.StateActive {
		t.Error(a.said("main"))
	}
	for i := range undoDay { // two were undone before: nobody has somebody else sent mail after mail
		d.ask("POST", leave, url.Values{"List-Unsubscribe": {"One-Click"}})
		want := http.StatusOK
		if i >= undoDay-2 {
			want = http.StatusTooManyRequests
		}
		if a = d.ask("POST", leave, url.Values{"do": {"undo"}}); a.status != want {
			t.Errorf("undone %d times: %d", i+3, a.status)
		}
	}
	if d.reload(r).State != readers.StateLeft {
		t.Error("mails have not ended")
	}
	if a = d.ask("GET", "/subscribe/leave/"+readers.Token(d.links, readers.PurposeManage, r.ID, ""), nil); a.status != http.StatusNotFound {
		t.Error("the link of another page ends mails")
	}
}

func TestLeavingOnePlace(t *testing.T) {
	d := newDesk(t)
	r := d.reader("ana@example.org")
	town, err := readers.ParseFollow("town:TX-San Antonio", nil)
	if err != nil {
		t.Fatal(err)
	}
	if r, err = d.people.Update(t.Context(), r.ID, func(r *readers.Reader) error { r.Follow(town); return nil }); err != nil {
		t.Fatal(err)
	}
	leave := "/subscribe/leave/" + readers.Token(d.links, readers.PurposeLeave, r.ID, town.String())
	a := d.ask("POST", leave, d.ask("GET", leave, nil).values("one"))
	if got := d.reload(r); len(got.Follows) != 1 || !strings.Contains(a.said("main"), "San Antonio, Texas") {
		t.Fatalf("%v: %s", got.Follows, a.said("main"))
	}
	a = d.ask("POST", leave, a.values("undo one"))
	if got := d.reload(r); len(got.Follows) != 2 || got.Follows[1].Name != "San Antonio, Texas" {
		t.Errorf("undone: %+v: %s", got.Follows, a.said("main"))
	}
	if d.ask("POST", leave, url.Values{"List-Unsubscribe": {"One-Click"}}); len(d.reload(r).Follows) != 1 {
		t.Error("one click does not end it")
	}
	if a = d.ask("POST", leave, url.Values{"List-Unsubscribe": {"One-Click"}}); a.status != http.StatusOK || d.reload(r).State != readers.StateActive {
		t.Errorf("once more: %d %s", a.status, a.said("main"))
	}
}

// From the mail that asks for a confirmation mails can be ended, too.
func TestLeavingBeforeConfirming(t *testing.T) {
	d := newDesk(t)
	r := d.reader("ana@example.org")
	again := d.signUp("ANA@example.org")
	leave := "/subscribe/leave/" + readers.Token(d.links, readers.PurposeLeave, again.ID, "")
	if a := d.ask("POST", leave, url.Values{"List-Unsubscribe": {"One-Click"}}); a.status != http.StatusOK || d.requests() != 0 || d.reload(r).State != readers.StateLeft {
		t.Errorf("%d, %d requests, %s", a.status, d.requests(), d.reload(r).State)
	}
	other := d.signUp("bob@example.org")
	leave = "/subscribe/leave/" + readers.Token(d.links, readers.PurposeLeave, other.ID, "")
	if a := d.ask("POST", leave, d.ask("GET", leave, nil).values("all")); a.said("h1") != "Forgotten" || d.requests() != 0 {
		t.Error(a.said("main"))
	}
	if a := d.ask("POST", leave, url.Values{"List-Unsubscribe": {"One-Click"}}); a.status != http.StatusOK {
		t.Errorf("once more: %d", a.status)
	}
}

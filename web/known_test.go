package web

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/sheet/sheettest"
	"github.com/watch287g/watch287g/snapshot"
	"github.com/watch287g/watch287g/watch"
)

// The last moment that the world of an outage is known, as the site writes it.
const (
	lastGood     = "2025-06-21T15:50:00Z"
	lastGoodSaid = "June 21, 2025, 11:50 a.m. ET"
)

// readWorld makes a site whose last look at ICE's page went well, ten minutes ago.
func readWorld(t testing.TB) *world {
	t.Helper()
	w := smallWorld(t)
	w.polled(roster.Poll{At: worldNow().Add(-10 * time.Minute), Outcome: "unchanged", Sentence: "What ICE's page links is unchanged."})
	return w
}

// fails moves the clock on, and looks at ICE's page in vain.
func (w *world) fails(after time.Duration) {
	w.t.Helper()
	w.now = w.now.Add(after)
	w.polled(roster.Poll{At: w.now, Outcome: "unreachable", Sentence: "ICE's server could not be asked for the page."})
}

// asked are addresses that no page links, or that only programs ask for.
func asked() []string {
	all := []string{"/", "/?map=counties", "/counties", "/downloads/counties.svg", "/status", "/api", "/compare", "/compare?from=2025-06-02&to=2031-01-01", "/compare?from=2025-06-13&to=2025-06-16",
		"/on/2025-06-13", "/on/2025-06-21", "/search?q=texas", "/search?q=lampasas", "/search?q=harrris", "/downloads?as_of=2031-01-01", "/changes?until=2031-01-01",
		"/embed/nation", "/embed/states/TX", "/pictures/nation.png", "/pictures/states/TX.png", "/pictures/on/2025-06-13.png", "/pictures/on/2025-06-21.png",
		"/pictures/agencies/TX-lampass-county-sheriffs-office.png", "/downloads/unplaced.csv", "/coverage", "/coverage?as_of=2025-06-13&sort=state", "/api/v1/openapi.json", "/api/v1/status", "/api/v1/agreements?limit=500",
		"/api/v1/agencies?limit=500", "/api/v1/publications", "/api/v1/changes", "/api/v1/agencies/TX-lampass-county-sheriffs-office", "/robots.txt", "/sitemap.xml", "/opensearch.xml", "/downloads/datapackage.json", "/nowhere"}
	for _, as := range []string{"", "?as_of=2025-06-13", "?as_of=2025-06-21", "?as_of=2031-01-01"} {
		all = append(all, "/api/v1/stats"+as, "/api/v1/states"+as, "/api/v1/coverage"+as, "/api/v1/agreements"+as)
		for _, f := range []string{"csv", "json", "jsonl", "xlsx", "geojson"} {
			all = append(all, "/downloads/agreements."+f+as, "/downloads/coverage."+f+as)
		}
	}
	for _, f := range []string{"csv", "json", "jsonl", "xlsx", "geojson"} {
		all = append(all, "/downloads/changes."+f)
	}
	for _, f := range []string{"rss", "atom", "json"} {
		all = append(all, "/feeds/changes."+f, "/feeds/changes."+f+"?state=TX")
	}
	return all
}

// otherState is a state that an address narrows something to, but for one with much, one
// with little and one that is a county.
var otherState = regexp.MustCompile(`[?&]state=(?:[A-EH-SU-Z]|F[^L]|T[^X]|G[^U])`)

// everything fetches what is asked for, and every page that pages link; of the feeds
// and files that each page offers, and of the ways to sort and narrow a table, those
// that are asked for are enough, and so are one county in a hundred of those that the
// maps lead to, and three states of those that days and changes are narrowed to.
func (w *world) everything() map[string]string {
	w.t.Helper()
	got := map[string]string{}
	for todo := asked(); len(todo) > 0; todo = todo[1:] {
		path, _, _ := strings.Cut(todo[0], "#")
		if _, seen := got[path]; seen {
			continue
		}
		rec := w.get(path)
		got[path] = fmt.Sprintln(rec.Code, rec.Header()) + rec.Body.String()
		if !strings.HasPrefix(rec.Header().Get("Content-Type"), "text/html") {
			continue
		}
		doc, err := goquery.NewDocumentFromReader(strings.NewReader(rec.Body.String()))
		if err != nil {
			w.t.Fatal(err)
		}
		for _, a := range doc.Find("a[href]:not([rel~=nofollow]), link[href]").EachIter() {
			href, _ := a.Attr("href")
			if english := strings.TrimPrefix(href, "/es"); strings.HasPrefix(english, "/") && !strings.HasPrefix(english, "/feeds/") &&
				!strings.HasPrefix(english, "/downloads/") && (!strings.HasPrefix(english, "/counties/") || strings.HasSuffix(english, "01")) &&
				!otherState.MatchString(english) {
				todo = append(todo, href)
			}
		}
	}
	return got
}

// mayChange is all that a failed look may change beside the page of the state:
// the notice that ICE's page cannot be read, on pages and on cards, once it has
// not been for an hour; that a day is not over, once it is; and what follows from a
// body, its length and its tag. Each begins with a text of its own, by which it is found fast.
var mayChange = []*regexp.Regexp{
	regexp.MustCompile(`<section aria-label="To know first">(?s:.*?)</section>`), regexp.MustCompile(`Not readable at ICE since [A-Z][a-z]+ \d+, \d+\.`),
	regexp.MustCompile(`<b>This day is not over.</b> `), regexp.MustCompile(`Content-Length:\[\d+\]`), regexp.MustCompile(`Etag:\["[^"]*"\]`),
}

// inThePast is how pages that say what was listed on a day say it once that day is days
// ago: the words are others, the day is the same.
var inThePast = strings.NewReplacer("On June 21, 2025, ICE listed ", "ICE lists ",
	"As of "+lastGoodSaid+", ICE listed an active agreement with the sheriff", "ICE lists an active agreement with the sheriff", "All that it listed", "All that it lists", ">Last changes on record<", ">Latest changes<",
	"ICE listed ", "ICE lists ", "ICE had not listed ", "ICE has not listed ", "; it had before", "; it did before", " had ", " has ")

// After a failed look at ICE's page no output changes its date: not one byte of any
// page, feed, file, picture or answer, an hour later.
func TestFailedPollMovesNoDate(t *testing.T) {
	w := readWorld(t)
	before := w.everything()
	if len(before) < 300 {
		t.Fatalf("only %d addresses were found", len(before))
	}
	t.Logf("%d addresses", len(before))
	w.fails(time.Hour)
	after := w.everything()
	if a, b := slices.Sorted(maps.Keys(before)), slices.Sorted(maps.Keys(after)); !slices.Equal(a, b) {
		t.Errorf("%d addresses became %d", len(a), len(b))
	}
	for path, was := range before {
		if same := after[path] == was; same == saysLooks(path) {
			t.Errorf("%s: the same is %v:\n%s", path, same, firstDifference(was, after[path]))
		}
	}
	for range 2 * snapshot.LastPolls { // more polls than the site reads
		w.fails(72 * time.Minute)
	}
	later := w.everything()
	for path, was := range before {
		if saysLooks(path) {
			continue
		}
		words := func(s string) string {
			for _, some := range mayChange {
				s = some.ReplaceAllString(s, "")
			}
			return inThePast.Replace(strings.Join(strings.Fields(s), " "))
		}
		if was, is := words(was), words(later[path]); was != is {
			t.Errorf("%s after three days:\n%s", path, firstDifference(was, is))
		}
	}
	if text := said(w.page("/about"), ".alert"); !strings.Contains(text, "ICE's page has not been readable since June 21, 2025, 1 p.m. ET.") {
		t.Errorf("pages do not warn: %q", text)
	}
}

// saysLooks are the addresses that say when ICE's page was looked at: the page of the
// API shows what one of them answers.
func saysLooks(path string) bool {
	return slices.Contains([]string{"/status", "/api/v1/status", "/api"}, path)
}

func firstDifference(a, b string) string {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	cut := func(s string) string { return s[max(0, min(i, len(s))-80):min(len(s), i+80)] }
	return fmt.Sprintf("%q\n%q", cut(a), cut(b))
}

// During an outage everything says until when it knows.
func TestKnownUntilIsSaidEverywhere(t *testing.T) {
	w := readWorld(t)
	for range 4 * 24 {
		w.fails(time.Hour)
	}
	for path, want := range map[string][]string{
		"/":                         {"As of " + lastGoodSaid + ", ICE listed 48 active agreements"},
		"/states/TX":                {"As of " + lastGoodSaid + ", ICE lists 2 active agreements"},
		"/search?q=florida":         {"ICE lists 5 active agreements, as of " + lastGoodSaid + "."},
		"/downloads":                {"agreements and pending entries as of " + lastGoodSaid + "."},
		"/embed/nation":             {"According to ICE, as of " + lastGoodSaid + "."},
		"/changes?until=2031-01-01": {"What is known here ends " + lastGoodSaid + ": what changed after that is not in it."},
		"/on/2025-06-21": {"287(g) agreements on June 21, 2025, as known until " + lastGoodSaid, "What is known here ends " + lastGoodSaid + ". Whether ICE listed anything else",
			"As known until " + lastGoodSaid + ", ICE listed 48 active agreements"},
		"/on/2025-06-24": {"What is known here ends " + lastGoodSaid, "As known until " + lastGoodSaid + ", ICE listed 48 active agreements", "None is known: ICE's page was not read on that day."},
		"/on/2025-06-25": {"This day is not over. What is known here ends " + lastGoodSaid, "As known until " + lastGoodSaid + ", ICE listed 48 active agreements"},
		"/compare?from=2025-06-13&to=2025-06-24": {"What is known here ends " + lastGoodSaid + ": the comparison ends there, and what ICE listed after that is not in it.",
			"Between June 13, 2025, and " + lastGoodSaid + ", the active agreements that ICE lists went from 47 to 48"},
		"/compare?from=2025-06-23&to=2025-06-24":      {"Both ends of this comparison are " + lastGoodSaid + ", when ICE listed 48 active agreements."},
		"/downloads?as_of=2025-06-24":                 {"What is known here ends " + lastGoodSaid + ": what ICE listed after that is not in it.", "pending entries as of " + lastGoodSaid + "."},
		"/agencies/TX-lampass-county-sheriffs-office": {"as of " + lastGoodSaid},
		"/status": {"Is ICE's page being read?", "No. ICE's page has not been readable since June 21, 2025, 1 p.m. ET. It was last read well on " + lastGoodSaid + ". At the last look: ICE's site could not be reached.",
			"what ICE listed from June 2, 2025 until " + lastGoodSaid},
	} {
		doc := w.page(path)
		for _, sentence := range want {
			if text := said(doc, "main"); !strings.Contains(text, sentence) {
				t.Errorf("%s does not say %q:\n%.600s", path, sentence, text)
			}
		}
	}
	if text := said(w.page("/on/2025-06-24"), "main"); strings.Contains(text, "On June 24, 2025, ICE listed") || strings.Contains(text, "the earlier ones were still in force") {
		t.Errorf("a day that nobody saw is spoken of: %.600s", text)
	}
	if rec := w.get("/on/today"); rec.Code != http.StatusSeeOther || rec.Header().Get("Location") != "/on/2025-06-25" {
		t.Errorf("today: status %d to %q", rec.Code, rec.Header().Get("Location"))
	}
}

func TestKnownUntilOfTheAPI(t *testing.T) {
	w := readWorld(t)
	w.fails(72 * time.Hour)
	type answer struct {
		AsOf  string `json:"as_of"`
		Until string `json:"known_until"`
	}
	const day = "2025-06-12T03:59:59.999999999Z"
	for path, asOf := range map[string]string{
		"/api/v1/stats": lastGood, "/api/v1/stats?as_of=2025-06-11": day, "/api/v1/stats?as_of=2025-06-23": lastGood, "/api/v1/stats?as_of=2031-01-01": lastGood,
		"/api/v1/stats?as_of=2025-06-21T15:50:01Z": lastGood, "/api/v1/states": lastGood, "/api/v1/states?as_of=2025-06-11": day, "/api/v1/states?as_of=2025-06-24": lastGood,
		"/api/v1/agreements": lastGood, "/api/v1/agreements?as_of=2025-06-11": day, "/api/v1/agreements?as_of=2031-01-01": lastGood,
		"/api/v1/agencies": "", "/api/v1/agencies/TX-lampass-county-sheriffs-office": "",
		"/api/v1/agreements/TX-lampass-county-sheriffs-office%23WSO%232025-06-05": "",
	} {
		if got, want := ask[answer](w, path), (answer{asOf, lastGood}); got != want {
			t.Errorf("%s: got %+v, want %+v", path, got, want)
		}
	}
	now, future := w.get("/api/v1/agreements?limit=500").Body.String(), w.get("/api/v1/agreements?limit=500&as_of=2031-01-01").Body.String()
	if now != future {
		t.Error("the future is not what is known now")
	}
}

func TestKnownUntilOfFiles(t *testing.T) {
	w := readWorld(t)
	w.fails(72 * time.Hour)
	for query, want := range map[string]struct{ name, asOf, said string }{
		"":                            {"-20250621T155000Z", lastGood, lastGoodSaid},
		"?as_of=2025-06-23":           {"-20250621T155000Z", lastGood, lastGoodSaid},
		"?as_of=2031-01-01":           {"-20250621T155000Z", lastGood, lastGoodSaid},
		"?as_of=2025-06-11":           {"-2025-06-11", "2025-06-12T03:59:59Z", "June 11, 2025, 11:59 p.m. ET"},
		"?as_of=2025-06-11T14:00:00Z": {"-20250611T140000Z", "2025-06-11T14:00:00Z", "June 11, 2025, 10 a.m. ET"},
	} {
		for _, format := range []string{"csv", "jsonl", "xlsx", "json", "geojson"} {
			rec := w.get("/downloads/agreements." + format + query)
			if got := rec.Header().Get("Content-Disposition"); rec.Code != http.StatusOK || got != `attachment; filename="287g-agreements`+want.name+"."+format+`"` {
				t.Errorf("%s%s: status %d, %s", format, query, rec.Code, got)
			}
			var file struct {
				About struct {
					Title      string
					AsOf       string `json:"as_of"`
					KnownUntil string `json:"known_until"`
				}
			}
			if !strings.HasSuffix(format, "json") {
				continue
			}
			if err := json.Unmarshal(rec.Body.Bytes(), &file); err != nil || file.About.AsOf != want.asOf || file.About.KnownUntil != lastGood ||
				file.About.Title != "287(g) agreements, as of "+want.said {
				t.Errorf("%s%s: %v, %+v", format, query, err, file.About)
			}
		}
	}
	if body := w.get("/downloads/changes.json").Body.String(); !strings.Contains(body, `"known_until": "`+lastGood+`"`) {
		t.Errorf("the file of changes does not say until when: %.400s", body)
	}
}

// What was before the first list is not known: nothing is answered of it, and the
// record's first day is said.
func TestBeforeTheRecordThereIsNoAnswer(t *testing.T) {
	w := readWorld(t)
	for _, path := range []string{
		"/api/v1/stats?as_of=2025-06-01", "/api/v1/stats?as_of=2025-06-02T13:59:59Z", "/api/v1/states?as_of=1999-01-01", "/api/v1/agreements?as_of=2025-06-01",
		"/api/v1/changes?until=2025-06-01", "/downloads/agreements.csv?as_of=2025-06-01", "/downloads/agreements.json?as_of=2025-06-01",
		"/downloads/agreements.xlsx?as_of=2025-06-01", "/downloads/agreements.geojson?as_of=2025-06-01&state=TX", "/downloads/agreements.jsonl?as_of=0001-01-02", "/api/v1/stats?as_of=0001-01-01T00:00:00Z",
		"/downloads/unplaced.csv?as_of=2025-06-01", "/downloads/changes.csv?until=2025-06-01", "/pictures/on/2025-06-01.png",
		"/on/2025-06-01", "/downloads?as_of=2025-06-01", "/coverage?as_of=2025-06-01", "/downloads/coverage.csv?as_of=2025-06-01", "/api/v1/coverage?as_of=2025-06-01",
	} {
		rec := w.get(path)
		if body := rec.Body.String(); rec.Code != http.StatusNotFound || !strings.Contains(body, "is not known here. The first list known is of June 2, 2025: see /on/2025-06-02.") {
			t.Errorf("%s: status %d: %.300s", path, rec.Code, body)
		}
	}
	for _, path := range []string{"/api/v1/stats?as_of=2025-06-02", "/api/v1/stats?as_of=2025-06-02T14:00:00Z", "/downloads/agreements.csv?as_of=2025-06-02",
		"/api/v1/changes?until=2025-06-02", "/pictures/on/2025-06-02.png"} {
		if rec := w.get(path); rec.Code != http.StatusOK {
			t.Errorf("%s: status %d: %.300s", path, rec.Code, rec.Body)
		}
	}
	if text := said(w.page("/changes?until=2025-06-01"), "main"); !strings.Contains(text, "What changed before June 2, 2025 is not known here") {
		t.Errorf("the page of changes says %.300s", text)
	}
	if text := said(w.page("/compare?from=2025-01-01&to=2025-06-13"), "main"); !strings.Contains(text, "The first list known here is of June 2, 2025") {
		t.Errorf("the comparison says %.300s", text)
	}
}

// Where nothing is known, a count of nothing would be a false one.
func TestBeforeTheRecordOfAnEmptyStore(t *testing.T) {
	failing, held := emptyWorld(t), emptyWorld(t)
	failing.fails(time.Minute)
	unreadable := []sheettest.Row{}
	for _, r := range sheettest.Sample(40) {
		r.Model = "?"
		unreadable = append(unreadable, r)
	}
	held.imports(watch.Past{PublishedAt: june(2), Link: "participating", File: "odd.xlsx", Open: func() ([]byte, error) { return sheettest.Participating(unreadable...), nil }})
	if all := held.known().Publications(); len(all) != 1 || all[0].Verdict != roster.VerdictHeld {
		t.Fatalf("the list is not held: %+v", all)
	}
	for name, w := range map[string]*world{"without a poll": emptyWorld(t), "with polls that fail": failing, "with a list that is held": held} {
		for _, path := range []string{"/api/v1/stats", "/api/v1/stats?as_of=2025-06-02", "/api/v1/states", "/api/v1/agreements", "/downloads/agreements.csv",
			"/downloads/agreements.xlsx", "/downloads/unplaced.csv", "/downloads/coverage.csv", "/api/v1/coverage", "/on/2025-06-02", "/pictures/on/2025-06-02.png"} {
			if rec := w.get(path); rec.Code != http.StatusNotFound || !strings.Contains(rec.Body.String(), "Nothing is known yet") {
				t.Errorf("%s, %s: status %d: %.300s", name, path, rec.Code, rec.Body)
			}
		}
		for path, rec := range w.everything() {
			if status, _, _ := strings.Cut(rec, " "); status >= "500" || strings.Contains(rec, "0001-") || strings.Contains(rec, "January 1, 1") || strings.Contains(rec, "never, ") {
				t.Errorf("%s, %s: %.400s", name, path, rec)
			}
		}
	}
}

// What no list says is not counted as none.
func TestKnownUntilWithoutAPendingList(t *testing.T) {
	w := emptyWorld(t)
	lists := smallLists()
	w.imports(lists[0], lists[2])
	for path, want := range map[string]string{
		"/":              "3 territories, and an unknown number of pending entries.",
		"/states/TX":     "in Texas, and an unknown number of pending entries.",
		"/states/WV":     "ICE lists no active 287(g) agreement in West Virginia; no pending list is known.",
		"/on/2025-06-02": "and an unknown number of pending entries.",
		"/embed/nation":  "An unknown number of pending entries.",
	} {
		if text := said(w.page(path), "main"); !strings.Contains(text, want) {
			t.Errorf("%s does not say %q:\n%.700s", path, want, text)
		}
	}
	for _, path := range []string{"/", "/states/TX", "/on/2025-06-02"} {
		figure := w.page(path).Find(".figure").FilterFunction(func(_ int, s *goquery.Selection) bool { return s.Find("dt").Text() == "pending entries" })
		if got := figure.Find("dd b").Text(); got != "unknown" {
			t.Errorf("%s counts %q pending entries", path, got)
		}
	}
}

// A clock that was wrong moves no date into the future, and hides nothing.
func TestKnownUntilByAClockThatJumps(t *testing.T) {
	w := readWorld(t)
	type answer struct {
		Until  string `json:"known_until"`
		Active int    `json:"active_agreements"`
	}
	until := func(name, want string) {
		t.Helper()
		if got := ask[answer](w, "/api/v1/stats"); got != (answer{want, 48}) {
			t.Errorf("%s: got %+v, want it to be known until %s", name, got, want)
		}
	}
	w.now = w.now.AddDate(0, 0, -2)
	w.polled(roster.Poll{At: w.now, Outcome: "unchanged"})
	until("set back by two days", "2025-06-20T14:00:00Z") // the newest list is of then
	if rec := w.get("/on/2025-06-20"); rec.Code != http.StatusOK {
		t.Errorf("the day of the newest list: status %d", rec.Code)
	}
	w.now = worldNow().AddDate(5, 0, 0)
	w.polled(roster.Poll{At: w.now, Outcome: "unchanged"})
	until("years ahead", "2030-06-21T16:00:00Z")
	w.now = worldNow()
	w.fails(time.Hour)
	until("mended, and not read since", "2025-06-20T14:00:00Z")
	w.polled(roster.Poll{At: w.now.Add(-time.Minute), Outcome: "unchanged"})
	until("read again", "2025-06-21T16:59:00Z")
}

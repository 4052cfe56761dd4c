package web

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/runtime"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
	"github.com/watch287g/watch287g/web/kept"
	"github.com/watch287g/watch287g/web/route"
)

// sample is a page to look at: one of each kind.
type sample struct {
	name, path string
	status     int64
}

// everyPage lists a page of each kind, as far as the world has one.
func everyPage(t *testing.T, w *world) []sample {
	t.Helper()
	snap := w.known()
	return slices.Concat([]sample{
		{"front page", "/", 200},
		{"front page, counties", "/?map=counties", 200},
		{"counties", "/counties", 200},
		{"in Spanish, front page", "/es/", 200},
		{"in Spanish, changes", "/es/changes?state=FL", 200},
		{"in Spanish, state", "/es/states/FL?model=TFM", 200},
		{"in Spanish, states", "/es/states", 200},
		{"in Spanish, county", "/es/counties/48281", 200},
		{"in Spanish, coverage", "/es/coverage", 200},
		{"in Spanish, compare", "/es/compare?from=2025-06-02&to=2025-06-20", 200},
		{"in Spanish, agency", "/es/agencies/FL-bay-county-sheriffs-office", 200},
		{"in Spanish, search", "/es/search?q=lampass", 200},
		{"in Spanish, downloads", "/es/downloads", 200},
		{"changes", "/changes", 200},
		{"changes, narrowed", "/changes?state=FL&kind=new&model=TFM&since=2025-05-01", 200},
		{"changes, none", "/changes?county=Kalawao", 200},
		{"state, Texas", "/states/TX", 200},
		{"state, Florida", "/states/FL", 200},
		{"state, narrowed", "/states/FL?model=TFM&sort=newest", 200},
		{"state, Guam", "/states/GU", 200},
		{"state, none", "/states/" + string(unnamedState(snap)), 200},
		{"states", "/states", 200},
		{"states, sorted, as of a day", "/states?sort=active&as_of=2025-06-16", 200},
		{"county", "/counties/48281", 200},
		{"county, gone", "/counties/48201", 200},
		{"county, none", "/counties/48301", 200},
		{"region of Connecticut", "/counties/09110", 200},
		{"no county", "/counties/bradley-county", 404},
		{"evidence", "/publications", 200},
		{"day", "/on/2025-06-16", 200},
		{"day, narrowed", "/on/2025-06-16?state=FL&sort=county", 200},
		{"day without a list", "/on/2025-06-15", 200},
		{"compare", "/compare", 200},
		{"compare, chosen", "/compare?from=2025-06-02&to=2025-06-20", 200},
		{"compare, narrowed", "/compare?from=2025-06-02&to=2025-06-20&state=TX&kind=new", 200},
		{"search", "/search", 200},
		{"search, found", "/search?q=lampass", 200},
		{"search, near", "/search?q=lampsas+sherif", 200},
		{"search, none", "/search?q=" + strings.Repeat("qxz", 33), 200},
		{"coverage", "/coverage", 200},
		{"coverage of a day", "/coverage?as_of=2025-06-16&sort=state", 200},
		{"downloads", "/downloads", 200},
		{"downloads, chosen", "/downloads?state=FL&model=TFM&as_of=2025-06-16&status=active", 200},
		{"API", "/api", 200},
		{"about", "/about", 200},
		{"alerts", "/follow", 200},
		{"changes, a big day", "/changes?since=2025-02-26&until=2025-02-26&kind=new,pending,removed,withdrawn,restored,amended,detail,document,milestone", 200},
		{"status", "/status", 200},
		{"embed", "/embed/nation", 200},
		{"embed, state", "/embed/states/FL", 200},
		{"embed, small and dark", "/embed/nation?size=small&theme=dark", 200},
		{"embed, chosen", "/embed?state=FL&size=small", 200},
		{"not found", "/agencies/TX-nobody", 404},
		{"not found, long", "/" + strings.Repeat("long", 60), 404},
		{"bad request", "/changes?state=Nowhere", 400},
		{"agency", route.AgencyURL(snap.Agencies()[0].ID), 200},
	}, agencySamples(snap), changeSamples(snap), publicationSamples(snap), documentSamples(w))
}

// documentSamples are the lists of documents and forms, and each document and form of the
// small world.
func documentSamples(w *world) []sample {
	x := w.last().documents()
	if !x.Any() {
		return []sample{{"documents, none", "/documents", 200}, {"forms, none", "/forms", 200}}
	}
	all := []sample{
		{"documents", "/documents", 200}, {"documents, narrowed", "/documents?state=TX&form=wso", 200}, {"documents, none", "/documents?agency=nobody", 200},
		{"in Spanish, documents", "/es/documents", 200}, {"conflicts", "/documents/conflicts", 200}, {"in Spanish, conflicts", "/es/documents/conflicts", 200},
		{"forms", "/forms", 200}, {"in Spanish, forms", "/es/forms", 200}, {"search, document", "/search?q=lampasas", 200},
		{"search in documents", "/documents/search?q=memorandum", 200}, {"search in documents, none", "/documents/search?q=%22helicopter+lessons%22&state=TX", 200}, {"in Spanish, search in documents", "/es/documents/search?q=pays&model=WSO&signed_since=2020-01-01", 200},
		{"not found, document", "/documents/0000000000", 404},
	}
	for i, d := range x.All() {
		all = append(all, sample{fmt.Sprintf("document %d", i), kept.URL(d.SHA256), 200}, sample{fmt.Sprintf("in Spanish, document %d", i), "/es" + kept.URL(d.SHA256), 200})
	}
	for _, f := range x.View.Forms() {
		all = append(all, sample{"form " + f.ID, kept.FormURL(f.ID), 200})
	}
	return all
}

// unnamedState finds a state that no list has named.
func unnamedState(snap *snapshot.Snapshot) roster.State {
	named := map[roster.State]bool{}
	for _, r := range snap.Records() {
		named[r.Now().State] = true
	}
	states := roster.States()
	return states[slices.IndexFunc(states, func(s roster.State) bool { return !named[s] })]
}

// agencySamples are those of the most agreements, of the most spellings and of
// the longest name, and one with a hostile name.
func agencySamples(snap *snapshot.Snapshot) []sample {
	agencyWithMost := func(of func(id string) int) *roster.Agency {
		return slices.MaxFunc(snap.Agencies(), func(a, b *roster.Agency) int { return of(a.ID) - of(b.ID) })
	}
	most := func(of func(id string) int) string { return route.AgencyURL(agencyWithMost(of).ID) }
	return []sample{
		{"agency, most agreements", most(func(id string) int { return len(snap.RecordsOf(id)) }), 200},
		{"agency, most spellings", most(func(id string) int { return len(snap.Agency(id).Spellings) }), 200},
		{"agency, most changes", most(func(id string) int { return len(snap.ChangesOf(id)) }), 200},
		{"agency, longest name", most(func(id string) int { return len(id) }), 200},
		{"search, longest name", "/search?q=" + url.QueryEscape(agencyWithMost(func(id string) int { return len(id) }).Spellings[0].Name), 200},
	}
}

// changeSamples are the last change of each kind, one that was corrected, and
// the one with the longest text.
func changeSamples(snap *snapshot.Snapshot) []sample {
	var all []sample
	for _, kind := range roster.Kinds() {
		for _, c := range slices.Backward(snap.Changes()) {
			if c.Kind == kind {
				all = append(all, sample{"change, " + string(kind), route.ChangeURL(c.ID), 200})
				break
			}
		}
	}
	if i := slices.IndexFunc(snap.Changes(), func(c roster.Change) bool {
		by, ok := snap.CorrectedBy(c)
		return ok && by.Corrects == c.ID
	}); i >= 0 {
		all = append(all, sample{"change, corrected", route.ChangeURL(snap.Changes()[i].ID), 200})
	}
	longest := slices.MaxFunc(snap.Changes(), func(a, b roster.Change) int { return len(a.Text) - len(b.Text) })
	return append(all, sample{"change, longest text", route.ChangeURL(longest.ID), 200})
}

// publicationSamples are one of each list in force, one that was held, and one
// that was published twice.
func publicationSamples(snap *snapshot.Snapshot) []sample {
	var all []sample
	add := func(name string, wanted func(roster.Publication) bool) {
		for _, p := range slices.Backward(snap.Publications()) {
			if wanted(p) {
				all = append(all, sample{"publication, " + name, route.PublicationURL(p.SHA256), 200})
				return
			}
		}
	}
	for _, list := range []roster.List{roster.ListParticipating, roster.ListPending} {
		add(string(list), func(p roster.Publication) bool { return p.List == list && p.Verdict == roster.VerdictAccepted })
	}
	add("held", func(p roster.Publication) bool { return p.Verdict != roster.VerdictAccepted })
	add("again", func(p roster.Publication) bool { return len(snap.PublicationsOf(p.SHA256)) > 1 })
	add("first", func(p roster.Publication) bool { return p.Seq == 1 })
	return all
}

// checkPage looks at a page on every screen, with all that folds open; axe reads it on
// some of the screens, in light and in dark. Where things stand does not depend on that:
// see TestDarkHasOnlyOtherColors.
func checkPage(b *tab, p sample, axe string, axeOn []screen) {
	b.open(p.path, p.status)
	evaluate[bool](b, `document.querySelectorAll('details').forEach(d => d.open = true) ?? true`)
	found := map[string][]string{} // where each fault is
	for _, s := range []screen{phone, tablet, desktop} {
		b.lookOn(s)
		for _, fault := range evaluate[[]string](b, sideways(s)) {
			found[fault] = append(found[fault], s.String())
		}
	}
	// All rows of a table, all entries of a list and all places of a map are made in one
	// way, and axe takes its time for each.
	evaluate[bool](b, `document.querySelectorAll('tr:nth-child(n+9), .change:nth-child(n+9), .day:nth-of-type(n+5), svg a:nth-of-type(n+9)').forEach(e => e.remove()) ?? true`)
	evaluate[bool](b, axe+`; true`)
	for i, s := range axeOn {
		b.lookOn(s)
		for _, scheme := range []string{"light", "dark"} {
			if i > 0 && scheme == "dark" {
				continue // its colors are the same on all screens
			}
			b.scheme(scheme)
			for _, fault := range b.shutOut(scheme) {
				found[fault] = append(found[fault], s.String()+" "+scheme)
			}
		}
	}
	for _, f := range slices.Sorted(maps.Keys(found)) {
		b.t.Errorf("%s (%s)\n%s", p.path, strings.Join(found[f], ", "), f)
	}
}

// sideways is a script that finds what is wider than the screen: all that could
// only be read by scrolling the page to the side, and text that is cut off.
func sideways(s screen) string {
	return fmt.Sprintf(`(() => {
	const wide = %d, found = [];
	const name = e => e.tagName.toLowerCase() + [...e.classList].map(c => '.' + c).join('') + ' "' + e.textContent.trim().slice(0, 60) + '"';
	if (document.documentElement.scrollWidth > wide)
		found.push('the page scrolls sideways: it is ' + document.documentElement.scrollWidth + ' pixels wide');
	for (const e of document.body.querySelectorAll(':not(svg *, .skip, .skip *)')) {
		const r = e.getBoundingClientRect(), style = getComputedStyle(e);
		if (style.clipPath !== 'none') continue; // for readers of screens only
		if (style.overflowX === 'hidden' && e.scrollWidth > e.clientWidth) found.push('cut off: ' + name(e));
		if (r.width === 0 || r.left >= -.5 && r.right <= wide + .5) continue;
		let box = e.parentElement;
		while (box && getComputedStyle(box).overflowX === 'visible') box = box.parentElement;
		if (!box || box === document.body || box === document.documentElement) found.push('sticks out of the screen: ' + name(e));
	}
	return found.slice(0, 5);
})()`, s.width)
}

// shutOut asks axe what shuts people out. In the dark only the colours are
// others than in the light.
func (b *tab) shutOut(scheme string) []string {
	b.t.Helper()
	only := `{type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}`
	if scheme == "dark" {
		only = `{type: 'rule', values: ['color-contrast', 'link-in-text-block']}`
	}
	violations := evaluate[[]struct {
		ID, Help, HelpURL string
		Nodes             []struct {
			Target         []any
			HTML           string
			FailureSummary string
		}
	}](b, `axe.run(document, {runOnly: `+only+`, resultTypes: ['violations']}).then(r => r.violations)`)
	var faults []string
	for _, v := range violations {
		for i, n := range v.Nodes {
			if i == 3 {
				faults = append(faults, fmt.Sprintf("axe: %s: further elements", v.ID))
				break
			}
			faults = append(faults, fmt.Sprintf("axe: %s: %s\n  at %v: %.200s\n  %s\n  %s", v.ID, v.Help, n.Target, n.HTML,
				strings.ReplaceAll(n.FailureSummary, "\n", "\n  "), v.HelpURL))
		}
	}
	return faults
}

// evaluate runs a script of the tests in the page, past the page's policy. The
// pages have none.
func evaluate[T any](b *tab, script string) T {
	b.t.Helper()
	yes := true
	var value T
	r := call(b, runtime.Evaluate, runtime.EvaluateParams{Expression: script, AwaitPromise: &yes, ReturnByValue: &yes})
	if r.ExceptionDetails != nil {
		b.t.Fatalf("%s: a script of the tests fails: %s %s", b.where(), r.ExceptionDetails.Text, r.ExceptionDetails.Exception.Description)
	}
	if err := json.Unmarshal(r.Result.Value, &value); err != nil {
		b.t.Fatalf("%s: a script of the tests answers %s: %v", b.where(), r.Result.Value, err)
	}
	return value
}

// checkHeads wants the heads of a table of agencies to stay in sight beside its rows,
// and to stay reachable, as ways to sort, where rows fold.
func checkHeads(b *tab) {
	b.open("/states/FL", 200)
	b.lookOn(screen{1440, 300, false})
	top := evaluate[float64](b, `(() => { document.querySelector('.agencies tbody tr:nth-child(2)').scrollIntoView(); return document.querySelector('.agencies thead th').getBoundingClientRect().top })()`)
	if top < -1 || top > 1 {
		b.t.Errorf("the heads stand %v pixels below the edge", top)
	}
	b.lookOn(phone)
	if !evaluate[bool](b, `[...document.querySelectorAll('.agencies thead a')].every(a => a.checkVisibility() && a.getBoundingClientRect().width > 20)`) {
		b.t.Error("on a phone, the table cannot be sorted")
	}
	for _, path := range []string{"/states/FL", "/agencies/FL-bay-county-sheriffs-office", "/on/2025-06-16?state=FL", "/compare?state=FL"} {
		b.open(path, 200)
		b.lookOn(screen{320, 640, true})
		for _, fault := range evaluate[[]string](b, sideways(b.screen)) {
			b.t.Errorf("%s at 320 pixels: %s", path, fault)
		}
	}
}

// checkPaper wants no forms and menus where a page is printed, tables as tables whose
// heads come again on each page, nothing cut at the side, and where documents are.
func checkPaper(b *tab) {
	call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
	shown := func(path string, want map[string]bool) {
		b.open(path, 200)
		for selector, shown := range want {
			if got := evaluate[bool](b, `document.querySelector('`+selector+`').checkVisibility()`); got != shown {
				b.t.Errorf("%s: on paper, %s is shown: %v", path, selector, got)
			}
		}
	}
	b.lookOn(screen{720, 960, false}) // a sheet of letter paper
	shown("/changes", map[string]bool{"header nav": false, "header form": false, ".filters": false, "h1": true, ".change": true})
	shown("/states/FL", map[string]bool{".choices": false, ".chips": false, "textarea": false, ".agencies thead": true, ".agencies td": true})
	for selector, want := range map[string]string{".agencies thead": "table-header-group", ".agencies tbody tr": "table-row", ".agencies td:nth-child(3)": "table-cell"} {
		if got := evaluate[string](b, `getComputedStyle(document.querySelector('`+selector+`')).display`); got != want {
			b.t.Errorf("on paper, %s is laid out as %s, want %s", selector, got, want)
		}
	}
	for _, fault := range evaluate[[]string](b, sideways(b.screen)) {
		b.t.Errorf("on paper: %s", fault)
	}
	shown("/agencies/FL-bay-county-sheriffs-office", map[string]bool{".cite": true, ".card .facts": true})
	if got := evaluate[string](b, `getComputedStyle(document.querySelector('.facts a[rel~=external]'), '::after').content`); !strings.Contains(got, "https://") {
		b.t.Errorf("on paper, a document is at %s", got)
	}
}

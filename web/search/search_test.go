package search_test

import (
	"os"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"unicode/utf8"

	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/web/search"
)

// agencies are made up, but for the places.
var agencies = []search.Agency{
	{ID: "TX-lampasas", State: "TX", Names: []string{"Lampass County Sheriff's Office", "Lampasas County Sheriff's Office"}, County: "Lampass County", Active: 1},
	{ID: "TX-harris", State: "TX", Names: []string{"Harris County Sheriff’s Office"}, County: "Harris County", Ended: 2},
	{ID: "TX-harris-1", State: "TX", Names: []string{"Harris County Constable Precinct 1"}, County: "Harris County", Active: 1},
	{ID: "TX-harris-2", State: "TX", Names: []string{"Harris County Constable Precinct 2"}, County: "Harris County", Active: 1},
	{ID: "TX-dps", State: "TX", Names: []string{"Texas Department of Public Safety"}, Active: 1},
	{ID: "FL-palm-beach", State: "FL", Names: []string{"Palm Beach County Sheriff's Office"}, County: "Palm Beach County", Active: 1},
	{ID: "FL-west-palm-beach", State: "FL", Names: []string{"West Palm Beach Police Department"}, County: "Palm Beach County", Active: 1},
	{ID: "FL-jupiter", State: "FL", Names: []string{"Jupiter Police Department"}, County: "Palm Beach County", Active: 1},
	{ID: "FL-st-johns", State: "FL", Names: []string{"St. Johns County Sheriff's Office"}, County: "St. Johns County", Active: 1},
	{ID: "FL-miami-dade", State: "FL", Names: []string{"Miami-Dade County Department of Corrections and Rehabilitation"}, County: "Miami-Dade County", Active: 1},
	{ID: "FL-polk", State: "FL", Names: []string{"Polk County Sheriff's Office"}, County: "Polk County", Active: 3},
	{ID: "TX-polk", State: "TX", Names: []string{"Polk County Sheriff's Office"}, County: "Polk County", Ended: 1},
	{ID: "FL-lakeland", State: "FL", Names: []string{"City of Lakeland Police Department", "Lakeland Police Department"}, County: "Polk County", Active: 1},
	{ID: "FL-brevard", State: "FL", Names: []string{"Brevard County Sheriff's Office"}, County: "Brevard County", Active: 1},
	{ID: "FL-palm-bay", State: "FL", Names: []string{"Palm Bay Police Department"}, County: "Brevard County", Pending: 1},
	{ID: "FL-fhp", State: "FL", Names: []string{"Florida Highway Patrol"}, Active: 1},
	{ID: "ID-isp", State: "ID", Names: []string{"Idaho State Police"}, Active: 1},
	{ID: "VA-state-police", State: "VA", Names: []string{"Department of State Police"}, Active: 1},
	{ID: "VA-jail", State: "VA", Names: []string{"Regional Jail Authority"}, County: "Rappahannock,Shenandoah", Active: 1},
	{ID: "IA-story", State: "IA", Names: []string{"Story County Sheriff's Office"}, County: "Story County", Active: 1},
	{ID: "AL-baldwin", State: "AL", Names: []string{"Baldwin County Sheriff's Office"}, County: "Baldwin County", Active: 1},
	{ID: "GA-baldwin", State: "GA", Names: []string{"Baldwin County Sheriff's Office"}, County: "Baldwin County", Active: 1},
	{ID: "GU-customs", State: "GU", Names: []string{"Guam Customs and Quarantine Agency"}, Active: 1},
	{ID: "LA-kenner", State: "LA", Names: []string{"Kenner Police Department"}, County: "Jefferson Parish", Active: 1},
	{ID: "SC-horry", State: "SC", Names: []string{"Horry County Sheriff's Office"}, County: "Horry County", Ended: 1},
	{ID: "SC-horry-police", State: "SC", Names: []string{"Horry County Police Department"}, County: "Horry County", Active: 1},
	{ID: "nowhere", Names: []string{"Example Constable’s Posse"}, Active: 1},
	{ID: "nameless", State: "TX"},
}

// located says where agencies are, as the site does.
func located(agencies []search.Agency) []search.Agency {
	all := slices.Clone(agencies)
	for i, a := range all {
		if len(a.Names) > 0 {
			if county, ok := place.Named(roster.Agreement{State: a.State, Agency: a.Names[len(a.Names)-1], County: a.County}); ok {
				all[i].Counties = []string{county.FIPS}
			}
		}
	}
	return all
}

var index = sync.OnceValue(func() *search.Index { return search.New(located(agencies)) })

// show says in a word or two what a hit is.
func show(h search.Hit) string {
	switch h.Kind {
	case search.KindState:
		return h.State.Name()
	case search.KindCounty:
		return h.County.Name + " " + string(h.State)
	}
	return h.Agency.ID
}

func shows(hits []search.Hit) []string {
	all := []string{}
	for _, h := range hits {
		all = append(all, show(h))
	}
	return all
}

func TestFindFirst(t *testing.T) {
	for _, tt := range []struct {
		query, want string
		mended      bool
	}{
		// Counties, with and without the state.
		{"lampasas", "Lampasas TX", false},
		{"LAMPASAS COUNTY", "Lampasas TX", false},
		{"lampsaas", "Lampasas TX", true},
		{"harris county texas", "Harris TX", false},
		{"harris co., tx", "Harris TX", false},
		{"Texas: Harris", "Harris TX", false},
		{"palm beach", "Palm Beach FL", false},
		{"palmbeach", "Palm Beach FL", false},
		{"palm bech", "Palm Beach FL", true},
		{"st johns fl", "St. Johns FL", false},
		{"saint johns, florida", "St. Johns FL", false},
		{"St. John’s County", "St. Johns FL", false},
		{"st jonhs flordia", "St. Johns FL", true},
		{"miami dade", "Miami-Dade FL", false},
		{"Miami–Dade", "Miami-Dade FL", false},
		{"miamidade", "Miami-Dade FL", false},
		{"brevrd", "Brevard FL", true},
		{"brev", "Brevard FL", false},
		{"polk fl", "Polk FL", false},
		{"fl polk", "Polk FL", false},
		{"polk fla.", "Polk FL", false},
		{"polk ga", "Polk GA", false},
		{"baldwin al", "Baldwin AL", false},
		{"baldwin alabma", "Baldwin AL", true},
		{"bladwin al", "Baldwin AL", true},
		{"Dona Ana", "Doña Ana NM", false},
		{"DOÑA ANA", "Doña Ana NM", false},
		{"don\u0303a ana", "Doña Ana NM", false},
		{"prince georges", "Prince George's MD", false},
		{"prince george's county maryland", "Prince George's MD", false},
		{"prince george s", "Prince George's MD", false},
		{"O'Brien", "O'Brien IA", false},
		{"o brien iowa", "O'Brien IA", false},
		{"obrein", "O'Brien IA", true},
		{"desoto fl", "DeSoto FL", false},
		{"de soto florida", "DeSoto FL", false},
		{"DeKalb County GA", "DeKalb GA", false},
		{"de kalb georgia", "DeKalb GA", false},
		{"e baton rouge", "East Baton Rouge LA", false},
		{"orleans parish", "Orleans LA", false},
		{"orleans county", "Orleans NY", false},
		{"jefferson parish", "Jefferson LA", false},
		{"virginia beach", "Virginia Beach VA", false},
		{"texas county", "Texas MO", false},
		{"iowa wisconsin", "Iowa WI", false},
		{"indian river", "Indian River FL", false},
		{"new london", "New London CT", false},
		{"clay n.c.", "Clay NC", false},
		{"clay n carolina", "Clay NC", false},
		{"ocean calif", "", false},
		{"orange calif", "Orange CA", false},
		{"BÄYÀMÖN", "Bayamón PR", false},
		{"unio nj", "Union NJ", true},
		{"de wit tx", "DeWitt TX", true},
		{"bayamon pr", "Bayamón PR", false},
		{"maui hawai'i", "Maui HI", false},
		{"ＨＡＲＲＩＳ ＴＸ", "Harris TX", false},

		// States.
		{"texas", "Texas", false},
		{"tx", "Texas", false},
		{"TX.", "Texas", false},
		{"state of texas", "Texas", false},
		{"texs", "Texas", true},
		{"penn", "Pennsylvania", false},
		{"PENNSLYVANIA", "Pennsylvania", true},
		{"Guam", "Guam", false},
		{"washington", "Washington", false},
		{"washington d.c.", "District of Columbia", false},
		{"new york", "New York", false},
		{"north carolina", "North Carolina", false},
		{"nroth carolina", "North Carolina", true},
		{"N. Mariana Islands", "Northern Mariana Islands", false},
		{"U.S. Virgin Islands", "Virgin Islands", false},
		{"co", "Colorado", false},
		{"in", "Indiana", false},
		{"green in", "Greene IN", true},
		{"sheridn nd", "Sheridan ND", true},

		// Agencies.
		{"sheriff polk fl", "FL-polk", false},
		{"polk county sheriff's office", "FL-polk", false},
		{"polk so", "FL-polk", false},
		{"polk sherrif", "FL-polk", true},
		{"west palm beach", "FL-west-palm-beach", false},
		{"w palm beach pd", "FL-west-palm-beach", false},
		{"jupiter", "FL-jupiter", false},
		{"Jupitre police", "FL-jupiter", true},
		{"city of lakeland", "FL-lakeland", false},
		{"lakeland polk", "FL-lakeland", false},
		{"jail shenandoah", "VA-jail", false},
		{"lakeland pd", "FL-lakeland", false},
		{"Lampass", "TX-lampasas", false}, // as ICE once spelled it
		{"harris constable precinct 2", "TX-harris-2", false},
		{"texas dept of public safety", "TX-dps", false},
		{"public safety tx", "TX-dps", false},
		{"florida highway", "FL-fhp", false},
		{"idaho state police", "ID-isp", false},
		{"department of state police virginia", "VA-state-police", false},
		{"guam customs", "GU-customs", false},
		{"kenner la", "LA-kenner", false},
		{"example constables posse", "nowhere", false},
		{"sheriff", "AL-baldwin", false},

		// Nothing.
		{"NYPD", "", false},
		{"77002", "", false},
		{"harris constable precinct 3", "", false},
		{"jupiter brevard", "", false},
		{"of the", "", false},
		{"xyzzy county", "", false},
		{"xyzzy texas", "", false},
		{"", "", false},
		{" ’ -- ", "", false},
		{"\xff\xfe", "", false},
		{"テキサス", "", false},
	} {
		t.Run(tt.query, func(t *testing.T) {
			hits := index().Find(tt.query, 10)
			if tt.want == "" {
				if len(hits) > 0 {
					t.Fatalf("found %q, want nothing", shows(hits))
				}
				return
			}
			if len(hits) == 0 || show(hits[0]) != tt.want {
				t.Fatalf("found %q, want %s first", shows(hits), tt.want)
			}
			if hits[0].Exact == tt.mended {
				t.Errorf("Exact = %v, want %v", hits[0].Exact, !tt.mended)
			}
		})
	}
}

func TestFindOrder(t *testing.T) {
	for _, tt := range []struct {
		name, query string
		limit       int
		want        []string
	}{
		{"the county, its agencies, then those in the county", "palm beach fl", 4,
			[]string{"Palm Beach FL", "FL-palm-beach", "FL-west-palm-beach", "FL-jupiter"}},
		{"the state named first, then the others", "polk fl", 5,
			[]string{"Polk FL", "FL-polk", "FL-lakeland", "Polk TX", "Polk AR"}},
		{"counties with active agreements, with ended ones, without", "polk", 4,
			[]string{"Polk FL", "Polk TX", "Polk AR", "Polk GA"}},
		{"the sheriffs, when they are asked for, active before ended", "polk sheriff", 3,
			[]string{"FL-polk", "TX-polk", "Polk FL"}},
		{"active before ended", "horry", 3, []string{"Horry SC", "SC-horry-police", "SC-horry"}},
		{"a state before the counties of its name", "guam", 3, []string{"Guam", "Guam GU", "GU-customs"}},
		{"exact, then the beginning", "fl lake", 2, []string{"Lake FL", "FL-lakeland"}},
		{"the sheriffs of a state", "texas sheriff", 4, []string{"Texas", "TX-lampasas", "TX-harris", "TX-polk"}},
		{"a word that is a state's code, too", "lake co", 2, []string{"Lake CO", "Lake CA"}},
		{"a word that is no state here", "police in kenner", 3, []string{"LA-kenner"}},
		{"a county that is no misprint of a state", "kiowa sheriff", 5,
			[]string{"Kiowa CO", "Kiowa KS", "Kiowa OK", "Iowa", "Iowa IA"}},
		{"two states", "texas florida", 2, []string{"Florida", "Texas"}},
		{"no such county in that state", "harris fl", 2, []string{"Harris TX", "Harris GA"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := shows(index().Find(tt.query, tt.limit)); !slices.Equal(got, tt.want) {
				t.Errorf("%s: found %q, want %q", tt.query, got, tt.want)
			}
		})
	}
}

// TestFindAnswers asks for what people type and mistype, among 2,500 agencies that
// are made up. Each line of the table is a query and the first five hits, with ~
// where they are not exact.
func TestFindAnswers(t *testing.T) {
	table, err := os.ReadFile("testdata/answers.txt")
	if err != nil {
		t.Fatal(err)
	}
	x, asked := search.New(located(append(slices.Clone(agencies), manyAgencies(2500)...))), 0
	for line := range strings.Lines(string(table)) {
		query, want, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		var got []string
		for _, h := range x.Find(query, 5) {
			s := show(h)
			if !h.Exact {
				s = "~" + s
			}
			got = append(got, s)
		}
		if got := strings.Join(got, ", "); got != want {
			t.Errorf("%s\nfinds  %s\nwant   %s", query, got, want)
		}
		asked++
	}
	if asked < 400 {
		t.Errorf("the table has %d queries, want 400", asked)
	}
}

func TestFindPointsToWhatItFound(t *testing.T) {
	hits := index().Find("brevard", 2)
	if len(hits) != 2 {
		t.Fatalf("found %q", shows(hits))
	}
	county, agency := hits[0], hits[1]
	if county.Agency != nil || county.County.FIPS != "12009" || county.State != "FL" {
		t.Errorf("the county is %+v", county)
	}
	if agency.County != nil || agency.Agency.Active != 1 || agency.State != "FL" || agency.Score >= county.Score {
		t.Errorf("the agency is %+v", agency)
	}
	elsewhere := index().Find("brevard tx", 1)
	if len(elsewhere) != 1 || elsewhere[0].Exact {
		t.Errorf("Brevard, which Texas has not, is an exact hit: %+v", elsewhere)
	}
}

func TestNewTakesLittleMemory(t *testing.T) {
	many := manyAgencies(3000)
	search.New(located(many)) // what roster keeps of the counties does not count
	before := heap()
	x := search.New(located(many))
	took := heap() - before
	t.Logf("%d KB", took>>10)
	if took > 8<<20 {
		t.Errorf("the index of %d agencies takes %d bytes, want 8 MB at most", len(many), took)
	}
	runtime.KeepAlive(x)
	runtime.KeepAlive(many)
}

func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func TestFindConcurrently(t *testing.T) {
	want := shows(index().Find("polk", 20))
	synctest.Test(t, func(t *testing.T) {
		for range 8 {
			go func() {
				if got := shows(index().Find("polk", 20)); !slices.Equal(got, want) {
					t.Errorf("found %q, want %q", got, want)
				}
			}()
		}
		synctest.Wait()
	})
}

// TestNewCopes builds an index of names that no list should have.
func TestNewCopes(t *testing.T) {
	x := search.New(located([]search.Agency{
		{ID: "empty", State: "TX", Names: []string{"", "\xff", "…"}},
		{ID: "long", State: "TX", Names: []string{strings.Repeat("Quux ", 5000)}},
		{ID: "foreign", State: "XX", Names: []string{"Полиция"}, County: "\x00"},
	}))
	if got := shows(x.Find("quux", 5)); !slices.Equal(got, []string{"long"}) {
		t.Errorf("found %q", got)
	}
	if got := shows(x.Find("полиция", 5)); !slices.Equal(got, []string{"foreign"}) {
		t.Errorf("found %q", got)
	}
}

func FuzzFind(f *testing.F) {
	for _, s := range []string{"", "polk fl", "a b c d e f g h i", "st st st st st st st st", "co in or me la de", "\xff\u0303\ufdfa", strings.Repeat("ﷺ ", 200), "287(g)"} {
		f.Add(s, 10)
	}
	f.Fuzz(func(t *testing.T, query string, limit int) {
		hits := index().Find(query, limit)
		if len(hits) > max(limit, 0) {
			t.Fatalf("%q: %d hits, want %d at most", query, len(hits), limit)
		}
		seen := map[string]bool{}
		for i, h := range hits {
			if i > 0 && h.Score > hits[i-1].Score {
				t.Fatalf("%q: a better hit comes later", query)
			}
			id := string(h.Kind) + string(h.State)
			switch h.Kind {
			case search.KindCounty:
				id += h.County.FIPS
			case search.KindAgency:
				id += h.Agency.ID
			}
			if seen[id] {
				t.Fatalf("%q finds %s twice", query, show(h))
			}
			seen[id] = true
		}
		if again := index().Find(query, limit); !reflect.DeepEqual(again, hits) {
			t.Fatalf("%q finds %q, then %q", query, shows(hits), shows(again))
		}
		if utf8.ValidString(query) {
			if upper := index().Find(strings.ToUpper(query)+" ", limit); len(query) < 90 && ascii(query) && !reflect.DeepEqual(upper, hits) {
				t.Fatalf("%q finds other things in capitals", query)
			}
		}
	})
}

func ascii(s string) bool { return strings.IndexFunc(s, func(r rune) bool { return r > '~' }) < 0 }

func BenchmarkNew(b *testing.B) {
	many := manyAgencies(3000)
	b.ReportAllocs()
	for b.Loop() {
		search.New(located(many))
	}
}

var queries = map[string]string{
	"typical":  "harris county texas",
	"typo":     "brevrd sherrif flordia",
	"letter":   "s",
	"weak":     "county sheriff office police department city of the",
	"letters":  "s c m b l p w a",
	"broad":    "texas county sheriff office of the state of",
	"long":     "washingtonx montgomeryz jeffersonvil cumberlandx greensvillez lancasterxx northampton pennsylvanai",
	"endless":  strings.Repeat("abcdefghij", 1000),
	"marks":    strings.Repeat("o\u0303\u0304\u0305", 500),
	"ligature": strings.Repeat("\ufdfa ", 500),
	"cjk":      strings.Repeat("郡警察", 50),
}

func BenchmarkFind(b *testing.B) {
	x := search.New(located(manyAgencies(3000)))
	for name, query := range queries {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				x.Find(query, 20)
			}
		})
	}
}

package pdf_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode"

	"github.com/watch287g/watch287g/document"
	"github.com/watch287g/watch287g/document/search"
	"github.com/watch287g/watch287g/document/search/postgres"
	"github.com/watch287g/watch287g/document/search/searchtest"
	"github.com/watch287g/watch287g/document/search/sqlite"
	"github.com/watch287g/watch287g/internal/pgtest"
	database "github.com/watch287g/watch287g/store/postgres"
)

// keeper is what keeps an index, and how long processors were busy for it so far.
type keeper struct {
	search.Keeper
	busy func() time.Duration
}

// keepers are SQLite, and PostgreSQL where it is asked for, since it takes longer, and its own
// suite has the same queries.
func keepers(t *testing.T) map[string]keeper {
	t.Helper()
	own := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			t.Error(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	all := map[string]keeper{"sqlite": {sqlite.New(filepath.Join(t.TempDir(), "documents.index")), own}}
	if *scale {
		address := pgtest.Need(t).Database(t)
		db, err := database.Open(t.Context(), address, database.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		all["postgres"] = keeper{postgres.New(db), func() time.Duration { return own() + ofServer(t, db) }}
	}
	return all
}

// ofServer is how long the processes of a database were busy, as Linux counts it.
func ofServer(t *testing.T, db *database.Store) (busy time.Duration) {
	t.Helper()
	var pids []int32
	err := db.Read(t.Context(), false, func(ctx context.Context, q database.Querier) error {
		return q.QueryRow(ctx, "SELECT array_agg(pid) FROM pg_stat_activity WHERE datname = current_database()").Scan(&pids)
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, pid := range pids {
		text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/schedstat", pid))
		first, _, _ := strings.Cut(string(text), " ")
		took, _ := time.ParseDuration(first + "ns")
		busy += took
	}
	return busy
}

func index(t *testing.T, k search.Keeper, p *searchtest.Papers) *search.Index {
	t.Helper()
	x := search.New(k, nil)
	t.Cleanup(func() { _ = x.Close() })
	if err := x.Fill(t.Context(), p.Documents(), p); err != nil {
		t.Fatal(err)
	}
	return x
}

// realPapers are the real agreements by their files, and which of them have a text: by model
// and by whether they are of 2025 ("TFM", "JEM", "JEM old", "WSO", "WSO old").
func realPapers(t *testing.T) (p *searchtest.Papers, kinds map[string][]string) {
	t.Helper()
	p, kinds = &searchtest.Papers{}, map[string][]string{}
	for _, r := range realReadings(t) {
		p.Add(r.row["file"], slices.Clone(r.reading.Pages)...)
		words := 0
		for _, page := range r.reading.Pages {
			words += len(strings.Fields(page.Text))
		}
		id := strings.Split(r.row["agreement"], "#")
		if id[2] < "2025" {
			id[1] += " old"
		}
		if words > 1000 {
			kinds[id[1]] = append(kinds[id[1]], r.row["file"])
		}
	}
	return p, kinds
}

// spaced is the text of a page for a plain look: lower case, words with one space between
// them, and what a hyphen divides at the end of a line in one.
func spaced(text string) string {
	lines := strings.Split(text, "\n")
	text = ""
	for i, l := range lines {
		l = strings.TrimRight(l, " ")
		if head, ok := strings.CutSuffix(l, "-"); ok && i+1 < len(lines) && strings.IndexFunc(lines[i+1], unicode.IsLower) == 0 {
			text += head
		} else {
			text += l + " "
		}
	}
	apart := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) }
	return " " + strings.Join(strings.FieldsFunc(strings.ToLower(text), apart), " ") + " "
}

// apart says how many letters are wrong, at most so many, where a word stands best in a text
// without spaces.
func apart(word, text string) int {
	row := make([]int, len(word)+1)
	for i := range row {
		row[i] = i
	}
	best := len(word)
	for j := range len(text) {
		diagonal := 0
		for i := range len(word) {
			cost := 1
			if word[i] == text[j] {
				cost = 0
			}
			diagonal, row[i+1] = row[i+1], min(diagonal+cost, row[i]+1, row[i+1]+1)
		}
		best = min(best, row[len(word)])
	}
	return best
}

// realQueries are what readers look for in agreements, with the forms whose sections say it,
// as they were read by people: the Task Force Model (TFM), the Jail Enforcement Model and the
// Warrant Service Officer Program of 2025, and those two of before.
var realQueries = []struct {
	query string
	plain string // for a plain look at a page, after spaced
	in    string // forms that say it; others do not
}{
	{`"in-person and online"`, ` in person and online `, "TFM"},                                      // IV and VIII
	{"felonies", ` felon(y|ies) `, "TFM"},                                                            // V
	{`"at the LEA's expense"`, ` at the lea s expense `, "TFM"},                                      // X
	{`"task forces"`, ` task forces `, "TFM"},                                                        // IV
	{"refresher", ` refreshers? `, "JEM, JEM old"},                                                   // training of personnel
	{`"three years"`, ` three years `, "JEM, JEM old"},                                               // duration
	{`"90-day written notice"`, ` 90 day written notice `, "WSO, WSO old"},                           // VIII
	{`"steering committee"`, ` steering committee `, "JEM old, WSO old"},                             // communication
	{"rehabilitation", ` rehabilitat\w+ `, "JEM, JEM old, WSO, WSO old"},                             // civil rights standards
	{`"national origin" religion`, ` national origin (.* )?religion `, "JEM, JEM old, WSO, WSO old"}, // civil rights standards
	{"credentials", ` credential(s|ed|ing)? `, "JEM, JEM old, WSO, WSO old"},                         // certification
	{"detainers", ` detainers? `, "TFM, JEM, JEM old"},                                               // authorized functions
	{`"travel expenses"`, ` travel expenses `, "TFM, JEM, JEM old"},                                  // costs
	{"reimburse", ` reimburs\w+ `, "TFM, JEM, JEM old, WSO, WSO old"},                                // costs, custody
	{"overtime", ` overtime `, "TFM, JEM, JEM old, WSO, WSO old"},                                    // costs
	{`"printer toner"`, ` printer toner `, "TFM, JEM, JEM old, WSO, WSO old"},                        // costs
	{"Giglio", ` giglio `, "TFM, JEM, JEM old, WSO, WSO old"},                                        // liability
	{"handcuffs leg", ` handcuff(s|ed)? (.* )?legs? `, "TFM, JEM, JEM old, WSO, WSO old"},            // costs
	{"lottery", ` lotter(y|ies) `, ""},
	{`"collective bargaining"`, ` collective bargaining `, ""},
	{"overtime -felonies -refresher", ` overtime `, "TFM, JEM, JEM old, WSO, WSO old"},
}

// TestArchiveSearch looks for twenty things in real agreements, and holds what is found against
// a plain look at each page, and against what the sections of the forms say.
func TestArchiveSearch(t *testing.T) {
	p, kinds := realPapers(t)
	plainly := p.Texts()
	for _, pages := range plainly {
		for i := range pages {
			pages[i] = spaced(pages[i])
		}
	}
	for name, k := range keepers(t) {
		x := index(t, k, p)
		for _, q := range realQueries {
			r, err := x.Find(t.Context(), search.Query{Text: q.query, Count: 1000})
			if err != nil {
				t.Fatal(err)
			}
			exact, near := looked(t, p, plainly, q.query, q.plain, r)
			wanted, missing := 0, []string{}
			for kind, files := range kinds {
				for _, file := range files {
					said := slices.Contains(strings.Split(q.in, ", "), kind)
					if said {
						wanted++
					}
					switch found := exact[file] || near[file]; {
					case said && !found:
						missing = append(missing, file)
					case !said && exact[file]:
						t.Errorf("%s: %s is found in %s, whose form does not say it", name, q.query, file)
					case !said && found:
						t.Logf("%s: %s is near something in %s", name, q.query, file)
					}
				}
			}
			t.Logf("%s: %-30s %2d documents, %2d of them near, %d passages; missing %d of %d: %v", name, q.query, r.Documents, len(near), r.Passages, len(missing), wanted, missing)
			if len(missing)*20 > wanted {
				t.Errorf("%s: %s is not found in %d of %d documents whose form says it: %v", name, q.query, len(missing), wanted, missing)
			}
		}
	}
}

// looked holds a result against the pages: what is found as it was typed is exactly what a
// plain look finds, each on a page that has it; what is near has at most two letters wrong; and
// each passage stands on its page, with what was found in it and nothing that is masked.
func looked(t *testing.T, p *searchtest.Papers, plainly map[string][]string, query, plain string, r search.Result) (exact, near map[string]bool) {
	t.Helper()
	exact, near = map[string]bool{}, map[string]bool{}
	has := regexp.MustCompile(plain)
	secret := regexp.MustCompile(`[A-Za-z]@[A-Za-z]|\d{3}[^\w\n]{1,3}\d{3}[^\w\n]{1,3}\d{4}`)
	for _, f := range r.Found {
		text, marked := "", ""
		for _, piece := range f.Text {
			text += piece.Text
			if piece.Hit {
				marked += piece.Text
			}
		}
		if marked == "" || secret.MatchString(text) {
			t.Errorf("%s: %q marked in %q", query, marked, text)
		}
		for _, at := range f.Places {
			page := p.Page(at)
			squeezed := strings.ReplaceAll(spaced(document.Mask(page)), " ", "")
			if !strings.Contains(squeezed, strings.ReplaceAll(spaced(strings.ReplaceAll(text, "-", "")), " ", "")) && !strings.Contains(squeezed, strings.ReplaceAll(spaced(text), " ", "")) {
				t.Errorf("%s: %q does not stand on page %d of %s", query, text, at.Page, p.Name(at.SHA256))
			}
			switch {
			case f.Near:
				near[p.Name(at.SHA256)] = true
				for word := range strings.FieldsSeq(spaced(query)) {
					if off := apart(word, squeezed); off > 2 && !strings.Contains(query, "-"+word) {
						t.Errorf("%s: page %d of %s is said to be near, and has nothing nearer than %d letters: %q", query, at.Page, p.Name(at.SHA256), off, text)
					}
				}
			case !has.MatchString(spaced(page)):
				t.Errorf("%s: it does not stand on page %d of %s: %q", query, at.Page, p.Name(at.SHA256), text)
			default:
				exact[p.Name(at.SHA256)] = true
			}
		}
	}
	if !strings.Contains(query, " -") {
		for name, pages := range plainly {
			if slices.ContainsFunc(pages, has.MatchString) && !exact[name] {
				t.Errorf("%s: it stands in %s, and is not found there", query, name)
			}
		}
	}
	return exact, near
}

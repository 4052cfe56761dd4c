package diff_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/watch287g/watch287g/internal/golden"
	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// The rows that the stories of the sentences are told with.
const (
	larkwood = "TX | Larkwood Police Department | TFM"
	signedIn = larkwood + " | 2025-06-11"
)

// saying is a kind of sentence, with a story that ends by saying it.
type saying struct {
	what  string
	story func(w *world) *step
}

// TestSentences compares everything that a change can say with a file that is to
// be read aloud: people print these sentences as they are.
func TestSentences(t *testing.T) {
	var got, spanish strings.Builder
	seen := map[roster.Kind]bool{}
	for _, s := range slices.Concat(sayingsOfNew(), sayingsOfPending(), sayingsOfLeaving(), sayingsOfAmended(), sayingsOfDetails(), sayingsOfMilestones()) {
		changes := s.story(newWorld(t)).outcome.Changes
		fmt.Fprintf(&got, "# %s\n", s.what)
		fmt.Fprintf(&spanish, "# %s\n", s.what)
		for _, c := range changes {
			seen[c.Kind] = true
			fmt.Fprintf(&got, "%s\n", c.Text)
			if en, es := figuresIn(c.Text, prose.English), figuresIn(c.Texts["es"], prose.Spanish); !slices.Equal(en, es) {
				t.Errorf("the figures are %q in English and %q in Spanish: %s\n%s", en, es, c.Text, c.Texts["es"])
			}
			stored := c
			stored.Texts = nil
			fmt.Fprintf(&spanish, "%s\n%s\n%s\n", c.Texts["es"], prose.Spanish.TextOf(stored), prose.Spanish.Title(c))
			if prose.Spanish.TextOf(c) != c.Texts["es"] {
				t.Errorf("the Spanish text that was stored is not what is said: %s", c.Texts["es"])
			}
		}
		if len(changes) == 0 {
			t.Errorf("%s: nothing is said", s.what)
		}
		fmt.Fprintln(&got)
		fmt.Fprintln(&spanish)
	}
	for _, k := range roster.Kinds() {
		if !seen[k] && k != roster.KindPage && k != roster.KindCorrection { // which no list brings about
			t.Errorf("no sentence is of the kind %s", k)
		}
	}
	checkStyle(t, got.String())

	checkSpanish(t, spanish.String())
	golden.Compare(t, "sentences.txt", []byte(got.String()))
	golden.Compare(t, "sentences.es.txt", []byte(spanish.String())) // each with what is said where it was stored without Spanish, and its title
}

// checkStyle holds all sentences to what an editor would mend in any of them.
func checkStyle(t *testing.T, text string) {
	t.Helper()
	wrong := map[string]*regexp.Regexp{
		"a state's code":        regexp.MustCompile(`\b(TX|FL|NY|GU|DC)\b`),
		"a model's code":        regexp.MustCompile(`\b(TFM|WSO|JEM)\b`),
		"a date in figures":     regexp.MustCompile(`(^|[^"\d])\d{4}-\d\d-\d\d`),
		"a verb":                regexp.MustCompile(`\b(quit|ended|terminated|cancelled|dropped|joined)\b`),
		"two marks or blanks":   regexp.MustCompile(`\.\.|,,| ,|  |\( | \.`),
		"a wrong plural":        regexp.MustCompile(`\b1 (active agreements|days|states)\b`),
		"a value of the format": regexp.MustCompile(`%!|<nil>|moa_url|addendum_url|signed_as`),
	}
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if line == "" || line[0] == '#' {
			continue
		}
		if !strings.HasSuffix(line, ".") && !strings.HasSuffix(line, `".`) {
			t.Errorf("this does not end as a sentence: %s", line)
		}
		for what, re := range wrong {
			if re.MatchString(line) {
				t.Errorf("%s stands in: %s", what, line)
			}
		}
	}
}

// checkSpanish holds all sentences in Spanish to what an editor would mend in any of them.
func checkSpanish(t *testing.T, text string) {
	t.Helper()
	wrong := map[string]*regexp.Regexp{
		"a date in figures":     regexp.MustCompile(`(^|[^“\d])\d{4}-\d\d-\d\d`),
		"two marks or blanks":   regexp.MustCompile(`\.\.|,,| ,|  |\( | \.`),
		"what does not join":    regexp.MustCompile(`\b(de|a) el\b|\by [Ii][^aeiou]`),
		"a wrong plural":        regexp.MustCompile(`\b1 (acuerdos|días|estados|agencias)\b`),
		"a value of the format": regexp.MustCompile(`%!|<nil>|[{}|]|moa_url|addendum_url|signed_as`),
		"English":               regexp.MustCompile(`\b(the|is|with|signed|listed|pending|agreements?|agency)\b`),
	}
	for line := range strings.Lines(text) {
		for what, re := range wrong {
			if line[0] != '#' && re.MatchString(line) {
				t.Errorf("%s stands in: %s", what, line)
			}
		}
	}
}

func sayingsOfNew() []saying {
	return []saying{
		{"new", func(w *world) *step {
			w.publish(signedIn)
			return w.publish(signedIn, "TX | Fernbrook Police Department | TFM | 2025-06-12")
		}},
		{"new, with a county that the name does not say, in each model", func(w *world) *step {
			w.publish(signedIn)
			return w.publish(signedIn, "FL | Mapleport Police Department | TFM | 2025-06-11 | county=Brevard County",
				"FL | Fleetwood Police Department | WSO | 2025-06-11 | county=Lee County", "FL | Lee County Sheriff's Office | JEM | 2025-06-11 | county=Lee County")
		}},
		{"new, with a misprinted date", func(w *world) *step {
			w.publish(signedIn)
			return w.publish(signedIn, larkwood+" | 6/112024 (2024-06-11)")
		}},
		{"new, with a date that cannot be read, and with none", func(w *world) *step {
			w.publish(signedIn)
			return w.publish(signedIn, "TX | Fernbrook Police Department | TFM | soon ()", "TX | Glenridge Police Department | TFM")
		}},
		{"new, one of three agreements", func(w *world) *step {
			w.publish(signedIn)
			return w.publish(signedIn, "TX | Larkwood Police Department | WSO | 2025-06-11", "TX | Larkwood Police Department | JEM | 2025-06-11")
		}},
		{"new, pending before", func(w *world) *step {
			w.together(rows(), rows())
			w.pending(larkwood)
			w.wait(7 * day)
			return w.publish(signedIn)
		}},
		{"new, pending since the day before", func(w *world) *step {
			w.together(rows(), rows())
			w.pending(larkwood)
			w.wait(day)
			return w.publish(signedIn)
		}},
		{"new, pending since before there was a record", func(w *world) *step {
			w.together(rows(), rows(larkwood))
			return w.publish(signedIn)
		}},
		{"new, likely pending before", func(w *world) *step {
			w.together(rows(), rows("TX | Larkwod Police Department | TFM"))
			return w.publish(signedIn)
		}},
	}
}

func sayingsOfPending() []saying {
	return []saying{
		{"pending, in each model", func(w *world) *step {
			w.together(rows(), rows())
			return w.pending(larkwood, "TX | Fernbrook Police Department | WSO | county=Travis County", "TX | Glenridge Police Department | JEM")
		}},
		{"pending, while its agreement in that model is listed", func(w *world) *step {
			w.together(rows(signedIn), rows())
			return w.pending(larkwood)
		}},
		{"withdrawn", func(w *world) *step {
			w.together(rows(), rows())
			w.pending(larkwood)
			w.wait(9 * day)
			return w.leave(rows())
		}},
		{"withdrawn, pending since before there was a record", func(w *world) *step {
			w.together(rows(), rows("TX | Larkwood Police Department | WSO | county=Travis County"))
			return w.leave(rows())
		}},
		{"withdrawn on the day it came, by an agency that holds and seeks others", func(w *world) *step {
			w.together(rows(signedIn, "TX | Larkwood Police Department | TFM | 2025-05-01"), rows())
			w.pending("TX | Larkwood Police Department | WSO", "TX | Larkwood Police Department | JEM")
			w.pending("TX | Larkwood Police Department | JEM")
			w.publish(signedIn)
			return w.wait(3 * day)
		}},
		{"withdrawn, and pending again soon", func(w *world) *step {
			w.together(rows(), rows(larkwood))
			w.leave(rows())
			return w.pending(larkwood)
		}},
		{"withdrawn, and pending again after more than a month", func(w *world) *step {
			w.together(rows(), rows(larkwood))
			w.leave(rows())
			w.wait(40 * day)
			return w.pending(larkwood)
		}},
		{"withdrawn, and signed later", func(w *world) *step {
			w.together(rows(), rows(larkwood))
			w.wait(day)
			w.leave(rows())
			return w.publish(signedIn)
		}},
		{"signed, no longer listed, pending again, and withdrawn", func(w *world) *step {
			const guam = "GU | Guam Police Department | TFM | 2025-01-07"
			w.together(rows(guam+" | county=Guam"), rows())
			w.pending(larkwood)
			w.wait(2 * day)
			w.together(rows(guam+" | county=Guam", signedIn), rows())
			w.wait(9 * day)
			s := w.together(rows(guam), rows(larkwood))
			w.wait(2 * day)
			s.outcome.Changes = append(s.outcome.Changes, w.leave(rows(guam)).outcome.Changes...)
			return s
		}},
		{"withdrawn, which a corrected state shows to be wrong", func(w *world) *step {
			w.together(rows(), rows("TX | Franklin Police Department | TFM"))
			w.leave(rows("NY | Franklin Police Department | TFM | 2025-07-07 | moa=franklin.pdf"))
			return w.publish("TX | Franklin Police Department | TFM | 2025-07-07 | moa=franklin.pdf")
		}},
	}
}

// leave empties the pending list, and waits until that counts.
func (w *world) leave(participating []string) *step {
	w.t.Helper()
	w.pending()
	w.publish(participating...)
	return w.wait(3 * day)
}

func sayingsOfLeaving() []saying {
	others := rows("TX | Fernbrook Police Department | TFM | 2025-06-12", "TX | Glenridge Police Department | TFM | 2025-06-12")
	all := append(rows(signedIn), others...)
	return []saying{
		{"removed, listed since before there was a record", func(w *world) *step {
			w.publish(all...)
			return w.publish(others...)
		}},
		{"removed", func(w *world) *step {
			w.publish(others[:1]...)
			w.publish(all...)
			w.wait(30 * day)
			return w.publish(others...)
		}},
		{"removed after a day, with a misprinted date", func(w *world) *step {
			odd := larkwood + " | 6/112025 (2025-06-11)"
			w.publish(others[:1]...)
			w.publish(append(rows(odd), others...)...)
			w.wait(day - hour)
			return w.publish(others...)
		}},
		{"restored", func(w *world) *step {
			w.publish(all...)
			w.publish(others...)
			return w.publish(all...)
		}},
		{"restored, with a misprinted date", func(w *world) *step {
			odd := append(rows(larkwood+" | 6/112025 (2025-06-11)"), others...)
			w.publish(odd...)
			w.publish(others...)
			return w.publish(odd...)
		}},
		{"restored under another name, likely", func(w *world) *step {
			w.publish(append(rows("TX | Larkwod Police Department | TFM | 2025-06-11"), others...)...)
			w.publish(others...)
			return w.publish(all...)
		}},
	}
}

func sayingsOfAmended() []saying {
	amended := func(what, before, after string) saying {
		return saying{"amended: " + what, func(w *world) *step {
			w.publish(before)
			return w.publish(after)
		}}
	}
	return []saying{
		amended("the name", larkwood+" | 2025-06-11 | moa=larkwood.pdf", "TX | City of Larkwood Police | TFM | 2025-06-11 | moa=larkwood.pdf"),
		amended("the name, likely", "TX | Larkwod Police Department | TFM | 2025-06-11 | county=Travis County", signedIn+" | county=Travis County"),
		amended("the state", "NY | Larkwood Police Department | TFM | 2025-06-11 | moa=larkwood.pdf", signedIn+" | moa=larkwood.pdf"),
		amended("the state, which is the District", "MD | Metropolitan Police Department | TFM | 2025-06-11 | moa=mpd.pdf", "DC | Metropolitan Police Department | TFM | 2025-06-11 | moa=mpd.pdf"),
		amended("the model, likely", larkwood+" | 2025-06-11 | moa=larkwood.pdf", "TX | Larkwood Police Department | WSO | 2025-06-11 | moa=larkwood.pdf"),
		amended("the date", larkwood+" | 2025-06-01", signedIn),
		amended("a date that was misprinted", larkwood+" | 6/112025 (2025-06-11)", signedIn),
		amended("another date than the misprinted one", larkwood+" | 6/112025 (2025-06-11)", larkwood+" | 2025-06-12"),
		amended("a date after one that could not be read", larkwood+" | June ()", signedIn),
		{"amended: the name, beside a date that can be read no longer", func(w *world) *step {
			w.publish(signedIn + " | moa=larkwood.pdf")
			return w.publish("TX | City of Larkwood Police Department | TFM | June () | moa=larkwood.pdf")
		}},
		amended("a date for another that is misprinted", larkwood+" | 2025-06-01", larkwood+" | 6/112025 (2025-06-11)"),
		amended("a date where none was", larkwood, signedIn),
		amended("a date where something unreadable was", larkwood+" | soon ()", signedIn),
		amended("no date where one was", signedIn, larkwood),
		amended("name, state and date at once", "NY | Larkwod Police Department | TFM | 2025-06-01 | moa=larkwood.pdf", signedIn+" | moa=larkwood.pdf"),
		{"amended: a pending entry's name, likely", func(w *world) *step {
			w.together(rows(), rows("TX | Larkwod Police Department | WSO"))
			return w.pending("TX | Larkwood Police Department | WSO")
		}},
	}
}

func sayingsOfDetails() []saying {
	told := func(what string, lists ...[]string) saying {
		return saying{what, func(w *world) *step {
			var last *step
			for _, l := range lists {
				last = w.publish(l...)
			}
			return last
		}}
	}
	return []saying{
		told("detail: a county", rows(signedIn), rows(signedIn+" | county=Travis County")),
		told("detail: another county and kind of agency", rows(signedIn+" | county=Travis County | type=county"), rows(signedIn+" | county=Hays County | type=municipality")),
		told("detail: a kind of agency", rows(signedIn), rows(signedIn+" | type=state")),
		told("detail: a kind of agency in a territory", rows("GU | Larkwood Police Department | TFM | 2025-06-11"), rows("GU | Larkwood Police Department | TFM | 2025-06-11 | type=state")),
		told("detail: a row twice", rows(signedIn), rows(signedIn, signedIn)),
		told("detail: a row three times", rows(signedIn), rows(signedIn, signedIn, signedIn)),
		told("detail: a row no longer twice", rows(signedIn, signedIn), rows(signedIn)),
		told("detail: a row no longer three times", rows(signedIn, signedIn, signedIn), rows(signedIn)),
		told("detail: a date printed otherwise", rows(signedIn), rows(larkwood+" | 6/112025 (2025-06-11)")),
		{"detail: a pending entry's county", func(w *world) *step {
			w.together(rows(), rows(larkwood+" | county=Hays County"))
			return w.pending(larkwood + " | county=Travis County")
		}},
		told("document: the agreement linked", rows(signedIn), rows(signedIn+" | moa=a.pdf")),
		told("document: the agreement and an addendum linked", rows(signedIn), rows(signedIn+" | moa=a.pdf | addendum=b.pdf")),
		told("document: the agreement replaced", rows(signedIn+" | moa=a.pdf"), rows(signedIn+" | moa=long-way-off.pdf")),
		told("document: an addendum replaced", rows(signedIn+" | addendum=a.pdf"), rows(signedIn+" | addendum=long-way-off.pdf")),
		told("document: the agreement and its addendum gone", rows(signedIn+" | moa=a.pdf | addendum=b.pdf", "TX | Fernbrook Police Department | TFM | 2025-06-12 | moa=c.pdf | addendum=d.pdf"),
			rows(signedIn, "TX | Fernbrook Police Department | TFM | 2025-06-12 | moa=c.pdf | addendum=d.pdf")),
	}
}

func sayingsOfMilestones() []saying {
	first := func(what, row string, before ...string) saying {
		return saying{"milestone: " + what, func(w *world) *step {
			w.publish(before...)
			return w.publish(append(rows(row), before...)...)
		}}
	}
	return []saying{
		first("the first of a state", signedIn),
		first("the first of a state in a model and of a kind of agency", signedIn+" | type=municipality", "TX | Kendall County Sheriff's Office | WSO | 2025-06-01 | type=county"),
		first("the first of a state with a county agency", "TX | Kendall County Sheriff's Office | TFM | 2025-06-01 | type=county", signedIn+" | type=municipality"),
		first("the first of a state with an agency of its government", "TX | Texas Rangers | TFM | 2025-06-01 | type=state", signedIn+" | type=municipality"),
		first("the first of the District", "DC | Metropolitan Police Department | TFM | 2025-06-11"),
		first("the first of a territory in a model", "GU | Guam Police Department | WSO | 2025-06-11 | type=state"),
		{"milestone: the last of a state", func(w *world) *step {
			w.publish(signedIn)
			return w.publish()
		}},
		{"milestone: the last two of a state", func(w *world) *step {
			w.publish(signedIn, "TX | Fernbrook Police Department | TFM | 2025-06-12")
			return w.publish()
		}},
		{"milestone: several firsts at once", func(w *world) *step {
			w.publish("TX | Kendall County Sheriff's Office | WSO | 2025-06-01 | type=county")
			return w.publish("TX | Kendall County Sheriff's Office | WSO | 2025-06-01 | type=county", signedIn+" | type=municipality",
				"TX | Fernbrook Police Department | TFM | 2025-06-12 | type=municipality")
		}},
		{"milestone: a first that a corrected state disproves", func(w *world) *step {
			w.publish("NY | Kendall Police Department | WSO | 2025-06-01")
			w.publish("NY | Kendall Police Department | WSO | 2025-06-01", "NY | Larkwood Police Department | TFM | 2025-06-11 | moa=larkwood.pdf | type=municipality")
			return w.publish("NY | Kendall Police Department | WSO | 2025-06-01", signedIn+" | moa=larkwood.pdf | type=municipality")
		}},
		{"milestone: a first that another's corrected state disproves", func(w *world) *step {
			w.publish("NY | Larkwood Police Department | TFM | 2025-06-11 | moa=larkwood.pdf")
			w.publish("NY | Larkwood Police Department | TFM | 2025-06-11 | moa=larkwood.pdf", "TX | Kendall County Sheriff's Office | WSO | 2025-06-01")
			return w.publish(signedIn+" | moa=larkwood.pdf", "TX | Kendall County Sheriff's Office | WSO | 2025-06-01")
		}},
		{"milestone: a first that a corrected model and kind of agency disprove, and the next", func(w *world) *step {
			other := "TX | Kendall County Sheriff's Office | JEM | 2025-06-01 | type=county"
			w.publish(other)
			w.publish(other, signedIn+" | type=municipality | moa=larkwood.pdf")
			s := w.publish(other, "TX | Larkwood Police Department | WSO | 2025-06-11 | type=state | moa=larkwood.pdf")
			next := w.publish(other, "TX | Larkwood Police Department | WSO | 2025-06-11 | type=state | moa=larkwood.pdf", "TX | Fernbrook Police Department | TFM | 2025-06-12 | type=municipality")
			s.outcome.Changes = append(s.outcome.Changes, next.outcome.Changes...)
			return s
		}},
		{"milestone: the last of a state, which is listed again", func(w *world) *step {
			w.publish(signedIn)
			w.publish()
			return w.publish(signedIn)
		}},
		{"milestone: the last of a state, where another had stood all along", func(w *world) *step {
			w.publish("TX | Kendall County Sheriff's Office | WSO | 2025-06-01", "NY | Larkwood Police Department | TFM | 2025-06-11 | moa=larkwood.pdf")
			w.publish("NY | Larkwood Police Department | TFM | 2025-06-11 | moa=larkwood.pdf")
			return w.publish(signedIn + " | moa=larkwood.pdf")
		}},
		{"milestone: the last of a territory", func(w *world) *step {
			w.serve(w.print(roster.ListParticipating, signedIn, bystander))
			return w.serve(w.print(roster.ListParticipating, signedIn))
		}},
		{"milestone: a hundred, in a state and a territory", func(w *world) *step {
			w.publish(without(1, inTexas(99))...)
			return w.publish(inTexas(99)...)
		}},
		{"milestone: thousands", func(w *world) *step {
			w.publish(without(1, sheriffs(1099))...)
			return w.publish(sheriffs(1099)...)
		}},
		{"milestone: a record day", func(w *world) *step {
			w.publish(inTexas(5)...)
			w.wait(31 * day)
			return w.publish(inTexas(15)...)
		}},
	}
}

// inTexas writes n rows of counties of Texas, each its own sheriff's.
func inTexas(n int) []string {
	var lines []string
	for _, c := range place.Counties("TX")[:n] {
		lines = append(lines, fmt.Sprintf("TX | %s County Sheriff's Office | WSO | 2025-03-03 | type=county", c.Name))
	}
	return lines
}

package prose

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/watch287g/watch287g/roster"
)

// catalogs are the tables that are in Spanish, each beside the English one.
var catalogs = []struct {
	name             string
	english, spanish map[key]string
}{
	{"changes", english, spanish},
	{"amended", englishAmended, spanishAmended},
	{"correction", englishCorrection, spanishCorrection},
	{"coverage", englishCoverage, spanishCoverage},
	{"documents", englishDocuments, spanishDocuments},
	{"front", englishFront, spanishFront},
	{"icepage", englishIcePage, spanishIcePage},
	{"mails", englishMails, spanishMails},
	{"maps", englishMaps, spanishMaps},
	{"messages", englishMessages, spanishMessages},
	{"names", englishNames, spanishNames},
	{"odd", englishOdd, spanishOdd},
	{"operator", englishOperator, nil},
	{"pages", englishPages, spanishPages},
	{"places", englishPlaces, spanishPlaces},
	{"tables", englishTables, spanishTables},
	{"readers", englishReaders, spanishReaders},
	{"web", englishWeb, spanishWeb},
}

// ofOneLanguage are the messages that the other language has no use for.
var ofOneLanguage = []key{
	"agreement.a.vowel", "type.a.vowel", // "an" is for sounds of English
}

// alike are the messages that are the same in both languages although they have words.
var alike = []key{"coverage.counties.PR", "document.ice", "document.moa", "document.moa.elsewhere", "kind.municipality", "moment", "page.frame.api", "page.publication.bytes"}

// alikeIn says whether a message may be the same in both languages: one of signs and parts
// alone, and most names of states.
func alikeIn(k key, text string) bool {
	words := strings.ContainsFunc(nameOfPart.ReplaceAllString(text, ""), unicode.IsLetter)
	return !words || slices.Contains(alike, k) || regexp.MustCompile(`^state\...$`).MatchString(string(k))
}

// Every message is in both languages, with the same parts, and is not left in English.
func TestCatalogsAreWhole(t *testing.T) {
	for _, c := range catalogs {
		if c.spanish == nil {
			continue
		}
		for k, text := range c.english {
			theirs, ok := c.spanish[k]
			switch {
			case slices.Contains(ofOneLanguage, k):
			case !ok:
				t.Errorf("%s: %q is not in Spanish: %q", c.name, k, text)
			case !slices.Equal(namesIn(text), namesIn(theirs)):
				t.Errorf("%s: %q has the parts %v in English and %v in Spanish: %q, %q", c.name, k, namesIn(text), namesIn(theirs), text, theirs)
			case strings.Contains(theirs, "|") && !strings.Contains(text, "|") && !strings.Contains(text, "{n}"):
				t.Errorf("%s: %q has two forms, and depends on no count: %q", c.name, k, theirs)
			case text == theirs && !alikeIn(k, text):
				t.Errorf("%s: %q is the same in both languages: %q", c.name, k, text)
			}
		}
		for k, text := range c.spanish {
			if _, ok := c.english[k]; !ok && !slices.Contains(ofOneLanguage, k) {
				t.Errorf("%s: %q is in Spanish alone: %q", c.name, k, text)
			}
		}
	}
}

// englishWords are words that no Spanish message has in it, but for the names of models, of
// programs and of commands.
var englishWords = regexp.MustCompile(`(?i)\b(the|of|and|with|in the|agreements?|agenc(y|ies)|lists?|listed|pending|signed|count(y|ies)|is|are|was|were|has|this|that|since|until|from)\b`)

var englishNamesInSpanish = regexp.MustCompile(`Jail Enforcement Model|Task Force Model|Warrant Service Officer|watch287g changes --since \{since\} --until \{until\}|\{[^}]*\}|<[^>]*>|^from y to|^county no|/es/counties/[a-z0-9-]+|Harris County|This page is also in English`)

func TestSpanishHasNoEnglish(t *testing.T) {
	for _, c := range catalogs {
		for k, text := range c.spanish {
			if found := englishWords.FindString(englishNamesInSpanish.ReplaceAllString(text, "")); found != "" {
				t.Errorf("%s: %q has the English word %q: %s", c.name, k, found, text)
			}
		}
	}
}

// No message of one table takes the place of another's, and no table is left out.
func TestKeysAreOfOneTable(t *testing.T) {
	for _, l := range []string{"english", "spanish"} {
		seen := map[key]string{}
		for _, c := range catalogs {
			table := c.english
			if l == "spanish" {
				table = c.spanish
			}
			for k := range table {
				if seen[k] != "" {
					t.Errorf("%s: %q is in the tables %s and %s", l, k, seen[k], c.name)
				}
				seen[k] = c.name
			}
		}
		if all := messages[English]; l == "english" && len(seen) != len(all) {
			t.Errorf("the tables to compare have %d messages, and English has %d", len(seen), len(all))
		}
	}
}

var nameOfPart = regexp.MustCompile(`\{(?:[a-z]+ )?([^{} ]*)\}`)

// namesIn are the names of a message's parts, each once.
func namesIn(text string) []string {
	names := map[string]bool{}
	for _, found := range nameOfPart.FindAllStringSubmatch(text, -1) {
		names[found[1]] = true
	}
	return slices.Sorted(maps.Keys(names))
}

func TestParseLanguage(t *testing.T) {
	for tag, want := range map[string]Language{"en": English, "EN-us": English, "es": Spanish, "es-419": Spanish, "es_MX": Spanish, "": "", "fr": "", "spanish": "", "wide": ""} {
		if got, ok := ParseLanguage(tag); ok != (want != "") || ok && got != want {
			t.Errorf("ParseLanguage(%q) = %q, %v, want %q", tag, got, ok, want)
		}
	}
	if English.Name() != "English" || Spanish.Name() != "Español" || Languages()[0] != English {
		t.Error("the languages call themselves otherwise")
	}
}

func TestSpanishWordsJoin(t *testing.T) {
	for _, tt := range []struct{ word, phrase, want string }{
		{"de", "el Distrito de Columbia", "del Distrito de Columbia"}, {"a", "el estado", "al estado"}, {"de", "El Paso", "de El Paso"}, {"de", "Elmore", "de Elmore"},
		{"de", "las Islas Marianas del Norte", "de las Islas Marianas del Norte"}, {"y", "Illinois", "e Illinois"}, {"y", "Iowa", "y Iowa"}, {"y", "Ohio", "y Ohio"},
		{"y", "Hidalgo County Sheriff's Office", "e Hidalgo County Sheriff's Office"}, {"y", "Hawái", "y Hawái"}, {"y", "", "y "},
	} {
		if got := joined(tt.word, tt.phrase); got != tt.want {
			t.Errorf("%q and %q are %q, want %q", tt.word, tt.phrase, got, tt.want)
		}
	}
	if got := Spanish.States([]roster.State{"FL", "IL"}) + "; " + Spanish.States([]roster.State{"FL", "GA", "DC"}); got != "Florida e Illinois; Florida, Georgia y el Distrito de Columbia" {
		t.Error(got)
	}
}

// Each Spanish word of the glossary is one that the texts use, and there are enough of them.
func TestGlossaryIsOfTheTexts(t *testing.T) {
	glossary, err := os.ReadFile("../docs/glossary-es.md")
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for k, text := range messages[Spanish] {
		if _, operator := englishOperator[k]; !operator {
			all.WriteString(strings.ReplaceAll(text, "\u00a0", " ") + "\n")
		}
	}
	terms := regexp.MustCompile(`(?m)^\| ([^|]+) \| ([^|]+) \| [^|]+ \|$`).FindAllStringSubmatch(string(glossary), -1)
	terms = slices.DeleteFunc(terms, func(row []string) bool { return row[1] == "English" || strings.HasPrefix(row[1], "---") })
	if len(terms) < 60 {
		t.Errorf("the glossary has %d terms", len(terms))
	}
	for _, row := range terms {
		if !strings.Contains(all.String(), row[2]) {
			t.Errorf("no text has %q, which the glossary gives for %q", row[2], row[1])
		}
	}
}

package prose

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/watch287g/watch287g/roster"
)

// catalogs are the tables that are in Spanish, each beside the English one.
var catalogs = []struct {
	name             string
	english, spanish map[key]string
}{
	{"names", englishNames, spanishNames},
}

// ofOneLanguage are the messages that the other language has no use for.
var ofOneLanguage = []key{
	"agreement.a.vowel", "type.a.vowel", // "an" is for sounds of English
}

// alike are the messages that are the same in both languages: signs, and what is made of
// parts alone.
var alike = []string{`thousands`, `moment`, `lasting`, `county\.(the\.)?other`, `state\...`}

// alikeIn says whether a message may be the same in both languages.
func alikeIn(k key) bool {
	return regexp.MustCompile(`^(` + strings.Join(alike, "|") + `)$`).MatchString(string(k))
}

// Every message is in both languages, with the same parts, and is not left in English.
func TestCatalogsAreWhole(t *testing.T) {
	for _, c := range catalogs {
		for k, text := range c.english {
			theirs, ok := c.spanish[k]
			switch {
			case slices.Contains(ofOneLanguage, k):
			case !ok:
				t.Errorf("%s: %q is not in Spanish: %q", c.name, k, text)
			case !slices.Equal(namesIn(text), namesIn(theirs)):
				t.Errorf("%s: %q has the parts %v in English and %v in Spanish: %q, %q", c.name, k, namesIn(text), namesIn(theirs), text, theirs)
			case strings.Count(theirs, "|") != strings.Count(text, "|"):
				t.Errorf("%s: %q has not as many forms in both languages: %q, %q", c.name, k, text, theirs)
			case text == theirs && !alikeIn(k):
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

// No message of one table takes the place of another's.
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

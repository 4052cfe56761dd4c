package prose

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/watch287g/watch287g/roster"
)

// Language is what a text is written in, as BCP 47 names it.
type Language string

// The languages that texts are written in.
const (
	English Language = "en" // American English
	Spanish Language = "es" // as it is written in the United States
)

// Languages returns all languages, the first of which is meant where none is named.
func Languages() []Language { return []Language{English, Spanish} }

// ParseLanguage reads a language's tag, in any case and with any region behind it: "es",
// "es-US". ok is false for a language that nothing is written in.
func ParseLanguage(tag string) (l Language, ok bool) {
	base, _, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(tag, "_", "-")), "-")
	l = Language(base)
	return l, slices.Contains(Languages(), l)
}

// Name is what a language calls itself, as a choice of languages shows it: "Español".
func (l Language) Name() string { return l.plain("language") }

// key names a message in a language's table.
type key string

// parts are what a message has in place of its {names}.
type parts map[string]string

// messages holds each language's table. A message that depends on a count has the form
// for one before a "|": English and Spanish have these two forms and no others (the one
// that CLDR has for Spanish millions is for numbers in words), so that a library's rules
// of plurals would choose between the same two. Genders are the table's own matter: no
// part has another gender from one use to the next, as what differs in it (an agreement,
// an agency, a county) has a key of its own.
var messages = map[Language]map[key]string{
	English: join(english, englishAmended, englishCorrection, englishCoverage, englishDocuments, englishFront, englishIcePage, englishMails, englishMaps, englishMessages, englishNames, englishOdd, englishOperator, englishPages, englishPlaces, englishReaders, englishTables, englishWeb),
	Spanish: join(spanish, spanishAmended, spanishCorrection, spanishCoverage, spanishDocuments, spanishFront, spanishIcePage, spanishMails, spanishMaps, spanishMessages, spanishNames, spanishOdd, englishOperator, spanishPages, spanishPlaces, spanishReaders, spanishTables, spanishWeb),
}

func join(tables ...map[key]string) map[key]string {
	all := map[key]string{}
	for _, table := range tables {
		maps.Copy(all, table)
	}
	return all
}

// CompareStates orders states by their names, as a list that people read is sorted.
func (l Language) CompareStates(a, b roster.State) int {
	if a == b {
		return 0
	}
	return cmp.Or(strings.Compare(unaccented.Replace(l.State(a)), unaccented.Replace(l.State(b))), cmp.Compare(a, b))
}

// unaccented takes from the names of states the accents that an alphabet does not sort by.
var unaccented = strings.NewReplacer("á", "a", "é", "e", "í", "i", "ó", "o", "ú", "u")

// joined sets a Spanish word before a phrase: "de" and "a" become one word with the
// article "el", "y" is "e" before the sound of an i, and "los" before a count is "las"
// where what is counted is feminine.
func joined(word, phrase string) string {
	switch rest, article := strings.CutPrefix(phrase, "el "); {
	case word == "los" && feminine(phrase):
		word = "las"
	case article && word == "de":
		return "del " + rest
	case article && word == "a":
		return "al " + rest
	case word == "y" && soundsLikeI(phrase):
		word = "e"
	}
	return word + " " + phrase
}

// soundsLikeI says whether a phrase begins with the sound of an i that is a syllable's
// vowel: "Illinois" and "Hidalgo" do, "Iowa" does not.
func soundsLikeI(phrase string) bool {
	s := strings.ToLower(phrase)
	return strings.HasPrefix(s, "hidalgo") || len(s) > 1 && (s[0] == 'i' && !strings.ContainsRune("aeiou", rune(s[1])) || strings.HasPrefix(s, "í"))
}

// feminine says whether what a phrase counts is feminine, of what the table counts in the
// place of counties.
func feminine(phrase string) bool {
	_, noun, _ := strings.Cut(phrase, " ")
	return strings.HasPrefix(noun, "parroquia") || strings.HasPrefix(noun, "isla")
}

package search

import (
	"slices"
	"strings"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// InEnglish is what was typed with the names of states and the words for counties that are
// in Spanish as they are in English: "condado de Harris, Nuevo México" is "Harris County,
// New Mexico". What has none of these stays as it is.
func InEnglish(typed string) string {
	words := strings.Fields(strings.ReplaceAll(typed, ",", " , "))
	folded := make([]string, len(words))
	for i, w := range words {
		folded[i] = roster.Fold(plain.Replace(strings.ToLower(w)))
	}
	changed := false
	replace := func(at, n int, by ...string) {
		words, folded, changed = slices.Replace(words, at, at+n, by...), slices.Replace(folded, at, at+n, by...), true
	}
	for _, s := range roster.States() {
		name := strings.Fields(roster.Fold(plain.Replace(strings.ToLower(prose.Spanish.State(s)))))
		if english := strings.Fields(roster.Fold(s.Name())); slices.Equal(name, english) {
			continue
		}
		for i := 0; i+len(name) <= len(folded); i++ {
			if slices.Equal(folded[i:i+len(name)], name) {
				replace(i, len(name), s.Name())
			}
		}
	}
	for spanish, english := range map[string]string{"condado": "County", "parroquia": "Parish"} {
		if i := slices.Index(folded, spanish); i >= 0 && i+2 < len(folded) && folded[i+1] == "de" {
			end := i + 2 // to the comma, or the end
			for end < len(folded) && words[end] != "," {
				end++
			}
			replace(i, end-i, append(slices.Clone(words[i+2:end]), english)...)
		}
	}
	if !changed {
		return typed
	}
	return strings.ReplaceAll(strings.Join(words, " "), " ,", ",")
}

// plain takes away the accents of Spanish.
var plain = strings.NewReplacer("á", "a", "é", "e", "í", "i", "ó", "o", "ú", "u", "ü", "u")

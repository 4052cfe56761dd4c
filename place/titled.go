package place

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Titled is the name of a town as such names are written, in whatever case it was typed:
// "O'Fallon", "McAllen", "Isle of Palms". A capital within a word, which some towns of a
// name have and others do not, is as it was typed: "DeSoto", "Desoto".
func Titled(name string) string {
	words := strings.Fields(name)
	for i, w := range words {
		lower := strings.ToLower(w)
		if i > 0 && slices.Contains([]string{"of", "the", "on", "by", "in", "and", "de", "du", "la", "del"}, lower) {
			words[i] = lower
			continue
		}
		parts := strings.Split(w, "-")
		for j, p := range parts {
			parts[j] = titled(p, i > 0)
		}
		words[i] = strings.Join(parts, "-")
	}
	return strings.Join(words, " ")
}

// titled is Titled for a word; within says that others are before it.
func titled(word string, within bool) string {
	lower := strings.ToLower(word)
	if name := irish[lower]; name != "" {
		return name
	}
	before, rest, elided := strings.Cut(lower, "'")
	switch {
	case elided && (before == "o" || before == "d" || before == "l") && rest != "":
		if within && before == "d" { // Coeur d'Alene
			return "d'" + capital(rest)
		}
		return capital(before) + "'" + capital(rest)
	case strings.HasPrefix(lower, "mc") && len(lower) > len("mc"):
		return "Mc" + capital(lower[len("mc"):])
	}
	for _, prefix := range []string{"De", "Des", "Du", "La", "Le", "Mac", "Van"} {
		if rest, ok := strings.CutPrefix(word, prefix); ok && rest != "" && rest == capital(strings.ToLower(rest)) {
			return word
		}
	}
	return capital(lower)
}

// irish are names of towns that are typed without their apostrophe.
var irish = map[string]string{"ofallon": "O'Fallon", "obrien": "O'Brien", "odonnell": "O'Donnell", "oneill": "O'Neill"}

func capital(s string) string {
	if s == "" {
		return ""
	}
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}

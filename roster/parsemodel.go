package roster

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// modelWords are the words that make each model's name. The last word of a name
// varies ("Model", "Officer", "Office") and tells nothing.
func modelWords(m Model) [2]string {
	switch m {
	case JEM:
		return [2]string{"jail", "enforcement"}
	case TFM:
		return [2]string{"task", "force"}
	case WSO:
		return [2]string{"warrant", "service"}
	case OtherModel: // has no name of its own
	}
	return [2]string{}
}

// lastWords are the words that stand beside a model's name and tell nothing.
func lastWords() []string {
	return []string{"model", "officer", "officers", "office", "program", "agreement"}
}

// ParseModel reads a model's name or its abbreviation, misprints included. A text
// that names none of the three models, or more than one, or one of them with a
// word that may make it another ("Tribal Task Force"), is kept as it is printed,
// and known is false. A text that cannot be a model's name at all gives "".
func ParseModel(s string) (model Model, known bool) {
	for _, m := range [...]Model{TFM, WSO, JEM} { // nearly all rows
		if s == m.Name() {
			return m, true
		}
	}
	if m := onlyModel(s); m != "" {
		return m, true
	}
	return otherModel(s), false
}

// ParseModelClass reads what agreements can be chosen by: one of the three models,
// or "other" for all that are none of them.
func ParseModelClass(s string) (class Model, ok bool) {
	if strings.EqualFold(strings.TrimSpace(s), string(OtherModel)) {
		return OtherModel, true
	}
	m := onlyModel(s)
	return m, m != ""
}

// onlyModel is the one model that a text names, however often; "" where it names
// none, or says more.
func onlyModel(s string) Model {
	found := Model("")
	parts := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("/,;+&|\n", r) })
	for _, part := range parts {
		words := strings.Fields(Fold(part))
		if len(words) == 0 {
			continue
		}
		m := modelOf(words)
		if m == "" || found != "" && found != m {
			return ""
		}
		found = m
	}
	return found
}

// modelOf reads the words of one name, with or without its abbreviation.
func modelOf(words []string) Model {
	code, rest := Model(""), []string(nil)
	for _, word := range words {
		m := Model(strings.ToUpper(word))
		switch {
		case !m.Known():
			rest = append(rest, word)
		case code != "" && code != m:
			return ""
		default:
			code = m
		}
	}
	named, says := namedModel(rest)
	switch {
	case !says:
		return code
	case code != "" && named != code:
		return ""
	}
	return named
}

// namedModel finds the model whose name the words are; says is false where they
// say nothing beside an abbreviation.
func namedModel(words []string) (m Model, says bool) {
	words = slices.Clone(words)
	words = slices.DeleteFunc(words, func(w string) bool { return w == "287" || w == "g" || w == "287g" || w == "the" })
	core := slices.DeleteFunc(slices.Clone(words), func(w string) bool {
		return slices.ContainsFunc(lastWords(), func(last string) bool { return slipOf(w, last) })
	})
	if len(core) == 0 {
		return "", false
	}
	for _, m := range Models() {
		name := modelWords(m)
		if len(core) == 2 && slipOf(core[0], name[0]) && (slipOf(core[1], name[1]) || core[1] == name[1]+"s") || misspaced(words, name) {
			return m, true
		}
	}
	return "", true
}

// slipOf says whether a word is another one with at most one typing slip in four
// letters.
func slipOf(word, meant string) bool {
	if word == meant {
		return true
	}
	off := len(word) - len(meant)
	return len(word) > 3 && -3 <= off && off <= 3 && Distance(word, meant) <= max(1, len(meant)/4)
}

// misspaced says whether words are a model's name with a blank lost or put in.
// A letter or figure that the name does not have may tell one model from
// another, and is no slip.
func misspaced(words []string, name [2]string) bool {
	joined := strings.Join(words, "")
	if len(joined) > longestMisprint {
		return false
	}
	core := name[0] + name[1]
	return joined == core || slices.ContainsFunc(lastWords(), func(last string) bool { return joined == core+last })
}

// longestModel bounds the name of a model that is none of the three, in
// characters.
const longestModel = 80

// otherModel is a model's name as printed, "" where a text can be none: a number,
// a date, an address, what other columns hold, or a part of a known model's name.
func otherModel(s string) Model {
	s = Clean(s)
	folded := Fold(s)
	if strings.Contains(s, "://") || strings.Contains(s, "@") || !nameLike(folded) {
		return ""
	}
	switch folded {
	case "none", "null", "blank", "unknown", "not available", "not applicable", "to be determined", "link", "links", "link pending", "pending", "yes", "no",
		"state", "law enforcement agency", "agency", "type", "county", "support type", "signed", "moa", "addendum":
		return ""
	}
	if _, is := ParseState(s); is {
		return ""
	}
	if _, is := ParseType(s); is {
		return ""
	}
	for _, m := range Models() {
		if strings.HasPrefix(Fold(m.Name()), folded) {
			return ""
		}
	}
	if words := strings.Fields(folded); !slices.ContainsFunc(words, tells) || namesAgency(words) {
		return ""
	}
	return Model(shortModel(evenCase(s)))
}

// tells says whether a word tells anything of a model.
func tells(word string) bool { return !slices.Contains(lastWords(), word) }

// namesAgency says whether words name an agency or a place rather than a model.
func namesAgency(words []string) bool {
	has := func(wanted ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(wanted, w) })
	}
	return has("sheriff", "sheriffs", "police", "department", "constable", "marshal", "county", "parish", "commissioners", "corrections") &&
		!has("model", "force", "program")
}

// nameLike says whether folded text has four letters at least, and more letters
// than figures.
func nameLike(folded string) bool {
	letters, digits := 0, 0
	for _, r := range folded {
		switch {
		case unicode.IsLetter(r):
			letters++
		case unicode.IsDigit(r):
			digits++
		}
	}
	return letters > 3 && letters > digits
}

// evenCase writes a name that is all capitals or all small letters as names are
// written, so that its case makes no other model of it.
func evenCase(s string) string {
	if s != strings.ToUpper(s) && s != strings.ToLower(s) {
		return s
	}
	words := strings.Fields(s)
	for i, word := range words {
		words[i] = evenWord(word)
	}
	return strings.Join(words, " ")
}

// evenWord gives each word between punctuation one capital letter, but for the
// abbreviations of models.
func evenWord(word string) string {
	var b strings.Builder
	for len(word) > 0 {
		end := strings.IndexFunc(word, func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' })
		if end < 0 {
			end = len(word)
		}
		part := word[:end]
		if m := Model(strings.ToUpper(part)); m.Known() {
			part = string(m)
		} else if r := []rune(part); len(r) > 0 {
			part = string(unicode.ToUpper(r[0])) + strings.ToLower(string(r[1:]))
		}
		b.WriteString(part)
		_, size := utf8.DecodeRuneInString(word[end:])
		b.WriteString(word[end : end+size])
		word = word[end+size:]
	}
	return b.String()
}

func shortModel(s string) string {
	if r := []rune(s); len(r) > longestModel {
		return strings.TrimSpace(string(r[:longestModel-1])) + "…"
	}
	return s
}

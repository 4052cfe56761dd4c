package roster

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// modelWords returns the words that distinguish a model's name. The last word varies
// ("Model", "Officer", "Office") and means nothing.
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

// lastWords returns the words in models' names that mean nothing.
func lastWords() []string {
	return []string{"model", "officer", "officers", "office", "program", "agreement"}
}

// ParseModel reads a model's name or its abbreviation, even if misprinted. A text that
// names none of the three models, or more than one, or one of them with a word that
// may make it another ("Tribal Task Force"), is returned as printed, and known is
// false. A text that cannot be a model's name is returned as "".
func ParseModel(s string) (model Model, known bool) {
	for _, m := range [...]Model{TFM, WSO, JEM} { // as in nearly all rows
		if s == m.Name() {
			return m, true
		}
	}
	if m := onlyModel(s); m != "" {
		return m, true
	}
	return otherModel(s), false
}

// ParseModelClass reads a class that agreements are selected by: one of the three
// models, or "other" for all others.
func ParseModelClass(s string) (class Model, ok bool) {
	if strings.EqualFold(strings.TrimSpace(s), string(OtherModel)) {
		return OtherModel, true
	}
	m := onlyModel(s)
	return m, m != ""
}

// onlyModel returns the one model that a text names, however often; "" where it names
// none, or says anything else.
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

// modelOf reads the words of a name, with or without its abbreviation.
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

// namedModel returns the model that the words name; says is false where they mean
// nothing without an abbreviation.
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

// slipOf says whether a word is another one with at most one typing error in four
// letters.
func slipOf(word, meant string) bool {
	return word == meant || len(word) > 3 && Within(max(1, len(meant)/4), word, meant)
}

// misspaced says whether words are a model's name with a space left out or inserted.
// A letter or digit that the name does not have may distinguish another model, and is
// not tolerated.
func misspaced(words []string, name [2]string) bool {
	joined := strings.Join(words, "")
	if len(joined) > longestMisprint {
		return false
	}
	core := name[0] + name[1]
	return joined == core || slices.ContainsFunc(lastWords(), func(last string) bool { return joined == core+last })
}

// longestModel is the longest name of another model, in characters.
const longestModel = 80

// otherModel returns the name of another model as printed; "" where a text cannot be
// one: a number, a date, a URL, the content of another column, or part of a known
// model's name.
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
	if words := strings.Fields(folded); !slices.ContainsFunc(words, isDistinctive) || namesAgency(words) {
		return ""
	}
	return Model(shortModel(titleCase(s)))
}

// isDistinctive says whether a word can distinguish models.
func isDistinctive(word string) bool { return !slices.Contains(lastWords(), word) }

// namesAgency says whether words name an agency or a place rather than a model.
func namesAgency(words []string) bool {
	has := func(wanted ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(wanted, w) })
	}
	return has("sheriff", "sheriffs", "police", "department", "constable", "marshal", "county", "parish", "commissioners", "corrections") &&
		!has("model", "force", "program")
}

// nameLike says whether folded text has at least four letters, and more letters than
// digits.
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

// titleCase capitalizes a name that is all capitals or all small letters.
func titleCase(s string) string {
	if s != strings.ToUpper(s) && s != strings.ToLower(s) {
		return s
	}
	words := strings.Fields(s)
	for i, word := range words {
		words[i] = titleWord(word)
	}
	return strings.Join(words, " ")
}

// titleWord capitalizes each part of a word between punctuation, except the
// abbreviations of models.
func titleWord(word string) string {
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

// ParseModels reads a cell that names several models, as in "Task Force/Jail" or "JEM &
// WSO", in its order; nil where it names fewer than two, one of them twice, or anything
// else.
func ParseModels(s string) []Model {
	if !strings.ContainsAny(s, "/,;+&|\n") && !strings.Contains(s, " and ") { // as nearly all
		return nil
	}
	var found []Model
	for _, part := range strings.FieldsFunc(strings.ReplaceAll(s, " and ", "/"), func(r rune) bool { return strings.ContainsRune("/,;+&|\n", r) }) {
		folded := Fold(part)
		if folded == "" {
			continue
		}
		m := onlyModel(part)
		if m == "" {
			m = firstWordsOf(folded)
		}
		if m == "" || slices.Contains(found, m) {
			return nil
		}
		found = append(found, m)
	}
	if len(found) < 2 {
		return nil
	}
	return found
}

// firstWordsOf returns the model whose name begins with a text; "" for none.
func firstWordsOf(folded string) Model {
	for _, m := range Models() {
		if name := Fold(m.Name()); name == folded || strings.HasPrefix(name, folded+" ") {
			return m
		}
	}
	return ""
}

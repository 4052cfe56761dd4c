package prose

import (
	"slices"

	"github.com/watch287g/watch287g/roster"
)

// Remark says in one language what is odd about a list.
type Remark func(Language) string

// Odd is a remark, by its key behind "odd.". Values follow as pairs of a part's name and
// what stands there: a count, a state, a list or a text. The first count decides about the
// message's form, and no other is put before "n".
func Odd(what string, values ...any) Remark {
	return func(l Language) string {
		n, p := 0, parts{}
		for i := 0; i+1 < len(values); i += 2 {
			name, _ := values[i].(string)
			switch v := values[i+1].(type) {
			case int:
				if p[name] = l.Thousands(v); name == "n" {
					n = v
				}
			case roster.State:
				p[name] = l.InSentence(v)
			case roster.List:
				p[name] = l.plain(key("odd.list." + string(v)))
			case Remark:
				p[name] = v(l)
			case string:
				p[name] = Printed(v)
			}
		}
		return l.count(key("odd."+what), n, p)
	}
}

// Note adds a remark to sentences that are stored in English, and to what they are in other
// languages, by their tags: each text stands where its sentence does, and "" where a
// sentence is older than the language. Both are copied.
func Note(said []string, texts map[string][]string, r Remark) ([]string, map[string][]string) {
	all := map[string][]string{}
	for _, l := range Languages()[1:] {
		in := make([]string, len(said), len(said)+1)
		copy(in, texts[string(l)])
		all[string(l)] = append(in, r(l))
	}
	return append(slices.Clip(said), r(English)), all
}

// CellNote is what is wrong with a cell, and in which column it is, as the list prints that.
type CellNote struct{ Column, Note Noted }

// CellNote says what is wrong with a cell.
func (l Language) CellNote(p roster.Problem) CellNote {
	c := CellNote{Noted{Text: p.Column}, Noted{Text: p.Why}}
	if l == English {
		return c
	}
	c.Column.Lang = string(English)
	if p.Column == "none" || p.Column == "sheet" { // which are words of our own
		c.Column = Noted{Text: l.plain(key("odd.column." + p.Column))}
	}
	if text := p.Texts[string(l)]; text != "" {
		c.Note.Text = text
	} else {
		c.Note.Lang = string(English)
	}
	return c
}

// Noted is a sentence that was stored, and the language that it is in where that is not
// the reader's.
type Noted struct{ Text, Lang string }

// Noted are sentences that are stored in English, in a language as far as they are there in it.
func (l Language) Noted(said []string, texts map[string][]string) []Noted {
	all := make([]Noted, len(said))
	for i, s := range said {
		in := texts[string(l)]
		switch {
		case l == English:
			all[i] = Noted{Text: s}
		case i < len(in) && in[i] != "":
			all[i] = Noted{Text: in[i]}
		default:
			all[i] = Noted{s, string(English)}
		}
	}
	return all
}

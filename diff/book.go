package diff

import (
	"fmt"
	"slices"
	"strings"

	"github.com/watch287g/watch287g/roster"
)

// book finds agencies by any of their spellings, and takes in new ones.
type book struct {
	agencies map[string]*roster.Agency
	aliases  Aliases
	byKey    map[string]string   // a spelling's key, resolved, to an agency's id
	byBare   map[string][]string // the key without "City of" to ids

	byInitial map[string][]string // the state and the name's first letter to ids
	changed   map[string]bool     // ids

	parsed map[roster.Spelling]name // each spelling is compared with many
}

func newBook(agencies map[string]*roster.Agency, aliases Aliases) *book {
	b := &book{agencies: agencies, aliases: aliases, byKey: map[string]string{}, byBare: map[string][]string{}, byInitial: map[string][]string{}, changed: map[string]bool{},
		parsed: map[roster.Spelling]name{}}
	ids := make([]string, 0, len(agencies))
	for id := range agencies {
		ids = append(ids, id)
	}
	slices.Sort(ids) // so that a spelling that two agencies once had resolves alike each time
	for _, id := range ids {
		for _, s := range agencies[id].Spellings {
			b.index(id, s)
		}
	}
	return b
}

func (b *book) index(id string, s roster.Spelling) {
	key := b.aliases.resolve(s.Key())
	if _, taken := b.byKey[key]; !taken {
		b.byKey[key] = id
	}
	bare, _ := bareKey(s)
	if !slices.Contains(b.byBare[bare], id) {
		b.byBare[bare] = append(b.byBare[bare], id)
	}
	if at := initial(s); !slices.Contains(b.byInitial[at], id) {
		b.byInitial[at] = append(b.byInitial[at], id)
	}
}

// initial is where a name stands among its state's: people rarely misprint the
// first letter.
func initial(s roster.Spelling) string {
	return string(s.State) + strings.ToUpper(roster.Clean(s.Name)[:min(1, len(roster.Clean(s.Name)))])
}

// find returns the agency that a spelling stands for, "" where it is not known.
func (b *book) find(s roster.Spelling) string {
	key := b.aliases.resolve(s.Key())
	if id, ok := b.byKey[key]; ok {
		return id
	}
	if b.agencies[key] != nil { // the alias file names an id
		return key
	}
	bare, form := bareKey(s)
	for _, id := range b.byBare[bare] {
		if slices.ContainsFunc(b.agencies[id].Spellings, func(t roster.Spelling) bool {
			other, its := bareKey(t)
			return other == bare && (form == "" || its == "" || form == its)
		}) {
			return id
		}
	}
	return ""
}

// bareKey is a spelling's key without a leading "City of" or the like, and
// which of those it was: "City of Zephyrhills Police Department" is
// "Zephyrhills Police Department", but a town is not the city of its name.
func bareKey(s roster.Spelling) (key, form string) {
	words := strings.Fields(roster.Fold(s.Name))
	if len(words) > 0 && words[0] == "the" {
		words = words[1:]
	}
	if len(words) > 3 && words[1] == "of" {
		switch words[0] {
		case "city", "town", "village", "township", "borough":
			return string(s.State) + "|" + strings.Join(words[2:], " "), words[0]
		}
	}
	return string(s.State) + "|" + strings.Join(words, " "), ""
}

// mint takes in an agency under its first spelling. A county's name that no
// county has, beside an agency of the one county that it is a misprint of, is
// that agency.
func (b *book) mint(s roster.Spelling) string {
	if id := b.find(s); id != "" {
		return id
	}
	if id := b.misprinted(s); id != "" {
		b.addSpelling(id, s)
		return id
	}
	id := string(s.State) + "-" + roster.Slug(s.Name)
	for n := 2; b.agencies[id] != nil; n++ {
		id = fmt.Sprintf("%s-%s-%d", s.State, roster.Slug(s.Name), n)
	}
	b.agencies[id] = &roster.Agency{ID: id, Spellings: []roster.Spelling{s}}
	b.index(id, s)
	b.changed[id] = true
	return id
}

// misprinted looks for the county agency that a spelling is a misprint of:
// exactly one of the two names may speak of a real county.
func (b *book) misprinted(s roster.Spelling) string {
	n := parse(s)
	if !slices.Contains(n.body, "county") && !slices.Contains(n.body, "parish") || n.kind == "" || len(n.place) == 0 {
		return ""
	}
	_, exists := n.county(s.State)
	found := ""
	for _, id := range b.byInitial[initial(s)] {
		for _, t := range b.agencies[id].Spellings {
			if t.State != s.State {
				continue
			}
			m := b.parse(t)
			if _, itsReal := m.county(t.State); itsReal == exists || m.kind != n.kind || !slices.Equal(m.numbers, n.numbers) ||
				!slipped(strings.Join(m.place, ""), strings.Join(n.place, "")) {
				continue
			}
			if found != "" && found != id {
				return ""
			}
			found = id
		}
	}
	return found
}

// parse is what a spelling says, read once. Nobody may change it.
func (b *book) parse(s roster.Spelling) name {
	n, known := b.parsed[s]
	if !known {
		n = parse(s)
		b.parsed[s] = n
	}
	return n
}

// addSpelling notes how ICE spells an agency now: the spelling in use is the
// last one.
func (b *book) addSpelling(id string, s roster.Spelling) {
	old := b.agencies[id]
	if old.Spellings[len(old.Spellings)-1] == s {
		return
	}
	// The id is minted from the first spelling, which stays the first even where
	// it is in use again.
	agency := &roster.Agency{ID: id, Spellings: old.Spellings[:1:1]}
	for _, t := range old.Spellings[1:] {
		if t != s && t != old.Spellings[0] {
			agency.Spellings = append(agency.Spellings, t)
		}
	}
	agency.Spellings = append(agency.Spellings, s)
	b.agencies[id] = agency
	b.index(id, s)
	b.changed[id] = true
}

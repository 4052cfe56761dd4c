package diff_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/roster"
)

// The misprints of a name. Each returns the name as it was given where it finds
// nothing to misprint.

func isLetter(b byte) bool { return b|0x20 >= 'a' && b|0x20 <= 'z' }

// letter picks a letter, seldom the first one of a word: people look at that.
func (p *press) letter(s []byte) int {
	first := p.chance(8)
	for {
		if i := p.IntN(len(s)); isLetter(s[i]) && (first || i > 0 && s[i-1] != ' ') {
			return i
		}
	}
}

func (p *press) misspell(name string, letters int) string {
	s := []byte(name)
	for range letters {
		i := p.letter(s)
		switch p.IntN(3) {
		case 0:
			s[i] = byte('a' + p.IntN(26))
		case 1:
			s = slices.Delete(s, i, i+1)
		case 2:
			s = slices.Insert(s, i, byte('a'+p.IntN(26)))
		}
	}
	return string(s)
}

func (p *press) oneLetter(b *body) string  { return p.misspell(b.Agency, 1) }
func (p *press) twoLetters(b *body) string { return p.misspell(b.Agency, 2) }

func (p *press) swapLetters(b *body) string {
	s := []byte(b.Agency)
	for range 50 {
		i := p.letter(s)
		if i+1 < len(s) && isLetter(s[i+1]) && s[i] != s[i+1] {
			s[i], s[i+1] = s[i+1], s[i]
			break
		}
	}
	return string(s)
}

// short holds the ways in which ICE shortens what it also writes out.
var short = [][]string{
	{"Police Department", "PD"}, {"Department", "Dept.", "Dept"}, {"County", "Co."}, {"Sheriff's Office", "SO"}, {"Fort", "Ft.", "Ft"},
	{"Saint", "St.", "St"}, {"Mount", "Mt.", "Mt"}, {"Township", "Twp.", "Twp"}, {"Borough", "Boro"}, {"Board of County Commissioners", "BOCC"},
	{"Department of Public Safety", "DPS"}, {"University", "Univ."}, {"Corrections", "Corr."}, {"Springs", "Spgs.", "Spgs"}, {"Heights", "Hts.", "Hts"},
	{"North", "N."}, {"South", "S."}, {"East", "E."}, {"West", "W."}, {"Precinct", "Pct.", "Prct.", "Pct"}, {"No. ", ""},
	{"Department of Corrections", "DOC"}, {"and", "&"}, {"Police Department", "Police Dept."}, {"Attorney", "Atty."}, {"District", "Dist."},
}

func (p *press) abbreviate(b *body) string {
	for range 60 {
		group := short[p.IntN(len(short))]
		long, brief := group[0], group[1+p.IntN(len(group)-1)]
		if p.chance(30) {
			long, brief = brief, long
		}
		if s, found := replaceWords(b.Agency, long, brief); found {
			return s
		}
	}
	return b.Agency
}

// replaceWords exchanges whole words.
func replaceWords(s, from, to string) (string, bool) {
	if from == "" {
		return s, false
	}
	padded := " " + s + " "
	if !strings.Contains(padded, " "+strings.TrimSpace(from)+" ") {
		return s, false
	}
	out := strings.Replace(padded, " "+strings.TrimSpace(from)+" ", " "+strings.TrimSpace(to)+" ", 1)
	return strings.Join(strings.Fields(out), " "), true
}

// numbers writes a number another way: as a word or a figure, with "No." or "#".
func (p *press) numbers(b *body) string {
	words := strings.Fields(b.Agency)
	for i, w := range words {
		if n := slices.Index(ordinalWords, w); n > 0 {
			words[i] = ordinal(n)
			return strings.Join(words, " ")
		}
		for n := 1; n < len(ordinalWords); n++ {
			if w == ordinal(n) {
				words[i] = ordinalWords[n]
				return strings.Join(words, " ")
			}
		}
		if w[0] >= '0' && w[0] <= '9' {
			if i > 0 && words[i-1] == "No." {
				words[i-1] = p.oneOf([]string{"#", "Number"})
			} else {
				words[i] = p.oneOf([]string{"No. ", "#", "0", "Number "}) + w
			}
			return strings.Join(words, " ")
		}
	}
	return b.Agency
}

// typos are words that stand in most names, with their misprints.
var typos = map[string][]string{
	"Sheriff's":  {"Sherriff's", "Sheriif's", "Sherif's", "Sherrif's", "Shreiff's", "Sheriffs'"},
	"Police":     {"Policc", "Polcie", "Poilce", "Polic", "Police Police"},
	"County":     {"Couny", "Coutny", "Counnty", "Conuty", "Countty", "Cnty"},
	"Parish":     {"Parrish", "Parsh", "Parih"},
	"Department": {"Deparment", "Departmnet", "Departmen", "Depatment", "Departement"},
	"Office":     {"Offce", "Ofice", "Officc", "Offfice"},
	"State":      {"Stae", "Sate", "Statte"},
	"University": {"Univeristy", "Unversity", "Universtiy"},
	"College":    {"Collge", "Colege"},
	"Township":   {"Townshp", "Townhsip", "Towship"},
	"Precinct":   {"Precint", "Precicnt", "Percinct"},
	"Constable":  {"Constble", "Cosntable", "Constabel"},
	"District":   {"Distict", "Disrict"},
	"Attorney's": {"Attorny's", "Attorneys'", "Atorney's"},
	"Commission": {"Comission", "Commision"},
}

// wordTypo misprints a word that many names have, or the state's own name.
func (p *press) wordTypo(b *body) string {
	words := strings.Fields(b.Agency)
	for _, i := range p.Perm(len(words)) {
		if wrong := typos[words[i]]; wrong != nil && p.chance(70) {
			words[i] = p.oneOf(wrong)
			return strings.Join(words, " ")
		}
		if state := strings.Fields(b.State.Name()); len(words[i]) > 4 && slices.Contains(state, words[i]) && (b.form == statewide || b.form == campus) {
			one := body{Row: roster.Row{Agency: words[i]}}
			words[i] = p.oneOf([]string{p.oneLetter(&one), p.swapLetters(&one)})
			return strings.Join(words, " ")
		}
	}
	return b.Agency
}

// sheriffForm names a sheriff's office another way.
func (p *press) sheriffForm(b *body) string {
	start, _, is := strings.Cut(b.Agency, " Sheriff")
	if !is {
		return b.Agency
	}
	return start + p.oneOf([]string{" Sheriff's Office", " Sheriff's Department", " Sheriff Office", " Sheriff Department", " Sheriff", " Sheriff's Dept."})
}

// countyOf writes "County of X" for "X County".
func (p *press) countyOf(b *body) string {
	for _, word := range []string{"County", "Parish"} {
		if place, rest, is := strings.Cut(b.Agency, " "+word); is && b.Type == roster.TypeCounty {
			return word + " of " + place + rest
		}
	}
	return b.Agency
}

// words adds words that say nothing new, or drops such.
func (p *press) words(b *body) string {
	s := b.Agency
	switch b.form {
	case sheriff:
		return p.oneOf([]string{strings.Replace(s, " County", "", 1), "The " + s, s + " / Law Enforcement Division", s + " Jail Division", s + ", " + b.State.Name()})
	case police:
		if strings.HasPrefix(s, "City of ") || strings.HasPrefix(s, "Town of ") {
			return s[len("City of "):]
		}
		if strings.HasSuffix(s, " Police Department") {
			return p.oneOf([]string{"City of " + s, "Town of " + s, strings.TrimSuffix(s, " Department"), strings.TrimSuffix(s, " Police Department") + " City Police Department", s + " / Patrol Division"})
		}
	case township:
		return p.oneOf([]string{strings.TrimSuffix(s, " Department"), strings.Replace(strings.Replace(s, " Township", "", 1), " Borough", "", 1)})
	case statewide:
		if start, _, is := strings.Cut(s, " - "); is {
			return start
		}
		return p.oneOf([]string{strings.Replace(s, b.State.Name()+" ", "", 1), s + " - Enforcement Division", "The " + s, strings.Replace(s, b.State.Name()+" ", "State of "+b.State.Name()+" ", 1)})
	case campus:
		return p.oneOf([]string{"The " + s, s + " - Campus Safety", strings.TrimSuffix(s, " Department")})
	case board, constable, jail, counted:
	}
	return p.oneOf([]string{s + " / Law Enforcement Division", "The " + s})
}

// toBoard moves a county's agreement from the sheriff to the county board, as ICE
// did with the file left as it was.
func (p *press) toBoard(b *body) string {
	if b.form != sheriff || b.MOA == "" || !strings.HasPrefix(b.Agency, b.seat) {
		return b.Agency
	}
	return b.seat + " Board of County Commissioners"
}

// oneSlip is any misprint of a few letters.
func (p *press) oneSlip(b *body) string {
	switch p.IntN(4) {
	case 0:
		return p.swapLetters(b)
	case 1:
		return p.wordTypo(b)
	case 2:
		return p.abbreviate(b)
	}
	return p.oneLetter(b)
}

// plausible leaves out the misprints that make another real agency of the one
// meant: no reader of the list alone could tell. Those that no name has after all
// are left out as well.
func (p *press) plausible(b *body, agency string) bool {
	now := roster.Fold(agency)
	if now == "" || now == roster.Fold(b.Agency) {
		return false
	}
	if agency != b.name && p.spelled[keyOf(b.State, agency, "")] || !tellsAlike(roster.Fold(b.name), now) {
		return false
	}
	if town := townOf(agency); b.form == police && place.Key(town) != place.Key(b.place) && place.Towns(b.State, town) != nil {
		return false
	}
	own, _ := place.FindCounty(b.State, b.place)
	for _, c := range p.counties[b.State] {
		name := roster.Fold(c.Name)
		if c.FIPS != own.FIPS && speaksOf(now, name) && !speaksOf(roster.Fold(b.name), name) {
			return false
		}
	}
	return true
}

// townOf is the town that the name of a police department speaks of.
func townOf(agency string) string {
	for _, start := range []string{"City of ", "Town of ", "Village of "} {
		agency = strings.TrimPrefix(agency, start)
	}
	for _, end := range []string{" Police", " PD", " City ", " Department", " Marshal"} {
		agency, _, _ = strings.Cut(agency, end)
	}
	return agency
}

// speaksOf says whether a name begins with the county's, or has it after "of".
func speaksOf(agency, county string) bool {
	return strings.HasPrefix(agency, county+" ") || strings.Contains(agency, "county of "+county+" ")
}

// tellsAlike says that a misprint made no other number, letter or side out of the
// name: those alone tell one of several like agencies from the next.
func tellsAlike(name, misprint string) bool {
	has := map[string]bool{}
	for _, w := range strings.Fields(name) {
		has[telling(w)] = true
	}
	for _, w := range strings.Fields(misprint) {
		if t := telling(w); t != "" && !has[t] {
			return false
		}
	}
	return true
}

// telling is what a word counts by, "" where it is a word like others.
func telling(w string) string {
	if n := slices.IndexFunc(ordinalWords, func(o string) bool { return strings.EqualFold(o, w) }); n > 0 {
		return fmt.Sprint(n)
	}
	if slices.Contains([]string{"north", "south", "east", "west", "new"}, w) {
		return w[:1]
	}
	if digits := strings.Trim(strings.TrimLeft(w, "0"), "abcdefghijklmnopqrstuvwxyz"); digits != "" {
		return digits
	}
	if len(w) == 1 {
		return w
	}
	return ""
}

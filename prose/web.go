package prose

import (
	"strconv"
	"strings"

	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/roster"
)

// englishWeb and spanishWeb hold what the pages say, and what is beside them.
var (
	englishWeb = join(englishWebDraw, englishWebAddress, englishWebFrame, englishWebPlace, englishWebChange, englishWebRecord, englishWebWording, englishWebAbout, englishWebDocuments)
	spanishWeb = join(spanishWebDraw, spanishWebAddress, spanishWebFrame, spanishWebPlace, spanishWebChange, spanishWebRecord, spanishWebWording, spanishWebAbout, spanishWebDocuments)
)

// Message returns the message of a page as a translator wrote it: HTML, with {names} where
// its parts go, and with the form for one before a "|" where a count decides. ok is false
// where there is none.
func (l Language) Message(name string) (text string, ok bool) {
	text, ok = messages[l][key(name)]
	return text, ok
}

// Say fills in the message of a page. What goes into it follows as pairs of a part's name
// and its text.
func (l Language) Say(name string, pairs ...string) string { return l.say(key(name), paired(pairs)) }

// SayCount is Say for a message that depends on a count, which is its part {n}.
func (l Language) SayCount(name string, n int, pairs ...string) string {
	return l.count(key(name), n, paired(pairs))
}

func paired(pairs []string) parts {
	p := parts{}
	for i := 0; i+1 < len(pairs); i += 2 {
		p[pairs[i]] = pairs[i+1]
	}
	return p
}

// ShortDay is a day on the axis of a curve: "Jun 11".
func (l Language) ShortDay(d roster.Date) string {
	return l.say("page.axis.day", parts{"month": l.ShortMonth(d), "day": strconv.Itoa(d.Time().Day())})
}

// ShortMonth is a day's month on the axis of a curve: "Jun".
func (l Language) ShortMonth(d roster.Date) string {
	return l.plain(key("month.short." + strconv.Itoa(int(d.Time().Month()))))
}

// CountyName is a county's name by itself, as a heading or a table has it: "Harris County".
func (l Language) CountyName(c place.County) string {
	if c.IsState() {
		return l.State(place.StateOf(c.FIPS))
	}
	return l.say(key("page.county."+strings.ToLower(c.Word())), parts{"name": c.Name})
}

// CountyTitle is a county's name with its state, as a heading: "Harris County, Texas".
func (l Language) CountyTitle(c place.County) string {
	if c.IsState() {
		return l.CountyName(c)
	}
	return l.CountyName(c) + ", " + l.State(place.StateOf(c.FIPS))
}

// Joined sets a word before a phrase as a part like "{de place}" of a message does.
func Joined(word, phrase string) string { return joined(word, phrase) }

package prose

import (
	"strings"

	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/roster"
)

// MailWords fills in one of the messages of mails to readers that need nothing but words
// and a count, such as "why", which the table has under "mail.why".
func (l Language) MailWords(what string, n int, words map[string]string) string {
	return l.count(key("mail."+what), n, words)
}

// FollowedState names a state that is followed, within a sentence.
func (l Language) FollowedState(s roster.State) string { return l.InSentence(s) }

// FollowedCounty names a county that is followed, by its FIPS code: "Harris County,
// Texas". name is what it is called in English, which stands where there is no such
// county, as for a planning region.
func (l Language) FollowedCounty(fips, name string) string {
	if c, ok := place.ByFIPS(fips); ok {
		return l.CountyIn(c)
	}
	return l.FollowedTown(name)
}

// FollowedTown names a town or an agency that is followed, by its English name with the
// state: "Houston, Texas".
func (l Language) FollowedTown(name string) string {
	if i := strings.LastIndex(name, ", "); i > 0 {
		if s, ok := roster.ParseState(name[i+2:]); ok {
			return Printed(name[:i]) + ", " + l.State(s)
		}
	}
	return Printed(name)
}

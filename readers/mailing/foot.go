package mailing

import (
	"html"
	"strings"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/readers"
	"github.com/watch287g/watch287g/roster"
)

// mostNamed is how many of the things that a reader follows a foot names.
const mostNamed = 3

// foot says why a reader gets a mail, and how to change that, as text and as HTML.
func (m *Mailer) foot(r readers.Reader, matched []readers.Follow, leave string, l prose.Language) (text, markup string) {
	var names []string
	for _, f := range matched[:min(len(matched), mostNamed)] {
		names = append(names, followed(f, l))
	}
	if n := len(matched) - len(names); n > 0 {
		names = append(names, l.MailWords("why.more", n, map[string]string{}))
	}
	why := l.MailWords("why", 1, map[string]string{"places": l.And(names)})
	links := []link{{l.MailWords("manage", 1, nil), m.base(l) + "/subscribe/me/" + readers.Token(m.secrets.links, readers.PurposeManage, r.ID, "")}}
	if len(r.Follows) > 1 {
		for _, f := range matched[:min(len(matched), mostNamed)] {
			one := readers.Token(m.secrets.links, readers.PurposeLeave, r.ID, f.String())
			links = append(links, link{l.MailWords("leave.one", 1, map[string]string{"place": followed(f, l)}), m.leave(l, one)})
		}
	}
	links = append(links, link{l.MailWords("leave", 1, nil), m.leave(l, leave)})
	return footText(why, links, m.sender(l)), footHTML(why, links, m.sender(l))
}

// sender says who sends this.
func (m *Mailer) sender(l prose.Language) string {
	return l.MailWords("sender", 1, map[string]string{"sender": m.o.Sender})
}

// link is one with its words.
type link struct{ text, url string }

func footText(why string, links []link, sender string) string {
	var b strings.Builder
	b.WriteString(why + "\n\n")
	for _, k := range links {
		b.WriteString(k.text + ":\n" + k.url + "\n")
	}
	b.WriteString("\n" + sender + "\n")
	return b.String()
}

func footHTML(why string, links []link, sender string) string {
	const small = `<p style="margin:8px 0 0;font-size:14px">`
	var b strings.Builder
	b.WriteString(`<div style="margin:24px 0 0;border-top:1px solid">` + "\n")
	if why != "" {
		b.WriteString(small + html.EscapeString(why) + "</p>\n")
	}
	for _, k := range links { // each far enough from the next for a thumb
		b.WriteString(`<p style="margin:12px 0 0;font-size:14px"><a href="` + html.EscapeString(k.url) + `">` + html.EscapeString(k.text) + "</a></p>\n")
	}
	b.WriteString(small + html.EscapeString(sender) + "</p>\n</div>\n")
	return b.String()
}

// followed names what a reader follows, in a sentence.
func followed(f readers.Follow, l prose.Language) string {
	switch f.Kind {
	case readers.FollowNation:
		return l.MailWords("follow.nation", 1, nil)
	case readers.FollowState:
		return l.FollowedState(roster.State(f.Of))
	case readers.FollowCounty:
		return l.FollowedCounty(f.Of, f.Name)
	case readers.FollowTown, readers.FollowAgency:
	case readers.FollowZIP:
		return l.MailWords("follow.zip", 1, map[string]string{"code": f.Of})
	}
	return l.FollowedTown(f.Name)
}

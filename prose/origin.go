package prose

import (
	"net/url"

	"github.com/watch287g/watch287g/roster"
)

// Origin says where a past publication was had and how good it is as evidence; "" for one
// that this service saw on ICE's page itself.
func (l Language) Origin(o *roster.Origin) string {
	if o == nil {
		return ""
	}
	if o.Source == roster.SourceOperator {
		return l.plain("origin.operator")
	}
	from, checked := key("origin.archive"), key("origin.checked.archive")
	if o.Source == roster.SourceInstance {
		from, checked = "origin.instance", "origin.checked.instance"
	}
	if !o.Checked {
		checked = "origin.unchecked"
	}
	said := l.say(from, parts{"moment": l.Moment(o.At), "host": hostOf(o.URL)}) + " " + l.plain(checked)
	if o.PublicOf != "" {
		said += " " + l.say("origin.public", parts{"hash": o.PublicOf})
	}
	return said + " " + l.plain("origin.dated."+key(o.Dated))
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return Printed(address)
	}
	return u.Host
}

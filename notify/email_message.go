package notify

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"html/template"
	netmail "net/mail"
	"regexp"
	"slices"
	"strings"

	"github.com/emersion/go-msgauth/dkim"
	"github.com/wneessen/go-mail"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// emailSigned are the headers that DKIM signs. One that is named once more than
// a mail has it cannot be added by somebody else.
var emailSigned = []string{
	"From", "From", "To", "To", "Subject", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "List-Id",
	"List-Unsubscribe", "Auto-Submitted", "Reply-To", "Cc", "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
}

// letter is a message as it goes to every recipient; only the headers differ.
type letter struct {
	delivery string
	subject  string
	text     string
	html     string
	corrects []string // ids of the deliveries that this one corrects
}

// letter composes the mail of a message.
func (e *email) letter(m Message) (letter, error) {
	page := Compose(m, e.deps.Links)
	var html bytes.Buffer
	if err := emailHTML.Execute(&html, emailPage{page, e.name, e.unsubscribe}); err != nil {
		return letter{}, err
	}
	return letter{
		delivery: m.Delivery.ID,
		subject:  headerText(page.Subject),
		text: page.Text() + "\n\n-- \nSent by watch287g to its channel \"" + e.name + "\". To unsubscribe: " +
			e.unsubscribe + "\n",
		html:     html.String(),
		corrects: correctedDeliveries(m),
	}, nil
}

// preview is the mail's subject, what an inbox shows behind it, and the mail.
func (e *email) preview(m Message) string {
	page := Compose(m, e.deps.Links)
	return "Subject: " + headerText(page.Subject) + "\nIn the inbox: " + page.Preview() + "\n\n" + page.Text()
}

// mail writes the letter to one recipient, signed where that is asked for.
func (e *email) mail(l letter, to *netmail.Address) ([]byte, error) {
	id := e.messageID(l.delivery, to)
	msg := mail.NewMsg(mail.WithNoDefaultUserAgent(), mail.WithBoundary("w287g-"+emailHash("boundary", id)))
	msg.FromMailAddress(e.from)
	msg.ToMailAddress(to)
	msg.Subject(l.subject)
	msg.SetDateWithValue(e.deps.Now())
	for name, value := range map[mail.Header]string{
		mail.HeaderMessageID:             id,
		mail.HeaderUserAgent:             "watch287g/" + e.deps.Version,
		mail.HeaderPrecedence:            "list",
		mail.HeaderXAutoResponseSuppress: "All",
		mail.HeaderListUnsubscribe:       "<" + e.unsubscribe + ">",
		"Auto-Submitted":                 "auto-generated",
		"List-Id":                        "<" + e.listID + ">",
	} {
		msg.SetGenHeader(name, value)
	}
	if ids := e.corrected(l, to); len(ids) > 0 {
		msg.SetGenHeader(mail.HeaderInReplyTo, ids[0])
		msg.SetGenHeader(mail.HeaderReferences, strings.Join(ids, " "))
	}
	msg.SetBodyString(mail.TypeTextPlain, l.text)
	msg.AddAlternativeString(mail.TypeTextHTML, l.html)
	var raw, signed bytes.Buffer
	if _, err := msg.WriteTo(&raw); err != nil || e.dkim == nil {
		return raw.Bytes(), err
	}
	err := dkim.Sign(&signed, &raw, e.dkim)
	return signed.Bytes(), err
}

// messageID is the same whenever a delivery is sent to a recipient, so that a
// mailbox which got it twice can tell.
func (e *email) messageID(delivery string, to *netmail.Address) string {
	return "<" + delivery + "." + emailHash("recipient", strings.ToLower(to.Address)) + "@" + e.domain + ">"
}

// corrected are the Message-IDs under which a recipient got what is corrected.
func (e *email) corrected(l letter, to *netmail.Address) []string {
	ids := make([]string, 0, len(l.corrects))
	for _, delivery := range l.corrects {
		ids = append(ids, e.messageID(delivery, to))
	}
	return ids
}

// ownMessageID is a Message-ID that messageID has made.
var ownMessageID = regexp.MustCompile(`^<([A-Za-z0-9_-]+)\.[0-9a-f]{16}@[^<>@\s]+>$`)

// correctedDeliveries are the deliveries that a message corrects. What is known
// of one is the Message-ID for one of its recipients.
func correctedDeliveries(m Message) []string {
	var deliveries []string
	for _, c := range m.Changes {
		id := ownMessageID.FindStringSubmatch(m.Corrects[c.ID])
		if id != nil && !slices.Contains(deliveries, id[1]) {
			deliveries = append(deliveries, id[1])
		}
	}
	return deliveries
}

// emailHash is short, and reveals nothing about what it was made from.
func emailHash(purpose, of string) string {
	sum := sha256.Sum256([]byte(purpose + "\n" + of))
	return hex.EncodeToString(sum[:8])
}

// headerText makes a text safe for a header: one line, no control characters, and
// nothing that a mail program would read as an encoded word.
func headerText(s string) string {
	return prose.Shorten(strings.ReplaceAll(roster.Clean(s), "=?", "= ?"), 250)
}

// emailPage is what the HTML is made from.
type emailPage struct {
	Page
	Channel, Unsubscribe string // where the mail comes from, and how to get no more of them
}

// emailHTML says what Page.Text says, in the same order; where the text writes
// an address out, it has a link. All styles stand where they are used, since mail
// programs drop others. No color is set, so that programs with a dark scheme choose all.
var emailHTML = template.Must(template.New("email").Parse(`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark"><title>{{.Subject}}</title></head>
<body style="margin:0 auto;padding:16px;max-width:640px;font:16px/1.5 Georgia,serif">
{{with .Preview}}<div style="display:none;max-height:0;overflow:hidden">{{.}}</div>
{{end -}}
<h1 style="margin:0 0 4px;font-size:21px;line-height:1.3">{{.Headline}}</h1>
{{with .Source}}<p style="margin:0 0 16px;font-size:14px">{{.}}</p>
{{end -}}
{{with .Body}}<p style="white-space:pre-line">{{.}}</p>
{{end -}}
{{if .Ends.Lines}}{{template "section" .Part .Ends}}{{end -}}
{{with .Notes}}<h2 style="margin:20px 0 4px;font-size:17px">{{$.NotesTitle}}</h2>
<ul style="margin:0;padding:0;list-style:none">
{{range .}}<li style="margin:0 0 6px;padding-left:20px;text-indent:-20px">★ {{if .Link}}<a href="{{.Link}}">{{.Place}}</a>{{else}}{{.Place}}{{end}}{{.Says}}{{$.Reference .Evidence}}</li>
{{end}}</ul>
{{end -}}
{{range .Sections}}{{template "section" $.Part .}}{{end -}}
{{with .Nothing}}<p style="margin:20px 0 0">{{.}}</p>
{{end -}}
{{if .OffersMore}}<p style="margin:20px 0 0"><a href="{{.More}}">{{.MoreText}}</a></p>
{{end -}}
{{with .Evidence}}<p style="margin:20px 0 0">
{{- if eq (len .) 1}}Evidence: <a href="{{(index . 0).URL}}">{{(index . 0).Label}}</a>
{{- else}}Evidence:{{range .}}<br>
{{$.Reference .URL}} <a href="{{.URL}}">{{.Label}}</a>{{end}}{{end}}</p>
{{end -}}
<p style="margin:24px 0 0;padding-top:8px;border-top:1px solid;font-size:13px">Sent by watch287g to its channel "{{.Channel}}". To unsubscribe: <a href="{{.Unsubscribe}}">follow this link</a></p>
</body>
</html>
{{define "section"}}<h2 style="margin:20px 0 4px;font-size:17px">{{.Title}}</h2>
<ul style="margin:0;padding:0;list-style:none">
{{range .Lines}}<li style="margin:0 0 6px;padding-left:20px;text-indent:-20px">{{.Mark}} {{with .Flag}}<strong>{{.}}:</strong> {{end}}<strong>{{if .Link}}<a href="{{.Link}}">{{.Agency}}</a>{{else}}{{.Agency}}{{end}}</strong>{{.Behind}}{{$.Page.Reference .Evidence}}
{{- with .MOA}}{{if .URL}} · <a href="{{.URL}}">{{.Text}}</a>{{else if .Text}} · {{.Text}}{{end}}{{end}}</li>
{{end}}</ul>
{{end}}
`))

// emailSection is a section with the page that it is of.
type emailSection struct {
	Section
	Page emailPage
}

// Part is a section for the template.
func (p emailPage) Part(s Section) emailSection { return emailSection{s, p} }

package notify

import (
	"bytes"
	netmail "net/mail"
	"regexp"
	"slices"
	"strings"

	"github.com/watch287g/watch287g/notify/letter"
	"github.com/watch287g/watch287g/prose"
)

// composed is a message as it goes to every recipient; only the headers differ.
type composed struct {
	delivery string
	language prose.Language
	subject  string
	body     letter.Body
	corrects []string // ids of the deliveries that this one corrects
}

// compose makes the mail of a message.
func (e *email) compose(m Message) (composed, error) {
	page := Compose(m, e.deps.Links)
	html, end, err := page.HTML()
	if err != nil {
		return composed{}, err
	}
	var foot bytes.Buffer
	says, link := page.Language.MailFoot(e.name)
	if err := emailFoot.Execute(&foot, struct{ Says, Link, Unsubscribe string }{says, link, e.unsubscribe}); err != nil {
		return composed{}, err
	}
	text := page.Text() + "\n\n-- \n" + says + " " + e.unsubscribe + "\n"
	return composed{delivery: m.Delivery.ID, language: page.Language, subject: letter.HeaderText(page.Subject), body: letter.NewBody(text, html+foot.String(), end),
		corrects: correctedDeliveries(m)}, nil
}

// preview is the mail's subject, what an inbox shows behind it, and the mail.
func (e *email) preview(m Message) string {
	page := Compose(m, e.deps.Links)
	return "Subject: " + letter.HeaderText(page.Subject) + "\nIn the inbox: " + page.Preview() + "\n\n" + page.Text()
}

// mail writes the mail to one recipient, signed where that is asked for.
func (e *email) mail(l composed, to *netmail.Address) ([]byte, error) {
	more := map[string]string{
		"Message-ID":               e.messageID(l.delivery, to),
		"User-Agent":               "watch287g/" + e.deps.Version,
		"Precedence":               "list",
		"X-Auto-Response-Suppress": "All",
		"List-Unsubscribe":         "<" + e.unsubscribe + ">",
		"Auto-Submitted":           "auto-generated",
		"List-Id":                  "<" + e.listID + ">",
	}
	if l.language != prose.English {
		more["Content-Language"] = string(l.language)
	}
	if ids := e.corrected(l, to); len(ids) > 0 {
		more["In-Reply-To"], more["References"] = ids[0], strings.Join(ids, " ")
	}
	return l.body.Write(letter.Header{From: e.from, To: to, Subject: l.subject, Date: e.deps.Now(), More: more}, "", "", e.signer)
}

// messageID is the same whenever a delivery is sent to a recipient, so that a
// mailbox which got it twice can tell.
func (e *email) messageID(delivery string, to *netmail.Address) string {
	return "<" + delivery + "." + letter.Hash("recipient", strings.ToLower(to.Address)) + "@" + e.domain + ">"
}

// corrected are the Message-IDs under which a recipient got what is corrected.
func (e *email) corrected(l composed, to *netmail.Address) []string {
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

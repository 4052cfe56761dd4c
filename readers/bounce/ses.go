package bounce

import (
	"encoding/json"
	"net/mail"
	"strings"
	"time"

	"github.com/watch287g/watch287g/readers"
)

// sesMessage is what Amazon SES reports through a topic. "Notifications" of an identity
// name it notificationType, and "event publishing" of a configuration set eventType.
type sesMessage struct {
	NotificationType, EventType string

	Mail struct {
		Timestamp time.Time
		MessageID string `json:"messageId"`
		Source    string
		Headers   []struct{ Name, Value string }
	}
	Bounce struct {
		BounceType        string
		BounceSubType     string
		BouncedRecipients []sesRecipient
		Timestamp         time.Time
		FeedbackID        string `json:"feedbackId"`
	}
	Complaint struct {
		ComplainedRecipients  []sesRecipient
		ComplaintFeedbackType string
		Timestamp             time.Time
		FeedbackID            string `json:"feedbackId"`
	}
	Delivery struct {
		Recipients []string
		Timestamp  time.Time
	}
}

type sesRecipient struct {
	EmailAddress, Status, DiagnosticCode string
}

// mostRecipients is how many recipients of one mail are read: ours have one.
const mostRecipients = 50

// readSES reads a message of Amazon SES. What concerns no mail of ours leads to nothing:
// the account can have other mails, whose topic is the same. ours says whether an address
// is one that we send from.
func readSES(message string, ours func(address string) bool) []Event {
	var m sesMessage
	if json.Unmarshal([]byte(message), &m) != nil { // such as the text by which SES tries a topic
		return nil
	}
	base := Event{SentAt: m.Mail.Timestamp, Tokens: m.tokens()}
	if len(base.Tokens) == 0 && !ours(plainAddress(m.Mail.Source)) {
		return nil
	}
	var events []Event
	add := func(e Event, to string) {
		e.To = plainAddress(to)
		if e.ID != "" {
			e.ID = "ses " + e.ID + " " + readers.AddressKey(e.To)
		}
		if len(events) < mostRecipients {
			events = append(events, e)
		}
	}
	switch m.NotificationType + m.EventType {
	case "Bounce":
		base.At, base.ID = m.Bounce.Timestamp, m.Bounce.FeedbackID
		for _, r := range m.Bounce.BouncedRecipients {
			base.Kind, base.Status = sesBounce(m.Bounce.BounceType, m.Bounce.BounceSubType, r)
			add(base, r.EmailAddress)
		}
	case "Complaint":
		base.At, base.ID, base.Kind = m.Complaint.Timestamp, m.Complaint.FeedbackID, Complaint
		if t := m.Complaint.ComplaintFeedbackType; t == "not-spam" || t == "auth-failure" {
			base.Kind = Nothing
		}
		for _, r := range m.Complaint.ComplainedRecipients {
			add(base, r.EmailAddress)
		}
	case "Delivery":
		base.At, base.Kind = m.Delivery.Timestamp, Delivered
		for _, to := range m.Delivery.Recipients {
			add(base, to)
		}
	}
	return events
}

// tokens are the return tokens of the mail: in the envelope, and in its headers.
func (m sesMessage) tokens() []string {
	tokens := tokensIn(nil, []byte(m.Mail.Source))
	for _, h := range m.Mail.Headers {
		if strings.EqualFold(h.Name, readers.ReturnHeader) {
			tokens = tokensIn(tokens, []byte(h.Value))
		}
	}
	return tokens
}

// sesBounce says what a bounce is, as SES classes it.
func sesBounce(kind, sub string, r sesRecipient) (Kind, string) {
	status := statusIn(r.Status)
	if status == "" || strings.HasSuffix(status, ".0.0") {
		if said := statusIn(r.DiagnosticCode); said != "" {
			status = said
		}
	}
	switch kind {
	case "Permanent":
		return Hard, status
	case "Transient", "Undetermined":
		if kind == "Transient" && sub == "General" && status == "" {
			return Nothing, "" // that somebody is out of office, among others
		}
		return Soft, status
	}
	return NotUnderstood, status
}

// plainAddress is the address without a name.
func plainAddress(text string) string {
	if a, err := mail.ParseAddress(text); err == nil {
		return a.Address
	}
	return strings.Trim(text, "<> ")
}

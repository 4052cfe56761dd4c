package bounce

import (
	"bytes"
	"net/textproto"
	"regexp"
	"strings"
)

// Kind is what is reported of a mail.
type Kind string

// The kinds. Only the first five lead to anything.
const (
	Hard      Kind = "hard"      // there is no such mailbox
	Soft      Kind = "soft"      // it takes nothing now, or not this mail, or nothing from us
	Complaint Kind = "complaint" // the reader says that it is spam
	Delivered Kind = "delivered" // it arrived
	Leaves    Kind = "leaves"    // the reader wants no more of it
	// Nothing is what has no meaning for whom mail goes to: a delay, say, after which
	// the server tries again by itself.
	Nothing       Kind = "nothing"
	NotUnderstood Kind = "not understood"
)

// enhanced is a status by RFC 3463 in a text, and reply a reply code of SMTP.
var (
	enhanced = regexp.MustCompile(`(?:^|[^0-9.])([245]\.[0-9]{1,3}\.[0-9]{1,3})(?:$|[^0-9.]|\.(?:$|[^0-9]))`)
	reply    = regexp.MustCompile(`(?:^|[^0-9.])([45][0-5][0-9])(?:[ -]|$)`)
)

// statusIn finds the status that a text gives: an enhanced one before a reply code, which
// becomes 5.0.0 or 4.0.0. It is "" where there is none.
func statusIn(text string) string {
	if m := enhanced.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	m := reply.FindStringSubmatch(text)
	if m == nil {
		return ""
	}
	switch m[1] {
	case "552": // RFC 5321: exceeded storage allocation
		return "5.2.2"
	case "550", "551", "553":
		return "5.1.0"
	}
	return m[1][:1] + ".0.0"
}

// kindOf says what a failure with a status is. A mailbox that is not there is a hard
// bounce. What is full, too big, too late, malformed or against somebody's policy says
// nothing of the kind: a provider that blocks us for a day would cost us all its readers.
func kindOf(status string) Kind {
	class, rest, _ := strings.Cut(status, ".")
	subject, _, _ := strings.Cut(rest, ".")
	switch {
	case class == "2":
		return Nothing
	case class == "4":
		return Soft
	case class != "5":
		return NotUnderstood
	case status == "5.2.2", status == "5.2.3", status == "5.4.5", status == "5.4.6", status == "5.4.7", subject == "3", subject == "5", subject == "6", subject == "7":
		return Soft
	}
	return Hard
}

// outcome says what a delivery-status says of a mail that was to one recipient. Where the
// recipient's server passed it on to several, it is a failure only where all of them
// failed.
func outcome(recipients []textproto.MIMEHeader) (kind Kind, status string) {
	for i, r := range recipients {
		k, s := outcomeOf(r)
		if i == 0 || rank(k) < rank(kind) {
			kind, status = k, s
		}
	}
	return kind, status
}

// rank orders what can become of a mail for one recipient: the least counts for all.
func rank(k Kind) int {
	switch k {
	case Nothing, Delivered, Complaint, Leaves:
		return 0
	case NotUnderstood:
		return 1
	case Soft:
		return 2
	case Hard:
	}
	return 3
}

func outcomeOf(r textproto.MIMEHeader) (Kind, string) {
	action, _, _ := strings.Cut(strings.ToLower(r.Get("Action")), " ")
	switch action {
	case "delayed", "delivered", "relayed", "expanded":
		return Nothing, ""
	case "failed":
	default:
		return NotUnderstood, ""
	}
	status := statusIn(r.Get("Status"))
	// A status that says only that it failed is looked up in what the other server said.
	if status == "" || strings.HasSuffix(status, ".0.0") {
		if said := statusIn(r.Get("Diagnostic-Code")); said != "" && !strings.HasPrefix(said, "2") {
			status = said
		}
	}
	kind := kindOf(status)
	if kind == Nothing { // it failed, whatever the status is
		return NotUnderstood, ""
	}
	return kind, status
}

// form is how a kind of server writes that it could not deliver, where it does not write
// what RFC 3464 has.
type form struct {
	begins []string // what one of its first lines has, in lower case
	gaveUp string   // what it says where the other server's words decide nothing: too long in the queue
	from   string   // what is after this line are its words about the failure; "" for all
	until  string   // where what was returned begins
}

func forms() []form {
	return []form{
		{begins: []string{"this is the qmail-send program"}, gaveUp: "in the queue too long", until: "--- below this line is a copy"},
		{begins: []string{"this message was created automatically by mail delivery software"}, gaveUp: "retry timeout exceeded", until: "------ this is a copy of"},
		{begins: []string{"delivery to the following recipient failed permanently"}, from: "technical details of permanent failure", until: "----- original message -----"},
		{begins: []string{"your message did not reach some or all of the intended recipients", "delivery has failed to these recipients"}, until: "original message headers"},
	}
}

// permanent are the words of those servers for what they do not try again.
func permanent(text string) bool {
	for _, words := range []string{"permanent error", "failed permanently", "permanent failure", "permanent fatal error"} {
		if strings.Contains(text, words) {
			return true
		}
	}
	return false
}

const firstLines = 1 << 10 // bytes in which a form has to begin

// readText reads what qmail, Exim, old Gmail and old Exchange write.
func readText(header textproto.MIMEHeader, body []byte) (Kind, string) {
	text := strings.ToLower(string(bytes.ToValidUTF8(body[:min(len(body), mostHeader)], nil)))
	for _, f := range forms() {
		if !begins(text, f.begins) {
			continue
		}
		text, _, _ = strings.Cut(text, f.until)
		if _, after, ok := strings.Cut(text, f.from); ok && f.from != "" {
			text = after
		}
		status := statusIn(text)
		switch kind := kindOf(status); {
		case f.gaveUp != "" && strings.Contains(text, f.gaveUp):
			return Soft, "4.4.7"
		case kind == Hard || kind == Soft:
			return kind, status
		case permanent(text) && header.Get("X-Failed-Recipients") != "":
			return Hard, "5.0.0"
		}
		return NotUnderstood, ""
	}
	return NotUnderstood, ""
}

func begins(text string, with []string) bool {
	first := text[:min(len(text), firstLines)]
	for _, words := range with {
		if strings.Contains(first, words) {
			return true
		}
	}
	return false
}

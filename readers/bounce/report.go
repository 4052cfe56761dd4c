package bounce

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/textproto"
	"regexp"
	"slices"
	"strings"
)

// Bounds of a mail that is read. What is beyond them is as if it were not there.
const (
	mostBytes  = 1 << 20 // of a mail
	mostHeader = 64 << 10
	mostValue  = 2 << 10 // of a field, about
	mostDepth  = 5       // parts within parts
	mostParts  = 20      // of a mail, at all depths
	mostTokens = 16      // texts that look like a token
)

// LeaveSubject is the subject of a mail by which a reader leaves.
const LeaveSubject = "unsubscribe"

// Report is what a mail that came back says.
type Report struct {
	Kind   Kind
	Status string   // as "5.1.1"; "" where none is given
	Tokens []string // what may name one of our mails, in lower case; none of them is checked
}

// tokenText is what a return token looks like: see readers.ReturnToken.
var tokenText = regexp.MustCompile(`(?i)\b[a-z2-7]{50}\b`)

// Read reads a mail that came to the address for bounces: a notification of a failed
// delivery (RFC 3464, and what common servers write instead), or a complaint (RFC 5965).
// Or a mail that leaves, by the address that a mail of ours gives for that in
// List-Unsubscribe. Anything else is NotUnderstood. Nothing that the mail says is trusted
// but the tokens, which have to be checked.
func Read(mail []byte) Report {
	mail = mail[:min(len(mail), mostBytes)]
	r := reader{tokens: tokensIn(nil, mail)}
	header, body := split(mail)
	r.part(header, body, 0)
	out := Report{Kind: NotUnderstood, Tokens: r.tokens}
	switch {
	case r.feedback != nil:
		out.Kind = complaintOf(r.feedback)
	case len(r.recipients) > 0:
		out.Kind, out.Status = outcome(r.recipients)
	case fromMailer(header):
		out.Kind, out.Status = readText(header, r.text)
	default:
		if tokens := leaving(header); len(tokens) > 0 {
			out.Kind, out.Tokens = Leaves, tokens
		}
	}
	return out
}

// leaving are the tokens of the addresses that a mail went to, where it asks for nothing
// but to get no more mail; an answer by a program, such as that somebody is away, does not.
func leaving(header textproto.MIMEHeader) (tokens []string) {
	said := strings.ToLower(header.Get("Auto-Submitted"))
	if !strings.EqualFold(strings.TrimSpace(header.Get("Subject")), LeaveSubject) || said != "" && said != "no" && said != "auto-generated" {
		return nil
	}
	for _, name := range []string{"To", "Delivered-To", "X-Original-To", "Envelope-To"} {
		for _, to := range header.Values(name) {
			tokens = tokensIn(tokens, []byte(to))
		}
	}
	return tokens
}

// reader gathers what the parts of a mail say.
type reader struct {
	parts      int
	tokens     []string
	feedback   textproto.MIMEHeader   // the fields of a feedback-report
	recipients []textproto.MIMEHeader // the fields for each recipient of a delivery-status
	text       []byte                 // the first text
}

// part reads a part and those within it.
func (r *reader) part(header textproto.MIMEHeader, body []byte, depth int) {
	if r.parts++; r.parts > mostParts || depth > mostDepth {
		return
	}
	kind, params, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil && kind == "" {
		kind = "text/plain"
	}
	if strings.HasPrefix(kind, "multipart/") {
		r.within(multipart.NewReader(bytes.NewReader(body), params["boundary"]), depth)
		return
	}
	decoded := decode(header.Get("Content-Transfer-Encoding"), body)
	if len(decoded) != len(body) {
		r.tokens = tokensIn(r.tokens, decoded)
	}
	switch kind {
	case "message/delivery-status", "message/global-delivery-status":
		groups := fields(decoded)
		if len(groups) > 1 && r.recipients == nil { // the first is about the message
			r.recipients = groups[1:]
		}
	case "message/feedback-report":
		if groups := fields(decoded); len(groups) > 0 && r.feedback == nil {
			r.feedback = groups[0]
		}
	case "text/plain":
		if r.text == nil {
			r.text = decoded
		}
	}
}

// within reads the parts of a multipart. One that cannot be read ends it.
func (r *reader) within(parts *multipart.Reader, depth int) {
	for r.parts < mostParts {
		p, err := parts.NextRawPart()
		if err != nil {
			return
		}
		body, err := io.ReadAll(io.LimitReader(p, mostBytes))
		r.part(p.Header, body, depth+1)
		if err != nil {
			return
		}
	}
}

// decode undoes a transfer encoding; of what is broken, as much as can be read.
func decode(encoding string, body []byte) []byte {
	from := io.Reader(bytes.NewReader(body))
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "base64":
		from = base64.NewDecoder(base64.StdEncoding, from)
	case "quoted-printable":
		from = quotedprintable.NewReader(from)
	default:
		return body
	}
	decoded, _ := io.ReadAll(io.LimitReader(from, mostBytes)) // what was read counts
	return decoded
}

// split splits a message into its header and body.
func split(message []byte) (textproto.MIMEHeader, []byte) {
	head := message[:min(len(message), mostHeader)]
	body := []byte(nil)
	for _, blank := range []string{"\r\n\r\n", "\n\n"} {
		if at := bytes.Index(head, []byte(blank)); at >= 0 {
			head, body = head[:at], message[at+len(blank):]
		}
	}
	if groups := fields(head); len(groups) > 0 {
		return groups[0], body
	}
	return textproto.MIMEHeader{}, body
}

// fields reads groups of fields with an empty line between two, as headers are. It leaves
// out lines that are none, which there are in what servers send.
func fields(text []byte) (groups []textproto.MIMEHeader) {
	var now textproto.MIMEHeader
	last := ""
	for line := range bytes.Lines(text[:min(len(text), mostHeader)]) {
		folded := len(line) > 0 && (line[0] == ' ' || line[0] == '\t')
		said := strings.TrimSpace(string(line))
		name, value, ok := strings.Cut(said, ":")
		switch {
		case said == "":
			now, last = nil, ""
		case folded && last != "":
			values := now[last]
			if len(values[len(values)-1]) > mostValue {
				continue
			}
			values[len(values)-1] = strings.TrimSpace(values[len(values)-1] + " " + said)
		case ok && name != "" && !strings.ContainsAny(name, " \t"):
			if now == nil {
				now = textproto.MIMEHeader{}
				groups = append(groups, now)
			}
			last = textproto.CanonicalMIMEHeaderKey(name)
			now.Add(last, strings.TrimSpace(value))
		}
	}
	return groups
}

// tokensIn adds to tokens what looks like one in a text.
func tokensIn(tokens []string, text []byte) []string {
	for _, m := range tokenText.FindAll(text, mostTokens) {
		token := strings.ToLower(string(m))
		if len(tokens) < mostTokens && !slices.Contains(tokens, token) {
			tokens = append(tokens, token)
		}
	}
	return tokens
}

// complaintOf says what a feedback-report is.
func complaintOf(f textproto.MIMEHeader) Kind {
	switch strings.ToLower(f.Get("Feedback-Type")) {
	case "abuse", "fraud", "virus", "opt-out", "opt-out-list":
		return Complaint
	case "not-spam":
		return Nothing
	}
	return NotUnderstood
}

// fromMailer says whether a mail is from a mail server, and not an answer by a person or
// by a program that answers for one.
func fromMailer(header textproto.MIMEHeader) bool {
	if strings.EqualFold(header.Get("Auto-Submitted"), "auto-replied") && header.Get("X-Failed-Recipients") == "" {
		return false
	}
	from := strings.ToLower(header.Get("From"))
	return header.Get("Return-Path") == "<>" || strings.Contains(from, "mailer-daemon") || strings.Contains(from, "postmaster")
}

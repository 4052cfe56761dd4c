package bounce

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"
	"time"
)

// token is one as it looks: Read does not check it.
var token = strings.Repeat("abcde23456", 5)

// dsn is a delivery-status notification with these fields for the recipient.
func dsn(fields string) string {
	return crlf(`Return-Path: <>
From: MAILER-DAEMON@mx.example.net (Mail Delivery System)
To: bounces+` + token + `@watch.example.org
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
	boundary="4XyZ.171/mx.example.net"

This is a MIME-encapsulated message.

--4XyZ.171/mx.example.net
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.example.net.

<reader@example.com>: host mail.example.com[192.0.2.7] said: see below

--4XyZ.171/mx.example.net
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net
Arrival-Date: Mon,  3 Mar 2025 09:00:00 -0500 (EST)

` + fields + `

--4XyZ.171/mx.example.net
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

Return-Path: <bounces+` + token + `@watch.example.org>
X-Watch287g-Return: ` + token + `
Subject: 287(g): 1 new

--4XyZ.171/mx.example.net--
`)
}

// plain is a mail of a server that does not write what RFC 3464 has.
func plain(header, body string) string {
	return crlf("Return-Path: <>\nTo: bounces+" + token + "@watch.example.org\n" + header + "\n\n" + body)
}

// feedback is a report by RFC 5965.
func feedback(kind string) string {
	return crlf(`From: feedback@arf.example.com
To: bounces@watch.example.org
Content-Type: multipart/report; report-type=feedback-report; boundary=b

--b
Content-Type: text/plain

This is an email abuse report.

--b
Content-Type: message/feedback-report

Feedback-Type: ` + kind + `
User-Agent: Example-FBL/1.0
Version: 1
Original-Mail-From: <bounces@watch.example.org>

--b
Content-Type: message/rfc822
Content-Transfer-Encoding: base64

` + base64.StdEncoding.EncodeToString([]byte("X-Watch287g-Return: "+strings.ToUpper(token)+"\r\nSubject: 287(g)\r\n\r\nText\r\n")) + `
--b--
`)
}

func crlf(text string) string { return strings.ReplaceAll(text, "\n", "\r\n") }

const recipient = "Final-Recipient: rfc822; reader@example.com\n"

func TestRead(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		mail   string
		kind   Kind
		status string
	}{
		"Postfix, unknown":         {dsn(recipient + "Action: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 <reader@example.com>: Recipient address rejected"), Hard, "5.1.1"},
		"Postfix, no domain":       {dsn(recipient + "Action: failed\nStatus: 5.4.4\nDiagnostic-Code: X-Postfix; Host or domain name not found"), Hard, "5.4.4"},
		"Postfix, too long":        {dsn(recipient + "Action: failed\nStatus: 4.4.1\nDiagnostic-Code: X-Postfix; connect to example.com: Connection timed out"), Soft, "4.4.1"},
		"Postfix, delayed":         {dsn(recipient + "Action: delayed\nStatus: 4.4.1\nWill-Retry-Until: Sat, 8 Mar 2025 09:00:00 -0500"), Nothing, ""},
		"delivered":                {dsn(recipient + "Action: delivered\nStatus: 2.0.0"), Nothing, ""},
		"relayed in part":          {dsn(recipient + "Action: failed\nStatus: 5.1.1\n\nFinal-Recipient: rfc822; other@example.com\nAction: relayed\nStatus: 2.0.0"), Nothing, ""},
		"all of two":               {dsn(recipient + "Action: failed\nStatus: 5.1.1\n\nFinal-Recipient: rfc822; other@example.com\nAction: failed\nStatus: 5.1.1"), Hard, "5.1.1"},
		"one of two is full":       {dsn(recipient + "Action: failed\nStatus: 5.1.1\n\nFinal-Recipient: rfc822; other@example.com\nAction: failed\nStatus: 5.2.2"), Soft, "5.2.2"},
		"Exchange, unknown":        {dsn(recipient + "Action: failed\nStatus: 5.1.10\nDiagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup"), Hard, "5.1.10"},
		"Exchange, blocked":        {dsn(recipient + "Action: failed\nStatus: 5.7.606\nDiagnostic-Code: smtp;550 5.7.606 Access denied, banned sending IP"), Soft, "5.7.606"},
		"Gmail, full":              {dsn(recipient + "Action: failed\nStatus: 5.2.2\nDiagnostic-Code: smtp; 552-5.2.2 The recipient's inbox is out of storage space."), Soft, "5.2.2"},
		"generic, said in words":   {dsn(recipient + "Action: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 452 4.2.2 mailbox full"), Soft, "4.2.2"},
		"generic, with a code":     {dsn(recipient + "Action: failed\nStatus: 5.0.0 (permanent failure)\nDiagnostic-Code: smtp;550 No such user"), Hard, "5.1.0"},
		"generic":                  {dsn(recipient + "Action: failed\nStatus: 5.0.0"), Hard, "5.0.0"},
		"failed with 2.0.0":        {dsn(recipient + "Action: failed\nStatus: 2.0.0"), NotUnderstood, ""},
		"no status":                {dsn(recipient + "Action: failed"), NotUnderstood, ""},
		"no action":                {dsn(recipient + "Status: 5.1.1"), NotUnderstood, ""},
		"a host, not a status":     {dsn(recipient + "Action: failed\nStatus: 10.5.1.1"), NotUnderstood, ""},
		"no group for a recipient": {dsn(""), NotUnderstood, ""},
		"folded and odd lines":     {dsn(recipient + "this is no field\nAction:\n failed\nStatus:\n\t5.1.1"), Hard, "5.1.1"},
		"qmail, unknown":           {plain("From: MAILER-DAEMON@mx.example.net\nSubject: failure notice", "Hi. This is the qmail-send program at mx.example.net.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<reader@example.com>:\n192.0.2.7 does not like recipient.\nRemote host said: 550 5.1.1 no such user\nGiving up on 192.0.2.7.\n\n--- Below this line is a copy of the message.\n\nReturn-Path: <bounces+"+token+"@watch.example.org>\n\n450 4.2.0 in the text"), Hard, "5.1.1"},
		"qmail, too long":          {plain("From: MAILER-DAEMON@mx.example.net", "Hi. This is the qmail-send program at mx.example.net.\n\n<reader@example.com>:\nI'm not going to try again; this message has been in the queue too long.\n"), Soft, "4.4.7"},
		"Exim, unknown":            {plain("From: Mail Delivery System <Mailer-Daemon@mx.example.net>\nX-Failed-Recipients: reader@example.com\nAuto-Submitted: auto-replied", "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  reader@example.com\n    Unrouteable address\n"), Hard, "5.0.0"},
		"Exim, full":               {plain("From: Mail Delivery System <Mailer-Daemon@mx.example.net>\nX-Failed-Recipients: reader@example.com", "This message was created automatically by mail delivery software.\n\nThis is a permanent error. The following address(es) failed:\n\n  reader@example.com\n    SMTP error from remote mail server after RCPT TO:\n    552 mailbox full\n"), Soft, "5.2.2"},
		"Exim, retries ended":      {plain("From: Mail Delivery System <Mailer-Daemon@mx.example.net>\nX-Failed-Recipients: reader@example.com", "This message was created automatically by mail delivery software.\nThis is a permanent error.\n\n  reader@example.com\n    retry timeout exceeded\n"), Soft, "4.4.7"},
		"old Gmail":                {plain("From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>\nX-Failed-Recipients: reader@example.com", "Delivery to the following recipient failed permanently:\n\n     reader@example.com\n\nTechnical details of permanent failure: \nGoogle tried to deliver your message, but it was rejected. The error that the other server returned was: 550 550 5.1.1 User unknown\n\n----- Original message -----\n\nSubject: 4.2.2\n"), Hard, "5.1.1"},
		"old Exchange":             {plain("From: System Administrator <postmaster@example.com>", "Your message did not reach some or all of the intended recipients.\n\n      Subject:  287(g)\n\nThe following recipient(s) could not be reached:\n\n      reader@example.com\n            The e-mail account does not exist at the organization.\n            <mail.example.com #5.1.1>\n"), Hard, "5.1.1"},
		"a person quotes a bounce": {crlf("From: Ann <ann@example.com>\nTo: bounces+" + token + "@watch.example.org\n\nHi. This is the qmail-send program at mx.\n550 5.1.1 no such user\n"), NotUnderstood, ""},
		"out of office":            {plain("From: postmaster@example.com\nAuto-Submitted: auto-replied", "Your message did not reach some or all of the intended recipients. 5.1.1\n"), NotUnderstood, ""},
		"a server in other words":  {plain("From: MAILER-DAEMON@mx.example.net", "550 5.1.1 Ihre Nachricht konnte nicht zugestellt werden.\n"), NotUnderstood, ""},
		"abuse":                    {feedback("abuse"), Complaint, ""},
		"fraud":                    {feedback("Fraud"), Complaint, ""},
		"not spam":                 {feedback("not-spam"), Nothing, ""},
		"another kind of feedback": {feedback("auth-failure"), NotUnderstood, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, text := range []string{c.mail, strings.ReplaceAll(c.mail, "\r\n", "\n")} {
				r := Read([]byte(text))
				if r.Kind != c.kind || r.Status != c.status {
					t.Errorf("reads as %s %q, want %s %q", r.Kind, r.Status, c.kind, c.status)
				}
				if len(r.Tokens) != 1 || r.Tokens[0] != token {
					t.Errorf("tokens: %q", r.Tokens)
				}
			}
		})
	}
}

// TestReadHostile reads mails that were made to cost much.
func TestReadHostile(t *testing.T) {
	t.Parallel()
	deep := ""
	for i := range 2000 {
		b := strings.Repeat("b", 1+i%60)
		deep += "Content-Type: multipart/mixed; boundary=" + b + "\n\n--" + b + "\n"
	}
	other := strings.Repeat("zyxwv65432", 5)
	for name, mail := range map[string]string{
		"empty": "", "no end of header": strings.Repeat("A: b\n", 1<<17), "deep": deep,
		"parts":             "Content-Type: multipart/report; boundary=b\n\n" + strings.Repeat("--b\n\n", 1<<17),
		"one line":          strings.Repeat("x", 4<<20),
		"folds":             "Subject: a\n" + strings.Repeat(" b\n", 1<<18),
		"many words":        "From: mailer-daemon\n\nThis is the qmail-send program " + strings.Repeat("5.5.5.5 ", 1<<17),
		"no boundary":       "Content-Type: multipart/report\n\n--\n--\n--\n",
		"boundary of blank": "Content-Type: multipart/report; boundary=\" \"\n\n-- \n",
		"base64 without end": "Content-Type: message/delivery-status\nContent-Transfer-Encoding: base64\n\n" +
			strings.Repeat("QUJD", 1<<18),
		"beyond the bound": strings.Repeat("\n", mostBytes) + dsn(recipient+"Action: failed\nStatus: 5.1.1"),
		"tokens":           strings.Repeat(token+" "+other+" ", 1<<14),
	} {
		began := time.Now()
		r := Read([]byte(mail))
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("%s: took %s", name, took)
		}
		if r.Kind == Hard || r.Kind == Complaint || len(r.Tokens) > mostTokens {
			t.Errorf("%s: %s, %d tokens", name, r.Kind, len(r.Tokens))
		}
	}
}

// FuzzRead looks for a mail that breaks what Read promises.
func FuzzRead(f *testing.F) {
	f.Add([]byte(dsn(recipient + "Action: failed\nStatus: 5.1.1")))
	f.Add([]byte(feedback("abuse")))
	f.Add([]byte(plain("From: MAILER-DAEMON@mx.example.net", "Hi. This is the qmail-send program at mx.\n550 5.1.1 no such user")))
	f.Fuzz(func(t *testing.T, mail []byte) {
		r := Read(mail)
		switch r.Kind {
		case Hard:
			if !strings.HasPrefix(r.Status, "5.") || strings.HasPrefix(r.Status, "5.7.") {
				t.Errorf("a hard bounce of status %q", r.Status)
			}
		case Soft:
			if r.Status == "" || r.Status[0] != '4' && r.Status[0] != '5' {
				t.Errorf("a soft bounce of status %q", r.Status)
			}
		case Complaint:
			if !bytes.Contains(bytes.ToLower(mail), []byte("message/feedback-report")) {
				t.Error("a complaint without a report")
			}
		case Nothing, NotUnderstood:
		case Delivered:
			t.Error("a mail never says that another one arrived")
		}
		if len(r.Status) > 9 || len(r.Tokens) > mostTokens {
			t.Errorf("status %q, %d tokens", r.Status, len(r.Tokens))
		}
	})
}

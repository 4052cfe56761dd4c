package letter

import (
	"bytes"
	"crypto"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"maps"
	"mime"
	"mime/quotedprintable"
	netmail "net/mail"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-msgauth/dkim"
	"github.com/wneessen/go-mail"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// Header is what a mail has above its text. The fields are written in the order of
// their names.
type Header struct {
	From, To *netmail.Address
	Subject  string
	Date     time.Time
	// More are fields by their names, such as "Message-ID": ASCII, without line breaks.
	More map[string]string
}

// Body is the text of a mail and the same in HTML, encoded: what does not depend on who
// gets it is encoded once.
type Body struct {
	boundary string
	parts    [2]string // text and HTML, up to where what is added begins
	end      string    // of the HTML, behind what is added
}

// NewBody encodes a text and its HTML. end is what closes the HTML, behind what Write adds
// for one recipient. Both begin and end with whole lines.
func NewBody(text, html, end string) Body {
	return Body{boundary: "w287g-" + Hash("boundary", text+html), parts: [2]string{encoded(text), encoded(html)}, end: encoded(end)}
}

// encoded is a text as quoted-printable.
func encoded(s string) string {
	var b strings.Builder
	w := quotedprintable.NewWriter(&b)
	_, _ = io.WriteString(w, strings.ReplaceAll(s, "\r\n", "\n")) // a strings.Builder takes all
	_ = w.Close()
	return b.String()
}

// partHeader is above each part of a mail.
const partHeader = "Content-Transfer-Encoding: quoted-printable\r\nContent-Type: text/"

// Write writes a mail, signed where that is asked for. text and html are what is added for
// this recipient alone, in whole lines.
func (b Body) Write(h Header, text, html string, sign *Signer) ([]byte, error) {
	var raw bytes.Buffer
	raw.Grow(len(b.parts[0]) + len(b.parts[1]) + 2*len(text) + 2*len(html) + 2048)
	fields := map[string]string{"Subject": mime.QEncoding.Encode("UTF-8", h.Subject), "Date": h.Date.Format(time.RFC1123Z), "MIME-Version": "1.0"}
	maps.Copy(fields, h.More)
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if strings.ContainsAny(fields[name], "\r\n") {
			return nil, errors.New("a header holds a line break: " + name)
		}
		fold(&raw, name, fields[name])
	}
	fold(&raw, "From", h.From.String())
	fold(&raw, "To", h.To.String())
	raw.WriteString("Content-Type: multipart/alternative;\r\n boundary=" + b.boundary + "\r\n\r\n")
	for i, part := range []struct{ kind, added, end string }{{"plain", text, ""}, {"html", html, b.end}} {
		raw.WriteString("--" + b.boundary + "\r\n" + partHeader + part.kind + "; charset=UTF-8\r\n\r\n" + b.parts[i])
		if part.added != "" {
			raw.WriteString(encoded(part.added))
		}
		raw.WriteString(part.end + "\r\n")
	}
	raw.WriteString("--" + b.boundary + "--\r\n")
	if sign == nil {
		return raw.Bytes(), nil
	}
	return sign.sign(&raw)
}

// widest is how long a line of a header becomes, where its words let it.
const widest = 76

// fold writes a field, in several lines where it is long.
func fold(w *bytes.Buffer, name, value string) {
	w.WriteString(name + ":")
	width := len(name) + 1
	for i, word := range strings.Split(value, " ") {
		if width+1+len(word) > widest && (i > 0 || len(word) > widest/2) {
			w.WriteString("\r\n")
			width = 0
		}
		w.WriteString(" " + word)
		width += 1 + len(word)
	}
	w.WriteString("\r\n")
}

// DKIMConfig is the key that mail is signed with, and where its public half is.
type DKIMConfig struct {
	Domain, Selector string
	KeyPEM           []byte // RSA or Ed25519
}

// signed are the headers that DKIM signs. One that is named once more than a mail has it
// cannot be added by somebody else.
func signed() []string {
	return []string{"From", "From", "To", "To", "Subject", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "List-Id",
		"List-Unsubscribe", "List-Unsubscribe", "List-Unsubscribe-Post", "List-Unsubscribe-Post",
		"Auto-Submitted", "Reply-To", "Cc", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"}
}

// Signer signs mail by DKIM.
type Signer struct{ options dkim.SignOptions }

// NewSigner reads the key.
func NewSigner(c DKIMConfig) (*Signer, error) {
	key, err := mail.PrivKeyFromPEM(c.KeyPEM)
	if err != nil {
		return nil, errors.New("dkim: the key is not a PEM file with an RSA or Ed25519 private key")
	}
	// go-mail can sign too, but breaks its own signature where it names as many
	// headers as the mail of a list has.
	s := &Signer{dkim.SignOptions{Domain: c.Domain, Selector: c.Selector, Signer: key, Hash: crypto.SHA256, HeaderKeys: signed(),
		HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed}}
	_, err = s.sign(strings.NewReader("From: a@example.org\r\n\r\n"))
	return s, err
}

func (s *Signer) sign(raw io.Reader) ([]byte, error) {
	var out bytes.Buffer
	err := dkim.Sign(&out, raw, &s.options)
	return out.Bytes(), err
}

// Hash is short, and reveals nothing about what it was made from, where that cannot be
// guessed.
func Hash(purpose, of string) string {
	sum := sha256.Sum256([]byte(purpose + "\n" + of))
	return hex.EncodeToString(sum[:8])
}

// HeaderText makes a text safe for a header: one line, no control characters, and nothing
// that a mail program would read as an encoded word.
func HeaderText(s string) string {
	return prose.Shorten(strings.ReplaceAll(roster.Clean(s), "=?", "= ?"), 250)
}

package mailing_test

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/notify/letter"
	"github.com/watch287g/watch287g/readers"
	"github.com/watch287g/watch287g/readers/mailing"
	"github.com/watch287g/watch287g/roster"
)

// The verifier below reads RFC 6376 and RFC 8058 by itself: it shares no code with what
// signs, nor with the library that signs.

// field is one header of a mail, as it was sent.
type field struct{ name, raw string }

func (f field) value() string {
	_, v, _ := strings.Cut(f.raw, ":")
	return v
}

// takeApart splits a mail into its headers and its body.
func takeApart(t *testing.T, raw []byte) (fields []field, body string) {
	t.Helper()
	head, body, ok := strings.Cut(string(raw), "\r\n\r\n")
	if !ok {
		t.Fatal("the mail has no body")
	}
	for line := range strings.SplitSeq(head, "\r\n") {
		if line[0] == ' ' || line[0] == '\t' {
			fields[len(fields)-1].raw += "\r\n" + line
			continue
		}
		name, _, _ := strings.Cut(line, ":")
		fields = append(fields, field{strings.ToLower(strings.TrimSpace(name)), line})
	}
	return fields, body
}

var spaces = regexp.MustCompile(`[ \t]+`)

// relaxedHeader is a header by section 3.4.2.
func relaxedHeader(f field) string {
	value := strings.ReplaceAll(f.value(), "\r\n", "")
	return f.name + ":" + strings.TrimSpace(spaces.ReplaceAllString(value, " "))
}

// relaxedBody is a body by section 3.4.4.
func relaxedBody(body string) string {
	lines := strings.Split(body, "\r\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(spaces.ReplaceAllString(l, " "), " ")
	}
	body = strings.TrimRight(strings.Join(lines, "\r\n"), "\r\n")
	if body == "" {
		return ""
	}
	return body + "\r\n"
}

// tags reads a list of tags.
func tags(s string) map[string]string {
	all := map[string]string{}
	for part := range strings.SplitSeq(s, ";") {
		if k, v, ok := strings.Cut(part, "="); ok {
			all[strings.TrimSpace(k)] = strings.Join(strings.Fields(v), "")
		}
	}
	return all
}

// verified checks the one signature of a mail, and returns the names that it covers.
func verified(t *testing.T, raw []byte, public crypto.PublicKey) (covers []string, err error) {
	t.Helper()
	fields, body := takeApart(t, raw)
	at := slices.IndexFunc(fields, func(f field) bool { return f.name == "dkim-signature" })
	if at < 0 {
		return nil, fmt.Errorf("it is not signed")
	}
	said := tags(fields[at].value())
	if said["c"] != "relaxed/relaxed" || said["v"] != "1" {
		return nil, fmt.Errorf("it is canonicalized by %s", said["c"])
	}
	sum := sha256.Sum256([]byte(relaxedBody(body)))
	if base64.StdEncoding.EncodeToString(sum[:]) != said["bh"] {
		return nil, fmt.Errorf("the body is another one")
	}
	var signed strings.Builder
	used := map[string]int{}
	covers = strings.Split(strings.ToLower(said["h"]), ":")
	for _, name := range covers { // from the last of a name to the first
		var of []field
		for _, f := range fields {
			if f.name == name {
				of = append(of, f)
			}
		}
		used[name]++
		if i := len(of) - used[name]; i >= 0 {
			signed.WriteString(relaxedHeader(of[i]) + "\r\n")
		}
	}
	own := fields[at]
	own.raw = regexp.MustCompile(`(\bb=)[^;]*`).ReplaceAllString(own.raw, "$1")
	signed.WriteString(relaxedHeader(own))
	hash := sha256.Sum256([]byte(signed.String()))
	signature, err := base64.StdEncoding.DecodeString(said["b"])
	if err != nil {
		return nil, err
	}
	switch k := public.(type) {
	case *rsa.PublicKey:
		err = rsa.VerifyPKCS1v15(k, crypto.SHA256, hash[:], signature)
	case ed25519.PublicKey:
		if !ed25519.Verify(k, hash[:], signature) {
			err = fmt.Errorf("the signature is another one")
		}
	}
	return covers, err
}

// oneClick checks a mail by section 3.1 and 4 of RFC 8058, and returns where to post.
func oneClick(t *testing.T, raw []byte, public crypto.PublicKey) string {
	t.Helper()
	covers, err := verified(t, raw, public)
	if err != nil {
		t.Fatalf("DKIM: %v", err)
	}
	fields, _ := takeApart(t, raw)
	one := func(name string) string {
		var of []string
		for _, f := range fields {
			if f.name == name {
				of = append(of, strings.TrimSpace(strings.ReplaceAll(f.value(), "\r\n", "")))
			}
		}
		if len(of) != 1 {
			t.Fatalf("%s stands %d times", name, len(of))
		}
		n := 0
		for _, c := range covers {
			if c == name {
				n++
			}
		}
		if n < 2 { // once for the header, once more so that none can be added
			t.Errorf("%s is named %d times by the signature", name, n)
		}
		return of[0]
	}
	if got := one("list-unsubscribe-post"); got != "List-Unsubscribe=One-Click" {
		t.Errorf("List-Unsubscribe-Post: %s", got)
	}
	var post []string
	for _, found := range regexp.MustCompile(`<([^<>]*)>`).FindAllStringSubmatch(one("list-unsubscribe"), -1) {
		if u, err := url.Parse(found[1]); err == nil && u.Scheme == "https" {
			post = append(post, found[1])
		}
	}
	if len(post) != 1 {
		t.Fatalf("List-Unsubscribe has %d https addresses", len(post))
	}
	return post[0]
}

// signing makes a key, with which mails are signed, and returns its public half.
func signing(t testing.TB, kind string) (*letter.Signer, crypto.PublicKey) {
	t.Helper()
	var key crypto.Signer
	var err error
	if kind == "rsa" {
		key, err = rsa.GenerateKey(rand.Reader, 2048)
	} else {
		_, key, err = ed25519.GenerateKey(rand.Reader)
	}
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := letter.NewSigner(letter.DKIMConfig{Domain: "example.org", Selector: "s1", KeyPEM: pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})})
	if err != nil {
		t.Fatal(err)
	}
	return signer, key.Public()
}

// Every mail can be left by one click, signed so that nobody else can say where to: the
// headers, the signature and the address hold what RFC 8058 asks for.
func TestOneClick(t *testing.T) {
	for _, kind := range []string{"rsa", "ed25519"} {
		var public crypto.PublicKey
		p := newPost(t, func(o *mailing.Options) {
			o.Signer, public = signing(t, kind)
			o.Bounce, o.LeaveByMail = "bounces@example.org", true
		})
		p.run(t)
		r := p.reads(t, "reader", notify.Instant, "state:TX", "county:48201")
		p.lists.add(july3, change(roster.KindNew, agreement("TX", "Harris", roster.TFM)))
		if err := p.store.Ask(t.Context(), readers.NewRequest("other@example.net", r.Wish, july3)); err != nil {
			t.Fatal(err)
		}
		p.update(t, p.reads(t, "left", notify.Instant, "state:TX").ID, func(r *readers.Reader) { r.Leave(july3) })
		p.run(t)
		links, err := p.store.Secret(t.Context(), readers.SecretLinks)
		if err != nil {
			t.Fatal(err)
		}
		mails := p.sink.all(t)
		if len(mails) != 3 {
			t.Fatalf("%d mails: %v", len(mails), p.sink.recipients())
		}
		for _, m := range mails {
			at := oneClick(t, m.raw, public)
			token, ok := strings.CutPrefix(at, "https://287g.example.org/subscribe/leave/")
			id, of, known := readers.ReadToken(links, readers.PurposeLeave, token)
			if !ok || !known || of != "" || m.to == r.Address && id != r.ID {
				t.Errorf("%s posts to %s", m.to, at)
			}
			checkSignature(t, m.raw, public)
			checkHeaders(t, m)
		}
	}
}

// checkSignature changes a signed mail in ways that must show.
func checkSignature(t *testing.T, raw []byte, public crypto.PublicKey) {
	t.Helper()
	for _, added := range []string{"List-Unsubscribe: <https://evil.example/>", "List-Unsubscribe-Post: List-Unsubscribe=No", "From: other@example.org", "Subject: other"} {
		if _, err := verified(t, append([]byte(added+"\r\n"), raw...), public); err == nil {
			t.Errorf("still signed with %q", added)
		}
	}
	for _, other := range [][2]string{{"/subscribe/leave/", "/subscribe/other/"}, {"One-Click", "Two-Click"}, {"<readers.example.org>", "<writers.example.org>"}} {
		if _, err := verified(t, bytes.Replace(raw, []byte(other[0]), []byte(other[1]), 1), public); err == nil {
			t.Errorf("still signed with %s", other[1])
		}
	}
}

// checkHeaders checks what else a mail has, and what it must not have.
func checkHeaders(t *testing.T, m received) {
	t.Helper()
	for name, want := range map[string]string{"Auto-Submitted": "auto-generated", "List-Id": "<readers.example.org>", "To": "<" + m.to + ">",
		"Precedence": "", "Feedback-Id": "", "Return-Path": ""} {
		if got := m.header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	local, _, _ := strings.Cut(m.to, "@")
	if strings.Contains(m.from, local+"@") || strings.Contains(m.header.Get("Message-Id"), local) || !strings.HasPrefix(m.from, "bounces+"+m.header.Get(readers.ReturnHeader)+"@") {
		t.Errorf("the envelope is from %s, with the token %s", m.from, m.header.Get(readers.ReturnHeader))
	}
	if found := regexp.MustCompile(`(?i)<(img|script|link|iframe|object)\b|https?://[^"\s]*(utm_|open|click|pixel)`).FindString(m.html); found != "" {
		t.Errorf("the HTML has %s", found)
	}
	if strings.Contains(m.html+m.text, m.header.Get(readers.ReturnHeader)) {
		t.Error("the return token stands in the text")
	}
}

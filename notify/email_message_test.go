package notify

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/PuerkitoBio/goquery"
	"github.com/emersion/go-msgauth/dkim"
	"github.com/google/go-cmp/cmp"

	"github.com/watch287g/watch287g/prose"
)

// opened is a mail as its reader's program sees it.
type opened struct {
	head   string // as sent
	header netmail.Header
	text   string
	html   string
}

// write puts a message into a mail to the first recipient, and opens it.
func write(t testing.TB, e *email, m Message) (raw []byte, o opened) {
	t.Helper()
	l, err := e.compose(m)
	if err != nil {
		t.Fatal(err)
	}
	if raw, err = e.mail(l, e.to[0]); err != nil {
		t.Fatal(err)
	}
	msg, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("%v:\n%s", err, raw)
	}
	o.head, _, _ = strings.Cut(string(raw), "\r\n\r\n")
	o.header = msg.Header
	kind, params, err := mime.ParseMediaType(msg.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("a mail of %s: %v", kind, err)
	}
	parts := multipart.NewReader(msg.Body, params["boundary"])
	o.text, o.html = readPart(t, parts, "text/plain"), readPart(t, parts, "text/html")
	if _, err := parts.NextRawPart(); !errors.Is(err, io.EOF) {
		t.Errorf("a third part: %v", err)
	}
	return raw, o
}

func readPart(t testing.TB, parts *multipart.Reader, kind string) string {
	t.Helper()
	part, err := parts.NextRawPart()
	if err != nil {
		t.Fatal(err)
	}
	if got := part.Header.Get("Content-Type"); got != kind+"; charset=UTF-8" {
		t.Errorf("a part of %s", got)
	}
	body, err := io.ReadAll(quotedprintable.NewReader(part))
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(body), "\r\n", "\n")
}

func TestEmailGolden(t *testing.T) {
	all := inBothLanguages()
	for _, name := range fixtureNames(all) {
		_, o := write(t, newTestEmail(t, EmailConfig{}), all[name])
		for _, sec := range Compose(all[name], fixtureLinks).Sections {
			for _, l := range sec.Lines {
				if !strings.Contains(o.text, l.String()) {
					t.Errorf("%s leaves out %s", name, l)
				}
			}
		}
		head := strings.ReplaceAll(o.head, "\r\n", "\n")
		goldenOrSize(t, "email/"+name+".txt", []byte(head+"\n\n----- text -----\n"+o.text+"\n----- html -----\n"+o.html), len(all[name].Changes), 700)
	}
}

var address = regexp.MustCompile(`(?:https?|mailto):\S+`)

// The text and the HTML have the same words in the same order, and the same
// addresses: the text writes them out where the HTML links them.
func TestEmailPartsSayTheSame(t *testing.T) {
	all := inBothLanguages()
	for _, name := range fixtureNames(all) {
		_, o := write(t, newTestEmail(t, EmailConfig{Unsubscribe: "https://example.org/leave?a=1&b=2"}), all[name])
		doc, err := goquery.NewDocumentFromReader(strings.NewReader(o.html))
		if err != nil {
			t.Fatal(err)
		}
		preview := doc.Find("body > div").Remove().Text()
		if n := utf8.RuneCountInString(preview); n > previewWidth || strings.Contains(preview, "\n") || n == 0 {
			t.Errorf("%s: an inbox shows %q", name, preview)
		}
		var links []string
		doc.Find("a").Each(func(_ int, a *goquery.Selection) {
			href, _ := a.Attr("href")
			links = append(links, href)
			alone := strings.HasPrefix(a.Parent().Text(), all[name].language().Phrase(prose.PhraseEvidence, 1)+" "+a.Text())
			if alone || !strings.Contains(address.ReplaceAllString(o.text, ""), a.Text()) { // the text has the address in its place
				a.Remove()
			}
		})
		if n := doc.Find("script, img, iframe, style, link").Length(); n > 0 {
			t.Errorf("%s: the HTML has %d elements that it should not have", name, n)
		}
		if diff := cmp.Diff(address.FindAllString(o.text, -1), links); diff != "" {
			t.Errorf("%s: addresses (-text +html):\n%s", name, diff)
		}
		layout := strings.NewReplacer("\n-- \n", "\n", "\n  * ", "\n★ ", ":", " ", "·", " ", "\n[1]", "\n"+strings.TrimSuffix(all[name].language().Phrase(prose.PhraseEvidence, 1), ":")+" [1]")
		text := layout.Replace(address.ReplaceAllString(o.text, ""))
		if diff := cmp.Diff(strings.Fields(text), strings.Fields(layout.Replace(doc.Find("body").Text()))); diff != "" {
			t.Errorf("%s: words (-text +html):\n%s", name, diff)
		}
	}
}

func TestEmailHeaders(t *testing.T) {
	_, o := write(t, newTestEmail(t, EmailConfig{}), oneNew())
	for name, want := range map[string]string{
		"From":             `"287(g) watch" <watch@example.org>`,
		"To":               "<reader@example.net>",
		"Date":             "Thu, 03 Jul 2025 20:00:00 +0000",
		"List-Id":          "<members-list.example.org>",
		"List-Unsubscribe": "<mailto:watch@example.org?subject=unsubscribe>",
		"Auto-Submitted":   "auto-generated",
		"Precedence":       "list",
		"User-Agent":       "watch287g/1.2.3",
		"In-Reply-To":      "",
	} {
		if got := o.header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// Tries give the same Message-ID, recipients and deliveries others.
func TestEmailMessageID(t *testing.T) {
	e := newTestEmail(t, EmailConfig{To: []string{"a@example.net", "b@example.net"}})
	first := e.messageID("dlv_1", e.to[0])
	if first != e.messageID("dlv_1", &netmail.Address{Name: "A", Address: "A@example.net"}) {
		t.Error("another id at the second try")
	}
	if first == e.messageID("dlv_1", e.to[1]) || first == e.messageID("dlv_2", e.to[0]) {
		t.Error("one id for two messages")
	}
	if strings.Contains(first, "a@example.net") {
		t.Errorf("%s shows the recipient", first)
	}
}

// A correction is a reply to what the same reader got before.
func TestEmailCorrection(t *testing.T) {
	e := newTestEmail(t, EmailConfig{To: []string{"a@example.net", "b@example.net"}})
	m := correctionFixtures()["new-and-restored"]
	for name, answer := range map[string]string{
		"a mail of ours": e.messageID("dlv_000001", e.to[1]),
		"a refusal":      "refused: 550 5.1.1 no such user",
		"nonsense":       "<x\r\nBcc: everyone@example.org>",
	} {
		m.Corrects = map[string]string{m.Changes[1].ID: answer}
		want := ""
		if name == "a mail of ours" {
			want = e.messageID("dlv_000001", e.to[0])
		}
		_, o := write(t, e, m)
		if got := o.header.Get("In-Reply-To"); got != want || o.header.Get("References") != want {
			t.Errorf("%s: In-Reply-To: %q, References: %q", name, got, o.header.Get("References"))
		}
	}
}

func TestEmailDKIM(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, key := range map[string]crypto.Signer{"rsa": rsaKey, "ed25519": edKey} {
		der, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		e := newTestEmail(t, EmailConfig{DKIM: &DKIMConfig{Domain: "example.org", Selector: "s1",
			KeyPEM: pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})}})
		record := dkimRecord(t, name, key.Public())
		for _, fixture := range []string{"one-new", "hostile-break", "forty-new"} {
			raw, _ := write(t, e, fixtures()[fixture])
			if err := verifyDKIM(t, raw, record); err != nil {
				t.Errorf("%s, %s: %v", name, fixture, err)
			}
			for _, added := range []string{"From: other@example.org", "Subject: other", "Reply-To: other@example.org"} {
				if err := verifyDKIM(t, append([]byte(added+"\r\n"), raw...), record); err == nil {
					t.Errorf("%s, %s: still signed with %q", name, fixture, added)
				}
			}
		}
	}
}

// dkimRecord is what the owner of the domain publishes.
func dkimRecord(t *testing.T, algorithm string, public crypto.PublicKey) string {
	t.Helper()
	raw, ok := public.(ed25519.PublicKey)
	if !ok {
		der, err := x509.MarshalPKIXPublicKey(public)
		if err != nil {
			t.Fatal(err)
		}
		raw = der
	}
	return "v=DKIM1; k=" + algorithm + "; p=" + base64.StdEncoding.EncodeToString(raw)
}

func verifyDKIM(t *testing.T, raw []byte, record string) error {
	t.Helper()
	found, err := dkim.VerifyWithOptions(bytes.NewReader(raw), &dkim.VerifyOptions{LookupTXT: func(domain string) ([]string, error) {
		if domain != "s1._domainkey.example.org" {
			t.Errorf("the key of %s was asked for", domain)
		}
		return []string{record}, nil
	}})
	if err != nil {
		return err
	}
	if len(found) != 1 {
		t.Fatalf("%d signatures", len(found))
	}
	for _, h := range []string{"From", "To", "Subject", "Date", "Message-ID", "List-Id", "List-Unsubscribe"} {
		if !slices.Contains(found[0].HeaderKeys, h) {
			t.Errorf("%s is not signed", h)
		}
	}
	return found[0].Err
}

// Whatever stands where an agency's name should, it stays within the subject.
func FuzzSubject(f *testing.F) {
	for _, m := range hostileFixtures() {
		f.Add(m.Changes[0].Agreement.Agency)
	}
	f.Add("Sheriff\rBcc: x@example.org")
	f.Add("Sheriff\u2028Bcc: x@example.org\u0085\v\f")
	f.Add("=?utf-8?q?=0D=0ABcc:_x@example.org?=")
	f.Add("=\u200b? = ? =?=?")
	f.Add("Doña Ana County Sheriff’s Office\xff\x00")
	f.Add(strings.Repeat("Ñ", 3000) + strings.Repeat("x", 3000))
	e := newTestEmail(f, EmailConfig{})
	_, plain := write(f, e, oneNew())
	known := slices.Sorted(maps.Keys(plain.header))
	f.Fuzz(func(t *testing.T, agency string) {
		c := newPalmBay(1)
		c.Agreement.Agency = agency
		_, o := write(t, e, fixtureMessage(c))
		if diff := cmp.Diff(known, slices.Sorted(maps.Keys(o.header))); diff != "" {
			t.Fatalf("headers (-want +got):\n%s", diff)
		}
		for line := range strings.SplitSeq(o.head, "\r\n") {
			if strings.ContainsAny(line, "\r\n") || len(line) > 998 {
				t.Fatalf("a line of %d bytes: %q", len(line), line)
			}
		}
		subject, err := new(mime.WordDecoder).DecodeHeader(o.header.Get("Subject"))
		if err != nil || len(o.header["Subject"]) != 1 || strings.ContainsAny(subject, "\r\n") {
			t.Fatalf("subject %q: %v", subject, err)
		}
	})
}

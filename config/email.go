package config

import (
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"net/mail"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/goccy/go-yaml/token"
)

// Email is a list of recipients, and the mail server that takes mail to them.
type Email struct {
	Host        string
	Port        int
	Security    string // tls, starttls or plain
	Username    string // "" where the server asks for none
	Password    Secret
	From        string // as mail.ParseAddress reads it: the name, if any, is in quotes
	To          []string
	DKIM        *DKIM  // nil where the mail server signs, or nobody does
	Unsubscribe string // address that begins with https: or mailto:; "" for none
}

// DKIM is what mail is signed with.
type DKIM struct {
	Domain   string // that of From where the file names none
	Selector string
	Key      Secret // PEM
}

// The ways to reach a mail server.
const (
	tls      = "tls"
	startTLS = "starttls"
	plain    = "plain"
)

// What to write for the keys of email.
const (
	writeSMTP        = "write it like smtps://user@smtp.example.org, with smtp:// for STARTTLS or smtp+plain:// for no encryption"
	writePassword    = "write the password of the user that the mail server's address names"
	writeFrom        = "write it like watch@example.org or \"287(g) watch <watch@example.org>\""
	writeTo          = "write addresses alone, like [desk@example.org, list@example.org]"
	writeDomain      = "write a domain like example.org"
	writeSelector    = "write the name that stands before ._domainkey in your DNS, like mail"
	writeKey         = "write a private key that begins with -----BEGIN PRIVATE KEY----- or -----BEGIN RSA PRIVATE KEY-----"
	writeUnsubscribe = "write an address that begins with https:// or mailto:"
)

// email is the schema of an email channel.
func (r *reader) email(c *Channel) key {
	e := &Email{}
	return key{
		name: "email",
		keys: slices.Concat(
			[]key{{name: "smtp", read: r.value(writeSMTP, smtp(e))}},
			r.secret("password", writePassword, &e.Password, oneLine(writePassword)),
			[]key{
				{name: "from", read: r.value(writeFrom, from(&e.From))},
				{name: "to", read: r.list(writeTo, distinct(&e.To, recipient))},
				r.dkim(e),
				{name: "unsubscribe", read: r.value(writeUnsubscribe, optional(unsubscribe(&e.Unsubscribe)))},
			},
		),
		done: func(at *token.Token, g given) {
			c.Email = e
			r.login(g, e)
			for _, k := range []struct{ name, write string }{{"smtp", writeSMTP}, {"from", writeFrom}, {"to", writeTo}} {
				if !g.has(k.name) {
					r.fail(at, "email without %q; add it, and %s", k.name, k.write)
				}
			}
			if a, err := mail.ParseAddress(e.From); err == nil && e.DKIM != nil && e.DKIM.Domain == "" {
				e.DKIM.Domain = a.Address[strings.LastIndex(a.Address, "@")+1:]
			}
		},
	}
}

// login notes a user without a password, and the other way round.
func (r *reader) login(g given, e *Email) {
	password := r.once(g, "password")
	switch {
	case e.Host == "": // wrong or missing, which was said
	case e.Username != "" && password == nil:
		r.fail(g.at("smtp"), "a user without a password; add %s, or leave the user out", spelled("password"))
	case e.Username == "" && password != nil:
		r.fail(password, "a password without a user; name the user in \"smtp\", like %s://user@%s, or take the password out", scheme(e.Security), e.Host)
	}
}

// dkim is the schema of a signature.
func (r *reader) dkim(e *Email) key {
	d := &DKIM{}
	return key{
		name: "dkim",
		keys: slices.Concat(
			[]key{
				{name: "domain", read: r.value(writeDomain, domain(&d.Domain))},
				{name: "selector", read: r.value(writeSelector, selector(&d.Selector))},
			},
			r.secret("key", writeKey, &d.Key, privateKey),
		),
		done: func(at *token.Token, g given) {
			e.DKIM = d
			r.need(at, g, "key", "dkim without a key to sign with")
			if !g.has("selector") {
				r.fail(at, `dkim without "selector"; add it, and %s`, writeSelector)
			}
		},
	}
}

// ways are the schemes of a mail server's address.
var ways = []struct {
	scheme, security string
	port             int
}{{"smtps", tls, 465}, {"smtp", startTLS, 587}, {"smtp+plain", plain, 25}}

func scheme(security string) string {
	for _, w := range ways {
		if w.security == security {
			return w.scheme
		}
	}
	return ""
}

// smtp takes a mail server's address apart. Nothing of it is shown: users put
// passwords there.
func smtp(e *Email) setter {
	return func(text string) string {
		u, err := url.Parse(text)
		if err != nil || !isHost(u.Hostname()) || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
			return "no address of a mail server; " + writeSMTP
		}
		for _, w := range ways {
			if w.scheme != u.Scheme {
				continue
			}
			port := w.port
			if p := u.Port(); p != "" {
				if n, err := strconv.ParseUint(p, 10, 16); err != nil || n == 0 {
					return "no mail server has port " + quote(p) + "; write one from 1 to 65535, or leave it out for " + strconv.Itoa(port)
				}
				port, _ = strconv.Atoi(p)
			}
			if _, ok := u.User.Password(); ok {
				return "a password in the mail server's address; leave it out there, and add " + spelled("password")
			}
			if w.security == plain && u.User != nil {
				return "a password would go out unencrypted; write smtps:// or smtp://, or leave the user out"
			}
			e.Host, e.Port, e.Security, e.Username = u.Hostname(), port, w.security, u.User.Username()
			return ""
		}
		return "mail does not go by " + quote(u.Scheme+"://") + "; " + writeSMTP
	}
}

var hostSigns = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9.])?$`)

func isHost(s string) bool {
	_, err := netip.ParseAddr(s)
	return err == nil || hostSigns.MatchString(s)
}

func domain(to *string) setter {
	return func(text string) string {
		*to = text
		if !hostSigns.MatchString(text) || !strings.Contains(text, ".") {
			return show(text) + " is no domain; " + writeDomain + ", or take the key out for that of \"from\""
		}
		return ""
	}
}

func selector(to *string) setter {
	return func(text string) string {
		*to = text
		if !hostSigns.MatchString(text) {
			return show(text) + " is no selector; " + writeSelector
		}
		return ""
	}
}

// from takes an address with or without a name before it. mail.ParseAddress
// alone would take the brackets of 287(g) for a comment, and drop them.
func from(to *string) setter {
	return func(text string) string {
		a := mail.Address{Address: strings.TrimSpace(text)}
		if i := strings.LastIndexByte(a.Address, '<'); i >= 0 && strings.HasSuffix(a.Address, ">") {
			a.Name = strings.Trim(strings.TrimSpace(a.Address[:i]), `"`)
			a.Address = a.Address[i+1 : len(a.Address)-1]
		}
		if !isEmail(a.Address) || strings.ContainsAny(a.Name, "<>@") || strings.ContainsFunc(a.Name, unicode.IsControl) {
			return show(text) + " is no sender; " + writeFrom
		}
		*to = a.Address
		if a.Name != "" {
			*to = a.String()
		}
		return ""
	}
}

// recipient takes a bare address.
func recipient(text string) (address, wrong string) {
	if !isEmail(text) {
		return "", show(text) + " is no email address; " + writeTo
	}
	return text, ""
}

// isEmail takes ASCII alone: other letters would need every server on the way to
// know them, and a domain can be written as xn--….
func isEmail(text string) bool {
	if strings.ContainsFunc(text, func(c rune) bool { return c <= ' ' || c > '~' || c == '"' }) || strings.Count(text, "@") != 1 {
		return false
	}
	a, err := mail.ParseAddress(text)
	return err == nil && a.Name == "" && a.Address == text && isHost(text[strings.Index(text, "@")+1:])
}

func unsubscribe(to *string) setter {
	return func(text string) string {
		*to = text
		address, isMail := strings.CutPrefix(text, "mailto:")
		address, _, _ = strings.Cut(address, "?")
		u := webAddress(text)
		if strings.ContainsAny(text, "<>,") || !isWord(text) || isMail && !isEmail(address) || !isMail && (u == nil || u.Scheme != "https") {
			return show(text) + " is no address to unsubscribe at; " + writeUnsubscribe
		}
		return ""
	}
}

// privateKey checks a key of the sorts that DKIM knows, RSA and Ed25519.
func privateKey(text string) string {
	const wrong = "is no private key; " + writeKey
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return wrong
	}
	if _, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return ""
	}
	k, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return wrong
	}
	switch k.(type) {
	case *rsa.PrivateKey, ed25519.PrivateKey:
		return ""
	}
	return "is a key of a sort that DKIM does not know; write one for RSA or Ed25519"
}

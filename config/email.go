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
	"strconv"
	"strings"
	"unicode"
)

// Email is a list of recipients, and the mail server that takes mail to them.
type Email struct {
	Server      Server   `yaml:"smtp,required,hidden" hint:"write it like smtps://user@smtp.example.org, with smtp:// for STARTTLS or smtp+plain:// for no encryption"`
	Password    Secret   `yaml:"password" hint:"write the password of the user that the mail server's URL names"`
	From        string   `yaml:"from,required" hint:"write it like watch@example.org or \"287(g) watch <watch@example.org>\""` // as mail.ParseAddress reads it: the name, if any, is in quotes
	To          []string `yaml:"to,required" hint:"write addresses alone, like [desk@example.org, list@example.org]"`
	DKIM        *DKIM    `yaml:"dkim"`                                                                      // nil where the mail server signs, or nobody does
	Unsubscribe string   `yaml:"unsubscribe,empty" hint:"write a URL that begins with https:// or mailto:"` // "" for none
}

// Server is a mail server.
type Server struct {
	Host     string
	Port     int
	Security string // tls, starttls or plain
	Username string // "" where the server asks for none
}

// DKIM is what mail is signed with.
type DKIM struct {
	Domain   string `yaml:"domain" hint:"write a domain like example.org, or remove the key for that of \"from\""` // that of From where the file names none
	Selector string `yaml:"selector,required" hint:"write the name that stands before ._domainkey in your DNS, like mail"`
	Key      Secret `yaml:"key,required" hint:"write a private key that begins with -----BEGIN PRIVATE KEY----- or -----BEGIN RSA PRIVATE KEY-----"` // PEM
}

func (e *Email) validate(s *section) {
	checkMailer(s, e.Server, &e.From, e.DKIM)
	list(s, "to", &e.To, recipient)
	s.check("unsubscribe", unsubscribe)
}

func (d *DKIM) validate(s *section) {
	s.check("domain", like(domainLike, "is not a domain"))
	s.check("selector", like(hostLike, "is not a selector"))
	s.check("key", privateKey)
}

// securities are the schemes of a mail server's URL.
var securities = []struct {
	scheme, security string
	port             int
}{{"smtps", "tls", 465}, {"smtp", "starttls", 587}, {"smtp+plain", "plain", 25}}

// parse takes a mail server's URL apart.
func (m *Server) parse(text string) (wrong string) {
	u, err := url.Parse(text)
	if err != nil || !isHost(u.Hostname()) || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return "is not the URL of a mail server"
	}
	for _, w := range securities {
		if w.scheme != u.Scheme {
			continue
		}
		port := w.port
		if p := u.Port(); p != "" {
			if port, err = strconv.Atoi(p); err != nil || port < 1 || port > 65535 {
				return "has the port " + quote(p) + "; write one from 1 to 65535, or leave it out for " + strconv.Itoa(w.port)
			}
		}
		if _, ok := u.User.Password(); ok {
			return "has a password in it; leave it out here, and add " + spelled("password")
		}
		if w.security == "plain" && u.User != nil {
			return "would send a password unencrypted; write smtps:// or smtp://, or leave the user out"
		}
		*m = Server{Host: u.Hostname(), Port: port, Security: w.security, Username: u.User.Username()}
		return ""
	}
	return "begins with " + quote(u.Scheme+"://") + ", which is not for mail"
}

var (
	hostLike   = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9.])?$`)
	domainLike = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*\.([A-Za-z0-9._-]*[A-Za-z0-9.])?$`)
)

func isHost(s string) bool {
	_, err := netip.ParseAddr(s)
	return err == nil || hostLike.MatchString(s)
}

// sender reads an address with or without a name before it. mail.ParseAddress
// alone would take the brackets of 287(g) for a comment, and drop them.
func sender(text string) (from, wrong string) {
	a := mail.Address{Address: strings.TrimSpace(text)}
	if i := strings.LastIndexByte(a.Address, '<'); i >= 0 && strings.HasSuffix(a.Address, ">") {
		a.Name = strings.Trim(strings.TrimSpace(a.Address[:i]), `"`)
		a.Address = a.Address[i+1 : len(a.Address)-1]
	}
	if !isEmail(a.Address) || strings.ContainsAny(a.Name, "<>@") || strings.ContainsFunc(a.Name, unicode.IsControl) {
		return "", "is not a sender"
	}
	if a.Name == "" {
		return a.Address, ""
	}
	return a.String(), ""
}

// recipient reads a bare address.
func recipient(text string) (address, wrong string) {
	if !isEmail(text) {
		return "", "is not an email address"
	}
	if _, domain, _ := strings.Cut(text, "@"); domain != "localhost" && !strings.Contains(domain, ".") {
		return "", "names no mail host; write the whole address, like desk@example.org"
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

func unsubscribe(text string) string {
	address, isMail := strings.CutPrefix(text, "mailto:")
	address, _, _ = strings.Cut(address, "?")
	u := webURL(text)
	if strings.ContainsAny(text, "<>,") || !isWord(text) || isMail && !isEmail(address) || !isMail && (u == nil || u.Scheme != "https") {
		return "is not a URL to unsubscribe at"
	}
	return ""
}

// privateKey checks a key of the kinds that DKIM knows, RSA and Ed25519.
func privateKey(text string) string {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return "is not a private key"
	}
	if _, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return ""
	}
	k, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return "is not a private key"
	}
	switch k.(type) {
	case *rsa.PrivateKey, ed25519.PrivateKey:
		return ""
	}
	return "is a key of a kind that DKIM does not know; write one for RSA or Ed25519"
}

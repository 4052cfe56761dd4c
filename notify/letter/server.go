// Package letter is mail: a message in bytes, its signature by DKIM, and the session with
// a mail server that takes it to one recipient after the other.
package letter

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/wneessen/go-mail"
)

// How the connection to a mail server is secured.
const (
	SecurityTLS      = "tls"      // encrypted from the first byte
	SecurityStartTLS = "starttls" // encrypted before anything is said
	SecurityPlain    = "plain"    // not encrypted: for a server on this machine
)

// Timeout is how long connecting to a server may take, and then each message: less than
// a sender waits, so that the error can say what took so long.
const Timeout = 45 * time.Second

// ServerConfig says which mail server takes the mail.
type ServerConfig struct {
	Host     string
	Port     int    // 0 is the usual one
	Security string // SecurityTLS, SecurityStartTLS or SecurityPlain; "" is SecurityStartTLS
	// Username and Password are never sent over a connection that is not
	// encrypted. Without a name there is no sign-in.
	Username, Password string
	Domain             string      // the sender's, which greets
	TLS                *tls.Config // nil trusts what the system trusts
}

// Server is a mail server.
type Server struct {
	Dial func(ctx context.Context, network, address string) (net.Conn, error)

	host     string
	security string
	options  []mail.Option
	tls      *tls.Config
}

// NewServer checks the configuration of a mail server. Nothing is dialed.
func NewServer(c ServerConfig) (*Server, error) {
	s := &Server{Dial: new(net.Dialer).DialContext, host: c.Host, security: cmp.Or(c.Security, SecurityStartTLS)}
	policy, port := mail.NoTLS, 25
	switch s.security {
	case SecurityTLS:
		port = 465 // and go-mail is handed a connection that is encrypted already
	case SecurityStartTLS:
		policy, port = mail.TLSMandatory, 587
	case SecurityPlain:
		if c.Username != "" {
			return nil, errors.New("a password is not sent over a connection that is not encrypted; use tls or starttls")
		}
	default:
		return nil, fmt.Errorf("security: %q is none of tls, starttls, plain", s.security)
	}
	s.tls = &tls.Config{MinVersion: tls.VersionTLS12}
	if c.TLS != nil {
		s.tls = c.TLS.Clone()
	}
	s.tls.ServerName = cmp.Or(s.tls.ServerName, c.Host)
	s.options = []mail.Option{mail.WithPort(cmp.Or(c.Port, port)), mail.WithTLSPolicy(policy), mail.WithTLSConfig(s.tls),
		mail.WithTimeout(Timeout), mail.WithHELO(c.Domain), mail.WithoutSMTPUTF8()}
	if c.Username != "" {
		s.options = append(s.options, mail.WithUsername(c.Username), mail.WithPassword(c.Password),
			mail.WithOpportunisticSMTPAuth(mail.SMTPAuthSCRAMSHA256, mail.SMTPAuthSCRAMSHA1, mail.SMTPAuthPlain,
				mail.SMTPAuthLogin, mail.SMTPAuthCramMD5))
	}
	s.options = slices.Clip(s.options)
	if _, err := mail.NewClient(c.Host, s.options...); err != nil {
		return nil, fmt.Errorf("the mail server: %w", err)
	}
	return s, nil
}

// Address reads an address. One that is not ASCII would need every server on its way to
// support SMTPUTF8; a domain has an ASCII form, xn--….
func Address(s string) (*netmail.Address, error) {
	a, err := netmail.ParseAddress(s)
	if err != nil {
		return nil, fmt.Errorf("%q is not an email address", s)
	}
	odd := func(r rune) bool { return r > unicode.MaxASCII || r <= ' ' || strings.ContainsRune(`<>"`, r) }
	if strings.ContainsFunc(a.Address, odd) || strings.Count(a.Address, "@") != 1 {
		return nil, fmt.Errorf("%q is not an email address of plain ASCII letters", s)
	}
	return a, nil
}

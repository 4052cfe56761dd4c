package notify

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	netmail "net/mail"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"github.com/emersion/go-msgauth/dkim"
	"github.com/wneessen/go-mail"

	"github.com/watch287g/watch287g/notify/wire"
	"github.com/watch287g/watch287g/roster"
)

// How the connection to a mail server is secured.
const (
	SecurityTLS      = "tls"      // encrypted from the first byte
	SecurityStartTLS = "starttls" // encrypted before anything is said
	SecurityPlain    = "plain"    // not encrypted: for a server on this machine
)

// EmailConfig says how mail is sent, and to whom.
type EmailConfig struct {
	Name     string // the channel's: it becomes part of the List-Id
	Host     string
	Port     int    // 0 is the usual one
	Security string // SecurityTLS, SecurityStartTLS or SecurityPlain; "" is SecurityStartTLS
	// Username and Password are never sent over a connection that is not
	// encrypted. Without a name there is no sign-in.
	Username, Password string
	From               string   // "287(g) watch <watch@example.org>"
	To                 []string // each gets a message of their own
	DKIM               *DKIMConfig
	// Unsubscribe is an https or mailto address; "" asks for a mail to From.
	Unsubscribe string
	TLS         *tls.Config // nil trusts what the system trusts
}

// DKIMConfig is the key that mail is signed with, and where its public half is.
type DKIMConfig struct {
	Domain, Selector string
	KeyPEM           []byte // RSA or Ed25519
}

type email struct {
	name        string
	host        string
	security    string
	options     []mail.Option
	tls         *tls.Config
	dial        func(ctx context.Context, network, address string) (net.Conn, error)
	from        *netmail.Address
	domain      string // of from
	to          []*netmail.Address
	listID      string
	unsubscribe string
	dkim        *dkim.SignOptions // nil where nothing is signed
	deps        Deps
}

// NewEmail makes a channel that sends mail.
func NewEmail(c EmailConfig, t Deps) (Channel, error) {
	e := &email{name: c.Name, host: c.Host, security: cmp.Or(c.Security, SecurityStartTLS),
		dial: new(net.Dialer).DialContext, deps: t}
	for _, set := range []func(EmailConfig) error{e.setAddresses, e.setUnsubscribe, e.setServer, e.setDKIM} {
		if err := set(c); err != nil {
			return nil, err
		}
	}
	e.listID = cmp.Or(roster.Slug(c.Name), "watch287g") + "." + e.domain
	return e, nil
}

func (e *email) setAddresses(c EmailConfig) (err error) {
	if e.from, err = emailAddress(c.From); err != nil {
		return fmt.Errorf("from: %w", err)
	}
	_, e.domain, _ = strings.Cut(e.from.Address, "@")
	for _, to := range c.To {
		a, err := emailAddress(to)
		if err != nil {
			return fmt.Errorf("to: %w", err)
		}
		same := func(b *netmail.Address) bool { return strings.EqualFold(a.Address, b.Address) }
		if !slices.ContainsFunc(e.to, same) {
			e.to = append(e.to, a)
		}
	}
	if len(e.to) == 0 {
		return errors.New("to: there is nobody to write to")
	}
	return nil
}

// emailAddress reads an address. One that is not ASCII would need every server on
// its way to support SMTPUTF8; a domain has an ASCII form, xn--….
func emailAddress(s string) (*netmail.Address, error) {
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

func (e *email) setUnsubscribe(c EmailConfig) error {
	e.unsubscribe = "mailto:" + url.PathEscape(e.from.Address) + "?subject=unsubscribe"
	if c.Unsubscribe == "" {
		return nil
	}
	u, err := url.Parse(c.Unsubscribe)
	if err != nil || u.Scheme != "https" && u.Scheme != "mailto" || strings.ContainsAny(c.Unsubscribe, "<>, ") {
		return errors.New("unsubscribe: not an https or mailto address")
	}
	e.unsubscribe = u.String()
	return nil
}

func (e *email) setServer(c EmailConfig) error {
	policy, port := mail.NoTLS, 25
	switch e.security {
	case SecurityTLS:
		port = 465 // and go-mail is handed a connection that is encrypted already
	case SecurityStartTLS:
		policy, port = mail.TLSMandatory, 587
	case SecurityPlain:
		if c.Username != "" {
			return errors.New("a password is not sent over a connection that is not encrypted; use tls or starttls")
		}
	default:
		return fmt.Errorf("security: %q is none of tls, starttls, plain", e.security)
	}
	e.tls = &tls.Config{MinVersion: tls.VersionTLS12}
	if c.TLS != nil {
		e.tls = c.TLS.Clone()
	}
	e.tls.ServerName = cmp.Or(e.tls.ServerName, c.Host)
	e.options = []mail.Option{mail.WithPort(cmp.Or(c.Port, port)), mail.WithTLSPolicy(policy), mail.WithTLSConfig(e.tls),
		mail.WithTimeout(smtpTimeout), mail.WithHELO(e.domain), mail.WithoutSMTPUTF8()}
	if c.Username != "" {
		e.options = append(e.options, mail.WithUsername(c.Username), mail.WithPassword(c.Password),
			mail.WithOpportunisticSMTPAuth(mail.SMTPAuthSCRAMSHA256, mail.SMTPAuthSCRAMSHA1, mail.SMTPAuthPlain,
				mail.SMTPAuthLogin, mail.SMTPAuthCramMD5))
	}
	e.options = slices.Clip(e.options)
	if _, err := mail.NewClient(c.Host, e.options...); err != nil {
		return fmt.Errorf("the mail server: %w", err)
	}
	return nil
}

func (e *email) setDKIM(c EmailConfig) error {
	if c.DKIM == nil {
		return nil
	}
	key, err := mail.PrivKeyFromPEM(c.DKIM.KeyPEM)
	if err != nil {
		return errors.New("dkim: the key is not a PEM file with an RSA or Ed25519 private key")
	}
	// go-mail can sign too, but breaks its own signature where it names as many
	// headers as the mail of a list has.
	e.dkim = &dkim.SignOptions{Domain: c.DKIM.Domain, Selector: c.DKIM.Selector, Signer: key, HeaderKeys: emailSigned,
		HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed}
	return dkim.Sign(io.Discard, strings.NewReader("From: "+e.from.Address+"\r\n\r\n"), e.dkim)
}

// batchesReceipts lets the receipts of many recipients be saved together, since a
// mail server accepts mail faster than a disk accepts receipts.
func (e *email) batchesReceipts(Message) bool { return true }

// Send writes to all recipients who have not received the message, over one
// connection. Each is a part of the delivery. After a crash the last few recipients,
// at most 25, can get their mail twice, with the same Message-ID.
func (e *email) Send(ctx context.Context, m Message, done func(part, answer string)) error {
	l, err := e.letter(m)
	if err != nil {
		return permanent("the message cannot be put into HTML: %w", err)
	}
	round := &emailRound{done: done, delivered: len(m.Delivery.Receipts) > 0}
	left := e.recipients(m, round)
	err = e.sendAll(ctx, l, left, round)
	switch {
	case err == nil:
		return round.failure()
	case ctx.Err() != nil:
		return fmt.Errorf("stopped after %d of %d recipients: %w", round.accepted, len(left), ctx.Err())
	}
	return err
}

// recipients are those who are to be sent the message now: of one that was sent but for
// some, those who were put off.
func (e *email) recipients(m Message, round *emailRound) []*netmail.Address {
	var now []*netmail.Address
	for _, to := range e.to {
		left := slices.IndexFunc(m.Delivery.Left, func(l roster.Leftover) bool { return l.Part == to.Address })
		switch {
		case m.Delivery.Done(to.Address), left < 0 && len(m.Delivery.Left) > 0:
		case slices.Contains(m.Held, to.Address):
			round.left = append(round.left, roster.Leftover{Part: to.Address, Answer: "waits for an earlier message"})
		case left >= 0 && m.Delivery.Left[left].Refused:
			round.left = append(round.left, m.Delivery.Left[left])
		default:
			now = append(now, to)
		}
	}
	return now
}

// sendAll sends the letter to one recipient after the other.
func (e *email) sendAll(ctx context.Context, l letter, to []*netmail.Address, round *emailRound) error {
	if len(to) == 0 {
		return nil
	}
	s, err := e.connect(ctx)
	if err != nil {
		return err
	}
	defer func() { s.close() }()
	for refused := false; len(to) > 0; {
		raw, err := e.mail(l, to[0])
		if err != nil {
			return permanent("the message cannot be written: %w", err)
		}
		refusal, err := s.send(e.from.Address, to[0].Address, raw)
		switch {
		case refusal != nil:
			round.refuse(to[0].Address, *refusal)
			refused = true
		case err == nil:
			round.accept(to[0].Address, e.messageID(l.delivery, to[0]))
		}
		if refusal != nil || err == nil {
			to = to[1:]
		}
		if err == nil {
			continue
		}
		s.abort()
		if !refused {
			return err
		}
		// Servers hang up on clients that name unknown recipients, which must not
		// keep the others waiting.
		again, err := e.connect(ctx)
		if err != nil {
			return err
		}
		s, refused = again, false
	}
	return nil
}

// emailRound is one try to reach all recipients.
type emailRound struct {
	done      func(part, answer string)
	delivered bool // somebody has received the message, now or earlier
	accepted  int  // how many received it now
	left      []roster.Leftover
	codes     []string // of the replies to those
	text      bool     // a server took a recipient and refused the text for good
}

func (r *emailRound) accept(to, messageID string) {
	r.delivered = true
	r.accepted++
	r.done(to, messageID)
}

func (r *emailRound) refuse(to string, no smtpRefusal) {
	r.left = append(r.left, roster.Leftover{Part: to, Answer: wire.ReplyText(no.reply, to), Refused: no.reply.Code >= 500})
	r.codes = append(r.codes, wire.ReplyCode(no.reply))
	r.text = r.text || no.text && no.reply.Code >= 500
}

// mostNamed is how many of the recipients who are left an error names.
const mostNamed = 3

// failure says what remains to be sent. Where nobody is accepted, it is not the
// recipients that the server refuses, but us or what we say.
func (r *emailRound) failure() error {
	all := !slices.ContainsFunc(r.left, func(l roster.Leftover) bool { return !l.Refused })
	count := english.Plural(len(r.left), "recipient", "recipients")
	var named []string // some of them, as far as whoever reads it needs to know
	for _, l := range r.left[:min(len(r.left), mostNamed)] {
		named = append(named, wire.Mask(l.Part)+" ("+l.Answer+")")
	}
	if n := len(r.left) - mostNamed; n > 0 {
		named = append(named, fmt.Sprintf("%d more", n))
	}
	slices.Sort(r.codes)
	codes := strings.Join(slices.Compact(r.codes), ", ")
	switch {
	case len(r.left) == 0:
		return nil
	case r.delivered && all:
		return &Failure{Err: fmt.Errorf("the mail server refuses %s: %s; the others have it", count, english.And(named)), Permanent: true, Left: r.left}
	case r.delivered:
		return &Failure{Err: fmt.Errorf("the mail server puts off %s: %s; the others have it", count, english.And(named)), Left: r.left}
	case !all:
		return &Failure{Err: fmt.Errorf("the mail server puts off %s (%s)", count, codes)}
	case r.text:
		return permanent("the mail server refuses what the message says (%s)", codes)
	}
	return &Failure{Err: fmt.Errorf("the mail server refuses all it was asked for: %s (%s)", count, codes), Permanent: true, Channel: true}
}

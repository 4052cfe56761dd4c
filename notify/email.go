package notify

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	netmail "net/mail"
	"net/url"
	"slices"
	"strings"

	"github.com/watch287g/watch287g/notify/letter"
	"github.com/watch287g/watch287g/notify/wire"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// How the connection to a mail server is secured.
const (
	SecurityTLS      = letter.SecurityTLS      // encrypted from the first byte
	SecurityStartTLS = letter.SecurityStartTLS // encrypted before anything is said
	SecurityPlain    = letter.SecurityPlain    // not encrypted: for a server on this machine
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
type DKIMConfig = letter.DKIMConfig

type email struct {
	name        string
	server      *letter.Server
	from        *netmail.Address
	domain      string // of from
	to          []*netmail.Address
	listID      string
	unsubscribe string
	signer      *letter.Signer // nil where nothing is signed
	deps        Deps
}

// NewEmail makes a channel that sends mail.
func NewEmail(c EmailConfig, t Deps) (Channel, error) {
	e := &email{name: c.Name, deps: t}
	for _, set := range []func(EmailConfig) error{e.setAddresses, e.setUnsubscribe} {
		if err := set(c); err != nil {
			return nil, err
		}
	}
	var err error
	if e.server, err = letter.NewServer(letter.ServerConfig{Host: c.Host, Port: c.Port, Security: c.Security, Username: c.Username,
		Password: c.Password, Domain: e.domain, TLS: c.TLS}); err != nil {
		return nil, err
	}
	if c.DKIM != nil {
		if e.signer, err = letter.NewSigner(*c.DKIM); err != nil {
			return nil, err
		}
	}
	e.listID = cmp.Or(roster.Slug(c.Name), "watch287g") + "." + e.domain
	return e, nil
}

func (e *email) setAddresses(c EmailConfig) (err error) {
	if e.from, err = letter.Address(c.From); err != nil {
		return fmt.Errorf("from: %w", err)
	}
	_, e.domain, _ = strings.Cut(e.from.Address, "@")
	for _, to := range c.To {
		a, err := letter.Address(to)
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

// batchesReceipts lets the receipts of many recipients be saved together, since a
// mail server accepts mail faster than a disk accepts receipts.
func (e *email) batchesReceipts(Message) bool { return true }

// Send writes to all recipients who have not received the message, over one
// connection. Each is a part of the delivery. After a crash the last few recipients,
// at most 25, can get their mail twice, with the same Message-ID.
func (e *email) Send(ctx context.Context, m Message, done func(part, answer string)) error {
	l, err := e.compose(m)
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
func (e *email) sendAll(ctx context.Context, l composed, to []*netmail.Address, round *emailRound) error {
	if len(to) == 0 {
		return nil
	}
	s, err := e.server.Connect(ctx)
	if err != nil {
		return mailFailure(err)
	}
	defer func() { s.Close() }()
	for refused := false; len(to) > 0; {
		raw, err := e.mail(l, to[0])
		if err != nil {
			return permanent("the message cannot be written: %w", err)
		}
		refusal, err := s.Send(ctx, e.from.Address, to[0].Address, raw)
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
		s.Abort()
		if !refused {
			return mailFailure(err)
		}
		// Servers hang up on clients that name unknown recipients, which must not
		// keep the others waiting.
		again, err := e.server.Connect(ctx)
		if err != nil {
			return mailFailure(err)
		}
		s, refused = again, false
	}
	return nil
}

// mailFailure is what an error of a session means for the channel.
func mailFailure(err error) error {
	if f, ok := errors.AsType[*letter.Failure](err); ok {
		return &Failure{Err: f.Err, Permanent: f.Permanent, Channel: f.Whole}
	}
	return err
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

func (r *emailRound) refuse(to string, no letter.Refusal) {
	r.left = append(r.left, roster.Leftover{Part: to, Answer: wire.ReplyText(no.Reply, to), Refused: no.Permanent()})
	r.codes = append(r.codes, wire.ReplyCode(no.Reply))
	r.text = r.text || no.Text && no.Permanent()
}

// mostNamed is how many of the recipients who are left an error names.
const mostNamed = 3

// failure says what remains to be sent. Where nobody is accepted, it is not the
// recipients that the server refuses, but us or what we say.
func (r *emailRound) failure() error {
	all := !slices.ContainsFunc(r.left, func(l roster.Leftover) bool { return !l.Refused })
	count := prose.English.Plural(len(r.left), "recipient", "recipients")
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
		return &Failure{Err: fmt.Errorf("the mail server refuses %s: %s; the others have it", count, prose.English.And(named)), Permanent: true, Left: r.left}
	case r.delivered:
		return &Failure{Err: fmt.Errorf("the mail server puts off %s: %s; the others have it", count, prose.English.And(named)), Left: r.left}
	case !all:
		return &Failure{Err: fmt.Errorf("the mail server puts off %s (%s)", count, codes)}
	case r.text:
		return permanent("the mail server refuses what the message says (%s)", codes)
	}
	return &Failure{Err: fmt.Errorf("the mail server refuses all it was asked for: %s (%s)", count, codes), Permanent: true, Channel: true}
}

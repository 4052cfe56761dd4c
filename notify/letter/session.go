package letter

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"slices"
	"strings"
	"time"

	"github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"

	"github.com/watch287g/watch287g/notify/wire"
)

// closing is the reply of a server that closes the connection, to whatever command.
const closing = 421

// Failure is why a server takes no mail at all, or not this one. Other errors of a session
// are temporary.
type Failure struct {
	Err error
	// Permanent says that trying again is useless; with Whole that holds for every mail,
	// and otherwise for this one.
	Permanent, Whole bool
}

// Error is the reason, without secrets.
func (f *Failure) Error() string { return f.Err.Error() }

// Unwrap is for errors.Is and errors.As.
func (f *Failure) Unwrap() error { return f.Err }

// Refusal is a reply by which a server refuses a mail to a recipient, or puts it off.
type Refusal struct {
	Reply *textproto.Error
	Text  bool // it had accepted the recipient
}

// Permanent says that the server will not take it later either.
func (r Refusal) Permanent() bool { return r.Reply.Code >= 500 }

// Unsaid is the error of a session that was over before anything of a mail was said, so that
// another one can send it.
type Unsaid struct{ Err error }

// Error is the reason.
func (u *Unsaid) Error() string { return u.Err.Error() }

// Unwrap is for errors.Is and errors.As.
func (u *Unsaid) Unwrap() error { return u.Err }

// Session is one connection to a mail server. It is for one goroutine at a time.
type Session struct {
	client *smtp.Client
	conn   net.Conn
}

// Connect opens a connection, encrypts it and signs in. When the context ends, so does
// the attempt.
func (s *Server) Connect(ctx context.Context) (*Session, error) {
	session, unwatch := &Session{}, func() bool { return true }
	defer func() { unwatch() }()
	dial := func(dialling context.Context, network, address string) (net.Conn, error) {
		conn, err := s.Dial(dialling, network, address)
		if err != nil {
			return nil, err
		}
		session.conn = conn
		unwatch = context.AfterFunc(ctx, func() { _ = conn.Close() })
		if s.security != SecurityTLS {
			return conn, nil
		}
		secure := tls.Client(conn, s.tls)
		return secure, secure.HandshakeContext(dialling)
	}
	// The slice has no spare capacity: append copies it at each call.
	client, err := mail.NewClient(s.host, append(s.options, mail.WithDialContextFunc(dial))...)
	if err != nil {
		return nil, errors.New("the mail server's settings do not fit together")
	}
	if session.client, err = client.DialToSMTPClientWithContext(ctx); err != nil {
		session.Abort()
		return nil, connectError(err)
	}
	return session, nil
}

// Abort closes the connection without saying goodbye.
func (s *Session) Abort() {
	if s.conn != nil {
		_ = s.conn.Close()
	}
}

// Close says goodbye to the server; its answer does not matter.
func (s *Session) Close() {
	if s.client.UpdateDeadline(5*time.Second) == nil {
		_ = s.client.Quit()
	}
	s.Abort()
}

// Send sends one mail from one address to another, which are those of its envelope. A
// refusal concerns only the recipient, or the text; after an error the session is
// useless. When the context ends, the connection is closed, whatever is under way on it.
func (s *Session) Send(ctx context.Context, from, to string, raw []byte) (refusal *Refusal, err error) {
	defer context.AfterFunc(ctx, func() { _ = s.conn.Close() })()
	if err := s.client.UpdateDeadline(Timeout); err != nil {
		return nil, &Unsaid{sessionError(err)}
	}
	if err := s.client.Mail("<" + from + ">"); err != nil {
		if reply, ok := errors.AsType[*textproto.Error](err); ok && reply.Code != closing {
			return nil, mailFailure(atSender, reply, fmt.Errorf("the mail server does not accept the sender: %s", wire.ReplyText(reply, "")))
		}
		return nil, &Unsaid{sessionError(err)}
	}
	text, err := s.transfer(to, raw)
	if err == nil {
		return nil, nil
	}
	reply, ok := errors.AsType[*textproto.Error](err)
	if !ok || reply.Code == closing {
		return nil, sessionError(err)
	}
	refusal = &Refusal{reply, text}
	// A message that was refused halfway would block the next one.
	if err := s.client.Reset(); err != nil {
		return refusal, sessionError(err)
	}
	return refusal, nil
}

// transfer names the recipient and sends the text. text says that the recipient was
// accepted.
func (s *Session) transfer(to string, raw []byte) (text bool, err error) {
	if err := s.client.Rcpt("<" + to + ">"); err != nil {
		return false, err
	}
	w, err := s.client.Data()
	if err != nil {
		return true, err
	}
	if _, err := w.Write(raw); err != nil {
		return true, err
	}
	return true, w.Close()
}

// connectError says why there is no connection. What the server says is left
// out: it could repeat the password.
func connectError(err error) error {
	reply, replied := errors.AsType[*textproto.Error](err)
	switch {
	case replied && slices.Contains([]int{454, 530, 534, 535, 538}, reply.Code):
		return mailFailure(atConnect, reply, fmt.Errorf("the mail server does not accept the user name and password (%s)", wire.ReplyCode(reply)))
	case replied:
		return mailFailure(atConnect, reply, fmt.Errorf("the mail server turns us away (%s)", wire.ReplyCode(reply)))
	case strings.Contains(err.Error(), "not support STARTTLS"):
		return &Failure{Err: errors.New("the mail server offers no STARTTLS; without it nothing is sent"), Permanent: true, Whole: true}
	case strings.Contains(err.Error(), "not support SMTP AUTH"), errors.Is(err, mail.ErrNoSupportedAuthDiscovered):
		return &Failure{Err: errors.New("the mail server offers no way to sign in with a user name and password"), Permanent: true, Whole: true}
	}
	return errors.New("the mail server cannot be reached: " + wire.Unreachable(err))
}

// stage is how far a mail got until a server refused it.
type stage int

const (
	atConnect stage = iota // the greeting, or the sign-in
	atSender               // MAIL FROM
)

// mailFailure says what a reply before a recipient was named means. Those to recipients
// and texts are judged together, by who sends to many:
//
//	greeting, sign-in, sender    5xx            the channel is of no use
//	                             552, x.3.4     this message is too big
//	                             4xx            tried again
//	some recipients, or texts    5xx, 4xx       these recipients' own dead letter, or tried again
//	all recipients               5xx, 4xx       the channel is of no use, or tried again
//	all texts                    5xx, 4xx       this message is given up, or tried again
func mailFailure(at stage, reply *textproto.Error, err error) error {
	tooBig := at == atSender && (reply.Code == 552 || strings.HasSuffix(wire.ReplyCode(reply), ".3.4"))
	return &Failure{Err: err, Permanent: reply.Code >= 500, Whole: !tooBig}
}

// sessionError says why a connection is useless.
func sessionError(err error) error {
	if reply, ok := errors.AsType[*textproto.Error](err); ok {
		return fmt.Errorf("the mail server ended the connection: %s", wire.ReplyText(reply, ""))
	}
	return errors.New("the connection to the mail server broke: " + wire.Unreachable(err))
}

package notify

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

// smtpTimeout is how long connecting to a server may take, and then each message:
// less than the sender waits, so that the error can say what took so long.
const smtpTimeout = 45 * time.Second

// smtpClosing is the reply of a server that closes the connection, to whatever
// command.
const smtpClosing = 421

// smtpSession is one connection to a mail server.
type smtpSession struct {
	client  *smtp.Client
	conn    net.Conn
	unwatch func() bool // stops watching the context that would close the connection
}

// connect opens a connection, encrypts it and signs in. When the context ends, the
// connection is closed, whatever is under way on it.
func (e *email) connect(ctx context.Context) (*smtpSession, error) {
	s := &smtpSession{}
	dial := func(dialling context.Context, network, address string) (net.Conn, error) {
		conn, err := e.dial(dialling, network, address)
		if err != nil {
			return nil, err
		}
		s.conn = conn
		s.unwatch = context.AfterFunc(ctx, func() { _ = conn.Close() })
		if e.security != SecurityTLS {
			return conn, nil
		}
		secure := tls.Client(conn, e.tls)
		return secure, secure.HandshakeContext(dialling)
	}
	// The slice has no spare capacity: append copies it at each call.
	client, err := mail.NewClient(e.host, append(e.options, mail.WithDialContextFunc(dial))...)
	if err != nil {
		return nil, errors.New("the mail server's settings do not fit together")
	}
	s.client, err = client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		s.abort()
		return nil, e.connectError(err)
	}
	return s, nil
}

// abort closes the connection without saying goodbye.
func (s *smtpSession) abort() {
	if s.conn != nil {
		s.unwatch()
		_ = s.conn.Close()
	}
}

// close says goodbye to the server; its answer does not matter.
func (s *smtpSession) close() {
	if s.client.UpdateDeadline(5*time.Second) == nil {
		_ = s.client.Quit()
	}
	s.abort()
}

// smtpRefusal is a reply by which a server refuses a message to a recipient, or puts it
// off; text says that it had accepted the recipient.
type smtpRefusal struct {
	reply *textproto.Error
	text  bool
}

// send sends one message. A refusal concerns only the recipient, or the text; after an
// error the connection is useless.
func (s *smtpSession) send(from, to string, raw []byte) (refusal *smtpRefusal, err error) {
	if err := s.client.UpdateDeadline(smtpTimeout); err != nil {
		return nil, sessionError(err)
	}
	if err := s.client.Mail("<" + from + ">"); err != nil {
		if reply, ok := errors.AsType[*textproto.Error](err); ok && reply.Code != smtpClosing {
			return nil, mailFailure(smtpSender, reply, fmt.Errorf("the mail server does not accept the sender: %s", wire.ReplyText(reply, "")))
		}
		return nil, sessionError(err)
	}
	text, err := s.transfer(to, raw)
	if err == nil {
		return nil, nil
	}
	reply, ok := errors.AsType[*textproto.Error](err)
	if !ok || reply.Code == smtpClosing {
		return nil, sessionError(err)
	}
	refusal = &smtpRefusal{reply, text}
	// A message that was refused halfway would block the next one.
	if err := s.client.Reset(); err != nil {
		return refusal, sessionError(err)
	}
	return refusal, nil
}

// transfer names the recipient and sends the text. text says that the recipient was
// accepted.
func (s *smtpSession) transfer(to string, raw []byte) (text bool, err error) {
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
func (e *email) connectError(err error) error {
	reply, replied := errors.AsType[*textproto.Error](err)
	switch {
	case replied && slices.Contains([]int{454, 530, 534, 535, 538}, reply.Code):
		return mailFailure(smtpConnect, reply, fmt.Errorf("the mail server does not accept the user name and password (%s)", wire.ReplyCode(reply)))
	case replied:
		return mailFailure(smtpConnect, reply, fmt.Errorf("the mail server turns us away (%s)", wire.ReplyCode(reply)))
	case strings.Contains(err.Error(), "not support STARTTLS"):
		return &Failure{Err: errors.New("the mail server offers no STARTTLS; without it nothing is sent"), Permanent: true, Channel: true}
	case strings.Contains(err.Error(), "not support SMTP AUTH"), errors.Is(err, mail.ErrNoSupportedAuthDiscovered):
		return &Failure{Err: errors.New("the mail server offers no way to sign in with a user name and password"), Permanent: true, Channel: true}
	}
	return errors.New("the mail server cannot be reached: " + wire.Unreachable(err))
}

// smtpStage is how far a mail got until a server refused it.
type smtpStage int

const (
	smtpConnect smtpStage = iota // the greeting, or the sign-in
	smtpSender                   // MAIL FROM
)

// mailFailure says what a reply before a recipient was named means. Those to recipients
// and texts are judged together, by emailRound.failure:
//
//	greeting, sign-in, sender    5xx            the channel is of no use
//	                             552, x.3.4     this message is too big
//	                             4xx            tried again
//	some recipients, or texts    5xx, 4xx       these recipients' own dead letter, or tried again
//	all recipients               5xx, 4xx       the channel is of no use, or tried again
//	all texts                    5xx, 4xx       this message is given up, or tried again
func mailFailure(at smtpStage, reply *textproto.Error, err error) error {
	tooBig := at == smtpSender && (reply.Code == 552 || strings.HasSuffix(wire.ReplyCode(reply), ".3.4"))
	return &Failure{Err: err, Permanent: reply.Code >= 500, Channel: !tooBig}
}

// sessionError says why a connection is useless.
func sessionError(err error) error {
	if reply, ok := errors.AsType[*textproto.Error](err); ok {
		return fmt.Errorf("the mail server ended the connection: %s", wire.ReplyText(reply, ""))
	}
	return errors.New("the connection to the mail server broke: " + wire.Unreachable(err))
}

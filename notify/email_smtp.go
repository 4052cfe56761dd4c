package notify

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
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

// send sends one message. A refusal concerns only the recipient; after an error the
// connection is useless.
func (s *smtpSession) send(from, to string, raw []byte) (refusal *textproto.Error, err error) {
	if err := s.client.UpdateDeadline(smtpTimeout); err != nil {
		return nil, sessionError(err)
	}
	if err := s.client.Mail("<" + from + ">"); err != nil {
		if reply, ok := errors.AsType[*textproto.Error](err); ok && reply.Code != smtpClosing {
			return nil, fmt.Errorf("the mail server does not accept the sender: %s", replyText(reply))
		}
		return nil, sessionError(err)
	}
	err = s.transfer(to, raw)
	if err == nil {
		return nil, nil
	}
	refusal, ok := errors.AsType[*textproto.Error](err)
	if !ok || refusal.Code == smtpClosing {
		return nil, sessionError(err)
	}
	// A message that was refused halfway would block the next one.
	if err := s.client.Reset(); err != nil {
		return refusal, sessionError(err)
	}
	return refusal, nil
}

// transfer names the recipient and sends the text.
func (s *smtpSession) transfer(to string, raw []byte) error {
	if err := s.client.Rcpt("<" + to + ">"); err != nil {
		return err
	}
	w, err := s.client.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write(raw); err != nil {
		return err
	}
	return w.Close()
}

// connectError says why there is no connection. What the server says is left
// out: it could repeat the password.
func (e *email) connectError(err error) error {
	reply, replied := errors.AsType[*textproto.Error](err)
	switch {
	case replied && slices.Contains([]int{454, 530, 534, 535, 538}, reply.Code):
		return fmt.Errorf("the mail server does not accept the user name and password (%s)", replyCode(reply))
	case replied:
		return fmt.Errorf("the mail server turns us away (%s)", replyCode(reply))
	case strings.Contains(err.Error(), "not support STARTTLS"):
		return errors.New("the mail server offers no STARTTLS; without it nothing is sent")
	case strings.Contains(err.Error(), "not support SMTP AUTH"), errors.Is(err, mail.ErrNoSupportedAuthDiscovered):
		return errors.New("the mail server offers no way to sign in with a user name and password")
	}
	return errors.New("the mail server cannot be reached: " + unreachable(err))
}

// sessionError says why a connection is useless.
func sessionError(err error) error {
	if reply, ok := errors.AsType[*textproto.Error](err); ok {
		return fmt.Errorf("the mail server ended the connection: %s", replyText(reply))
	}
	return errors.New("the connection to the mail server broke: " + unreachable(err))
}

var enhancedCode = regexp.MustCompile(`^[245]\.\d{1,3}\.\d{1,3}\b`)

// replyCode is a reply without its text: "550 5.1.1".
func replyCode(r *textproto.Error) string {
	return strings.TrimSpace(strconv.Itoa(r.Code) + " " + enhancedCode.FindString(r.Msg))
}

// replyText is a reply on one line.
func replyText(r *textproto.Error) string {
	return headerText(strconv.Itoa(r.Code) + " " + r.Msg)
}

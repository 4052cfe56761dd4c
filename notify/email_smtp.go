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

// smtpTimeout is how long the way to a server may take, and then each message:
// less than the sender waits for, so that we get to say what took so long.
const smtpTimeout = 45 * time.Second

// hangsUp is the reply of a server that ends the connection, whatever it was
// asked.
const hangsUp = 421

// smtpSession is one connection to a mail server.
type smtpSession struct {
	client *smtp.Client
	conn   net.Conn
	unlink func() bool // from the context that would cut the connection
}

// connect opens a connection, encrypts it and signs in. A context that ends cuts
// the connection, whatever is under way on it.
func (e *email) connect(ctx context.Context) (*smtpSession, error) {
	s := &smtpSession{}
	dial := func(dialling context.Context, network, address string) (net.Conn, error) {
		conn, err := e.dial(dialling, network, address)
		if err != nil {
			return nil, err
		}
		s.conn = conn
		s.unlink = context.AfterFunc(ctx, func() { _ = conn.Close() })
		if e.security != SecurityTLS {
			return conn, nil
		}
		secure := tls.Client(conn, e.tls)
		return secure, secure.HandshakeContext(dialling)
	}
	// The slice has no room behind it: a copy is made at each call.
	client, err := mail.NewClient(e.host, append(e.options, mail.WithDialContextFunc(dial))...)
	if err != nil {
		return nil, errors.New("the mail server's settings do not fit together")
	}
	s.client, err = client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		s.cut()
		return nil, e.connectTrouble(err)
	}
	return s, nil
}

// cut ends the connection without a word.
func (s *smtpSession) cut() {
	if s.conn != nil {
		s.unlink()
		_ = s.conn.Close()
	}
}

// close takes leave of the server, which has nothing left to say that matters.
func (s *smtpSession) close() {
	if s.client.UpdateDeadline(5*time.Second) == nil {
		_ = s.client.Quit()
	}
	s.cut()
}

// send hands over one message. A refusal is about the recipient alone; after an
// error the connection is of no more use.
func (s *smtpSession) send(from, to string, raw []byte) (refusal *textproto.Error, err error) {
	if err := s.client.UpdateDeadline(smtpTimeout); err != nil {
		return nil, sessionTrouble(err)
	}
	if err := s.client.Mail("<" + from + ">"); err != nil {
		if reply, ok := errors.AsType[*textproto.Error](err); ok && reply.Code != hangsUp {
			return nil, fmt.Errorf("the mail server does not accept the sender: %s", replyText(reply))
		}
		return nil, sessionTrouble(err)
	}
	err = s.transfer(to, raw)
	if err == nil {
		return nil, nil
	}
	refusal, ok := errors.AsType[*textproto.Error](err)
	if !ok || refusal.Code == hangsUp {
		return nil, sessionTrouble(err)
	}
	// A message that was refused half-way would be in the way of the next.
	if err := s.client.Reset(); err != nil {
		return refusal, sessionTrouble(err)
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

// connectTrouble says why there is no connection. What the server says is left
// out: it could repeat the password.
func (e *email) connectTrouble(err error) error {
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

// sessionTrouble says why a connection is of no more use.
func sessionTrouble(err error) error {
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

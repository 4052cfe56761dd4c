package bounce

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"github.com/watch287g/watch287g/notify/wire"
)

// read reads the mails that are in the mailbox, and returns how many it read, and how many
// of those it did not understand. What was read stays so when an error comes later.
func (m *Mailbox) read(ctx context.Context) (read, unread int, err error) {
	c, end, err := m.open(ctx)
	if err != nil {
		return 0, 0, err
	}
	defer end()
	uids, err := m.waiting(c)
	if err != nil {
		return 0, 0, err
	}
	for _, uid := range uids {
		if ctx.Err() != nil {
			break // the rest is read with the next look
		}
		text, at, err := fetch(c, uid)
		if err != nil {
			return read, unread, err
		}
		if text != nil { // somebody else may have removed it
			r := Read(text)
			if err := m.o.Taker.Take(ctx, Event{Kind: r.Kind, Status: r.Status, Tokens: r.Tokens, Only: true, At: at}); err != nil {
				return read, unread, storeError{fmt.Errorf("taking what came back: %w", err)}
			}
			read++
			if r.Kind == NotUnderstood {
				unread++
			}
		}
		if err := m.done(c, uid); err != nil {
			return read, unread, err
		}
	}
	return read, unread, nil
}

// open connects, signs in and opens the folder. end ends the connection.
func (m *Mailbox) open(ctx context.Context) (c *imapclient.Client, end func(), err error) {
	conn, settings, err := m.dial(ctx)
	if err != nil {
		return nil, nil, err
	}
	// Whatever is under way on it ends with the context.
	unwatch := context.AfterFunc(ctx, func() { _ = conn.Close() })
	o := &imapclient.Options{TLSConfig: settings}
	if m.o.Config.StartTLS {
		if c, err = imapclient.NewStartTLS(conn, o); err != nil {
			unwatch()
			return nil, nil, imapError("encrypting the connection", err)
		}
	} else {
		c = imapclient.New(conn, o)
	}
	end = func() {
		unwatch()
		_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
		_ = c.Logout().Wait() // its answer does not matter
		_ = c.Close()
	}
	if err := c.Login(m.o.Config.Username, m.o.Config.Password).Wait(); err != nil {
		end()
		if said, ok := errors.AsType[*imap.Error](err); ok {
			return nil, nil, fmt.Errorf("the mail server does not accept the user name and password%s", codeOf(said))
		}
		return nil, nil, imapError("signing in", err)
	}
	if _, err := c.Select(m.o.Config.Folder, nil).Wait(); err != nil {
		end()
		return nil, nil, imapError("opening the folder "+m.o.Config.Folder, err)
	}
	return c, end, nil
}

// waiting returns the mails that are to be read, the oldest first.
func (m *Mailbox) waiting(c *imapclient.Client) ([]imap.UID, error) {
	not := []imap.Flag{imap.FlagDeleted}
	if !m.o.Config.Delete && m.o.Config.MoveTo == "" {
		not = append(not, imap.FlagSeen)
	}
	found, err := c.UIDSearch(&imap.SearchCriteria{NotFlag: not}, nil).Wait()
	if err != nil {
		return nil, imapError("looking for mails", err)
	}
	uids := found.AllUIDs()
	slices.Sort(uids)
	return uids[:min(len(uids), mostMails)], nil
}

// fetch returns a mail, as far as it is read, and when it came; nil where it is gone.
func fetch(c *imapclient.Client, uid imap.UID) (text []byte, at time.Time, err error) {
	section := &imap.FetchItemBodySection{Peek: true, Partial: &imap.SectionPartial{Size: mostBytes}}
	cmd := c.Fetch(imap.UIDSetNum(uid), &imap.FetchOptions{UID: true, InternalDate: true, BodySection: []*imap.FetchItemBodySection{section}})
	for {
		msg := cmd.Next()
		if msg == nil {
			break
		}
		for item := msg.Next(); item != nil; item = msg.Next() {
			switch item := item.(type) {
			case imapclient.FetchItemDataInternalDate:
				at = item.Time
			case imapclient.FetchItemDataBodySection:
				if item.Literal == nil {
					continue
				}
				body, err := io.ReadAll(io.LimitReader(item.Literal, mostBytes))
				if err != nil {
					return nil, at, imapError("reading a mail", errors.Join(err, cmd.Close()))
				}
				text = append([]byte{}, body...)
			}
		}
	}
	if err := cmd.Close(); err != nil {
		return nil, at, imapError("reading a mail", err)
	}
	return text, at, nil
}

// done does with a mail that was read what is configured.
func (m *Mailbox) done(c *imapclient.Client, uid imap.UID) error {
	set := imap.UIDSetNum(uid)
	if to := m.o.Config.MoveTo; to != "" {
		if _, err := c.Move(set, to).Wait(); err != nil {
			return imapError("moving a mail to "+to, err)
		}
		return nil
	}
	flag := imap.FlagSeen
	if m.o.Config.Delete {
		flag = imap.FlagDeleted
	}
	if err := c.Store(set, &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{flag}}, nil).Close(); err != nil {
		return imapError("marking a mail", err)
	}
	if !m.o.Config.Delete {
		return nil
	}
	expunge := c.Expunge
	if c.Caps().Has(imap.CapUIDPlus) || c.Caps().Has(imap.CapIMAP4rev2) {
		expunge = func() *imapclient.ExpungeCommand { return c.UIDExpunge(set) }
	}
	if err := expunge().Close(); err != nil {
		return imapError("deleting a mail", err)
	}
	return nil
}

// imapError says what went wrong without what the server says, which can repeat anything.
func imapError(doing string, err error) error {
	if said, ok := errors.AsType[*imap.Error](err); ok {
		return fmt.Errorf("%s: the mail server refuses it%s", doing, codeOf(said))
	}
	return fmt.Errorf("%s: the connection to the mail server broke: %s", doing, wire.Unreachable(err))
}

// codeOf is the code of an answer, if it is one that is known.
func codeOf(said *imap.Error) string {
	for _, code := range []imap.ResponseCode{imap.ResponseCodeAuthenticationFailed, imap.ResponseCodeAuthorizationFailed, imap.ResponseCodeExpired,
		imap.ResponseCodeLimit, imap.ResponseCodeNoPerm, imap.ResponseCodeNonExistent, imap.ResponseCodeOverQuota,
		imap.ResponseCodePrivacyRequired, imap.ResponseCodeTryCreate, imap.ResponseCodeUnavailable} {
		if said.Code == code {
			return " (" + string(code) + ")"
		}
	}
	return ""
}

package mailing

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/watch287g/watch287g/notify/letter"
	"github.com/watch287g/watch287g/notify/wire"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/readers"
	"github.com/watch287g/watch287g/store"
)

// mostLetters is how many letters are looked at in one turn.
const mostLetters = 50

// letters sends letters, one after another, as many as the hour has room for.
func (m *Mailer) letters(ctx context.Context) error {
	waiting, err := m.o.Store.Letters(ctx, mostLetters)
	if err != nil {
		return fmt.Errorf("reading the letters to readers: %w", err)
	}
	var next time.Time
	for _, l := range waiting {
		now := m.o.Now()
		if l.Due.After(now) {
			if next.IsZero() || l.Due.Before(next) {
				next = l.Due
			}
			continue
		}
		if stopped, err := m.halted(ctx, keyLetters); stopped || err != nil {
			return err
		}
		more, err := m.sendLetter(ctx, l, now)
		if err != nil || !more {
			return err
		}
		next = now
	}
	if next.After(m.o.Now()) { // all that is looked at waits
		m.rest(keyLetters, min(next.Sub(m.o.Now()), time.Minute))
	}
	return nil
}

// sendLetter sends a letter, if there is room for it. more says that others can be sent.
func (m *Mailer) sendLetter(ctx context.Context, l readers.Letter, now time.Time) (more bool, err error) {
	s, to, err := m.sheetOf(ctx, l)
	if errors.Is(err, store.ErrNotFound) { // withdrawn, confirmed or erased
		return true, m.finishLetter(ctx, l, nil)
	}
	if err != nil {
		return false, fmt.Errorf("reading what a letter is about: %w", err)
	}
	if l.Kind == readers.LetterConfirm && m.o.Confirmations > 0 {
		const name = "confirmations"
		refused, err := m.o.Store.Take(ctx, []readers.Limit{{Name: name, Key: readers.LimitKey(m.secrets.limits, name, ""), Most: m.o.Confirmations, Within: time.Hour}}, now)
		if err != nil {
			return false, fmt.Errorf("counting the letters of this hour: %w", err)
		}
		if refused != "" {
			m.o.Log.Warn("letters wait: as many were sent within an hour as readers.confirmations allows", "most", m.o.Confirmations)
			m.rest(keyLetters, time.Minute)
			return false, nil
		}
	}
	id := m.messageID("letter "+string(l.Kind)+" "+l.At.UTC().Format(time.RFC3339), l.Of)
	h, from, err := m.headers(to, letter.HeaderText(s.subject), id)
	if err != nil {
		m.o.Log.Error("a letter cannot be written", "letter", l.Seq, "error", err.Error())
		return true, m.finishLetter(ctx, l, nil)
	}
	raw, err := letter.NewBody(s.text(), s.html(), htmlEnd).Write(h, "", "", m.o.Signer)
	if err != nil {
		m.o.Log.Error("a letter cannot be written", "letter", l.Seq, "error", err.Error())
		return true, m.finishLetter(ctx, l, nil)
	}
	return m.deliverLetter(ctx, l, to, mail{from, to.sent.Address, raw})
}

// deliverLetter hands a letter to the server.
func (m *Mailer) deliverLetter(ctx context.Context, l readers.Letter, to recipient, written mail) (more bool, err error) {
	refusal, err := m.pool.send(ctx, written)
	_, halfway := errors.AsType[*broken](err)
	switch old := m.o.Now().Sub(l.At) > readers.RequestLife; {
	case ctx.Err() != nil && err != nil:
		return false, nil
	case err != nil && !halfway:
		m.o.Mailed(LaneLetters, ResultFailed)
		m.unreachable(ctx, keyLetters, err)
		return false, nil
	case halfway && old:
		m.o.Mailed(LaneLetters, ResultFailed)
		return true, m.finishLetter(ctx, l, nil)
	case halfway, refusal != nil && !refusal.Permanent() && !old:
		m.o.Mailed(LaneLetters, ResultLater)
		again := l
		again.Tries++
		again.Due = m.o.Now().UTC().Add(pause(l.Tries))
		return true, m.finishLetter(ctx, l, &again)
	case refusal != nil:
		m.o.Mailed(LaneLetters, ResultRefused)
		if err := m.o.Desk.Refused(ctx, to.sent, wire.ReplyCode(refusal.Reply)); err != nil {
			return false, fmt.Errorf("noting that an address is refused: %w", err)
		}
		return true, m.finishLetter(ctx, l, nil)
	}
	m.o.Mailed(LaneLetters, ResultSent)
	if err := m.finishLetter(ctx, l, nil); err != nil {
		return false, err
	}
	m.reached(ctx)
	if err := m.o.Desk.Sent(ctx, true, 1); err != nil {
		return false, fmt.Errorf("counting letters that were sent: %w", err)
	}
	return true, nil
}

// finishLetter notes that a letter was sent, or is to be sent again.
func (m *Mailer) finishLetter(ctx context.Context, l readers.Letter, again *readers.Letter) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := m.o.Store.FinishLetter(ctx, l.Seq, again); err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("noting that a letter was sent: %w", err)
	}
	return nil
}

// sheetOf writes a letter. The error is store.ErrNotFound where nobody is to get it.
func (m *Mailer) sheetOf(ctx context.Context, l readers.Letter) (sheet, recipient, error) {
	if l.Kind == readers.LetterLeft || l.Kind == readers.LetterOwn {
		return m.sheetToReader(ctx, l)
	}
	asked, err := m.o.Store.Request(ctx, l.Of)
	if err != nil {
		return sheet{}, recipient{}, err
	}
	if !asked.OpenAt(m.o.Now()) {
		return sheet{}, recipient{}, store.ErrNotFound
	}
	suppressed, err := m.o.Store.Suppressed(ctx, asked.Address)
	if err != nil || len(suppressed) > 0 {
		return sheet{}, recipient{}, errors.Join(err, store.ErrNotFound)
	}
	known, err := m.o.Store.ReaderOf(ctx, asked.Address)
	to := m.recipientOf(asked.ID, asked.Address, asked.Language)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return m.confirm(asked, to), to, nil
	case err != nil:
		return sheet{}, recipient{}, err
	case known.State == readers.StateLeft || known.State == readers.StateSuppressed:
		return m.confirm(asked, to), to, nil
	}
	to.token = readers.Token(m.secrets.links, readers.PurposeLeave, known.ID, "")
	return m.known(asked, known), to, nil
}

// sheetToReader writes a letter to a reader.
func (m *Mailer) sheetToReader(ctx context.Context, l readers.Letter) (sheet, recipient, error) {
	r, err := m.o.Store.Reader(ctx, l.Of)
	if err != nil {
		return sheet{}, recipient{}, err
	}
	if l.Kind == readers.LetterLeft && r.State != readers.StateLeft || // and came back since
		l.Kind == readers.LetterOwn && !m.o.Now().Before(l.At.Add(readers.OwnLife)) {
		return sheet{}, recipient{}, store.ErrNotFound
	}
	to := m.recipientOf(r.ID, r.Address, r.Language)
	suppressed, err := m.o.Store.Suppressed(ctx, r.Address)
	if err == nil && len(suppressed) > 0 {
		err = store.ErrNotFound
	}
	if l.Kind == readers.LetterOwn {
		return m.own(r, l.At), to, err
	}
	return m.left(r), to, err
}

func (m *Mailer) recipientOf(id readers.ID, address string, l prose.Language) recipient {
	return recipient{sent: readers.Sent{ID: id, Letter: true, Address: address, At: m.o.Now()}, language: l,
		token: readers.Token(m.secrets.links, readers.PurposeLeave, id, "")}
}

// confirm asks whoever has an address to confirm a request. It holds nothing that the
// submitter typed.
func (m *Mailer) confirm(r readers.Request, to recipient) sheet {
	l, s := r.Language, m.asking(r, "confirm")
	s.items = places(r.Follows, l)
	s.below = []string{l.MailWords("cadence."+string(r.Cadence), 1, nil)}
	s.small = []string{l.MailWords("confirm.ignore", 1, nil)}
	s.last = []link{{l.MailWords("confirm.leave", 1, nil), m.leave(l, to.token)}}
	return s
}

// known asks a reader to confirm what a request adds.
func (m *Mailer) known(r readers.Request, reader readers.Reader) sheet {
	l, s := r.Language, m.asking(r, "known")
	var added []readers.Follow
	for _, f := range r.Follows {
		if _, has := reader.Followed(f.String()); !has {
			added = append(added, f)
		}
	}
	if len(added) == 0 {
		s.lead, added = l.MailWords("known.nothing", 1, nil), r.Follows
	}
	s.items = places(added, l)
	s.below = []string{l.MailWords("cadence."+string(r.Cadence), 1, nil)}
	s.small = []string{l.MailWords("known.ignore", 1, nil)}
	s.last = []link{
		{l.MailWords("manage", 1, nil), m.base(l) + "/subscribe/me/" + readers.Token(m.secrets.links, readers.PurposeManage, reader.ID, "")},
		{l.MailWords("leave", 1, nil), m.leave(l, readers.Token(m.secrets.links, readers.PurposeLeave, reader.ID, ""))},
	}
	return s
}

// asking is what both letters that ask to confirm say.
func (m *Mailer) asking(r readers.Request, what string) sheet {
	l, code := r.Language, readers.Code(m.secrets.codes, r.ID)
	return sheet{language: l, subject: l.MailWords(what+".subject", 1, map[string]string{"code": code}), title: l.MailWords(what+".title", 1, nil),
		lead: l.MailWords(what+".what", 1, nil), code: code, codeLine: l.MailWords("confirm.code", 1, map[string]string{"code": code}),
		link:   link{l.MailWords("confirm.link", 1, nil), m.base(l) + "/subscribe/c/" + readers.Token(m.secrets.links, readers.PurposeConfirm, r.ID, "")},
		sender: m.sender(l)}
}

// left says that a reader has left.
func (m *Mailer) left(r readers.Reader) sheet {
	l := r.Language
	return sheet{language: l, subject: l.MailWords("left.subject", 1, nil), title: l.MailWords("left.subject", 1, nil), lead: l.MailWords("left.what", 1, nil),
		link:   link{l.MailWords("left.back", 1, nil), m.leave(l, readers.Token(m.secrets.links, readers.PurposeLeave, r.ID, ""))},
		sender: m.sender(l)}
}

// own has the link by which whoever reads a reader's mail takes a copy, or erases.
func (m *Mailer) own(r readers.Reader, asked time.Time) sheet {
	l := r.Language
	return sheet{language: l, subject: l.MailWords("own.subject", 1, nil), title: l.MailWords("own.subject", 1, nil), lead: l.MailWords("own.what", 1, nil),
		link:   link{l.MailWords("own.link", 1, nil), m.base(l) + "/subscribe/own/" + readers.OwnToken(m.secrets.links, r.ID, asked)},
		small:  []string{l.MailWords("own.ignore", 1, nil)},
		sender: m.sender(l)}
}

// mostPlaces is how many places a letter names.
const mostPlaces = 12

// places name what is followed.
func places(follows []readers.Follow, l prose.Language) []string {
	var names []string
	for _, f := range follows[:min(len(follows), mostPlaces)] {
		names = append(names, prose.Capitalize(strings.TrimSpace(followed(f, l))))
	}
	if n := len(follows) - len(names); n > 0 {
		names = append(names, l.MailWords("why.more", n, map[string]string{}))
	}
	return names
}

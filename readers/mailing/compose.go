package mailing

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"

	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/notify/letter"
	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/readers"
	"github.com/watch287g/watch287g/roster"
)

// composed is a mail as all who are told the same get it; headers and foot are theirs.
type composed struct {
	what    string // names what is told, for Message-IDs
	subject string
	body    letter.Body
	keys    map[string]bool // under which its changes are looked for
	nothing bool            // all of it was taken back before it was sent
	thread  []string        // by which mail programs put it with what it corrects
	answers string          // that of the first change that it corrects; "" for none
}

// mostThreads is how many changes of a mail a correction is put with.
const mostThreads = 20

// join puts a mail into the threads of its changes: one for each change, whoever reads of
// it, in which the mail that tells it is, and the one that corrects it. What else a mail
// told is not known later, so that a correction cannot have its Message-ID.
func (c *composed) join(told []roster.Change, domain string) {
	for _, change := range told {
		name := func(id string) string { return "<" + id + ".change@" + domain + ">" }
		corrected := change.Reported()
		if corrected != "" {
			c.answers = cmp.Or(c.answers, name(corrected))
		}
		for _, id := range []string{corrected, change.ID} {
			if id != "" && len(c.thread) < mostThreads {
				c.thread = append(c.thread, name(id))
			}
		}
	}
}

// screens is how much of a screen a mail takes at most, about: a day that has more is cut
// as a message is, with a link to all of it.
const screens = 2

// reading is when changes are read for readers: for each batch that was planned at another
// moment, and each try, anew, because a rebuild may have altered them meanwhile.
type reading struct {
	planned int64
	try     int
}

// compose writes what a group is told. The same is composed once.
func (m *Mailer) compose(ctx context.Context, b readers.Batch, g readers.Group) (*composed, error) {
	at := reading{b.At.UnixNano(), b.Tries}
	key := fmt.Sprint(at, g.Language, " ", numbers(g.Changes))
	if c, ok := m.composed.Get(key); ok {
		return c, nil
	}
	changes, err := m.changesAt(ctx, at, g.Changes)
	if err != nil {
		return nil, err
	}
	c := &composed{keys: map[string]bool{}}
	locate := place.NewAtlas(nil, changes).Locate
	for _, change := range changes {
		c.what += change.ID + " "
		for _, k := range readers.KeysOf(change, locate, nil) {
			c.keys[k] = true
		}
	}
	told := notify.WithoutCanceled(changes)
	if c.nothing = len(told) == 0; !c.nothing {
		if err := m.write(ctx, c, told, g.Language); err != nil {
			return nil, err
		}
	}
	m.composed.Add(key, c)
	return c, nil
}

// write puts changes into a mail.
func (m *Mailer) write(ctx context.Context, c *composed, told []roster.Change, l prose.Language) error {
	message := notify.Message{Changes: told, Language: l}
	last := told[len(told)-1].DetectedAt
	if m.o.Figures != nil {
		figures, err := m.o.Figures(ctx, last)
		if err != nil {
			return fmt.Errorf("counting what is active: %w", err)
		}
		message.Delivery.Figures = figures
	}
	page := notify.Compose(message, m.o.Links.In(l)).UpToScreens(screens)
	gone, err := m.gone(ctx, told, l)
	if err != nil {
		return err
	}
	page.Body = gone
	html, end, err := page.HTML()
	if err != nil {
		return fmt.Errorf("writing the HTML of a mail: %w", err)
	}
	text := page.Text()
	if address := m.o.Links.In(l).Change(told[0].ID); len(told) == 1 { // of more, the page of the days has all
		words := l.MailWords("change", 1, nil)
		text += "\n\n" + words + ": " + address
		html += `<p style="margin:20px 0 0"><a href="` + template.HTMLEscapeString(address) + `">` + template.HTMLEscapeString(words) + "</a></p>\n"
	}
	_, domain, _ := strings.Cut(m.o.From.Address, "@")
	c.join(told, domain)
	c.subject, c.body = letter.HeaderText(page.Subject), letter.NewBody(text+"\n\n-- \n", html, end)
	return nil
}

// base is where the pages of a language begin.
func (m *Mailer) base(l prose.Language) string { return m.o.Links.In(l).Base }

// readChange is a change as it was read.
type readChange struct {
	reading
	seq uint64
}

// changesAt reads changes, the last of which are remembered, but for those that a rebuild
// took back.
func (m *Mailer) changesAt(ctx context.Context, at reading, seqs []uint64) ([]roster.Change, error) {
	found := make([]roster.Change, 0, len(seqs))
	for _, seq := range seqs {
		if c, ok := m.changes.Get(readChange{at, seq}); ok {
			found = append(found, c)
		}
	}
	if len(found) == len(seqs) {
		return found, nil
	}
	found, err := m.o.Changes.ChangesAt(ctx, seqs)
	if err != nil {
		return nil, fmt.Errorf("reading the changes to be told: %w", err)
	}
	found = slices.DeleteFunc(found, func(c roster.Change) bool { return c.TakenBack })
	for _, c := range found {
		m.changes.Add(readChange{at, c.Seq}, c)
	}
	return found, nil
}

// mostGone is how many agencies that left are named.
const mostGone = 5

// gone says which agencies left the lists altogether; "" for none.
func (m *Mailer) gone(ctx context.Context, told []roster.Change, l prose.Language) (string, error) {
	var names []string
	seen := map[string]bool{}
	for _, c := range told {
		a := c.Agreement
		if c.Kind != roster.KindRemoved && c.Kind != roster.KindWithdrawn || len(c.Holds)+len(c.Seeks) > 0 || seen[a.AgencyID] {
			continue
		}
		seen[a.AgencyID] = true
		listed, err := m.listed.has(ctx, m.o.Changes, a.AgencyID, m.o.Now())
		if err != nil {
			return "", err
		}
		if !listed {
			names = append(names, l.InState(l.Agency(a), a.State))
		}
	}
	switch n := len(names); {
	case n == 0:
		return "", nil
	case n == 1:
		return l.MailWords("gone", 1, map[string]string{"agency": names[0]}), nil
	case n > mostGone:
		names = append(names[:mostGone:mostGone], l.MailWords("why.more", n-mostGone, map[string]string{}))
	}
	return l.MailWords("gone.more", len(names), map[string]string{"agencies": l.And(names)}), nil
}

// has says whether an agency has an agreement or a pending entry now, as far as is known.
func (l *listed) has(ctx context.Context, from Changes, agency string, now time.Time) (bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.agencies == nil || now.Sub(l.at) > time.Minute {
		known, err := from.Known(ctx)
		if err != nil {
			return false, fmt.Errorf("reading which agencies are listed: %w", err)
		}
		l.at, l.agencies = now, map[string]bool{}
		for _, r := range known.Records {
			if r.Ending == "" && r.SignedBy == "" {
				l.agencies[r.Last().Agreement.AgencyID] = true
			}
		}
	}
	return l.agencies[agency], nil
}

// messageID is the same whenever the same is sent to the same reader.
func (m *Mailer) messageID(what string, to readers.ID) string {
	_, domain, _ := strings.Cut(m.o.From.Address, "@")
	h := hmac.New(sha256.New, m.secrets.messages)
	_, _ = h.Write([]byte(what + "\n" + string(to))) // it never fails
	return "<" + hex.EncodeToString(h.Sum(nil)[:16]) + "@" + domain + ">"
}

// recipient is one to whom a mail goes.
type recipient struct {
	sent     readers.Sent
	language prose.Language
	token    string // of the page that leaves
}

// headers are those of a mail to somebody.
func (m *Mailer) headers(to recipient, subject, id string) (letter.Header, string, error) {
	address, err := letter.Address(to.sent.Address)
	if err != nil {
		return letter.Header{}, "", errors.New("the address of a reader cannot be written to")
	}
	token := readers.ReturnToken(m.secrets.returns, to.sent)
	_, domain, _ := strings.Cut(m.o.From.Address, "@")
	more := map[string]string{
		"Message-ID":               id,
		"User-Agent":               "watch287g/" + m.o.Version,
		"X-Auto-Response-Suppress": "All",
		"Auto-Submitted":           "auto-generated",
		"List-Id":                  "<readers." + domain + ">",
		"Content-Language":         string(to.language),
		readers.ReturnHeader:       token,
	}
	leave := m.leave(to.language, to.token)
	way := []string{"<" + leave + ">"}
	if m.o.LeaveByMail && m.o.Bounce != "" {
		way = append(way, "<mailto:"+readers.ReturnAddress(m.o.Bounce, token)+"?subject=unsubscribe>")
	}
	more["List-Unsubscribe"] = strings.Join(way, ", ")
	if strings.HasPrefix(leave, "https:") { // RFC 8058 wants that
		more["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
	}
	from := m.o.From.Address
	if m.o.Bounce != "" {
		from = readers.ReturnAddress(m.o.Bounce, token)
	}
	return letter.Header{From: m.o.From, To: address, Subject: subject, Date: m.o.Now(), More: more}, from, nil
}

// leave is the address of the page that leaves.
func (m *Mailer) leave(l prose.Language, token string) string {
	return m.base(l) + "/subscribe/leave/" + token
}

// mail is a mail that is written, with its envelope.
type mail struct {
	from, to string
	raw      []byte
}

// toReader writes a composed mail to a reader; errNobody where it concerns them no longer.
func (m *Mailer) toReader(c *composed, r readers.Reader, l prose.Language) (mail, error) {
	matched := slices.DeleteFunc(slices.Clone(r.Follows), func(f readers.Follow) bool {
		return !slices.ContainsFunc(f.Keys(), func(k string) bool { return c.keys[k] })
	})
	if c.nothing || len(matched) == 0 {
		return mail{}, errNobody
	}
	to := recipient{sent: readers.Sent{ID: r.ID, Address: r.Address, At: m.o.Now()}, language: l,
		token: readers.Token(m.secrets.links, readers.PurposeLeave, r.ID, "")}
	h, from, err := m.headers(to, c.subject, m.messageID(c.what, r.ID))
	if err != nil {
		return mail{}, err
	}
	h.More["References"] = strings.Join(c.thread, " ")
	if c.answers != "" {
		h.More["In-Reply-To"] = c.answers
	}
	text, html := m.foot(r, matched, to.token, l)
	raw, err := c.body.Write(h, text, html, m.o.Signer)
	return mail{from, r.Address, raw}, err
}

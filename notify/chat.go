package notify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/nicholas-fedor/shoutrrr/pkg/router"
	"github.com/nicholas-fedor/shoutrrr/pkg/types"

	"github.com/watch287g/watch287g/prose"
)

// chatTimeout is how long a service may take. shoutrrr's own timeouts are
// shorter, except for Discord's, which waits and retries for up to 5 minutes.
const chatTimeout = time.Minute

// chatLimits are how many bytes of text a service takes, by the scheme of its
// address; all others take chatLimit. Where a service counts characters, there
// are never more of those than bytes. Some room is left for a title, which an
// address can set.
var chatLimits = map[string]int{
	"bark": 2000, "discord": 2000, "gotify": 16_000, "googlechat": 4000, "ifttt": 2000, "lark": 4000, "matrix": 16_000,
	"mattermost": 16_000, "ntfy": 4000, "pushover": 1000, "rocketchat": 4000, "signal": 2000, "slack": 3000,
	"smtp": 100_000, "teams": 20_000, "telegram": 4000, "wecom": 2000, "zulip": 9000,
}

const chatLimit = 2000

// chat sends plain text through one of shoutrrr's services.
type chat struct {
	address string
	scheme  string
	service types.Service // nil until it is first reached
	links   Links
	turn    chan struct{} // full while the service is at work, even if nobody waits anymore
}

// NewChat makes a channel of a service's address as shoutrrr writes it, such as
// ntfy://ntfy.sh/topic or telegram://token@telegram?chats=@name.
func NewChat(address string, t Deps) (Channel, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme == "" { // the error quotes the address
		return nil, errors.New("the chat service's address is not valid; it looks like ntfy://ntfy.sh/topic")
	}
	scheme, _, _ := strings.Cut(u.Scheme, "+")
	c := &chat{address: address, scheme: scheme, links: t.Links, turn: make(chan struct{}, 1)}
	if scheme == "matrix" { // which logs in at once
		return c, nil
	}
	if err := c.locate(); err != nil {
		return nil, err
	}
	return c, nil
}

// locate sets the service up.
func (c *chat) locate() (err error) {
	c.service, err = new(router.ServiceRouter).Locate(c.address)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, router.ErrUnknownService):
		return fmt.Errorf("there is no chat service %q", c.scheme)
	case errors.Is(err, router.ErrInitializeFailed) && c.scheme != "matrix": // before anything was sent
		return fmt.Errorf("the URL of the %s service lacks a part, or has a wrong one", c.scheme)
	}
	c.service = nil // shoutrrr returns one that is half set up
	return fmt.Errorf("the %s service cannot be set up: %s", c.scheme, c.hide(err.Error()))
}

// Send sends the message as one text. What the service does not take is left
// out, with a link to it.
//
// shoutrrr does not accept a context. Send waits for a service that hangs until
// the context ends or chatTimeout is over; its goroutine, at most one, continues
// until shoutrrr's own timeout, and if it succeeds after all, the message arrives
// twice.
func (c *chat) Send(ctx context.Context, m Message, done func(part, answer string)) error {
	const part = "1"
	if m.Delivery.Done(part) {
		return nil
	}
	timer := time.NewTimer(chatTimeout)
	defer timer.Stop()
	select {
	case c.turn <- struct{}{}:
	case <-timer.C:
		return &Failure{Err: fmt.Errorf("%s is still busy with an earlier message", c.scheme)}
	case <-ctx.Done():
		return ctx.Err()
	}
	ended := make(chan error, 1) // so that the goroutine can end when nobody waits anymore
	go func() {
		defer func() { <-c.turn }()
		page := Compose(m, c.links)
		ended <- c.sendText(c.text(page), c.params(m, page))
	}()
	select {
	case err := <-ended:
		if err != nil {
			return err
		}
	case <-timer.C:
		return &Failure{Err: fmt.Errorf("%s has not answered within %.0f seconds", c.scheme, chatTimeout.Seconds())}
	case <-ctx.Done():
		return ctx.Err()
	}
	done(part, "")
	return nil
}

// sendText hands a text to the service.
func (c *chat) sendText(text string, params *types.Params) error {
	if c.service == nil {
		if err := c.locate(); err != nil {
			return err
		}
	}
	if err := c.service.Send(text, params); err != nil {
		f := chatFailure(err.Error())
		f.Err = fmt.Errorf("%s: %s", c.scheme, c.hide(err.Error()))
		return f
	}
	return nil
}

// chatStatuses are how shoutrrr's services say a status, for which they have no type:
// "404 Not Found", "unexpected http status code: 403", "(401)", and ntfy's own "(40101)".
var chatStatuses = regexp.MustCompile(`\b([345]\d\d) [A-Z]|(?i:status|http|code)\W{1,3}([345]\d\d)\b|\(([345]\d\d)(?:\d\d)?\)`)

// chatWords are what they say in place of a status.
var chatWords = map[string]int{
	"chat not found": http.StatusNotFound, "forbidden": http.StatusForbidden, "invalid token": http.StatusUnauthorized,
	"message is too long": http.StatusRequestEntityTooLarge, "unauthorized": http.StatusUnauthorized,
}

// chatFailure is what an error of shoutrrr's means, by statusFailure. One that names no
// status is tried again.
func chatFailure(text string) *Failure {
	for words, status := range chatWords {
		if strings.Contains(strings.ToLower(text), words) {
			return statusFailure(status)
		}
	}
	found := chatStatuses.FindStringSubmatch(text)
	if found == nil {
		return &Failure{}
	}
	status, _ := strconv.Atoi(cmp.Or(found[1:]...)) // three digits
	return statusFailure(status)
}

// withoutMentions keeps a name in ICE's list from calling people: a zero-width
// space parts "@" and "<!" from what they would call.
func withoutMentions(text string) string {
	const apart = "\u200b"
	var b strings.Builder
	var before rune
	for _, r := range text {
		if before == '@' && (unicode.IsLetter(r) || unicode.IsDigit(r)) || before == '<' && strings.ContainsRune("!@#&", r) {
			b.WriteString(apart)
		}
		b.WriteRune(r)
		before = r
	}
	return b.String()
}

// hide removes everything that may be secret from a text: the address, all its
// parts, and whatever else looks like an address.
func (c *chat) hide(text string) string {
	for _, secret := range chatSecrets(c.address) {
		text = strings.ReplaceAll(text, secret, "(hidden)")
	}
	words := strings.Fields(text)
	for i, w := range words {
		if strings.Contains(w, "://") {
			words[i] = "(hidden)"
		}
	}
	return prose.Shorten(strings.Join(words, " "), 300)
}

// chatSecrets are the parts of an address that an error could repeat, the
// longest first. Any of them can be a token, a key or a password.
func chatSecrets(address string) []string {
	secrets := []string{address}
	add := func(parts ...string) {
		for _, s := range parts {
			if len(s) >= 4 { // what is shorter is not a secret, and would hide common words
				secrets = append(secrets, s, url.QueryEscape(s), url.PathEscape(s))
			}
		}
	}
	u, err := url.Parse(address)
	if err != nil {
		return secrets
	}
	add(u.Opaque, u.Path, u.EscapedPath(), u.RawQuery, u.Host, u.Hostname(), u.User.String(), u.User.Username())
	if password, set := u.User.Password(); set {
		add(password)
	}
	add(strings.Split(u.Path, "/")...)
	for _, values := range u.Query() {
		add(values...)
	}
	slices.SortFunc(secrets, func(a, b string) int { return len(b) - len(a) })
	return secrets
}

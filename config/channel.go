package config

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// Channel is one place that messages go to: exactly one of Slack, Email, Webhook
// and Chat is not nil.
type Channel struct {
	Name     string // of its own: a-z, 0-9 and -, 40 at most
	Operator bool   // it gets what concerns the service, not the agreements
	Slack    *Slack
	Email    *Email
	Webhook  *Webhook
	Chat     *Chat
	Only     Only // empty for an operator's channel, which gets all at once
	Deliver  Deliver
}

// Slack is a channel of a Slack workspace, reached through a webhook, or with a
// bot's token and the channel's name or id.
type Slack struct {
	WebhookURL Secret // https
	Token      Secret
	Channel    string // "#texas" or C0123ABCD
}

// Webhook is a program of someone else's that takes changes as JSON.
type Webhook struct {
	URL          Secret // http or https
	Secret       Secret // base64, with or without whsec_ before it, signs what is sent; "" signs nothing
	AllowPrivate bool   // the address may lie in a private network
}

// Chat is any service that shoutrrr speaks to.
type Chat struct {
	URL Secret
}

// What to write for the keys of channels.
const (
	writeName       = "write a name like texas-desk"
	writeBool       = "write true or false"
	writeSlackURL   = "write the webhook's address as Slack shows it, https://hooks.slack.com/…"
	writeSlackToken = "write the bot's token as Slack shows it, xoxb-…"
	writeSlackPlace = `write the channel's name like "#texas", in quotes, or its id like C0123ABCD`
	writeHookURL    = "write an address that begins with https:// or http://"
	writeHookSecret = "write the secret that the receiver checks signatures with, like what \"openssl rand -base64 32\" prints"
	writeChatURL    = "write the service's address as shoutrrr takes it, like ntfy://ntfy.sh/a-topic"
)

// places are the keys of which a channel has exactly one.
var places = []string{"slack", "email", "webhook", "chat"}

// channels takes the list of channels in, entry by entry.
func (r *reader) channels(to *[]Channel) func(ast.Node) {
	return func(n ast.Node) {
		list, ok := n.(*ast.SequenceNode)
		if _, empty := n.(*ast.NullNode); empty {
			return
		} else if !ok {
			r.fail(start(n), `"channels" is a list; begin each channel on a line of its own with "- name:"`)
			return
		}
		defer func(homes []key, private bool) { r.homes, r.private = homes, private }(r.homes, r.private)
		r.homes = slices.DeleteFunc(slices.Clone(r.top), func(k key) bool { return k.name != "channels" })
		r.private = true
		names := map[string]int{}
		for _, entry := range list.Values {
			m, ok := entry.(*ast.MappingNode)
			if !ok {
				r.fail(start(entry), `no channel; begin it with "- name:" and write its other keys on lines below`)
				continue
			}
			c := Channel{Deliver: instantly()}
			k := r.channel(&c)
			at := start(m)
			given := r.mapping(m, k.keys)
			k.done(at, given)
			r.distinctName(c.Name, given, names)
			*to = append(*to, c)
		}
	}
}

// distinctName notes a name that a channel before has. names holds the lines.
func (r *reader) distinctName(name string, g given, names map[string]int) {
	if name == "" {
		return
	}
	at := g["name"][0].Value.GetToken()
	if line := names[name]; line > 0 {
		r.fail(at, "%q is the name of the channel on line %d already; write another", name, line)
		return
	}
	names[name] = at.Position.Line
}

// channel is the schema of one entry.
func (r *reader) channel(c *Channel) key {
	return key{
		keys: []key{
			{name: "name", read: r.value(writeName, channelName(&c.Name))},
			{name: "operator", read: r.value(writeBool, boolean(&c.Operator))},
			r.slack(c),
			r.email(c),
			r.webhook(c),
			r.chat(c),
			{name: "only", keys: r.only(&c.Only)},
			{name: "deliver", read: r.value(writeDeliver, deliver(&c.Deliver))},
		},
		done: func(at *token.Token, g given) {
			if !g.has("name") {
				r.fail(at, `a channel without a name; add one that no other has, like "name: texas-desk"`)
			}
			r.onePlace(at, g)
			for _, name := range []string{"only", "deliver"} {
				if c.Operator && g.has(name) {
					r.fail(g.at(name), `%q does not go with "operator: true", since an operator's channel gets all that concerns the service, at once; take one of the two out`, name)
				}
			}
		},
	}
}

// onePlace notes a channel without a place, and each place beyond the first.
func (r *reader) onePlace(at *token.Token, g given) {
	found := g.inOrder(places)
	if len(found) == 0 {
		r.fail(at, "the channel does not say where messages go; add %s", orList(places))
		return
	}
	for _, again := range found[1:] {
		r.fail(again, "%q beside %q on line %d, where a channel has one place; make this a channel of its own",
			again.Value, found[0].Value, found[0].Position.Line)
	}
}

// slack is the schema of a Slack channel.
func (r *reader) slack(c *Channel) key {
	s := &Slack{}
	return key{
		name: "slack",
		keys: slices.Concat(
			r.secret("webhook_url", writeSlackURL, &s.WebhookURL, address(writeSlackURL, "https")),
			r.secret("token", writeSlackToken, &s.Token, oneWord(writeSlackToken)),
			[]key{{name: "channel", read: r.value(writeSlackPlace, slackPlace(&s.Channel))}},
		),
		done: func(at *token.Token, g given) {
			c.Slack = s
			hook, bot := r.once(g, "webhook_url"), r.once(g, "token")
			switch {
			case hook != nil && bot != nil:
				r.fail(later(hook, bot), "both a webhook and a token; keep one of them")
			case hook != nil && g.has("channel"):
				r.fail(g.at("channel"), "a webhook's channel is chosen in Slack; take it out, or give a token in the webhook's place")
			case hook == nil && bot == nil && g.has("channel"):
				r.fail(g.at("channel"), "a channel without a token; add %s", spelled("token"))
			case hook == nil && bot == nil:
				r.fail(at, "neither a webhook nor a token; add %s, or %s and \"channel\"", spelled("webhook_url"), spelled("token"))
			case bot != nil && !g.has("channel"):
				r.fail(bot, "a token without a channel; add \"channel\" and %s", writeSlackPlace)
			}
		},
	}
}

// webhook is the schema of a webhook.
func (r *reader) webhook(c *Channel) key {
	w := &Webhook{}
	return key{
		name: "webhook",
		keys: slices.Concat(
			r.secret("url", writeHookURL, &w.URL, address(writeHookURL, "https", "http")),
			r.secret("secret", writeHookSecret, &w.Secret, signingSecret),
			[]key{{name: "allow_private", read: r.value(writeBool, boolean(&w.AllowPrivate))}},
		),
		done: func(at *token.Token, g given) {
			c.Webhook = w
			r.need(at, g, "url", "a webhook without its address")
			r.once(g, "secret")
		},
	}
}

// chat is the schema of a chat service.
func (r *reader) chat(c *Channel) key {
	s := &Chat{}
	return key{
		name: "chat",
		keys: r.secret("url", writeChatURL, &s.URL, chatAddress),
		done: func(at *token.Token, g given) {
			c.Chat = s
			r.need(at, g, "url", "a chat service without its address")
		},
	}
}

var (
	nameSigns  = regexp.MustCompile(`^[a-z0-9-]{1,40}$`)
	otherSigns = regexp.MustCompile(`[^a-z0-9]+`)
)

func channelName(to *string) setter {
	return func(text string) string {
		if nameSigns.MatchString(text) && !notShown(text) {
			*to = text
			return ""
		}
		return show(text) + " is no name of a channel; write " + slug(text) + ", or other small letters, digits and -, 40 at most"
	}
}

// slug is the name that is nearest to what was written.
func slug(text string) string {
	const longest = 40
	name := otherSigns.ReplaceAllString(strings.ToLower(text), "-")
	name = strings.Trim(name[:min(len(name), longest)], "-")
	if name == "" || notShown(text) {
		return "newsroom"
	}
	return name
}

func boolean(to *bool) setter {
	return func(text string) string {
		if text != "true" && text != "false" {
			return show(text) + " is neither true nor false; " + writeBool
		}
		*to = text == "true"
		return ""
	}
}

var slackPlaces = regexp.MustCompile(`^(#[^\s#@:,<>/]{1,80}|[CDGU][A-Z0-9]{2,20})$`)

func slackPlace(to *string) setter {
	return func(text string) string {
		*to = text
		if !slackPlaces.MatchString(text) {
			return show(text) + " is neither a channel's name nor its id; " + writeSlackPlace
		}
		return ""
	}
}

// address makes a check of a secret address, which begins with one of schemes.
func address(write string, schemes ...string) func(string) string {
	return func(text string) string {
		if u := webAddress(text); u == nil || !slices.Contains(schemes, u.Scheme) || !isWord(text) {
			return fmt.Sprintf("is no address that begins with %s; %s", strings.Join(schemes, ":// or ")+"://", write)
		}
		return ""
	}
}

// chatAddress tells an address for shoutrrr from one of the web, but not whether
// there is such a service.
func chatAddress(text string) string {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Scheme == "" || !strings.Contains(text, "://") || !isWord(text):
		return "is no address of a service; " + writeChatURL
	case u.Scheme == "http" || u.Scheme == "https":
		return `is an address of the web; ` + writeChatURL + `, or make it a "webhook"`
	}
	return ""
}

// orList lists names as in "a, b or c".
func orList(names []string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = strconv.Quote(n)
	}
	last := len(quoted) - 1
	return strings.Join(quoted[:last], ", ") + " or " + quoted[last]
}

// show is quote for values beside which secrets stand: what looks like one that
// was put in the wrong place is not shown.
func show(text string) string {
	if notShown(text) {
		return "what stands here"
	}
	return quote(text)
}

// secretSigns are in addresses, in tokens of Slack's and in secrets of webhooks.
var secretSigns = regexp.MustCompile(`://|xox[a-z]-|whsec_|-----BEGIN`)

func notShown(text string) bool { return secretSigns.MatchString(text) }

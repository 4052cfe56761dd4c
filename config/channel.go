package config

import (
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/token"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// Channel is one place that messages go to: exactly one of Slack, Email, Webhook
// and Chat is not nil.
type Channel struct {
	Name     string         `yaml:"name,required" hint:"write a name like texas-desk, which no other channel has"` // a-z, 0-9 and -, at most 40
	Operator bool           `yaml:"operator"`                                                                      // it gets what concerns the service, not the agreements
	Slack    *Slack         `yaml:"slack"`
	Email    *Email         `yaml:"email"`
	Webhook  *Webhook       `yaml:"webhook"`
	Chat     *Chat          `yaml:"chat"`
	Language prose.Language `yaml:"language"` // of its messages: en (where it is "") or es; what concerns the service is in English
	Only     roster.Filter  `yaml:"only"`     // empty for an operator's channel, which gets everything at once
	Deliver  Deliver        `yaml:"deliver" hint:"write instant, hourly, daily 08:00 America/Chicago or weekly Monday 08:00 America/Chicago"`
}

// Slack is a channel of a Slack workspace, reached through a webhook, or with a
// bot's token and the channel's name or id.
type Slack struct {
	WebhookURL Secret `yaml:"webhook_url" hint:"write the webhook's URL as Slack shows it, https://hooks.slack.com/…"` // https
	Token      Secret `yaml:"token" hint:"write the bot's token as Slack shows it, xoxb-…"`
	Channel    string `yaml:"channel" hint:"write the channel's name like \"#texas\", in quotes, or its id like C0123ABCD"`
}

// Webhook is a program of someone else's that takes changes as JSON.
type Webhook struct {
	URL          Secret `yaml:"url,required" hint:"write a URL that begins with https:// or http://"`
	Secret       Secret `yaml:"secret" hint:"write the secret that the receiver checks signatures with, like what \"openssl rand -base64 32\" prints"` // base64, with or without whsec_ before it, signs what is sent; "" signs nothing
	AllowPrivate bool   `yaml:"allow_private"`                                                                                                         // the receiver may be in a private network
}

// Chat is any service that shoutrrr sends to.
type Chat struct {
	URL Secret `yaml:"url,required" hint:"write the service's URL as shoutrrr takes it, like ntfy://ntfy.sh/a-topic"`
}

// chatServices are the services that are asked for most, and how their URLs look.
var chatServices = map[string]string{
	"discord":    "discord://TOKEN@WEBHOOK-ID",
	"gotify":     "gotify://HOST/TOKEN",
	"matrix":     "matrix://USER:PASSWORD@HOST/?rooms=ROOM",
	"mattermost": "mattermost://HOST/TOKEN",
	"ntfy":       "ntfy://ntfy.sh/TOPIC",
	"pushover":   "pushover://shoutrrr:TOKEN@USER",
	"rocketchat": "rocketchat://HOST/TOKEN-A/TOKEN-B",
	"signal":     "signal://HOST:PORT/FROM/TO",
	"telegram":   "telegram://TOKEN@telegram?chats=@NAME",
	"zulip":      "zulip://BOT-MAIL:KEY@HOST/?stream=STREAM",
}

func (c *Channel) validate(s *section) {
	s.check("name", func(text string) string {
		if nameLike.MatchString(text) && !notShown(text) {
			return ""
		}
		return "is not a name for a channel; write " + slug(text) + ", or other lowercase letters, digits and -, at most 40"
	})
	s.check("language", func(text string) string {
		if l, ok := prose.ParseLanguage(text); ok && text == string(l) {
			return ""
		}
		return "is not a language that messages are written in; write en or es"
	})
	if c.Deliver.Zone == nil {
		c.Deliver = instantly()
	}
	place := s.onePlace()
	for _, name := range []string{"only", "deliver"} {
		if at := s.key(name); at != nil && c.Operator {
			s.d.fail(at, `%q does not go with "operator: true", since an operator's channel gets all that concerns the service, at once; remove one of the two`, name)
		}
	}
	if len(s.d.found) > s.before || s.d.build == nil {
		return
	}
	if err := s.d.build(*c); err != nil {
		s.d.fail(place, "%v%s", err, c.Chat.example())
	}
}

// example says how the URL of the service looks that is nearest to this one.
func (c *Chat) example() string {
	if c == nil {
		return ""
	}
	scheme, _, _ := strings.Cut(c.URL.Reveal(), ":")
	service := nearest(scheme, slices.Sorted(maps.Keys(chatServices)))
	if service == "" {
		return ""
	}
	return "; write it like " + chatServices[service]
}

// onePlace finds where the channel says where messages go, and notes it where
// that is nowhere, or more than one place.
func (s *section) onePlace() *token.Token {
	places := []string{"slack", "email", "webhook", "chat"}
	found := s.tokensOf(places...)
	if len(found) == 0 {
		s.d.fail(s.at, "the channel does not say where messages go; add %s", orList(places))
		return s.at
	}
	for _, again := range found[1:] {
		s.d.fail(again, "%q beside %q on line %d, where a channel has one place; make this a channel of its own",
			again.Value, found[0].Value, found[0].Position.Line)
	}
	return found[0]
}

func (c *Slack) validate(s *section) {
	s.check("webhook_url", webURLOf("https"))
	s.check("token", oneWord)
	s.check("channel", like(slackPlace, "is neither a channel's name nor its id"))
	hook, bot, channel := s.key("webhook_url"), s.key("token"), s.key("channel")
	switch {
	case hook != nil && bot != nil:
		both := s.tokensOf("webhook_url", "token")
		s.d.fail(both[len(both)-1], "both a webhook and a token; keep one of them")
	case hook != nil && channel != nil:
		s.d.fail(channel, "a webhook's channel is chosen in Slack; remove this key, or give a token instead of the webhook")
	case hook == nil && bot == nil && channel != nil:
		s.d.fail(channel, "a channel without a token; add %s", spelled("token"))
	case hook == nil && bot == nil:
		s.d.fail(s.at, "neither a webhook nor a token; add %s, or %s and \"channel\"", spelled("webhook_url"), spelled("token"))
	case bot != nil && channel == nil:
		s.d.fail(bot, `a token without a channel; add "channel", like "#texas", in quotes, or its id like C0123ABCD`)
	}
}

func (c *Webhook) validate(s *section) {
	s.check("url", webURLOf("https", "http"))
	s.check("secret", signingSecret)
}

func (c *Chat) validate(s *section) {
	s.check("url", func(text string) string {
		u, err := url.Parse(text)
		switch {
		case err != nil || u.Scheme == "" || !strings.Contains(text, "://") || !isWord(text):
			return "is not the URL of a service"
		case u.Scheme == "http" || u.Scheme == "https":
			return `is a web URL; write the service's URL as shoutrrr takes it, like ntfy://ntfy.sh/a-topic, or make it a "webhook"`
		case u.Scheme == "matrix" && (u.User.Username() == "" || u.Hostname() == ""): // which shoutrrr would tell only by signing in
			return "has no user or no host; write it like " + chatServices["matrix"]
		}
		return ""
	})
}

var (
	nameLike   = regexp.MustCompile(`^[a-z0-9-]{1,40}$`)
	notInNames = regexp.MustCompile(`[^a-z0-9]+`)
	slackPlace = regexp.MustCompile(`^(#[^\s#@:,<>/]{1,80}|[CDGU][A-Z0-9]{2,20})$`)
)

// slug is the name that is nearest to what was written.
func slug(text string) string {
	const longest = 40
	name := notInNames.ReplaceAllString(strings.ToLower(text), "-")
	name = strings.Trim(name[:min(len(name), longest)], "-")
	if name == "" || notShown(text) {
		return "newsroom"
	}
	return name
}

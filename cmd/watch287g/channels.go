package main

import (
	"cmp"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/watch287g/watch287g/config"
	"github.com/watch287g/watch287g/notify"
)

// channels are the configured places to send to, and what each wants.
type channels struct {
	byName map[string]notify.Channel
	rules  []notify.Rule
}

// channels builds the configured channels. sign signs links to holds; nil for none.
func (a *app) channels(c config.Config, sign func(hold string, from time.Time) string) (channels, error) {
	deps := notify.Deps{Client: cmp.Or(a.client, &http.Client{}), Now: a.now, Version: version, SlackPace: a.pace,
		Links: notify.Links{Base: c.Web.URL, Sign: sign}}
	all := channels{byName: map[string]notify.Channel{}}
	for _, ch := range c.Channels {
		own := deps
		if !ch.Operator {
			own.Links = deps.Links.In(ch.Language)
		}
		channel, err := newChannel(ch, own)
		if err != nil {
			return all, fmt.Errorf("channel %s: %w", ch.Name, err)
		}
		all.byName[ch.Name] = channel
		all.rules = append(all.rules, ruleOf(ch))
	}
	return all, nil
}

func newChannel(c config.Channel, t notify.Deps) (notify.Channel, error) {
	switch {
	case c.Slack != nil:
		return notify.NewSlack(notify.SlackConfig{WebhookURL: c.Slack.WebhookURL.Reveal(), Token: c.Slack.Token.Reveal(),
			Channel: c.Slack.Channel, APIURL: os.Getenv("WATCH287G_SLACK_API")}, t), nil
	case c.Email != nil:
		return notify.NewEmail(emailConfig(c), t)
	case c.Webhook != nil:
		return notify.NewWebhook(notify.WebhookConfig{URL: c.Webhook.URL.Reveal(), Secret: c.Webhook.Secret.Reveal(),
			AllowPrivate: c.Webhook.AllowPrivate}, t)
	default:
		return notify.NewChat(c.Chat.URL.Reveal(), t)
	}
}

func emailConfig(c config.Channel) notify.EmailConfig {
	server := c.Email.Server
	e := notify.EmailConfig{Name: c.Name, Host: server.Host, Port: server.Port, Security: server.Security,
		Username: server.Username, Password: c.Email.Password.Reveal(), From: c.Email.From, To: c.Email.To, Unsubscribe: c.Email.Unsubscribe}
	if d := c.Email.DKIM; d != nil {
		e.DKIM = &notify.DKIMConfig{Domain: d.Domain, Selector: d.Selector, KeyPEM: []byte(d.Key.Reveal())}
	}
	return e
}

func ruleOf(c config.Channel) notify.Rule {
	return notify.Rule{Channel: c.Name, Operator: c.Operator, Only: c.Only, Language: c.Language,
		Schedule: notify.Schedule{Every: notify.Cadence(c.Deliver.Every), Weekday: c.Deliver.Weekday,
			Hour: c.Deliver.Hour, Minute: c.Deliver.Minute, Zone: c.Deliver.Zone}}
}

package config_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/watch287g/watch287g/config"
)

// environment is what configurations find there.
var environment = map[string]string{
	"SLACK_TOKEN": "xoxb-from-env\n", "EMPTY": "", "BLANK": " \n", "HOOK": "https://hooks.slack.com/services/T0/B0/env",
}

// files are what configurations find in their folder.
func files(t *testing.T) map[string]string {
	t.Helper()
	k := keys()
	return map[string]string{
		"aliases.csv": "", "folder/inside.csv": "",
		"secrets/slack": "\ufeffhttps://hooks.slack.com/services/T0/B0/file\n", "secrets/smtp": "pass word\n", "secrets/hook": "aG9vay1zZWNyZXQ=\n",
		"secrets/ntfy": "ntfy://ntfy.sh/topic\n", "secrets/oncall": "https://hooks.slack.com/services/T0/B0/oncall\n", "secrets/dkim.pem": k.rsa,
		"secrets/pkcs8": k.pkcs8, "secrets/ed25519": k.ed25519, "secrets/ecdsa": k.ecdsa, "secrets/public": k.public,
		"secrets/empty": "", "secrets/blank": "\n \n", "secrets/lines": "a\nb\n",
		"secrets/almost": strings.Repeat("x", 64<<10-1), "secrets/large": strings.Repeat("x", 64<<10),
	}
}

type pems struct{ rsa, pkcs8, ed25519, ecdsa, public string }

// keys are made once; that of RSA takes a while.
var keys = sync.OnceValue(func() (p pems) {
	must := func(b []byte, err error) []byte {
		if err != nil {
			panic(err)
		}
		return b
	}
	encode := func(kind string, b []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: b}))
	}
	r, err := rsa.GenerateKey(rand.Reader, 2048)
	must(nil, err)
	_, e, err := ed25519.GenerateKey(rand.Reader)
	must(nil, err)
	c, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(nil, err)
	p.rsa = encode("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(r))
	p.pkcs8 = encode("PRIVATE KEY", must(x509.MarshalPKCS8PrivateKey(r)))
	p.ed25519 = encode("PRIVATE KEY", must(x509.MarshalPKCS8PrivateKey(e)))
	p.ecdsa = encode("PRIVATE KEY", must(x509.MarshalPKCS8PrivateKey(c)))
	p.public = encode("PUBLIC KEY", must(x509.MarshalPKIXPublicKey(r.Public())))
	return p
})

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// uncommented is the example with its channels in use.
func uncommented(t *testing.T) string {
	t.Helper()
	before, after, ok := strings.Cut(config.Example(), "# channels:\n")
	block, rest, end := strings.Cut(after, "\n\n")
	if !ok || !end {
		t.Fatal("the example has no channels")
	}
	return before + "channels:\n" + regexp.MustCompile(`(?m)^# ?`).ReplaceAllString(block, "") + "\n\n" + rest
}

func TestExampleChannels(t *testing.T) {
	got, err := load(t, uncommented(t))
	if err != nil {
		t.Fatal(err)
	}
	instant := config.Deliver{Every: "instant", Zone: zone(t, "America/New_York")}
	daily := config.Deliver{Every: "daily", Hour: 8, Zone: zone(t, "America/Chicago")}
	weekly, hourly := instant, instant
	weekly.Every, weekly.Weekday, weekly.Hour, hourly.Every = "weekly", time.Monday, 8, "hourly"
	want := config.Default()
	want.Channels = []config.Channel{
		{Name: "newsroom", Slack: &config.Slack{WebhookURL: config.NewSecret("https://hooks.slack.com/services/T0/B0/file")}, Deliver: instant},
		{Name: "texas-desk", Slack: &config.Slack{Token: config.NewSecret("xoxb-from-env"), Channel: "#texas"}, Deliver: daily, Only: config.Only{
			Kinds: []string{"new", "pending", "removed"}, States: []string{"TX", "NM"}, Counties: []string{"Lampasas County", "Travis"},
			Models: []string{"JEM", "TFM", "WSO"}, Types: []string{"county", "municipality", "state"}, Agencies: []string{"*Sheriff's Office"},
		}},
		{Name: "members", Deliver: weekly, Email: &config.Email{
			Host: "smtp.example.org", Port: 465, Security: "tls", Username: "mailer", Password: config.NewSecret("pass word"),
			From: `"287(g) watch" <watch@example.org>`, To: []string{"desk@example.org", "list@example.org"},
			DKIM:        &config.DKIM{Domain: "example.org", Selector: "mail", Key: config.NewSecret(strings.TrimSpace(keys().rsa))},
			Unsubscribe: "mailto:list-leave@example.org",
		}},
		{Name: "partner", Webhook: &config.Webhook{URL: config.NewSecret("https://partner.example.org/hook"), Secret: config.NewSecret("aG9vay1zZWNyZXQ=")}, Deliver: instant},
		{Name: "phone", Chat: &config.Chat{URL: config.NewSecret("ntfy://ntfy.sh/topic")}, Deliver: hourly},
		{Name: "on-call", Operator: true, Slack: &config.Slack{WebhookURL: config.NewSecret("https://hooks.slack.com/services/T0/B0/oncall")}, Deliver: instant},
	}
	equal(t, got, want)
}

// equal compares what stands behind pointers, too.
func equal(t *testing.T, got, want config.Config) {
	t.Helper()
	if len(got.Channels) != len(want.Channels) {
		t.Fatalf("got %d channels, want %d", len(got.Channels), len(want.Channels))
	}
	for i := range got.Channels {
		g, w := got.Channels[i], want.Channels[i]
		if g.Deliver.Zone.String() != w.Deliver.Zone.String() {
			t.Errorf("%s: the zone is %s, want %s", w.Name, g.Deliver.Zone, w.Deliver.Zone)
		}
		g.Deliver.Zone, w.Deliver.Zone = nil, nil
		if !reflect.DeepEqual(g, w) {
			a, _ := json.Marshal(g)
			b, _ := json.Marshal(w)
			t.Errorf("\n got %s\nwant %s", a, b)
		}
	}
	got.Channels, want.Channels = nil, nil
	if !reflect.DeepEqual(got, want) {
		t.Errorf("\n got %+v\nwant %+v", got, want)
	}
}

func TestChannelsValid(t *testing.T) {
	slack := func() config.Channel {
		return config.Channel{Name: "a", Slack: &config.Slack{WebhookURL: config.NewSecret("https://example.org/x")},
			Deliver: config.Deliver{Every: "instant", Zone: zone(t, "America/New_York")}}
	}
	const hook = "channels: [{name: a, slack: {webhook_url: https://example.org/x}"
	mail := func(change func(*config.Email)) []config.Channel {
		c := slack()
		c.Slack, c.Email = nil, &config.Email{Host: "h.example.org", Port: 25, Security: "plain", From: "a@example.org", To: []string{"b@example.org"}}
		change(c.Email)
		return []config.Channel{c}
	}
	with := func(change func(*config.Channel)) []config.Channel {
		c := slack()
		change(&c)
		return []config.Channel{c}
	}
	const email = "channels:\n- name: a\n  email:\n    from: a@example.org\n    to: b@example.org\n"
	for _, tt := range []struct {
		name, body string
		want       []config.Channel
	}{
		{"empty list", "channels: []\n", nil},
		{"all commented out", "channels:\n#- name: a\n", nil},
		{"one in flow style", hook + "}]\n", []config.Channel{slack()}},
		{"no operator", hook + ", operator: false, only: {states: tx}, deliver: hourly}]\n", with(func(c *config.Channel) {
			c.Only.States, c.Deliver.Every = []string{"TX"}, "hourly"
		})},
		{"rule with everything commented out", "channels:\n- name: a\n  slack: {webhook_url: https://example.org/x}\n  only:\n    # states: [TX]\n", []config.Channel{slack()}},
		{"lists in other spellings", hook + ", only: {states: [texas, \"north  carolina\", Dc], kinds: [NEW], models: [jem], types: [County], counties: \" Bay  County\"}}]\n", with(func(c *config.Channel) {
			c.Only = config.Only{States: []string{"TX", "NC", "DC"}, Kinds: []string{"new"}, Models: []string{"JEM"}, Types: []string{"county"}, Counties: []string{"Bay County"}}
		})},
		{"list in block style", "channels:\n- name: a\n  slack: {webhook_url: https://example.org/x}\n  only:\n    agencies:\n    - \"[A-M]*\"\n    - FL-x\n", with(func(c *config.Channel) {
			c.Only.Agencies = []string{"[A-M]*", "FL-x"}
		})},
		{"weekly, short, in UTC", hook + ", deliver: Weekly fri 7:05 UTC}]\n", with(func(c *config.Channel) {
			c.Deliver = config.Deliver{Every: "weekly", Weekday: time.Friday, Hour: 7, Minute: 5, Zone: time.UTC}
		})},
		{"bot and id", "channels: [{name: a, slack: {token: xoxb-1, channel: C0123}}]\n", with(func(c *config.Channel) {
			c.Slack = &config.Slack{Token: config.NewSecret("xoxb-1"), Channel: "C0123"}
		})},
		{"webhook over http, signed as Standard Webhooks has it", "channels: [{name: a, webhook: {url: http://10.0.0.1:80/x, secret: whsec_MTIzNDU2Nzg5MDEy, allow_private: true}}]\n", with(func(c *config.Channel) {
			c.Slack, c.Webhook = nil, &config.Webhook{URL: config.NewSecret("http://10.0.0.1:80/x"), Secret: config.NewSecret("whsec_MTIzNDU2Nzg5MDEy"), AllowPrivate: true}
		})},
		{"webhook that is not signed", "channels: [{name: a, webhook: {url: https://example.org}}]\n", with(func(c *config.Channel) {
			c.Slack, c.Webhook = nil, &config.Webhook{URL: config.NewSecret("https://example.org")}
		})},
		{"chat", "channels: [{name: a, chat: {url: \"telegram://1:x@telegram?chats=@y\"}}]\n", with(func(c *config.Channel) {
			c.Slack, c.Chat = nil, &config.Chat{URL: config.NewSecret("telegram://1:x@telegram?chats=@y")}
		})},
		{"a large secret", "channels: [{name: a, slack: {token_file: secrets/almost, channel: C0123}}]\n", with(func(c *config.Channel) {
			c.Slack = &config.Slack{Token: config.NewSecret(strings.Repeat("x", 64<<10-1)), Channel: "C0123"}
		})},
		{"secret of digits", "channels: [{name: a, webhook: {url: https://example.org, secret: 01234567}}]\n", with(func(c *config.Channel) {
			c.Slack, c.Webhook = nil, &config.Webhook{URL: config.NewSecret("https://example.org"), Secret: config.NewSecret("01234567")}
		})},
		{"mail unencrypted", email + "    smtp: smtp+plain://h.example.org\n", mail(func(*config.Email) {})},
		{"mail by STARTTLS", email + "    smtp: smtp://me@example.org@h.example.org\n    password: x\n", mail(func(e *config.Email) {
			e.Port, e.Security, e.Username, e.Password = 587, "starttls", "me@example.org", config.NewSecret("x")
		})},
		{"mail to a port", email + "    smtp: smtps://[::1]:1465/\n    unsubscribe: https://example.org/leave?x=1\n", mail(func(e *config.Email) {
			e.Host, e.Port, e.Security, e.Unsubscribe = "::1", 1465, "tls", "https://example.org/leave?x=1"
		})},
		{"mail signed with Ed25519, for the sender's domain", email + "    smtp: smtp+plain://h.example.org\n    dkim: {selector: s1, key_file: secrets/ed25519}\n", mail(func(e *config.Email) {
			e.DKIM = &config.DKIM{Domain: "example.org", Selector: "s1", Key: config.NewSecret(strings.TrimSpace(keys().ed25519))}
		})},
		{"mail signed with a key that stands here", email + "    smtp: smtp+plain://h.example.org\n    dkim:\n      selector: s1\n      key: |\n        " +
			strings.ReplaceAll(strings.TrimSpace(keys().pkcs8), "\n", "\n        ") + "\n", mail(func(e *config.Email) {
			e.DKIM = &config.DKIM{Domain: "example.org", Selector: "s1", Key: config.NewSecret(strings.TrimSpace(keys().pkcs8))}
		})},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := load(t, tt.body)
			if err != nil {
				t.Fatal(err)
			}
			want := config.Default()
			want.Channels = tt.want
			equal(t, got, want)
		})
	}
}

// wrongChannel is a configuration with mistakes, and the lines that it gets.
type wrongChannel struct {
	name, body string
	want       []string // without the file's name
}

// below puts lines under a channel that has a name, from line 3 on.
func below(lines string) string { return "channels:\n- name: a\n  " + lines + "\n" }

const (
	hooked   = "slack: {webhook_url: https://example.org/x}\n  "
	mailed   = "email: {from: a@example.org, to: [b@example.org], "
	isKnown  = "write it like smtps://user@smtp.example.org, with smtp:// for STARTTLS or smtp+plain:// for no encryption"
	allKinds = "new, pending, removed, withdrawn, restored, amended, detail, document, milestone"
	hookEdge = "https://hooks.slack.com/…"
)

var wrongChannels = []wrongChannel{
	// The list and its entries.
	{"not a list", "channels: {name: a}\n", []string{`1:11: "channels" is a list; begin each channel on a line of its own with "- name:"`}},
	{"a value", "channels: newsroom\n", []string{`1:11: "channels" is a list; begin each channel on a line of its own with "- name:"`}},
	{"entries that are none", "channels:\n- newsroom\n- [a]\n-\n", []string{
		`2:3: no channel; begin it with "- name:" and write its other keys on lines below`,
		`3:3: no channel; begin it with "- name:" and write its other keys on lines below`,
		`4:3: no channel; begin it with "- name:" and write its other keys on lines below`,
	}},
	{"two of one name", below(strings.TrimSpace(hooked)) + "- name: b\n  " + strings.TrimSpace(hooked) + "\n- name: a\n  " + strings.TrimSpace(hooked) + "\n",
		[]string{`6:9: "a" is the name of the channel on line 2 already; write another`}},
	{"no name", "channels:\n- slack: {webhook_url: https://example.org/x}\n", []string{`2:3: a channel without a name; add one that no other has, like "name: texas-desk"`}},
	{"empty entry", "channels: [{}]\n", []string{
		`1:12: a channel without a name; add one that no other has, like "name: texas-desk"`,
		`1:12: the channel does not say where messages go; add "slack", "email", "webhook" or "chat"`,
	}},
	{"name with other signs", "channels:\n- name: Texas Desk!\n  " + hooked + "\n", []string{`2:9: "Texas Desk!" is no name of a channel; write texas-desk, or other small letters, digits and -, 40 at most`}},
	{"name too long", "channels:\n- name: " + strings.Repeat("x", 41) + "\n  " + hooked + "\n", []string{`2:9: "` + strings.Repeat("x", 41) + `" is no name of a channel; write ` + strings.Repeat("x", 40) + `, or other small letters, digits and -, 40 at most`}},
	{"empty names", "channels:\n- name:\n  " + hooked + "\n- name: \"\"\n  " + hooked + "\n", []string{
		`2:8: no value; write a name like texas-desk, or take the key out`,
		`5:9: "" is no name of a channel; write newsroom, or other small letters, digits and -, 40 at most`,
	}},
	{"secret for a name", "channels:\n- name: xoxb-hunter2\n  " + hooked + "\n", []string{`2:9: what stands here is no name of a channel; write newsroom, or other small letters, digits and -, 40 at most`}},
	{"no place", "channels:\n- name: a\n", []string{`2:3: the channel does not say where messages go; add "slack", "email", "webhook" or "chat"`}},
	{"two places", below(hooked + "chat: {url: \"ntfy://ntfy.sh/x\"}"), []string{`4:3: "chat" beside "slack" on line 3, where a channel has one place; make this a channel of its own`}},
	{"operator with a rule and a plan", below(hooked + "operator: true\n  only: {states: [TX]}\n  deliver: hourly"), []string{
		`5:3: "only" does not go with "operator: true", since an operator's channel gets all that concerns the service, at once; take one of the two out`,
		`6:3: "deliver" does not go with "operator: true", since an operator's channel gets all that concerns the service, at once; take one of the two out`,
	}},
	{"operator neither true nor false", below(hooked + "operator: yes"), []string{`4:13: "yes" is neither true nor false; write true or false`}},

	// Keys.
	{"unknown keys of an entry", below(hooked + "delivr: hourly\n  states: [TX]\n  store: \"\"\n  nick: x"), []string{
		`4:3: unknown key "delivr"; did you mean "deliver"?`,
		`5:3: unknown key "states"; it belongs under "only", indented`,
		`6:3: unknown key "store"; it belongs at the beginning of a line, under no other key`,
		`7:3: unknown key "nick"; known here: name, operator, slack, email, webhook, chat, only, deliver`,
	}},
	{"unknown keys of the kinds", below("slack: {url: https://example.org}\n  webhook: {private: true, header: x}\n  chat: {deliver: hourly}\n  email: {form: x, dkim: {select: x}}"), []string{
		`3:3: neither a webhook nor a token; add "webhook_url", "webhook_url_file" or "webhook_url_env", or "token", "token_file" or "token_env" and "channel"`,
		`3:11: unknown key "url"; did you mean "webhook_url"?`,
		`4:3: a webhook without its address; add "url", "url_file" or "url_env"`,
		`4:3: "webhook" beside "slack" on line 3, where a channel has one place; make this a channel of its own`,
		`4:13: unknown key "private"; did you mean "allow_private"?`,
		`4:28: unknown key "header"; known here: url, url_file, url_env, secret, secret_file, secret_env, allow_private`,
		`5:3: a chat service without its address; add "url", "url_file" or "url_env"`,
		`5:3: "chat" beside "slack" on line 3, where a channel has one place; make this a channel of its own`,
		`5:10: unknown key "deliver"; it belongs under "channels", indented`,
		`6:3: email without "smtp"; add it, and ` + isKnown,
		`6:3: email without "from"; add it, and write it like watch@example.org or "287(g) watch <watch@example.org>"`,
		`6:3: email without "to"; add it, and write addresses alone, like [desk@example.org, list@example.org]`,
		`6:3: "email" beside "slack" on line 3, where a channel has one place; make this a channel of its own`,
		`6:11: unknown key "form"; did you mean "from"?`,
		`6:20: dkim without a key to sign with; add "key", "key_file" or "key_env"`,
		`6:20: dkim without "selector"; add it, and write the name that stands before ._domainkey in your DNS, like mail`,
		`6:27: unknown key "select"; did you mean "selector"?`,
	}},
	{"unknown key of a rule", below(hooked + "only: {state: [TX], city: x}"), []string{
		`4:10: unknown key "state"; did you mean "states"?`,
		`4:23: unknown key "city"; known here: kinds, states, counties, models, types, agencies`,
	}},
	{"secret in the place of a key", below("slack: {xoxb-hunter2}") + "- name: b\n  chat: {hunter}\n", []string{
		`3:3: neither a webhook nor a token; add "webhook_url", "webhook_url_file" or "webhook_url_env", or "token", "token_file" or "token_env" and "channel"`,
		`3:11: unknown key, not shown since it may be a secret; known here: webhook_url, webhook_url_file, webhook_url_env, token, token_file, token_env, channel`,
		`5:3: a chat service without its address; add "url", "url_file" or "url_env"`,
		`5:10: unknown key, not shown since it may be a secret; known here: url, url_file, url_env`,
	}},
	{"secret in the place of a section", below("chat: ntfy://hunter2@ntfy.sh"), []string{`3:9: "chat" is a section, not a value or a list; write its keys on lines below it, indented: url, url_file, url_env`}},
	{"channel's keys elsewhere", "slack: {webhook_url: https://hooks.slack.com/hunter2}\n", []string{`1:1: unknown key "slack"; it belongs under "channels", indented`}},

	// Secrets.
	{"secret missing", below("webhook: {secret: aHVudGVyMg==}"), []string{`3:3: a webhook without its address; add "url", "url_file" or "url_env"`}},
	{"section commented out", below("chat:\n    # url: x"), []string{`3:3: a chat service without its address; add "url", "url_file" or "url_env"`}},
	{"secret without a value", below("slack:\n    token: #hunter2\n    channel: #texas"), []string{
		`4:11: no value; write the bot's token as Slack shows it, xoxb-…, or take the key out`,
		`5:14: no value; write the channel's name like "#texas", in quotes, or its id like C0123ABCD, or take the key out`,
	}},
	{"secret given three times", below("slack:\n    webhook_url_env: HOOK\n    webhook_url_file: secrets/slack\n    webhook_url: https://example.org"), []string{
		`5:5: "webhook_url_file" beside "webhook_url_env" on line 4; keep one of them`,
		`6:5: "webhook_url" beside "webhook_url_env" on line 4; keep one of them`,
	}},
	{"files that are none", below("slack: {webhook_url_file: secrets/hunter2}") + "- {name: b, chat: {url_file: secrets}}\n- {name: c, chat: {url_file: secrets/large}}\n- {name: d, chat: {url_file: \"\"}}\n", []string{
		`3:29: the file named here cannot be read: no such file or directory; write the path of a file, counted from this file's folder`,
		`4:30: the file named here is not a file; write the path of a file, counted from this file's folder`,
		`5:30: the file named here is larger than a secret: 64 KiB or more; write the path of a file, counted from this file's folder`,
		`6:30: the file named here has no name; write the path of a file, counted from this file's folder`,
	}},
	{"files without a secret", below("chat: {url_file: secrets/empty}") + "- {name: b, chat: {url_file: secrets/blank}}\n", []string{
		`3:20: what the file holds is empty; write the service's address as shoutrrr takes it, like ntfy://ntfy.sh/a-topic`,
		`4:30: what the file holds is empty; write the service's address as shoutrrr takes it, like ntfy://ntfy.sh/a-topic`,
	}},
	{"variables without a secret", below("chat: {url_env: HUNTER2}") + "- {name: b, chat: {url_env: EMPTY}}\n- {name: c, chat: {url_env: BLANK}}\n- {name: d, chat: {url_env: ntfy://hunter2}}\n", []string{
		`3:19: the environment variable named here is not set; set it, or write the name of one that is`,
		`4:29: what the environment variable holds is empty; write the service's address as shoutrrr takes it, like ntfy://ntfy.sh/a-topic`,
		`5:29: what the environment variable holds is empty; write the service's address as shoutrrr takes it, like ntfy://ntfy.sh/a-topic`,
		`6:29: not the name of an environment variable; write the name of an environment variable, like WATCH287G_SECRET`,
	}},
	{"secrets of the wrong kind", below("slack: {token: \"xoxb hunter2\", channel: C0123}") + "- {name: b, webhook: {url: \"https://example.org/hunter2 x\", secret_file: secrets/lines}}\n- {name: c, webhook: {url: https://example.org, secret: whsec_hunter2}}\n", []string{
		`3:18: what stands here has blanks or more than one line; write the bot's token as Slack shows it, xoxb-…`,
		`4:28: what stands here is no address that begins with https:// or http://; write an address that begins with https:// or http://`,
		`4:74: what the file holds is not base64, with or without whsec_ before it; write the secret that the receiver checks signatures with, like what "openssl rand -base64 32" prints`,
		`5:57: what stands here is not base64, with or without whsec_ before it; write the secret that the receiver checks signatures with, like what "openssl rand -base64 32" prints`,
	}},

	// Slack, webhooks, chat.
	{"Slack over http", below("slack: {webhook_url: http://hooks.slack.com/hunter2}"), []string{`3:24: what stands here is no address that begins with https://; write the webhook's address as Slack shows it, ` + hookEdge}},
	{"Slack from a file that holds something else", below("slack: {webhook_url_file: secrets/ntfy}"), []string{`3:29: what the file holds is no address that begins with https://; write the webhook's address as Slack shows it, ` + hookEdge}},
	{"token without a channel", below("slack: {token_env: SLACK_TOKEN}"), []string{`3:11: a token without a channel; add "channel" and write the channel's name like "#texas", in quotes, or its id like C0123ABCD`}},
	{"channel without a token", below("slack: {channel: \"#texas\"}"), []string{`3:11: a channel without a token; add "token", "token_file" or "token_env"`}},
	{"webhook and channel", below("slack: {webhook_url_env: HOOK, channel: texas}"), []string{
		`3:34: a webhook's channel is chosen in Slack; take it out, or give a token in the webhook's place`,
		`3:43: "texas" is neither a channel's name nor its id; write the channel's name like "#texas", in quotes, or its id like C0123ABCD`,
	}},
	{"webhook and token", below("slack: {token: xoxb-hunter2, webhook_url_env: HOOK, channel: C0123}"), []string{`3:32: both a webhook and a token; keep one of them`}},
	{"webhook over ftp", below("webhook: {url: ftp://hunter2, secret: hunter22, allow_private: maybe}"), []string{
		`3:18: what stands here is no address that begins with https:// or http://; write an address that begins with https:// or http://`,
		`3:66: "maybe" is neither true nor false; write true or false`,
	}},
	{"chat by the web", below("chat: {url: https://ntfy.sh/hunter2}"), []string{`3:15: what stands here is an address of the web; write the service's address as shoutrrr takes it, like ntfy://ntfy.sh/a-topic, or make it a "webhook"`}},
	{"chat without a scheme", below("chat: {url: ntfy.sh/hunter2}"), []string{`3:15: what stands here is no address of a service; write the service's address as shoutrrr takes it, like ntfy://ntfy.sh/a-topic`}},

	// Email.
	{"empty email", below("email: {}"), []string{
		`3:3: email without "smtp"; add it, and ` + isKnown,
		`3:3: email without "from"; add it, and write it like watch@example.org or "287(g) watch <watch@example.org>"`,
		`3:3: email without "to"; add it, and write addresses alone, like [desk@example.org, list@example.org]`,
	}},
	{"mail servers that are none", below(mailed+"smtp: imaps://me:hunter2@h.example.org}") + "- name: b\n  " + mailed + "smtp: h.example.org}\n- name: c\n  " + mailed + "smtp: smtps://h.example.org/hunter2}\n", []string{
		`3:59: mail does not go by "imaps://"; ` + isKnown,
		`5:59: no address of a mail server; ` + isKnown,
		`7:59: no address of a mail server; ` + isKnown,
	}},
	{"ports that are none", below(mailed+"smtp: \"smtps://h.example.org:70000\"}") + "- name: b\n  " + mailed + "smtp: \"smtp://h.example.org:0\"}\n", []string{
		`3:59: no mail server has port "70000"; write one from 1 to 65535, or leave it out for 465`,
		`5:59: no mail server has port "0"; write one from 1 to 65535, or leave it out for 587`,
	}},
	{"password in the address", below(mailed + "smtp: \"smtps://me:hunter2@h.example.org\"}"), []string{`3:59: a password in the mail server's address; leave it out there, and add "password", "password_file" or "password_env"`}},
	{"password unencrypted", below(mailed + "smtp: smtp+plain://me@h.example.org, password: hunter2}"), []string{`3:59: a password would go out unencrypted; write smtps:// or smtp://, or leave the user out`}},
	{"user without a password", below(mailed + "smtp: smtps://me@h.example.org}"), []string{`3:53: a user without a password; add "password", "password_file" or "password_env", or leave the user out`}},
	{"password of two lines", below(mailed + "smtp: smtps://me@h.example.org, password_file: secrets/lines}"), []string{`3:100: what the file holds has more than one line, or signs that cannot be typed; write the password of the user that the mail server's address names`}},
	{"password without a user", below(mailed + "smtp: smtp://h.example.org, password: hunter2}"), []string{`3:81: a password without a user; name the user in "smtp", like smtp://user@h.example.org, or take the password out`}},
	{"wrong sender and recipients", below("email: {smtp: smtp://h.example.org, from: watch at example.org, to: [desk, Desk <desk@example.org>, c@example.org, C@Example.org]}"), []string{
		`3:45: "watch at example.org" is no sender; write it like watch@example.org or "287(g) watch <watch@example.org>"`,
		`3:72: "desk" is no email address; write addresses alone, like [desk@example.org, list@example.org]`,
		`3:78: "Desk <desk@example.org>" is no email address; write addresses alone, like [desk@example.org, list@example.org]`,
		`3:118: "C@Example.org" stands in this list already; keep one`,
	}},
	{"no recipients", below("email: {smtp: smtp://h.example.org, from: \"x\\ny <a@example.org>\", to: []}"), []string{
		`3:45: "x\ny <a@example.org>" is no sender; write it like watch@example.org or "287(g) watch <watch@example.org>"`,
		`3:73: an empty list; write addresses alone, like [desk@example.org, list@example.org], or take the key out`,
	}},
	{"unsubscribe nowhere", below(mailed+"smtp: smtp://h.example.org, unsubscribe: leave@example.org}") + "- name: b\n  " + mailed + "smtp: smtp://h.example.org, unsubscribe: \"http://example.org\"}\n", []string{
		`3:94: "leave@example.org" is no address to unsubscribe at; write an address that begins with https:// or mailto:`,
		`5:94: what stands here is no address to unsubscribe at; write an address that begins with https:// or mailto:`,
	}},
	{"address that is not ASCII", below("email: {smtp: smtp://h.example.org, from: a@example.org, to: [jürgen@example.org]}"), []string{`3:65: "jürgen@example.org" is no email address; write addresses alone, like [desk@example.org, list@example.org]`}},
	{"dkim without a key", below(mailed + "smtp: smtp://h.example.org, dkim: {domain: example, selector: \"a b\"}}"), []string{
		`3:81: dkim without a key to sign with; add "key", "key_file" or "key_env"`,
		`3:96: "example" is no domain; write a domain like example.org, or take the key out for that of "from"`,
		`3:115: "a b" is no selector; write the name that stands before ._domainkey in your DNS, like mail`,
	}},
	{"keys that sign nothing", below(mailed+"smtp: smtp://h.example.org, dkim: {selector: s, key_file: secrets/public}}") +
		"- name: b\n  " + mailed + "smtp: smtp://h.example.org, dkim: {selector: s, key_file: secrets/ecdsa}}\n" +
		"- name: c\n  " + mailed + "smtp: smtp://h.example.org, dkim: {selector: s, key: hunter2}}\n", []string{
		`3:111: what the file holds is no private key; write a private key that begins with -----BEGIN PRIVATE KEY----- or -----BEGIN RSA PRIVATE KEY-----`,
		`5:111: what the file holds is a key of a sort that DKIM does not know; write one for RSA or Ed25519`,
		`7:106: what stands here is no private key; write a private key that begins with -----BEGIN PRIVATE KEY----- or -----BEGIN RSA PRIVATE KEY-----`,
	}},

	// Rules and plans.
	{"states that are none", below(hooked + "only: {states: [Texsa, XT, Bavaria, TX, texas, 7]}"), []string{
		`4:19: "Texsa" is no state; did you mean TX (Texas)?`,
		`4:26: "XT" is no state; write states like [TX, Florida]`,
		`4:30: "Bavaria" is no state; write states like [TX, Florida]`,
		`4:43: "texas" stands in this list already; keep one`,
		`4:50: "7" is no state; write states like [TX, Florida]`,
	}},
	{"words that are none", below(hooked + "only:\n    kinds: [remvoed, all]\n    models: [TMF, CAM, Task Force]\n    types:\n    - countie\n    - sheriff"), []string{
		`5:13: "remvoed" is no kind of change; did you mean "removed"?`,
		`5:22: "all" is no kind of change; write a list of ` + allKinds,
		`6:14: "TMF" is no model; write a list of JEM, TFM, WSO, other`,
		`6:19: "CAM" is no model; write a list of JEM, TFM, WSO, other`,
		`6:24: "Task Force" is no model; write a list of JEM, TFM, WSO, other`,
		`8:7: "countie" is no type of agency; did you mean "county"?`,
		`9:7: "sheriff" is no type of agency; write a list of county, municipality, state`,
	}},
	{"patterns that are none", below(hooked + "only: {agencies: [\"[Bay\", \"\", {x: y}], counties: [\" \"], types: [], kinds: {new: true}}"), []string{
		`4:21: "[Bay" has a [ without its ], or a \ at its end; write names of agencies like ["*Sheriff's Office", "Baker County *"], in which * and ? stand for any letters`,
		`4:29: "" is no agency; write names of agencies like ["*Sheriff's Office", "Baker County *"], in which * and ? stand for any letters`,
		`4:33: a section or a list where one value belongs; write names of agencies like ["*Sheriff's Office", "Baker County *"], in which * and ? stand for any letters`,
		`4:53: " " is no county; write counties like ["Lampasas County", Travis]`,
		`4:66: an empty list; write a list of county, municipality, state, or take the key out`,
		`4:77: a section or a list where one value belongs; write a list of ` + allKinds,
	}},
	{"times that are none", plans("daily 25:00", "weekly Funday 08:00", "weekly Someday 08:00", "daily 08:00 Mars/Phobos", "daily 8am", "daily", "weekly", "weekly Monday", "hourly 08:00", "now", `""`, "daily 08:00 Local", "daily 08:00 America/New York"), []string{
		`4:12: "25:00" is no time of day; write it like 08:00 or 17:30`,
		`7:12: "Funday" is no day of the week; did you mean Sunday?`,
		`10:12: "Someday" is no day of the week; write it like Monday`,
		`13:12: "Mars/Phobos" is no time zone; write it like America/Chicago, or leave it out for America/New_York`,
		`16:12: "8am" is no time of day; write it like 08:00 or 17:30`,
		`19:12: "daily" without a time of day; write it like 08:00 or 17:30 after it`,
		`22:12: "weekly" without a day and a time; write it like weekly Monday 08:00`,
		`25:12: "weekly" without a time of day; write it like 08:00 or 17:30 after it`,
		`28:12: "hourly 08:00" says more than hourly; write instant, hourly, daily 08:00 America/Chicago or weekly Monday 08:00 America/Chicago`,
		`31:12: "now" is no plan; write instant, hourly, daily 08:00 America/Chicago or weekly Monday 08:00 America/Chicago`,
		`34:12: "" says no time; write instant, hourly, daily 08:00 America/Chicago or weekly Monday 08:00 America/Chicago`,
		`37:12: "Local" is no time zone; write it like America/Chicago, or leave it out for America/New_York`,
		`40:12: "America/New York" is no time zone; write it like America/Chicago, or leave it out for America/New_York`,
	}},
}

// plans makes a channel of three lines for each plan, from line 2 on.
func plans(all ...string) string {
	body := "channels:\n"
	for i, p := range all {
		body += fmt.Sprintf("- name: a%d\n  %sdeliver: %s\n", i, hooked, p)
	}
	return body
}

func TestChannelsWrong(t *testing.T) {
	for _, tt := range wrongChannels {
		t.Run(tt.name, func(t *testing.T) {
			_, err := load(t, tt.body)
			if _, ok := errors.AsType[config.Errors](err); !ok {
				t.Fatalf("the error is %v", err)
			}
			if strings.Contains(err.Error(), "hunter") {
				t.Errorf("a secret is shown: %s", err)
			}
			want := name + ":" + strings.Join(tt.want, "\n"+name+":")
			if err.Error() != want {
				t.Errorf("\n got %s\nwant %s", err, want)
			}
		})
	}
}

// Wherever a secret is put, and whatever is wrong around it, it is not shown.
func TestSecretIsNotInErrors(t *testing.T) {
	for _, secret := range []string{"xoxb-hunter2", "https://hooks.slack.com/services/hunter2", "ntfy://hunter2@ntfy.sh", "whsec_hunter2", "smtps://me:hunter2@mail.example.org"} {
		for _, body := range []string{
			"channels: %s\n", "channels: [%s]\n", "channels:\n- %s\n", "channels:\n- name: %s\n", "channels:\n- operator: %s\n", "channels:\n- slack: %s\n",
			"channels:\n- slack: {%s}\n", "channels:\n- slack: {%s: x}\n", "channels:\n- slack: {token_file: %s, channel: %[1]s}\n", "channels:\n- slack: {webhook_url: x%s, token_env: %[1]s}\n",
			"channels:\n- chat: {url: [%s]}\n", "channels:\n- chat: {url: &x %s}\n", "channels:\n- webhook: {allow_private: %s, secret: \"%[1]s\n\n x\"}\n",
			"channels:\n- email: {smtp: %s, from: %[1]s, to: [%[1]s], unsubscribe: <%[1]s>, dkim: {domain: %[1]s, selector: %[1]s, key: %[1]s}}\n",
			"channels:\n- only: {kinds: %s, states: %[1]s, models: %[1]s, types: %[1]s, agencies: \"[%[1]s\"}\n  deliver: daily %[1]s\n", "channels:\n- deliver: daily 08:00 %s\n- deliver: weekly %[1]s\n- deliver: %[1]s\n",
			"channels:\n- slack:\n    token:%s\n    channel: x\n", "channels:\n- slack: {token: \"%s\n", "channels:\n- slack:\n  token: `%s\n", "channels:\n\t- slack: {token: %s}\n",
		} {
			_, err := load(t, fmt.Sprintf(body, secret))
			if err == nil {
				t.Errorf("no error for %s", body)
			} else if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("%s for %q", err, body)
			}
		}
	}
}

// channelSeed has a secret, hunter2, in every place for one.
const channelSeed = `channels:
- name: a
  slack: {webhook_url: https://hooks.slack.com/hunter2}
- name: b
  slack: {token: xoxb-hunter2, channel: "#x"}
- name: c
  email: {smtp: "smtps://u@h.example.org", password: hunter2, from: a@example.org, to: [b@example.org]}
- name: d
  webhook: {url: https://example.org/hunter2, secret: hunter22}
- name: e
  chat: {url: ntfy://hunter2@ntfy.sh}
`

func TestSecretIsNotPrinted(t *testing.T) {
	c, err := load(t, channelSeed)
	if err != nil {
		t.Fatal(err)
	}
	c.Channels[2].Email.DKIM = &config.DKIM{Key: config.NewSecret("hunter2")}
	secret := config.NewSecret("hunter2")
	values := []any{c, &c, c.Channels, secret, &secret, []config.Secret{secret}, map[string]config.Secret{"a": secret}, struct{ inside config.Slack }{*c.Channels[1].Slack}}
	for _, ch := range c.Channels {
		values = append(values, ch, ch.Slack, ch.Email, ch.Webhook, ch.Chat)
		if ch.Email != nil {
			values = append(values, *ch.Email, ch.Email.DKIM, *ch.Email.DKIM)
		}
	}
	var out strings.Builder
	text, lines := slog.New(slog.NewTextHandler(&out, nil)), slog.New(slog.NewJSONHandler(&out, nil))
	for _, v := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%c", "%10.3v"} {
			fmt.Fprintf(&out, verb+"\n", v)
			fmt.Fprintf(&out, verb[:0], v) // the value is one too many
		}
		encoded, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(encoded)
		text.Info("text", "value", v)
		lines.Info("json", "value", v)
	}
	for _, shown := range []string{"hunter2", fmt.Sprintf("%x", "hunter2"), fmt.Sprintf("%X", "hunter2"), "104 117 110 116 101 114 50"} {
		if strings.Contains(out.String(), shown) {
			at := strings.Index(out.String(), shown)
			t.Errorf("%q is shown: …%s", shown, out.String()[max(at-200, 0):at+len(shown)])
		}
	}
	if secret.Reveal() != "hunter2" || secret.String() != "(secret)" || fmt.Sprintf("%#v", secret) != `"(secret)"` {
		t.Error("a secret is not what it should be")
	}
	if none := config.NewSecret(""); none != (config.Secret{}) || none.Reveal() != "" || none.String() != "" {
		t.Error("no secret is not what it should be")
	}
}

// A secret that this user may not read is one that is wrong, not a failure.
func TestSecretFileNotReadable(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("the superuser may read all files")
	}
	dir := t.TempDir()
	path := filepath.Join(dir, name)
	for file, mode := range map[string]os.FileMode{path: 0o600, filepath.Join(dir, "secret"): 0o200} {
		if err := os.WriteFile(file, []byte(below("chat: {url_file: secret}")), mode); err != nil {
			t.Fatal(err)
		}
	}
	_, err := config.Load(path, os.LookupEnv)
	if want := path + ":3:20: the file named here cannot be read: permission denied; write the path of a file, counted from this file's folder"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

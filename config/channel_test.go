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
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/watch287g/watch287g/config"
	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/roster"
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
		"secrets/imap": "imap word\n", "secrets/bounces": "a-secret-of-bounces\n", "secrets/bucket-id": "AKID\n", "secrets/bucket-key": "a+secret/of=buckets\n", "secrets/empty": "", "secrets/blank": "\n \n", "secrets/lines": "a\nb\n",
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
	bare := regexp.MustCompile(`(?m)^# ?`)
	middle, rest, ok := strings.Cut(rest, "# readers:\n")
	readers, rest, end := strings.Cut(rest, "\n\n")
	if !ok || !end {
		t.Fatal("the example has no readers")
	}
	middle = strings.Replace(middle, `url: ""`, "url: https://example.org", 1)
	aside, rest, ok := strings.Cut(rest, "#   bucket:\n")
	bucket, rest, end := strings.Cut(rest, "\n\n")
	if !ok || !end {
		t.Fatal("the example has no bucket")
	}
	rest = aside + "  bucket:\n" + bare.ReplaceAllString(bucket, "") + "\n\n" + rest
	return before + "channels:\n" + bare.ReplaceAllString(block, "") + "\n\n" + middle + "readers:\n" + bare.ReplaceAllString(readers, "") + "\n\n" + rest
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
	want.Web.URL = "https://example.org"
	weekly0, daily0 := weekly, daily
	daily0.Zone = weekly.Zone
	want.Readers = &config.Readers{
		Server: config.Server{Host: "smtp.example.org", Port: 465, Security: "tls", Username: "mailer"}, Password: config.NewSecret("pass word"),
		From: `"287(g) watch" <watch@example.org>`, DKIM: &config.DKIM{Domain: "example.org", Selector: "mail", Key: config.NewSecret(strings.TrimSpace(keys().rsa))},
		Postal: "287(g) watch, 1 Main Street, Austin, TX 78701", Contact: "https://example.org/about", Confirmations: 500,
		Deliver: config.Digests{Daily: config.DailyAt{Deliver: daily0}, Weekly: config.WeeklyAt{Deliver: weekly0}},
		Bounces: config.Bounces{Address: "bounces@example.org", IMAP: config.Mailbox{Host: "imap.example.org", Port: 993, Username: "bounces", Folder: "INBOX"},
			Password: config.NewSecret("imap word"), After: "seen", Topics: []string{"arn:aws:sns:us-east-1:123456789012:bounces"}, Secret: config.NewSecret("a-secret-of-bounces"), Soft: 3},
		Breaker: config.Breaker{Bounces: 5, Complaints: 0.3},
	}
	want.Documents.Bucket = &config.Bucket{Endpoint: "https://s3.us-east-1.amazonaws.com", Name: "example-287g-documents", Region: "us-east-1", Prefix: "watch287g/",
		AccessKey: config.NewSecret("AKID"), SecretKey: config.NewSecret("a+secret/of=buckets")}
	want.Channels = []config.Channel{
		{Name: "newsroom", Slack: &config.Slack{WebhookURL: config.NewSecret("https://hooks.slack.com/services/T0/B0/file")}, Deliver: instant},
		{Name: "texas-desk", Slack: &config.Slack{Token: config.NewSecret("xoxb-from-env"), Channel: "#texas"}, Deliver: daily, Only: roster.Filter{
			Kinds: []roster.Kind{"new", "pending", "removed"}, States: []roster.State{"TX", "NM"}, Counties: []string{"Lampasas County", "Travis"}, Places: []string{"Houston", "77001"},
			Models: roster.Models(), Types: []roster.Type{"county", "municipality", "state"}, Agencies: []string{"*Sheriff's Office"},
		}},
		{Name: "members", Deliver: weekly, Email: &config.Email{
			Server: config.Server{Host: "smtp.example.org", Port: 465, Security: "tls", Username: "mailer"}, Password: config.NewSecret("pass word"),
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

// equal compares secrets and zones by what they are.
func equal(t *testing.T, got, want config.Config) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty(),
		cmp.Comparer(func(a, b config.Secret) bool { return a.Reveal() == b.Reveal() }),
		cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() })); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
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
		c.Slack, c.Email = nil, &config.Email{Server: config.Server{Host: "h.example.org", Port: 25, Security: "plain"}, From: "a@example.org", To: []string{"b@example.org"}}
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
			c.Only.States, c.Deliver.Every = []roster.State{"TX"}, "hourly"
		})},
		{"rule with everything commented out", "channels:\n- name: a\n  slack: {webhook_url: https://example.org/x}\n  only:\n    # states: [TX]\n", []config.Channel{slack()}},
		{"lists in other spellings", hook + ", only: {states: [texas, \"north  carolina\", Dc], kinds: [NEW], models: [jem], types: [County], counties: \" Wake  County\"}}]\n", with(func(c *config.Channel) {
			c.Only = roster.Filter{States: []roster.State{"TX", "NC", "DC"}, Kinds: []roster.Kind{"new"}, Models: []roster.Model{"JEM"}, Types: []roster.Type{"county"}, Counties: []string{"Wake County"}}
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
			e.Server = config.Server{Host: "h.example.org", Port: 587, Security: "starttls", Username: "me@example.org"}
			e.Password = config.NewSecret("x")
		})},
		{"mail to a port", email + "    smtp: smtps://[::1]:1465/\n    unsubscribe: https://example.org/leave?x=1\n", mail(func(e *config.Email) {
			e.Server = config.Server{Host: "::1", Port: 1465, Security: "tls"}
			e.Unsubscribe = "https://example.org/leave?x=1"
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

// below puts lines under a channel that has a name, from line 3 on.
func below(lines string) string { return "channels:\n- name: a\n  " + lines + "\n" }

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
	_, err := config.Load(path, os.LookupEnv, config.Places{County: place.CheckCounty, Town: place.CheckTown}, nil)
	if want := path + ":3:20: the file named here cannot be read: permission denied; write the path of a file, counted from this file's folder"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

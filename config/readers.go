package config

import (
	"fmt"
	"net/mail"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Readers says how people sign themselves up, and how mail gets to them.
type Readers struct {
	Server   Server `yaml:"smtp,required,hidden" hint:"write it like smtps://user@smtp.example.org, with smtp:// for STARTTLS or smtp+plain:// for no encryption"`
	Password Secret `yaml:"password" hint:"write the password of the user that the mail server's URL names"`
	From     string `yaml:"from,required" hint:"write it like watch@example.org or \"287(g) watch <watch@example.org>\""` // as mail.ParseAddress reads it
	DKIM     *DKIM  `yaml:"dkim"`                                                                                         // nil where the mail server signs
	// Postal and Contact say in each mail who sends it; one of them may be "".
	Postal        string  `yaml:"postal,empty" hint:"write the postal address of who sends the mails, like \"287(g) watch, 1 Main Street, Austin, TX 78701\""`
	Contact       string  `yaml:"contact,empty" hint:"write an email address, or a URL that begins with https://"`
	Deliver       Digests `yaml:"deliver"`
	Confirmations int     `yaml:"confirmations" hint:"write how many mails that ask for a confirmation may leave in an hour, like 500"`
	Bounces       Bounces `yaml:"bounces"`
	Breaker       Breaker `yaml:"breaker"`
}

// Digests are when those get their mail who want it daily or weekly.
type Digests struct {
	Daily  DailyAt  `yaml:"daily" hint:"write it like \"08:00\" or \"08:00 America/Chicago\""`
	Weekly WeeklyAt `yaml:"weekly" hint:"write it like \"Monday 08:00\" or \"Monday 08:00 America/Chicago\""`
}

// DailyAt is a time of day.
type DailyAt struct{ Deliver }

func (d *DailyAt) parse(text string) (wrong string) {
	d.Deliver = instantly()
	d.Every = "daily"
	return d.hour(strings.Fields(text))
}

// WeeklyAt is a day of the week and a time of day.
type WeeklyAt struct{ Deliver }

func (d *WeeklyAt) parse(text string) (wrong string) {
	d.Deliver = instantly()
	d.Every = "weekly"
	return d.weekday(strings.Fields(text))
}

// Bounces says how the service hears of mails that came back, and of complaints.
type Bounces struct {
	Address  string   `yaml:"address,empty" hint:"write the address that mails which cannot be delivered come back to, like bounces@example.org"` // "": that of From
	IMAP     Mailbox  `yaml:"imap,hidden" hint:"write it like imaps://user@imap.example.org/INBOX, with imap:// for STARTTLS"`
	Password Secret   `yaml:"password" hint:"write the password of the user that the mailbox's URL names"`
	After    string   `yaml:"after" hint:"write seen, delete, or the name of the folder that mails are moved to once they are read"` // "": seen
	Topics   []string `yaml:"sns_topics" hint:"write the names of topics of Amazon SNS, like [arn:aws:sns:us-east-1:123456789012:bounces]"`
	Secret   Secret   `yaml:"secret" hint:"write what a program sends that reports bounces, 16 characters or more, like what \"openssl rand -base64 32\" prints"` // of /api/v1/bounces; "" for nobody
	Soft     int      `yaml:"soft" hint:"write after how many soft bounces in a row an address gets nothing anymore, like 3"`
}

// Mailbox is a folder of a mailbox; the zero value is none.
type Mailbox struct {
	Host     string
	Port     int
	StartTLS bool
	Username string
	Folder   string
}

// Breaker says at which share of mails that come back mailing stops.
type Breaker struct {
	Bounces    Percent       `yaml:"bounces" hint:"write a share like 5%"`
	Complaints Percent       `yaml:"complaints" hint:"write a share like 0.3%"`
	Resume     time.Duration `yaml:"resume,never"` // when it goes on by itself; 0: never
}

// Percent is a share of a hundred.
type Percent float64

func (p *Percent) parse(text string) (wrong string) {
	n, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(text, "%")), 64)
	if err != nil || !(n > 0 && n <= 100) {
		return "is not a share between 0% and 100%"
	}
	*p = Percent(n)
	return ""
}

// usual sets what the file does not say.
func (r *Readers) usual() {
	if r.Deliver.Daily.Every == "" {
		_ = r.Deliver.Daily.parse("08:00")
	}
	if r.Deliver.Weekly.Every == "" {
		_ = r.Deliver.Weekly.parse("Monday 08:00")
	}
	if r.Confirmations == 0 {
		r.Confirmations = 500
	}
	if r.Bounces.Soft == 0 {
		r.Bounces.Soft = 3
	}
	if r.Breaker.Bounces == 0 {
		r.Breaker.Bounces = 5
	}
	if r.Breaker.Complaints == 0 {
		r.Breaker.Complaints = 0.3
	}
}

func (r *Readers) validate(s *section) {
	checkMailer(s, r.Server, &r.From, r.DKIM)
	s.check("postal", func(text string) string {
		r.Postal = strings.Join(strings.FieldsFunc(text, func(c rune) bool { return c == '\n' || c == '\r' }), "\n")
		if len(text) > 300 || strings.ContainsFunc(r.Postal, func(c rune) bool { return unicode.IsControl(c) && c != '\n' }) {
			return "is not a postal address: it is too long, or has characters that cannot be typed"
		}
		return ""
	})
	s.check("contact", func(text string) string {
		if u := webURL(text); !isEmail(text) && (u == nil || u.User != nil) {
			return "is neither an email address nor a URL"
		}
		return ""
	})
	if r.Postal == "" && r.Contact == "" && len(s.d.found) == s.before {
		s.d.fail(s.at, `the mails do not say who sends them; add "postal" or "contact" to "readers"`)
	}
	s.check("confirmations", func(string) string {
		if r.Confirmations < 1 {
			return "would let nobody sign up"
		}
		return ""
	})
	r.usual()
}

// checkMailer checks the keys that all have who send mail.
func checkMailer(s *section, server Server, from *string, dkim *DKIM) {
	s.check("password", oneLine)
	s.check("from", func(text string) (wrong string) {
		*from, wrong = sender(text)
		return wrong
	})
	switch password := s.key("password"); {
	case server.Host == "": // wrong or missing, which was said
	case server.Username != "" && password == nil:
		s.d.fail(s.key("smtp"), "a user without a password; add %s, or leave the user out", spelled("password"))
	case server.Username == "" && password != nil:
		s.d.fail(password, "a password without a user; name the user in \"smtp\", as in user@%s, or remove the password", server.Host)
	}
	if a, err := mail.ParseAddress(*from); err == nil && dkim != nil && dkim.Domain == "" {
		dkim.Domain = a.Address[strings.LastIndex(a.Address, "@")+1:]
	}
}

var topicLike = regexp.MustCompile(`^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}$`)

// mostLocal is readers.MostReturnLocal, which leaves room for a token.
const mostLocal = 13

func (b *Bounces) validate(s *section) {
	s.check("address", func(text string) (wrong string) {
		if b.Address, wrong = recipient(text); wrong == "" && strings.IndexByte(b.Address, '@') > mostLocal {
			return fmt.Sprintf("has more than %d characters before its @, where a token of 50 has to fit in", mostLocal)
		}
		return wrong
	})
	s.check("password", oneLine)
	list(s, "sns_topics", &b.Topics, func(text string) (topic, wrong string) {
		if !topicLike.MatchString(text) {
			return "", "is not the name of a topic"
		}
		return text, ""
	})
	s.check("secret", func(text string) string {
		if !isWord(text) || len(text) < 16 {
			return "is too short, or has spaces"
		}
		return ""
	})
	s.check("soft", func(string) string {
		if b.Soft < 1 {
			return "would suppress everybody"
		}
		return ""
	})
	password, mailbox := s.key("password"), s.key("imap")
	switch {
	case b.IMAP.Host != "" && password == nil:
		s.d.fail(mailbox, "a mailbox without a password; add %s", spelled("password"))
	case mailbox == nil && password != nil:
		s.d.fail(password, `a password without a mailbox; add "imap", or remove the password`)
	}
}

// parse takes a mailbox's URL apart.
func (m *Mailbox) parse(text string) (wrong string) {
	u, err := url.Parse(text)
	if err != nil || !isHost(u.Hostname()) || u.RawQuery != "" || u.Fragment != "" {
		return "is not the URL of a mailbox"
	}
	if u.Scheme != "imaps" && u.Scheme != "imap" {
		return "begins with " + quote(u.Scheme+"://") + ", which is not for a mailbox"
	}
	if _, ok := u.User.Password(); ok {
		return "has a password in it; leave it out here, and add " + spelled("password")
	}
	if u.User.Username() == "" {
		return "names no user"
	}
	port := map[string]int{"imaps": 993, "imap": 143}[u.Scheme]
	if p := u.Port(); p != "" {
		if port, err = strconv.Atoi(p); err != nil || port < 1 || port > 65535 {
			return "has the port " + quote(p) + "; write one from 1 to 65535, or leave it out"
		}
	}
	*m = Mailbox{Host: u.Hostname(), Port: port, StartTLS: u.Scheme == "imap", Username: u.User.Username(), Folder: strings.Trim(u.Path, "/")}
	if m.Folder == "" {
		m.Folder = "INBOX"
	}
	return ""
}

// signUps checks what the section of readers needs of others.
func (c *Config) signUps(s *section) {
	at := s.key("readers")
	if c.Readers == nil || at == nil {
		return
	}
	u := webURL(c.Web.URL)
	switch {
	case c.Web.URL == "":
		s.d.fail(at, `readers sign up on pages, whose address each mail has to name; add "url" to "web"`)
	case u != nil && u.Scheme != "https" && !isLocal(u.Hostname()):
		s.d.warnings = append(s.d.warnings, s.d.errorAt(at, "readers give their address over a connection that is not encrypted; write a web.url that begins with https://"))
	}
}

// isLocal says whether a host is this machine.
func isLocal(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

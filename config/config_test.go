package config_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/watch287g/watch287g/config"
)

const name = "watch287g.yaml"

// load reads body as a file of the test's own folder, which is the working
// folder too, so that messages name the file as short as an operator sees it.
func load(t *testing.T, body string) (config.Config, error) {
	t.Helper()
	t.Chdir(t.TempDir())
	if err := os.WriteFile(name, []byte(body), 0o600); err != nil {
		t.Fatal(err)
	}
	for file, content := range files(t) {
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return config.Load(name, func(variable string) (string, bool) {
		value, ok := environment[variable]
		return value, ok
	})
}

func TestLoadValid(t *testing.T) {
	for _, tt := range []struct {
		name, body string
		change     func(*config.Config)
	}{
		{"empty", "", nil},
		{"comments alone", "# nothing yet\n", nil},
		{"one document mark", "---\nstore: \"\"\n", nil},
		{"YAML directive", "%YAML 1.2\n---\nstore: \"\"\n", nil},
		{"byte order mark", "\ufeffsource:\n  every: 5m\n", func(c *config.Config) { c.Source.Every = 5 * time.Minute }},
		{"line ends of Windows", "source:\r\n  every: 5m\r\n  timeout: 1m\r\n", func(c *config.Config) {
			c.Source.Every, c.Source.Timeout = 5*time.Minute, time.Minute
		}},
		{"section with everything commented out", "source:\n  # every: 5m\nweb:\n", nil},
		{"flow style", "source: {every: 5m, timeout: 10s}\n", func(c *config.Config) {
			c.Source.Every, c.Source.Timeout = 5*time.Minute, 10*time.Second
		}},
		{"quoted keys and values", "\"source\":\n  'every': \"5m\"\n", func(c *config.Config) { c.Source.Every = 5 * time.Minute }},
		{"page", "source:\n  page: http://127.0.0.1:9000/page?x=1\n", func(c *config.Config) { c.Source.Page = "http://127.0.0.1:9000/page?x=1" }},
		{"folded page", "source:\n  page: >-\n    https://example.org/page\n", func(c *config.Config) { c.Source.Page = "https://example.org/page" }},
		{"mirror", "source:\n  mirror: https://user:word@mirror.example.org/287g\n", func(c *config.Config) {
			c.Source.Mirror = "https://user:word@mirror.example.org/287g"
		}},
		{"no mirror", "source:\n  mirror: \"\"\n", nil},
		{"shortest pause", "source:\n  every: 1m\n", func(c *config.Config) { c.Source.Every = time.Minute }},
		{"shortest pause with a mirror given later", "source:\n  every: 1s\n  mirror: https://example.org/\n", func(c *config.Config) {
			c.Source.Every, c.Source.Mirror = time.Second, "https://example.org/"
		}},
		{"contact by email", "source:\n  contact: data-desk@example.org\n", func(c *config.Config) { c.Source.Contact = "data-desk@example.org" }},
		{"contact by web", "source:\n  contact: https://example.org/about\n", func(c *config.Config) { c.Source.Contact = "https://example.org/about" }},
		{"timeout", "source:\n  timeout: 1m30s\n", func(c *config.Config) { c.Source.Timeout = 90 * time.Second }},
		{"failing", "source:\n  failing: 90m\n", func(c *config.Config) { c.Source.Failing = 90 * time.Minute }},
		{"silence", "source:\n  silence: 72h\n", func(c *config.Config) { c.Source.Silence = 72 * time.Hour }},
		{"silence never", "source:\n  silence: never\n", func(c *config.Config) { c.Source.Silence = 0 }},
		{"silence 0", "source:\n  silence: 0\n", func(c *config.Config) { c.Source.Silence = 0 }},
		{"accept", "holds:\n  accept: 48h\n", func(c *config.Config) { c.Holds.Accept = 48 * time.Hour }},
		{"accept never", "holds:\n  accept: never\n", func(c *config.Config) { c.Holds.Accept = 0 }},
		{"aliases", "aliases: aliases.csv\n", func(c *config.Config) { c.Aliases = "aliases.csv" }},
		{"aliases in a folder", "aliases: ./folder/inside.csv\n", func(c *config.Config) { c.Aliases = "folder/inside.csv" }},
		{"listen", "web:\n  listen: 127.0.0.1:0\n", func(c *config.Config) { c.Web.Listen = "127.0.0.1:0" }},
		{"listen on all hosts, unquoted", "web:\n  listen: :80\n", func(c *config.Config) { c.Web.Listen = ":80" }},
		{"listen on IPv6", "web:\n  listen: \"[::1]:8287\"\n", func(c *config.Config) { c.Web.Listen = "[::1]:8287" }},
		{"url", "web:\n  url: https://example.org/287g/\n", func(c *config.Config) { c.Web.URL = "https://example.org/287g" }},
		{"store", "store: \"\"\n", nil},
		{"example", config.Example(), nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			want := config.Default()
			if tt.change != nil {
				tt.change(&want)
			}
			got, err := load(t, tt.body)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("\n got %#v\nwant %#v", got, want)
			}
		})
	}
}

func TestLoadWrong(t *testing.T) {
	for _, tt := range []struct {
		name, body string
		want       []string // without the file's name
	}{
		// Keys.
		{"misspelled key", "source:\n  evry: 5m\n", []string{`2:3: unknown key "evry"; did you mean "every"?`}},
		{"capital letter", "Source:\n  every: 5m\n", []string{`1:1: unknown key "Source"; did you mean "source"?`}},
		{"unknown key", "feeds: []\n", []string{`1:1: unknown key "feeds"; known here: source, holds, aliases, channels, web, store`}},
		{"unknown key in a section", "web:\n  port: 80\n", []string{`2:3: unknown key "port"; known here: listen, url`}},
		{"key outside its section", "source:\nevery: 5m\n", []string{`2:1: unknown key "every"; it belongs under "source", indented`}},
		{"key inside another section", "web:\n  holds:\n    accept: 24h\n", []string{`2:3: unknown key "holds"; it belongs at the beginning of a line, under no other key`}},
		{"key that is no word", "<<: {store: x}\n1: x\n", []string{
			`1:1: unknown key "<<"; known here: source, holds, aliases, channels, web, store`,
			`2:1: unknown key "1"; known here: source, holds, aliases, channels, web, store`,
		}},
		{"key given twice", "source:\n  every: 5m\n  timeout: 10s\n  every: 6m\n", []string{`4:3: "every" is given twice; keep this one or the one on line 2`}},
		{"section given twice", "web:\n  listen: :80\nweb:\n  listen: x\n", []string{
			`3:1: "web" is given twice; keep this one or the one on line 1`,
			`4:11: "x" is no address to listen on; write it like ":8287" or "127.0.0.1:8287", or "" to serve nothing`,
		}},
		{"control character in a key", "\"a\\x1b[31m\\n\": x\n", []string{`1:1: unknown key "a\x1b[31m\n"; known here: source, holds, aliases, channels, web, store`}},

		// The wrong sort of thing.
		{"text alone", "page:https://example.org\n", []string{`1:1: the file holds no keys; write lines like "source:", see watch287g config example`}},
		{"list alone", "- source\n", []string{`1:1: the file holds no keys; write lines like "source:", see watch287g config example`}},
		{"value in place of a section", "source: https://example.org\n", []string{`1:9: "source" is a section, not a value or a list; write its keys on lines below it, indented: page, mirror, every, contact, timeout, failing, silence`}},
		{"list in place of a section", "web:\n  - listen: :80\n", []string{`2:3: "web" is a section, not a value or a list; write its keys on lines below it, indented: listen, url`}},
		{"section in place of a value", "aliases:\n  file: x.csv\n", []string{`2:3: a section or a list where one value belongs; write the path of a CSV file, counted from this file's folder`}},
		{"list in place of a value", "source:\n  every: [5m]\n", []string{`2:10: a section or a list where one value belongs; write it like 30s, 15m or 24h`}},
		{"no value", "source:\n  every:\n  page: ~\n", []string{
			`2:9: no value; write it like 30s, 15m or 24h, or take the key out`,
			`3:9: no value; write an address that begins with https:// or http://, or take the key out`,
		}},
		{"anchor, alias and tag", "source:\n  every: &x 5m\n  timeout: *x\n  contact: !!str a@b.org\n", []string{
			`2:10: anchors, aliases and tags (&, *, !) are not read here; write it like 30s, 15m or 24h, in quotes where it begins with such a sign`,
			`3:12: anchors, aliases and tags (&, *, !) are not read here; write it like 30s, 15m or 24h, in quotes where it begins with such a sign`,
			`4:12: anchors, aliases and tags (&, *, !) are not read here; write an email address or one that begins with https://, in quotes where it begins with such a sign`,
		}},

		// Values.
		{"page without a scheme", "source:\n  page: www.ice.gov/287g\n", []string{`2:9: "www.ice.gov/287g" is no web address; write an address that begins with https:// or http://`}},
		{"page with another scheme", "source:\n  page: ftp://example.org/\n", []string{`2:9: "ftp://example.org/" is no web address; write an address that begins with https:// or http://`}},
		{"page without a host", "source:\n  page: https:///287g\n", []string{`2:9: "https:///287g" is no web address; write an address that begins with https:// or http://`}},
		{"page with a wrong port", "source:\n  page: https://example.org:99999/\n", []string{`2:9: "https://example.org:99999/" is no web address; write an address that begins with https:// or http://`}},
		{"empty page", "source:\n  page: \"\"\n", []string{`2:9: "" is no web address; write an address that begins with https:// or http://`}},
		{"password in a wrong address", "source:\n  mirror: https://user:pass word@mirror.example.org/\n", []string{`2:11: "https://***@mirror.example.org/" is no web address; write an address that begins with https:// or http://`}},
		{"password without a scheme", "source:\n  mirror: user:password@mirror.example.org\n", []string{`2:11: "***@mirror.example.org" is no web address; write an address that begins with https:// or http://`}},
		{"wrong mirror asks no more of every", "source:\n  mirror: example.org\n  every: 5s\n", []string{`2:11: "example.org" is no web address; write an address that begins with https:// or http://`}},
		{"duration without a unit", "source:\n  every: 15\n", []string{`2:10: "15" is no duration; write it like 30s, 15m or 24h`}},
		{"duration in days", "holds:\n  accept: 2d\n", []string{`2:11: "2d" is no duration; write it like 30s, 15m or 24h, or never`}},
		{"duration in words", "source:\n  timeout: 30 seconds # enough\n", []string{`2:12: "30 seconds" is no duration; write it like 30s, 15m or 24h`}},
		{"negative duration", "source:\n  every: -15m\n", []string{`2:10: "-15m" is too short; write 1s or more`}},
		{"too often for ICE", "source:\n  every: 59s\n", []string{`2:10: "59s" is too often for ICE's server; write 1m or more, or poll a mirror`}},
		{"too often for a mirror", "source:\n  mirror: https://example.org/\n  every: 100ms\n", []string{`3:10: "100ms" is too short; write 1s or more`}},
		{"accept at once", "holds:\n  accept: 0s\n", []string{`2:11: "0s" is too short; write 1s or more, or never`}},
		{"silence too short", "source:\n  silence: 10ms\n  failing: never\n", []string{
			`2:12: "10ms" is too short; write 1s or more, or never`,
			`3:12: "never" is no duration; write it like 30s, 15m or 24h`,
		}},
		{"contact with a name", "source:\n  contact: Data Desk <desk@example.org>\n", []string{`2:12: "Data Desk <desk@example.org>" has signs that a User-Agent cannot hold; write an email address or one that begins with https://`}},
		{"contact that is none", "source:\n  contact: desk\n", []string{`2:12: "desk" is neither an email address nor a web address; write an email address or one that begins with https://`}},
		{"contact with a password", "source:\n  contact: https://user:pass@example.org/\n", []string{`2:12: "https://***@example.org/" would tell ICE a user or password; write the address without it`}},
		{"contact on two lines", "source:\n  contact: |\n    a@example.org\n    X: y\n", []string{`2:12: "a@example.org\nX: y\n" has signs that a User-Agent cannot hold; write an email address or one that begins with https://`}},
		{"aliases missing", "aliases: names.csv\n", []string{`1:10: "names.csv" cannot be read: no such file or directory; write the path of a CSV file, counted from this file's folder`}},
		{"aliases a folder", "aliases: folder\n", []string{`1:10: "folder" is not a file; write the path of a CSV file, counted from this file's folder`}},
		{"listen on a number", "web:\n  listen: 8287\n", []string{`2:11: "8287" is no address to listen on; write it like ":8287" or "127.0.0.1:8287", or "" to serve nothing`}},
		{"listen on a URL", "web:\n  listen: http://localhost:80\n", []string{`2:11: "http://localhost:80" is no address to listen on; write it like ":8287" or "127.0.0.1:8287", or "" to serve nothing`}},
		{"listen on too high a port", "web:\n  listen: :70000\n", []string{`2:11: ":70000" is no address to listen on; write it like ":8287" or "127.0.0.1:8287", or "" to serve nothing`}},
		{"url with a password", "web:\n  url: https://user:pass@example.org/\n", []string{`2:8: "https://***@example.org/" would show a user or password to all readers; write the address without it`}},
		{"url with a query", "web:\n  url: https://example.org/?token=abc\n", []string{`2:8: "https://example.org/?***" cannot be the beginning of other addresses; leave out what follows the ? or #`}},
		{"PostgreSQL", "store: postgres://user:pass@db/watch\n", []string{`1:8: PostgreSQL is not supported yet; write "" or take the key out to keep the state in the data folder`}},
		{"store in a folder", "store: ./data\n", []string{`1:8: not the address of a store; write "" or take the key out to keep the state in the data folder (--data says where that is)`}},
		{"long value", "source:\n  every: " + strings.Repeat("x", 100) + "\n", []string{`2:10: "` + strings.Repeat("x", 59) + `…" is no duration; write it like 30s, 15m or 24h`}},
		{"everything at once", "web:\n  url: x\n  lsten: y\nholds:\n  accept: always\nsource: {every: 1, page: 2}\n", []string{
			`2:8: "x" is no web address; write an address that begins with https:// or http://`,
			`3:3: unknown key "lsten"; did you mean "listen"?`,
			`5:11: "always" is no duration; write it like 30s, 15m or 24h, or never`,
			`6:17: "1" is no duration; write it like 30s, 15m or 24h`,
			`6:26: "2" is no web address; write an address that begins with https:// or http://`,
		}},

		// The file.
		{"tab", "source:\n\tevery: 5m\n", []string{`2:1: not readable as YAML: found character '\t' that cannot start any token; indent with blanks, not tabs`}},
		{"open quotes", "source:\n  page: \"https://user:pass@example.org\n", []string{`2:9: not readable as YAML: could not find end character of double-quoted text; close the quotes`}},
		{"open bracket", "source: {every: 5m\n", []string{`1:9: not readable as YAML: could not find flow mapping end token '}'; close the bracket`}},
		{"uneven indentation", "source:\n  every: 5m\n page: x\n", []string{`3:2: not readable as YAML: value is not allowed in this context; indent keys of one section alike, and quote values that have signs in them`}},
		{"deeper indentation", "source:\n every: 5m\n  page: x\n", []string{`2:9: not readable as YAML: mapping value is not allowed in this context; indent keys of one section alike, and quote a value that has a colon and a blank in it`}},
		{"no blank after a colon", "source:\n  page:https://user:pass@example.org\n  every: 5m\n", []string{`2:3: not readable as YAML: unexpected key name; write a blank after the colon, and indent keys of one section alike`}},
		{"reserved sign", "source:\n  contact: @desk\n", []string{`2:12: not readable as YAML: '@' is a reserved character; put the value in quotes`}},
		{"two documents", "store: \"\"\n---\nstore: \"\"\n", []string{`3:1: a second document begins here; keep one, without a line of --- before this one`}},
		{"not text", "source:\n  page: \xff\xfe\n", []string{`2:9: not readable as UTF-8 text; save the file in that encoding`}},
		{"too large", "#" + strings.Repeat("x", 1<<20), []string{`1:1: the file is larger than 1 MiB, which no configuration is; name another file`}},
		{"nested brackets", strings.Repeat("[", 100_000), []string{`1:51: more keys, or more of them in one another, than a configuration has; name another file`}},
		{"many keys", strings.Repeat("a: b\n", 10_001), []string{`10001:2: more keys, or more of them in one another, than a configuration has; name another file`}},
		{"nested lists", strings.Repeat("- ", 100_000), []string{`1:101: more keys, or more of them in one another, than a configuration has; name another file`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := load(t, tt.body)
			if err == nil {
				t.Fatal("no error")
			}
			if _, ok := errors.AsType[config.Errors](err); !ok {
				t.Errorf("the error is a %T", err)
			}
			want := name + ":" + strings.Join(tt.want, "\n"+name+":")
			if err.Error() != want {
				t.Errorf("\n got %s\nwant %s", err, want)
			}
		})
	}
}

func TestLoadNoFile(t *testing.T) {
	t.Chdir(t.TempDir())
	_, err := config.Load(name, os.LookupEnv)
	if !errors.Is(err, fs.ErrNotExist) || strings.Count(err.Error(), name) != 1 {
		t.Errorf("got %v", err)
	}
	if _, err := config.Load(".", os.LookupEnv); err == nil {
		t.Error("a folder was read")
	}
}

// The file's folder is not always the working folder.
func TestLoadFromElsewhere(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, name)
	for file, body := range map[string]string{path: "aliases: a.csv\n", filepath.Join(dir, "a.csv"): ""} {
		if err := os.WriteFile(file, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c, err := config.Load(path, os.LookupEnv)
	if want := filepath.Join(dir, "a.csv"); err != nil || c.Aliases != want {
		t.Errorf("got %q, %v, want %q", c.Aliases, err, want)
	}
}

// Whoever reads the example must find every key that the reader knows. Of a
// secret one of its three spellings is enough.
func TestExampleIsWhole(t *testing.T) {
	_, err := load(t, "x: 1\nsource: {x: 1}\nholds: {x: 1}\nweb: {x: 1}\nchannels:\n"+
		"  - {x: 1, slack: {x: 1}, webhook: {x: 1}, chat: {x: 1}, only: {x: 1}}\n  - email: {x: 1, dkim: {x: 1}}\n")
	found := 0
	for _, keys := range regexp.MustCompile(`known here: (.*)`).FindAllStringSubmatch(err.Error(), -1) {
		for key := range strings.SplitSeq(keys[1], ", ") {
			found++
			key = strings.TrimSuffix(strings.TrimSuffix(key, "_file"), "_env")
			if !regexp.MustCompile(`(?m)^ *(- )?` + key + `(_file|_env)?:`).MatchString(uncommented(t)) {
				t.Errorf("the example has no %q", key)
			}
		}
	}
	const plain, only, secrets = 15 + 2, 6, 8
	const channels = 8 + 1 + 1 + 5 + 2 // each channel's, slack's, webhook's, email's, dkim's
	if want := plain - 1 + only + channels + 3*(secrets-1); found != want {
		t.Errorf("the reader knows %d keys, want %d", found, want)
	}
}

func TestPasswordIsNotPrinted(t *testing.T) {
	c := config.Default()
	c.Source.Mirror = "https://user:secret@mirror.example.org/287g?key=secret"
	encoded, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var logged bytes.Buffer
	slog.New(slog.NewTextHandler(&logged, nil)).Info("text", "config", c, "mirror", c.Source.Mirror)
	slog.New(slog.NewJSONHandler(&logged, nil)).Info("json", "config", c, "mirror", c.Source.Mirror)
	for _, printed := range []string{
		fmt.Sprint(c), fmt.Sprintf("%+v", c), fmt.Sprintf("%#v", c), fmt.Sprintf("%s %q %x", c.Source.Mirror, c.Source.Mirror, c.Source.Mirror),
		string(encoded), logged.String(),
	} {
		if strings.Contains(printed, "secret") || strings.Contains(printed, fmt.Sprintf("%x", "secret")) {
			t.Errorf("printed: %s", printed)
		}
	}
	if want := "https://***@mirror.example.org/287g?***"; c.Source.Mirror.String() != want {
		t.Errorf("got %s, want %s", c.Source.Mirror, want)
	}
	if config.URL("").String() != "" || config.Default().Source.Page.String() != "https://www.ice.gov/identify-and-arrest/287g" {
		t.Error("an address without a secret was changed")
	}
}

func FuzzLoad(f *testing.F) {
	for _, seed := range []string{
		config.Example(), "", "a: 1\n---\nb: 2\n", "source:\n\tevery: 5m\n", "source: {every: 5m, page: [x]}\n",
		"source:\n  mirror: https://user:pass@host\n", "a: &x 5\nb: *x\n? c\n: d\n<<: {e: f}\n", "a: |\n  text\nb: >-\n  x\n",
		"%YAML 1.2\n---\n!!map {a: b}\n", "store: {{\n", channelSeed, "channels:\n- slack: {token_file: x, token_env: X, only: [&a]}\n", "- - - a\n", "\ufeff\x00", "web: \"\\x1b\\u00e9\"\n",
	} {
		f.Add([]byte(seed))
	}
	path := filepath.Join(f.TempDir(), name)
	line := regexp.MustCompile(`^` + regexp.QuoteMeta(path) + `:[1-9][0-9]*:[1-9][0-9]*: .`)
	f.Fuzz(func(t *testing.T, body []byte) {
		if err := os.WriteFile(path, body, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := config.Load(path, os.LookupEnv)
		if err == nil {
			return
		}
		for s := range strings.SplitSeq(err.Error(), "\n") {
			if !line.MatchString(s) || strings.ContainsFunc(s, unicode.IsControl) {
				t.Errorf("not one plain line with a place: %q", s)
			}
		}
	})
}

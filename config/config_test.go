package config_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"

	"golang.org/x/tools/txtar"

	"github.com/watch287g/watch287g/config"
	"github.com/watch287g/watch287g/place"
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
	}, config.Places{County: place.CheckCounty, Town: place.CheckTown}, nil)
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
		{"trusted proxies", "web:\n  trusted_proxies: [127.0.0.1, 10.1.2.3/8, \"2001:db8::/32\"]\n", func(c *config.Config) {
			c.Web.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32"), netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("2001:db8::/32")}
		}},
		{"one trusted proxy", "web:\n  trusted_proxies: 127.0.0.1\n", func(c *config.Config) {
			c.Web.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
		}},
		{"listen on all hosts, unquoted", "web:\n  listen: :80\n", func(c *config.Config) { c.Web.Listen = ":80" }},
		{"listen on IPv6", "web:\n  listen: \"[::1]:8287\"\n", func(c *config.Config) { c.Web.Listen = "[::1]:8287" }},
		{"url", "web:\n  url: https://example.org/287g/\n", func(c *config.Config) { c.Web.URL = "https://example.org/287g" }},
		{"backups", "backup:\n  dir: kept\n  every: 1m\n  keep: 1\n", func(c *config.Config) {
			c.Backup = config.Backup{Dir: "kept", Every: time.Minute, Keep: 1}
		}},
		{"no backups", "backup: {dir: \"\"}\n", nil},
		{"documents left alone", "documents:\n  keep: off\n", func(c *config.Config) { c.Documents.Keep = config.KeepOff }},
		{"hashes of documents", "documents: {keep: Hashes}\n", func(c *config.Config) { c.Documents.Keep = config.KeepHashes }},
		{"a bucket", "documents: {bucket: {endpoint: \"http://127.0.0.1:9000/\", name: docs, access_key: id, secret_key: key}}\n", func(c *config.Config) {
			c.Documents.Bucket = &config.Bucket{Endpoint: "http://127.0.0.1:9000/", Name: "docs", AccessKey: config.NewSecret("id"), SecretKey: config.NewSecret("key")}
		}},
		{"no store", "store: \"\"\n", nil},
		{"store", "store: postgres://user:pass%20word@db.example.org:5433/watch?sslmode=verify-full\n", func(c *config.Config) {
			c.Store = config.NewSecret("postgres://user:pass%20word@db.example.org:5433/watch?sslmode=verify-full")
		}},
		{"store of this machine", "store: postgresql:///watch\n", func(c *config.Config) { c.Store = config.NewSecret("postgresql:///watch") }},
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

// Each file of an archive in testdata/wrong is a configuration that breaks a rule;
// its lines that begin with "#! " are what is said of it, and are not part of it.
// With UPDATE_WRONG=1 they are written anew.
func TestLoadWrong(t *testing.T) {
	archives, err := filepath.Glob(filepath.Join("testdata", "wrong", "*.txtar"))
	if err != nil || len(archives) == 0 {
		t.Fatal(archives, err)
	}
	for _, path := range archives {
		if path, err = filepath.Abs(path); err != nil { // tests change the directory
			t.Fatal(err)
		}
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for i, file := range archive.Files {
			t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar")+"/"+file.Name, func(t *testing.T) {
				body := said.ReplaceAllString(string(file.Data), "")
				got := saidOf(t, body)
				if got = strings.ReplaceAll("#! "+got+"\n", "\n"+name+":", "\n#! "); body+got != string(file.Data) {
					t.Errorf("\n got %swant %s", got, strings.TrimPrefix(string(file.Data), body))
				}
				archive.Files[i].Data = []byte(body + got)
			})
		}
		if os.Getenv("UPDATE_WRONG") != "" {
			if err := os.WriteFile(path, txtar.Format(archive), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}

var said = regexp.MustCompile(`(?m)^#! .*\n`)

// saidOf is what is said of a configuration that is wrong, without the name of the
// file at its beginning. Secrets in it have "hunter" in them.
func saidOf(t *testing.T, body string) string {
	t.Helper()
	_, err := load(t, body)
	if _, ok := errors.AsType[config.Errors](err); !ok {
		t.Fatalf("the error is %v", err)
	}
	if strings.Contains(err.Error(), "hunter") {
		t.Errorf("a secret is shown: %s", err)
	}
	return strings.TrimPrefix(err.Error(), name+":")
}

// What does not fit into an archive.
func TestLoadWrongFile(t *testing.T) {
	const tooMuch = "more keys, or more levels of them, than a configuration has; name another file"
	for _, tt := range []struct{ name, body, want string }{
		{"not text", "source:\n  page: \xff\xfe\n", "2:9: not readable as UTF-8 text; save the file in that encoding"},
		{"too large", "#" + strings.Repeat("x", 1<<20), "1:1: the file is larger than 1 MiB, which no configuration is; name another file"},
		{"nested brackets", strings.Repeat("[", 100_000), "1:51: " + tooMuch},
		{"many keys", strings.Repeat("a: b\n", 10_001), "10001:2: " + tooMuch},
		{"nested lists", strings.Repeat("- ", 100_000), "1:101: " + tooMuch},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := saidOf(t, tt.body); got != tt.want {
				t.Errorf("\n got %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestLoadNoFile(t *testing.T) {
	t.Chdir(t.TempDir())
	_, err := config.Load(name, os.LookupEnv, config.Places{County: place.CheckCounty, Town: place.CheckTown}, nil)
	if !errors.Is(err, fs.ErrNotExist) || strings.Count(err.Error(), name) != 1 {
		t.Errorf("got %v", err)
	}
	if _, err := config.Load(".", os.LookupEnv, config.Places{County: place.CheckCounty, Town: place.CheckTown}, nil); err == nil {
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
	c, err := config.Load(path, os.LookupEnv, config.Places{County: place.CheckCounty, Town: place.CheckTown}, nil)
	if want := filepath.Join(dir, "a.csv"); err != nil || c.Aliases != want {
		t.Errorf("got %q, %v, want %q", c.Aliases, err, want)
	}
}

// Whoever reads the example must find every key that the reader knows. Of a
// secret one of its three spellings is enough.
func TestExampleIsWhole(t *testing.T) {
	_, err := load(t, "x: 1\nsource: {x: 1}\nholds: {x: 1}\nweb: {x: 1}\nops: {x: 1}\nbackup: {x: 1}\ndocuments: {x: 1, bucket: {x: 1}}\nchannels:\n"+
		"  - {x: 1, slack: {x: 1}, webhook: {x: 1}, chat: {x: 1}, only: {x: 1}}\n  - email: {x: 1, dkim: {x: 1}}\n"+
		"readers: {x: 1, dkim: {x: 1}, deliver: {x: 1}, bounces: {x: 1}, breaker: {x: 1}}\n")
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
	const plain, only, secrets = 17 + 1 + 2 + 4 + 1 + 2 + 4, 7, 9 + 2
	const channels = 9 + 1 + 1 + 5 + 2                          // each channel's, slack's, webhook's, email's, dkim's
	const readers = 1 + (9 + 3) + (2 + 3) + 2 + (5 + 3 + 3) + 3 // the key itself, its own, its dkim's, deliver's, bounces', breaker's
	if want := readers + plain - 1 + only + channels + 3*(secrets-1); found != want {
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
		_, err := config.Load(path, os.LookupEnv, config.Places{County: place.CheckCounty, Town: place.CheckTown}, nil)
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

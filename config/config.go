// Package config reads the configuration, one YAML file, into plain structs.
// Struct tags say which keys there are and what to write for each; validate
// methods check the values. Everything that is wrong is found before anything
// starts, and each mistake is reported on a line of its own with its place.
package config

import (
	_ "embed"
	"errors"
	"fmt"
	"io"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/watch287g/watch287g/roster"
)

// maxBytes bounds what is read of a file that was named by mistake.
const maxBytes = 1 << 20

// Config is the whole configuration. Default has the values of what the file
// does not say.
type Config struct {
	Source  Source `yaml:"source"`
	Holds   Holds  `yaml:"holds"`
	Aliases string `yaml:"aliases,empty" hint:"write the path of a CSV file, relative to this file's directory"` // a CSV file of aliases; "" for none
	// Channels are the places that messages go to, in the file's order.
	Channels []Channel `yaml:"channels"`
	Web      Web       `yaml:"web"`
	Readers  *Readers  `yaml:"readers,private"` // nil where nobody can sign up
	Ops      Ops       `yaml:"ops"`
	Backup   Backup    `yaml:"backup"`
	// Documents are those that the rows of ICE's lists link.
	Documents Documents `yaml:"documents"`
	// Store is the URL of the PostgreSQL database that holds the state, which may have a
	// password in it; "" for a file in the data directory.
	Store Secret `yaml:"store,empty" hint:"write the URL of a PostgreSQL database like postgres://user@host/name, or remove the key to keep the state in the data directory (--data says where that is)"`

	// Warnings are what is allowed and should be otherwise, in the file's order.
	Warnings Errors
}

// Source says where ICE's lists are found, and how they are requested.
type Source struct {
	Page    URL           `yaml:"page"`                                                                            // that links the lists
	Mirror  URL           `yaml:"mirror,empty"`                                                                    // of a copy of the page, polled instead; "" for none
	Every   time.Duration `yaml:"every"`                                                                           // from one poll to the next
	Contact string        `yaml:"contact,empty" hint:"write an email address, or a URL that begins with https://"` // told to ICE in the User-Agent; "" for none
	Timeout time.Duration `yaml:"timeout"`                                                                         // of one request
	Failing time.Duration `yaml:"failing"`                                                                         // how long polls must fail before the operator is told
	Silence time.Duration `yaml:"silence,never,zero"`                                                              // how long ICE must publish nothing before the operator is told; 0 means never
}

// Holds says what becomes of a publication that was set aside.
type Holds struct {
	// Accept is for how long polls must find a held publication without a break
	// before it is accepted without the operator. 0 means never.
	Accept time.Duration `yaml:"accept,never"`
	// Undo is how long a decision from the page of a hold can be undone before it is
	// carried out. 0 means not at all.
	Undo time.Duration `yaml:"undo,never,zero"`
}

// Web says where pages, feeds and the API are served.
type Web struct {
	Listen string `yaml:"listen,empty" hint:"write it like \":8287\" or \"127.0.0.1:8287\", or \"\" to serve nothing"` // host:port; "" serves nothing
	// TrustedProxies are the networks of the proxies before the service, whose word on
	// who asks is taken.
	TrustedProxies []netip.Prefix `yaml:"trusted_proxies,empty" hint:"write addresses or networks like [127.0.0.1, 10.0.0.0/8]"`
	URL            string         `yaml:"url,empty" hint:"write a URL that begins with https:// or http://"` // under which readers reach it, without a slash at its end; "" where that is not known
}

// Ops says where the service shows its operator how it is.
type Ops struct {
	Listen string `yaml:"listen,empty" hint:"write it like \"127.0.0.1:8286\" or \":8286\", or \"\" to show nothing"` // host:port; "" shows nothing
}

// Backup says where backups of the store are kept.
type Backup struct {
	Dir   string        `yaml:"dir,empty" hint:"write the path of a directory, relative to this file's directory, or \"\" for no backups"` // "" for none
	Every time.Duration `yaml:"every"`                                                                                                     // from one to the next
	Keep  int           `yaml:"keep" hint:"write how many are kept, 1 or more"`                                                            // the newest of them
}

// Default is the configuration without a file.
func Default() Config {
	return Config{
		Source: Source{
			Page:    "https://www.ice.gov/identify-and-arrest/287g",
			Every:   15 * time.Minute,
			Timeout: 30 * time.Second,
			Failing: time.Hour,
			Silence: 14 * 24 * time.Hour,
		},
		Holds:  Holds{Accept: 24 * time.Hour, Undo: time.Minute},
		Web:    Web{Listen: ":8287"},
		Ops:    Ops{Listen: "127.0.0.1:8286"},
		Backup: Backup{Every: 24 * time.Hour, Keep: 7},

		Documents: Documents{Keep: KeepOn},
	}
}

//go:embed example.yaml
var example string

// Example is a configuration with every key in it, each explained. It means the
// same as no file at all.
func Example() string { return example }

// Places say what is wrong with the name of a county or a town, or with a ZIP code,
// as a rule has it: "is not a county of Texas; did you mean "Travis"?", "" where a
// place of one of the states is meant, or of any state if there are none. One that is
// nil lets all pass. Package place has both.
type Places struct {
	County, Town func(text string, states []roster.State) (wrong string)
}

// Load reads the file at path. A path in the file is relative to the file's
// directory. env looks up the environment variable of a secret, as os.LookupEnv
// does. places check what rules name. build, unless it is nil, builds each channel
// that is right so far, to say why it cannot be built; it must send nothing.
//
// The error is of type Errors where it is the content that is wrong. Without the
// file it wraps fs.ErrNotExist.
func Load(path string, env func(string) (string, bool), places Places, build func(Channel) error) (Config, error) {
	body, exposed, err := read(path)
	if err != nil {
		return Config{}, fmt.Errorf("cannot read the configuration %s: %w", path, err)
	}
	d := decoder{file: filepath.Clean(path), dir: filepath.Dir(path), env: env, places: places, build: build, exposed: exposed}
	c := Default()
	d.decode(body, &c)
	if len(d.found) > 0 {
		return Config{}, d.found.sorted()
	}
	c.Warnings = d.warnings.sorted()
	return c, nil
}

// read returns the file's bytes, one more than maxBytes at most.
func read(path string) (body []byte, exposed bool, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, false, cause(err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	if body, err = io.ReadAll(io.LimitReader(f, maxBytes+1)); err != nil {
		return nil, false, cause(err)
	}
	info, err := f.Stat()
	everyone := err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o004 != 0
	return body, everyone && runtime.GOOS != "windows", nil
}

// readFile is read for a file that the configuration names. It answers what is
// wrong with the file.
func readFile(path string) (body []byte, exposed bool, wrong string) {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() { // a pipe would block
		return nil, false, "is not a file"
	}
	body, exposed, err := read(path)
	if err != nil {
		return nil, false, fmt.Sprintf("cannot be read: %v", err)
	}
	return body, exposed, ""
}

// cause is what went wrong with a file, without the call and the path that
// failed, since the message names the path in its own way.
func cause(err error) error {
	if e, ok := errors.AsType[*os.PathError](err); ok {
		return e.Err
	}
	return err
}

func (c *Config) validate(s *section) {
	s.check("aliases", func(text string) string {
		c.Aliases = s.d.path(text)
		_, _, wrong := readFile(c.Aliases)
		return wrong
	})
	s.check("store", func(text string) string {
		u, err := url.Parse(text) // which would print the password
		if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" || !isWord(text) {
			return "is not the URL of a store"
		}
		return ""
	})
	c.signUps(s)
	lines := map[string]int{}
	for _, channel := range s.entries {
		for _, name := range channel.values["name"] {
			if line := lines[name.text]; line > 0 {
				s.d.fail(name.at, "%s is already the name of the channel on line %d; write another", name.subject, line)
				continue
			}
			lines[name.text] = name.at.Position.Line
		}
	}
}

func (b *Backup) validate(s *section) {
	const leastPause = time.Minute
	s.check("dir", func(text string) string {
		b.Dir = s.d.path(text)
		if info, err := os.Stat(b.Dir); err == nil && !info.IsDir() {
			return "is not a directory"
		}
		return ""
	})
	s.check("every", func(string) string {
		if b.Every < leastPause {
			return "is too often, since each backup is a copy of all there is; write 1m or more"
		}
		return ""
	})
	s.check("keep", func(string) string {
		if b.Keep < 1 {
			return "would keep none"
		}
		return ""
	})
}

func (c *Source) validate(s *section) {
	const leastPause = time.Minute // between two polls of ICE's own page
	s.check("every", func(string) string {
		if c.Mirror == "" && c.Every < leastPause {
			return "is too often for ICE's server; write 1m or more, or poll a mirror"
		}
		return ""
	})
	s.check("contact", contact)
}

// contact checks what goes out with every request, and so must not break a
// header or hold a secret.
func contact(text string) string {
	if strings.ContainsFunc(text, func(c rune) bool { return c <= ' ' || c > '~' || strings.ContainsRune(`()\"`, c) }) {
		return "has characters that a User-Agent cannot hold"
	}
	if u := webURL(text); u != nil {
		if u.User != nil {
			return "would tell ICE a user or password; write the URL without it"
		}
		return ""
	}
	if a, err := mail.ParseAddress(text); err != nil || a.Address != text {
		return "is neither an email address nor a URL"
	}
	return ""
}

// listen checks an address to listen on.
func listen(text string) string {
	host, port, err := net.SplitHostPort(text)
	if err != nil || !isPort(port) || strings.ContainsAny(host, " /\\@?#") {
		return "is not an address to listen on"
	}
	return ""
}

func (*Ops) validate(s *section) { s.check("listen", listen) }

func (w *Web) validate(s *section) {
	s.check("listen", listen)
	s.check("trusted_proxies", func(text string) string {
		network, err := netip.ParsePrefix(text)
		if a, aErr := netip.ParseAddr(text); aErr == nil {
			network, err = a.Unmap().WithZone("").Prefix(a.Unmap().BitLen())
		}
		switch {
		case err != nil || network.Addr().Is4In6():
			return "is neither an IP address nor a network"
		case network.Bits() == 0:
			return "is everybody, who could then pass for anybody"
		}
		w.TrustedProxies = append(w.TrustedProxies, network.Masked())
		return ""
	})
	s.check("url", func(text string) string {
		w.URL = strings.TrimRight(text, "/")
		switch u := webURL(text); {
		case u == nil:
			return "is not a web URL"
		case u.User != nil:
			return "would show a user or password to all readers; write the URL without it"
		case strings.ContainsAny(text, "?#"):
			return "cannot be the beginning of other URLs; leave out what follows the ? or #"
		}
		return ""
	})
}

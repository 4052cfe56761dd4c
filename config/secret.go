package config

import (
	"encoding/base64"
	"log/slog"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"github.com/goccy/go-yaml/ast"
)

// Secret is a text that is not shown, however it is printed, logged or encoded.
// Reveal returns it. The text is behind a pointer, since fmt prints a bare
// one where a verb does not fit, or a field is not exported.
type Secret struct{ text *string }

// NewSecret hides a text.
func NewSecret(text string) Secret {
	if text == "" {
		return Secret{}
	}
	return Secret{text: &text}
}

// Reveal is the secret itself, "" where there is none.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// String tells whether there is a secret, not which.
func (s Secret) String() string {
	if s.text == nil {
		return ""
	}
	return "(secret)"
}

// GoString does for %#v what String does for the other verbs.
func (s Secret) GoString() string { return strconv.Quote(s.String()) }

// MarshalText does for JSON what String does for fmt.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue does for logs what String does for fmt.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// maxSecret is the size in bytes that a file with a secret must stay below.
const maxSecret = 64 << 10

// The endings of the keys that name where a secret is.
const (
	fromFile = "_file"
	fromEnv  = "_env"
)

// spelled names the keys under which a secret can be given.
func spelled(name string) string { return orList([]string{name, name + fromFile, name + fromEnv}) }

// unshown is what messages call a value that may be a secret.
const unshown = "what is written here"

// secret reads one of the three keys of a secret. A message names neither the
// file nor the variable: it may be the secret itself, under the wrong key.
func (s *section) secret(f field, v *ast.MappingValueNode, to *Secret) {
	var named string
	var read func(text string) (secret string, exposed bool, wrong string)
	source, at, key := f, start(v.Value), v.Key.GetToken().Value
	switch {
	case strings.HasSuffix(key, fromFile):
		named, read, source.hint = "file", s.d.secretFile, "write the path of a file, relative to this file's directory"
	case strings.HasSuffix(key, fromEnv):
		named, read, source.hint = "environment variable", s.d.variable, "write the name of an environment variable, like WATCH287G_SECRET"
	}
	text, ok := s.text(v.Value, source)
	if !ok {
		return
	}
	if text == "" && read == nil && f.is("empty") {
		*to = Secret{}
		return
	}
	found, exposed := value{at: at, subject: unshown, hint: f.hint}, s.d.exposed
	if read != nil {
		var wrong string
		if text, exposed, wrong = read(text); wrong != "" {
			s.wrong(value{at: at, subject: "the " + named + " named here", hint: source.hint}, wrong)
			return
		}
		found.subject = "what the " + named + " holds"
	}
	if exposed {
		s.d.warnings = append(s.d.warnings, s.d.errorAt(at, "every user of this machine can read this secret; let only the file's owner read it (chmod 600)"))
	}
	found.text = strings.TrimSpace(strings.TrimPrefix(text, "\ufeff"))
	if *to = NewSecret(found.text); found.text == "" {
		s.wrong(found, "is empty")
		return
	}
	s.values[f.name] = append(s.values[f.name], found)
}

var envName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// variable looks an environment variable up.
func (d *decoder) variable(name string) (text string, exposed bool, wrong string) {
	if !envName.MatchString(name) {
		return "", false, "is not one"
	}
	text, ok := d.env(name)
	if !ok {
		return "", false, "is not set; set it, or write the name of one that is"
	}
	return text, false, ""
}

// path makes a path of the file's an absolute one, or one relative to the
// working directory.
func (d *decoder) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(d.dir, name)
}

// secretFile reads a small file, or says what is wrong with it.
func (d *decoder) secretFile(name string) (text string, exposed bool, wrong string) {
	if name == "" {
		return "", false, "has no name"
	}
	body, exposed, wrong := readFile(d.path(name))
	if len(body) >= maxSecret {
		return "", false, "is too large for a secret: 64 KiB or more"
	}
	return string(body), exposed, wrong
}

// oneLine checks a secret that a protocol has on a line of its own.
func oneLine(text string) string {
	if strings.ContainsFunc(text, unicode.IsControl) {
		return "has more than one line, or characters that cannot be typed"
	}
	return ""
}

// like makes the rule for a text that a pattern matches.
func like(pattern *regexp.Regexp, wrong string) func(string) string {
	return func(text string) string {
		if pattern.MatchString(text) {
			return ""
		}
		return wrong
	}
}

// oneWord checks a secret that has no spaces in it.
func oneWord(text string) string {
	if !isWord(text) {
		return "has spaces or more than one line"
	}
	return ""
}

func isWord(text string) bool {
	return !strings.ContainsFunc(text, func(c rune) bool { return unicode.IsSpace(c) || unicode.IsControl(c) })
}

// signingSecret checks a webhook's secret, which is base64, as Standard Webhooks
// has it, with or without whsec_ before it.
func signingSecret(text string) string {
	b, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(text, "whsec_"))
	if err != nil || len(b) == 0 || !isWord(text) {
		return "is not base64, with or without whsec_ before it"
	}
	return ""
}

// show is quote for values beside which secrets stand: what looks like one that
// was put in the wrong place is not shown.
func show(text string) string {
	if notShown(text) {
		return unshown
	}
	return quote(text)
}

// secretLike is in URLs, in Slack's tokens and in secrets of webhooks.
var secretLike = regexp.MustCompile(`://|xox[a-z]-|whsec_|-----BEGIN`)

func notShown(text string) bool { return secretLike.MatchString(text) }

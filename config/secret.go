package config

import (
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// Secret is a text that is not shown, however it is printed, logged or encoded.
// Reveal gives it away. The text stands behind a pointer, since fmt prints a bare
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

// maxSecret is what a file with a secret must be smaller than.
const maxSecret = 64 << 10

// The endings of the keys that name where a secret is.
const (
	fromFile = "_file"
	fromEnv  = "_env"
)

// spellings are the keys under which a secret can be given.
func spellings(name string) []string { return []string{name, name + fromFile, name + fromEnv} }

// spelled names them in a message.
func spelled(name string) string { return orList(spellings(name)) }

// secret is the three keys of a secret. check answers what is wrong with it, so
// that it goes on from "what the file holds", and without showing it. Blanks and
// line ends around a secret are left out. A message names neither the file nor
// the variable: it may be the secret itself, under the wrong key.
func (r *reader) secret(name, write string, to *Secret, check func(string) string) []key {
	take := func(where, text string) string {
		text = strings.TrimSpace(strings.TrimPrefix(text, "\ufeff"))
		*to = NewSecret(text)
		if text == "" {
			return where + " is empty; " + write
		}
		if wrong := check(text); wrong != "" {
			return where + " " + wrong
		}
		return ""
	}
	const writePath = "write the path of a file, counted from this file's folder"
	const writeEnv = "write the name of an environment variable, like WATCH287G_SECRET"
	return []key{
		{name: name, read: r.value(write, func(text string) string { return take("what stands here", text) })},
		{name: name + fromFile, read: r.value(writePath, func(path string) string {
			text, wrong := r.secretFile(path)
			if wrong != "" {
				return "the file named here " + wrong + "; " + writePath
			}
			return take("what the file holds", text)
		})},
		{name: name + fromEnv, read: r.value(writeEnv, func(variable string) string {
			if !envName.MatchString(variable) {
				return "not the name of an environment variable; " + writeEnv
			}
			text, ok := r.env(variable)
			if !ok {
				return "the environment variable named here is not set; set it, or write the name of one that is"
			}
			return take("what the environment variable holds", text)
		})},
	}
}

var envName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// secretFile reads a small file, or says what is wrong with it.
func (r *reader) secretFile(path string) (text, wrong string) {
	if path == "" {
		return "", "has no name"
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(r.folder, path)
	}
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Sprintf("cannot be read: %v", cause(err))
	}
	if !info.Mode().IsRegular() { // a pipe would block
		return "", "is not a file"
	}
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Sprintf("cannot be read: %v", cause(err))
	}
	defer f.Close() //nolint:errcheck // it was only read
	body, err := io.ReadAll(io.LimitReader(f, maxSecret))
	if err != nil {
		return "", fmt.Sprintf("cannot be read: %v", cause(err))
	}
	if len(body) == maxSecret {
		return "", "is larger than a secret: 64 KiB or more"
	}
	return string(body), ""
}

// once notes a secret that is given in more than one way. It answers the key
// that gives it first, nil where none does.
func (r *reader) once(g given, name string) *token.Token {
	at := g.inOrder(spellings(name))
	if len(at) == 0 {
		return nil
	}
	for _, again := range at[1:] {
		r.fail(again, "%q beside %q on line %d; keep one of them", again.Value, at[0].Value, at[0].Position.Line)
	}
	return at[0]
}

// need is once for a secret that must be there.
func (r *reader) need(at *token.Token, g given, name, without string) {
	if r.once(g, name) == nil {
		r.fail(at, "%s; add %s", without, spelled(name))
	}
}

// oneLine checks a secret that a protocol has on a line of its own.
func oneLine(write string) func(string) string {
	return func(text string) string {
		if strings.ContainsFunc(text, unicode.IsControl) {
			return "has more than one line, or signs that cannot be typed; " + write
		}
		return ""
	}
}

// oneWord checks a secret that has no blanks in it.
func oneWord(write string) func(string) string {
	return func(text string) string {
		if !isWord(text) {
			return "has blanks or more than one line; " + write
		}
		return ""
	}
}

func isWord(text string) bool {
	return !strings.ContainsFunc(text, func(c rune) bool { return unicode.IsSpace(c) || unicode.IsControl(c) })
}

// signingSecret checks a webhook's secret, which is base64, as Standard Webhooks
// has it, with or without whsec_ before it.
func signingSecret(text string) string {
	b, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(text, "whsec_"))
	if err != nil || len(b) == 0 || !isWord(text) {
		return "is not base64, with or without whsec_ before it; " + writeHookSecret
	}
	return ""
}

// given is what was found of a section's keys.
type given map[string][]*ast.MappingValueNode

func (g given) has(name string) bool { return len(g[name]) > 0 }

// at is where the key stands; it must be there.
func (g given) at(name string) *token.Token { return g[name][0].Key.GetToken() }

// inOrder is where those of the keys stand that are there, as in the file.
func (g given) inOrder(names []string) []*token.Token {
	var all []*token.Token
	for _, name := range names {
		if g.has(name) {
			all = append(all, g.at(name))
		}
	}
	sortByPlace(all)
	return all
}

// Package feedtest holds feeds to the rules of their formats: RSS 2.0 with the
// RSS Advisory Board's best practices, Atom (RFC 4287), the paging of RFC 5005
// and JSON Feed 1.1. It reads a document from its bytes alone and knows nothing
// of what wrote it.
//
// It is stricter than the formats in three points, which feed readers are known
// to trip over: every address is absolute, every entry has an id, and no content
// holds anything that could run.
package feedtest

import (
	"bytes"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mmcdole/gofeed"
	"golang.org/x/net/html"
)

// CheckRSS reports every rule of RSS 2.0 and of the RSS Advisory Board's profile
// that a document breaks, by the rule's name.
func CheckRSS(t testing.TB, body []byte) {
	t.Helper()
	report(t, rssFaults(body))
}

// CheckAtom reports every rule of RFC 4287 and RFC 5005 that a document breaks,
// by the rule's name.
func CheckAtom(t testing.TB, body []byte) {
	t.Helper()
	report(t, atomFaults(body))
}

// CheckJSON reports every rule of JSON Feed 1.1 that a document breaks, by the
// rule's name.
func CheckJSON(t testing.TB, body []byte) {
	t.Helper()
	report(t, jsonFaults(body))
}

func report(t testing.TB, found []string) {
	t.Helper()
	for _, fault := range found {
		t.Error(fault)
	}
}

// faults are the rules that a document breaks, each with where and how.
type faults []string

func (f *faults) add(rule, format string, args ...any) {
	*f = append(*f, rule+": "+fmt.Sprintf(format, args...))
}

// absolute wants an address that stands by itself and leads to a web page.
func (f *faults) absolute(rule, what, address string) {
	u, err := url.Parse(address)
	switch {
	case err != nil:
		f.add(rule, "%s %q is no address: %v", what, address, err)
	case u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		f.add(rule, "%s %q is not an absolute http or https address", what, address)
	case notInURI(address):
		f.add(rule, "%s %q has a character that no URI has", what, address)
	}
}

// iri wants an absolute IRI of any scheme.
func (f *faults) iri(rule, what, s string) {
	if u, err := url.Parse(s); err != nil || u.Scheme == "" || notInURI(s) {
		f.add(rule, "%s %q is no absolute IRI", what, s)
	}
}

func notInURI(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7F || strings.ContainsRune("\"<>\\^`{|}", r) })
}

// languageTag is the form of the tags of RFC 5646 that feeds use.
var languageTag = regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)

// rfc3339 is the profile of RFC 3339 that RFC 4287 asks for: T and Z in capital
// letters.
var rfc3339 = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$`)

func (f *faults) date3339(rule, what, s string) {
	if _, err := time.Parse(time.RFC3339, s); err != nil || !rfc3339.MatchString(s) {
		f.add(rule, "%s %q is no date of RFC 3339", what, s)
	}
}

// markup is what a reader that takes a text for HTML takes for a tag or a
// character.
var markup = regexp.MustCompile(`<[A-Za-z/!?]|&(#\d+|#[xX][0-9A-Fa-f]+|[A-Za-z][A-Za-z0-9]*);`)

// hidden are the characters that turn text around or hide in it.
var hidden = regexp.MustCompile("[\u200B-\u200F\u202A-\u202E\u2060-\u2064\u2066-\u2069\uFEFF\uFFFE\uFFFF\\x00-\\x08\\x0B\\x0C\\x0E-\\x1F\\x7F]")

// plain wants a text for people: nothing in it turns it around or hides.
func (f *faults) plain(rule, what, s string) {
	if at := hidden.FindString(s); at != "" {
		f.add(rule, "%s holds the hidden character %+q: %q", what, at, s)
	}
}

// harmless are the elements that a feed's content has a use for. Readers strip
// all others, or should.
var harmless = []string{"html", "head", "body", "p", "ul", "ol", "li", "a", "b", "i", "em", "strong", "br", "dl", "dt", "dd", "table", "tr", "td", "th", "tbody", "thead", "span", "div", "blockquote", "code", "img"}

// content wants HTML in which every address is absolute and nothing runs.
func (f *faults) content(rule, what, s string) {
	f.plain(rule, what, s)
	root, err := html.Parse(strings.NewReader(s))
	if err != nil {
		f.add(rule, "%s is no HTML: %v", what, err)
		return
	}
	for n := range root.Descendants() {
		switch n.Type {
		case html.ElementNode:
			f.element(rule, what, n)
		case html.CommentNode:
			f.add(rule, "%s holds a comment", what)
		}
	}
}

func (f *faults) element(rule, what string, n *html.Node) {
	if !slices.Contains(harmless, n.Data) {
		f.add(rule, "%s holds the element <%s>", what, n.Data)
	}
	for _, a := range n.Attr {
		switch key := strings.ToLower(a.Key); {
		case key == "href" || key == "src":
			f.absolute(rule+" (no relative URLs)", what+"'s "+key, a.Val)
		case strings.HasPrefix(key, "on") || key == "style":
			f.add(rule, "%s holds the attribute %s", what, a.Key)
		}
	}
}

// readable wants gofeed, as one reader among many, to read the document as the
// format that it claims to be.
func (f *faults) readable(body []byte, format string, entries int) {
	read, err := gofeed.NewParser().Parse(bytes.NewReader(body))
	switch {
	case err != nil:
		f.add("readers", "gofeed cannot read it: %v", err)
	case read.FeedType != format:
		f.add("readers", "gofeed takes it for %s rather than %s", read.FeedType, format)
	case len(read.Items) != entries:
		f.add("readers", "gofeed finds %d entries of %d", len(read.Items), entries)
	}
}

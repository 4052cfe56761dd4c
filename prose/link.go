package prose

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/watch287g/watch287g/roster"
)

// addressWidth is the longest address that a browser can be trusted with, in bytes.
const addressWidth = 2000

// Link is a URL that a reader may be sent to, in nothing but the characters of a
// URI, or "" for anything else: ICE has linked "http:" and browser extensions. One
// with a user's name in it hides its host, and is refused.
func Link(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.User != nil || len(address) > addressWidth ||
		strings.ContainsFunc(u.Host, notInHost) {
		return ""
	}
	var b strings.Builder
	b.Grow(len(address))
	for _, c := range []byte(u.String()) {
		if c <= ' ' || c > '~' || strings.IndexByte("\"<>@\\^`{|}", c) >= 0 { // "@": chat services take it for a mention
			fmt.Fprintf(&b, "%%%02X", c)
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

// notInHost tells what no host's name, address or port has in it. Those of other
// scripts are written in these characters too where they are linked.
func notInHost(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("-.:_[]", r)
}

// Document is a link to a document that ICE links: its URL, "" where nobody is sent
// there, and words that say where it is, "" where there is no document.
type Document struct {
	URL, Text string
	ICE       bool // it is at a site of ICE's
}

// DocumentForm is how a document is named.
type DocumentForm string

// The forms of a document's name.
const (
	DocumentCell      DocumentForm = "cell"      // "PDF at ICE"
	DocumentAgreement DocumentForm = "agreement" // "Agreement (PDF at ICE)"
	DocumentAddendum  DocumentForm = "addendum"  // "Addendum (PDF at ICE)"
	DocumentMOA       DocumentForm = "moa"       // "MOA"
	DocumentLongMOA   DocumentForm = "long-moa"  // "memorandum of agreement"
	DocumentPart      DocumentForm = "part"      // "addendum"
	DocumentAddress   DocumentForm = "address"   // "address at ICE", where no document is
)

// DocumentOf is the document that a line about a change leads to: the agreement, named so, or
// the addendum where the change is about that alone.
func (l Language) DocumentOf(form DocumentForm, c roster.Change) Document {
	only := len(c.Fields) > 0 && !slices.ContainsFunc(c.Fields, func(f roster.Field) bool { return f.Name != "addendum_url" })
	switch n := c.Document; {
	case n != nil && (n.Event == roster.DocumentGone || n.Event == roster.DocumentOther):
		return l.Document(DocumentAddress, n.URL)
	case n != nil && n.Part == roster.PartAddendum:
		return l.Document(DocumentAddendum, n.URL)
	case n != nil:
		return l.Document(form, n.URL)
	case only:
		return l.Document(DocumentAddendum, c.Agreement.Addendum)
	}
	return l.Document(form, c.Agreement.MOA)
}

// Document names a document and links it where it is at a .gov site. One that is
// anywhere else is only named, by its host, so that nobody takes it for ICE's.
func (l Language) Document(form DocumentForm, address string) Document {
	link := Link(address)
	u, err := url.Parse(link)
	if err != nil || link == "" {
		return Document{}
	}
	k, host := key("document."+string(form)), strings.ToLower(u.Hostname())
	switch {
	case host == "ice.gov", strings.HasSuffix(host, ".ice.gov"):
		return Document{URL: link, Text: l.say(k, parts{"site": l.plain("document.ice")}), ICE: true}
	case strings.HasSuffix(host, ".gov"):
		return Document{URL: link, Text: l.say(k, parts{"site": host})}
	}
	return Document{Text: l.say(k+".elsewhere", parts{"site": host})}
}

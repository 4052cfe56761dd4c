package roster

import (
	"net/url"
	"strings"
	"time"
)

// DocumentPart is which of an agreement's links leads to a document.
type DocumentPart string

// The parts of an agreement, as ICE's columns MOA and ADDENDUM link them.
const (
	PartMOA      DocumentPart = "moa"
	PartAddendum DocumentPart = "addendum"
)

// DocumentEvent is what happened to the document behind a link.
type DocumentEvent string

// The events that a change of the kind document can tell of. That a row of the list links
// another address than before is such a change, too; it has Fields, and no event.
const (
	DocumentLinked   DocumentEvent = "linked"      // what ICE links was had for the first time
	DocumentReplaced DocumentEvent = "replaced"    // other contents than before, at the same address or at another one
	DocumentMoved    DocumentEvent = "moved"       // the same bytes, at another address
	DocumentGone     DocumentEvent = "gone"        // the row links it, and ICE's server does not have it anymore
	DocumentBack     DocumentEvent = "back"        // it does again
	DocumentOther    DocumentEvent = "no_document" // what is linked is not this agreement's document; Problem says why
)

// MaxDocument is how many bytes a document has at most that is fetched, kept and read; ICE's
// have up to 4 MiB. The scraper, which imports nothing of ours, has the same bound.
const MaxDocument = 20 << 20

// DocumentProblem is why what ICE links is not the document of an agreement.
type DocumentProblem string

// The problems of documents.
const (
	ProblemWebPage      DocumentProblem = "web_page"      // a page of HTML
	ProblemEmpty        DocumentProblem = "empty"         // nothing, or a file without pages
	ProblemNotPDF       DocumentProblem = "not_pdf"       // a file of another kind
	ProblemTooLarge     DocumentProblem = "too_large"     // more bytes than are fetched
	ProblemUnreadable   DocumentProblem = "unreadable"    // a PDF that cannot be opened, or not within its limits
	ProblemEncrypted    DocumentProblem = "encrypted"     // a PDF with a password
	ProblemOtherAgency  DocumentProblem = "other_agency"  // the document of another agency
	ProblemSharedByRows DocumentProblem = "shared_by_row" // one file behind the rows of several agreements
	ProblemElsewhere    DocumentProblem = "elsewhere"     // an address on another site, which is not followed
)

// DocumentNews is what a change of the kind document says of the file behind a link.
type DocumentNews struct {
	Event             DocumentEvent   `json:"event"`
	Part              DocumentPart    `json:"part"`
	URL               string          `json:"url"`
	FromURL           string          `json:"from_url,omitempty"` // where it was before
	SHA256            string          `json:"sha256,omitempty"`   // of the file that was had, in hex
	BeforeSHA256      string          `json:"before_sha256,omitempty"`
	FoundAt           time.Time       `json:"found_at"`
	LastModified      time.Time       `json:"last_modified,omitzero"`
	Pages             int             `json:"pages,omitempty"` // 0 where not known
	PagesBefore       int             `json:"pages_before,omitempty"`
	Form              string          `json:"form,omitempty"` // id of the form that it follows, as in Document
	FormBefore        string          `json:"form_before,omitempty"`
	MachineRead       int             `json:"machine_read,omitempty"` // of its pages, those whose text a program read from the picture
	MachineReadBefore int             `json:"machine_read_before,omitempty"`
	Added             int             `json:"added,omitempty"`   // paragraphs that the file before did not have
	Removed           int             `json:"removed,omitempty"` // paragraphs that only the file before had
	Altered           int             `json:"altered,omitempty"` // paragraphs whose words differ
	Compared          bool            `json:"compared"`          // whether the two texts could be compared
	Problem           DocumentProblem `json:"problem,omitempty"`
	OtherAgency       string          `json:"other_agency,omitempty"`     // whose document it is instead, as that document names it
	OtherIDs          []string        `json:"other_agreements,omitempty"` // agreements whose rows link the same file
}

// MaxDocumentURL is how many bytes the address of a document can have. ICE's have some
// 150; what is longer is not looked at.
const MaxDocumentURL = 2000

// DocumentAddress is all that is known of one address that rows of ICE's lists link.
type DocumentAddress struct {
	URL         string    `json:"url"`                // without Safe Links and fragments; one for all ways to write it
	FirstLinked time.Time `json:"first_linked"`       // PublishedAt of the list that linked it first
	Baseline    bool      `json:"baseline,omitempty"` // it was linked before documents were watched, so that having it is not news
	LookedAt    time.Time `json:"looked_at,omitzero"` // when ICE's server last answered for it
	DueAt       time.Time `json:"due_at,omitzero"`    // when it is looked at next; zero: when its row changes
	Failures    int       `json:"failures,omitempty"` // looks in a row that had no answer that says anything
	ETag        string    `json:"etag,omitempty"`     // as sent
	Modified    string    `json:"last_modified,omitempty"`
	SentAt      time.Time `json:"sent_at,omitzero"`    // when the server last sent the file of before once more; zero where it never did
	GoneSince   time.Time `json:"gone_since,omitzero"` // since when the server says that there is nothing; zero while there is
	// GoneSeen is when it first said so. It counts as gone when a second look, hours later,
	// finds the same.
	GoneSeen time.Time         `json:"gone_seen,omitzero"`
	Problem  DocumentProblem   `json:"problem,omitempty"`  // of what stands there now
	Versions []DocumentVersion `json:"versions,omitempty"` // what stood there, the oldest first
	Links    []DocumentLink    `json:"links,omitempty"`    // whose link to it was reported, or was no news
	// StopUntil is until when no document is asked for at all, as the server refused this
	// one; zero where it did not. Refused is how many requests in a row it refused then.
	StopUntil time.Time `json:"stop_until,omitzero"`
	Refused   int       `json:"refused,omitempty"`
}

// DocumentLink is a row's link to an address, as of the last look at it.
type DocumentLink struct {
	Agreement string          `json:"agreement"` // its id
	Part      DocumentPart    `json:"part"`
	Problem   DocumentProblem `json:"problem,omitempty"` // with the file as the document of this agreement
}

// DocumentVersion is one file at an address.
type DocumentVersion struct {
	From     time.Time `json:"from"` // when it was first found there
	SHA256   string    `json:"sha256"`
	Size     int64     `json:"size"` // bytes
	Modified time.Time `json:"modified,omitzero"`
	// Resaved says that its text and pages are those of the version before it: other bytes,
	// and no news.
	Resaved bool `json:"resaved,omitempty"`
	// Origin is who found it there at From, where that was not this store; nil where it was.
	Origin *Origin `json:"origin,omitempty"`
	// Found is when this store found it there, too; zero where it never did, or was the first.
	Found time.Time `json:"found,omitzero"`
}

// Unseen says whether only others found it there.
func (v DocumentVersion) Unseen() bool { return v.Origin != nil && v.Found.IsZero() }

// OnlyCaptured says whether nothing is known of the address but what others captured there.
func (a DocumentAddress) OnlyCaptured() bool {
	return len(a.Versions) > 0 && len(a.Links) == 0 && a.LookedAt.IsZero() && a.DueAt.IsZero()
}

// Last returns the file that stood there last, and false where none ever did.
func (a DocumentAddress) Last() (DocumentVersion, bool) {
	if len(a.Versions) == 0 {
		return DocumentVersion{}, false
	}
	return a.Versions[len(a.Versions)-1], true
}

// DocumentState is how it is with the document at an address.
type DocumentState string

// The states of documents.
const (
	DocumentHad     DocumentState = "had"
	DocumentTaken   DocumentState = "gone"    // ICE's server does not have it anymore
	DocumentBad     DocumentState = "problem" // what is linked is no such document; Problem says why
	DocumentWaiting DocumentState = "waiting" // it was not had yet
	DocumentFailing DocumentState = "failing" // likewise, and ICE's server gave no answer that says anything
)

// State returns how it is with the document.
func (a DocumentAddress) State() DocumentState {
	switch {
	case !a.GoneSince.IsZero():
		return DocumentTaken
	case a.Problem != "":
		return DocumentBad
	case len(a.Versions) > 0:
		return DocumentHad
	case a.Failures > 0:
		return DocumentFailing
	}
	return DocumentWaiting
}

// Document is what one file says, by its bytes. What is not certain is blank.
type Document struct {
	SHA256 string    `json:"sha256"`
	Size   int64     `json:"size"` // bytes
	HadAt  time.Time `json:"had_at"`
	// Unkept says that only its hash was wanted when it was had, so that there is no file.
	Unkept bool `json:"unkept,omitempty"`
	// ReadBy is the version of the rules that read it; 0 while it was not read. Rules that
	// got better read it again.
	ReadBy      int `json:"read_by,omitempty"`
	Pages       int `json:"pages,omitempty"`
	Words       int `json:"words,omitempty"`        // in all its text
	Scanned     int `json:"scanned,omitempty"`      // pages without a text layer
	MachineRead int `json:"machine_read,omitempty"` // of them, pages that were read by a program
	// MachineTried says that a program was there to read pages without a text layer. Where none
	// was, they are read once there is one.
	MachineTried bool            `json:"machine_tried,omitempty"`
	TextDigest   string          `json:"text_digest,omitempty"` // equal for files whose text is the same
	Problem      DocumentProblem `json:"problem,omitempty"`     // why it could not be read
	Said         string          `json:"said,omitempty"`        // the same in a sentence

	Model   Model          `json:"model,omitempty"`   // the form that it is
	Revised Date           `json:"revised,omitempty"` // the revision that the form prints
	Form    string         `json:"form,omitempty"`    // as in "tfm-2025-03-07": the form's id; "" where the model is not certain
	Agency  string         `json:"agency,omitempty"`  // as the document names it
	State   State          `json:"state,omitempty"`   // likewise
	Signers []Signer       `json:"signers,omitempty"`
	Addenda []string       `json:"addenda,omitempty"` // the titles of what is attached
	Found   map[string]int `json:"found,omitempty"`   // the page, from 1, on which each of "model", "revised", "agency", "state" was read, and "addendum 1" and so on
}

// Signer is one who signed: never the name, since the office is what counts.
type Signer struct {
	Side  string `json:"side,omitempty"` // "ice", "agency", or "" where that is not certain
	Title string `json:"title,omitempty"`
	Date  Date   `json:"date,omitempty"`
	Page  int    `json:"page"`
}

// Day returns the day of the last signature, which makes an agreement; "" where it is not
// certain.
func (d Document) Day() Date {
	var last Date
	for _, s := range d.Signers {
		if s.Date == "" {
			return ""
		}
		last = max(last, s.Date)
	}
	return last
}

// PageText is what ICE's page said, in words, from one moment on.
type PageText struct {
	SeenAt time.Time `json:"seen_at"` // when it was first found to say so
	URL    string    `json:"url"`
	Text   string    `json:"text"`             // paragraphs by lines
	Origin *Origin   `json:"origin,omitempty"` // who read it then, where that was not this store; nil where it was
}

// ID returns what it is kept by, which sorts as SeenAt does.
func (p PageText) ID() string { return p.SeenAt.UTC().Format("2006-01-02T15:04:05.000000000Z") }

// PageNews is what a change of ICE's page says. Publication of such a change is the list in
// force when it was found, and Agreement is empty.
type PageNews struct {
	URL     string    `json:"url"`
	SeenAt  time.Time `json:"seen_at"` // of the PageText that says so
	Before  time.Time `json:"before"`  // of the one before
	Added   []string  `json:"added"`   // paragraphs that it did not have, in the page's words
	Removed []string  `json:"removed"` // paragraphs that it no longer has
}

// DocumentURL returns the one way to write a link's address, by which what is known of it
// is kept: with https, the host in lower case, no fragment, and characters escaped alike.
// It is false for what is no address on the web, or too long a one.
func DocumentURL(link string) (address string, ok bool) {
	u, err := url.Parse(strings.ReplaceAll(strings.TrimSpace(link), " ", "%20"))
	if err != nil || u.Hostname() == "" || u.User != nil || u.Scheme != "http" && u.Scheme != "https" {
		return "", false
	}
	port := u.Port()
	if port != "" && port != map[string]string{"http": "80", "https": "443"}[u.Scheme] {
		return "", false // one port has one scheme, which would be lost
	}
	u.Scheme, u.Host, u.Fragment, u.RawFragment = "https", strings.ToLower(strings.TrimSuffix(u.Host, ":"+port)), "", ""
	if !strings.Contains(strings.ToLower(u.RawPath), "%2f") { // which would become another path
		u.RawPath = ""
	}
	if u.Path == "" {
		u.Path = "/"
	}
	address = u.String()
	return address, len(address) <= MaxDocumentURL
}

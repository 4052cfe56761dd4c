package main

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/watch287g/watch287g/document/pdf/pdftest"
	"github.com/watch287g/watch287g/internal/fakeice"
	"github.com/watch287g/watch287g/sheet/sheettest"
)

// paper is a made-up document, and so all that can be known of it.
type paper struct {
	agency, model, revised string // as it names them; "" where it does not
	pages                  int
	salt                   string // differs in files that say the same
	added, altered         int    // paragraphs that only it has, and that say another number
	blank                  bool   // its pages are pictures
	hash                   string // once it was asked for
}

// paperModels are the titles of forms.
var paperModels = map[string]string{"JEM": "287(g) Jail Enforcement Model", "TFM": "287(g) Task Force Model", "WSO": "Warrant Service Officer Program"}

// paragraphs are what it says.
func (p *paper) paragraphs() []string {
	all := []string{fmt.Sprintf("This Memorandum of Agreement (MOA) constitutes an agreement between U.S. Immigration and Customs Enforcement (ICE), a component of the Department of Homeland Security (DHS), and %s, hereinafter the law enforcement agency (LEA), pursuant to which ICE delegates authority.", p.agency)}
	words := strings.Fields("officers county detention custody warrant transfer interview training supervisor nominated certified liability complaint record interpreter equipment notice written authority functions delegated federal statute removal hearing juvenile medical transport vehicle uniform credential inspection quarterly annual budget overtime salary insurance claim privilege media release privacy data system network access audit retention destruction amendment duration suspension revocation appendix signature counsel review committee community meeting language hotline grievance discipline")
	for i, subject := range strings.Fields("Training Supervision Liability Complaints Records Interpreters Costs Equipment Nominations Certification Media Modification Suspension Termination Privacy Vehicles Translation Custody Transport Warrants") {
		days := 30 + i
		if i < p.altered {
			days += 400
		}
		text := fmt.Sprintf("%s of the %s is settled within %d days, and it shall", subject, p.model, days)
		for n := range 60 { // no two lines are alike
			text += " " + words[(n*(i+3)+7*i)%len(words)]
		}
		all = append(all, text+".")
		if i > 9 && i < 10+p.added {
			all = append(all, fmt.Sprintf("%s beyond %d dollars and beds, meals, kennels, boats and helicopters are paid by nobody before a treasurer of the county has seen a letter, kept for seven years and shown on working days.", subject, i))
		}
	}
	return all
}

// texts are its pages, as a reader of PDFs gives them.
func (p *paper) texts() []string {
	body, each := p.paragraphs(), 0
	pages := make([]string, p.pages)
	for each*p.pages < len(body) {
		each++
	}
	for i := range pages {
		if p.blank {
			continue
		}
		var b strings.Builder
		if i == 0 {
			b.WriteString("MEMORANDUM OF AGREEMENT\n" + paperModels[p.model] + "\nI. PARTIES\n")
		}
		for _, text := range body[min(i*each, len(body)):min((i+1)*each, len(body))] {
			b.WriteString(strings.Join(pdftest.Lines(text, 90), "\n") + "\n")
		}
		fmt.Fprintf(&b, "%d Revised %s\n", i+1, p.revised)
		pages[i] = b.String()
	}
	return pages
}

// body is the file.
func (p *paper) body() []byte {
	return []byte("%PDF-1.7 " + p.salt + "\n" + strings.Join(p.texts(), "\f"))
}

// sha is the file's hash, which is worked out once.
func (p *paper) sha() string {
	if p.hash == "" {
		p.hash = fmt.Sprintf("%x", sha256.Sum256(p.body()))
	}
	return p.hash
}

// form is the id of the form that it follows.
func (p *paper) form() string {
	if p.model == "" || p.blank {
		return ""
	}
	day, err := time.Parse("01/02/2006", p.revised)
	if err != nil {
		return strings.ToLower(p.model)
	}
	return strings.ToLower(p.model) + "-" + day.Format(time.DateOnly)
}

// paperFolder is where ICE's documents are.
const paperFolder = "https://www.ice.gov/doclib/287gMOA/"

// answered is what ICE's server said when it was asked for a document.
type answered struct {
	at     time.Time
	status int
	sha    string // of the file, "" for none
}

// paperSite is ICE's site with documents. It is asked without a network.
type paperSite struct {
	fakeice.Site
	mu    sync.Mutex
	files map[string][]byte    // by name
	since map[string]time.Time // when each was put there
	log   map[string][]answered
}

// put has a file at an address from now on; nil takes it away.
func (s *paperSite) put(name string, body []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files[name], s.since[name] = body, time.Now()
	if body == nil {
		delete(s.files, name)
	}
}

// RoundTrip answers a request.
func (s *paperSite) RoundTrip(r *http.Request) (*http.Response, error) {
	rec := httptest.NewRecorder()
	name, ofDocument := strings.CutPrefix("https://"+r.URL.Host+r.URL.Path, paperFolder)
	if !ofDocument {
		s.ServeHTTP(rec, r)
		return rec.Result(), nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	body, has := s.files[name]
	a := answered{at: time.Now(), status: http.StatusOK}
	switch modified := s.since[name].UTC().Format(http.TimeFormat); {
	case !has:
		rec.WriteHeader(http.StatusNotFound)
	case r.Header.Get("If-Modified-Since") == modified:
		rec.WriteHeader(http.StatusNotModified)
	default:
		rec.Header().Set("Last-Modified", modified)
		rec.Header().Set("Content-Type", http.DetectContentType(body))
		_, _ = rec.Write(body)
	}
	if a.status = rec.Code; has {
		a.sha = fmt.Sprintf("%x", sha256.Sum256(body))
	}
	s.log[name] = append(s.log[name], a)
	return rec.Result(), nil
}

// paperNews is what has to be told of an agreement's document once, and nothing else.
type paperNews struct {
	agency      string // the row's
	part, event string
	name        string // of the file at the address
	from        string // likewise, before; "" where it is the same one
	now, before *paper // what is there, and what was; nil for none
	problem     string
	whose       string // agency that the file names
	others      int    // agreements with the same file
	since       time.Time
}

// paperStep is what happens at a moment of the story.
type paperStep struct {
	day  int
	do   func(s *paperStory)
	told []paperNews
}

// paperStory is a quarter of a year in which lists and documents change.
type paperStory struct {
	site  *paperSite
	rows  []sheettest.Row
	lists []fakeice.File
	news  []paperNews
	known map[string]*paper // by hash
	ended time.Time
}

// publish has ICE publish the list as it is now.
func (s *paperStory) publish() {
	f := fakeice.File{Link: fakeice.Participating, Name: fmt.Sprintf("participating-%d.xlsx", len(s.lists)), At: time.Now().UTC().Truncate(time.Second), Body: sheettest.Participating(s.rows...)}
	s.lists = append(s.lists, f)
	s.site.Publish(f)
}

// put has a document at an address.
func (s *paperStory) put(name string, p *paper) {
	s.known[p.sha()] = p
	s.site.put(name, p.body())
}

// row adds a row that links a document.
func (s *paperStory) row(county, model, moa string) {
	agency := county + " County Sheriff's Office"
	s.rows = append(s.rows, sheettest.Row{State: "IOWA", Agency: agency, Type: "County", County: county + " County", Model: map[string]string{"JEM": "Jail Enforcement Model", "TFM": "Task Force Model", "WSO": "Warrant Service Officer"}[model],
		Signed: "2/27/2025", MOA: paperFolder + moa})
}

// edit changes the row of a county.
func (s *paperStory) edit(county string, change func(r *sheettest.Row)) {
	s.rows = slices.Clone(s.rows)
	at := slices.IndexFunc(s.rows, func(r sheettest.Row) bool { return strings.HasPrefix(r.Agency, county+" ") })
	change(&s.rows[at])
}

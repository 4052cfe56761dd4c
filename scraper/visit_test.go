package scraper_test

import (
	"bytes"
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/watch287g/watch287g/scraper"
)

func TestFirstVisit(t *testing.T) {
	site := newSite()
	v := scrape(t, site).Visit(t.Context(), nil)
	check(t, v, scraper.StatusChanged, "ICE's page has something new: participatingAgencies07032025pm.xlsx, pendingAgencies07032025pm.xlsx, 287g-reimbursement.xlsx.")
	if len(v.Documents) != 3 || len(v.Links) != 3 {
		t.Fatalf("%d documents, %d links", len(v.Documents), len(v.Links))
	}
	d := v.Documents[0]
	if !bytes.Equal(d.Body, book("participating")) || d.Size != int64(len(d.Body)) || len(d.SHA256) != 64 {
		t.Errorf("body of %d bytes, sum %s", d.Size, d.SHA256)
	}
	if d.URL != ice+listPath || d.File != "participatingAgencies07032025pm.xlsx" || d.Text != "Participating Agencies" || d.Hint != "participating" {
		t.Errorf("%+v", d)
	}
	if d.ETag != `"abc:123"` || !d.ModifiedAt.Equal(published) || d.LastModified == "" || d.NotModified || d.Table {
		t.Errorf("%+v", d)
	}
	if got := v.Links[1]; got != (scraper.Link{URL: ice + pendingPath, Text: "Pending Agencies", Hint: "pending"}) {
		t.Errorf("%+v", got)
	}
	for _, r := range site.requests {
		if got := r.header.Get("User-Agent"); got != "watch287g/1.2 (+https://github.com/watch287g/watch287g; desk@example.org)" {
			t.Errorf("%s is asked for as %q", r.url, got)
		}
	}
}

// Ten visits with nothing new: ten times the page, ten times 304 for each list,
// and nothing else but robots.txt. The workbook that is not a list is left alone.
func TestPoliteness(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		site := newSite()
		s := scrape(t, site)
		known := remember(s.Visit(t.Context(), nil), time.Now())
		site.paths()
		for range 10 {
			time.Sleep(15 * time.Minute)
			v := s.Visit(t.Context(), known)
			check(t, v, scraper.StatusUnchanged, "What ICE's page links is unchanged.")
			for i, d := range v.Documents {
				if !d.NotModified || d.Body != nil || d.SHA256 != known[i].SHA256 || d.ETag != known[i].ETag || !d.ModifiedAt.Equal(published) {
					t.Errorf("%+v", d)
				}
			}
		}
		counts := map[string]int{}
		for _, p := range site.paths() {
			counts[p]++
		}
		if len(counts) != 4 || counts[pagePath] != 10 || counts[listPath] != 10 || counts[pendingPath] != 10 || counts["/robots.txt"] != 2 {
			t.Errorf("requests: %v", counts)
		}
	})
}

func TestValidators(t *testing.T) {
	site := newSite()
	s := scrape(t, site)
	known := remember(s.Visit(t.Context(), nil), time.Now())
	site.paths()
	s.Visit(t.Context(), known)
	for _, r := range site.requests {
		inm, ims := r.header.Get("If-None-Match"), r.header.Get("If-Modified-Since")
		if isList := strings.HasSuffix(r.url, ".xlsx"); isList != (inm == `"abc:123"`) || isList != (ims == published.Format(http.TimeFormat)) {
			t.Errorf("%s: If-None-Match %q, If-Modified-Since %q", r.url, inm, ims)
		}
	}
}

func TestSameBytesAgain(t *testing.T) {
	site := newSite()
	s := scrape(t, site)
	known := remember(s.Visit(t.Context(), nil), time.Now())
	for i := range known {
		known[i].ETag, known[i].LastModified = "", "" // so that everything is sent again
	}
	check(t, s.Visit(t.Context(), known), scraper.StatusUnchanged, "What ICE's page links is unchanged.")
	site.set(listPath, file(book("participating, corrected")))
	v := s.Visit(t.Context(), known)
	check(t, v, scraper.StatusChanged, "ICE's page has something new: participatingAgencies07032025pm.xlsx.")
	if len(v.Documents) != 2 {
		t.Errorf("%d documents", len(v.Documents))
	}
}

func TestNewNameWithOldBytes(t *testing.T) {
	site := newSite()
	s := scrape(t, site)
	known := remember(s.Visit(t.Context(), nil), time.Now())
	site.set("/doclib/participatingAgencies07042025am.xlsx", file(book("participating")))
	site.set(pagePath, links("/doclib/participatingAgencies07042025am.xlsx", "Participating Agencies", pendingPath, "Pending Agencies"))
	check(t, s.Visit(t.Context(), known), scraper.StatusChanged, "ICE's page has something new: participatingAgencies07042025am.xlsx.")
}

// A workbook that is not a list is asked for again after a day, and at once when
// no known list is linked any more.
func TestWrongFileIsAskedForAfterADay(t *testing.T) {
	asked := func(t *testing.T, age time.Duration, page http.HandlerFunc) (bool, scraper.Visit) {
		site := newSite()
		s := scrape(t, site)
		known := remember(s.Visit(t.Context(), nil), time.Now().Add(-age))
		site.paths()
		if page != nil {
			site.set(pagePath, page)
		}
		v := s.Visit(t.Context(), known)
		return slices.Contains(site.paths(), otherPath), v
	}
	if got, _ := asked(t, 23*time.Hour, nil); got {
		t.Error("asked for again within a day")
	}
	if got, v := asked(t, 25*time.Hour, nil); !got || v.Outcome != scraper.StatusUnchanged {
		t.Errorf("asked %v, outcome %s", got, v.Outcome)
	}
	got, v := asked(t, time.Hour, links(otherPath, "Reimbursement worksheet"))
	if !got {
		t.Error("not asked for where it is all that is left")
	}
	check(t, v, scraper.StatusMissing, "ICE's page links no list.")
	got, v = asked(t, time.Hour, links(otherPath, "Reimbursement worksheet", listPath, "Participating Agencies"))
	if got || len(v.Links) != 2 || v.Outcome != scraper.StatusUnchanged {
		t.Errorf("asked %v, links %v, outcome %s", got, v.Links, v.Outcome)
	}
}

func TestAtMostEightFilesTheLikeliestFirst(t *testing.T) {
	site := newSite()
	var pairs []string
	for _, name := range strings.Fields("a b c d e f g h i j") {
		pairs = append(pairs, "/doclib/"+name+".xlsx", "Form "+name)
		site.set("/doclib/"+name+".xlsx", file(book(name)))
	}
	site.set(pagePath, links(append(pairs, listPath, "Participating Agencies")...))
	v := scrape(t, site).Visit(t.Context(), nil)
	if len(v.Documents) != 8 || v.Documents[0].URL != ice+listPath || len(v.Links) != 11 {
		t.Errorf("%d documents of %d links, the first %s", len(v.Documents), len(v.Links), v.Documents[0].URL)
	}
}

func TestSomeCameAndOthersDidNot(t *testing.T) {
	site := newSite()
	site.set(listPath, status(http.StatusForbidden))
	v := scrape(t, site).Visit(t.Context(), nil)
	check(t, v, scraper.StatusRefused, "ICE's server refused the participating list (403 Forbidden).")
	if len(v.Documents) != 2 || v.Documents[0].Hint != "pending" {
		t.Errorf("%+v", v.Documents)
	}
	site.set(pendingPath, status(http.StatusNotFound))
	v = scrape(t, site).Visit(t.Context(), nil)
	check(t, v, scraper.StatusRefused, "ICE's server refused the participating list (403 Forbidden). One other link failed, too.")
}

// A link that fails beside a list, and is not known to be one, is not reported;
// where no list came, it may be the list.
func TestFailureOfAnUnlikelyLink(t *testing.T) {
	site := newSite()
	site.set(otherPath, status(http.StatusNotFound))
	v := scrape(t, site).Visit(t.Context(), nil)
	if v.Outcome != scraper.StatusChanged || len(v.Documents) != 2 {
		t.Errorf("%s, %d documents", v.Outcome, len(v.Documents))
	}
	site.set(pagePath, links(otherPath, "See the agencies"))
	v = scrape(t, site).Visit(t.Context(), nil)
	check(t, v, scraper.StatusMissing, "ICE's server has nothing at the address of the file 287g-reimbursement.xlsx (404 Not Found).")
}

// After the server asked for a pause, nothing more is asked for.
func TestPauseAskedFor(t *testing.T) {
	site := newSite()
	site.set(listPath, status(http.StatusTooManyRequests, "Retry-After", "7"))
	v := scrape(t, site).Visit(t.Context(), nil)
	check(t, v, scraper.StatusRefused, "ICE's server refused the participating list (429 Too Many Requests).")
	if v.RetryAfter != 7*time.Second {
		t.Errorf("RetryAfter %s", v.RetryAfter)
	}
	if got := site.paths(); slices.Contains(got, pendingPath) {
		t.Errorf("asked for %v", got)
	}
}

func TestVisitStopped(t *testing.T) {
	site := newSite()
	ctx, cancel := context.WithCancel(t.Context())
	site.set(listPath, func(http.ResponseWriter, *http.Request) { cancel() })
	v := scrape(t, site).Visit(ctx, nil)
	if v.Err != context.Canceled || v.Outcome != "" || v.Documents != nil {
		t.Errorf("%+v", v)
	}
	v = scrape(t, newSite()).Visit(ctx, nil)
	if v.Err != context.Canceled || v.Sentence != "The visit was stopped before it was done." {
		t.Errorf("%+v", v)
	}
}

// Visits of one scraper take turns, and one that waits for its turn can be
// stopped.
func TestOneAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		site := newSite()
		release := make(chan struct{})
		site.set(pagePath, func(w http.ResponseWriter, r *http.Request) {
			<-release
			links(listPath, "Participating Agencies")(w, r)
		})
		s := scrape(t, site)
		done := make(chan scraper.Visit)
		go func() { done <- s.Visit(t.Context(), nil) }()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if v := s.Visit(ctx, nil); v.Err != context.DeadlineExceeded {
			t.Errorf("%+v", v)
		}
		close(release)
		if v := <-done; v.Outcome != scraper.StatusChanged {
			t.Errorf("%+v", v)
		}
	})
}

func TestNewRefuses(t *testing.T) {
	for want, o := range map[string]scraper.Options{
		"page: is not an http or https URL":                                           {Page: "ftp://www.ice.gov/287g"},
		"page: must not hold a name or a password":                                    {Page: "https://me:secret@www.ice.gov/"},
		"mirror: is not an http or https URL":                                         {Mirror: "localhost:8080"},
		"version \"1 2\": only printable ASCII without spaces can be in a User-Agent": {Version: "1 2"},
		"contact \"a\\r\\nCookie: b\": only printable ASCII can be in a User-Agent":   {Contact: "a\r\nCookie: b"},
	} {
		if _, err := scraper.New(o); err == nil || err.Error() != want {
			t.Errorf("%+v: %v, want %s", o, err, want)
		}
	}
}

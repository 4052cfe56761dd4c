package route

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// At is an address with its parameters, of which before leads to what is older; 0
// for the newest.
func At(path string, q url.Values, before uint64) string {
	if before > 0 {
		q.Set("before", strconv.FormatUint(before, 10))
		defer q.Del("before")
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// ChangesURL is the address of the changes that a filter wants, of which before
// leads to older ones; 0 for the newest.
func ChangesURL(f roster.Filter, before uint64) string { return At("/changes", Encode(f), before) }

// StateURL is the address of a state's page.
func StateURL(s roster.State) string { return "/states/" + url.PathEscape(string(s)) }

// CountyURL is the address of the page of the county with a FIPS code.
func CountyURL(fips string) string { return "/counties/" + url.PathEscape(fips) }

// AgencyURL is the address of an agency's page.
func AgencyURL(id string) string { return "/agencies/" + url.PathEscape(id) }

// ChangeURL is the address of a change's page.
func ChangeURL(id string) string { return "/changes/" + url.PathEscape(id) }

// PublicationURL is the address of the page about a file.
func PublicationURL(sha256 string) string { return "/publications/" + url.PathEscape(sha256) }

// FileURL is the address of a publication's bytes.
func FileURL(sha256 string) string { return PublicationURL(sha256) + "/file" }

// KeptAs returns the hash of the file that is kept in the place of one that was
// published these times, "" where that is kept itself.
func KeptAs(times []roster.Publication) (sha256 string) {
	for _, p := range times {
		if p.KeptAs == "" || p.KeptAs == p.SHA256 {
			return ""
		}
		sha256 = p.KeptAs
	}
	return sha256
}

// EvidenceURL is the address of a list in a file: one file can hold both.
func EvidenceURL(list roster.List, sha256 string) string {
	if list == roster.ListPending {
		return PublicationURL(sha256) + "?list=" + string(list)
	}
	return PublicationURL(sha256)
}

// IcePage is the address of the page on what ICE's page says.
const IcePage = "/ice-page"

// SourceURL is the address of what a change was read from, with its row.
func SourceURL(c roster.Change) string {
	switch {
	case c.Kind == roster.KindPage:
		return IcePage
	case c.Publication.Row > 0:
		return EvidenceURL(c.Publication.List, c.Publication.SHA256) + "#row-" + strconv.Itoa(c.Publication.Row)
	}
	return EvidenceURL(c.Publication.List, c.Publication.SHA256)
}

// DayURL is the address of a day's page.
func DayURL(d roster.Date) string { return "/on/" + string(d) }

// CoverageURL is the address of the page on the counties that are covered, as of a
// moment; zero for now.
func CoverageURL(asOf time.Time) string {
	q := url.Values{}
	if !asOf.IsZero() {
		q.Set("as_of", FormatMoment(asOf, true))
	}
	return At("/coverage", q, 0)
}

// DownloadsURL is the address of the page that offers files for a query.
func DownloadsURL(q url.Values) string { return At("/downloads", q, 0) }

// CompareURL is the address of what differs between two days or moments, as far as a
// filter wants.
func CompareURL(from, to string, f roster.Filter) string {
	q := Encode(f)
	q.Set("from", from)
	q.Set("to", to)
	return At("/compare", q, 0)
}

// SubscribeURL is the address of the form on which a reader signs up for mail about what a
// filter names: a state, a county, a town or an agency; "" where it names none, or several.
func SubscribeURL(f roster.Filter) string {
	q := url.Values{}
	inState := func(name string) string { // unless that is a code
		if len(f.States) == 1 && strings.Trim(name, "0123456789") != "" {
			return name + ", " + string(f.States[0])
		}
		return name
	}
	switch {
	case len(f.Agencies) == 1:
		q.Set("agency", f.Agencies[0])
	case len(f.Places) == 1:
		q.Set("place", inState(f.Places[0]))
	case len(f.Counties) == 1:
		q.Set("county", inState(f.Counties[0]))
	case len(f.States) == 1:
		q.Set("state", string(f.States[0]))
	default:
		return ""
	}
	return At("/subscribe", q, 0)
}

// ContactURL makes a link of an email address or of a web address; "" of none.
func ContactURL(contact string) string {
	if contact == "" || prose.Link(contact) != "" {
		return contact
	}
	return "mailto:" + contact
}

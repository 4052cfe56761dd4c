package pages

import (
	"slices"
	"strconv"
	"time"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
	"github.com/watch287g/watch287g/web/route"
)

// publicationsPerPage bounds a page's list of publications.
const publicationsPerPage = 100

// publicationsData is what the page of the evidence shows.
type publicationsData struct {
	Open          []holdInWords
	Publications  []publicationLine // the newest first
	Count         int               // of all pages
	Older, Newest string            // addresses; "" where there is nothing
}

// publicationLine is one publication in a list.
type publicationLine struct {
	roster.Publication
	InForce bool
	Verdict string // in words
	Changes int    // that were read from it
}

// holdInWords is a hold with what became of it.
type holdInWords struct {
	roster.Hold
	SHA256   string // of the publication; "" where it is not known
	Words    string
	Would    string // what it would change if it counted, while it is open; "" where that is not known
	Affected []affectedLine
	More     string // how many more it would change
}

// affectedLine is one agreement that a held list would change.
type affectedLine struct{ Kind, Agency, URL string }

// publicationsPage lists all that ICE published, the newest first.
func publicationsPage(req *request) (*response, error) {
	asked, err := req.ReadQuery()
	if err != nil {
		return nil, err
	}
	d := publicationsData{Count: len(req.Snapshot.Publications())}
	for _, h := range req.Snapshot.OpenHolds() {
		d.Open = append(d.Open, describeHold(req.Language, req.Snapshot, h))
	}
	until := req.Snapshot.ByDate(asked.Before)
	if asked.Before > 0 {
		d.Newest = "/publications"
	}
	begin := max(0, len(until)-publicationsPerPage)
	changes := changesByPublication(req.Snapshot)
	inForce := req.Snapshot.InForce(req.Snapshot.KnownUntil())
	for _, p := range slices.Backward(until[begin:]) {
		d.Publications = append(d.Publications, publicationLine{Publication: p, InForce: inForce[p.List].Seq == p.Seq,
			Verdict: verdictWords(req.Language, req.Snapshot, p), Changes: changes[publicationKeyOf(p.Ref(0))]})
	}
	if begin > 0 {
		d.Older = "/publications?before=" + strconv.FormatUint(until[begin].Seq, 10)
	}
	path := "/publications"
	if asked.Before > 0 {
		path += "?before=" + strconv.FormatUint(asked.Before, 10)
	}
	return req.render(&page{Template: "publications", Title: req.Language.Say("page.publications.title"), Path: path, Hidden: asked.Before > 0,
		Description: req.Language.SayCount("page.publications.says", d.Count),
		Data:        d})
}

// publicationKey tells publications apart: the same bytes can be published more
// than once.
type publicationKey struct {
	list        roster.List
	sha256      string
	publishedAt time.Time
}

func publicationKeyOf(r roster.Evidence) publicationKey {
	return publicationKey{r.List, r.SHA256, r.PublishedAt.UTC()}
}

// changesByPublication counts the changes that were read from each publication.
func changesByPublication(snap *snapshot.Snapshot) map[publicationKey]int {
	n := map[publicationKey]int{}
	for i := range snap.Changes() {
		n[publicationKeyOf(snap.Changes()[i].Publication)]++
	}
	return n
}

// verdictWords says what became of a publication.
func verdictWords(l prose.Language, snap *snapshot.Snapshot, p roster.Publication) string {
	h, _ := snap.HoldOf(p)
	return l.Verdict(p.Verdict, h.State)
}

func describeHold(l prose.Language, snap *snapshot.Snapshot, h roster.Hold) holdInWords {
	said := holdInWords{Hold: h, Words: l.Hold(h.State)}
	if e := h.Effect; e != nil && h.Open() {
		said.Would, said.More = l.Effect(*e), l.AffectedMore(*e)
		for _, a := range e.First {
			line := affectedLine{Kind: l.Kind(a.Kind), Agency: l.Affected(a)}
			if snap.Agency(a.AgencyID) != nil { // a new one has no page yet
				line.URL = route.AgencyURL(a.AgencyID)
			}
			said.Affected = append(said.Affected, line)
		}
	}
	if p, ok := snap.Publication(h.Publication); ok {
		said.SHA256 = p.SHA256
	}
	return said
}

package api

import (
	"cmp"
	"encoding/base64"
	"slices"
	"strings"
	"time"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
	"github.com/watch287g/watch287g/web/route"
)

// What the API says of agreements, agencies and states, and their figures: all as
// of one moment, which is never later than what is known.

// agreementAtOut is an agreement as the API says it: as the command list prints it,
// with its county's code.
type agreementAtOut struct {
	roster.AgreementAt
	CountyFIPS string `json:"county_fips,omitempty"`
}

func agreementsAtOut(snap *snapshot.Snapshot, all []roster.AgreementAt) []agreementAtOut {
	out := make([]agreementAtOut, len(all))
	for i, s := range all {
		out[i] = agreementAtOut{s, snap.Locate(s.Agreement).County()}
	}
	return out
}

type agreementsIn struct {
	Request
	Which
	When
	Paging
	Status []string `query:"status,explode" example:"[\"active\"]" doc:"active, pending or ended; active and pending if left out."`
}

type agreementsOut struct {
	Link string `header:"Link"`
	Body struct {
		AsOf       time.Time        `json:"as_of"`
		KnownUntil time.Time        `json:"known_until"`
		Total      int              `json:"total"`
		Agreements []agreementAtOut `json:"agreements"`
		Next       string           `json:"next,omitempty"`
	}
}

func agreements(in *agreementsIn) (*agreementsOut, error) {
	snap := in.request.Snapshot
	asked, err := in.request.ReadQuery()
	if err != nil {
		return nil, err
	}
	var last string
	if in.Cursor != "" {
		if asked.AsOf, last, err = readCursor(in.Cursor); err != nil {
			return nil, err
		}
	}
	all, moment, err := asked.Select(in.request.Snapshot)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(x, y roster.AgreementAt) int { return cmp.Compare(x.ID, y.ID) })
	out := &agreementsOut{}
	out.Body.AsOf, out.Body.KnownUntil, out.Body.Total = moment.UTC(), snap.KnownUntil().UTC(), len(all)
	begin, _ := slices.BinarySearchFunc(all, last, func(s roster.AgreementAt, id string) int {
		return cmp.Or(cmp.Compare(s.ID, id), -1) // after the last one
	})
	if last == "" {
		begin = 0
	}
	end := min(begin+in.Limit, len(all))
	out.Body.Agreements = agreementsAtOut(in.request.Snapshot, all[begin:end])
	if end < len(all) {
		out.Body.Next = writeCursor(moment, all[end-1].ID)
	}
	out.Link = nextLink(root+"/agreements", in.request.URL.Query(), out.Body.Next)
	return out, nil
}

// A cursor over agreements holds the moment, so that all pages speak of the same
// one, and the last id.
func writeCursor(at time.Time, last string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(at.UTC().Format(time.RFC3339Nano) + " " + last))
}

func readCursor(s string) (at time.Time, last string, err error) {
	text, err := base64.RawURLEncoding.DecodeString(s)
	when, last, _ := strings.Cut(string(text), " ")
	if err == nil {
		at, err = time.Parse(time.RFC3339Nano, when)
	}
	if err != nil || last == "" {
		return at, "", route.BadRequest("That cursor is not one of this API's.")
	}
	return at, last, nil
}

type agreementOut struct {
	Body struct {
		KnownUntil time.Time      `json:"known_until"`
		Now        agreementAtOut `json:"now"`
		roster.Record
	}
}

func agreement(in *byID) (*agreementOut, error) {
	snap := in.request.Snapshot
	r := snap.Record(in.ID)
	if r == nil {
		return nil, route.NotFound("There is no agreement of that id; write # as %23.")
	}
	out := &agreementOut{}
	out.Body.KnownUntil = snap.KnownUntil().UTC()
	now, _ := r.AgreementAt(snap.KnownUntil())
	out.Body.Now, out.Body.Record = agreementsAtOut(in.request.Snapshot, []roster.AgreementAt{now})[0], *r
	return out, nil
}

// AgencyOut is an agency as the API says it.
type AgencyOut struct {
	roster.Agency
	State      roster.State `json:"state"`
	Name       string       `json:"name"`
	County     string       `json:"county,omitempty"`
	CountyFIPS string       `json:"county_fips,omitempty"`
	Active     int          `json:"active_agreements"`
	Pending    int          `json:"pending"`
	Ended      int          `json:"ended"`
}

// agencyOf sums an agency up.
func agencyOf(snap *snapshot.Snapshot, id string) AgencyOut {
	h := snap.HoldingsOf(id)
	out := AgencyOut{Agency: *snap.Agency(id), Active: len(h.Active), Pending: len(h.Pending), Ended: h.Ended}
	if n := len(out.Spellings); n > 0 {
		out.State, out.Name = out.Spellings[n-1].State, out.Spellings[n-1].Name
	}
	for _, r := range snap.RecordsOf(id) {
		now := r.Now()
		if now.AgencyID != id {
			continue
		}
		out.County, out.CountyFIPS = cmp.Or(out.County, now.County), cmp.Or(out.CountyFIPS, snap.Locate(now).County())
	}
	return out
}

type agenciesIn struct {
	Request
	Which
	Paging
}

type agenciesOut struct {
	Link string `header:"Link"`
	Body struct {
		KnownUntil time.Time   `json:"known_until,omitzero"`
		Total      int         `json:"total"`
		Agencies   []AgencyOut `json:"agencies"`
		Next       string      `json:"next,omitempty"`
	}
}

func agencies(in *agenciesIn) (*agenciesOut, error) {
	snap := in.request.Snapshot
	asked, err := in.request.ReadQuery()
	if err != nil {
		return nil, err
	}
	out := &agenciesOut{}
	out.Body.Agencies, out.Body.KnownUntil = []AgencyOut{}, snap.KnownUntil().UTC()
	for _, agency := range snap.Agencies() {
		id := agency.ID
		if !slices.ContainsFunc(snap.RecordsOf(id), func(r *roster.Record) bool {
			return r.Now().AgencyID == id && asked.MatchAgreement(r.Now(), snap.InArea)
		}) {
			continue
		}
		out.Body.Total++
		switch n := len(out.Body.Agencies); {
		case id <= in.Cursor:
		case n < in.Limit:
			out.Body.Agencies = append(out.Body.Agencies, agencyOf(snap, id))
		default:
			out.Body.Next = out.Body.Agencies[n-1].ID
		}
	}
	out.Link = nextLink(root+"/agencies", in.request.URL.Query(), out.Body.Next)
	return out, nil
}

type agencyAnswer struct {
	Body struct {
		AgencyOut
		KnownUntil time.Time        `json:"known_until"`
		Agreements []agreementAtOut `json:"agreements"`
		Changes    []roster.Change  `json:"changes"`
	}
}

func agency(in *byID) (*agencyAnswer, error) {
	snap := in.request.Snapshot
	id := snap.AgencyID(in.ID)
	if id == "" {
		return nil, route.NotFound("There is no agency of that id.")
	}
	out := &agencyAnswer{}
	out.Body.AgencyOut, out.Body.KnownUntil = agencyOf(snap, id), snap.KnownUntil().UTC()
	var all []roster.AgreementAt
	for _, r := range snap.RecordsOf(id) {
		if s, ok := r.AgreementAt(snap.KnownUntil()); ok {
			all = append(all, s)
		}
	}
	out.Body.Agreements, out.Body.Changes = agreementsAtOut(in.request.Snapshot, all), snap.ChangesOf(id)
	return out, nil
}

package web

import (
	"cmp"
	"fmt"
	"html/template"
	"slices"
	"strconv"
	"strings"

	"github.com/watch287g/watch287g/roster"
)

// mostProblems bounds how many of a file's problems are shown.
const mostProblems = 100

// publicationData is what the page about one file shows.
type publicationData struct {
	Heading      string
	List         roster.List
	Beside       roster.List // the other list, where the file holds both
	SHA256       string
	File, Saved  string // ICE's name for it, and the address to save it from
	Names        []string
	Kept         string // the address of the list that is kept in its place, "" where it is kept itself
	Size         int
	Publications []publicationDetail // the oldest first: the same bytes can be published again
	Problems     []roster.Problem
	MoreProblems int
	Changes      []dayOfChanges
	Count        int    // of the changes
	AllChanges   string // address, where not all are shown
	Rows         int
	Table        template.HTML // the rows
}

// publicationDetail is one time that the bytes were published.
type publicationDetail struct {
	publicationLine
	Hold *holdInWords
}

// publicationPage shows one file as evidence: where it came from, what became of
// it, and what it says row by row.
func publicationPage(v *request) (*page, error) {
	sha := v.PathValue("sha256")
	of := v.bySHA[sha]
	if len(of) == 0 {
		if to := strings.ToLower(sha); v.bySHA[to] != nil {
			return nil, movedTo(publicationURL(to))
		}
		return nil, notFound("No list with this SHA-256 is on record. The address ends in all 64 letters and digits of it.")
	}
	of, beside := v.ofOneList(of, roster.List(v.URL.Query().Get("list")))
	shown := v.publications[of[0]]
	d := publicationData{Beside: beside, SHA256: sha, List: shown.List, File: shown.File, Saved: fileURL(sha), Size: shown.Size}
	if as := v.keptAs(of); as != "" {
		d.Kept = publicationURL(as)
	}
	inForce := v.inForce(v.extent.Until)
	for _, i := range of {
		p := v.publications[i]
		if !slices.Contains(d.Names, p.File) {
			d.Names = append(d.Names, p.File)
		}
		if shown.Verdict != roster.VerdictAccepted && p.Verdict == roster.VerdictAccepted {
			shown = p // read as it counts
		}
		d.Publications = append(d.Publications, v.publicationDetail(p, inForce))
	}
	d.Heading = "ICE's " + string(shown.List) + " list of " + clock(d.Publications[0].PublishedAt)
	d.Problems = shown.Problems[:min(len(shown.Problems), mostProblems)]
	d.MoreProblems = len(shown.Problems) - len(d.Problems)
	v.addChanges(&d)
	said, err := v.site.options.Source.Roster(v.Context(), shown.Seq)
	if err != nil {
		return nil, fmt.Errorf("reading the rows: %w", err)
	}
	d.Rows, d.Table = len(said.Rows), v.rowsHTML(shown, said.Rows)
	path := publicationURL(sha)
	if beside != "" {
		path = evidenceURL(shown.List, sha)
	}
	return &page{Template: "publication", Title: d.Heading, Path: path, Data: d,
		Description: fmt.Sprintf("%s, %s, as ICE published it, with its SHA-256, what it changed and every row. Verdict: %s.",
			d.File, roster.Plural(d.Rows, "row", "rows"), v.verdictWords(shown))}, nil
}

// ofOneList leaves the publications of one list of a file, and names the other
// list where the file holds both: the one that is asked for, else that of the
// first.
func (v *snapshot) ofOneList(of []int, asked roster.List) (kept []int, beside roster.List) {
	first := v.publications[of[0]].List
	for _, i := range of {
		if list := v.publications[i].List; list != first {
			beside = list
		}
	}
	if beside != "" && asked == beside {
		first, beside = beside, first
	}
	return slices.DeleteFunc(slices.Clone(of), func(i int) bool { return v.publications[i].List != first }), beside
}

func (v *snapshot) publicationDetail(p roster.Publication, inForce map[roster.List]roster.Publication) publicationDetail {
	d := publicationDetail{publicationLine: publicationLine{Publication: p, InForce: inForce[p.List].Seq == p.Seq, Verdict: v.verdictWords(p)}}
	if h, ok := v.holdOf(p); ok {
		said := v.holdInWords(h)
		d.Hold = &said
	}
	return d
}

// mostChangesOfFile bounds the changes on a file's page; they are all found among
// those of its day.
const mostChangesOfFile = 50

// addChanges finds the changes that were read from the file, the newest first.
func (v *snapshot) addChanges(d *publicationData) {
	var changes []roster.Change
	for i := len(v.changes) - 1; i >= 0; i-- {
		if p := v.changes[i].Publication; p.SHA256 != d.SHA256 || p.List != d.List {
			continue
		}
		d.Count++
		if len(changes) < mostChangesOfFile {
			changes = append(changes, v.changes[i])
		}
	}
	d.Changes = byDay(changes)
	if d.Count > len(changes) {
		newest := changes[0]
		day := roster.Date(inQuery(newest.DetectedAt, false))
		if len(day) != len("2006-01-02") {
			day = roster.Day(newest.DetectedAt)
		}
		d.AllChanges = "/changes?since=" + string(day) + "&until=" + string(day)
	}
}

// rowsHTML writes the rows of a table: thousands of them, for which a template
// would take a second look at every cell.
func (v *snapshot) rowsHTML(p roster.Publication, rows []roster.Row) template.HTML {
	byKey := v.agenciesByKey()
	var b strings.Builder
	cell := func(s string) {
		b.WriteString("<td>")
		template.HTMLEscape(&b, []byte(s))
	}
	for _, r := range rows {
		number := strconv.Itoa(r.Number)
		b.WriteString("\n<tr id=\"row-" + number + "\"><th scope=\"row\">" + number)
		cell(string(r.State))
		if id := v.agencyOfRow(p, r, byKey[roster.Spelling{State: r.State, Name: r.Agency}.Key()]); id != "" {
			b.WriteString("<td><a href=\"")
			template.HTMLEscape(&b, []byte(agencyURL(id)))
			b.WriteString("\">")
			template.HTMLEscape(&b, []byte(r.Agency))
			b.WriteString("</a>")
		} else {
			cell(r.Agency)
		}
		cell(r.County)
		cell(string(r.Type))
		cell(string(r.Model))
		if p.List == roster.ListParticipating {
			cell(cmp.Or(string(r.Signed), r.SignedAs))
		}
	}
	return template.HTML(b.String())
}

// agenciesByKey are the ids of the agencies that were ever spelt alike, by the
// spelling's key.
func (v *snapshot) agenciesByKey() map[string][]string {
	byKey := make(map[string][]string, len(v.agencies))
	for id, a := range v.agencies {
		for _, s := range a.Spellings {
			if key := s.Key(); !slices.Contains(byKey[key], id) {
				byKey[key] = append(byKey[key], id)
			}
		}
	}
	return byKey
}

// agencyOfRow decides between the agencies that were ever spelt as a row's is: it
// is the one that held such an agreement as the list says, if there is just one.
// It is "" where that is not known.
func (v *snapshot) agencyOfRow(p roster.Publication, row roster.Row, ids []string) string {
	if len(ids) == 1 {
		return ids[0]
	}
	at, found := p.PublishedAt, ""
	if !p.EffectiveAt.IsZero() {
		at = p.EffectiveAt
	}
	for _, id := range ids {
		if !slices.ContainsFunc(v.byAgency[id], func(r *roster.Record) bool {
			ver, known := r.VersionAt(at)
			a := ver.Agreement
			return known && ver.Listed && r.List == p.List && a.AgencyID == id && a.Model == row.Model && a.Signed == row.Signed
		}) {
			continue
		}
		if found != "" {
			return ""
		}
		found = id
	}
	return found
}

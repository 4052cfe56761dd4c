package pages

import (
	"cmp"
	"fmt"
	"html/template"
	"slices"
	"strconv"
	"strings"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
	"github.com/watch287g/watch287g/web/route"
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
	Save         string // what that says
	GivenOut     route.GivenOut
	Public       string // how that differs from ICE's file, or why there is none; "" where it does not
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
	Came string // from whom, where that is not ICE itself
}

// publicationPage shows one file as evidence: where it came from, what became of
// it, and what it says row by row.
func publicationPage(req *request) (*response, error) {
	of, moved := req.Publications(route.PublicationURL)
	switch {
	case moved != nil:
		return moved, nil
	case len(of) == 0:
		return nil, route.Missing(req.Language, "page.problem.no-list")
	}
	of, beside := ofOneList(of, roster.List(req.URL.Query().Get("list")))
	shown := of[0]
	d := publicationData{Beside: beside, SHA256: shown.SHA256, List: shown.List, File: shown.File, Saved: route.FileURL(shown.SHA256), Size: shown.Size}
	if as := route.KeptAs(of); as != "" {
		d.Kept = route.PublicationURL(as)
	} else if err := d.giveOut(req, shown.SHA256); err != nil {
		return nil, err
	}
	inForce := req.Snapshot.InForce(req.Snapshot.KnownUntil())
	for _, p := range of {
		if !slices.Contains(d.Names, p.File) {
			d.Names = append(d.Names, p.File)
		}
		if shown.Verdict != roster.VerdictAccepted && p.Verdict == roster.VerdictAccepted {
			shown = p // read as it counts
		}
		d.Publications = append(d.Publications, describePublication(req.Language, req.Snapshot, p, inForce))
	}
	d.Heading = req.Language.Published(d.Publications[0].Ref(0))
	d.Problems = shown.Problems[:min(len(shown.Problems), mostProblems)]
	d.MoreProblems = len(shown.Problems) - len(d.Problems)
	addChanges(req.Language, req.Snapshot, &d)
	said, err := req.set.options.Roster(req.Context(), shown.Seq)
	if err != nil {
		return nil, fmt.Errorf("reading the rows: %w", err)
	}
	d.Rows, d.Table = len(said.Rows), rowsHTML(req.Snapshot, shown, said.Rows)
	path := route.PublicationURL(shown.SHA256)
	if beside != "" {
		path = route.EvidenceURL(shown.List, shown.SHA256)
	}
	return req.render(&page{Template: "publication", Title: d.Heading, Path: path, Data: d, Crumbs: req.trail(linkTo(req.Language.Say("page.frame.evidence"), "/publications"), linkTo(d.File, path)),
		Description: req.Language.SayCount("page.publication.says", d.Rows, "file", d.File, "verdict", verdictWords(req.Language, req.Snapshot, shown))})
}

// giveOut says how the file is given out.
func (d *publicationData) giveOut(req *request, sha256 string) (err error) {
	if d.GivenOut, err = req.Evidence(req.Context(), sha256); err != nil {
		return err
	}
	switch d.Save = req.Language.SaveFile(d.GivenOut.Changed); {
	case d.GivenOut.Why != "":
		d.Public = req.Language.FileWithheld(d.GivenOut.Why)
	case d.GivenOut.Changed:
		d.Public = req.Language.FilePublic()
	}
	return nil
}

// ofOneList leaves the publications of one list of a file, and names the other
// list where the file holds both: the one that is asked for, else that of the
// first.
func ofOneList(of []roster.Publication, asked roster.List) (kept []roster.Publication, beside roster.List) {
	first := of[0].List
	for _, p := range of {
		if p.List != first {
			beside = p.List
		}
	}
	if beside != "" && asked == beside {
		first, beside = beside, first
	}
	return slices.DeleteFunc(of, func(p roster.Publication) bool { return p.List != first }), beside
}

func describePublication(l prose.Language, snap *snapshot.Snapshot, p roster.Publication, inForce map[roster.List]roster.Publication) publicationDetail {
	d := publicationDetail{publicationLine: publicationLine{Publication: p, InForce: inForce[p.List].Seq == p.Seq, Verdict: verdictWords(l, snap, p)}, Came: l.Origin(p.Origin)}
	if h, ok := snap.HoldOf(p); ok {
		said := describeHold(l, snap, h)
		d.Hold = &said
	}
	return d
}

// mostChangesOfFile bounds the changes on a file's page; they are all found among
// those of its day.
const mostChangesOfFile = 50

// addChanges finds the changes that were read from the file, the newest first.
func addChanges(l prose.Language, snap *snapshot.Snapshot, d *publicationData) {
	changes := snap.ChangesFrom(d.List, d.SHA256)
	d.Count = len(changes)
	changes = changes[:min(len(changes), mostChangesOfFile)]
	d.Changes = byDay(l, changes)
	if d.Count > len(changes) {
		newest := changes[0]
		day := roster.Date(route.FormatMoment(newest.DetectedAt, false))
		if len(day) != len("2006-01-02") {
			day = roster.Day(newest.DetectedAt)
		}
		d.AllChanges = "/changes?since=" + string(day) + "&until=" + string(day)
	}
}

// rowsHTML writes the rows of a table: thousands of them, for which a template
// would take a second look at every cell.
func rowsHTML(snap *snapshot.Snapshot, p roster.Publication, rows []roster.Row) template.HTML {
	var b strings.Builder
	cell := func(s string) {
		b.WriteString("<td>")
		template.HTMLEscape(&b, []byte(s))
	}
	for _, r := range rows {
		number := strconv.Itoa(r.Number)
		b.WriteString("\n<tr id=\"row-" + number + "\"><th scope=\"row\">" + number)
		cell(string(r.State))
		if id := snap.AgencyOfRow(p, r); id != "" {
			b.WriteString("<td><a href=\"")
			template.HTMLEscape(&b, []byte(route.AgencyURL(id)))
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

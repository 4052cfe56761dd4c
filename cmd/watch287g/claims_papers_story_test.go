package main

import (
	"strings"

	"github.com/watch287g/watch287g/sheet/sheettest"
)

// of is a document of a county's sheriff.
func of(county, model, revised string) *paper {
	return &paper{agency: "the " + county + " County Sheriff's Office", model: model, revised: revised, pages: 3}
}

// with is a paper that differs.
func with(p *paper, change func(p *paper)) *paper {
	other := *p
	other.hash = ""
	change(&other)
	return &other
}

// The documents of the story.
type storyPapers struct{ polk, polk2, story, story2, dallas, dallas2, warren, warren2, marion, addendum, boone, hardin, jasper, clinton, scan, madison *paper }

func newStoryPapers() storyPapers {
	p := storyPapers{
		polk: of("Polk", "TFM", "02/12/2025"), story: of("Story", "WSO", "02/15/2025"), dallas: of("Dallas", "JEM", "02/15/2025"), warren: of("Warren", "TFM", "02/12/2025"),
		marion: of("Marion", "TFM", "03/07/2025"), boone: of("Boone", "TFM", "03/07/2025"), hardin: of("Hardin", "TFM", "03/07/2025"), jasper: of("Jasper", "TFM", "03/07/2025"),
		clinton: of("Clinton", "TFM", "03/07/2025"), scan: &paper{pages: 2, blank: true}, addendum: of("Marion", "", ""),
		madison: of("Madison", "WSO", "02/15/2025"),
	}
	p.addendum.pages, p.addendum.salt = 1, "addendum"
	p.polk2 = with(p.polk, func(p *paper) { p.revised, p.pages, p.added, p.altered = "03/07/2025", 4, 2, 1 })
	p.story2 = with(p.story, func(p *paper) { p.salt = "saved again" })
	p.dallas2 = with(p.dallas, func(p *paper) { p.salt = "saved again" })
	p.warren2 = with(p.warren, func(p *paper) { p.added = 1 })
	return p
}

// sheriff is the agency of a row.
func sheriff(county string) string { return county + " County Sheriff's Office" }

// tellPapers tells the story.
func tellPapers(p storyPapers) []paperStep {
	moa := func(county, event, name string, now, before *paper) paperNews {
		return paperNews{agency: sheriff(county), part: "moa", event: event, name: name, now: now, before: before}
	}
	add := func(county, event string, now, before *paper) paperNews {
		n := moa(county, event, "marion-addendum.pdf", now, before)
		n.part = "addendum"
		return n
	}
	from := func(n paperNews, name string) []paperNews { n.from = name; return []paperNews{n} }
	wrong := func(n paperNews, problem, whose string, others int) paperNews {
		n.problem, n.whose, n.others = problem, whose, others
		return n
	}
	one := func(n paperNews) []paperNews { return []paperNews{n} }
	elsewhere := "https://files.example.org/louisa.pdf"
	return []paperStep{
		{day: 0, do: func(s *paperStory) {
			for county, doc := range map[string]*paper{"polk": p.polk, "story": p.story, "dallas": p.dallas, "warren": p.warren, "marion": p.marion} {
				s.put(county+".pdf", doc)
			}
			s.put("marion-addendum.pdf", p.addendum)
			s.row("Polk", "TFM", "polk.pdf")
			s.row("Story", "WSO", "story.pdf")
			s.row("Dallas", "JEM", "dallas.pdf")
			s.row("Warren", "TFM", "warren.pdf")
			s.row("Marion", "TFM", "marion.pdf")
			s.edit("Marion", func(r *sheettest.Row) { r.Addendum = paperFolder + "marion-addendum.pdf" })
			s.publish()
		}},
		{day: 3, do: func(s *paperStory) { s.put("boone.pdf", p.boone); s.row("Boone", "TFM", "boone.pdf"); s.publish() },
			told: one(moa("Boone", "linked", "boone.pdf", p.boone, nil))},
		{day: 5, do: func(s *paperStory) { s.row("Hardin", "TFM", "hardin.pdf"); s.publish() },
			told: one(moa("Hardin", "gone", "hardin.pdf", nil, nil))},
		{day: 6, do: func(s *paperStory) {
			s.site.put("jasper.pdf", []byte("<!doctype html><html><title>Not found</title><p>The page was moved.</html>"))
			s.row("Jasper", "TFM", "jasper.pdf")
			s.publish()
		}, told: one(wrong(moa("Jasper", "no_document", "jasper.pdf", nil, nil), "web_page", "", 0))},
		{day: 10, do: func(s *paperStory) { s.put("polk.pdf", p.polk2) }, told: one(moa("Polk", "replaced", "polk.pdf", p.polk2, p.polk))},
		{day: 12, do: func(s *paperStory) { s.put("story.pdf", p.story2) }},
		{day: 14, do: func(s *paperStory) { s.put("dallas-2.pdf", p.dallas); s.link("Dallas", "dallas-2.pdf") },
			told: from(moa("Dallas", "moved", "dallas-2.pdf", p.dallas, p.dallas), "dallas.pdf")},
		{day: 16, do: func(s *paperStory) { s.put("warren-2.pdf", p.warren2); s.link("Warren", "warren-2.pdf") },
			told: from(moa("Warren", "replaced", "warren-2.pdf", p.warren2, p.warren), "warren.pdf")},
		{day: 20, do: func(s *paperStory) { s.site.put("marion-addendum.pdf", nil) }, told: one(add("Marion", "gone", nil, p.addendum))},
		{day: 30, do: func(s *paperStory) { s.put("marion-addendum.pdf", p.addendum) }, told: one(add("Marion", "back", p.addendum, p.addendum))},
		{day: 32, do: func(s *paperStory) { s.put("hardin.pdf", p.hardin) }, told: one(moa("Hardin", "linked", "hardin.pdf", p.hardin, nil))},
		{day: 33, do: func(s *paperStory) { s.put("jasper.pdf", p.jasper) }, told: one(moa("Jasper", "linked", "jasper.pdf", p.jasper, nil))},
		{day: 35, do: func(s *paperStory) {
			s.put("clinton.pdf", p.clinton)
			s.put("scott.pdf", with(p.clinton, func(p *paper) { p.salt = "scott" }))
			s.row("Clinton", "TFM", "clinton.pdf")
			s.row("Scott", "TFM", "scott.pdf")
			s.publish()
		}, told: []paperNews{moa("Clinton", "linked", "clinton.pdf", p.clinton, nil),
			wrong(moa("Scott", "no_document", "scott.pdf", with(p.clinton, func(p *paper) { p.salt = "scott" }), nil), "other_agency", sheriff("Clinton"), 0)}},
		{day: 40, do: func(s *paperStory) {
			s.put("scan.pdf", p.scan)
			s.row("Benton", "TFM", "scan.pdf")
			s.row("Carroll", "WSO", "scan.pdf")
			s.publish()
		}, told: []paperNews{wrong(moa("Benton", "no_document", "scan.pdf", p.scan, nil), "shared_by_row", "", 1), wrong(moa("Carroll", "no_document", "scan.pdf", p.scan, nil), "shared_by_row", "", 1)}},
		{day: 45, do: func(s *paperStory) { s.site.put("boone.pdf", []byte{}) }, told: one(wrong(moa("Boone", "no_document", "boone.pdf", nil, p.boone), "empty", "", 0))},
		{day: 50, do: func(s *paperStory) {
			s.put("madison.pdf", p.madison)
			s.row("Madison", "TFM", "madison.pdf") // which its document contradicts
			s.rows = append(s.rows, sheettest.Row{State: "IOWA", Agency: sheriff("Louisa"), Type: "County", County: "Louisa County", Model: "Task Force Model", Signed: "2/27/2025", MOA: elsewhere})
			s.rows = withoutRow(s.rows, "Story")
			s.publish()
		}, told: []paperNews{moa("Madison", "linked", "madison.pdf", p.madison, nil), wrong(moa("Louisa", "no_document", elsewhere, nil, nil), "elsewhere", "", 0)}},
		{day: 55, do: func(s *paperStory) { s.site.put("dallas-2.pdf", nil) }, told: one(moa("Dallas", "gone", "dallas-2.pdf", nil, p.dallas))},
		{day: 65, do: func(s *paperStory) { s.put("dallas-2.pdf", p.dallas2) }, told: one(moa("Dallas", "back", "dallas-2.pdf", p.dallas2, p.dallas))},
		{day: 75, do: func(*paperStory) {}},
	}
}

// link has a county's row link another address.
func (s *paperStory) link(county, name string) {
	s.edit(county, func(r *sheettest.Row) { r.MOA = paperFolder + name })
	s.publish()
}

func withoutRow(rows []sheettest.Row, county string) (kept []sheettest.Row) {
	for _, r := range rows {
		if !strings.HasPrefix(r.Agency, county+" ") {
			kept = append(kept, r)
		}
	}
	return kept
}

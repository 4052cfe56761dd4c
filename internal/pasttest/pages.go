// Package pasttest plays the past for tests: ICE's page as it could have been from 2017
// to 2025, and an archive that captured it. It shares no code with what reads it.
package pasttest

import (
	"fmt"
	"html"
	"strings"
	"time"
)

// Row is one agreement as a page lists it.
type Row struct {
	State, Agency, County string
	Model                 string // "JEM", "TFM" or "WSO"
	Signed                string // as in "2019-05-06"
	MOA, Addendum         string // paths on ICE's site
}

// Styles is how many ways Page has to write a page.
const Styles = 6

// Page writes rows as a page of one of the years; salt is what differs from one request to
// the next without any meaning.
func Page(style int, rows []Row, salt string) []byte {
	tables := [Styles]func([]Row) string{of2017, of2018, of2019, of2021, of2023, of2024}[style](rows)
	return []byte(`<!DOCTYPE html><html><head><title>Delegation of Immigration Authority Section 287(g) | ICE</title>
<script>var build = "` + salt + `"; var t = "<table>";</script></head><body><div class="view-dom-id-` + salt + `">
<h1>Section 287(g)</h1><p>ICE's 287(g) program lets officers act for it. It has agreements with these agencies.</p>
<table class="menu"><tr><td><a href="/">Home</a></td><td><a href="/about">About</a></td></tr></table>
` + tables + `
<p>Learn more &hellip;</p></div></body></html>`)
}

// day writes a date as in 5/6/2019 or by a form of time's.
func day(signed, form string) string {
	at, err := time.Parse(time.DateOnly, signed)
	if err != nil {
		panic(err)
	}
	return at.Format(form)
}

const slashes = "1/2/2006"

func link(path, text string) string {
	if path == "" {
		return text + " pending"
	}
	return `<a href="` + path + `">` + text + `</a>`
}

// of2017 has a state once for all of its agencies.
func of2017(rows []Row) string {
	var b strings.Builder
	b.WriteString("<table border=1>\n<tr><th>STATE</th><th>LAW ENFORCEMENT AGENCY</th><th>SUPPORT TYPE</th><th>SIGNED</th><th>MOA</th></tr>\n")
	for i := 0; i < len(rows); {
		n := 1
		for i+n < len(rows) && rows[i+n].State == rows[i].State {
			n++
		}
		for j, r := range rows[i : i+n] {
			b.WriteString("<tr>")
			if j == 0 {
				fmt.Fprintf(&b, `<td rowspan="%d">%s</td>`, n, strings.ToUpper(r.State))
			}
			model := map[string]string{"JEM": "Jail Enforcement", "TFM": "Task Force", "WSO": "Warrant Service"}[r.Model]
			fmt.Fprintf(&b, "<td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>\n", html.EscapeString(r.Agency), model, day(r.Signed, slashes), link(r.MOA, "link"))
		}
		i += n
	}
	return b.String() + "</table>"
}

// of2018 leaves ends of tags out, and has footnotes.
func of2018(rows []Row) string {
	var b strings.Builder
	b.WriteString("<TABLE><TR><TD COLSPAN=6><B>Participating Entities</B>\n<TR><TD><STRONG>State</STRONG><TD><STRONG>Name</STRONG><TD><STRONG>County</STRONG><TD><STRONG>Type</STRONG><TD><STRONG>Date&nbsp;Signed</STRONG><TD><STRONG>MOA Link</STRONG>\n")
	for i, r := range rows {
		mark := []string{"", "*", "<sup>1</sup>", " **"}[i%4]
		model := map[string]string{"JEM": "Jail Enforcement Officer", "TFM": "TASK FORCE OFFICER", "WSO": "Warrant Services Officer"}[r.Model]
		fmt.Fprintf(&b, "<TR><TD>&nbsp;%s<TD>%s%s<TD>%s<TD>%s<TD>%s%s<TD>%s\n", r.State, html.EscapeString(r.Agency), mark, r.County, model, day(r.Signed, "01/02/06"), mark, link(r.MOA, "PDF"))
	}
	return b.String() + "<TR><TD COLSPAN=6>* The agreement was modified.<TR><TD COLSPAN=6><SUP>1</SUP> Expires in 2022.</TABLE>"
}

// of2019 has a table a model.
func of2019(rows []Row) string {
	var b strings.Builder
	for _, model := range []string{"JEM", "WSO", "TFM"} {
		name := map[string]string{"JEM": "Jail Enforcement Model (JEM)", "WSO": "WSO", "TFM": "Task Force"}[model]
		heading, n := "<table><caption>"+name+"</caption><thead><tr><th>STATE</th><th>LAW ENFORCEMENT AGENCY</th><th>SUPPORT TYPE</th><th>SIGNED</th><th>MOA</th></tr></thead><tbody>\n", 0
		for _, r := range rows {
			if r.Model != model {
				continue
			}
			if n++; n == 1 {
				b.WriteString("<h2>" + name + "</h2>" + heading)
			}
			fmt.Fprintf(&b, "<tr><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>\n", r.State, html.EscapeString(r.Agency), name, day(r.Signed, "January 2, 2006"), link(r.MOA, "link"))
		}
		if n > 0 {
			b.WriteString("</tbody></table>\n")
		}
	}
	return b.String()
}

// of2021 stands in a table that lays the page out, and links both documents in one cell.
func of2021(rows []Row) string {
	var b strings.Builder
	b.WriteString("<table class=layout><tr><td><ul><li>Menu</ul></td><td><table><tr><th>STATE</th><th>LAW ENFORCEMENT AGENCY</th><th>COUNTY</th><th>SUPPORT TYPE</th><th>SIGNED</th><th>MOA</th></tr>")
	for _, r := range rows {
		moa := link(r.MOA, "link")
		if r.Addendum != "" {
			moa += " | " + link(r.Addendum, "addendum")
		}
		model := map[string]string{"JEM": "Jail Enforcement Model", "TFM": "Task Force Model", "WSO": "Warrant Service Officer"}[r.Model]
		fmt.Fprintf(&b, "<tr><td><p>%s</p></td><td><p>%s</p></td><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>", r.State, html.EscapeString(r.Agency), r.County, model, day(r.Signed, time.DateOnly), moa)
	}
	return b.String() + "</table></td></tr></table>"
}

// of2023 repeats its heading at its foot, and itself for small screens.
func of2023(rows []Row) string {
	var b strings.Builder
	heading := "<tr><th>STATE</th><th>LAW ENFORCEMENT<br>AGENCY</th><th>SUPPORT TYPE</th><th>SIGNED</th><th>MOA</th><th>ADDENDA</th></tr>"
	for _, class := range []string{"desktop", "mobile"} {
		b.WriteString(`<table class="` + class + `"><thead>` + heading + "</thead><tbody>")
		for _, r := range rows {
			fmt.Fprintf(&b, "<tr><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>", strings.ToUpper(r.State), html.EscapeString(r.Agency), r.Model, day(r.Signed, slashes), link(r.MOA, "link"), link(r.Addendum, "link"))
		}
		b.WriteString("</tbody><tfoot>" + heading + "</tfoot></table>")
	}
	return b.String()
}

// of2024 has an agency with two agreements in one row, with a date and a link for each.
func of2024(rows []Row) string {
	var b strings.Builder
	b.WriteString("<table><tr><td>STATE</td><td>LAW ENFORCEMENT AGENCY</td><td>SUPPORT TYPE</td><td>SIGNED</td><td>MOA</td></tr>")
	for i := 0; i < len(rows); i++ {
		r := rows[i]
		model, signed, moa := r.Model, day(r.Signed, slashes), link(r.MOA, "link")
		if i+1 < len(rows) && rows[i+1].Agency == r.Agency && rows[i+1].State == r.State {
			i++
			model, signed, moa = model+"/"+rows[i].Model, signed+"<br>"+day(rows[i].Signed, slashes), moa+" "+link(rows[i].MOA, "link")
		}
		fmt.Fprintf(&b, "<tr><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>", r.State, html.EscapeString(r.Agency), model, signed, moa)
	}
	return b.String() + "</table>"
}

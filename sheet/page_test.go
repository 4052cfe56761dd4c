package sheet_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/watch287g/watch287g/roster"
)

// formerPage is the page as it was until February 2025, with made-up agencies.
const formerPage = `<!DOCTYPE html>
<html><head><title>287(g)</title><script>var table = "<table><tr><td>STATE</td></tr></table>";</script></head><body>
<table class="menu"><tr><td><a href="/">Home</a></td></tr></table>
<table class="layout"><tr><td>
<table class="usa-table"><caption>Participating agencies</caption>
<thead><tr><th scope="col">STATE</th><th>LAW ENFORCEMENT<br>AGENCY</th><th>SUPPORT&nbsp;TYPE</th><th>SIGNED</th><th><strong>MOA</strong></th></tr></thead>
<tbody>
<tr><td>ALABAMA</td><td>Sample County Sheriff&#8217;s <em>Off</em>ice</td><td>Jail Enforcement Model</td><td>6/11/2020</td><td><a class="x" href="/doclib/287gMOA/sample.pdf">link</a> | <a href="/doclib/later.pdf">addendum</a></td></tr>
<!-- <tr><td>ALASKA</td><td>Hidden</td><td>JEM</td><td>6/11/2020</td><td></td></tr> -->
<tr></tr>
<tr><td> FLORIDA </td><td><p>Sampleton &amp; Bay</p><p>Police</p></td><td>Warrant Service Officer<style>td { margin: 0 }</style></td><td>06/01/2019</td><td><a name="here">Link Pending</a></td></tr>
<tr><td>TEXAS<td>Third Police<td>Task Force Model<td>1/20/2025<td>
</tbody></table>
</td></tr></table>
</body></html>`

func TestReadPage(t *testing.T) {
	want := roster.Roster{List: roster.ListParticipating, Rows: []roster.Row{
		{Number: 2, State: "AL", Agency: "Sample County Sheriff's Office", Model: roster.JEM, Signed: "2020-06-11", MOA: "https://www.ice.gov/doclib/287gMOA/sample.pdf", Addendum: "https://www.ice.gov/doclib/later.pdf",
			Raw: map[string]string{"LAW ENFORCEMENT AGENCY": "Sample County Sheriff’s Office"}},
		{Number: 3, State: "FL", Agency: "Sampleton & Bay Police", Model: roster.WSO, Signed: "2019-06-01",
			Raw: map[string]string{"STATE": " FLORIDA ", "LAW ENFORCEMENT AGENCY": "\nSampleton & Bay\nPolice"}},
		{Number: 4, State: "TX", Agency: "Third Police", Model: roster.TFM, Signed: "2025-01-20"},
	}}
	if diff := cmp.Diff(want, read(t, []byte(formerPage))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, read(t, []byte("\ufeff\n"+formerPage))); diff != "" {
		t.Errorf("behind a byte order mark (-want +got):\n%s", diff)
	}
}

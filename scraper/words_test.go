package scraper

import (
	"net/http"
	"strings"
	"testing"
)

func TestWords(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ page, want string }{
		"ICE's page": {`<html><head><title>287(g)</title><style>p{}</style></head><body><header><nav><a href="/">Home</a></nav></header>
			<main id="main-content"><h1>Partner With ICE</h1><nav>In this section</nav><p>As of May 19, 2025, ICE has
			signed <b>588</b> Memorandums of Agreement&nbsp;.</p><script>var x="<p>no</p>"</script>
			<ul><li><a href="/doclib/participatingAgencies05192025pm.xlsx?x=1">Participating Agencies 05192025pm</a></li><li>Pending <!-- no --></li></ul>
			<p>Updated: 05/20/2025</p><p>Last reviewed on May 20, 2025</p><p>See the <a href="a.xlsx">list of 05/20/2025</a>.</p><p>Updated rules apply.</p><form>Search <select><option>x</select></form></main><footer>ICE</footer></body>`,
			"Partner With ICE\nAs of May 19, 2025, ICE has signed 588 Memorandums of Agreement .\nPending\nSee the list of .\nUpdated rules apply.\nSearch"},
		"no main part":          {"<body><header>Menu</header>Words<br>more<div>and more</div></body>", "Words\nmore\nand more"},
		"a list in a table":     {"<main><p>Before<table><tr><th>State<th>Law Enforcement Agency<tr><td>TX<td>Lake</table>After</main>", "Before\nAfter"},
		"another table":         {"<main><table><tr><th>Model</th><th>Where</th></tr><tr><td>JEM</td><td>in jail</td></tr></table></main>", "Model Where\nJEM in jail"},
		"navigation in itself":  {"<main>a<nav>b<nav>c</nav>d</nav>e</main>", "a\ne"},
		"what is never closed":  {"<main><p>a<p>b<b>c", "a\nbc"},
		"a table never closed":  {"<main>a<table><tr><td>b", "a\nb"},
		"a header never closed": {"<header>Menu<main><header><h1>Title</h1></header><form>words<select><option>x</select></form></main>", "Title\nwords"},
		"Latin-1":               {"<main>caf\xe9</main>", "café"},
		"nothing":               {"<main><script>x</script></main>", ""},
		"what is on all pages":  {"<nav>a</nav><footer>b</footer>", ""},
		"characters of control": {"<main>a\x00\x1b[31mb\u202ec</main>", "a[31mbc"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := words(response{body: []byte(test.page), header: http.Header{}})
			if err != nil || got != test.want {
				t.Errorf("%q, %v; want %q", got, err, test.want)
			}
		})
	}
	got, err := words(response{body: []byte("<main>" + strings.Repeat("<p>all the same words", 90000)), header: http.Header{}})
	if err != nil || len(got) > maxWords {
		t.Error(len(got), err)
	}
}

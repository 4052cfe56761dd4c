package scraper

import (
	"bytes"
	"strings"

	"github.com/PuerkitoBio/goquery"
)

// maxBlockText is how much visible text a block page has at most, in bytes.
// ICE's own pages have more, and may hold such a phrase as well: a form's captcha.
const maxBlockText = 3000

// blockPage is how one kind of block page is recognized: by any of its titles or
// phrases, all in lower case, in the page's title or anywhere in its source.
type blockPage struct {
	name    string
	titles  []string
	phrases []string
}

// blockPages lists the kinds of block page, the most specific first.
func blockPages() []blockPage {
	return []blockPage{
		{"Cloudflare challenge", []string{"just a moment", "attention required! | cloudflare"},
			[]string{"/cdn-cgi/challenge-platform", "cf-browser-verification", "cf_chl_opt"}},
		{"Incapsula", nil, []string{"_incapsula_resource", "request unsuccessful. incapsula", "incapsula incident id"}},
		{"Akamai challenge", nil, []string{"sec-if-cpt-container", "/_sec/cp_challenge", "bm-verify="}},
		{"AWS WAF challenge", nil, []string{"awswaf.com", "awswafintegration"}},
		{"Access Denied", []string{"access denied", "403 forbidden", "access to this page has been denied"},
			[]string{"errors.edgesuite.net", "you don't have permission to access", "you don&#39;t have permission to access", "<code>accessdenied</code>"}},
		{"Request Rejected", []string{"request rejected"}, []string{"the requested url was rejected"}},
		{"captcha", []string{"robot or human", "are you a robot", "are you human"},
			[]string{"captcha", "verify you are human", "verify that you are human", "unusual traffic", "pardon our interruption"}},
		{"JavaScript challenge", nil, []string{"enable javascript and cookies to continue", "please enable javascript", "checking your browser"}},
	}
}

// blockName names the kind of block page that a page is, "" for none.
func blockName(doc *goquery.Document, body []byte) string {
	visible := doc.Find("body").Clone()
	visible.Find("script, style, noscript, template").Remove()
	if len(strings.Join(strings.Fields(visible.Text()), " ")) > maxBlockText {
		return ""
	}
	title := strings.ToLower(cleanText(doc.Find("title").First().Text() + " " + doc.Find("h1").First().Text()))
	source := string(bytes.ToLower(body))
	for _, s := range blockPages() {
		if containsAny(title, s.titles) || containsAny(source, s.phrases) {
			return s.name
		}
	}
	return ""
}

func containsAny(s string, parts []string) bool {
	for _, p := range parts {
		if strings.Contains(s, p) {
			return true
		}
	}
	return false
}

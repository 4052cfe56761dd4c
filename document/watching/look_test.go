package watching

import (
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/roster"
)

const address = "https://www.ice.gov/doclib/287gMOA/a.pdf"

var noon = time.Date(2025, time.March, 3, 17, 0, 0, 0, time.UTC)

// row is a listed row that links addresses, one after the other.
func row(id, agency string, m roster.Model, links ...string) *roster.Record {
	r := &roster.Record{List: roster.ListParticipating}
	for i, l := range links {
		r.Versions = append(r.Versions, roster.Version{From: noon.AddDate(0, 0, i-10), Row: 5, Listed: true,
			Agreement: roster.Agreement{ID: id, Agency: agency, State: "TX", Model: m, MOA: l}})
	}
	return r
}

func byNames(d roster.Document, a roster.Agreement) Whose {
	switch d.Agency {
	case "":
		return Unsure
	case a.Agency:
		return Own
	}
	return Another
}

func doc(hash, agency string, m roster.Model, problem roster.DocumentProblem) roster.Document {
	return roster.Document{SHA256: strings.Repeat(hash, 64), ReadBy: 1, Pages: 3, Words: 9, TextDigest: "text of " + hash, Agency: agency, Model: m, Problem: problem}
}

// What a look means for the one row that is new to the address, whatever came.
func TestNewLink(t *testing.T) {
	had := func(d roster.Document) Look { return Look{Answer: Had, Document: d} }
	for name, tt := range map[string]struct {
		look  Look
		twice bool // it is believed at the second look only
		want  string
	}{
		"its own":                  {had(doc("1", "Lee Sheriff", roster.TFM, "")), false, "linked"},
		"of an unnamed agency":     {had(doc("1", "", "", "")), false, "linked"},
		"another agency's":         {had(doc("1", "Bell Sheriff", roster.TFM, "")), false, "no_document other_agency"},
		"not read for our reasons": {had(roster.Document{SHA256: strings.Repeat("1", 64)}), false, "linked"},
		"encrypted":                {had(doc("1", "", "", roster.ProblemEncrypted)), true, "no_document encrypted"},
		"no PDF":                   {had(doc("1", "", "", roster.ProblemNotPDF)), true, "no_document not_pdf"},
		"gone":                     {Look{Answer: Gone}, true, "gone"},
		"a web page":               {Look{Answer: NoDocument, Problem: roster.ProblemWebPage}, true, "no_document web_page"},
		"on another site":          {Look{Answer: NoDocument, Problem: roster.ProblemElsewhere}, true, "no_document elsewhere"},
		"failed":                   {Look{Answer: Failed}, false, ""},
		"down":                     {Look{Answer: Down}, false, ""},
		"the same as nothing":      {Look{Answer: Same}, false, ""},
	} {
		k := Known{Addresses: map[string]roster.DocumentAddress{address: {URL: address, FirstLinked: noon, DueAt: noon}}, Documents: map[string]roster.Document{}}
		links := LinksOf(map[string]*roster.Record{"lee": row("lee", "Lee Sheriff", roster.TFM, address)})
		tt.look.URL = address
		for i, want := range map[bool][]string{false: {tt.want, ""}, true: {"", tt.want}}[tt.twice] {
			tt.look.At = noon.Add(time.Duration(i) * 7 * time.Hour)
			out := k.Apply(tt.look, links, Judge{Whose: byNames})
			got := ""
			for _, n := range out.News {
				got = strings.TrimSpace(string(n.Event) + " " + string(n.Problem))
			}
			if got != want {
				t.Errorf("%s, look %d: told is %q, want %q", name, i+1, got, want)
			}
			for _, a := range out.Addresses {
				k.Addresses[a.URL] = a
			}
			for _, d := range out.Documents {
				k.Documents[d.SHA256] = d
			}
			if a := k.Addresses[address]; !a.DueAt.After(tt.look.At) {
				t.Errorf("%s: it is due at once again", name)
			}
		}
	}
}

// What others captured at an address before this service looked there is kept, and makes
// nothing news: neither that the same file stands there, nor that another one does, nor that
// none is left. What happens after the first look is news.
func TestCapturedBefore(t *testing.T) {
	captured := doc("1", "Lee Sheriff", roster.TFM, "")
	links := LinksOf(map[string]*roster.Record{"lee": row("lee", "Lee Sheriff", roster.TFM, address)})
	for name, tt := range map[string]struct {
		first Look
		stood int // versions after it
	}{
		"the same file": {Look{Answer: Had, Document: captured}, 1},
		"another file":  {Look{Answer: Had, Document: doc("2", "Lee Sheriff", roster.TFM, "")}, 2},
		"no file":       {Look{Answer: Gone}, 1},
		"not modified":  {Look{Answer: Same}, 1},
	} {
		k := Known{Documents: map[string]roster.Document{captured.SHA256: captured}, Addresses: map[string]roster.DocumentAddress{address: {URL: address, Baseline: true,
			Versions: []roster.DocumentVersion{{SHA256: captured.SHA256, From: noon.AddDate(-5, 0, 0), Origin: &roster.Origin{Source: roster.SourceInternetArchive}}}}}}
		for _, a := range k.Note(Rows{Links: links}, noon) {
			k.Addresses[a.URL] = a
		}
		looks := []Look{tt.first, tt.first, {Answer: Had, Document: doc("3", "Lee Sheriff", roster.TFM, "")}}
		for i, look := range looks {
			look.URL, look.At = address, noon.AddDate(0, 0, 7*i)
			out := k.Apply(look, links, Judge{Whose: byNames, Compare: func(string, string) (int, int, int, bool) { return 0, 0, 0, false }})
			for _, a := range out.Addresses {
				k.Addresses[a.URL] = a
			}
			if told := len(out.News) > 0; told && i < 2 || !told && i == 2 && tt.first.Answer == Had {
				t.Errorf("%s, look %d: told is %+v", name, i+1, out.News)
			}
			if got := k.Addresses[address]; i == 0 && len(got.Versions) != tt.stood || got.Versions[0].From != noon.AddDate(-5, 0, 0) {
				t.Errorf("%s, look %d: %+v", name, i+1, got.Versions)
			}
		}
	}
}

// One file behind two rows is said of the row that does not show to be its own.
func TestSharedFile(t *testing.T) {
	other := strings.Replace(address, "a.pdf", "b.pdf", 1)
	file := doc("1", "Lee Sheriff", roster.TFM, "")
	k := Known{Documents: map[string]roster.Document{file.SHA256: file}, Addresses: map[string]roster.DocumentAddress{
		address: {URL: address, Versions: []roster.DocumentVersion{{SHA256: file.SHA256}}, Links: []roster.DocumentLink{{Agreement: "lee", Part: roster.PartMOA}}},
		other:   {URL: other}}}
	links := LinksOf(map[string]*roster.Record{"lee": row("lee", "Lee Sheriff", roster.TFM, address), "jail": row("jail", "Lee Sheriff", roster.JEM, other)})
	out := k.Apply(Look{URL: other, At: noon, Answer: Had, Document: file}, links, Judge{Whose: byNames})
	if len(out.News) != 1 || out.News[0].Problem != roster.ProblemSharedByRows || len(out.News[0].OtherIDs) != 1 || out.News[0].OtherIDs[0] != "lee" {
		t.Errorf("told is %+v", out.News)
	}
	if out = k.Apply(Look{URL: address, At: noon, Answer: Same}, links, Judge{Whose: byNames}); len(out.News) > 0 {
		t.Errorf("of the row whose file it is, told is %+v", out.News)
	}
}

func TestPausesGrow(t *testing.T) {
	k := Known{Addresses: map[string]roster.DocumentAddress{address: {URL: address, DueAt: noon}}}
	links := LinksOf(map[string]*roster.Record{"lee": row("lee", "Lee Sheriff", roster.TFM, address)})
	for i, want := range []time.Duration{1, 2, 4, 8, 16, 24, 24} {
		out := k.Apply(Look{URL: address, At: noon, Answer: Refused}, links, Judge{})
		k.Addresses[address] = out.Addresses[0]
		if got := k.StopUntil(noon).Sub(noon); got != want*time.Hour {
			t.Errorf("after refusal %d all stops for %s", i+1, got)
		}
	}
	out := k.Apply(Look{URL: address, At: noon, Answer: Gone}, links, Judge{})
	if a := out.Addresses[0]; a.Refused != 0 || !a.StopUntil.IsZero() {
		t.Errorf("an answer leaves the pause: %+v", a)
	}
}

// What is new to the program and was linked before is no news: what a list linked when it was
// read for the first time, or before the last look at any document.
func TestNoteTellsNewFromOld(t *testing.T) {
	known := map[string]roster.DocumentAddress{"https://www.ice.gov/known.pdf": {URL: "https://www.ice.gov/known.pdf", FirstLinked: noon.AddDate(0, -1, 0), LookedAt: noon}}
	seen := func(at time.Time) func(uint64) time.Time { return func(uint64) time.Time { return at } }
	first := row("lee", "Lee Sheriff", roster.TFM, address)
	first.Baseline = true
	for name, tt := range map[string]struct {
		known    map[string]roster.DocumentAddress
		row      *roster.Record
		seen     time.Time
		baseline bool
	}{
		"since the last look":                 {known, row("lee", "Lee Sheriff", roster.TFM, address), noon.Add(time.Hour), false},
		"another address since the last look": {known, row("lee", "Lee Sheriff", roster.TFM, "https://www.ice.gov/known.pdf", address), noon.Add(time.Hour), false},
		"before the last look":                {known, row("lee", "Lee Sheriff", roster.TFM, address), noon.Add(-time.Hour), true},
		"on the first list ever read":         {known, first, noon.Add(time.Hour), true},
		"when nothing was ever watched":       {nil, row("lee", "Lee Sheriff", roster.TFM, address), noon.Add(time.Hour), true},
	} {
		rows := Rows{Links: LinksOf(map[string]*roster.Record{"lee": tt.row}), Seen: seen(tt.seen)}
		noted := Known{Addresses: tt.known}.Note(rows, noon.AddDate(0, 1, 0))
		if len(noted) != 1 || noted[0].Baseline != tt.baseline {
			t.Errorf("%s: noted is %+v", name, noted)
		}
	}
}

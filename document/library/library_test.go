package library_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/watch287g/watch287g/document"
	"github.com/watch287g/watch287g/document/archive"
	"github.com/watch287g/watch287g/document/library"
	"github.com/watch287g/watch287g/document/pdf/pdftest"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

// shop is a store and an archive in memory that count what is read.
type shop struct {
	archive.Hashes
	documents []roster.Document
	addresses []roster.DocumentAddress
	known     roster.Snapshot
	readings  map[string]document.Reading
	derived   map[string][]byte
	changes   []roster.Change // since what is known
	read, put int
	asked     int // for all that is known
}

func (s *shop) Documents(context.Context) ([]roster.Document, error) {
	return slices.Clone(s.documents), nil
}
func (s *shop) Addresses(context.Context) ([]roster.DocumentAddress, error) { return s.addresses, nil }
func (s *shop) Known(context.Context) (roster.Snapshot, error) {
	s.asked++
	return s.known, nil
}
func (s *shop) Changes(context.Context, store.ChangeQuery) ([]roster.Change, error) {
	return slices.Clone(s.changes), nil
}
func (s *shop) Revision(context.Context) (uint64, error) { return uint64(len(s.documents)), nil }
func (s *shop) Reading(ctx context.Context, sha string) (document.Reading, error) {
	s.read++
	if r, ok := s.readings[sha]; ok {
		return r, ctx.Err()
	}
	return document.Reading{}, store.ErrNotFound
}
func (s *shop) PutDerived(_ context.Context, name string, body []byte) error {
	s.put++
	s.derived[name] = body
	return nil
}
func (s *shop) Derived(_ context.Context, name string) ([]byte, error) {
	if body, ok := s.derived[name]; ok {
		return body, nil
	}
	return nil, store.ErrNotFound
}

func newShop() *shop {
	return &shop{readings: map[string]document.Reading{}, derived: map[string][]byte{}, known: roster.Snapshot{Records: map[string]*roster.Record{}}}
}

var counties = []string{"Polk", "Story", "Dallas", "Warren", "Marion", "Jasper", "Boone", "Hardin", "Clinton", "Scott"}

// text is an agreement of a form, with paragraphs of its own words.
func text(title, county, revised string, change func(paragraphs []string) []string) document.Reading {
	body := []string{
		fmt.Sprintf("This Memorandum of Agreement (MOA) constitutes an agreement between U.S. Immigration and Customs Enforcement (ICE), a component of the Department of Homeland Security (DHS), and the %s County Sheriff's Office, hereinafter the law enforcement agency (LEA), pursuant to which ICE delegates authority.", county),
	}
	for i, subject := range strings.Fields("training supervision liability complaints records interpreters costs equipment nominations certification media modification suspension termination privacy vehicles translation custody transport warrants housing") {
		body = append(body, fmt.Sprintf("Of %s the parties agree as follows. The LEA shall bear what it spends on %[1]s in the first %d days, and ICE will answer within %d days for whatever exceeds that amount, unless either party has given notice of its own decision beforehand. Nothing herein limits how officers of the county are led in their usual duties, so long as what concerns %[1]s is done under the direction of an officer of ICE who was named for it in writing.", subject, 30+i, 60+i))
	}
	if change != nil {
		body = change(body)
	}
	r := document.Reading{ReadBy: document.Version}
	for i, half := range [][]string{body[:len(body)/2], body[len(body)/2:]} {
		var b strings.Builder
		if i == 0 {
			b.WriteString("MEMORANDUM OF AGREEMENT\n" + title + "\nI. PARTIES\n")
		}
		for _, p := range half {
			b.WriteString(strings.Join(pdftest.Lines(p, 90), "\n") + "\n")
		}
		r.Pages = append(r.Pages, document.Page{Number: i + 1, Text: b.String() + fmt.Sprintf("%s County Sheriff's Office %d %s\n", county, i+1, revised)})
	}
	return r
}

// add puts a document on the shelf, linked by the row of an agreement.
func (s *shop) add(r document.Reading, row roster.Agreement) string {
	r.SHA256 = archive.Hash([]byte(fmt.Sprint(r.Pages)))
	s.readings[r.SHA256] = r
	s.documents = append(s.documents, document.Facts(r))
	row.ID = fmt.Sprintf("IA-%03d", len(s.known.Records))
	row.MOA = "https://www.ice.gov/doclib/" + row.ID + ".pdf"
	s.addresses = append(s.addresses, roster.DocumentAddress{URL: row.MOA, Versions: []roster.DocumentVersion{{SHA256: r.SHA256}}})
	s.known.Records[row.ID] = &roster.Record{List: roster.ListParticipating, Versions: []roster.Version{{Listed: true, Agreement: row}}}
	return r.SHA256
}

func rowOf(county string, m roster.Model, signed roster.Date) roster.Agreement {
	return roster.Agreement{State: "IA", Agency: county + " County Sheriff's Office", Model: m, Signed: signed}
}

func refreshed(t *testing.T, s *shop, l *library.Library) *library.View {
	t.Helper()
	s.read, s.put = 0, 0
	if err := l.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	return l.Now()
}

func TestFormsAndWhatDepartsFromThem(t *testing.T) {
	t.Parallel()
	s := newShop()
	l := library.New(library.Options{Archive: s, Store: s})
	if v := refreshed(t, s, l); v != nil || s.read+s.put != 0 {
		t.Fatalf("a store without documents: %v, %d texts read", v, s.read)
	}
	const model = "287(g) Task Force Model"
	for _, c := range counties[:6] {
		s.add(text(model, c, "Revised 02/12/2025", nil), rowOf(c, "TFM", "2025-03-01"))
	}
	departs := s.add(text(model, "Boone", "Revised 02/12/2025", func(p []string) []string {
		p[3] = strings.Replace(p[3], "The LEA shall bear", "The LEA shall not bear", 1)
		p = append(p, "The county is paid for each bed that ICE uses in its jail, at the rate that the annex states, within ninety days of the first night.")
		return slices.Delete(p, 7, 8)
	}), rowOf("Boone", "TFM", "2025-03-01"))
	newer := func(p []string) []string {
		p[5] = strings.Replace(p[5], "within 64 days", "within 24 days", 1)
		return p
	}
	for _, c := range counties[:4] {
		s.add(text(model, c, "Revised 03/07/2025", newer), rowOf(c, "TFM", "2025-04-01"))
	}
	for _, c := range counties[4:8] {
		s.add(text("Warrant Service Officer Program", c, "", nil), rowOf(c, "WSO", "2020-05-01"))
	}
	for _, c := range counties[4:7] {
		s.add(text("Warrant Service Officer Program", c, "", func(p []string) []string { return append(p[:2], p[5:]...) }), rowOf(c, "WSO", "2019-05-01"))
	}
	v := refreshed(t, s, l)
	var ids []string
	for _, f := range v.Forms() {
		ids = append(ids, fmt.Sprintf("%s %d %s %d", f.ID, len(f.Documents), f.Before, min(1, len(f.Changed))))
	}
	newest, oldest := v.Forms()[2].ID, v.Forms()[3].ID // as the texts are, so are their hashes
	want := []string{"tfm-2025-03-07 4 tfm-2025-02-12 1", "tfm-2025-02-12 7  0", newest + " 4 " + oldest + " 1", oldest + " 3  0"}
	if !slices.Equal(ids, want) {
		t.Fatalf("forms %q, want %q", ids, want)
	}
	form, _ := v.Form("tfm-2025-02-12")
	if first := form.Standard[3].Text; !strings.Contains(first, "(DHS), and the ____") {
		t.Errorf("the agency is no field in %q", first)
	}
	for _, d := range v.Documents() {
		n, noise, ok := v.Departs(d.SHA256)
		if want := map[bool]int{true: 3}[d.SHA256 == departs]; !ok || n != want || noise != 0 {
			t.Errorf("%s of %s departs in %d (%d noise, %v), want %d", d.Form, d.Agency, n, noise, ok, want)
		}
		if d.Form == "" {
			t.Errorf("no form of %s", d.Agency)
		}
	}
	all, err := l.Departures(t.Context(), departs)
	if err != nil || len(all) != 3 || all[0].Op != document.Altered || all[1].Op != document.Missing || all[2].Op != document.Added {
		t.Errorf("departures %+v, %v", all, err)
	}
	incremental(t, s, l)
}

// incremental adds one document and expects that only it is read; then a library that begins
// anew, which reads none.
func incremental(t *testing.T, s *shop, l *library.Library) {
	t.Helper()
	before := l.Now()
	if now := refreshed(t, s, l); s.read+s.put != 0 || now != before {
		t.Errorf("nothing new: %d texts read, %d kept, another view is %v", s.read, s.put, now != before)
	}
	again := library.New(library.Options{Archive: s, Store: s})
	if err := again.Load(t.Context()); err != nil || s.read != 0 || len(again.Now().Forms()) != 4 {
		t.Errorf("what another process derived: %v, %d texts read", err, s.read)
	}
	if refreshed(t, s, again); s.read+s.put != 0 {
		t.Errorf("begun anew: %d texts read, %d kept", s.read, s.put)
	}
	kept := maps.Clone(s.derived)
	s.derived = map[string][]byte{}
	fresh := library.New(library.Options{Archive: s, Store: s})
	refreshed(t, s, fresh)
	for name, body := range kept {
		if string(s.derived[name]) != string(body) {
			t.Errorf("derived anew, %s has other bytes", name)
		}
	}
	s.derived["forms"] = []byte("not JSON")
	damaged := library.New(library.Options{Archive: s, Store: s})
	if v := refreshed(t, s, damaged); len(v.Forms()) != 4 {
		t.Errorf("%d forms after what was derived was damaged", len(v.Forms()))
	}
	mended(t, s, damaged)
	delete(s.readings, s.documents[0].SHA256)
	s.derived = map[string][]byte{}
	lost := library.New(library.Options{Archive: s, Store: s})
	if v := refreshed(t, s, lost); len(v.Forms()) != 4 {
		t.Errorf("%d forms without one text", len(v.Forms()))
	} else if _, _, ok := v.Departs(s.documents[0].SHA256); ok {
		t.Error("a text that is not at hand was compared")
	}
}

// mended loses what was found in a document: whoever asks is told at once, and however often
// they ask, it is compared again once, in the background.
func mended(t *testing.T, s *shop, l *library.Library) {
	t.Helper()
	sha, before := s.documents[1].SHA256, l.Now()
	delete(s.derived, "departures-"+sha)
	s.read, s.put = 0, 0
	for range 3 {
		if _, err := l.Departures(t.Context(), sha); !errors.Is(err, store.ErrNotFound) || s.read > 0 {
			t.Errorf("%v, %d texts read", err, s.read)
		}
	}
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		go l.Follow(ctx, time.Second)
		time.Sleep(time.Minute)
		cancel()
		synctest.Wait()
	})
	if _, err := l.Departures(t.Context(), sha); err != nil || s.read != 1 || s.put != 1 || l.Now() == before {
		t.Errorf("%v, %d texts read, %d kept, another view is %v", err, s.read, s.put, l.Now() != before)
	}
}

// All agreements are read anew only where a change came.
func TestAgreementsAreReadOnce(t *testing.T) {
	t.Parallel()
	s := newShop()
	l := library.New(library.Options{Archive: s, Store: s})
	s.add(text("287(g) Task Force Model", "Story", "Revised 02/12/2025", nil), rowOf("Dallas", "TFM", "2025-03-01"))
	for _, step := range []struct {
		changes, asked int
	}{{0, 1}, {0, 1}, {1, 2}, {1, 3}} {
		s.changes = make([]roster.Change, step.changes)
		if v := refreshed(t, s, l); s.asked != step.asked || len(v.Conflicts()) != 1 {
			t.Errorf("%d changes: asked %d times, %d conflicts", step.changes, s.asked, len(v.Conflicts()))
		}
	}
}

func TestConflictsOfDocumentsAndRows(t *testing.T) {
	t.Parallel()
	s := newShop()
	const model = "287(g) Task Force Model"
	s.add(text(model, "Polk", "Revised 02/12/2025", nil), rowOf("Polk", "TFM", "2025-03-01"))
	s.add(text(model, "Story", "Revised 02/12/2025", nil), rowOf("Dallas", "TFM", "2025-03-01"))
	s.add(text(model, "Warren", "Revised 02/12/2025", nil), rowOf("Warren", "JEM", "2025-03-01"))
	dated := text(model, "Marion", "Revised 02/12/2025", nil)
	dated.Pages[1].Text += "agrees to be bound thereto to the fullest extent allowed by law.\nFor the LEA: For ICE:\nTitle: Sheriff\nMarch 9, 2025\nA. Example\nActing Director\n"
	s.add(dated, rowOf("Marion", "TFM", "2025-03-01"))
	gone := text(model, "Jasper", "Revised 02/12/2025", nil)
	s.add(gone, rowOf("Boone", "TFM", "2025-03-01"))
	s.addresses[len(s.addresses)-1].GoneSince = time.Unix(1, 0)
	v := refreshed(t, s, library.New(library.Options{Archive: s, Store: s}))
	var got []string
	for _, c := range v.Conflicts() {
		got = append(got, fmt.Sprintf("%s: %s, not %s, page %d", c.What, c.Document, c.Row, c.Page))
	}
	want := []string{"agency: Story County Sheriff's Office, not Dallas County Sheriff's Office, Iowa, page 1", "model: TFM, not JEM, page 1", "date: 2025-03-09, not 2025-03-01, page 2"}
	if !slices.Equal(got, want) {
		t.Errorf("conflicts\n%q, want\n%q", got, want)
	}
}

func TestFollowShowsWhatOthersDerived(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newShop()
		one := library.New(library.Options{Archive: s, Store: s})
		other := library.New(library.Options{Archive: s, Store: s, Shared: true})
		for _, c := range counties[:4] {
			s.add(text("287(g) Task Force Model", c, "Revised 02/12/2025", nil), rowOf(c, "TFM", "2025-03-01"))
		}
		refreshed(t, s, one)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		s.read = 0
		go func() { defer close(done); other.Follow(ctx, time.Second) }()
		time.Sleep(time.Minute)
		cancel()
		<-done
		if v := other.Now(); v == nil || len(v.Forms()) != 1 || s.read != 0 {
			t.Errorf("it shows %v after %d texts", v, s.read)
		}
	})
}

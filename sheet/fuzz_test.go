package sheet_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/sheet"
	"github.com/watch287g/watch287g/sheet/sheettest"
)

func FuzzRead(f *testing.F) {
	f.Add(sheettest.Participating(lampasas()))
	f.Add(sheettest.Participating(sheettest.Sample(5)...))
	f.Add(sheettest.Pending(sheettest.Sample(3)...))
	f.Add(sheettest.Book{Sheets: []sheettest.Sheet{{Rows: withStatus([]string{"Active", "Pending", "Terminated", ""}, sheettest.Sample(4)...)}}}.Bytes())
	f.Add([]byte(formerPage))
	f.Add([]byte("<table><tr><th>STATE<th>LAW ENFORCEMENT AGENCY<th>SUPPORT TYPE<tr><td>X<td>Y<td>Z</table>"))
	f.Add([]byte("PK\x03\x04 this is not a workbook"))
	f.Add([]byte(""))
	f.Fuzz(checkRead)
}

// FuzzReadParts makes workbooks of sheets and texts, which a change of bytes in
// a packed file hardly ever does.
func FuzzReadParts(f *testing.F) {
	f.Add(`<worksheet><sheetData>`+heads+`<row r="2"><c r="A2" t="s"><v>4</v></c><c r="B2" t="inlineStr"><is><t>_x0041_</t></is></c><c r="C2" t="str"><v>JEM</v></c></row></sheetData></worksheet>`, texts)
	f.Add(`<worksheet xmlns:r="r"><sheetData>`+heads+`<row><c/><c t="b"><v>1</v><f>HYPERLINK("https:/a.b")</f></c></row></sheetData><hyperlinks><hyperlink ref="A1:B9" r:id="rId1"/></hyperlinks></worksheet>`, `<sst><si><r><t>a</t></r><rPh><t>b</t></rPh></si></sst>`)
	f.Add(`<worksheet>`, `<sst/>`)
	f.Fuzz(func(t *testing.T, worksheet, texts string) {
		checkRead(t, workbook(worksheet, texts, relations("hyperlink", "https://www.ice.gov/a.pdf")))
	})
}

// checkRead holds what is true of Read for any bytes.
func checkRead(t *testing.T, body []byte) {
	lists, err := sheet.Read(body, published)
	again, errAgain := sheet.Read(body, published)
	if !reflect.DeepEqual(lists, again) || (err == nil) != (errAgain == nil) {
		t.Fatalf("read twice: %+v, %v\nand %+v, %v", lists, err, again, errAgain)
	}
	if err != nil {
		if !errors.Is(err, sheet.ErrBroken) && !errors.Is(err, sheet.ErrNoList) {
			t.Errorf("an error of neither kind: %v", err)
		}
		return
	}
	if len(lists) == 0 || len(lists) > 2 || len(lists) == 2 && (lists[0].List != roster.ListParticipating || lists[1].List != roster.ListPending) {
		t.Fatalf("%d lists: %+v", len(lists), lists)
	}
	for _, r := range lists {
		checkRoster(t, r)
	}
}

func checkRoster(t *testing.T, r roster.Roster) {
	t.Helper()
	if len(r.Rows) > 15_000 {
		t.Errorf("%d rows", len(r.Rows))
	}
	for _, row := range r.Rows {
		if !row.Readable() && !slices.ContainsFunc(r.Problems, func(p roster.Problem) bool { return p.Row == row.Number }) {
			t.Errorf("row %d is not readable, and nothing says so: %+v", row.Number, row)
		}
		texts := []string{row.Agency, row.County, row.SignedAs, row.Status}
		for _, raw := range row.Raw {
			texts = append(texts, raw)
		}
		for _, s := range texts {
			if utf8.RuneCountInString(s) > 501 {
				t.Errorf("row %d keeps a text of %d characters", row.Number, utf8.RuneCountInString(s))
			}
		}
		for _, address := range []string{row.MOA, row.Addendum} {
			if address != "" && !strings.HasPrefix(address, "https://") && !strings.HasPrefix(address, "http://") {
				t.Errorf("row %d links %q", row.Number, address)
			}
		}
	}
	if s := strings.ToLower(asJSON(t, r)); strings.Contains(s, "safelinks.protection.outlook.com") {
		t.Errorf("a wrapper is kept: %s", s)
	}
}

// BenchmarkRead reads a list of 1,700 rows. Its floor is to unpack it.
func BenchmarkRead(b *testing.B) {
	body := sheettest.Participating(sheettest.Sample(1700)...)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := sheet.Read(body, published); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReadFloor(b *testing.B) {
	body := sheettest.Participating(sheettest.Sample(1700)...)
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
		if err != nil {
			b.Fatal(err)
		}
		for _, f := range z.File {
			r, err := f.Open()
			if err == nil {
				_, err = io.Copy(io.Discard, r)
			}
			if err != nil {
				b.Fatal(err)
			}
		}
	}
}

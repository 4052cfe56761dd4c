package draw

import (
	"bytes"
	"image"
	"image/png"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/watch287g/watch287g/roster"
)

var texas = CardData{
	Site: "watch287g", Headline: "Texas: 118 active 287(g) agreements",
	Sub: "in 72 agencies · 3 pending", When: "as of September 17, 2025, 4:00 p.m. ET", Curve: CurveData{Points: growth(200)},
}

// card draws and reads back a card, and checks what is true of every one.
func card(t *testing.T, d CardData) image.Image {
	t.Helper()
	data, err := Card(d)
	if err != nil {
		t.Fatal(err)
	}
	if len(data) > 60_000 {
		t.Errorf("%d bytes", len(data))
	}
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if img.Bounds() != image.Rect(0, 0, 1200, 630) {
		t.Fatalf("a card of %v", img.Bounds())
	}
	paper := img.At(0, 629)
	for y := 10; y < 630; y++ { // under the stripe
		for x := range 1200 {
			if (x < cardMargin-6 || x > CardWidth-cardMargin+6 || y < 40 || y > 615) && img.At(x, y) != paper {
				t.Fatalf("something in the margin, at %d,%d", x, y)
			}
		}
	}
	return img
}

// dark counts what is not paper between two heights.
func dark(img image.Image, from, to int) int {
	n := 0
	for y := from; y < to; y++ {
		for x := range 1200 {
			if img.At(x, y) != img.At(0, 629) {
				n++
			}
		}
	}
	return n
}

func TestCard(t *testing.T) {
	t.Parallel()
	long := texas
	long.Headline = strings.Repeat("The Sheriff's Office of the Parish of Saint John the Baptist ", 9)
	long.Sub, long.Site = long.Headline, long.Headline
	words := CardData{Site: strings.Repeat("W", 5000), Headline: strings.Repeat("W", 5000), Sub: strings.Repeat("i", 5000)}
	wild := texas
	wild.Headline, wild.Sub, wild.Site = hostile, "日本 "+hostile, "\u202e\u0301e\u0301"
	zero := texas
	zero.Curve.Points = []Point{point(0, 0, 0, 0)}
	huge := texas
	huge.Curve.Points = []Point{point(0, 1<<62, 1<<62, 1), point(3, 12345, 0, 0)}
	for name, d := range map[string]CardData{"usual": texas, "long": long, "one word": words, "hostile": wild, "nothing": {}, "zero": zero, "huge": huge} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			img := card(t, d)
			if d.Headline != "" && dark(img, 100, 330) < 1000 {
				t.Error("the headline is not there")
			}
			if len(d.Curve.Points) > 1 && dark(img, 500, cardBase) < 1000 {
				t.Error("the curve is not there")
			}
		})
	}
}

// A card of a place shows its state with the county marked, and rings the county where
// it is small.
func TestCardMap(t *testing.T) {
	t.Parallel()
	borders := &Borders{}
	count := func(m CardMap) (land, marked int) {
		d := texas
		d.Map = m
		img := card(t, d).(*image.Paletted)
		for _, c := range img.Pix {
			switch c {
			case cardMuted - (ramp - 1) + cardStateShade:
				land++
			case cardHere + ramp - 1:
				marked++
			}
		}
		return land, marked
	}
	for _, test := range []struct {
		state                   roster.State
		county                  string
		leastLand               int
		leastMarked, mostMarked int
	}{
		{"TX", "", 30_000, 0, 0},
		{"TX", "48281", 30_000, 400, 1200}, // small, and ringed
		{"AZ", "04005", 60_000, 8_000, 40_000},
		{"TX", "04005", 30_000, 0, 0}, // of another state
		{"AK", "02020", 10_000, 50, 3000},
		{"GU", "66010", 10_000, 0, 80_000},
		{"XX", "", 0, 0, 0},
	} {
		land, marked := count(CardMap{Borders: borders, State: test.state, County: test.county})
		if land+marked < test.leastLand || marked < test.leastMarked || marked > test.mostMarked {
			t.Errorf("%s %s: %d pixels of land, %d marked", test.state, test.county, land, marked)
		}
	}
}

// The rooms of the server draw at the same time, and what they draw can be
// cached by its data.
func TestCardIsTheSameEveryTime(t *testing.T) {
	t.Parallel()
	want, err := Card(texas)
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if got, err := Card(texas); err != nil || !bytes.Equal(got, want) {
				t.Errorf("another card of the same data (%v)", err)
			}
		})
	}
	all.Wait()
	other := texas
	other.Headline = "Texas: 119 active 287(g) agreements"
	if got, _ := Card(other); bytes.Equal(got, want) {
		t.Error("the same card of other data")
	}
}

func TestLegible(t *testing.T) {
	t.Parallel()
	fonts, err := typefaces()
	if err != nil {
		t.Fatal(err)
	}
	for s, want := range map[string]string{
		"Doña Ana · Sheriff’s – “x” №…": "Doña Ana · Sheriff’s – “x” №…",
		"a\tb\nc\u00a0d":     "a b c d",
		"日本 🚓":               "?? ?",
		"👮\u200d♂\ufe0f":     "?♂",
		"\x00\x1b[31m\u202e": "[31m",
		"\xff":               "?",
		"e\u0301":            "e",
	} {
		if got := legible(fonts[0], s); got != want {
			t.Errorf("%q becomes %q, want %q", s, got, want)
		}
	}
}

func TestLay(t *testing.T) {
	t.Parallel()
	w, err := newWriter(image.NewPaletted(image.Rect(0, 0, 10, 10), cardPalette()))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		text   string
		lines  string
		pixels int
	}{
		{"", "", 40},
		{"short", "short", 40},
		{"one two three four", "one two three four", 30}, // one small line rather than two large ones
		{"one two three four five", "one two three|four five", 40},
		{"one two three four five six seven", "one two three four|five six seven", 30},
		{"one two three four five six seven, eight nine", "one two three four|five six seven…", 30},
		{strings.Repeat("w", 30), "wwwwwwwwwwww|wwwwwwwwwww…", 30},
	} {
		lines, pixels := w.lay(test.text, w.bold, 290, 2, []int{40, 30})
		if got := strings.Join(lines, "|"); got != test.lines || pixels != test.pixels {
			t.Errorf("%q is %q at %d pixels, want %q at %d", test.text, got, pixels, test.lines, test.pixels)
		}
		for _, l := range lines {
			if got := w.width(w.bold, pixels, l); got > 290 {
				t.Errorf("%q is %d pixels wide", l, got)
			}
		}
	}
}

// However narrow a line, no letter is lost.
func TestWrap(t *testing.T) {
	t.Parallel()
	w, err := newWriter(image.NewPaletted(image.Rect(0, 0, 10, 10), cardPalette()))
	if err != nil {
		t.Fatal(err)
	}
	text := "one two three four " + strings.Repeat("longword", 20) + " five"
	for _, width := range []int{1, 50, 400, 4000} {
		lines := w.wrap(w.bold, 40, text, width)
		if got := strings.ReplaceAll(strings.Join(lines, ""), " ", ""); got != strings.ReplaceAll(text, " ", "") {
			t.Errorf("%d pixels: letters are lost: %q", width, lines)
		}
	}
}

// The moment that a card speaks of is written whole beside whose card it is, as
// long as the site's name may be.
func TestCardSaysWhen(t *testing.T) {
	t.Parallel()
	w, err := newWriter(image.NewPaletted(image.Rect(0, 0, CardWidth, CardHeight), cardPalette()))
	if err != nil {
		t.Fatal(err)
	}
	const width = CardWidth - 2*cardMargin
	for _, when := range []string{"", "as of June 3, 2025, 9:00 a.m. ET", "as known until September 30, 2025, 12:00 p.m. ET"} {
		if lines, _ := w.lay(when, w.regular, width*3/4, 1, []int{cardWhen}); strings.Join(lines, "") != when {
			t.Errorf("%q is written as %q", when, lines)
		}
	}
	without, with := texas, texas
	without.When, with.Site = "", strings.Repeat("a long name ", 20)
	if a, b := dark(card(t, without), 40, 90), dark(card(t, texas), 40, 90); b <= a {
		t.Errorf("the corner is empty: %d and %d pixels", a, b)
	}
	card(t, with)
	with.When = hostile
	card(t, with)
}

func FuzzCard(f *testing.F) {
	f.Add("watch287g", "Texas: 118", "as of", int64(1740000000), int64(86400), 3, 100)
	f.Add(hostile, hostile, hostile, int64(-1), int64(1<<40), 1<<62, -1)
	f.Fuzz(func(t *testing.T, site, headline, sub string, from, pause int64, a, b int) {
		d := CardData{Site: site, Headline: headline, Sub: sub, When: sub}
		for i := range int64(4) {
			d.Curve.Points = append(d.Curve.Points, Point{At: time.Unix(from+i*pause, 0), ByModel: map[roster.Model]int{roster.JEM: a, roster.TFM: b}})
		}
		data, err := Card(d)
		if err != nil {
			t.Fatal(err)
		}
		if c, err := png.DecodeConfig(bytes.NewReader(data)); err != nil || c.Width != CardWidth || c.Height != CardHeight {
			t.Fatalf("%+v, %v", c, err)
		}
	})
}

func BenchmarkCard(b *testing.B) {
	for b.Loop() {
		if _, err := Card(texas); err != nil {
			b.Fatal(err)
		}
	}
}

package web

import (
	"fmt"
	"image"
	"image/png"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// rgb is a color in linear light, from 0 to 1.
type rgb [3]float64

func parseColor(t *testing.T, hex string) rgb {
	t.Helper()
	n, err := strconv.ParseUint(strings.TrimPrefix(hex, "#"), 16, 32)
	if err != nil || len(hex) != 7 {
		t.Fatalf("%q is not a color", hex)
	}
	var c rgb
	for i := range c {
		v := float64(n>>(16-8*i)&255) / 255
		if c[i] = v / 12.92; v > 0.04045 {
			c[i] = math.Pow((v+0.055)/1.055, 2.4)
		}
	}
	return c
}

// servedColors are the colors of the served stylesheet, by scheme and name.
func servedColors(t *testing.T) map[string]map[string]rgb {
	t.Helper()
	css := emptyWorld(t).get("/style.css").Body.String()
	light, rest, ok := strings.Cut(css, "@media (prefers-color-scheme: dark)")
	dark, _, ok2 := strings.Cut(rest, "}\n}")
	if !ok || !ok2 {
		t.Fatal("the stylesheet has no dark scheme")
	}
	schemes := map[string]map[string]rgb{}
	for name, text := range map[string]string{"light": light, "dark": dark} {
		schemes[name] = map[string]rgb{}
		for _, m := range regexp.MustCompile(`--([a-z0-9-]+): (#[0-9a-f]{6});`).FindAllStringSubmatch(text, -1) {
			schemes[name][m[1]] = parseColor(t, m[2])
		}
	}
	return schemes
}

// Where pages are looked at in light alone, the dark has nothing but colors of its own.
func TestDarkHasOnlyOtherColors(t *testing.T) {
	css := emptyWorld(t).get("/style.css").Body.String()
	colors := regexp.MustCompile(`@media \(prefers-color-scheme: dark\) \{\s*:root \{\s*(--[a-z0-9-]+: #[0-9a-f]{6};\s*)+\}\s*\}`)
	if strings.Count(css, "prefers-color-scheme") != 1 || !colors.MatchString(css) {
		t.Error("the dark scheme sets more than colors: look at pages in both, in checkPage")
	}
}

// The matrices of Machado, Oliveira and Fernandes (2009) for a severity of 1, which
// work on linear light, and normal vision.
var visions = map[string][3][3]float64{
	"normal vision": {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
	"protanopia":    {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}},
	"deuteranopia":  {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}},
	"tritanopia":    {{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}},
}

func seen(c rgb, as [3][3]float64) (out rgb) {
	for i, row := range as {
		out[i] = min(1, max(0, row[0]*c[0]+row[1]*c[1]+row[2]*c[2]))
	}
	return out
}

// lab is a color in CIELAB under D65.
type lab struct{ l, a, b float64 }

func labOf(c rgb) lab {
	f := func(v float64) float64 {
		if v > 216.0/24389 {
			return math.Cbrt(v)
		}
		return (24389.0/27*v + 16) / 116
	}
	x := f((0.4124564*c[0] + 0.3575761*c[1] + 0.1804375*c[2]) / 0.95047)
	y := f(0.2126729*c[0] + 0.7151522*c[1] + 0.0721750*c[2])
	z := f((0.0193339*c[0] + 0.1191920*c[1] + 0.9503041*c[2]) / 1.08883)
	return lab{116*y - 16, 500 * (x - y), 200 * (y - z)}
}

// ciede2000 is how far apart two colors are, by Sharma, Wu and Dalal (2005).
func ciede2000(p, q lab) float64 {
	const degree = math.Pi / 180
	meanC := (math.Hypot(p.a, p.b) + math.Hypot(q.a, q.b)) / 2
	g := 0.5 * (1 - math.Sqrt(math.Pow(meanC, 7)/(math.Pow(meanC, 7)+math.Pow(25, 7))))
	hue := func(a, b float64) float64 {
		if a == 0 && b == 0 {
			return 0
		}
		return math.Mod(math.Atan2(b, a)/degree+360, 360)
	}
	a1, a2 := (1+g)*p.a, (1+g)*q.a
	c1, c2 := math.Hypot(a1, p.b), math.Hypot(a2, q.b)
	h1, h2 := hue(a1, p.b), hue(a2, q.b)
	dh, meanH := h2-h1, h1+h2
	switch {
	case c1*c2 == 0:
		dh = 0
	case math.Abs(h1-h2) <= 180:
		meanH /= 2
	case meanH < 360:
		meanH = (meanH + 360) / 2
	default:
		meanH = (meanH - 360) / 2
	}
	if dh > 180 {
		dh -= 360
	} else if dh < -180 {
		dh += 360
	}
	meanL, meanCC := (p.l+q.l)/2, (c1+c2)/2
	bigH := 2 * math.Sqrt(c1*c2) * math.Sin(dh/2*degree)
	t := 1 - 0.17*math.Cos((meanH-30)*degree) + 0.24*math.Cos(2*meanH*degree) + 0.32*math.Cos((3*meanH+6)*degree) - 0.20*math.Cos((4*meanH-63)*degree)
	square := (meanL - 50) * (meanL - 50)
	sl := 1 + 0.015*square/math.Sqrt(20+square)
	sc, sh := 1+0.045*meanCC, 1+0.015*meanCC*t
	rc := 2 * math.Sqrt(math.Pow(meanCC, 7)/(math.Pow(meanCC, 7)+math.Pow(25, 7)))
	blue := (meanH - 275) / 25
	rt := -rc * math.Sin(60*math.Exp(-blue*blue)*degree)
	l, c, h := (q.l-p.l)/sl, (c2-c1)/sc, bigH/sh
	return math.Sqrt(l*l + c*c + h*h + rt*c*h)
}

// The oracle agrees with the pairs that Sharma, Wu and Dalal published to test it by.
func TestCIEDE2000(t *testing.T) {
	for _, tt := range [][7]float64{
		{50, 2.6772, -79.7751, 50, 0, -82.7485, 2.0425},
		{50, 2.8361, -74.02, 50, 0, -82.7485, 3.4412},
		{50, -1, 2, 50, 0, 0, 2.3669},
		{50, 2.49, -0.001, 50, -2.49, 0.0009, 7.1792},
		{50, 2.49, -0.001, 50, -2.49, 0.0011, 7.2195},
		{50, -0.001, 2.49, 50, 0.0011, -2.49, 4.7461},
		{50, 2.5, 0, 50, 0, -2.5, 4.3065},
		{50, 2.5, 0, 73, 25, -18, 27.1492},
		{50, 2.5, 0, 58, 24, 15, 19.4535},
		{60.2574, -34.0099, 36.2677, 60.4626, -34.1751, 39.4387, 1.2644},
		{22.7233, 20.0904, -46.694, 23.0331, 14.973, -42.5619, 2.0373},
		{90.8027, -2.0831, 1.441, 91.1528, -1.6435, 0.0447, 1.4441},
		{2.0776, 0.0795, -1.135, 0.9033, -0.0636, -0.5514, 0.9082},
	} {
		if got := ciede2000(lab{tt[0], tt[1], tt[2]}, lab{tt[3], tt[4], tt[5]}); math.Abs(got-tt[6]) > 0.0001 {
			t.Errorf("%v: got %.4f", tt, got)
		}
	}
	white, red := labOf(rgb{1, 1, 1}), labOf(rgb{1, 0, 0})
	if math.Abs(white.l-100) > 0.01 || math.Abs(red.l-53.24) > 0.01 || math.Abs(red.a-80.09) > 0.02 || math.Abs(red.b-67.2) > 0.02 {
		t.Errorf("white is %v, red is %v", white, red)
	}
}

// Readers who do not tell all colors apart still tell the models, and each from none,
// in maps and curves.
func TestModelsAreToldApart(t *testing.T) {
	const least = 30
	for scheme, colors := range servedColors(t) {
		for vision, matrix := range visions {
			closest, which := math.Inf(1), ""
			names := []string{"tfm", "jem", "wso", "level-0"}
			for i, a := range names {
				for _, b := range names[i+1:] {
					if d := ciede2000(labOf(seen(colors[a], matrix)), labOf(seen(colors[b], matrix))); d < closest {
						closest, which = d, fmt.Sprintf("%s and %s", a, b)
					}
				}
			}
			t.Logf("%s, %s: at least %.1f, between %s", scheme, vision, closest, which)
			if closest < least {
				t.Errorf("%s, %s: %s are only %.1f apart, want %d", scheme, vision, which, closest, least)
			}
		}
	}
}

// In black and white, as most offices print, the models differ by their lightness.
func TestModelsDifferInGray(t *testing.T) {
	const least = 14 // of 100
	for scheme, colors := range servedColors(t) {
		for i, names := 0, []string{"tfm", "jem", "wso", "level-0"}; i < len(names); i++ {
			for _, other := range names[i+1:] {
				if d := math.Abs(labOf(colors[names[i]]).l - labOf(colors[other]).l); d < least {
					t.Errorf("%s: %s and %s are %.1f apart in lightness, want %d", scheme, names[i], other, d, least)
				}
			}
		}
	}
}

// What is drawn without the stylesheet has the colors of its light scheme: the map as
// a file, and the bands of a card.
func TestFilesHaveTheColorsOfThePages(t *testing.T) {
	w := newWorld(t)
	css, _, _ := strings.Cut(w.get("/style.css").Body.String(), "@media (prefers-color-scheme: dark)")
	svg := w.get("/downloads/counties.svg").Body.String()
	card, err := png.Decode(w.get("/pictures/nation.png").Body)
	if err != nil {
		t.Fatal(err)
	}
	palette := map[string]bool{}
	for _, c := range card.(*image.Paletted).Palette {
		r, g, b, _ := c.RGBA()
		palette[fmt.Sprintf("%02x%02x%02x", r>>8, g>>8, b>>8)] = true
	}
	for _, name := range []string{"jem", "wso", "tfm", "border", "level-0", "ink", "muted"} {
		hex := regexp.MustCompile(`--` + name + `: #([0-9a-f]{6});`).FindStringSubmatch(css)[1]
		if !strings.Contains(svg, "#"+hex) {
			t.Errorf("the map has nothing in %s, #%s", name, hex)
		}
		if name != "border" && name != "level-0" && !palette[hex] {
			t.Errorf("the card has nothing in %s, #%s", name, hex)
		}
	}
}

// contrast is that of two colors by WCAG.
func contrast(p, q rgb) float64 {
	luminance := func(c rgb) float64 { return 0.2126*c[0] + 0.7152*c[1] + 0.0722*c[2] }
	a, b := luminance(p)+0.05, luminance(q)+0.05
	return max(a, b) / min(a, b)
}

// What the maps are made of stands out as WCAG 2.2 asks of graphics (1.4.11): the
// border of each county and state from the paper, also where there is nothing, and
// hatching from what is below it.
func TestMapsStandOut(t *testing.T) {
	for scheme, colors := range servedColors(t) {
		for _, pair := range [][2]string{{"border", "paper"}, {"border", "level-0"}, {"ink", "level-0"}, {"tfm", "paper"}, {"jem", "paper"}, {"wso", "paper"}} {
			if c := contrast(colors[pair[0]], colors[pair[1]]); c < 3 {
				t.Errorf("%s: %s on %s has a contrast of %.2f, want 3", scheme, pair[0], pair[1], c)
			}
		}
		if d := ciede2000(labOf(colors["level-0"]), labOf(colors["paper"])); d < 3 {
			t.Errorf("%s: none is only %.1f apart from the paper", scheme, d)
		}
	}
}

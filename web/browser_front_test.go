package web

import (
	"strconv"

	"github.com/watch287g/watch287g/web/embed"
)

// checkFirstScreen wants what a reader comes for within the first screen of the front
// page: the claim, every figure and the map.
func checkFirstScreen(b *tab) {
	for _, s := range []screen{phone, desktop} {
		b.lookOn(s)
		b.open("/", 200)
		for _, selector := range []string{"h1", ".six .figure:last-child", ".map svg"} {
			if bottom := evaluate[float64](b, `document.querySelector(`+strconv.Quote(selector)+`).getBoundingClientRect().bottom`); bottom > float64(s.height) {
				b.t.Errorf("on a screen of %v, %s ends at %.0f of %d", s, selector, bottom, s.height)
			}
		}
		if head := evaluate[float64](b, `document.querySelector('header.site').offsetHeight`); head > 130 {
			b.t.Errorf("on a screen of %v, the head of the page is %.0f high", s, head)
		}
	}
}

// checkCards wants every card to fit into the frame that its code asks for, and into
// one of 280 pixels, in the colors that are asked for whatever the system wants.
func checkCards(b *tab) {
	for _, size := range embed.Sizes {
		widest, height := embed.Look{Size: size}.Pixels()
		for _, width := range []int{280, 320, 480, widest} {
			b.lookOn(screen{int64(width), int64(height), false})
			for _, path := range []string{"/embed/nation", "/embed/states/TX", "/embed/states/MP"} {
				b.open(path+"?size="+size, 200)
				if is := evaluate[[]int](b, `[document.documentElement.scrollWidth, document.documentElement.scrollHeight]`); is[0] > width || is[1] > height {
					b.t.Errorf("%s takes %d by %d of %d by %d pixels", b.where(), is[0], is[1], width, height)
				}
			}
		}
	}
	papers := map[string]map[string]string{}
	for _, scheme := range []string{"light", "dark"} {
		b.scheme(scheme)
		papers[scheme] = map[string]string{}
		for _, theme := range embed.Themes {
			b.open("/embed/nation?theme="+theme, 200)
			papers[scheme][theme] = evaluate[string](b, `getComputedStyle(document.body).backgroundColor`)
		}
	}
	light, dark := papers["light"]["auto"], papers["dark"]["auto"]
	for scheme, of := range papers {
		if light == dark || of["light"] != light || of["dark"] != dark {
			b.t.Errorf("where the system wants %s, the cards are on %v; by themselves on %s or %s", scheme, of, light, dark)
		}
	}
}

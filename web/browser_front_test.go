package web

import "strconv"

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

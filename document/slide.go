package document

// slide moves what only one of two texts has along its neighbors that read the same, to where
// it begins a paragraph: of "… in writing. B … in writing.", what is more is "B … in writing."
// and not "in writing. B …".
func slide(matches []match, a, b []word) {
	for n := 0; n <= len(matches); n++ {
		i, j := 0, 0
		if n > 0 {
			i, j = matches[n-1].aEnd, matches[n-1].bEnd
		}
		k, l := len(a), len(b)
		if n < len(matches) {
			k, l = matches[n].a, matches[n].b
		}
		switch {
		case i < k && j == l:
			slideGap(matches, n, a, i, k, func(m match) int { return m.a }, func(m *match, at int) { m.a, m.aEnd = at, at+1 })
		case i == k && j < l:
			slideGap(matches, n, b, j, l, func(m match) int { return m.b }, func(m *match, at int) { m.b, m.bEnd = at, at+1 })
		}
	}
}

// mostSlide is how many words a gap is moved at most.
const mostSlide = 80

// slideGap moves the gap [i, k) of one text, which is before matches[n], to the next place to
// the left, or else to the right, where it begins a paragraph; where there is none, it stays.
func slideGap(matches []match, n int, words []word, i, k int, at func(match) int, set func(*match, int)) {
	starts := func(i int) bool { return i == 0 || i < len(words) && words[i-1].para != words[i].para }
	single := func(m match) bool { return m.aEnd-m.a == 1 && m.bEnd-m.b == 1 }
	if starts(i) {
		return
	}
	for s := 1; s <= mostSlide && n-s >= 0; s++ {
		m := matches[n-s]
		if !single(m) || at(m) != i-s || words[i-s].key != words[k-s].key {
			break
		}
		if starts(i - s) {
			for t := 1; t <= s; t++ {
				set(&matches[n-t], k-t)
			}
			return
		}
	}
	for s := 0; s < mostSlide && n+s < len(matches); s++ {
		m := matches[n+s]
		if !single(m) || at(m) != k+s || words[i+s].key != words[k+s].key {
			return
		}
		if starts(i + s + 1) {
			for t := 0; t <= s; t++ {
				set(&matches[n+t], i+t)
			}
			return
		}
	}
}

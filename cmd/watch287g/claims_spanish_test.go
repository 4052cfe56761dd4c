package main

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// spanishMonths are the months of dates by their English names.
var spanishMonths = map[string]string{"January": "enero", "February": "febrero", "March": "marzo", "April": "abril", "May": "mayo", "June": "junio",
	"July": "julio", "August": "agosto", "September": "septiembre", "October": "octubre", "November": "noviembre", "December": "diciembre"}

// spanishStates are the states that Spanish calls otherwise.
var spanishStates = map[string]string{"DC": "Distrito de Columbia", "HI": "Hawái", "LA": "Luisiana", "MI": "Míchigan", "MO": "Misuri", "MP": "Islas Marianas del Norte", "MS": "Misisipi", "NC": "Carolina del Norte",
	"ND": "Dakota del Norte", "NH": "Nuevo Hampshire", "NJ": "Nueva Jersey", "NM": "Nuevo México", "NY": "Nueva York", "OR": "Oregón", "PA": "Pensilvania",
	"SC": "Carolina del Sur", "SD": "Dakota del Sur", "VI": "Islas Vírgenes de EE. UU.", "WV": "Virginia Occidental"}

var (
	numberSaid  = regexp.MustCompile(`\d[\d,]*`)
	englishDay  = regexp.MustCompile(`\b(` + strings.Join(slices.Sorted(maps.Keys(spanishMonths)), "|") + `) \d`)
	spanishDay  = regexp.MustCompile(`\d de (` + strings.Join(slices.Sorted(maps.Values(spanishMonths)), "|") + `)\b`)
	englishSays = map[string]string{"Correction: ": "Corrección: ", "at least": "al menos", "no longer": "ya no", "likely": "probable"}
)

// checkSpanish holds the Spanish text against the English one, whose sentences are held
// against the lists: it gives the same numbers, the same dates, the same names, and as
// many of them, and the same reservations.
func (h *hearing) checkSpanish() {
	english, spanish := h.c.Text, h.c.Texts["es"]
	h.must(len(h.c.Texts) == 1 && spanish != "", "texts", "there are %d, and one in Spanish was to be", len(h.c.Texts))
	place, _, _ := strings.Cut(spanish, ": ")
	if m := h.c.Milestone; m == nil || m.Name != "hundred" && m.Name != "record-day" && h.c.Corrects == "" {
		state := h.c.Agreement.State
		h.must(place == cmp.Or(spanishStates[state], stateNames[state]), "texts", "the Spanish text says %s", place)
	}
	h.must(slices.Equal(numbersSaid(english), numbersSaid(spanish)), "texts", "%q and %q give other numbers", english, spanish)
	var months []string
	for _, m := range englishDay.FindAllStringSubmatch(english, -1) {
		months = append(months, spanishMonths[m[1]])
	}
	var said []string
	for _, m := range spanishDay.FindAllStringSubmatch(spanish, -1) {
		said = append(said, m[1])
	}
	slices.Sort(months)
	slices.Sort(said)
	h.must(slices.Equal(months, said), "texts", "%q and %q give other months", english, spanish)
	for _, name := range append(slices.Collect(maps.Values(modelNames)), h.c.Agreement.Agency) {
		h.must(strings.Count(english, name) == strings.Count(spanish, name), "texts", "%q and %q name %s in other numbers", english, spanish, name)
	}
	for e, s := range englishSays {
		h.must(strings.Contains(english, e) == strings.Contains(spanish, s), "texts", "one of %q and %q says %q", english, spanish, e)
	}
}

// numbersSaid are the numbers of a text, sorted.
func numbersSaid(text string) []string {
	numbers := numberSaid.FindAllString(text, -1)
	for i, n := range numbers {
		numbers[i] = strings.TrimRight(n, ",")
	}
	slices.Sort(numbers)
	return numbers
}

package main

import (
	"slices"
	"strings"
)

// milestoneForms are the sentences about milestones, and those that take one back.
func milestoneForms() []form {
	since := ` since this record began on <began>`
	return []form{
		{"milestone", true, `ICE lists its first agreement in <place>` + since + `: <who>, <model>\.`, (*hearing).saysFirst},
		{"milestone", true, `ICE lists its first agreements in <place>` + since + `, <n> at once, among them <who>, <model>\.`, (*hearing).saysFirst},
		{"milestone", true, `ICE lists <place>'s first <what>` + since + `: <who>\.`, (*hearing).saysFirst},
		{"milestone", true, `ICE lists <place>'s first <what>` + since + `, <n> at once, among them <who>\.`, (*hearing).saysFirst},
		{"milestone", false, `ICE had listed one before, with <who>, and has since changed its record of that\.`, (*hearing).saysLeftOut},
		{"milestone", true, `ICE no longer lists any active agreement in <place>; the last one was with <who>\.`, (*hearing).saysLast},
		{"milestone", true, `ICE no longer lists any active agreement in <place>; the last <n> left the list together, among them that with <who>\.`, (*hearing).saysLast},
		{"milestone", true, `(?:By this list, ICE has listed|ICE listed) <n> new agreements on <day>, more than on any other day` + since + `\.`, func(h *hearing, said map[string]string) {
			h.saysBegan(said, "record-day")
			h.must(said["day"] == long(h.c.Milestone.Day), "record day", "the text says %s", said["day"])
			h.mustBe("record day", said["n"], h.c.Milestone.Count)
		}},
		{"milestone", true, `ICE now lists <n> active agreements, in <places>; it has reached <hundred> for the first time` + since + `\.`, func(h *hearing, said map[string]string) {
			h.saysBegan(said, "hundred")
			h.mustBe("hundred", said["n"], h.active.total())
			h.mustBe("hundred", said["hundred"], h.c.Milestone.Count)
			h.must(said["places"] == h.active.places(), "places", "the list has %s", h.active.places())
		}},
		{"milestone", true, `Correction: The first <what> in <state> was reported on <day>, with <who>\.`, (*hearing).saysNoFirst},
		{"milestone", false, `ICE now gives its state as <state>\.`, func(h *hearing, said map[string]string) {
			h.must(said["state"] == inSentence(h.c.Agreement.State) && h.latestIs(func(r *listRow) bool { return r.state == h.c.Agreement.State }), "takes back", "that is not its state")
		}},
		{"milestone", false, `ICE now gives its model as <model>\.`, func(h *hearing, said map[string]string) {
			h.must(said["model"] == modelNames[h.c.Agreement.Model] && h.latestIs(func(r *listRow) bool { return r.model == h.c.Agreement.Model }), "takes back", "that is not its model")
		}},
		{"milestone", false, `ICE now lists it as <kind>\.`, func(h *hearing, said map[string]string) {
			h.must(said["kind"] == h.kindSays(h.c.Agreement) && h.latestIs(func(r *listRow) bool { return r.kind == h.c.Agreement.Type }), "takes back", "that is not its kind")
		}},
		{"milestone", false, `As ICE gives it now, there has been none\.`, func(h *hearing, _ map[string]string) {
			first, _ := h.firstNow()
			h.must(first == nil, "takes back", "there has been one")
		}},
		{"milestone", false, `As ICE gives it now, the first was with <who>, first listed on <listed>\.`, (*hearing).saysTheFirst},
		{"milestone", false, `As ICE gives it now, an earlier one, with <who>, was first listed on <listed>\.`, (*hearing).saysTheFirst},
		{"milestone", true, `Correction: On <day>, it was reported that ICE no longer listed any active agreement in <state>\.`, func(h *hearing, said map[string]string) {
			back := h.takenBack()
			h.must(back != nil && back.Milestone != nil && back.Milestone.Name == "last-in-state" && said["day"] == long(eastern(back.DetectedAt)) &&
				said["state"] == inSentence(back.Agreement.State), "takes back", "that was not reported")
		}},
		{"milestone", true, `Correction: On <day>, it was reported that ICE's list had reached <hundred> active agreements for the first time\.`, func(h *hearing, said map[string]string) {
			back := h.takenBack()
			h.must(back != nil && back.Milestone != nil && back.Milestone.Name == "hundred" && said["day"] == long(eastern(back.DetectedAt)) &&
				said["hundred"] == thousands(back.Milestone.Count), "takes back", "that was not reported")
		}},
		{"milestone", false, `With the one with <who>, <state>, which ICE lists again and which counts as never gone, it had reached them before\.`, (*hearing).saysListedNow},
		{"milestone", false, `ICE again lists that with <who>, which counts as never gone\.`, (*hearing).saysListedNow},
		{"milestone", false, `ICE now gives that state for the agreement with <who>, which it listed then\.`, (*hearing).saysListedNow},
	}
}

// saysBegan holds the mark's name and the day on which the record began.
func (h *hearing) saysBegan(said map[string]string, marks ...string) {
	h.must(h.c.Milestone != nil && slices.Contains(marks, h.c.Milestone.Name), "milestone", "the text is of another")
	began := long(eastern(beginning(h.lists["participating"], h.lists["pending"])))
	h.must(said["began"] == began, "milestone", "the record began on %s", began)
}

func (h *hearing) saysFirst(said map[string]string) {
	m, a := h.c.Milestone, h.c.Agreement
	h.saysBegan(said, "first-in-state", "first-in-model", "first-of-type")
	h.must(said["place"] == statePhrase(a.State), "milestone", "it is %s", statePhrase(a.State))
	h.must(said["who"] == a.Agency && (said["model"] == "" || said["model"] == modelNames[a.Model]), "milestone", "it is %s's", a.Agency)
	if want := h.firstSays(m.Name, a, m.Among > 0); m.Name != "first-in-state" {
		h.must(said["what"] == want, "milestone", "it is the first %s", want)
	} else {
		h.must(said["model"] != "", "milestone", "the text is of another first")
	}
	if m.Among > 0 || said["n"] != "" {
		h.mustBe("milestone", said["n"], m.Among)
	}
}

// firstSays names what a mark is the first of.
func (h *hearing) firstSays(mark string, a claimed, several bool) string {
	agreement, kind := "agreement", h.kindSays(a)
	if several {
		agreement = "agreements"
		kind = strings.Replace(strings.Replace(strings.TrimPrefix(strings.TrimPrefix(kind, "a "), "an "), "agency", "agencies", 1), "a ", "", 1)
	}
	switch mark {
	case "first-in-model":
		return modelNames[a.Model] + " " + agreement
	case "first-of-type":
		return agreement + " with " + kind
	}
	return agreement
}

func (h *hearing) kindSays(a claimed) string {
	return strings.Replace(kindPhrase(a.Type), "the state", statePhrase(a.State), 1)
}

func statePhrase(state string) string {
	switch {
	case state == "DC":
		return "the District"
	case slices.Contains(territories, state):
		return "the territory"
	}
	return "the state"
}

// saysLeftOut: such a first had been listed, and is given otherwise by now.
func (h *hearing) saysLeftOut(said map[string]string) {
	is := firstOf(h.c.Milestone.Name, h.c.Agreement)
	h.must(slices.ContainsFunc(h.followed(), func(t thread) bool {
		last, known := t.until(h.at)
		return known && !is(last) && last.name == said["who"] && t.first() < h.at && h.everWas(t, is)
	}), "first", "no such agreement was listed before and corrected")
}

// everWas says whether an agreement was listed as such before the change's list.
func (h *hearing) everWas(t thread, is func(*listRow) bool) bool {
	for _, step := range t {
		if step.at < h.at && is(step.row) {
			return true
		}
	}
	return false
}

func (h *hearing) saysLast(said map[string]string) {
	h.must(h.c.Milestone.Name == "last-in-state" && said["place"] == statePhrase(h.c.Agreement.State) && said["who"] == h.c.Agreement.Agency, "last", "it is %s's", h.c.Agreement.Agency)
	if h.c.Milestone.Among > 0 || said["n"] != "" {
		h.mustBe("last", said["n"], h.c.Milestone.Among)
	}
}

// saysNoFirst: the first that is taken back was reported so.
func (h *hearing) saysNoFirst(said map[string]string) {
	back := h.takenBack()
	if back == nil || back.Milestone == nil {
		h.no("takes back", "no first was reported")
		return
	}
	a := back.Agreement
	h.must(said["what"] == h.firstSays(back.Milestone.Name, a, false) && said["state"] == inSentence(a.State) &&
		said["day"] == long(eastern(back.DetectedAt)) && said["who"] == a.Agency, "takes back", "what was reported is %q", back.Text)
}

// latestIs holds the row by which ICE gave the agreement last, until the change.
func (h *hearing) latestIs(is func(*listRow) bool) bool {
	return slices.ContainsFunc(h.active.named(h.names, h.c.Agreement.Model), is)
}

// firstNow is the agreement that came first, of those that are such a first as ICE
// gives them at the time of the change.
func (h *hearing) firstNow() (first *listRow, at int) {
	back := h.takenBack()
	if back == nil || back.Milestone == nil {
		return nil, 0
	}
	is := firstOf(back.Milestone.Name, back.Agreement)
	for _, t := range h.followed() {
		if last, known := t.until(h.activeAt); known && is(last) && (first == nil || t.first() < at) {
			first, at = last, t.first()
		}
	}
	return first, at
}

func (h *hearing) saysTheFirst(said map[string]string) {
	first, at := h.firstNow()
	if first == nil {
		h.no("takes back", "there has been none")
		return
	}
	day := long(eastern(h.lists["participating"][at].at))
	if at == 0 {
		day += " or before"
	}
	back := h.takenBack()
	is := firstOf(back.Milestone.Name, back.Agreement)
	named := slices.ContainsFunc(h.followed(), func(t thread) bool {
		last, known := t.until(h.activeAt)
		return known && is(last) && t.first() == at && last.name == said["who"]
	})
	h.must(named && said["listed"] == day, "takes back", "the first was %s, on %s", first.name, day)
}

func (h *hearing) saysListedNow(said map[string]string) {
	back := h.takenBack()
	state := ""
	if back != nil {
		state = back.Agreement.State
	}
	for code, name := range stateNames {
		if said["state"] == name {
			state = code
		}
	}
	h.must(slices.ContainsFunc(h.active.agreements()[state], func(r *listRow) bool { return r.name == said["who"] }), "takes back", "no such agreement is listed")
}

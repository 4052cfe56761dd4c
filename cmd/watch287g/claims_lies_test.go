package main

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// lie is a change made false, or what is false of it.
type lie struct {
	what string
	tell func(c *claim)
}

// An oracle that never finds anything is no proof: each change of the story is
// made false in every way that a bug could make it, and each lie must be found.
func TestClaimsFindLies(t *testing.T) {
	changes, lists := claimsOf(t, archived(t, tellClaims()))
	honest := contradictions(changes, lists)
	told, kinds := 0, map[string]int{}
	for i := range changes {
		if strings.HasPrefix(changes[i].Agreement.Agency, "Sample") && i%5 > 0 {
			continue // one of many alike
		}
		for _, lie := range slices.Concat(liesInText(changes[i]), liesInFields(changes, i), liesThroughout(changes[i])) {
			lied := slices.Clone(changes)
			lied[i] = copyOf(t, changes[i])
			lie.tell(&lied[i])
			told++
			kinds[changes[i].Kind]++
			found := contradictions(lied, lists)
			if !slices.ContainsFunc(found, func(f string) bool { return !slices.Contains(honest, f) }) {
				t.Errorf("not found: %s of change %d, %s\n\t%s", lie.what, changes[i].Seq, changes[i].Kind, lied[i].Text)
			}
		}
	}
	t.Logf("%d lies about %v", told, kinds)
	for _, kind := range []string{"new", "pending", "removed", "withdrawn", "restored", "amended", "detail", "document", "milestone"} {
		if kinds[kind] == 0 {
			t.Errorf("no lie about %s", kind)
		}
	}
}

func copyOf(t *testing.T, c claim) (o claim) {
	t.Helper()
	text, err := json.Marshal(c)
	if err == nil {
		err = json.Unmarshal(text, &o)
	}
	if err != nil {
		t.Fatal(err)
	}
	return o
}

var (
	printedDay    = regexp.MustCompile(`(January|February|March|April|May|June|July|August|September|October|November|December) \d+, \d{4}`)
	printedNumber = regexp.MustCompile(`[\d,]*\d`)
)

// liesInText change every date, number, model, state and name of a text.
func liesInText(c claim) (lies []lie) {
	say := func(what, text string) {
		if text != c.Text {
			lies = append(lies, lie{what, func(c *claim) { c.Text = text }})
		}
	}
	days := printedDay.FindAllStringIndex(c.Text, -1)
	for _, at := range days {
		day, err := time.Parse("January 2, 2006", c.Text[at[0]:at[1]])
		if err == nil {
			say("another day in the text", c.Text[:at[0]]+day.AddDate(0, 0, 1).Format("January 2, 2006")+c.Text[at[1]:])
		}
	}
	for _, at := range printedNumber.FindAllStringIndex(c.Text, -1) {
		if slices.ContainsFunc(days, func(d []int) bool { return at[0] >= d[0] && at[1] <= d[1] }) {
			continue
		}
		if n, err := strconv.Atoi(strings.ReplaceAll(c.Text[at[0]:at[1]], ",", "")); err == nil {
			say("one more in the text", c.Text[:at[0]]+strconv.Itoa(n+1)+c.Text[at[1]:])
			say("one less in the text", c.Text[:at[0]]+strconv.Itoa(n-1)+c.Text[at[1]:])
		}
	}
	for model, name := range modelNames {
		other := modelNames[map[string]string{"JEM": "TFM", "TFM": "WSO", "WSO": "JEM"}[model]]
		say("another model in the text", strings.Replace(c.Text, name, other, 1))
	}
	place, _, _ := strings.Cut(c.Text, ": ")
	say("another state in the text", strings.Replace(c.Text, place, "Wyoming", 1))
	say("another agency in the text", strings.Replace(c.Text, c.Agreement.Agency, "Elm County Sheriff's Office", 1))
	say("another county in the text", strings.Replace(c.Text, c.Agreement.Agency+" (", c.Agreement.Agency+" (West ", 1))
	say("a sentence that nobody checks", c.Text+" Nobody knows why.")
	if c.Certainty == "likely" {
		say("certain in the text", regexp.MustCompile(` That [^.]* likely, not certain\.`).ReplaceAllString(c.Text, ""))
	}
	return lies
}

// liesInFields change what a change gives beside its text.
func liesInFields(changes []claim, i int) []lie {
	c := changes[i]
	later := func(day string) string {
		t, err := time.Parse(time.DateOnly, day)
		if err != nil {
			return "2025-01-01"
		}
		return t.AddDate(0, 0, 1).Format(time.DateOnly)
	}
	lies := []lie{
		{"another list", func(c *claim) { c.Publication.SHA256 = strings.Repeat("0", 64) }},
		{"no file", func(c *claim) { c.Publication.File = "participatingAgencies.xlsx" }},
		{"another state", func(c *claim) { c.Agreement.State = "WY" }},
		{"another agency", func(c *claim) { c.Agreement.Agency = "Elm County Sheriff's Office" }},
		{"another model", func(c *claim) {
			c.Agreement.Model = map[string]string{"JEM": "TFM", "TFM": "WSO", "WSO": "JEM"}[c.Agreement.Model]
		}},
		{"another certainty", func(c *claim) {
			c.Certainty = map[string]string{"certain": "likely", "likely": "certain"}[c.Certainty]
		}},
		{"pending before", func(c *claim) { c.PendingSince = later(c.PendingSince) }},
		{"taken back", func(c *claim) { c.Corrects = c.ID }},
		{"one more held", func(c *claim) { c.Holding++ }},
	}
	add := func(when bool, what string, tell func(c *claim)) {
		if when {
			lies = append(lies, lie{what, tell})
		}
	}
	add(c.Publication.Row > 0 && c.Milestone == nil, "another row", func(c *claim) { c.Publication.Row++ })
	add(c.Publication.List == "participating" && c.Milestone == nil, "another date", func(c *claim) { c.Agreement.Signed = later(c.Agreement.Signed) })
	add(c.ListedSince != "", "another first day", func(c *claim) { c.ListedSince = later(c.ListedSince) })
	add(c.ListedSince != "" || c.PendingSince != "", "the first list", func(c *claim) { c.SinceIsLowerBound = !c.SinceIsLowerBound })
	add(len(c.Gaps) > 0, "no gap", func(c *claim) { c.Gaps = nil })
	add(c.Beside != "", "no other agreement", func(c *claim) { c.Beside = "" })
	add(c.Corrects != "", "takes back another", func(c *claim) { c.Corrects = changes[0].ID })
	add(c.Before != nil, "another agency before", func(c *claim) { c.Before.Agency = "Elm County Sheriff's Office" })
	add(c.Before != nil, "another state before", func(c *claim) { c.Before.State = "WY" })
	add(c.Milestone != nil && c.Milestone.Count > 0, "a count more", func(c *claim) { c.Milestone.Count++ })
	add(c.Milestone != nil && c.Milestone.Day != "", "another day", func(c *claim) { c.Milestone.Day = later(c.Milestone.Day) })
	add(true, "another near name", func(c *claim) { c.Near = "Elm County Sheriff's Office" })
	add(true, "evidence that nobody checks", func(c *claim) { c.Why = append(c.Why, "somebody said so (+9)") })
	add(c.Before != nil && c.Before.Signed == c.Agreement.Signed, "evidence that is false", func(c *claim) { c.Why = append(c.Why, "the signing dates are 12 days apart (-3)") })
	add(c.Before != nil && c.Before.State == c.Agreement.State, "evidence of two states", func(c *claim) { c.Why = append(c.Why, "the states differ (-7)") })
	for n := range c.Fields {
		lies = append(lies, lie{fmt.Sprintf("field %d from elsewhere", n), func(c *claim) { c.Fields[n].From += "1" }},
			lie{fmt.Sprintf("field %d to elsewhere", n), func(c *claim) { c.Fields[n].To += "1" }})
	}
	return lies
}

// liesThroughout make a change false in its text and its fields alike, so that only
// the lists can tell.
func liesThroughout(c claim) (lies []lie) {
	replace := func(what string, pairs ...string) {
		lies = append(lies, lie{what + " throughout", func(c *claim) {
			text, err := json.Marshal(c)
			if err != nil {
				panic(err)
			}
			id, sha := c.ID, c.Publication
			*c = claim{}
			if err := json.Unmarshal([]byte(strings.NewReplacer(pairs...).Replace(string(text))), c); err != nil {
				panic(err)
			}
			c.ID, c.Publication = id, sha
		}})
	}
	day := func(what, day string) {
		t, err := time.Parse(time.DateOnly, day)
		if err != nil {
			return
		}
		next := t.AddDate(0, 0, 1).Format(time.DateOnly)
		pairs := []string{`"` + day + `"`, `"` + next + `"`, long(day), long(next)}
		if n := regexp.MustCompile(`\((\d+) days?\)`).FindStringSubmatch(c.Text); n != nil && what != "another date" {
			fewer, _ := strconv.Atoi(n[1])
			pairs = append(pairs, n[0], fmt.Sprintf("(%s)", plural(fewer-1, "day", "days")))
		}
		replace(what, pairs...)
	}
	day("another day of coming", c.PendingSince)
	day("another day of coming", c.ListedSince)
	if c.Publication.List == "participating" && c.Milestone == nil {
		day("another date", c.Agreement.Signed)
	}
	if c.Holding > 0 {
		replace("one more held", fmt.Sprintf(`"holding":%d`, c.Holding), fmt.Sprintf(`"holding":%d`, c.Holding+1),
			fmt.Sprintf("agency's %d", c.Holding), fmt.Sprintf("agency's %d", c.Holding+1))
	}
	replace("another agency", c.Agreement.Agency, "Elm County Sheriff's Office")
	if c.Before != nil && c.Before.Agency != c.Agreement.Agency {
		replace("another agency before", c.Before.Agency, "Elm County Sheriff's Office")
	}
	if c.Milestone == nil || c.Milestone.Count == 0 {
		replace("another state", `"`+c.Agreement.State+`"`, `"WY"`, stateNames[c.Agreement.State], "Wyoming")
		other := map[string]string{"JEM": "TFM", "TFM": "WSO", "WSO": "JEM"}[c.Agreement.Model]
		replace("another model", `"`+c.Agreement.Model+`"`, `"`+other+`"`, modelNames[c.Agreement.Model], modelNames[other])
	}
	return lies
}

// Lists that contradict what is said of others, one row more at a time.
func TestClaimsFindWhatListsContradict(t *testing.T) {
	changes, lists := claimsOf(t, archived(t, tellClaims()))
	honest := contradictions(changes, lists)
	row := func(state, name, kind, model, day, file string) listRow {
		r := named(name)
		r.number, r.state, r.kind, r.model, r.signed, r.printed, r.documentID = 9999, state, kind, model, day, day, file
		return r
	}
	burnet := "Burnet County Sheriff's Office"
	for _, it := range []struct {
		what, class, file string
		row               listRow
	}{
		{"the withdrawn signed", "signed", "participating-5.xlsx", row("TX", burnet, "county", "TFM", "2025-01-07", "")},
		{"the withdrawn signed under a misprint", "signed", "participating-5.xlsx", row("TX", "Burnett County Sherrifs Dept.", "county", "TFM", "2025-01-07", "")},
		{"the withdrawn signed in another state", "signed", "participating-5.xlsx", row("OK", burnet, "county", "TFM", "2025-01-07", "")},
		{"one that was listed before", "new", "participating-0.xlsx", row("TX", "Texas Rangers", "state", "TFM", "2025-01-08", "")},
		{"one whose file was listed before", "new", "participating-0.xlsx", row("TX", "Mills County Sheriff's Office", "county", "TFM", "2025-01-08", "hays.pdf")},
		{"one that was pending before", "pending", "pending-0.xlsx", row("TX", "Blanco County Sheriff's Office", "county", "JEM", "", "")},
		{"a state that had one", "first", "participating-0.xlsx", row("GA", "Mills County Sheriff's Office", "county", "TFM", "2024-01-08", "")},
		{"a state that had one of a kind", "first", "participating-0.xlsx", row("TX", "State Guard", "state", "WSO", "2024-01-08", "")},
		{"a state that has one", "last", "participating-20.xlsx", row("VT", "Mills County Sheriff's Office", "county", "WSO", "2024-01-08", "")},
		{"one more in the state", "count", "participating-24.xlsx", row("GA", "Mills County Sheriff's Office", "county", "WSO", "2024-01-08", "")},
		{"one more of the agency", "holding", "participating-5.xlsx", row("TX", "Hays County Sheriff's Office", "county", "JEM", "2024-01-08", "")},
		{"the removed under its file", "removed", "participating-20.xlsx", row("VT", "Mills County Sheriff's Office", "county", "TFM", "2024-01-08", "orange.pdf")},
		{"a near name that comes as one goes", "certainty", "participating-24.xlsx", row("GA", "Bartw County Sheriff's Office", "county", "TFM", "2025-01-09", "")},
		{"two names at once of one agency", "same agency", "participating-28.xlsx", row("NV", "Elko County Sheriff's Office", "county", "JEM", "2025-01-09", "")},
	} {
		more := slices.Clone(lists)
		at := slices.IndexFunc(lists, func(l *icesList) bool { return l.file == it.file })
		if at < 0 {
			t.Fatalf("no list is %s", it.file)
		}
		l := *lists[at]
		l.distinct, l.rows = nil, append(slices.Clone(l.rows), it.row)
		more[at] = &l
		if !slices.ContainsFunc(contradictions(changes, more), func(f string) bool { return strings.HasPrefix(f, it.class+": ") && !slices.Contains(honest, f) }) {
			t.Errorf("not found: %s (%s)", it.what, it.class)
		}
	}
}

// What is false of the whole, though each change would do by itself.
func TestClaimsFindFalseStories(t *testing.T) {
	changes, lists := claimsOf(t, archived(t, tellClaims()))
	honest := contradictions(changes, lists)
	first := func(kind, mark string) int {
		return slices.IndexFunc(changes, func(c claim) bool { return c.Kind == kind && (c.Milestone == nil || c.Milestone.Name == mark) })
	}
	again := func(at int) []claim {
		more := copyOf(t, changes[at])
		more.ID, more.Seq = more.ID+"again", len(changes)+1
		return append(slices.Clone(changes), more)
	}
	falsehoods := map[string][]claim{}
	for _, kind := range []string{"new", "pending", "removed", "withdrawn", "restored", "amended"} {
		falsehoods[kind+" told twice"] = again(first(kind, ""))
	}
	for _, mark := range []string{"first-in-state", "first-in-model", "first-of-type", "hundred", "last-in-state", "record-day"} {
		if at := first("milestone", mark); at >= 0 {
			falsehoods[mark+" told twice"] = again(at)
		}
	}
	late := slices.Clone(changes)
	at := first("milestone", "first-in-state")
	late[at] = copyOf(t, changes[at])
	last := lists[len(lists)-2]
	late[at].Publication.SHA256, late[at].Publication.File, late[at].Publication.PublishedAt, late[at].DetectedAt = last.sha, last.file, last.at, last.at
	falsehoods["a first long after"] = late
	for what, told := range falsehoods {
		if found := contradictions(told, lists); !slices.ContainsFunc(found, func(f string) bool { return !slices.Contains(honest, f) }) {
			t.Errorf("not found: %s", what)
		}
	}
}

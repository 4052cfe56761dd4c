package prose

import (
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/watch287g/watch287g/roster"
)

// DayLine says in one line what changes there are: "12 new agreements (8 Task Force, 3
// Jail Enforcement, 1 Warrant Service), 3 newly pending, 1 no longer listed". The models
// are those of the kind that is counted first. passed counts what came and went in
// between, which is none of the changes. It is at most so many characters, of which the
// models go first.
func (l Language) DayLine(changes []roster.Change, passed, width int) string {
	counts := l.countsOf(changes, passed)
	if len(counts) == 0 {
		return ""
	}
	rest := strings.Join(counts[1:], ", ")
	if rest != "" {
		rest = ", " + rest
	}
	if models := l.byModel(changes); models != "" {
		full := l.say("day.by-model", parts{"counts": counts[0], "models": models}) + rest
		if utf8.RuneCountInString(full) <= width {
			return full
		}
	}
	if utf8.RuneCountInString(counts[0]+rest) <= width {
		return counts[0] + rest
	}
	return Shorten(strings.Join(l.fewCounts(changes, passed), ", "), width)
}

// fewCounts counts what is new, pending and gone, and all else at once.
func (l Language) fewCounts(changes []roster.Change, passed int) []string {
	n, other := kindsOf(changes), passed
	for k, of := range n {
		if !l.has("subject." + key(k)) {
			other += of
			delete(n, k)
		}
	}
	if other == 0 {
		return l.countKinds(n)
	}
	return append(l.countKinds(n), l.count("subject.other", other, nil))
}

// countsOf counts the changes of each kind, the first with its noun.
func (l Language) countsOf(changes []roster.Change, passed int) []string {
	counts := l.countKinds(kindsOf(changes))
	if passed > 0 {
		counts = append(counts, l.count("day.passed", passed, nil))
	}
	return counts
}

// countKinds says how many there are of each kind, the first with its noun.
func (l Language) countKinds(n map[roster.Kind]int) (counts []string) {
	form := ".count-alone"
	for _, k := range roster.Kinds() {
		if n[k] > 0 && k != roster.KindMilestone && k != roster.KindPage && k != roster.KindCorrection {
			counts = append(counts, l.count(key(string(k)+form), n[k], nil))
			form = ".count"
		}
	}
	return counts
}

// byModel counts the agreements of the kind that is counted first by their models; ""
// for a single one.
func (l Language) byModel(changes []roster.Change) string {
	kinds := roster.Kinds()
	first := slices.MinFunc(changes, func(a, b roster.Change) int { return slices.Index(kinds, a.Kind) - slices.Index(kinds, b.Kind) }).Kind
	n, of := map[roster.Model]int{}, 0
	for _, c := range changes {
		if c.Kind == first {
			n[c.Agreement.Model.Class()]++
			of++
		}
	}
	if of < 2 || first != roster.KindNew && first != roster.KindPending && first != roster.KindRemoved {
		return ""
	}
	models := slices.SortedFunc(maps.Keys(n), func(a, b roster.Model) int { return 100*(n[b]-n[a]) + strings.Compare(string(a), string(b)) })
	if len(models) == 1 {
		return l.say("day.by-model.all", parts{"model": l.ModelBrief(models[0])})
	}
	return strings.Join(each(models, func(m roster.Model) string {
		return l.count("day.by-model.one", n[m], parts{"model": l.ModelBrief(m)})
	}), ", ")
}

// ModelBrief is a model's name where there is no room for "Model": "Task Force".
func (l Language) ModelBrief(m roster.Model) string {
	k := key("model.brief." + string(m.Class()))
	if !l.has(k) {
		k = "model.brief.other"
	}
	return l.plain(k)
}

// DaySubject says what changes there are, and in which states, in so many characters: "2
// new, 1 newly pending, 1 gone in Florida and Texas", "45 new, 3 newly pending, 1 gone, 2
// other changes in 12 states".
func (l Language) DaySubject(changes []roster.Change, passed, width int) string {
	in := map[roster.State]int{}
	for _, c := range changes {
		in[c.Agreement.State]++
	}
	states := slices.SortedFunc(maps.Keys(in), func(a, b roster.State) int { return strings.Compare(a.Name(), b.Name()) })
	few, places := l.subjectCounts(changes, passed, false), []string{l.States(states), l.Places(in)}
	for _, counts := range []string{l.subjectCounts(changes, passed, true), few} {
		for _, where := range places {
			if s := l.say("subject.in", parts{"counts": counts, "states": where}); len(states) > 0 && utf8.RuneCountInString(s) <= width {
				return s
			}
		}
	}
	return Shorten(few, width)
}

// subjectCounts counts what is new, pending and gone, and the rest by its kinds or at once.
func (l Language) subjectCounts(changes []roster.Change, passed int, byKind bool) string {
	n := kindsOf(changes)
	if len(n) == 1 && passed == 0 {
		return l.countsOf(changes, 0)[0]
	}
	var all []string
	rest := passed
	for _, k := range roster.Kinds() {
		short := "subject." + key(k)
		switch {
		case n[k] == 0:
		case l.has(short):
			all = append(all, l.count(short, n[k], nil))
		case byKind:
			all = append(all, l.count(key(string(k)+".count"), n[k], nil))
		default:
			rest += n[k]
		}
	}
	switch {
	case rest > 0 && byKind:
		all = append(all, l.count("day.passed", rest, nil))
	case rest > 0:
		all = append(all, l.count("subject.other", rest, nil))
	}
	return strings.Join(all, ", ")
}

// Nothing counts what a digest leaves out, as it came to nothing.
type Nothing struct {
	Corrected  int // misprints that ICE put right
	Back       int // agreements and entries that left and came back
	Left       int // those that came back and left again
	Milestones int // that a later one outdid, or that no longer hold
	Documents  int // that are in the end as they were, or whose agreement is no longer listed
}

// Nothing says what a digest leaves out; "" for nothing.
func (l Language) Nothing(n Nothing) string {
	var all []string
	for _, of := range []struct {
		k key
		n int
	}{{"nothing.corrected", n.Corrected}, {"nothing.back", n.Back}, {"nothing.left", n.Left}, {"nothing.milestone", n.Milestones}, {"nothing.document", n.Documents}} {
		if of.n > 0 {
			all = append(all, l.count(of.k, of.n, nil))
		}
	}
	if len(all) == 0 {
		return ""
	}
	return l.say("nothing", parts{"what": strings.Join(all, "; ")})
}

// Passed ends the line of what ended with that it had begun in the time of the same
// message.
func (l Language) Passed(line string) string {
	return l.say("passed.line", parts{"line": line})
}

// EndsTitle is above the lines of what ended: "2 agreements no longer listed, 1 no longer
// pending".
func (l Language) EndsTitle(ends []roster.Change, passed int) string {
	return Capitalize(strings.Join(l.countsOf(ends, passed), ", "))
}

// InAll says behind the lists that a message is from how many agreements there are in all.
func (l Language) InAll(lists string, f roster.Figures) string {
	return l.say("message.in-all", parts{"lists": lists, "active": l.ActiveIn(f)})
}

// Mark is what stands before a line of a message: Symbol, but a dot for a pending entry;
// and what kind of change it is, in words, where the mark does not say it: "Pending",
// "Correction", or "".
func (l Language) Mark(k roster.Kind) (mark, flag string) {
	if k == roster.KindPending {
		return l.plain("mark.pending"), l.Flag(k)
	}
	return l.Symbol(k), l.Flag(k)
}

// Phrase is one that messages have beside their lines, and that only a count changes.
type Phrase string

// The phrases of messages.
const (
	PhraseMore              Phrase = "more"               // how many more there are than are shown: "and 70 more"
	PhraseNotShown          Phrase = "not-shown"          // how many changes a message has no room for
	PhraseFirsts            Phrase = "firsts"             // the title above so many milestones
	PhrasePage              Phrase = "page"               // the title above a change of ICE's page
	PhraseFirstsPage        Phrase = "firsts-page"        // the title above both
	PhraseCorrections       Phrase = "corrections"        // the title above so many corrections of a rebuild
	PhraseCorrectionsFirsts Phrase = "corrections-firsts" // the title above those and others
	PhraseEvidence          Phrase = "evidence"           // what stands before the lists that a message was read from
	PhraseNothing           Phrase = "nothing"            // the headline of a digest all of whose changes came to nothing
	PhraseDecide            Phrase = "decide"             // names the page on which an operator decides about a held list
	PhraseContinued         Phrase = "continued"          // behind a title that stood above already
	PhraseHeld              Phrase = "held"               // names the page that shows what a held list would change
)

// Phrase writes a phrase for a count.
func (l Language) Phrase(p Phrase, n int) string { return l.count("phrase."+key(p), n, nil) }

// AllChanges names the changes from one moment to another: "All changes of July 3, 2025".
func (l Language) AllChanges(first, last time.Time) string {
	days := l.Day(first)
	if roster.Day(first) != roster.Day(last) {
		days = l.Span(first, last)
	}
	return l.say("message.all", parts{"days": days})
}

// AllChangesKept says where the changes of some days are that a message has no room for and
// no page shows.
func (l Language) AllChangesKept(since, until roster.Date) string {
	return l.say("message.all.kept", parts{"since": string(since), "until": string(until)})
}

// ByState begins a paragraph that counts the changes of states.
func (l Language) ByState(counts string) string {
	return strings.TrimSpace(l.say("message.by-state", parts{"counts": counts}))
}

// Item says behind an agency's name, where there is no room for a line, which agreement a
// change is about: "(Task Force)". among says that it stands beside changes of other
// kinds, so that all but what is new say theirs.
func (l Language) Item(c roster.Change, among bool) string {
	p, k := parts{"model": l.ModelBrief(c.Agreement.Model)}, key("message.item")
	if among && c.Kind != roster.KindNew {
		k, p["kind"] = "message.item.kind", l.plain("message.kind."+key(c.Kind))
	}
	return l.say(k, p)
}

// Test is what "notify test" sends to a channel: the headline, and a sentence for its reader.
func (l Language) Test(channel string) (headline, says string) {
	return l.plain("test.headline"), l.say("test.says", parts{"channel": l.Quoted(channel)})
}

// TestExample says that what follows the sentence of a test is no news.
func (l Language) TestExample() string { return l.plain("test.example") }

// TestOf marks the headline of the example.
func (l Language) TestOf(headline string) string {
	return l.say("test.of", parts{"test": l.plain("test.headline"), "headline": headline})
}

// MailFoot says at the end of a mail which channel it is of, and names the link to leave
// it, which follows.
func (l Language) MailFoot(channel string) (says, link string) {
	return l.say("mail.foot", parts{"channel": l.Quoted(channel)}), l.plain("mail.foot.link")
}

package outage

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/watch287g/watch287g/notify/wire"
	"github.com/watch287g/watch287g/prose"
)

const english = prose.English

const (
	mostGroups = 6 // kinds of failure that a report names
	mostNames  = 5 // channels, or recipients, of one kind
)

// Clause is an error's text without the period that the sentence around it has.
func Clause(text string) string { return strings.TrimRight(text, ". ") }

// Roughly says how long something went on, roughly.
func Roughly(d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return fmt.Sprintf("%d days", int(d.Hours()/24))
	case d >= 2*time.Hour:
		return fmt.Sprintf("%d hours", int(d.Hours()))
	case d < 2*time.Minute:
		return "a minute or less"
	}
	return fmt.Sprintf("%d minutes", int(d.Minutes()))
}

// sums are what is said of several channels at once.
type sums struct {
	waiting, sent, givenUp int
	since                  time.Time     // the earliest
	longest                time.Duration // of those that are over
}

func sumsOf(items []Item) sums {
	s := sums{since: items[0].Down}
	for _, i := range items {
		s.waiting += i.Waiting
		s.sent += i.Sent
		s.givenUp += i.GivenUp
		s.longest = max(s.longest, i.Up.Sub(i.Down))
		if i.Down.Before(s.since) {
			s.since = i.Down
		}
	}
	return s
}

// who names the channels, or counts them where they are many: "the channel desk", "50
// channels".
func who(items []Item) string {
	if len(items) == 1 {
		return "the channel " + items[0].Channel
	}
	return english.Plural(len(items), "channel", "channels")
}

// command is "deliveries retry", of the channel where there is one.
func command(items []Item) string {
	if len(items) == 1 {
		return `"watch287g deliveries retry ` + items[0].Channel + `"`
	}
	return `"watch287g deliveries retry"`
}

// names lists channels, and counts those for which there is no room.
func names(all []string) string {
	if n := len(all) - mostNames; n > 0 {
		all = append(slices.Clone(all[:mostNames]), fmt.Sprintf("%d more", n))
	}
	return english.And(all)
}

// TextBegan tells of outages that began.
func TextBegan(items []Item) string {
	s := sumsOf(items)
	text := fmt.Sprintf("Nothing has gotten through to %s since %s%s. %s.", who(items), english.Moment(s.since), because(items), wait(s.waiting))
	if s.waiting > 0 {
		text += fmt.Sprintf(" Each is tried again by itself for 3 days; once it is mended, %s tries at once.", command(items))
	}
	return text + groups(items)
}

// TextLasting tells of outages that were told of before.
func TextLasting(items []Item, now time.Time) string {
	s := sumsOf(items)
	text := fmt.Sprintf("Still nothing gets through to %s, for %s now%s. %s", who(items), Roughly(now.Sub(s.since)), because(items), wait(s.waiting))
	if s.givenUp > 0 {
		text += fmt.Sprintf(", and %s given up after 3 days", english.Plural(s.givenUp, "message was", "messages were"))
	}
	return text + fmt.Sprintf(". Once it is mended, %s sends all of them.", command(items)) + groups(items)
}

// TextEnded tells of outages that are over.
func TextEnded(items []Item) string {
	s := sumsOf(items)
	text := fmt.Sprintf("Messages get through to %s again, after %s%s. %s sent", who(items), upTo(items), Roughly(s.longest),
		english.Plural(s.sent, "message that waited was", "messages that waited were"))
	if s.waiting > 0 {
		text += fmt.Sprintf(", and %d more %s", s.waiting, verb(s.waiting, "follows", "follow"))
	}
	if s.givenUp > 0 {
		text += fmt.Sprintf("; %s given up after 3 days, and %s sends %s, too", english.Plural(s.givenUp, "other was", "others were"),
			command(items), verb(s.givenUp, "it", "them"))
	}
	if text += "."; len(items) > 1 {
		text += "\nThe channels: " + names(channels(items)) + "."
	}
	return text
}

func upTo(items []Item) string {
	if len(items) == 1 {
		return ""
	}
	return "up to "
}

// TextDead tells of messages that were given up for what they are.
func TextDead(items []Item) string {
	var lines []string
	for _, i := range items {
		if i.Dead == 1 {
			lines = append(lines, fmt.Sprintf("A message to the channel %s was given up: %s. Later ones are sent all the same. To send it again: watch287g deliveries retry %s.",
				i.Channel, Clause(i.DeadError), i.DeadID))
			continue
		}
		lines = append(lines, fmt.Sprintf(`%d messages to the channel %s were given up while others got through. The last: %s. "watch287g deliveries --state dead --channel %s" lists them.`,
			i.Dead, i.Channel, Clause(i.DeadError), i.Channel))
	}
	if n := len(lines) - mostGroups; n > 1 {
		lines = append(lines[:mostGroups], fmt.Sprintf(`The same happened in %d more channels; "watch287g deliveries --state dead" lists them.`, n))
	}
	return strings.Join(lines, "\n")
}

// TextRefused tells of recipients that are refused.
func TextRefused(items []Item) string {
	var lines []string
	for _, i := range items {
		var all []string
		for _, r := range i.Refused {
			all = append(all, fmt.Sprintf("%s (%s)", wire.Mask(r.Part), Clause(r.Answer)))
		}
		lines = append(lines, fmt.Sprintf("The mail server takes no mail for %s of the channel %s: %s. The others have theirs. This is reported once per address: correct or remove it in the configuration. %s sends what was missed.",
			english.Plural(len(all), "recipient", "recipients"), i.Channel, names(all), command([]Item{i})))
	}
	return strings.Join(lines, "\n")
}

func channels(items []Item) []string {
	all := make([]string, len(items))
	for i, item := range items {
		all[i] = item.Channel
	}
	return all
}

func verb(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// wait says how many messages wait.
func wait(n int) string {
	if n == 0 {
		return "No message waits"
	}
	return english.Plural(n, "message waits", "messages wait")
}

// because is the reason where all channels have the same.
func because(items []Item) string {
	for _, i := range items {
		if Clause(i.Error) != Clause(items[0].Error) {
			return ""
		}
	}
	return ": " + Clause(items[0].Error)
}

// groups are the reasons with their channels, in lines; "" where one is said already
// and there is no more to name.
func groups(items []Item) string {
	if len(items) == 1 {
		return ""
	}
	byReason := map[string][]string{}
	for _, i := range items {
		byReason[Clause(i.Error)] = append(byReason[Clause(i.Error)], i.Channel)
	}
	if len(byReason) == 1 {
		return "\nThe channels: " + names(channels(items)) + "."
	}
	reasons := make([]string, 0, len(byReason))
	for reason := range byReason {
		reasons = append(reasons, reason)
	}
	slices.SortFunc(reasons, func(a, b string) int {
		return cmp.Or(len(byReason[b])-len(byReason[a]), cmp.Compare(a, b))
	})
	var lines strings.Builder
	left := len(items)
	for i, reason := range reasons {
		if i == mostGroups {
			fmt.Fprintf(&lines, "\nOther reasons: %s.", english.Plural(left, "channel", "channels"))
			break
		}
		left -= len(byReason[reason])
		fmt.Fprintf(&lines, "\n%s: %s.", names(byReason[reason]), reason)
	}
	return lines.String()
}

// Without leaves out a channel, which is not told of itself.
func Without(items []Item, channel string) []Item {
	return slices.DeleteFunc(slices.Clone(items), func(i Item) bool { return i.Channel == channel })
}

package notify

import (
	"cmp"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/nicholas-fedor/shoutrrr/pkg/types"

	"github.com/watch287g/watch287g/notify/letter"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// hasTitle says whether the title stands apart from the text. What the address sets, it
// keeps, and Telegram takes a title only where the address asks for no markup.
func (c *chat) hasTitle() bool {
	titled := []string{"bark", "discord", "gotify", "join", "lark", "ntfy", "pushbullet", "pushover", "teams", "telegram"}
	return slices.Contains(titled, c.scheme) && !c.sets("title") && !c.sets("parsemode")
}

// sets says whether the address sets something.
func (c *chat) sets(name string) bool {
	u, err := url.Parse(c.address)
	if err != nil {
		return false
	}
	for key := range u.Query() {
		if strings.EqualFold(key, name) {
			return true
		}
	}
	return false
}

// text is the page, short enough for the service, without what its title says.
func (c *chat) text(page Page) string {
	limit, ok := chatLimits[c.scheme]
	if !ok {
		limit = chatLimit
	}
	title := ""
	if c.hasTitle() {
		title = page.Subject
		limit -= len(title)
	}
	for room := limit; ; room -= 50 { // each mention grows by what keeps it from being one
		text := withoutMentions(page.TextUpTo(room))
		if title != "" {
			text = strings.TrimPrefix(text, title+"\n")
		}
		if len(text) <= limit || room <= 50 {
			return strings.TrimSpace(text)
		}
	}
}

// preview is the message as the service shows it.
func (c *chat) preview(m Message) string {
	page := Compose(m, c.links)
	p := *c.params(m, page)
	head := ""
	for _, name := range []string{"title", "click", "tags"} {
		if p[name] != "" {
			head += prose.Capitalize(name) + ": " + p[name] + "\n"
		}
	}
	if head != "" {
		head += "\n"
	}
	return head + c.text(page)
}

// params are the settings that go with the text. All are set each time, as some services
// keep what they were given last.
func (c *chat) params(m Message, page Page) *types.Params {
	params := types.Params{}
	if c.scheme == "discord" {
		params["splitLines"] = "No" // else each line is a card of its own
	}
	if c.hasTitle() {
		params["title"] = letter.HeaderText(withoutMentions(page.Subject))
	}
	if c.scheme == "ntfy" && !c.sets("click") {
		params["click"] = page.click()
	}
	if c.scheme == "ntfy" && !c.sets("tags") {
		params["tags"] = strings.Join(tags(m, page), ",")
	}
	return &params
}

// click is where a tap on a notification leads: to the page of the agency or the milestone
// that it is about, or to all of its changes; "" where there are no pages.
func (p Page) click() string {
	switch {
	case p.single && len(p.Sections) == 1:
		return p.Sections[0].Lines[0].Link
	case p.single && len(p.Notes) == 1:
		return p.Notes[0].Link
	case p.Body != "" && len(p.Evidence) > 0: // of a notice
		return p.Evidence[0].URL
	}
	return p.More
}

// tags are what ntfy shows as a picture for each kind of news in a message, in its order,
// and the states that it is about where they are few.
func tags(m Message, p Page) []string {
	if m.Delivery.Notice != nil {
		return []string{"wrench"}
	}
	if m.Test {
		return []string{"test_tube"}
	}
	mends := slices.ContainsFunc(p.Notes, func(n Note) bool { return n.Kind == roster.KindCorrection })
	has := map[string]bool{"star": len(p.Notes) > 0 && !mends, "pencil2": mends}
	pictures := map[roster.Kind]string{roster.KindNew: "heavy_plus_sign", roster.KindPending: "hourglass", roster.KindRemoved: "heavy_minus_sign",
		roster.KindWithdrawn: "heavy_minus_sign", roster.KindRestored: "leftwards_arrow_with_hook"}
	states := map[string]bool{}
	for _, s := range append(slices.Clone(p.Sections), p.Ends) {
		for _, l := range s.Lines {
			has[cmp.Or(pictures[l.Kind], "pencil2")] = true
			states[string(l.State)] = true
		}
	}
	var all []string
	for _, tag := range []string{"heavy_plus_sign", "hourglass", "heavy_minus_sign", "leftwards_arrow_with_hook", "pencil2", "star"} {
		if has[tag] {
			all = append(all, tag)
		}
	}
	if len(states) <= fewStates {
		all = append(all, slices.Sorted(maps.Keys(states))...)
	}
	return all
}

// fewStates are as many as a notification names.
const fewStates = 5

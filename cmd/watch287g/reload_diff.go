package main

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/watch287g/watch287g/config"
)

// changesBetween says in what two configurations differ, a sentence a line. It shows no
// value that could be a secret.
func changesBetween(before, next *live) []string {
	lines := slices.Concat(changedChannels(before, next), changedKeys(before.config, next.config))
	if before.config.Aliases == next.config.Aliases && !reflect.DeepEqual(before.diff.Aliases, next.diff.Aliases) {
		lines = append(lines, "The alias file has other aliases.")
	}
	return lines
}

func changedChannels(before, next *live) (lines []string) {
	for _, ch := range next.config.Channels {
		old, there := before.channel(ch.Name)
		switch {
		case !there:
			lines = append(lines, fmt.Sprintf("Channel %s is new.", ch.Name))
		case !reflect.DeepEqual(old, ch):
			lines = append(lines, fmt.Sprintf("Channel %s has %s.", ch.Name, strings.Join(channelChanges(old, ch), ", ")))
		}
	}
	for _, ch := range before.config.Channels {
		if _, there := next.channel(ch.Name); !there {
			lines = append(lines, fmt.Sprintf("Channel %s is gone.", ch.Name))
		}
	}
	return lines
}

// channelChanges says what of a channel is another than before.
func channelChanges(old, now config.Channel) (what []string) {
	switch {
	case !samePlace(old, now):
		what = append(what, "another place")
	case !reflect.DeepEqual(settingsOf(old), settingsOf(now)):
		what = append(what, "other settings or secrets")
	}
	if !reflect.DeepEqual(old.Only, now.Only) {
		what = append(what, "another choice of changes")
	}
	if !reflect.DeepEqual(ruleOf(old).Schedule, ruleOf(now).Schedule) {
		what = append(what, "another schedule")
	}
	if old.Operator != now.Operator {
		what = append(what, map[bool]string{true: "become the operator's", false: "ceased to be the operator's"}[now.Operator])
	}
	return what
}

// settingsOf are a channel's place and how it is reached.
func settingsOf(c config.Channel) []any { return []any{c.Slack, c.Email, c.Webhook, c.Chat} }

// samePlace says whether what was sent of a message under one configuration is where it
// belongs under the other. A mail's parts are its recipients, whose mail stays with them.
func samePlace(a, b config.Channel) bool {
	switch {
	case a.Slack != nil && b.Slack != nil:
		return a.Slack.WebhookURL.Reveal() == b.Slack.WebhookURL.Reveal() && a.Slack.Channel == b.Slack.Channel
	case a.Email != nil && b.Email != nil:
		return slices.Equal(a.Email.To, b.Email.To)
	case a.Webhook != nil && b.Webhook != nil:
		return a.Webhook.URL.Reveal() == b.Webhook.URL.Reveal()
	case a.Chat != nil && b.Chat != nil:
		return a.Chat.URL.Reveal() == b.Chat.URL.Reveal()
	}
	return false
}

// changedPlaces are the channels that are built anew, and whether their place is another
// one, which has no part of any message yet.
func changedPlaces(before, next *live) map[string]bool {
	changed := map[string]bool{}
	for _, ch := range next.config.Channels {
		if old, there := before.channel(ch.Name); there && !reflect.DeepEqual(settingsOf(old), settingsOf(ch)) {
			mails := old.Email != nil && ch.Email != nil
			changed[ch.Name] = !samePlace(old, ch) && !mails
		}
	}
	return changed
}

// changedKeys names the other keys that have another value.
func changedKeys(before, next config.Config) (lines []string) {
	say := func(key string, old, now any) {
		if !reflect.DeepEqual(old, now) {
			lines = append(lines, key+" has another value.")
		}
	}
	a, b := before.Source, next.Source
	say("source.page", a.Page, b.Page)
	say("source.mirror", a.Mirror, b.Mirror)
	say("source.every", a.Every, b.Every)
	say("source.contact", a.Contact, b.Contact)
	say("source.timeout", a.Timeout, b.Timeout)
	say("source.failing", a.Failing, b.Failing)
	say("source.silence", a.Silence, b.Silence)
	say("holds.accept", before.Holds.Accept, next.Holds.Accept)
	say("holds.undo", before.Holds.Undo, next.Holds.Undo)
	say("aliases", before.Aliases, next.Aliases)
	say("web.url", before.Web.URL, next.Web.URL)
	say("documents", before.Documents, next.Documents)
	say("readers", before.Readers, next.Readers)
	return lines
}

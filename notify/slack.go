package notify

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackutilsx"
)

// SlackConfig says where in Slack a channel is: an incoming webhook's URL,
// or a bot's token and a channel that the bot is in.
type SlackConfig struct {
	WebhookURL string
	Token      string
	Channel    string // "#texas" or an id; with a token
	APIURL     string // Slack's own unless given
}

// Slack takes about one message a second for a channel, and answers within a
// second or not at all.
const (
	slackPace    = time.Second
	slackTimeout = 30 * time.Second
)

// slackChannel posts to one channel of Slack.
type slackChannel struct {
	config SlackConfig
	client *http.Client
	api    *slack.Client // nil with a webhook
	links  Links
	now    func() time.Time
	pace   time.Duration
	next   time.Time // when Slack takes another message
}

// NewSlack makes a channel that posts to Slack. With a token a long message
// becomes a thread, and a correction replies to the message that it corrects; a
// webhook can do neither, and gets numbered messages.
func NewSlack(c SlackConfig, t Deps) Channel {
	s := &slackChannel{config: c, client: t.Client, links: t.Links, now: t.Now, pace: cmp.Or(t.SlackPace, slackPace)}
	if c.Token != "" {
		options := []slack.Option{slack.OptionHTTPClient(t.Client)}
		if c.APIURL != "" {
			options = append(options, slack.OptionAPIURL(strings.TrimSuffix(c.APIURL, "/")+"/"))
		}
		s.api = slack.New(c.Token, options...)
	}
	return s
}

// preview is the message in one piece, without replies in threads.
func (s *slackChannel) preview(m Message) string {
	return joinText(slackPage(Compose(m, s.links)).textLines(false))
}

// slackPost is one message as Slack has it.
type slackPost struct {
	slackPiece
	part      string
	root      string // the part whose thread it goes on; "" for none
	replyTo   string // the message that it corrects, as the answer to it named it
	broadcast bool   // shown in the channel too, not in the thread alone
}

// Send posts the parts that were not sent yet.
func (s *slackChannel) Send(ctx context.Context, m Message, done func(part, answer string)) error {
	answers := map[string]string{}
	for _, r := range m.Delivery.Receipts {
		answers[r.Part] = r.Answer
	}
	for _, p := range s.posts(m) {
		if _, sent := answers[p.part]; sent {
			continue
		}
		if err := s.wait(ctx); err != nil {
			return err
		}
		if p.root != "" {
			p.replyTo = answers[p.root]
		}
		answer, err := s.post(ctx, p)
		if err != nil {
			return err
		}
		answers[p.part] = answer
		done(p.part, answer)
	}
	return nil
}

// posts are the messages that a message becomes: the news, then the corrections
// of messages that can be replied to. They are the same in every try.
func (s *slackChannel) posts(m Message) []slackPost {
	main, replies := m, []correction(nil)
	if s.api != nil {
		main, replies = corrections(m)
	}
	var posts []slackPost
	add := func(m Message, replyTo string) {
		first := ""
		for _, piece := range slackPieces(Compose(m, s.links)) {
			p := slackPost{slackPiece: piece, part: strconv.Itoa(len(posts) + 1), replyTo: replyTo}
			switch {
			case s.api == nil:
			case replyTo != "":
				p.broadcast = first == ""
			default:
				p.root = first
			}
			if first == "" {
				first = p.part
			}
			posts = append(posts, p)
		}
	}
	if len(main.Changes) > 0 || len(replies) == 0 {
		add(main, "")
	}
	for _, r := range replies {
		add(r.message, r.replyTo)
	}
	return posts
}

// correction is what corrects one message that was sent.
type correction struct {
	replyTo string
	message Message
}

// mostReplies is how many earlier messages one message replies to at most. More would bury
// the channel: then all of it is in the message itself.
const mostReplies = 3

// corrections separates what corrects known messages from the rest of a message. A digest
// stays whole: what a correction of it comes to, only all of its changes say.
func corrections(m Message) (rest Message, taken []correction) {
	if m.digest() {
		return m, nil
	}
	rest = m
	rest.Changes = nil
	for _, c := range m.Changes {
		replyTo := m.Corrects[c.ID]
		if channel, ts := splitSlackAnswer(replyTo); channel == "" || ts == "" {
			rest.Changes = append(rest.Changes, c)
			continue
		}
		i := slices.IndexFunc(taken, func(t correction) bool { return t.replyTo == replyTo })
		if i < 0 {
			i = len(taken)
			one := m
			one.Changes = nil
			taken = append(taken, correction{replyTo: replyTo, message: one})
		}
		taken[i].message.Changes = append(taken[i].message.Changes, c)
	}
	if len(taken) > mostReplies {
		return m, nil
	}
	return rest, taken
}

// splitSlackAnswer splits an answer into Slack's channel and timestamp.
func splitSlackAnswer(answer string) (channel, ts string) {
	channel, ts, _ = strings.Cut(answer, ":")
	return channel, ts
}

// wait holds the next message back until Slack takes it.
func (s *slackChannel) wait(ctx context.Context) error {
	pause := max(0, time.Until(s.next))
	s.next = time.Now().Add(pause + s.pace)
	select {
	case <-time.After(pause):
	case <-ctx.Done():
	}
	return ctx.Err()
}

// post sends one message and returns how Slack names it.
func (s *slackChannel) post(ctx context.Context, p slackPost) (answer string, err error) {
	limited, cancel := context.WithTimeout(ctx, slackTimeout)
	defer cancel()
	if s.api == nil {
		err = s.postHook(limited, p)
	} else {
		answer, err = s.postMessage(limited, p)
	}
	switch {
	case err == nil:
		return answer, nil
	case ctx.Err() != nil: // we were told to stop
		return "", ctx.Err()
	}
	return "", slackFailure(err)
}

// postMessage posts with the token. Where the corrected message can no longer be
// replied to, the correction is posted by itself.
func (s *slackChannel) postMessage(ctx context.Context, p slackPost) (answer string, err error) {
	channel := s.config.Channel
	options := []slack.MsgOption{slack.MsgOptionText(p.text, true), slack.MsgOptionBlocks(p.blocks...),
		slack.MsgOptionDisableLinkUnfurl(), slack.MsgOptionDisableMediaUnfurl()}
	threaded := options
	if in, ts := splitSlackAnswer(p.replyTo); ts != "" {
		channel, threaded = in, append(threaded, slack.MsgOptionTS(ts))
		if p.broadcast {
			threaded = append(threaded, slack.MsgOptionBroadcast())
		}
	}
	id, ts, err := s.api.PostMessageContext(ctx, channel, threaded...)
	if isThreadGone(err) {
		id, ts, err = s.api.PostMessageContext(ctx, s.config.Channel, options...)
	}
	if err != nil {
		return "", err
	}
	return id + ":" + ts, nil
}

// postHook posts to the webhook. Unlike slack-go's own it reads what Slack says
// is wrong.
func (s *slackChannel) postHook(ctx context.Context, p slackPost) error {
	no := false
	body, err := json.Marshal(slack.WebhookMessage{Text: slackutilsx.EscapeMessage(p.text),
		Blocks: &slack.Blocks{BlockSet: p.blocks}, UnfurlLinks: &no, UnfurlMedia: &no})
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.config.WebhookURL, bytes.NewReader(body))
	if err != nil { // the error quotes the address
		return permanent("the webhook's address is not valid")
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := s.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close() //nolint:errcheck // it was read as far as it matters
	if resp.StatusCode == http.StatusOK {
		return nil
	}
	said, _ := io.ReadAll(io.LimitReader(resp.Body, 1<<10)) // which only adds to the status
	return hookStatus(resp, string(said), s.now())
}

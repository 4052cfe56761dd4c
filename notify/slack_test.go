package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/watch287g/watch287g/internal/golden"
	"github.com/watch287g/watch287g/roster"
)

func TestSlackGolden(t *testing.T) {
	for name, m := range inBothLanguages() {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &fakeSlack{t: t}
				through, err := sendAll(f.hook(), m)
				if err != nil || len(through) != len(f.posts) {
					t.Fatalf("%d parts of %d messages through, %v", len(through), len(f.posts), err)
				}
				var all bytes.Buffer
				for _, p := range f.posts {
					all.WriteString(indented(t, string(p.Body)) + "\n")
				}
				golden.Compare(t, "slack/"+name+".json", all.Bytes())
			})
		})
	}
}

// Whatever ICE prints, every line is there, in order and once, on a screen and in one
// message; where there are more, every state is named, and all others are counted.
func TestSlackShowsEveryLine(t *testing.T) {
	for name, m := range inBothLanguages() {
		p := Compose(m, fixtureLinks)
		pieces := slackPieces(p)
		if len(pieces) != 1 {
			t.Errorf("%s: %d messages", name, len(pieces))
		}
		rest, onScreen := shownInSlack(t, pieces[0]), p.lines() <= screenful
		for _, sec := range p.Sections {
			if _, after, found := strings.Cut(rest, sec.Title); !found {
				t.Errorf("%s: %q is missing or out of order", name, sec.Title)
			} else {
				rest = after
			}
			for _, l := range sec.Lines {
				if !onScreen {
					break
				}
				_, after, found := strings.Cut(rest, l.String())
				if !found {
					t.Errorf("%s: %q is missing or out of order", name, l.String())
				}
				rest = after
			}
		}
		left, shown := 0, 0
		if more := notShown.FindStringSubmatch(rest); more != nil {
			if left, _ = strconv.Atoi(more[1]); left == 0 || onScreen {
				t.Errorf("%s: %q, though all is on the screen %t", name, more, onScreen)
			}
		}
		for _, one := range []*regexp.Regexp{inlineItem, regexp.MustCompile(`(?m)^[+•−~·] `)} {
			shown += len(one.FindAllString(shownInSlack(t, pieces[0]), -1))
		}
		if !onScreen && shown+left != len(m.Changes) {
			t.Errorf("%s: %d shown and %d more of %d", name, shown, left, len(m.Changes))
		}
	}
}

// shownInSlack is the text of a message's body.
func shownInSlack(t *testing.T, piece slackPiece) string {
	t.Helper()
	var shown strings.Builder
	for _, b := range piece.blocks[1:] {
		raw, err := json.Marshal(b)
		if err != nil {
			t.Fatal(err)
		}
		var shape slackBlockShape
		if json.Unmarshal(raw, &shape) != nil || shape.Type != "rich_text" {
			continue
		}
		for _, e := range shape.Elements[0].Elements {
			shown.WriteString(*e.Text)
		}
		shown.WriteString("\n")
	}
	return shown.String()
}

// longNotice is what does not fit into one message.
func longNotice() Message {
	m := serviceFixtures()["held"]
	m.Delivery.Notice.Text = strings.Repeat(strings.Repeat("It looks wrong. ", 150)+"\n", 20)
	return m
}

func TestSlackThread(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeSlack{t: t}
		through, err := sendAll(f.bot(), longNotice())
		if err != nil || len(through) < 3 {
			t.Fatalf("%d parts, %v", len(through), err)
		}
		for i, p := range f.posts {
			wantThread := ""
			if i > 0 {
				wantThread = "1751573220.000001"
				if p.At.Sub(f.posts[i-1].At) < time.Second {
					t.Errorf("part %d comes %s after the one before", i+1, p.At.Sub(f.posts[i-1].At))
				}
			}
			if p.Form.Get("thread_ts") != wantThread || p.Form.Get("reply_broadcast") != "" || p.URL != "https://slack.example/api/chat.postMessage" {
				t.Errorf("part %d: %v", i+1, p.Form)
			}
			want := roster.Receipt{Part: strconv.Itoa(i + 1), Answer: fmt.Sprintf("C0TEXAS:1751573220.00%04d", i+1)}
			if through[i] != want {
				t.Errorf("part %d is through as %v, want %v", i+1, through[i], want)
			}
			if number := fmt.Sprintf("(%d/%d)", i+1, len(f.posts)); !strings.Contains(string(p.Payload.Blocks[0]), number) {
				t.Errorf("part %d has no number %s", i+1, number)
			}
		}
		if channel := f.posts[0].Form.Get("channel"); channel != "#texas" {
			t.Errorf("posted to %q", channel)
		}
	})
}

// What got through in an earlier try is not sent again, and its thread goes on.
func TestSlackResumes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := longNotice()
		f := &fakeSlack{t: t, answer: func(nth int) *http.Response {
			if nth == 2 {
				return slackAnswer(429, "", "Retry-After", "30")
			}
			return nil
		}}
		through, err := sendAll(f.bot(), m)
		var failure *Failure
		if len(through) != 1 || !errors.As(err, &failure) || failure.RetryAfter != 30*time.Second || failure.Permanent {
			t.Fatalf("%v through, %v", through, err)
		}
		again := &fakeSlack{t: t}
		m.Delivery.Receipts = through
		rest, err := sendAll(again.bot(), m)
		if err != nil {
			t.Fatal(err)
		}
		if rest[0].Part != "2" || again.posts[0].Form.Get("thread_ts") != "1751573220.000001" {
			t.Errorf("goes on with part %s in the thread %q", rest[0].Part, again.posts[0].Form.Get("thread_ts"))
		}
		if !slices.EqualFunc(again.posts[0].Payload.Blocks, f.posts[1].Payload.Blocks, func(a, b json.RawMessage) bool { return bytes.Equal(a, b) }) {
			t.Error("part 2 is another than in the first try")
		}
		m.Delivery.Receipts = slices.Concat(through, rest)
		if none, err := sendAll(again.bot(), m); len(none) != 0 || err != nil {
			t.Errorf("all is through, and yet %v, %v", none, err)
		}
	})
}

func TestSlackCorrectionReplies(t *testing.T) {
	m := fixtures()["new-and-restored"]
	restored := m.Changes[1]
	m.Corrects = map[string]string{restored.ID: "C0TEXAS:1750000000.000100"}
	synctest.Test(t, func(t *testing.T) {
		f := &fakeSlack{t: t}
		if _, err := sendAll(f.bot(), m); err != nil || len(f.posts) != 2 {
			t.Fatalf("%d messages, %v", len(f.posts), err)
		}
		news, reply := f.posts[0], f.posts[1]
		if news.Form.Get("thread_ts") != "" || strings.Contains(news.Form.Get("blocks"), "Correction") || !strings.Contains(news.Payload.Text, "1 new") {
			t.Errorf("the news: %v", news.Form)
		}
		if reply.Form.Get("thread_ts") != "1750000000.000100" || reply.Form.Get("reply_broadcast") != "true" || reply.Form.Get("channel") != "C0TEXAS" {
			t.Errorf("the correction: %v", reply.Form)
		}
		if !strings.Contains(reply.Form.Get("blocks"), "Correction: ") || !strings.Contains(reply.Payload.Text, "correction") {
			t.Errorf("the reply says %s", reply.Form.Get("blocks"))
		}
		golden.Compare(t, "slack/correction-reply.txt", []byte(reply.Payload.Text+"\n"+indented(t, reply.Form.Get("blocks"))+"\n"))
	})
}

func indented(t *testing.T, s string) string {
	t.Helper()
	var b bytes.Buffer
	if err := json.Indent(&b, []byte(s), "", "  "); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// A correction alone is one reply, and a webhook, which cannot reply, says it in
// a message of its own.
func TestSlackCorrectionAlone(t *testing.T) {
	m := fixtures()["restored"]
	m.Corrects = map[string]string{m.Changes[0].ID: "C0TEXAS:1750000000.000100"}
	synctest.Test(t, func(t *testing.T) {
		for name, open := range map[string]func(*fakeSlack) Channel{"bot": (*fakeSlack).bot, "hook": (*fakeSlack).hook} {
			f := &fakeSlack{t: t}
			if _, err := sendAll(open(f), m); err != nil || len(f.posts) != 1 {
				t.Errorf("%s: %d messages, %v", name, len(f.posts), err)
			}
		}
	})
}

// The message that a correction belongs to may have been deleted meanwhile.
func TestSlackThreadGone(t *testing.T) {
	m := fixtures()["restored"]
	m.Corrects = map[string]string{m.Changes[0].ID: "C0TEXAS:1750000000.000100"}
	synctest.Test(t, func(t *testing.T) {
		f := &fakeSlack{t: t, answer: func(nth int) *http.Response {
			if nth == 1 {
				return slackAnswer(200, `{"ok":false,"error":"thread_not_found"}`)
			}
			return nil
		}}
		through, err := sendAll(f.bot(), m)
		if err != nil || len(through) != 1 || f.posts[1].Form.Get("thread_ts") != "" || f.posts[1].Form.Get("channel") != "#texas" {
			t.Errorf("%v, %v", through, err)
		}
	})
}

func TestSlackFailures(t *testing.T) {
	for _, tt := range []struct {
		name      string
		bot       bool
		status    int
		body      string
		permanent bool
		after     time.Duration
		says      string
	}{
		{"gone hook", false, 404, "no_service", true, 0, "no_service"},
		{"archived", false, 410, "channel_is_archived", true, 0, "channel_is_archived"},
		{"invalid payload", false, 400, "invalid_payload", true, 0, "invalid_payload"},
		{"prohibited", false, 403, "action_prohibited", true, 0, "action_prohibited"},
		{"too many", false, 429, "", false, 7 * time.Second, "429"},
		{"out of order", false, 503, "<html>", false, 0, "503 Service Unavailable"},
		{"rollup", false, 500, "rollup_error", false, 0, "rollup_error"},
		{"invalid auth", true, 200, `{"ok":false,"error":"invalid_auth"}`, true, 0, "invalid_auth"},
		{"no channel", true, 200, `{"ok":false,"error":"channel_not_found"}`, true, 0, "invite the bot"},
		{"not known", true, 200, `{"ok":false,"error":"moon_phase"}`, false, 0, "moon_phase"},
		{"internal", true, 200, `{"ok":false,"error":"internal_error"}`, false, 0, "internal_error"},
		{"bot too many", true, 429, "", false, 7 * time.Second, "too many"},
		{"bot out of order", true, 502, "<html>", false, 0, "502 Bad Gateway"},
		{"bot garbage", true, 200, "<html>", false, 0, "cannot be reached"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &fakeSlack{t: t, answer: func(int) *http.Response {
					return slackAnswer(tt.status, tt.body, "Retry-After", strconv.Itoa(int(tt.after.Seconds())))
				}}
				c := f.hook()
				if tt.bot {
					c = f.bot()
				}
				_, err := sendAll(c, fixtures()["one-new"])
				var failure *Failure
				if !errors.As(err, &failure) {
					t.Fatalf("%v is no failure", err)
				}
				if failure.Permanent != tt.permanent || failure.RetryAfter != tt.after || !strings.Contains(err.Error(), tt.says) {
					t.Errorf("%+v: %v", failure, err)
				}
				if strings.Contains(err.Error(), "secret") {
					t.Errorf("a secret in %q", err)
				}
			})
		})
	}
}

func TestSlackHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeSlack{t: t, hang: true}
		for _, c := range []Channel{f.hook(), f.bot()} {
			began := time.Now()
			_, err := sendAll(c, fixtures()["one-new"])
			var failure *Failure
			if !errors.As(err, &failure) || failure.Permanent || !strings.Contains(err.Error(), "within 30 seconds") || strings.Contains(err.Error(), "secret") {
				t.Errorf("%v", err)
			}
			if took := time.Since(began); took != slackTimeout {
				t.Errorf("gave up after %s", took)
			}
		}
	})
}

// Reported to stop, it stops: in a request, and between two messages.
func TestSlackStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeSlack{t: t}
		ctx, cancel := context.WithTimeout(t.Context(), 2500*time.Millisecond)
		defer cancel()
		parts := 0
		err := f.hook().Send(ctx, longNotice(), func(string, string) { parts++ })
		if !errors.Is(err, context.DeadlineExceeded) || parts != 3 {
			t.Errorf("%d parts, %v", parts, err)
		}
		f.hang = true
		stop, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		if err := f.hook().Send(stop, fixtures()["one-new"], func(string, string) {}); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

func TestSlackErrorsHideSecrets(t *testing.T) {
	deps := Deps{Now: time.Now, Client: &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
		return nil, fmt.Errorf("dial tcp %s: Post %q: %s", r.URL.Path, r.URL, r.Header.Get("Authorization"))
	})}}
	for _, c := range []SlackConfig{
		{WebhookURL: slackHook},
		{WebhookURL: "https://hooks.slack.example/%zz-very-secret"},
		{WebhookURL: "very-secret"},
		{Token: slackToken, Channel: "#texas"},
	} {
		_, err := sendAll(NewSlack(c, deps), fixtures()["one-new"])
		if err == nil || strings.Contains(err.Error(), "very-secret") {
			t.Errorf("%v", err)
		}
	}
}

package notify

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// fakeSlack takes the place of Slack behind an http.Client, without a network,
// so that a test's clock can run ahead. It holds every message to the limits of
// Block Kit as Slack does.
type fakeSlack struct {
	t      *testing.T
	answer func(nth int) *http.Response // nil, or its nil, is success
	hang   bool
	posts  []postedToSlack
}

// postedToSlack is a message as it was posted.
type postedToSlack struct {
	At      time.Time
	URL     string
	Body    []byte     // what a webhook got
	Form    url.Values // what the API got
	Payload slackPayload
}

type slackPayload struct {
	Text        string            `json:"text"`
	Blocks      []json.RawMessage `json:"blocks"`
	UnfurlLinks *bool             `json:"unfurl_links"`
	UnfurlMedia *bool             `json:"unfurl_media"`
}

const (
	slackHook  = "https://hooks.slack.example/services/T00/B00/very-secret"
	slackToken = "xoxb-very-secret"
)

func (f *fakeSlack) client() *http.Client {
	return &http.Client{Transport: roundTripper(f.take)}
}

func (f *fakeSlack) take(r *http.Request) (*http.Response, error) {
	if f.hang {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	p := postedToSlack{At: time.Now(), URL: r.URL.String(), Body: body}
	if strings.HasSuffix(r.URL.Path, "/chat.postMessage") {
		p.Form, err = url.ParseQuery(string(body))
		no := p.Form.Get("unfurl_links") == "true"
		p.Payload = slackPayload{Text: p.Form.Get("text"), UnfurlLinks: &no, UnfurlMedia: &no}
		err = errors.Join(err, json.Unmarshal([]byte(p.Form.Get("blocks")), &p.Payload.Blocks))
	} else {
		err = json.Unmarshal(body, &p.Payload)
	}
	if err != nil {
		f.t.Errorf("Slack cannot read %s: %v", body, err)
	}
	checkBlockKit(f.t, p.Payload)
	f.posts = append(f.posts, p)
	if f.answer != nil {
		if resp := f.answer(len(f.posts)); resp != nil {
			return resp, nil
		}
	}
	if p.Form == nil {
		return slackAnswer(200, "ok"), nil
	}
	return slackAnswer(200, fmt.Sprintf(`{"ok":true,"channel":"C0TEXAS","ts":"1751573220.00%04d"}`, len(f.posts))), nil
}

func slackAnswer(status int, body string, headers ...string) *http.Response {
	rec := httptest.NewRecorder()
	for i := 0; i+1 < len(headers); i += 2 {
		rec.Header().Set(headers[i], headers[i+1])
	}
	rec.WriteHeader(status)
	rec.WriteString(body) //nolint:errcheck // into memory
	return rec.Result()
}

// hook and bot are the two ways into Slack.
func (f *fakeSlack) hook() Channel {
	return NewSlack(SlackConfig{WebhookURL: slackHook}, f.deps())
}

func (f *fakeSlack) bot() Channel {
	return NewSlack(SlackConfig{Token: slackToken, Channel: "#texas", APIURL: "https://slack.example/api"}, f.deps())
}

func (f *fakeSlack) deps() Deps {
	return Deps{Client: f.client(), Now: time.Now, Links: fixtureLinks}
}

// checkBlockKit is what Slack checks, and what it does not say that it checks.
func checkBlockKit(t *testing.T, p slackPayload) {
	t.Helper()
	if p.Text == "" || utf8.RuneCountInString(p.Text) > 4000 || strings.ContainsAny(p.Text, "<>") {
		t.Errorf("fallback text %q", p.Text)
	}
	if p.UnfurlLinks == nil || *p.UnfurlLinks || p.UnfurlMedia == nil || *p.UnfurlMedia {
		t.Error("links are unfurled")
	}
	if n := len(p.Blocks); n < 1 || n > 50 {
		t.Errorf("%d blocks", n)
	}
	total := 0
	for i, raw := range p.Blocks {
		total += len(raw)
		var b slackBlockShape
		if err := json.Unmarshal(raw, &b); err != nil {
			t.Fatal(err)
		}
		b.check(t, i)
	}
	if total > 13_000 {
		t.Errorf("blocks of %d bytes", total)
	}
}

// slackBlockShape is as much of a block as has limits.
type slackBlockShape struct {
	Type     string          `json:"type"`
	Text     json.RawMessage `json:"text"`
	Elements []struct {
		Type     string `json:"type"`
		Text     string `json:"text"`
		Elements []struct {
			Type string  `json:"type"`
			Text *string `json:"text"`
			URL  string  `json:"url"`
		} `json:"elements"`
	} `json:"elements"`
}

func (b slackBlockShape) check(t *testing.T, i int) {
	t.Helper()
	switch b.Type {
	case "header":
		var text struct{ Type, Text string }
		if err := json.Unmarshal(b.Text, &text); err != nil {
			t.Fatal(err)
		}
		if n := utf8.RuneCountInString(text.Text); i != 0 || n < 1 || n > 150 || text.Type != "plain_text" {
			t.Errorf("block %d is a %s header of %d characters", i, text.Type, n)
		}
	case "context":
		if n := len(b.Elements); n < 1 || n > 10 {
			t.Errorf("a context of %d elements", n)
		}
		for _, e := range b.Elements {
			if n := utf8.RuneCountInString(e.Text); e.Type != "plain_text" || n < 1 || n > 3000 {
				t.Errorf("a %s context of %d characters", e.Type, n)
			}
		}
	case "rich_text":
		chars := 0
		for _, section := range b.Elements {
			for _, e := range section.Elements {
				known := e.Type == "text" && e.URL == "" || e.Type == "link" && strings.HasPrefix(e.URL, "https://") && len(e.URL) <= 3000
				if section.Type != "rich_text_section" || !known || e.Text == nil || *e.Text == "" {
					t.Fatalf("rich text holds %+v", e)
				}
				chars += utf8.RuneCountInString(*e.Text)
			}
		}
		if chars < 1 || chars > 3000 {
			t.Errorf("rich text of %d characters", chars)
		}
	default: // mrkdwn in a section would format what ICE prints
		t.Errorf("a block of type %q", b.Type)
	}
}

package notify

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack/slacktest"
)

// meaning is what a failure means for the sender.
func meaning(err error) string {
	f := asFailure(err)
	switch {
	case err == nil:
		return "sent"
	case f.Permanent && f.Channel:
		return "channel"
	case f.Permanent:
		return "message"
	}
	return "again"
}

// TestSlackErrors has a server that speaks Slack's API answer with each error.
func TestSlackErrors(t *testing.T) {
	var code string
	server := slacktest.NewTestServer(func(c slacktest.Customize) {
		c.Handle("/chat.postMessage", func(w http.ResponseWriter, _ *http.Request) {
			_ = json.NewEncoder(w).Encode(map[string]any{"ok": code == "", "error": code, "channel": "C0TEXAS", "ts": "1751573220.000100"})
		})
	})
	server.Start()
	t.Cleanup(server.Stop)
	c := NewSlack(SlackConfig{Token: slackToken, Channel: "#texas", APIURL: server.GetAPIURL()},
		Deps{Client: &http.Client{}, Now: time.Now, Links: fixtureLinks, SlackPace: time.Nanosecond})
	for _, tt := range []struct{ code, means string }{
		{"", "sent"},
		{"token_revoked", "channel"}, {"invalid_auth", "channel"}, {"not_authed", "channel"}, {"account_inactive", "channel"},
		{"missing_scope", "channel"}, {"channel_not_found", "channel"}, {"not_in_channel", "channel"}, {"is_archived", "channel"},
		{"restricted_action", "channel"}, {"ekm_access_denied", "channel"},
		{"msg_too_long", "message"}, {"invalid_blocks", "message"}, {"no_text", "message"},
		{"internal_error", "again"}, {"fatal_error", "again"}, {"service_unavailable", "again"}, {"ratelimited", "again"}, {"request_timeout", "again"},
	} {
		code = tt.code
		_, err := sendAll(c, fixtures()["one-new"])
		if got := meaning(err); got != tt.means || strings.Contains(errorText(err), "secret") {
			t.Errorf("%s means %s: %v", tt.code, got, err)
		}
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// TestSlackHookErrors has a server answer as Slack's webhooks do.
func TestSlackHookErrors(t *testing.T) {
	var status int
	var said string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, said)
	}))
	t.Cleanup(server.Close)
	c := NewSlack(SlackConfig{WebhookURL: server.URL + "/very-secret"}, Deps{Client: &http.Client{}, Now: time.Now, Links: fixtureLinks, SlackPace: time.Nanosecond})
	for _, tt := range []struct {
		status      int
		said, means string
	}{
		{200, "ok", "sent"},
		{403, "invalid_token", "channel"}, {403, "action_prohibited", "channel"}, {404, "no_service", "channel"}, {404, "no_team", "channel"},
		{404, "channel_not_found", "channel"}, {410, "channel_is_archived", "channel"}, {400, "user_not_found", "channel"}, {401, "<html>", "channel"},
		{400, "invalid_payload", "message"}, {400, "too_many_attachments", "message"}, {413, "", "message"},
		{500, "rollup_error", "again"}, {429, "", "again"}, {503, "<html>", "again"},
	} {
		status, said = tt.status, tt.said
		_, err := sendAll(c, fixtures()["one-new"])
		if got := meaning(err); got != tt.means || strings.Contains(errorText(err), "secret") {
			t.Errorf("%d %s means %s: %v", tt.status, tt.said, got, err)
		}
	}
}

// TestChatErrors has a server answer as the services do that shoutrrr can be pointed at.
func TestChatErrors(t *testing.T) {
	var status int
	var said string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, said)
	}))
	t.Cleanup(server.Close)
	host := strings.TrimPrefix(server.URL, "http://")
	for name, address := range map[string]string{
		"ntfy":       "ntfy://" + host + "/very-secret?scheme=http",
		"generic":    "generic://" + host + "/very-secret?disabletls=yes",
		"gotify":     "gotify://" + host + "/Aaaaaaaaaaaaaaa?disabletls=yes",
		"mattermost": "mattermost://" + host + "/very-secret?disabletls=yes",
	} {
		c, err := NewChat(address, Deps{Now: time.Now, Links: fixtureLinks})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, tt := range []struct {
			status int
			means  string
		}{{401, "channel"}, {403, "channel"}, {404, "channel"}, {410, "channel"}, {413, "message"}, {400, "message"}, {429, "again"}, {500, "again"}, {503, "again"}} {
			status, said = tt.status, fmt.Sprintf(`{"code":%d01,"errorCode":%d,"error":"no"}`, tt.status, tt.status) // ntfy's and gotify's
			_, err := sendAll(c, fixtures()["one-new"])
			if got := meaning(err); got != tt.means || strings.Contains(errorText(err), "secret") {
				t.Errorf("%s: %d means %s: %v", name, tt.status, got, err)
			}
		}
	}
	for text, means := range map[string]string{ // of services whose addresses are fixed
		"unexpected response status code: 404 Not Found":                                      "channel",
		"google chat api returned unexpected http status code: 403":                           "channel",
		"failed to send: Unauthorized":                                                        "channel",
		"Forbidden: bot was kicked from the group chat":                                       "channel",
		"Bad Request: chat not found":                                                         "channel",
		"Bad Request: message is too long":                                                    "message",
		"an error occurred while sending notification to teams: 413 Request Entity Too Large": "message",
		"notification failed: 503 no upstream":                                                "again",
		"dial tcp 10.4.0.13:443: i/o timeout":                                                 "again",
	} {
		if got := meaning(chatFailure(text)); got != means {
			t.Errorf("%q means %s", text, got)
		}
	}
}

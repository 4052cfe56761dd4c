package notify

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"github.com/watch287g/watch287g/notify/wire"
)

// slackCode is what Slack's errors look like: no_service, invalid_auth.
var slackCode = regexp.MustCompile(`^[a-z][a-z_]{2,60}$`)

// hookStatus is the failure that a webhook's answer means. Slack's word counts for more
// than the status, under which it has several.
func hookStatus(resp *http.Response, said string, now time.Time) *Failure {
	f := statusFailure(resp.StatusCode)
	f.Err = errors.New("slack answers " + wire.StatusText(resp.StatusCode))
	f.RetryAfter = wire.RetryAfter(resp.Header.Get("Retry-After"), now)
	if code := strings.TrimSpace(said); slackCode.MatchString(code) {
		f.Err = fmt.Errorf("%w: %s", f.Err, code)
		if about, known := slackErrors[code]; known {
			f.Permanent, f.Channel = true, about == ofChannel
		}
	}
	return f
}

// slackFailure says what an error means for the delivery, without secrets.
func slackFailure(err error) error {
	var (
		ours    *Failure
		limited *slack.RateLimitedError
		status  slack.StatusCodeError
		said    slack.SlackErrorResponse
	)
	switch {
	case errors.As(err, &ours):
		return ours
	case errors.As(err, &limited):
		return &Failure{Err: errors.New("slack answers that it gets too many messages"), RetryAfter: limited.RetryAfter}
	case errors.As(err, &status):
		return &Failure{Err: errors.New("slack answers " + wire.StatusText(status.Code))}
	case errors.As(err, &said):
		about, known := slackErrors[said.Err]
		return &Failure{Err: slackError(said), Permanent: known, Channel: known && about == ofChannel}
	case errors.Is(err, context.DeadlineExceeded):
		return &Failure{Err: fmt.Errorf("slack has not answered within %.0f seconds", slackTimeout.Seconds())}
	}
	return &Failure{Err: errors.New("slack cannot be reached: " + wire.Unreachable(err))}
}

// slackError is Slack's error with what the operator can do about it.
func slackError(e slack.SlackErrorResponse) error {
	switch e.Err {
	case "not_in_channel", "channel_not_found":
		return fmt.Errorf("slack answers %s: invite the bot to the channel", e.Err)
	case "missing_scope":
		return fmt.Errorf("slack answers %s: the bot needs the scope chat:write", e.Err)
	case "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired":
		return fmt.Errorf("slack answers %s: the token is not valid", e.Err)
	}
	return fmt.Errorf("slack answers %s", e.Err)
}

// What an error that lasts is about.
const (
	ofChannel = "the channel" // every message would be refused
	ofMessage = "the message"
)

// slackErrors are those of Slack's errors that another try would bring again, whether
// the API says them or a webhook does. After any other the message is tried again.
var slackErrors = map[string]string{
	"access_denied": ofChannel, "account_inactive": ofChannel, "action_prohibited": ofChannel, "channel_is_archived": ofChannel,
	"channel_not_found": ofChannel, "ekm_access_denied": ofChannel, "enterprise_is_restricted": ofChannel, "invalid_auth": ofChannel,
	"invalid_token": ofChannel, "is_archived": ofChannel, "messages_tab_disabled": ofChannel, "missing_scope": ofChannel,
	"no_active_hooks": ofChannel, "no_permission": ofChannel, "no_service": ofChannel, "no_service_id": ofChannel, "no_team": ofChannel,
	"not_allowed_token_type": ofChannel, "not_authed": ofChannel, "not_in_channel": ofChannel, "org_login_required": ofChannel,
	"posting_to_general_channel_denied": ofChannel, "restricted_action": ofChannel,
	"restricted_action_only_allow_posting_in_authorized_channels": ofChannel, "restricted_action_read_only_channel": ofChannel,
	"team_access_not_granted": ofChannel, "team_disabled": ofChannel, "token_expired": ofChannel, "token_revoked": ofChannel,
	"user_not_found": ofChannel,

	"invalid_arg_name": ofMessage, "invalid_arguments": ofMessage, "invalid_blocks": ofMessage, "invalid_blocks_format": ofMessage,
	"invalid_payload": ofMessage, "msg_blocks_too_long": ofMessage, "msg_too_long": ofMessage, "no_text": ofMessage,
	"restricted_action_non_threadable_channel": ofMessage, "too_many_attachments": ofMessage,
}

// isThreadGone says whether Slack has no thread there to post to.
func isThreadGone(err error) bool {
	var said slack.SlackErrorResponse
	if !errors.As(err, &said) {
		return false
	}
	switch said.Err {
	case "thread_not_found", "message_not_found", "cannot_reply_to_message", "restricted_action_thread_locked":
		return true
	}
	return false
}

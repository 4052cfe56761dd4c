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
)

// slackCode is what Slack's errors look like: no_service, invalid_auth.
var slackCode = regexp.MustCompile(`^[a-z][a-z_]{2,60}$`)

// hookStatus is the failure that a webhook's answer means.
func hookStatus(resp *http.Response, said string, now time.Time) *Failure {
	f := &Failure{Err: errors.New("slack answers " + statusText(resp.StatusCode)),
		RetryAfter: retryAfterHeader(resp.Header.Get("Retry-After"), now)}
	if code := strings.TrimSpace(said); slackCode.MatchString(code) {
		f.Err = fmt.Errorf("%w: %s", f.Err, code)
	}
	switch resp.StatusCode {
	case http.StatusTooManyRequests, http.StatusRequestTimeout:
	default:
		f.Permanent = resp.StatusCode >= 400 && resp.StatusCode < 500
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
		return &Failure{Err: errors.New("slack answers " + statusText(status.Code))}
	case errors.As(err, &said):
		return &Failure{Err: slackError(said), Permanent: slackPermanent(said.Err)}
	case errors.Is(err, context.DeadlineExceeded):
		return &Failure{Err: fmt.Errorf("slack has not answered within %.0f seconds", slackTimeout.Seconds())}
	}
	return &Failure{Err: errors.New("slack cannot be reached: " + unreachable(err))}
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

// slackPermanent says whether Slack would answer another try the same. After an
// unknown error the message is tried again.
func slackPermanent(code string) bool {
	switch code {
	case "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "no_permission",
		"missing_scope", "not_allowed_token_type", "org_login_required", "ekm_access_denied", "access_denied",
		"channel_not_found", "not_in_channel", "is_archived", "no_service", "restricted_action",
		"restricted_action_read_only_channel", "restricted_action_non_threadable_channel",
		"restricted_action_only_allow_posting_in_authorized_channels", "messages_tab_disabled",
		"invalid_payload", "invalid_blocks", "invalid_blocks_format", "invalid_arguments", "invalid_arg_name",
		"no_text", "msg_too_long", "msg_blocks_too_long":
		return true
	}
	return false
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

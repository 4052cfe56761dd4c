package notify

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/nicholas-fedor/shoutrrr/pkg/types"

	"github.com/watch287g/watch287g/internal/golden"
)

const chatSecret = "very-secret-topic"

// fakeService is a service of shoutrrr's that a test holds in hand.
type fakeService struct {
	types.Service
	send func(text string, params *types.Params) error
}

func (f fakeService) Send(text string, params *types.Params) error { return f.send(text, params) }

func fakeChat(scheme string, send func(string, *types.Params) error) *chat {
	return &chat{address: scheme + "://user:" + chatSecret + "@chat.example/" + chatSecret, scheme: scheme,
		service: fakeService{send: send}, links: fixtureLinks, turn: make(chan struct{}, 1)}
}

func TestChatGolden(t *testing.T) {
	for name, m := range inBothLanguages() {
		t.Run(name, func(t *testing.T) {
			var sent string
			c := fakeChat("discord", func(text string, params *types.Params) error {
				if (*params)["splitLines"] != "No" {
					t.Error("Discord would make a card of each line")
				}
				sent = "Title: " + (*params)["title"] + "\n\n" + text
				return nil
			})
			if through, err := sendAll(c, m); err != nil || len(through) != 1 {
				t.Fatalf("%v, %v", through, err)
			}
			golden.Compare(t, "chat/"+name+".txt", []byte(sent+"\n"))
		})
	}
}

func TestChatLimits(t *testing.T) {
	for name, m := range inBothLanguages() {
		for scheme, limit := range map[string]int{"discord": 2000, "telegram": 4096, "ntfy": 4096, "matrix": 16_384, "teams": 20_480, "pushover": 1024, "generic": 2000} {
			text := fakeChat(scheme, nil).text(Compose(m, fixtureLinks))
			if len(text) > limit || strings.TrimSpace(text) == "" || !utf8.ValidString(text) {
				t.Errorf("%s in %s: %d bytes", name, scheme, len(text))
			}
			if strings.Contains(text, "more") && !strings.Contains(text, fixtureLinks.Base+"/changes") && len(m.Changes) > 20 {
				t.Errorf("%s in %s: no link to the rest", name, scheme)
			}
		}
	}
}

func TestChatNtfy(t *testing.T) {
	var got string
	status := http.StatusOK
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		got = strings.Join([]string{r.URL.Path, r.Header.Get("Title"), r.Header.Get("Click"), r.Header.Get("Tags"), string(body)}, "\n")
		w.WriteHeader(status)
		io.WriteString(w, "{}") //nolint:errcheck // the client checks
	}))
	defer server.Close()
	address := "ntfy://" + strings.TrimPrefix(server.URL, "http://") + "/" + chatSecret + "?scheme=http"
	c, err := NewChat(address, Deps{Links: fixtureLinks})
	if err != nil {
		t.Fatal(err)
	}
	m := fixtures()["one-new"]
	through, err := sendAll(c, m)
	want := "/" + chatSecret + "\n287(g): 1 new agreement · Palm Bay Police Department, Florida\n" + fixtureLinks.Base + "/agencies/FL-palm-bay-police-department\nheavy_plus_sign,FL\nICE's participating list of July 3"
	if err != nil || len(through) != 1 || !strings.HasPrefix(got, want) {
		t.Errorf("%v, %v: %s", through, err, got)
	}
	m.Delivery.Receipts = through
	if again, err := sendAll(c, m); len(again) != 0 || err != nil {
		t.Errorf("it is through, and yet %v, %v", again, err)
	}
	m.Delivery.Receipts = nil
	status = http.StatusInternalServerError
	checkChatFailure(t, c, m)
	server.Close()
	checkChatFailure(t, c, m)
}

// What an address sets stays, and a service that has no title has it in the text.
func TestChatTitles(t *testing.T) {
	m := fixtures()["mixed"]
	for address, want := range map[string]types.Params{
		"ntfy://ntfy.sh/topic": {"title": "287(g): 2 new, 1 newly pending, 1 gone in 3 states", "click": fixtureLinks.Base + "/changes?since=2025-07-03&until=2025-07-03",
			"tags": "heavy_plus_sign,hourglass,heavy_minus_sign,star,FL,TX,WV"},
		"ntfy://ntfy.sh/topic?title=ICE&Click=x&tags=y":   {},
		"matrix://user:word@example.org":                  {},
		"telegram://1:a@telegram?chats=@b":                {"title": "287(g): 2 new, 1 newly pending, 1 gone in 3 states"},
		"telegram://1:a@telegram?chats=@b&parseMode=HTML": {},
		"pushover://shoutrrr:token@user":                  {"title": "287(g): 2 new, 1 newly pending, 1 gone in 3 states"},
	} {
		scheme, _, _ := strings.Cut(address, ":")
		c := &chat{address: address, scheme: scheme, links: fixtureLinks}
		page := Compose(m, c.links)
		if diff := cmp.Diff(want, *c.params(m, page)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", address, diff)
		}
		if text := c.text(page); !strings.HasPrefix(text, "287(g): 2 new agreements (") { // the day's line says more than the title
			t.Errorf("%s: %s", address, text)
		}
	}
	notice := serviceFixtures()["held"]
	c := &chat{address: "ntfy://ntfy.sh/topic", scheme: "ntfy", links: fixtureLinks}
	page := Compose(notice, c.links)
	if p := *c.params(notice, page); p["tags"] != "wrench" || !strings.HasPrefix(p["title"], "watch287g: ") || strings.HasPrefix(c.text(page), "watch287g: ") {
		t.Errorf("%v: %s", p, c.text(page))
	}
}

// checkChatFailure wants a failure that can be tried again and shows no secret.
func checkChatFailure(t *testing.T, c Channel, m Message) {
	t.Helper()
	through, err := sendAll(c, m)
	var failure *Failure
	if len(through) != 0 || !errors.As(err, &failure) || failure.Permanent || strings.Contains(err.Error(), chatSecret) || strings.Contains(err.Error(), "127.0.0.1") {
		t.Errorf("%v, %v", through, err)
	}
}

func TestChatErrorsHideTheAddress(t *testing.T) {
	c := fakeChat("gotify", nil)
	c.service = fakeService{send: func(string, *types.Params) error {
		return errors.New("posting to https://chat.example/message?token=" + chatSecret + ": " + c.address + " and " + chatSecret + " refused")
	}}
	_, err := sendAll(c, fixtures()["one-new"])
	if err == nil || strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "chat.example") || !strings.Contains(err.Error(), "refused") {
		t.Error(err)
	}
}

func TestNewChatRefuses(t *testing.T) {
	for _, address := range []string{
		"", "very-secret", "nonsense://very-secret", "telegram://very-secret", "discord://very-secret",
		"slack://very-secret:x", "ntfy://%zz-very-secret", "ntfy://user:very-secret@host:port/topic",
	} {
		c, err := NewChat(address, Deps{})
		if err == nil || c != nil {
			t.Errorf("%q is taken", address)
		} else if strings.Contains(err.Error(), "very-secret") {
			t.Errorf("a secret in %q", err)
		}
	}
}

// A service that hangs holds nobody up for long, and no second message is
// handed to it meanwhile.
func TestChatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release, sent := make(chan struct{}), 0
		c := fakeChat("discord", func(string, *types.Params) error {
			sent++
			<-release
			return nil
		})
		m := fixtures()["one-new"]
		for _, says := range []string{"has not answered within 60 seconds", "still busy"} {
			began := time.Now()
			_, err := sendAll(c, m)
			var failure *Failure
			if !errors.As(err, &failure) || failure.Permanent || !strings.Contains(err.Error(), says) || time.Since(began) != chatTimeout {
				t.Errorf("%v after %s", err, time.Since(began))
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		if err := c.Send(ctx, m, func(string, string) {}); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		close(release)
		synctest.Wait()
		if through, err := sendAll(c, m); err != nil || len(through) != 1 || sent != 2 {
			t.Errorf("%v, %v, sent %d times", through, err, sent)
		}
	})
}

func TestWithoutMentions(t *testing.T) {
	for text, want := range map[string]string{
		"@everyone <!channel> <@U1>": "@\u200beveryone <\u200b!channel> <\u200b@\u200bU1>",
		"a @ b < c, R&D":             "a @ b < c, R&D",
	} {
		if got := withoutMentions(text); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	m := fixtures()["one-new"]
	m.Changes[0].Agreement.Agency = strings.Repeat("@a", 70)
	m.Changes = slices.Repeat(m.Changes, 40)
	if text := fakeChat("discord", nil).text(Compose(m, fixtureLinks)); len(text) > 2000 {
		t.Errorf("%d bytes", len(text))
	}
}

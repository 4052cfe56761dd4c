package main

import (
	"cmp"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/cmd/watch287g/documents"
	"github.com/watch287g/watch287g/document/library"
	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/store/bolt"
)

// behindLine is what can stand behind a line of a change: a link, and a mark of its source.
var behindLine = regexp.MustCompile(`^(?: · (?:MOA|MOA (?:at|en) files\.example\.org|Addendum \(PDF at ICE\)|Anexo \(PDF en ICE\)|address at (?:ICE|files\.example\.org)|dirección en (?:el sitio de ICE|files\.example\.org)))?(?: \[\d+\])?$`)

// linesWrong says which lines of messages say what did not happen to a document, or not what
// did, each as often as it did.
func (s *paperStory) linesWrong(lines []string, lang string, claims []claim) (wrong []string) {
	var left []string
	for _, c := range claims {
		line := "· " + c.Agreement.Agency + ": "
		at := slices.IndexFunc(s.news, func(n paperNews) bool {
			return c.Document != nil && n.agency == c.Agreement.Agency && n.part == c.Document.Part && n.event == c.Document.Event && n.url() == c.Document.URL && n.problem == c.Document.Problem
		})
		switch {
		case at >= 0:
			line += s.news[at].inLine(lang, c.Agreement.Model)
		case lang == "es":
			line += paperTongues["es"].model[c.Agreement.Model] + ", otro archivo enlazado ahora como memorando de acuerdo"
		default:
			line += modelNames[c.Agreement.Model] + ", another file now linked as the memorandum of agreement"
		}
		left = append(left, line)
	}
	for _, line := range lines {
		at := slices.IndexFunc(left, func(want string) bool {
			behind, ok := strings.CutPrefix(line, want)
			return ok && behindLine.MatchString(behind)
		})
		if at < 0 {
			wrong = append(wrong, fmt.Sprintf("nothing bears out %q", line))
			continue
		}
		left = slices.Delete(left, at, at+1)
	}
	for _, line := range left {
		wrong = append(wrong, fmt.Sprintf("not said: %q", line))
	}
	return wrong
}

// checkChannels has what is told of documents sent through every kind of channel, in both
// languages, and reads it at their other ends.
func (s *paperStory) checkChannels(t *testing.T, kept *bolt.Store, claims []claim) {
	t.Helper()
	claims = slices.DeleteFunc(slices.Clone(claims), func(c claim) bool { return c.Kind != "document" })
	changes, err := kept.Changes(t.Context(), store.ChangeQuery{})
	if err != nil {
		t.Fatal(err)
	}
	known, err := snapshot.LoadAgreements(t.Context(), kept, s.ended)
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{"en", "es"} {
		rule := notify.Rule{Channel: lang, Only: roster.Filter{Kinds: []roster.Kind{roster.KindDocument}}, Language: prose.Language(strings.Replace(lang, "en", "", 1))}
		messages, err := notify.Preview(t.Context(), store.Queue{Store: kept}, rule, known.InArea, figuresAt(known), changes)
		if err != nil {
			t.Fatal(err)
		}
		got := s.sendAll(t, messages)
		for kind, lines := range got.lines() {
			for _, wrong := range s.linesWrong(lines, lang, claims) {
				t.Errorf("%s, %s: %s", kind, lang, wrong)
			}
			for i := range lines { // and each lie about that is found
				lied := slices.Clone(lines)
				for _, lie := range []func(string) string{oneMore, func(string) string { return lines[(i+1)%len(lines)] },
					func(l string) string { return strings.Replace(l, "County", "Parish", 1) }, func(l string) string { return l + ", again" }} {
					if lied[i] = lie(lines[i]); lied[i] != lines[i] && len(s.linesWrong(lied, lang, claims)) == 0 {
						t.Errorf("%s, %s: not found: %q", kind, lang, lied[i])
					}
				}
			}
		}
		checkHooks(t, got, lang, claims)
	}
}

// sendAll sends messages through all kinds of channel.
func (s *paperStory) sendAll(t *testing.T, messages []notify.Message) *ends {
	t.Helper()
	got := newEnds(t, func() time.Time { return s.ended })
	deps := notify.Deps{Client: got.slack.Client(), Now: func() time.Time { return s.ended }, SlackPace: time.Nanosecond}
	host, port, _ := strings.Cut(got.mail, ":")
	number := 0
	_, err := fmt.Sscan(port, &number)
	if err != nil {
		t.Fatal(err)
	}
	mail, err := notify.NewEmail(notify.EmailConfig{Name: "mail", Host: host, Port: number, Security: notify.SecurityPlain, From: "watch@example.org", To: []string{"ann@example.net"}}, deps)
	if err != nil {
		t.Fatal(err)
	}
	hook, err := notify.NewWebhook(notify.WebhookConfig{URL: got.web.URL + hushPath + "all", Secret: hushSecret, AllowPrivate: true}, deps)
	if err != nil {
		t.Fatal(err)
	}
	chat, err := notify.NewChat("ntfy://"+strings.TrimPrefix(got.web.URL, "http://")+"/"+hushTopic+"?scheme=http", deps)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range messages {
		for kind, c := range map[string]notify.Channel{"slack": notify.NewSlack(notify.SlackConfig{WebhookURL: got.slack.URL + hushHook}, deps), "mail": mail, "webhook": hook, "chat": chat} {
			if err := c.Send(t.Context(), m, func(string, string) {}); err != nil {
				t.Fatalf("%s: %v", kind, err)
			}
		}
	}
	for _, wrong := range got.wrong {
		t.Error(wrong)
	}
	return got
}

// lines are those of changes that each kind of channel got.
func (e *ends) lines() map[string][]string {
	all := map[string][]string{}
	for _, p := range e.posts["hook"] {
		all["slack"] = append(all["slack"], p.lines...)
	}
	for _, text := range e.chats {
		all["chat"] = append(all["chat"], changeLines(text)...)
	}
	for _, raw := range e.mails["ann@example.net"] {
		if l, err := readLetter(raw); err == nil {
			all["mail"] = append(all["mail"], changeLines(l.text)...)
		}
	}
	return all
}

// checkHooks holds the changes that a webhook got against those of the log.
func checkHooks(t *testing.T, got *ends, lang string, claims []claim) {
	t.Helper()
	var raw strings.Builder
	for _, h := range got.hooks["all"] {
		for _, c := range h.Changes {
			raw.WriteString(strings.ReplaceAll(string(c), "\n", " ") + "\n")
		}
	}
	told, err := readClaims(raw.String())
	if err != nil {
		t.Fatal(err)
	}
	if len(told) != len(claims) {
		t.Errorf("a webhook got %d changes, and there are %d", len(told), len(claims))
	}
	for _, c := range told {
		at := slices.IndexFunc(claims, func(o claim) bool { return o.ID == c.ID })
		if at < 0 || (c.Document == nil) != (claims[at].Document == nil) || c.Document != nil && fmt.Sprint(*claims[at].Document) != fmt.Sprint(*c.Document) ||
			c.Text != cmp.Or(map[string]string{"es": claims[at].Texts["es"]}[lang], claims[at].Text) {
			t.Errorf("a webhook got %s", c.Text)
		}
	}
}

// checkOperator has the operator told of what contradicts its row, once, however often that is
// looked at.
func (s *paperStory) checkOperator(t *testing.T, data string, kept *bolt.Store) {
	t.Helper()
	now, count := s.ended, -1
	news := documents.ConflictNews{Queue: store.Queue{Store: kept}, Now: func() time.Time { return now }, Count: func(n int) { count = n },
		Rules: func() []notify.Rule {
			return []notify.Rule{{Channel: "everybody"}, {Channel: "on-call", Operator: true}}
		}}
	l := library.New(library.Options{Archive: documents.On(filepath.Join(data, "watch287g.db"), news.Now), Store: kept, Tell: news.Tell})
	if err := l.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := news.Tell(t.Context(), l.Now()); err != nil {
			t.Fatal(err)
		}
		now = now.AddDate(0, 0, 1)
	}
	sent, err := kept.Deliveries(t.Context(), store.DeliveryQuery{})
	want := `A document says otherwise than the row of ICE's list that links it. Madison County Sheriff's Office, Iowa: the row gives the model as TFM, the document as WSO (page 1). Either can be wrong, and no other channel is told. "watch287g documents conflicts" and the page /documents/conflicts list it.`
	if err != nil || len(sent) != 1 || sent[0].Channel != "on-call" || sent[0].Notice.Text != want || count != 1 {
		t.Errorf("%d in all, told is %+v (%v)", count, sent, err)
	}
}

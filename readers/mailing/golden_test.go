package mailing_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/internal/golden"
	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/readers"
	"github.com/watch287g/watch287g/roster"
)

var pictures = flag.String("readers.html", "", "write the HTML of each kind of mail into a `directory`")

// kinds of mail, each to one reader who follows some things.
func kindsOfMail(t *testing.T) map[string]func(p *post, l prose.Language) {
	wish := func(p *post, l prose.Language, c notify.Cadence, follows ...string) readers.Reader {
		return p.readsAs(t, "reader", readers.Wish{Language: l, Cadence: c, Follows: followed(t, follows...)})
	}
	harris := agreement("TX", "Harris", roster.TFM)
	ask := func(p *post, l prose.Language, follows ...string) {
		r := readers.NewRequest("reader@example.net", readers.Wish{Language: l, Cadence: notify.Daily, Follows: followed(t, follows...)}, july3)
		r.ID = "aaaaaaaaaaaaaaaaaaaaaaaaaa"
		if err := p.store.Ask(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	return map[string]func(p *post, l prose.Language){
		"confirm": func(p *post, l prose.Language) { ask(p, l, "county:48201", "state:FL", "zip:77001", "nation") },
		"known": func(p *post, l prose.Language) {
			wish(p, l, notify.Daily, "county:48201")
			ask(p, l, "county:48201", "town:TX-Houston")
		},
		"left": func(p *post, l prose.Language) {
			p.update(t, wish(p, l, notify.Daily, "county:48201").ID, func(r *readers.Reader) { r.Leave(july3) })
		},
		"one": func(p *post, l prose.Language) {
			wish(p, l, notify.Instant, "county:48201", "state:TX")
			p.lists.add(july3, change(roster.KindNew, harris))
		},
		"several": func(p *post, l prose.Language) {
			wish(p, l, notify.Instant, "state:TX", "county:12086")
			p.lists.add(july3, change(roster.KindNew, harris), change(roster.KindPending, agreement("TX", "Bexar", roster.WSO)), change(roster.KindRemoved, agreement("FL", "Miami-Dade", roster.JEM)))
		},
		"gone": func(p *post, l prose.Language) {
			wish(p, l, notify.Instant, "agency:TX-harris-county-sheriffs-office")
			p.lists.add(july3, change(roster.KindRemoved, harris))
		},
		"correction": func(p *post, l prose.Language) {
			wish(p, l, notify.Instant, "county:48201")
			p.lists.add(july3.Add(-time.Hour), change(roster.KindRemoved, harris))
			p.run(t)
			p.sink.forget()
			back := change(roster.KindRestored, harris)
			back.Corrects = "chg_000001"
			p.lists.add(july3, back)
		},
		"own": func(p *post, l prose.Language) {
			if err := p.store.Prove(t.Context(), wish(p, l, notify.Daily, "county:48201").ID, july3); err != nil {
				t.Fatal(err)
			}
		},
		"daily": func(p *post, l prose.Language) {
			wish(p, l, notify.Daily, "state:TX")
			p.lists.add(july3, change(roster.KindNew, harris))
			p.lists.add(july3.Add(2*time.Hour), change(roster.KindRemoved, agreement("TX", "Bexar", roster.WSO)))
			p.clock.set(july3.AddDate(0, 0, 1))
		},
		"weekly": func(p *post, l prose.Language) {
			wish(p, l, notify.Weekly, "nation")
			p.lists.add(july3, change(roster.KindPending, harris))
			p.lists.add(july3.AddDate(0, 0, 1), change(roster.KindNew, agreement("FL", "Brevard", roster.TFM)), change(roster.KindRemoved, agreement("TX", "Travis", roster.JEM)))
			p.clock.set(july3.AddDate(0, 0, 5))
		},
		"bigday": func(p *post, l prose.Language) {
			wish(p, l, notify.Instant, "nation")
			var all []roster.Change
			for i := range 160 {
				all = append(all, change(roster.KindNew, agreement([]roster.State{"FL", "TX", "GA", "TN"}[i%4], fmt.Sprintf("Made-up %d", i), roster.TFM)))
			}
			p.lists.add(july3, all...)
		},
	}
}

// secret is what is another one each time: tokens, codes, ids and boundaries.
var secret = regexp.MustCompile(`/subscribe/(leave|me|c|own)/[\w-]+|\b\d{6}(?:\b|_)|bounces\+\w+|[a-z2-7]{50}|[0-9a-f]{32}|w287g-[0-9a-f]{16}`)

// hidden leaves of a secret what it is.
func hidden(text string) string {
	return secret.ReplaceAllStringFunc(text, func(s string) string {
		switch {
		case strings.HasPrefix(s, "/subscribe/"):
			return s[:strings.LastIndexByte(s, '/')+1] + "TOKEN"
		case strings.HasPrefix(s, "bounces+"):
			return "bounces+TOKEN"
		case len(s) <= 7:
			return "123456" + s[6:]
		}
		return "TOKEN"
	})
}

// Each kind of mail, in both languages.
func TestGolden(t *testing.T) {
	for name, prepare := range kindsOfMail(t) {
		for _, l := range prose.Languages() {
			p := newPost(t)
			p.run(t)
			prepare(p, l)
			p.run(t)
			mails := p.sink.all(t)
			if len(mails) != 1 {
				t.Errorf("%s in %s is %d mails", name, l, len(mails))
				continue
			}
			m := mails[0]
			head, _, _ := strings.Cut(string(m.raw), "\r\n\r\n")
			all := "From " + m.from + "\n" + strings.ReplaceAll(head, "\r\n", "\n") + "\nSubject, decoded: " + m.subject(t) + "\n\n----- text -----\n" + m.text + "\n----- html -----\n" + m.html
			golden.Compare(t, string(l)+"/"+name+".txt", []byte(hidden(all)))
			if n := len(strings.Split(m.text, "\n")); n > 150 || len(m.raw) > 60_000 {
				t.Errorf("%s has %d lines, %d bytes", name, n, len(m.raw))
			}
			if *pictures != "" {
				if err := os.WriteFile(filepath.Join(*pictures, string(l)+"-"+name+".html"), []byte(m.html), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

package main

import (
	"time"

	"github.com/watch287g/watch287g/cmd/watch287g/console"
	"github.com/watch287g/watch287g/notify/wire"
	"github.com/watch287g/watch287g/roster"
)

// What commands print for programs. Names stay; docs/operating.md explains them. Each
// is always there, with null for what is not known.

// pollJSON is a poll of ICE's page.
type pollJSON struct {
	Seq          uint64        `json:"seq"`
	At           time.Time     `json:"at"`
	TookSeconds  float64       `json:"took_seconds"`
	Outcome      string        `json:"outcome"`
	Failed       bool          `json:"failed"`
	Said         string        `json:"said"`
	Publications []uint64      `json:"publications"`
	Changes      int           `json:"changes"`
	Had          []roster.List `json:"had"`
	Absent       []roster.List `json:"absent"`
}

func newPollJSON(p roster.Poll) pollJSON {
	return pollJSON{p.Seq, p.At.UTC(), p.Took.Seconds(), p.Outcome, p.Failed(), p.Sentence, orNone(p.Publications), p.Changes, orNone(p.Had), orNone(p.Absent)}
}

// deliveryJSON is a message. What it was answered with names readers, and is left out.
type deliveryJSON struct {
	ID        string               `json:"id"`
	Seq       uint64               `json:"seq"`
	Channel   string               `json:"channel"`
	State     roster.DeliveryState `json:"state"`
	Changes   []uint64             `json:"changes"`
	Notice    string               `json:"notice"`
	CreatedAt *time.Time           `json:"created_at"`
	DueAt     *time.Time           `json:"due_at"`
	Attempts  int                  `json:"attempts"`
	TriedAt   *time.Time           `json:"tried_at"`
	NextAt    *time.Time           `json:"next_at"`
	EndedAt   *time.Time           `json:"ended_at"`
	LastError string               `json:"last_error"`
	PartsSent int                  `json:"parts_sent"`
	Left      []leftJSON           `json:"left"`
}

// leftJSON is a recipient who does not get a message that others have.
type leftJSON struct {
	Recipient string `json:"recipient"` // masked
	Answer    string `json:"answer"`
	Refused   bool   `json:"refused"`
}

func newDeliveryJSON(d roster.Delivery) deliveryJSON {
	out := deliveryJSON{ID: d.ID, Seq: d.Seq, Channel: d.Channel, State: d.State, Changes: orNone(d.Changes), CreatedAt: known(d.CreatedAt), DueAt: known(d.DueAt),
		Attempts: d.Attempts, TriedAt: known(d.TriedAt), NextAt: known(d.NextAt), EndedAt: known(d.EndedAt), LastError: d.LastError, PartsSent: len(d.Receipts), Left: []leftJSON{}}
	if d.Notice != nil {
		out.Notice = d.Notice.Kind
	}
	for _, l := range d.Left {
		out.Left = append(out.Left, leftJSON{wire.Mask(l.Part), l.Answer, l.Refused})
	}
	return out
}

// holdJSON is a publication that was set aside.
type holdJSON struct {
	ID          string           `json:"id"`
	State       roster.HoldState `json:"state"`
	List        roster.List      `json:"list"`
	File        string           `json:"file"`
	SHA256      string           `json:"sha256"`
	Publication uint64           `json:"publication"`
	Reasons     []string         `json:"reasons"`
	Removals    int              `json:"removals"`
	Of          int              `json:"of"`
	Operator    bool             `json:"operator"`
	NoColumns   bool             `json:"no_columns"`
	Since       *time.Time       `json:"since"`
	PublishedAt *time.Time       `json:"published_at"`
	AcceptAt    *time.Time       `json:"accept_at"`
	EndedAt     *time.Time       `json:"ended_at"`
	Effect      *roster.Effect   `json:"effect"`
}

func newHoldJSON(h roster.Hold) holdJSON {
	return holdJSON{h.ID, h.State, h.List, h.File, h.SHA256, h.Publication, orNone(h.Reasons), h.Removals, h.Of, h.Operator, h.NoColumns,
		known(h.Since), known(h.PublishedAt), known(h.AcceptAt), known(h.EndedAt), h.Effect}
}

// known is a moment in UTC, nil where there is none.
func known(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// orNone has a list print as [] where it is empty.
func orNone[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// printList prints a list as an array of JSON.
func printList[T, J any](a *app, list []T, of func(T) J) error {
	out := make([]J, len(list))
	for i, item := range list {
		out[i] = of(item)
	}
	return console.JSON(a.stdout, out)
}

package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/watch287g/watch287g/roster"
)

// Measures are what an operator watches of a store.
type Measures struct {
	Revision uint64
	Bytes    int64                              // that the store takes on its disk; 0 where that is not known
	Reading  roster.Reading                     // until when ICE's page was read
	LastPoll time.Time                          // that ended well or not; zero where there was none
	Lists    map[roster.List]roster.ListReading // by the last MeasuredPolls
	Holds    int                                // that are open
	Channels map[string]ChannelMeasures

	Documents     int   // files that are kept
	DocumentBytes int64 // that they take
	Addresses     map[roster.DocumentState]int
}

// ChannelMeasures are those of a channel that has deliveries waiting or dead.
type ChannelMeasures struct {
	Waiting, Dead int
	Due           time.Time // when the first of those that wait was, or is, to be sent; zero where none waits
}

// MeasuredPolls is how many of the last polls are looked at for when a list was read.
const MeasuredPolls = 300

// Measurer is a store that can be measured at once, and at a cost that depends on
// what was sent long ago as little as can be.
type Measurer interface {
	Measures(ctx context.Context) (Measures, error)
}

// Measure measures a store, by its own method where it is a Measurer.
func Measure(ctx context.Context, s Store) (Measures, error) {
	if m, ok := s.(Measurer); ok {
		return m.Measures(ctx)
	}
	return MeasureByParts(ctx, s)
}

// MeasureByParts measures any store, by the methods that all have.
func MeasureByParts(ctx context.Context, s Store) (m Measures, err error) {
	if m.Revision, err = s.Revision(ctx); err != nil {
		return m, fmt.Errorf("reading the revision: %w", err)
	}
	if m.Reading, err = s.Reading(ctx); err != nil {
		return m, fmt.Errorf("reading until when the page was read: %w", err)
	}
	polls, err := s.Polls(ctx, MeasuredPolls)
	if err != nil {
		return m, fmt.Errorf("reading the log of polls: %w", err)
	}
	m.AddPolls(polls)
	holds, err := s.Holds(ctx)
	if err != nil {
		return m, fmt.Errorf("reading the holds: %w", err)
	}
	for _, h := range holds {
		if h.Open() {
			m.Holds++
		}
	}
	left, err := s.Deliveries(ctx, DeliveryQuery{States: []roster.DeliveryState{roster.DeliveryWaiting, roster.DeliveryDead}})
	if err != nil {
		return m, fmt.Errorf("reading the deliveries: %w", err)
	}
	m.Channels = map[string]ChannelMeasures{}
	for _, d := range left {
		c := m.Channels[d.Channel]
		switch {
		case d.State == roster.DeliveryDead:
			c.Dead++
		case c.Waiting == 0:
			c.Due = d.DueAt
			fallthrough
		default:
			c.Waiting++
		}
		m.Channels[d.Channel] = c
	}
	return m, m.addDocuments(ctx, s)
}

func (m *Measures) addDocuments(ctx context.Context, s Store) error {
	documents, err := s.Documents(ctx)
	if err != nil {
		return fmt.Errorf("reading what documents say: %w", err)
	}
	for _, d := range documents {
		m.AddDocument(d)
	}
	addresses, err := s.Addresses(ctx)
	if err != nil {
		return fmt.Errorf("reading the addresses of documents: %w", err)
	}
	m.Addresses = map[roster.DocumentState]int{}
	for _, a := range addresses {
		m.Addresses[a.State()]++
	}
	return nil
}

// AddDocument counts a document, if it is kept.
func (m *Measures) AddDocument(d roster.Document) {
	if !d.Unkept {
		m.Documents++
		m.DocumentBytes += d.Size
	}
}

// AddPolls adds what the last polls say, the newest first.
func (m *Measures) AddPolls(polls []roster.Poll) {
	if len(polls) > 0 {
		m.LastPoll = polls[0].At
	}
	m.Lists = roster.ListReadings(slices.Values(polls))
}

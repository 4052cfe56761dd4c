package ops

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

// descriptions are the metrics whose values are read when they are asked for, by name.
type descriptions map[string]*prometheus.Desc

func newDescriptions() descriptions {
	all := descriptions{}
	for _, d := range []struct {
		name, help string
		labels     []string
	}{
		{"ready", "Whether /readyz says that this process is ready.", nil},
		{"store_up", "Whether the store could be read just now. What is read from it is older where it could not.", nil},
		{"store_read_timestamp_seconds", "When what is read from the store was read.", nil},
		{"store_read_duration_seconds", "How long that took.", nil},
		{"store_size_bytes", "What the store takes on its disk.", nil},
		{"store_revision", "Number of steps that were committed to the store.", nil},
		{"disk_free_bytes", "Room on the disk that the state is on.", nil},
		{"disk_size_bytes", "Size of the disk that the state is on.", nil},
		{"poll_interval_seconds", "Time from one poll of ICE's page to the next, as configured.", nil},
		{"poll_timestamp_seconds", "When ICE's page was last looked at, with whatever result, by any process.", nil},
		{"poll_good_timestamp_seconds", "When ICE's page was last read well, by any process.", nil},
		{"list_read_timestamp_seconds", "When a list was last read, changed or not.", []string{"list"}},
		{"list_linked", "Whether ICE's page linked a list when it was last read well.", []string{"list"}},
		{"holds_open", "Publications that are set aside and wait for a decision.", nil},
		{"deliveries_waiting", "Messages that wait to be sent, digests included.", []string{"channel"}},
		{"deliveries_due_timestamp_seconds", "When the first message that waits was to be sent, or is to be.", []string{"channel"}},
		{"deliveries_dead", "Messages that were given up.", []string{"channel"}},
		{"channel_info", "Channels of the configuration, and whether they get notices about the service.", []string{"channel", "operator"}},
		{"documents", "Documents that are kept.", nil},
		{"documents_size_bytes", "What they take.", nil},
		{"document_addresses", "Addresses of documents, by how it is with the document there.", []string{"state"}},
		{"document_conflicts", "Things in which documents contradict the rows that link them.", nil},
		{"backup_timestamp_seconds", "When the newest backup was made.", nil},
		{"backup_interval_seconds", "Time from one backup to the next, as configured.", nil},
		{"snapshot_revision", "Revision of the store that pages are made from.", nil},
		{"snapshot_timestamp_seconds", "When what pages are made from was read.", nil},
		{"readers", "People who signed themselves up and confirmed.", []string{"state", "language"}},
		{"readers_requests", "Sign-ups that are not confirmed yet.", nil},
		{"readers_suppressed", "Addresses that get nothing anymore.", []string{"reason"}},
		{"readers_letters_waiting", "Single mails to readers that wait to be sent, such as those that ask for a confirmation.", nil},
		{"readers_batches_waiting", "Batches of mails to readers that wait to be sent.", nil},
		{"readers_waiting_timestamp_seconds", "When what waits longest to be sent to readers was planned or asked for.", nil},
		{"jobs", "Jobs of the engine in the database.", []string{"kind", "state"}},
		{"database_oldest_transaction_seconds", "How long the oldest transaction in the database has been open.", nil},
	} {
		all[d.name] = prometheus.NewDesc(prefix+d.name, d.help, d.labels, nil)
	}
	return all
}

// collector reads the state when it is asked for the metrics.
type collector struct{ *Monitor }

// Describe lists the metrics.
func (c collector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range c.seen.descriptions {
		ch <- d
	}
}

// Collect sends what is known.
func (c collector) Collect(ch chan<- prometheus.Metric) {
	out := emitter{c.seen.descriptions, ch}
	r := c.state.now(context.Background())
	out.flag("ready", c.unready(r) == "")
	c.collectMemory(out)
	if c.options.Measure == nil {
		return
	}
	out.flag("store_up", r.ok())
	if r.at.IsZero() {
		return // nothing was ever read
	}
	out.moment("store_read_timestamp_seconds", r.at)
	out.number("store_read_duration_seconds", r.took.Seconds())
	c.collectStore(out, r.store)
	if r.disk.size > 0 {
		out.number("disk_free_bytes", r.disk.free)
		out.number("disk_size_bytes", r.disk.size)
	}
	c.collectReaders(out, r.readers)
	if d := r.database; d != nil {
		for job, n := range d.Jobs {
			out.number("jobs", float64(n), job.Kind, job.State)
		}
		out.number("database_oldest_transaction_seconds", d.OldestTransaction.Seconds())
	}
}

// collectMemory sends what this process knows itself.
func (c collector) collectMemory(out emitter) {
	config := c.config.Load()
	if config.Every > 0 {
		out.number("poll_interval_seconds", config.Every.Seconds())
	}
	for _, channel := range config.Channels {
		out.number("channel_info", 1, channel.Name, strconv.FormatBool(channel.Operator))
	}
	if b := c.backups.Load(); b != nil {
		out.moment("backup_timestamp_seconds", b.Last)
		out.number("backup_interval_seconds", b.Every.Seconds())
	}
	if n := c.conflict.Load(); n != nil {
		out.number("document_conflicts", float64(*n))
	}
	if l := c.loaded.Load(); l != nil {
		out.number("snapshot_revision", float64(l.Revision))
		out.moment("snapshot_timestamp_seconds", l.At)
	}
}

// collectStore sends what was read from the store.
func (c collector) collectStore(out emitter, m store.Measures) {
	if m.Bytes > 0 {
		out.number("store_size_bytes", float64(m.Bytes))
	}
	out.number("store_revision", float64(m.Revision))
	out.moment("poll_timestamp_seconds", m.LastPoll)
	out.moment("poll_good_timestamp_seconds", m.Reading.Read)
	for _, list := range roster.Lists() {
		if of, ok := m.Lists[list]; ok && !m.Reading.Read.IsZero() {
			out.moment("list_read_timestamp_seconds", of.ReadAt, string(list))
			out.flag("list_linked", of.Linked, string(list))
		}
	}
	out.number("holds_open", float64(m.Holds))
	out.number("documents", float64(m.Documents))
	out.number("documents_size_bytes", float64(m.DocumentBytes))
	for _, state := range []roster.DocumentState{roster.DocumentHad, roster.DocumentTaken, roster.DocumentBad, roster.DocumentWaiting, roster.DocumentFailing} {
		out.number("document_addresses", float64(m.Addresses[state]), string(state))
	}
	// A channel of the configuration has numbers even where they are 0, so that rules
	// can tell that from not being known.
	channels := slices.Collect(maps.Keys(m.Channels))
	for _, channel := range c.config.Load().Channels {
		channels = append(channels, channel.Name)
	}
	slices.Sort(channels)
	for _, name := range slices.Compact(channels) {
		of := m.Channels[name]
		out.number("deliveries_waiting", float64(of.Waiting), name)
		out.number("deliveries_dead", float64(of.Dead), name)
		out.moment("deliveries_due_timestamp_seconds", of.Due, name)
	}
}

// emitter sends metrics by their names.
type emitter struct {
	descriptions descriptions
	ch           chan<- prometheus.Metric
}

func (e emitter) number(name string, value float64, labels ...string) {
	m, err := prometheus.NewConstMetric(e.descriptions[name], prometheus.GaugeValue, value, labels...)
	if err == nil { // a label that is not text would end the process
		e.ch <- m
	}
}

func (e emitter) flag(name string, on bool, labels ...string) {
	value := 0.0
	if on {
		value = 1
	}
	e.number(name, value, labels...)
}

// moment sends a time, unless it is not known.
func (e emitter) moment(name string, t time.Time, labels ...string) {
	if !t.IsZero() {
		e.number(name, float64(t.UnixMilli())/1000, labels...)
	}
}

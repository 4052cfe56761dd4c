package storetest

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"sync"
	"time"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

// memory is a store that keeps everything in memory and works every answer out
// anew: the contract in its plainest form.
type memory struct {
	mu               sync.RWMutex
	polls, validated int // how many are kept
	data             data
}

var _ store.Store = (*memory)(nil)

// data is never changed, only replaced, and nobody else holds any of it.
type data struct {
	Revision     uint64
	Publications []roster.Publication
	Bodies       map[string][]byte
	Rosters      []roster.Roster
	Changes      []roster.Change
	Agencies     map[string]roster.Agency
	Records      map[string]roster.Record
	Holds        map[string]roster.Hold
	Polls        []roster.Poll // the newest first
	Reading      roster.Reading
	Begun        time.Time
	Validators   map[string]roster.Validator
	Deliveries   []roster.Delivery
	Incidents    map[string]roster.Incident
	Secrets      map[string][]byte
	Decisions    map[string]roster.Decision
	Addresses    map[string]roster.DocumentAddress
	Documents    map[string]roster.Document
	PageTexts    map[string]roster.PageText
}

func newMemory(polls, validators int) *memory {
	return &memory{polls: polls, validated: validators, data: data{
		Bodies: map[string][]byte{}, Agencies: map[string]roster.Agency{}, Records: map[string]roster.Record{},
		Holds: map[string]roster.Hold{}, Validators: map[string]roster.Validator{},
		Incidents: map[string]roster.Incident{}, Secrets: map[string][]byte{}, Decisions: map[string]roster.Decision{},
		Addresses: map[string]roster.DocumentAddress{}, Documents: map[string]roster.Document{}, PageTexts: map[string]roster.PageText{},
	}}
}

// copyOf copies a value with all that it points to.
func copyOf[T any](v T) T {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err) // plain data always encodes
	}
	var c T
	if err := json.Unmarshal(raw, &c); err != nil {
		panic(err)
	}
	return c
}

func (m *memory) Commit(ctx context.Context, b store.Batch) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	d := m.data
	if d.seqs() != b.Before || b.Revision != 0 && b.Revision != d.Revision {
		return store.ErrConflict
	}
	if slices.ContainsFunc(b.Records, func(r roster.Record) bool { return len(r.Versions) == 0 }) {
		return errors.New("a record has no id")
	}
	if !keepable(b) {
		return errors.New("an address, a document or a text cannot be kept")
	}
	for _, step := range []func(store.Batch) error{d.addEntries, d.setVerdicts, d.addChanges, d.addDeliveries, d.setIncidents} {
		if err := step(b); err != nil {
			return err
		}
	}
	d.Agencies = with(d.Agencies, b.Agencies, func(a roster.Agency) string { return a.ID })
	d.Records = with(d.Records, b.Records, func(r roster.Record) string { return r.ID() })
	d.Holds = with(d.Holds, b.Holds, func(h roster.Hold) string { return h.ID })
	d.Validators = with(d.Validators, b.Validators, func(v roster.Validator) string { return v.URL })
	d.Addresses = with(d.Addresses, b.Addresses, func(a roster.DocumentAddress) string { return a.URL })
	d.Documents = with(d.Documents, b.Documents, func(f roster.Document) string { return f.SHA256 })
	d.PageTexts = with(d.PageTexts, b.PageTexts, func(p roster.PageText) string { return p.SeenAt.UTC().Format("06-01-02 15:04:05.000000000") })
	oldest := func(a, b roster.Validator) int { return a.CheckedAt.Compare(b.CheckedAt) }
	for len(d.Validators) > m.validated {
		delete(d.Validators, slices.MinFunc(sorted(d.Validators), oldest).URL)
	}
	if b.Poll != nil {
		p := copyOf(*b.Poll)
		p.Seq = 1
		if len(d.Polls) > 0 {
			p.Seq = d.Polls[0].Seq + 1
		}
		d.Reading = d.Reading.After(p)
		if d.Begun.Compare(p.At) <= 0 {
			d.Begun = time.Time{}
		}
		d.Polls = append([]roster.Poll{p}, d.Polls...)
		d.Polls = d.Polls[:min(len(d.Polls), m.polls)]
	}
	d.Revision++
	m.data = d
	return nil
}

// keepable says whether what a batch brings of documents is named as it must be.
func keepable(b store.Batch) bool {
	hash := regexp.MustCompile(`^[0-9a-f]{64}$`)
	for _, a := range b.Addresses {
		if len(a.URL) < 1 || len(a.URL) > 2000 ||
			slices.ContainsFunc(a.Versions, func(v roster.DocumentVersion) bool { return !hash.MatchString(v.SHA256) }) {
			return false
		}
	}
	return !slices.ContainsFunc(b.Documents, func(d roster.Document) bool { return !hash.MatchString(d.SHA256) }) &&
		!slices.ContainsFunc(b.PageTexts, func(p roster.PageText) bool { return p.SeenAt.IsZero() })
}

func (d *data) seqs() roster.Seqs {
	return roster.Seqs{Publication: uint64(len(d.Publications)), Change: uint64(len(d.Changes))}
}

func (d *data) addEntries(b store.Batch) error {
	d.Bodies = maps.Clone(d.Bodies)
	d.Publications, d.Rosters = slices.Clip(d.Publications), slices.Clip(d.Rosters)
	for _, e := range b.Entries {
		sum := sha256.Sum256(e.Body)
		if as := e.Publication.KeptAs; as != "" {
			if e.Publication.Seq != d.seqs().Publication+1 {
				return store.ErrConflict
			}
			if len(e.Body)+len(e.Roster.Rows) > 0 || d.Bodies[as] == nil || len(e.Publication.SHA256) != 2*sha256.Size {
				return errors.New("nothing is kept in its place")
			}
			at := slices.IndexFunc(d.Publications, func(p roster.Publication) bool { return p.SHA256 == as && p.KeptAs == "" })
			d.Publications, d.Rosters = append(d.Publications, copyOf(e.Publication)), append(d.Rosters, d.Rosters[at])
			continue
		}
		switch {
		case e.Publication.Seq != d.seqs().Publication+1:
			return store.ErrConflict
		case hex.EncodeToString(sum[:]) != e.Publication.SHA256:
			return errors.New("the hash is not that of the bytes")
		}
		d.Publications = append(d.Publications, copyOf(e.Publication))
		d.Rosters = append(d.Rosters, copyOf(e.Roster))
		d.Bodies[e.Publication.SHA256] = slices.Clone(e.Body)
	}
	return nil
}

func (d *data) setVerdicts(b store.Batch) error {
	d.Publications = slices.Clone(d.Publications)
	for _, p := range b.Verdicts {
		if p.Seq < 1 || p.Seq > d.seqs().Publication {
			return store.ErrNotFound
		}
		if before := d.Publications[p.Seq-1]; p.SHA256 != before.SHA256 || p.KeptAs != before.KeptAs {
			return errors.New("the bytes of a publication cannot change")
		}
		d.Publications[p.Seq-1] = copyOf(p)
	}
	return nil
}

func (d *data) addChanges(b store.Batch) error {
	d.Changes = slices.Clip(d.Changes) // so that others' memory is not appended to
	taken := map[string]bool{}
	for _, c := range d.Changes {
		taken[c.ID] = true
	}
	for _, c := range b.Changes {
		if c.Seq != d.seqs().Change+1 {
			return store.ErrConflict
		}
		if taken[c.ID] {
			return errors.New("a change is never edited")
		}
		taken[c.ID] = true
		d.Changes = append(d.Changes, copyOf(c))
	}
	return nil
}

// with returns a copy of the items with some put in.
func with[T any](items map[string]T, more []T, id func(T) string) map[string]T {
	items = maps.Clone(items)
	for _, item := range more {
		items[id(item)] = copyOf(item)
	}
	return items
}

// sorted lists the items by id.
func sorted[T any](items map[string]T) []T {
	var list []T
	for _, id := range slices.Sorted(maps.Keys(items)) {
		list = append(list, items[id])
	}
	return list
}

// read returns what is stored now.
func (m *memory) read(ctx context.Context) (data, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.data, ctx.Err()
}

func (m *memory) Revision(ctx context.Context) (uint64, error) {
	d, err := m.read(ctx)
	return d.Revision, err
}

func (m *memory) Known(ctx context.Context) (roster.Snapshot, error) {
	d, err := m.read(ctx)
	k := roster.Snapshot{
		Agencies: map[string]*roster.Agency{}, Records: map[string]*roster.Record{},
		InForce: map[roster.List]roster.Publication{}, Seqs: d.seqs(),
	}
	for id, a := range copyOf(d.Agencies) {
		k.Agencies[id] = &a
	}
	for id, r := range copyOf(d.Records) {
		k.Records[id] = &r
	}
	for _, h := range newestFirst(d.Holds) {
		if h.State == roster.HoldOpen {
			k.Holds = append(k.Holds, copyOf(h))
		}
	}
	for _, p := range d.Publications {
		if p.Verdict != roster.VerdictAccepted {
			continue
		}
		if k.First.IsZero() || p.EffectiveAt.Before(k.First) {
			k.First = p.EffectiveAt
		}
		if last, ok := k.InForce[p.List]; !ok || !p.EffectiveAt.Before(last.EffectiveAt) {
			k.InForce[p.List] = copyOf(p)
		}
	}
	return k, err
}

func (m *memory) Changes(ctx context.Context, q store.ChangeQuery) ([]roster.Change, error) {
	d, err := m.read(ctx)
	return copyOf(sift(d.Changes, q)), err
}

func (m *memory) Change(ctx context.Context, id string) (roster.Change, error) {
	d, err := m.read(ctx)
	return find(d.Changes, err, func(c roster.Change) bool { return c.ID == id })
}

// find returns the one item that is wanted.
func find[T any](items []T, err error, wanted func(T) bool) (T, error) {
	var none T
	if err != nil {
		return none, err
	}
	if i := slices.IndexFunc(items, wanted); i >= 0 {
		return copyOf(items[i]), nil
	}
	return none, store.ErrNotFound
}

func (m *memory) Publications(ctx context.Context) ([]roster.Publication, error) {
	d, err := m.read(ctx)
	return copyOf(d.Publications), err
}

func (m *memory) Publication(ctx context.Context, seq uint64) (roster.Publication, error) {
	d, err := m.read(ctx)
	return find(d.Publications, err, func(p roster.Publication) bool { return p.Seq == seq })
}

func (m *memory) Body(ctx context.Context, sha string) ([]byte, error) {
	d, err := m.read(ctx)
	if body, ok := d.Bodies[sha]; ok || err != nil {
		return slices.Clone(body), err
	}
	return nil, store.ErrNotFound
}

func (m *memory) Roster(ctx context.Context, seq uint64) (roster.Roster, error) {
	d, err := m.read(ctx)
	if err == nil && (seq < 1 || seq > uint64(len(d.Rosters))) {
		err = store.ErrNotFound
	}
	if err != nil {
		return roster.Roster{}, err
	}
	return copyOf(d.Rosters[seq-1]), nil
}

func (m *memory) Holds(ctx context.Context) ([]roster.Hold, error) {
	d, err := m.read(ctx)
	return copyOf(newestFirst(d.Holds)), err
}

func newestFirst(holds map[string]roster.Hold) []roster.Hold {
	list := sorted(holds)
	slices.SortFunc(list, func(a, b roster.Hold) int {
		return cmp.Or(b.Since.Compare(a.Since), cmp.Compare(b.ID, a.ID))
	})
	return list
}

func (m *memory) Polls(ctx context.Context, n int) ([]roster.Poll, error) {
	d, err := m.read(ctx)
	return copyOf(d.Polls[:min(len(d.Polls), max(n, 0))]), err
}

func (m *memory) Reading(ctx context.Context) (roster.Reading, error) {
	d, err := m.read(ctx)
	return d.Reading, err
}

func (m *memory) BegunPoll(ctx context.Context) (time.Time, error) {
	d, err := m.read(ctx)
	return d.Begun, err
}

func (m *memory) BeginPoll(ctx context.Context, at time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.data.Begun = at
	return ctx.Err()
}

func (m *memory) Validators(ctx context.Context) ([]roster.Validator, error) {
	d, err := m.read(ctx)
	return copyOf(sorted(d.Validators)), err
}

func (m *memory) Addresses(ctx context.Context) ([]roster.DocumentAddress, error) {
	d, err := m.read(ctx)
	return copyOf(sorted(d.Addresses)), err
}

func (m *memory) Documents(ctx context.Context) ([]roster.Document, error) {
	d, err := m.read(ctx)
	return copyOf(sorted(d.Documents)), err
}

func (m *memory) PageTexts(ctx context.Context) ([]roster.PageText, error) {
	d, err := m.read(ctx)
	return copyOf(sorted(d.PageTexts)), err
}

func (m *memory) Backup(ctx context.Context, w io.Writer) error {
	d, err := m.read(ctx)
	if err != nil {
		return err
	}
	if err := json.NewEncoder(w).Encode(d); err != nil {
		return fmt.Errorf("writing the backup: %w", err)
	}
	return nil
}

func (m *memory) Close() error { return nil }

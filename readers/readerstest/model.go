package readerstest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/readers"
)

// model keeps readers in memory, in the simplest way, to compare a store with. It
// finds by looking at everything, and counts by counting.
type model struct {
	secret      []byte // for suppressions
	people      []readers.Reader
	requests    []readers.Request
	letters     []readers.Letter
	suppressed  map[string]readers.Suppression // by readers.AddressKey
	used        map[string]readers.Used
	seq, letter uint64
}

func newModel(ctx context.Context, s readers.Store) (*model, error) {
	secret, err := s.Secret(ctx, readers.SecretSuppression)
	return &model{secret: secret, suppressed: map[string]readers.Suppression{}, used: map[string]readers.Used{}}, err
}

func same(a, b string) bool { return strings.EqualFold(a, b) }

func (m *model) write(kind readers.LetterKind, of readers.ID, at time.Time) {
	m.letter++
	m.letters = append(m.letters, readers.Letter{Seq: m.letter, Kind: kind, Of: of, At: at})
}

func (m *model) ask(r readers.Request) error {
	if r.Check() != nil {
		return readers.ErrInvalid
	}
	for _, other := range m.requests {
		if other.ID == r.ID {
			return readers.ErrConflict
		}
	}
	for _, p := range m.people {
		if p.ID == r.ID {
			return readers.ErrConflict
		}
	}
	for {
		n, oldest := 0, -1
		for i, other := range m.requests {
			if same(other.Address, r.Address) {
				n++
				if oldest < 0 || older(other, m.requests[oldest]) {
					oldest = i
				}
			}
		}
		if n < readers.MostRequests {
			break
		}
		m.close(m.requests[oldest].ID)
	}
	m.requests = append(m.requests, r)
	if _, is := m.suppressed[readers.AddressKey(r.Address)]; !is {
		m.write(readers.LetterConfirm, r.ID, r.At)
	}
	return nil
}

func older(a, b readers.Request) bool {
	return a.At.Before(b.At) || a.At.Equal(b.At) && a.ID < b.ID
}

func (m *model) request(id readers.ID) *readers.Request {
	for i := range m.requests {
		if m.requests[i].ID == id {
			return &m.requests[i]
		}
	}
	return nil
}

func (m *model) close(id readers.ID) {
	m.requests = slices.DeleteFunc(m.requests, func(r readers.Request) bool { return r.ID == id })
	m.letters = slices.DeleteFunc(m.letters, func(l readers.Letter) bool { return l.Of == id })
}

func (m *model) withdraw(id readers.ID) error {
	if m.request(id) == nil {
		return readers.ErrNotFound
	}
	m.close(id)
	return nil
}

func (m *model) try(id readers.ID) (readers.Request, error) {
	r := m.request(id)
	if r == nil {
		return readers.Request{}, readers.ErrNotFound
	}
	r.Tries++
	return *r, nil
}

func (m *model) confirm(id readers.ID, at time.Time, since uint64) (readers.Reader, error) {
	found := m.request(id)
	if found == nil {
		return readers.Reader{}, readers.ErrNotFound
	}
	r := *found
	if _, is := m.suppressed[readers.AddressKey(r.Address)]; is || at.Sub(r.At) >= 7*24*time.Hour {
		return readers.Reader{}, readers.ErrNotFound
	}
	m.close(id)
	for i := range m.people {
		if same(m.people[i].Address, r.Address) {
			m.people[i].Join(r.Wish, at, since)
			return m.people[i], nil
		}
	}
	m.seq++
	m.people = append(m.people, readers.NewReader(r, m.seq, at, since))
	return m.people[len(m.people)-1], nil
}

func (m *model) reader(id readers.ID) *readers.Reader {
	for i := range m.people {
		if m.people[i].ID == id {
			return &m.people[i]
		}
	}
	return nil
}

func (m *model) update(id readers.ID, change func(*readers.Reader) error) (readers.Reader, error) {
	r := m.reader(id)
	if r == nil {
		return readers.Reader{}, readers.ErrNotFound
	}
	after := *r
	if err := change(&after); err != nil {
		return readers.Reader{}, err
	}
	after.ID, after.Seq, after.Address, after.SignedUpAt = r.ID, r.Seq, r.Address, r.SignedUpAt
	if err := after.Check(); err != nil {
		return readers.Reader{}, err
	}
	if after.State == readers.StateLeft && r.State != readers.StateLeft {
		m.write(readers.LetterLeft, id, after.LeftAt)
	}
	*r = after
	return after, nil
}

func (m *model) erase(id readers.ID) error {
	r := m.reader(id)
	if r == nil {
		return readers.ErrNotFound
	}
	address := r.Address
	for _, q := range slices.Clone(m.requests) {
		if same(q.Address, address) {
			m.close(q.ID)
		}
	}
	m.letters = slices.DeleteFunc(m.letters, func(l readers.Letter) bool { return l.Of == id })
	m.people = slices.DeleteFunc(m.people, func(p readers.Reader) bool { return p.ID == id })
	return nil
}

func (m *model) suppress(address string, reason readers.Reason, at time.Time) {
	s := readers.Suppression{Key: readers.SuppressionKey(m.secret, address), Reason: reason, At: at}
	kept, is := m.suppressed[readers.AddressKey(address)]
	if is && (kept.Reason == readers.ReasonComplaint || kept.Reason == readers.ReasonOperator) {
		s.Reason, s.At = kept.Reason, kept.At
	}
	for i := range m.people {
		if p := &m.people[i]; same(p.Address, address) {
			p.Suppress(at)
			if p.State == readers.StateSuppressed {
				s.Seq = p.Seq
			}
		}
	}
	m.suppressed[readers.AddressKey(address)] = s
}

func (m *model) unsuppress(key string) error {
	for address, s := range m.suppressed {
		if s.Key != key {
			continue
		}
		delete(m.suppressed, address)
		for i := range m.people {
			if p := &m.people[i]; same(p.Address, address) && p.State == readers.StateSuppressed {
				p.Unsuppress(p.ChangedAt)
			}
		}
		return nil
	}
	return readers.ErrNotFound
}

func (m *model) take(limits []readers.Limit, at time.Time) string {
	after := map[string]readers.Used{}
	for _, l := range limits {
		u, is := after[l.Key]
		if !is {
			u = m.used[l.Key]
		}
		if !at.Before(u.Until) {
			u = readers.Used{Until: at.Add(l.Within)}
		}
		if u.Count >= l.Most {
			return l.Name
		}
		u.Key = l.Key
		u.Count++
		after[l.Key] = u
	}
	for k, u := range after {
		m.used[k] = u
	}
	return ""
}

func (m *model) sweep(at time.Time, last uint64) (done readers.Swept) {
	for _, r := range slices.Clone(m.requests) {
		if at.Sub(r.At) >= 7*24*time.Hour {
			done.Requests++
			m.close(r.ID)
		}
	}
	for k, u := range m.used {
		if !u.Until.After(at) {
			done.Limits++
			delete(m.used, k)
		}
	}
	for _, r := range slices.Clone(m.people) {
		gone := r.State == readers.StateLeft || r.State == readers.StateSuppressed
		switch {
		case gone && at.Sub(r.LeftAt) >= 30*24*time.Hour:
			done.Erased++
			_ = m.erase(r.ID)
		case r.State == readers.StatePaused && !r.PausedUntil.IsZero() && !r.PausedUntil.After(at):
			done.Resumed++
			m.reader(r.ID).Resume(at, last)
		}
	}
	return done
}

func (m *model) stats() readers.Stats {
	s := readers.Stats{Requests: len(m.requests), Letters: len(m.letters), Suppressed: map[readers.Reason]int{}}
	for _, sup := range m.suppressed {
		s.Suppressed[sup.Reason]++
	}
	for _, r := range m.people {
		i := slices.IndexFunc(s.Readers, func(c readers.Count) bool {
			return c.State == r.State && c.Language == r.Language && c.Cadence == r.Cadence
		})
		if i < 0 {
			s.Readers = append(s.Readers, readers.Count{State: r.State, Language: r.Language, Cadence: r.Cadence})
			i = len(s.Readers) - 1
		}
		s.Readers[i].Readers++
	}
	slices.SortFunc(s.Readers, readers.Count.Compare)
	if len(m.letters) > 0 {
		s.Oldest = m.letters[0].At
	}
	return s
}

// following are the numbers of those of whom a mailing would ask.
func (m *model) following(keys []string, c notify.Cadence) (seqs []uint64) {
	for _, r := range m.people {
		if r.State != readers.StateActive || r.Cadence != c && r.Was != c {
			continue
		}
		for _, k := range keys {
			owed := k == readers.KeyOwed && r.Was == c
			if owed || r.Cadence == c && slices.ContainsFunc(r.Follows, func(f readers.Follow) bool { return slices.Contains(f.Keys(), k) }) {
				seqs = append(seqs, r.Seq)
				break
			}
		}
	}
	return seqs
}

// kind is which of the errors of the contract an error is.
func kind(err error) error {
	for _, k := range []error{readers.ErrNotFound, readers.ErrConflict, readers.ErrInvalid, errTheirs} {
		if errors.Is(err, k) {
			return k
		}
	}
	return err
}

// errTheirs is an error of a function that is given to Update.
var errTheirs = errors.New("the caller's own")

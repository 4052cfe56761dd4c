package verify_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/diff"
	"github.com/watch287g/watch287g/internal/archivetest"
	"github.com/watch287g/watch287g/rebuild/verify"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/store/bolt"
	"github.com/watch287g/watch287g/watch"
)

var whole = flag.Bool("verify.whole", false, "verify 500 changes of the whole archive, and 1,000 altered ones")

// archive is what a store made of the archive's first lists.
type archive struct {
	store   store.Store
	changes []roster.Change
	chain   verify.Chain
}

func imported(t *testing.T, lists int) archive {
	t.Helper()
	dir := archivetest.Need(t)
	f, err := os.Open(filepath.Join(dir, "index.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	head := rows[0]
	var past []watch.Past
	for _, row := range rows[1:min(len(rows), lists+1)] {
		cell := func(name string) string { return row[slices.Index(head, name)] }
		at, err := time.Parse(time.RFC3339, cell("published_at"))
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, filepath.FromSlash(cell("file")))
		past = append(past, watch.Past{PublishedAt: at, Link: cell("link"), File: filepath.Base(path), Open: func() ([]byte, error) { return os.ReadFile(path) }})
	}
	s, err := bolt.Open(filepath.Join(t.TempDir(), "watch287g.db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if _, err := watch.New(watch.Options{Store: s}).Import(t.Context(), past, nil); err != nil {
		t.Fatal(err)
	}
	a := archive{store: s, chain: verify.Chain{Body: s.Body}}
	a.changes, err = s.Changes(t.Context(), store.ChangeQuery{})
	if err == nil {
		a.chain.Publications, err = s.Publications(t.Context())
	}
	if err == nil {
		a.chain.Holds, err = s.Holds(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// two are the list that a change names and the one before it.
func (a archive) two(ctx context.Context, c roster.Change) (older, newer verify.File, ok bool) {
	for _, p := range a.chain.Publications {
		if p.List != c.Publication.List || p.Verdict != roster.VerdictAccepted {
			continue
		}
		if p.SHA256 == c.Publication.SHA256 && p.PublishedAt.Equal(c.Publication.PublishedAt) {
			newer.Publication = p
			break
		}
		older.Publication = p
	}
	if older.Publication.Seq == 0 || newer.Publication.Seq == 0 {
		return older, newer, false
	}
	for _, f := range []*verify.File{&older, &newer} {
		hash := f.Publication.SHA256
		if f.Publication.KeptAs != "" {
			hash = f.Publication.KeptAs
		}
		body, err := a.chain.Body(ctx, hash)
		if err != nil {
			return older, newer, false
		}
		f.Body = body
	}
	return older, newer, true
}

// Changes of the archive drawn by chance come out the same from the files alone, and none
// does of which anything was altered.
func TestArchiveIsVerified(t *testing.T) {
	lists, drawn, altered := 24, 60, 300
	if *whole {
		lists, drawn, altered = 1000, 500, 1000
	}
	a := imported(t, lists)
	derived, err := a.chain.Derive(t.Context(), diff.Settings{})
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 287))
	verdicts := map[string]int{}
	for _, i := range r.Perm(len(a.changes))[:drawn] {
		c := a.changes[i]
		if got := verify.Among(c, derived); got.Verdict != verify.Confirmed {
			t.Errorf("%s, %s: %+v", c.ID, c.Kind, got.Wrong)
		}
		older, newer, ok := a.two(t.Context(), c)
		if !ok {
			continue
		}
		got, err := verify.Two(t.Context(), c, older, newer, diff.Settings{})
		if err != nil {
			t.Fatal(err)
		}
		verdicts[string(c.Kind)+" "+string(got.Verdict)]++
		if got.Verdict == verify.Refuted {
			t.Errorf("%s, %s, from two lists: %+v", c.ID, c.Kind, got.Wrong)
		}
	}
	t.Logf("from two lists: %v", verdicts)
	wrongly := map[string]int{}
	for range altered {
		c := a.changes[r.IntN(len(a.changes))]
		lie, member := alter(t, r, c)
		if got := verify.Among(lie, derived); got.Verdict != verify.Refuted {
			t.Errorf("%s with another %s: %s", c.ID, member, got.Verdict)
		}
		if older, newer, ok := a.two(t.Context(), c); ok && r.IntN(4) == 0 {
			got, err := verify.Two(t.Context(), lie, older, newer, diff.Settings{})
			if err == nil && got.Verdict == verify.Confirmed &&
				!slices.ContainsFunc(got.Open, func(open string) bool { return open == member || strings.HasPrefix(member, open+".") }) {
				wrongly[member]++
			}
		}
	}
	if len(wrongly) > 0 {
		t.Errorf("two lists confirmed what was altered: %v", wrongly)
	}
}

// alter returns a change with one member of its JSON altered, at any depth, and its name.
func alter(t *testing.T, r *rand.Rand, c roster.Change) (roster.Change, string) {
	t.Helper()
	for {
		doc, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		var m map[string]any
		if err := json.Unmarshal(doc, &m); err != nil {
			t.Fatal(err)
		}
		name := alterMember(r, m)
		if doc, err = json.Marshal(m); err != nil {
			t.Fatal(err)
		}
		var lie roster.Change
		if json.Unmarshal(doc, &lie) != nil {
			continue // no change at all
		}
		if again, err := json.Marshal(lie); err == nil && string(again) != mustJSON(t, c) {
			return lie, name
		}
	}
}

func mustJSON(t *testing.T, v any) string {
	t.Helper()
	doc, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(doc)
}

func alterMember(r *rand.Rand, m map[string]any) string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	name := names[r.IntN(len(names))]
	switch v := m[name].(type) {
	case map[string]any:
		return name + "." + alterMember(r, v)
	case []any:
		m[name] = v[:len(v)-1]
		if inner, ok := v[r.IntN(len(v))].(map[string]any); ok && r.IntN(2) == 0 {
			m[name] = v
			alterMember(r, inner)
		}
	case string:
		m[name] = alterText(r, v)
	case float64:
		m[name] = v + float64(1+r.IntN(3))
	case bool:
		m[name] = !v
	default:
		m[name] = "2025-01-02"
	}
	return name
}

// alterText is another text, of the same kind where it is a date or a time.
func alterText(r *rand.Rand, s string) string {
	if at, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return at.Add(time.Duration(1+r.IntN(1000)) * time.Minute).Format(time.RFC3339Nano)
	}
	if at, err := time.Parse(time.DateOnly, s); err == nil {
		return at.AddDate(0, 0, 1+r.IntN(30)).Format(time.DateOnly)
	}
	if s == "" || r.IntN(3) == 0 {
		return s + "x"
	}
	i := r.IntN(len(s))
	return fmt.Sprintf("%s%c%s", s[:i], 'a'+rune(r.IntN(26)), s[i+1:])
}

package postgres

import (
	"context"
	"errors"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/watch287g/watch287g/internal/pgtest"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/store/bolt"
	"github.com/watch287g/watch287g/store/storetest"
)

// filledFile makes a store in a file with something of everything.
func filledFile(t *testing.T) *bolt.Store {
	t.Helper()
	s, err := bolt.Open(filepath.Join(t.TempDir(), "watch287g.db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	_, err = s.Secret(t.Context(), "links")
	err2 := s.Decide(t.Context(), roster.Decision{Hold: "hold", Serial: 1})
	if err := errors.Join(err, err2, storetest.Fill(t.Context(), s, 120, 7)); err != nil {
		t.Fatal(err)
	}
	return s
}

func contents(t *testing.T, s store.Store) storetest.Contents {
	t.Helper()
	c, err := storetest.Read(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestThereAndBack copies a store to a database and back. What is copied is told alike
// by all that a store is asked.
func TestThereAndBack(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	file, there := filledFile(t), opened(t, pgtest.Need(t).Database(t))
	n, err := there.Load(ctx, file)
	if err != nil || n < 300 {
		t.Fatalf("%d things were copied: %v", n, err)
	}
	path := filepath.Join(t.TempDir(), "new", "watch287g.db")
	m, err := bolt.Load(ctx, path, there)
	if err != nil || m != n {
		t.Fatalf("%d things were copied there, and %d back: %v", n, m, err)
	}
	back, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = back.Close() })
	want := contents(t, file)
	secret, err := file.Secret(ctx, "links")
	if err != nil {
		t.Fatal(err)
	}
	revision, err := file.Revision(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]store.Store{"there": there, "back": back} {
		if diff := storetest.Diff(want, contents(t, s)); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
		got, err := s.Secret(ctx, "links")
		now, err2 := s.Revision(ctx)
		if err := errors.Join(err, err2); err != nil || string(got) != string(secret) || now != revision {
			t.Errorf("%s: the revision is %d, want %d, or the secret is another one (%v)", name, now, revision, err)
		}
		for _, d := range want.Deliveries {
			for _, change := range d.Changes {
				a, err := file.DeliveryOf(ctx, d.Channel, change)
				b, err2 := s.DeliveryOf(ctx, d.Channel, change)
				if err := errors.Join(err, err2); err != nil || a.Seq != b.Seq {
					t.Fatalf("%s: change %d went to %s by delivery %d, and now by %d (%v)", name, change, d.Channel, a.Seq, b.Seq, err)
				}
			}
		}
		if err := s.Enqueue(ctx, []roster.Delivery{{ID: "one more", Channel: "ops", State: roster.DeliveryWaiting}}, nil); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := there.Load(ctx, file); !errors.Is(err, store.ErrNotEmpty) {
		t.Errorf("to a database that has something: %v", err)
	}
	if _, err := bolt.Load(ctx, path, file); !errors.Is(err, store.ErrNotEmpty) {
		t.Errorf("to a file that is there: %v", err)
	}
}

// bent is a store that tells something else from the nth time on.
type bent struct {
	store.Dumper
	times, from int
	bend        func(i int, item store.Item) (store.Item, error)
}

func (b *bent) Dump(ctx context.Context) iter.Seq2[store.Item, error] {
	b.times++
	now := b.times
	return func(yield func(store.Item, error) bool) {
		i := 0
		for item, err := range b.Dumper.Dump(ctx) {
			if err == nil && now >= b.from {
				item, err = b.bend(i, item)
			}
			i++
			if item.Part == "left out" {
				continue
			}
			if !yield(item, err) || err != nil {
				return
			}
		}
	}
}

// TestCopyThatDiffers reads back something else than what is there by then, or breaks
// off: nothing is there then, and the next copy does well.
func TestCopyThatDiffers(t *testing.T) {
	t.Parallel()
	broken := errors.New("the disk broke")
	file, there := filledFile(t), opened(t, pgtest.Need(t).Database(t))
	dir := t.TempDir()
	path := filepath.Join(dir, "watch287g.db")
	const at = 57
	for name, tt := range map[string]struct {
		from int
		bend func(i int, item store.Item) (store.Item, error)
		want error
	}{
		"a value": {2, func(i int, item store.Item) (store.Item, error) {
			if i == at {
				item.Value = append([]byte(" "), item.Value...)
			}
			return item, nil
		}, store.ErrDiffers},
		"a thing that is missing": {2, func(i int, item store.Item) (store.Item, error) {
			if i == at {
				item.Part = "left out"
			}
			return item, nil
		}, store.ErrDiffers},
		"a key": {2, func(i int, item store.Item) (store.Item, error) {
			if i == at {
				item.Key += "0"
			}
			return item, nil
		}, store.ErrDiffers},
		"an error while it is read": {1, func(i int, item store.Item) (store.Item, error) {
			if i == at {
				return item, broken
			}
			return item, nil
		}, broken},
		"an error while it is compared": {2, func(i int, item store.Item) (store.Item, error) {
			if i == at {
				return item, broken
			}
			return item, nil
		}, broken},
		"what cannot be read": {1, func(_ int, item store.Item) (store.Item, error) {
			if item.Part == store.PartDeliveries {
				item.Value = []byte("{")
			}
			return item, nil
		}, store.ErrDamaged},
	} {
		_, err := there.Load(t.Context(), &bent{Dumper: file, from: tt.from, bend: tt.bend})
		_, err2 := bolt.Load(t.Context(), path, &bent{Dumper: file, from: tt.from, bend: tt.bend})
		if !errors.Is(err, tt.want) || !errors.Is(err2, tt.want) {
			t.Errorf("%s: to a database %v, to a file %v, want %v", name, err, err2, tt.want)
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("%s: left are %v (%v)", name, left, err)
		}
		whole(t, there, 0)
	}
	if _, err := there.Load(t.Context(), file); err != nil {
		t.Error(err)
	}
}

// TestCopyIsKilled kills a process in the middle of a copy, both ways.
func TestCopyIsKilled(t *testing.T) {
	if address := os.Getenv("TEST_COPY_TO"); address != "" {
		stop := func(i int, item store.Item) (store.Item, error) {
			if i == 200 {
				if err := os.WriteFile(os.Getenv("TEST_COPY_SAYS"), nil, 0o600); err != nil {
					return item, err
				}
				select {} // until killed
			}
			return item, nil
		}
		var err error
		from := &bent{Dumper: filledFile(t), from: 1, bend: stop}
		if filepath.IsAbs(address) {
			_, err = bolt.Load(t.Context(), address, from)
		} else {
			_, err = opened(t, address).Load(t.Context(), from)
		}
		t.Fatal("the copy ended: ", err)
	}
	t.Parallel()
	there := opened(t, pgtest.Need(t).Database(t))
	path := filepath.Join(t.TempDir(), "watch287g.db")
	for _, target := range []string{path, there.pool.Config().ConnString()} {
		says := filepath.Join(t.TempDir(), "says")
		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestCopyIsKilled$")
		child.Env = append(os.Environ(), "TEST_COPY_TO="+target, "TEST_COPY_SAYS="+says)
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- child.Wait() }()
		again := time.NewTicker(10 * time.Millisecond)
		defer again.Stop()
		for _, err := os.Stat(says); err != nil; _, err = os.Stat(says) {
			select {
			case <-again.C:
			case err := <-ended:
				t.Fatalf("the copy to %s ended by itself: %v", target, err)
			}
		}
		if err := child.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		if err := <-ended; err == nil {
			t.Error("the copy ended well")
		}
	}
	file := filledFile(t)
	if _, err := os.Stat(path); err == nil {
		t.Error("there is half a file")
	}
	whole(t, there, 0)
	_, err := there.Load(t.Context(), file)
	_, err2 := bolt.Load(t.Context(), path, there)
	if err := errors.Join(err, err2); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) != 1 {
		t.Errorf("left are %v (%v)", left, err)
	}
}

package sqlite

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/watch287g/watch287g/document"
	"github.com/watch287g/watch287g/document/search"
	"github.com/watch287g/watch287g/document/search/searchtest"
	"github.com/watch287g/watch287g/internal/smalldisk"
)

// many are documents of which each says a word of its own.
func many(count int) *searchtest.Papers {
	p := searchtest.Small()
	for i := range count {
		var text strings.Builder
		for line := range 40 {
			fmt.Fprintf(&text, "Line %d of agreement%d says something%d that no other one says.\n\n", line, i, i*line)
		}
		p.Add(fmt.Sprint("many ", i), document.Page{Text: text.String()})
	}
	return p
}

func finds(t *testing.T, x *search.Index, word string) bool {
	t.Helper()
	r, err := x.Find(t.Context(), search.Query{Text: word})
	return err == nil && r.Documents > 0
}

// On a disk that is full or cannot be written to, what is indexed is found, and the rest is
// indexed once there is room.
func TestIndexOnDisk(t *testing.T) {
	t.Parallel()
	p := many(60)
	for _, name := range []string{"full", "read-only"} {
		disk, remount := smalldisk.Mount(t, "400k")
		path := filepath.Join(disk, "documents.index")
		x := search.New(New(path), nil)
		must(t, x.Fill(t.Context(), p.Documents()[:5], p))
		if name == "full" {
			if err := x.Fill(t.Context(), p.Documents(), p); err == nil || strings.Contains(err.Error(), "\n") {
				t.Errorf("%s: %v", name, err)
			}
			if !finds(t, x, "lottery") {
				t.Errorf("%s: what is indexed is not found", name)
			}
		}
		must(t, x.Close())
		if name == "read-only" {
			remount(syscall.MS_RDONLY, "8m")
		}
		// A service that is started now finds it, or has nothing to look through.
		again := search.New(New(path), nil)
		if err := again.Fill(t.Context(), p.Documents(), p); err == nil {
			t.Errorf("%s: documents are indexed where nothing can be written", name)
		}
		_, err := again.Find(t.Context(), search.Query{Text: "lottery"})
		if name == "full" && err != nil {
			t.Errorf("%s: what is indexed is not found by a service that was started anew: %v", name, err)
		}
		remount(0, "16m")
		must(t, again.Fill(t.Context(), p.Documents(), p))
		if !finds(t, again, "lottery") || !finds(t, again, "agreement59") {
			t.Errorf("%s: with room again, not all is found", name)
		}
		must(t, again.Close())
	}
}

// Two processes index and look at once, and each of them removes the file under the other,
// which can damage what the other has open. After that it heals: a few turns later both find all.
func TestTwoIndexers(t *testing.T) {
	t.Parallel()
	p := many(40)
	path := filepath.Join(t.TempDir(), "documents.index")
	var group sync.WaitGroup
	var both [2]*search.Index
	for at := range both {
		x := search.New(New(path), nil)
		both[at] = x
		t.Cleanup(func() { _ = x.Close() })
		group.Go(func() {
			for i := range 8 {
				if i == 4 {
					_ = os.Remove(path) // by either
				}
				_ = x.Fill(t.Context(), p.Documents()[:5*(i+1)], p)
				_, _ = x.Find(t.Context(), search.Query{Text: "lottery"})
			}
		})
	}
	group.Wait()
	findsAll := func(x *search.Index) bool { return finds(t, x, "lottery") && finds(t, x, "agreement39") }
	var errs []error
	for range 10 {
		errs = nil
		for _, x := range both {
			errs = append(errs, x.Fill(t.Context(), p.Documents(), p))
		}
		if findsAll(both[0]) && findsAll(both[1]) {
			return
		}
	}
	t.Errorf("not all is found; the last turns ended with %v", errs)
}

// A process that is killed while it indexes leaves a file that the next one goes on with.
func TestKilledWhileIndexing(t *testing.T) {
	p := many(400)
	if at := os.Getenv("TEST_INDEX"); at != "" { // nothing of this one is left to be cleaned up
		x := search.New(New(at), nil)
		must(t, x.Fill(context.Background(), p.Documents(), p))
		return
	}
	path := filepath.Join(t.TempDir(), "documents.index")
	before := 0
	for round := range 4 {
		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKilledWhileIndexing$")
		child.Env = append(os.Environ(), "TEST_INDEX="+path)
		must(t, child.Start())
		for range 200 { // until it is at it
			if info, err := os.Stat(path + "-wal"); err == nil && info.Size() > 0 {
				break
			}
			time.Sleep(5 * time.Millisecond)
		}
		time.Sleep(time.Duration(20*(round+1)) * time.Millisecond)
		must(t, child.Process.Kill())
		_ = child.Wait()
		k := New(path)
		_, err := k.Renew(t.Context())
		must(t, err)
		kept, _, err := k.Kept(t.Context())
		must(t, err)
		must(t, k.Close())
		if len(kept) < before {
			t.Errorf("%d documents were indexed, and %d are left", before, len(kept))
		}
		before = len(kept)
	}
	x := search.New(New(path), nil)
	must(t, x.Fill(t.Context(), p.Documents(), p))
	if !finds(t, x, "lottery") || !finds(t, x, "agreement399") {
		t.Errorf("after %d of %d documents were indexed: not all is found", before, len(p.Documents()))
	}
	must(t, x.Close())
}

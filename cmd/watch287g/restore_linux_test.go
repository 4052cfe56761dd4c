package main

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/internal/smalldisk"
	"github.com/watch287g/watch287g/store/bolt"
)

// TestFullDiskWhereItIsCopied restores, compacts and backs up where there is no room for
// a second copy. Nothing changes, nothing is left behind, and it is said in a line.
func TestFullDiskWhereItIsCopied(t *testing.T) {
	index := archived(t, yearOf(6)[:6])
	data := t.TempDir()
	output(t, program(t, time.Time{}, "--data", data, "import", index))
	backup := filepath.Join(t.TempDir(), "backup.db")
	output(t, program(t, time.Time{}, "--data", data, "backup", backup))
	raw := bytesOf(t, backup)

	disk, remount := smalldisk.Mount(t, "8m")
	path := filepath.Join(disk, "watch287g.db")
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	config := configured(t, "backup: {dir: "+filepath.Join(disk, "kept")+", keep: 2}")
	call := func(args ...string) []string { return append([]string{"--data", disk, "--config", config}, args...) }
	output(t, program(t, time.Time{}, call("backup")...))
	older, err := filepath.Glob(filepath.Join(disk, "kept", "*"))
	if err != nil || len(older) != 1 {
		t.Fatal(older, err)
	}
	const scrap = 30_000
	if err := os.WriteFile(filepath.Join(disk, "filler"), make([]byte, 8<<20-len(raw)-len(bytesOf(t, older[0]))-scrap), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"restore", "--yes", backup}, {"compact"}, {"backup"}} {
		line := complaint(t, program(t, time.Time{}, call(args...)...))
		if !strings.Contains(line, "no space left on device") || args[0] != "backup" && !strings.HasSuffix(line, "; nothing was changed") {
			t.Errorf("%v says: %s", args, line)
		}
	}
	left := []string{}
	for _, dir := range []string{disk, filepath.Join(disk, "kept")} {
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			left = append(left, e.Name())
		}
	}
	if got := strings.Join(left, " "); got != "filler kept watch287g.db "+filepath.Base(older[0]) || !bytes.Equal(raw, bytesOf(t, path)) {
		t.Errorf("on the disk are %s", got)
	}
	remount(0, "32m")
	for _, args := range [][]string{{"restore", "--yes", backup}, {"compact"}, {"backup"}} {
		output(t, program(t, time.Time{}, call(args...)...))
	}
}

// TestKilledWhileCopying kills restores, compactions and backups at any moment. The
// store is the old one or the new one, whole, and each gets through in the end.
func TestKilledWhileCopying(t *testing.T) {
	const seed, kills = 287, 18
	random := rand.New(rand.NewPCG(seed, 10))
	all := yearOf(7)
	l := newLifetime(t)
	output(t, l.call("import", archived(t, all[:4])))
	backup := filepath.Join(t.TempDir(), "backup.db")
	output(t, l.call("backup", backup))
	output(t, l.call("import", archived(t, all[4:12])))
	path := filepath.Join(l.data, "watch287g.db")
	kept := filepath.Join(t.TempDir(), "kept")
	l.config = configured(t, "backup: {dir: "+kept+", keep: 2}")
	counts := map[int]bool{}
	for _, h := range []string{backup, path} {
		held, err := bolt.Inspect(t.Context(), h)
		if err != nil {
			t.Fatal(err)
		}
		counts[held.Publications] = true
	}
	killed := map[string]int{}
	for i := range kills {
		args := [][]string{{"restore", "--yes", backup}, {"compact"}, {"backup"}}[i%3]
		l.now = l.now.Add(time.Minute)
		began := time.Now()
		output(t, l.call(args...))
		l.now = l.now.Add(time.Minute)
		if l.killed(random.Int64N(int64(time.Since(began))), args...) {
			killed[args[0]]++
		}
		held, err := bolt.Inspect(t.Context(), path)
		if err != nil || !counts[held.Publications] {
			t.Fatalf("after %v the store holds %+v (%v)", args, held, err)
		}
		whole, err := filepath.Glob(filepath.Join(kept, "watch287g-*.db"))
		for _, name := range whole {
			if _, err := bolt.Inspect(t.Context(), name); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err != nil || i >= 6 && len(whole) > 3 {
			t.Errorf("there are %v (%v)", whole, err)
		}
	}
	t.Logf("killed: %v", killed)
	for _, args := range [][]string{{"restore", "--yes", backup}, {"compact"}, {"backup"}} {
		l.now = l.now.Add(time.Minute)
		output(t, l.call(args...))
	}
	for _, dir := range []string{l.data, kept} {
		if left, err := filepath.Glob(filepath.Join(dir, ".*")); err != nil || len(left) > 0 {
			t.Errorf("left behind: %v (%v)", left, err)
		}
	}
	l.check()
}

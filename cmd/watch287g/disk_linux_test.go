package main

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/watch287g/watch287g/internal/fakeice"
	"github.com/watch287g/watch287g/internal/smalldisk"
	"github.com/watch287g/watch287g/sheet/sheettest"
)

const fullDisk = "no space left on device; "

// TestFullDisk runs into the end of a disk with an import, a poll, a service and
// a backup. Each says so in one line; what was there stays; and with room again
// the import goes on to the same end as without all that.
func TestFullDisk(t *testing.T) {
	now := time.Date(2026, time.January, 1, 12, 0, 0, 0, time.UTC)
	all := yearOf(4)
	index := archived(t, all)
	quiet := t.TempDir()
	output(t, program(t, now, "--data", quiet, "import", index))
	told := func(data string) string {
		t.Helper()
		return output(t, program(t, now, "--data", data, "changes", "--format", "jsonl")) +
			output(t, program(t, now, "--data", data, "list", "--format", "json"))
	}

	disk, remount := smalldisk.Mount(t, "400k")
	importing := func() { // as far as it goes
		t.Helper()
		line := complaint(t, program(t, now, "--data", disk, "import", index))
		if !strings.HasPrefix(line, "importing participatingAgencies") && !strings.HasPrefix(line, "importing pendingAgencies") ||
			!strings.HasSuffix(line, fullDisk+"free some space on its disk; nothing of this step was written") {
			t.Errorf("an import says: %s", line)
		}
	}
	importing()
	part := told(disk)
	if part == told(quiet) || strings.Count(part, "\n") < 10 {
		t.Fatalf("the disk is no good for this test: %d lines are in the store", strings.Count(part, "\n"))
	}
	importing()

	site := &fakeice.Site{}
	server := httptest.NewServer(site)
	t.Cleanup(server.Close)
	site.Publish(fakeice.File{Link: fakeice.Participating, Name: "new.xlsx", At: now.Add(-time.Hour), Body: sheettest.Participating(sheettest.Sample(900)...)})
	config := configured(t, "source:", "  page: "+server.URL+fakeice.PagePath)
	line := complaint(t, program(t, now, "--data", disk, "--config", config, "poll"))
	if !strings.HasPrefix(line, "writing to the store: ") || !strings.Contains(line, fullDisk) {
		t.Errorf("a poll says: %s", line)
	}
	output(t, program(t, now, "--data", quiet, "backup", filepath.Join(t.TempDir(), "copy.db")))
	line = complaint(t, program(t, now, "--data", quiet, "backup", filepath.Join(disk, "copy.db")))
	if !strings.HasPrefix(line, "backing up: ") || !strings.HasSuffix(line, fullDisk+"make room for it, or choose another place") {
		t.Errorf("a backup says: %s", line)
	}
	left, err := os.ReadDir(disk)
	if err != nil || len(left) != 1 {
		t.Errorf("on the disk are %v (%v)", left, err)
	}
	if again := told(disk); again != part {
		t.Errorf("the store has changed:\n%s\nbefore:\n%s", again, part)
	}

	remount(0, "64m")
	output(t, program(t, now, "--data", disk, "import", index))
	if got, want := told(disk), told(quiet); got != want {
		t.Errorf("with room again the store tells\n%s\nwant\n%s", got, want)
	}
}

// TestReadOnlyFolder has a folder in which nothing can be written.
func TestReadOnlyFolder(t *testing.T) {
	disk, remount := smalldisk.Mount(t, "8m")
	index := archived(t, yearOf(5)[:2])
	output(t, program(t, time.Time{}, "--data", disk, "import", index))
	remount(syscall.MS_RDONLY, "8m")
	for _, args := range [][]string{
		{"--data", disk, "import", index}, {"--data", disk, "poll"}, {"--data", disk, "run"}, {"--data", filepath.Join(disk, "new"), "poll"},
	} {
		line := complaint(t, program(t, time.Time{}, args...))
		if !strings.HasSuffix(line, "read-only file system; let this user write to the file and its directory, or choose another directory") {
			t.Errorf("%v says: %s", args, line)
		}
	}
}

// TestRebuildOnAFullDisk has a rebuild run into the end of its disk: what was there stays,
// with no message, and with room again it comes to the same end.
func TestRebuildOnAFullDisk(t *testing.T) {
	m := newRemade(t)
	disk, remount := smalldisk.Mount(t, "64m")
	if err := os.CopyFS(filepath.Join(disk, "data"), os.DirFS(m.dir)); err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(disk, "data")
	var held syscall.Statfs_t
	if err := syscall.Statfs(disk, &held); err != nil {
		t.Fatal(err)
	}
	used := (held.Blocks - held.Bfree) * uint64(held.Bsize) >> 10 //nolint:gosec // a size
	for _, room := range []uint64{8, 64, 160} {
		remount(0, strconv.FormatUint(used+room, 10)+"k")
		if line := complaint(t, m.call(data, "", rebuilding...)); !strings.Contains(line, fullDisk) || !strings.HasSuffix(line, "nothing was changed") {
			t.Errorf("with %d KB it says: %s", room, line)
		}
		if !m.holds(data, m.before) {
			t.Fatalf("with %d KB it changed something", room)
		}
	}
	remount(0, "64m")
	output(t, m.call(data, "", rebuilding...))
	if !m.holds(data, m.after) {
		t.Error("with room again it leads to something else")
	}
}

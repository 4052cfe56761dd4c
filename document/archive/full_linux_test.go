package archive_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/watch287g/watch287g/document"
	"github.com/watch287g/watch287g/document/archive"
	"github.com/watch287g/watch287g/internal/smalldisk"
)

// fill keeps files until one is refused, and returns the hashes of those that are kept.
func fill(t *testing.T, d *archive.Disk) (hashes []string, refused error) {
	t.Helper()
	for i := range 1000 {
		hash, err := d.Put(t.Context(), bytes.Repeat(fmt.Appendf(nil, "%06d", i), 20_000))
		if err != nil {
			return hashes, err
		}
		hashes = append(hashes, hash)
	}
	t.Fatal("the disk takes everything")
	return nil, nil
}

// TestFullDisk fills a disk: what was kept is whole, nothing is half there, and once there
// is room, all goes on.
func TestFullDisk(t *testing.T) {
	for name, reserve := range map[string]int64{"to the end": 0, "but for what the store needs": archive.Reserve} {
		t.Run(name, func(t *testing.T) {
			disk, remount := smalldisk.Mount(t, "4m")
			d := archive.NewDisk(filepath.Join(disk, "documents"), reserve, time.Now)
			hashes, refused := fill(t, d)
			if reserve == 0 && !errors.Is(refused, syscall.ENOSPC) && !errors.Is(refused, archive.ErrNoRoom) || reserve > 0 && !errors.Is(refused, archive.ErrNoRoom) {
				t.Errorf("the error is %v", refused)
			}
			if err := os.WriteFile(filepath.Join(disk, "state"), make([]byte, 100_000), 0o600); reserve > 0 && err != nil {
				t.Errorf("nothing is left for the state: %v", err)
			}
			whole := func(want int) {
				t.Helper()
				v, err := archive.Verify(t.Context(), d, nil)
				if err != nil || v.Err() != nil || v.Files != want {
					t.Errorf("%+v (%v), want %d files", v, err, want)
				}
			}
			whole(len(hashes))
			_ = d.PutReading(t.Context(), document.Reading{SHA256: hashes[0], Said: strings.Repeat("x", 1<<20)})
			err := filepath.WalkDir(disk, func(path string, e fs.DirEntry, err error) error {
				if err == nil && strings.HasPrefix(e.Name(), ".") {
					t.Errorf("%s is left", path)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
			remount(0, "8m")
			if _, err := d.Put(t.Context(), []byte("there is room again")); err != nil {
				t.Error(err)
			}
			whole(len(hashes) + 1)
		})
	}
}

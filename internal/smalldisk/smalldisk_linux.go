// Package smalldisk makes disks for tests that run full or cannot be written to.
package smalldisk

import (
	"errors"
	"io/fs"
	"syscall"
	"testing"
)

// Mount makes a file system of so many bytes ("400k", "8m"), and returns where it
// is and what mounts it anew with other options. It skips the test where it may not.
func Mount(t *testing.T, size string) (disk string, remount func(flags uintptr, size string)) {
	t.Helper()
	disk = t.TempDir()
	mount := func(flags uintptr, size string) error {
		return syscall.Mount("none", disk, "tmpfs", flags, "mode=0700,size="+size)
	}
	if err := mount(0, size); errors.Is(err, fs.ErrPermission) {
		t.Skip("only root can make a file system")
	} else if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(disk, 0); err != nil {
			t.Error(err)
		}
	})
	return disk, func(flags uintptr, size string) {
		t.Helper()
		if err := mount(syscall.MS_REMOUNT|flags, size); err != nil {
			t.Fatal(err)
		}
	}
}

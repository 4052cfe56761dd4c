package archive

import (
	"math"
	"syscall"
)

// roomOn says how many bytes of the disk of a directory this user may still fill.
func roomOn(dir string) (int64, error) {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(dir, &disk); err != nil {
		return 0, err
	}
	free := uint64(disk.Bavail) * uint64(disk.Bsize) //nolint:gosec,unconvert // their types differ by system
	return int64(min(free, math.MaxInt64)), nil      //nolint:gosec // it fits
}

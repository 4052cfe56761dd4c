package archive

import (
	"math"
	"syscall"
)

// roomOn says how many bytes of the disk of a directory this user may still fill, and how
// many it has.
func roomOn(dir string) (free, size int64, err error) {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(dir, &disk); err != nil {
		return 0, 0, err
	}
	bytes := func(blocks uint64) int64 {
		return int64(min(blocks*uint64(disk.Bsize), math.MaxInt64)) //nolint:gosec // it fits
	}
	return bytes(disk.Bavail), bytes(disk.Blocks), nil
}

//go:build unix

package main

import "syscall"

// openFiles is how many files and connections the process may have open.
func openFiles() int {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return 1024 // as most systems have it
	}
	return int(min(limit.Cur, 1<<20)) //nolint:gosec // it is bounded
}

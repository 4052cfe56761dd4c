package child

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"time"

	"golang.org/x/sys/unix"
)

// reserved is how much address space the program reserves and does not use.
const reserved = 4 << 30

// bind limits what this process may hold, before it has anything, and lets all others go
// first.
func bind(memory int64) error {
	// On macOS, limits of memory are not kept: there, PDFium's own and Go's count.
	for _, l := range []struct {
		what  int
		limit uint64
	}{{unix.RLIMIT_DATA, uint64(memory)}, {unix.RLIMIT_AS, uint64(memory) + reserved}, {unix.RLIMIT_CORE, 0}} {
		if err := lower(l.what, l.limit); err != nil && runtime.GOOS == "linux" {
			return err
		}
	}
	debug.SetMemoryLimit(memory * 3 / 4)
	_ = unix.Setpriority(unix.PRIO_PROCESS, 0, 10)
	_ = os.WriteFile("/proc/self/oom_score_adj", []byte("1000"), 0) // of Linux
	return nil
}

// tighten limits how long this process may go on using the processor, and that it writes no
// files, once it is ready.
func tighten(busy time.Duration) error {
	var used unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &used); err != nil {
		return err
	}
	now := time.Duration(used.Utime.Nano() + used.Stime.Nano())
	if err := lower(unix.RLIMIT_CPU, uint64((now+busy+time.Second-1)/time.Second)); err != nil {
		return err
	}
	return lower(unix.RLIMIT_FSIZE, 0)
}

// lower lowers a limit for good.
func lower(what int, limit uint64) error {
	var l unix.Rlimit
	if err := unix.Getrlimit(what, &l); err != nil {
		return err
	}
	l.Max = min(l.Max, limit)
	l.Cur = min(l.Cur, l.Max)
	if err := unix.Setrlimit(what, &l); err != nil {
		return fmt.Errorf("limit %d: %w", what, err)
	}
	return nil
}

// Command watch287g watches ICE's lists of 287(g) agreements, keeps all that was
// ever on them, and says what really changed.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	os.Exit(mainWithStatus(time.Now))
}

func mainWithStatus(now func() time.Time) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return newApp(os.Stdout, os.Stderr, now).run(ctx, os.Args[1:])
}

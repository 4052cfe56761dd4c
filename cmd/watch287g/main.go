// Command watch287g watches ICE's lists of 287(g) agreements, keeps all that was
// ever on them, and says what really changed.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"

	// The authorities that a certificate can come from, where the machine knows none, as in
	// an empty container.
	_ "golang.org/x/crypto/x509roots/fallback"
)

func main() {
	os.Exit(mainWithStatus(time.Now))
}

func mainWithStatus(now func() time.Time) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return newApp(os.Stdout, os.Stderr, now).run(ctx, os.Args[1:])
}

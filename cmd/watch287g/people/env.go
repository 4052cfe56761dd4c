package people

import (
	"context"
	"io"
	"time"

	"github.com/watch287g/watch287g/readers"
)

// Env is what the commands work with.
type Env struct {
	Stdout io.Writer
	Now    func() time.Time
	Abs    func(path string) string // as seen from where the command was typed
	// WriteFile has a file written where the command was typed, for its owner alone, whole
	// or not at all.
	WriteFile func(path string, write func(io.Writer) error) error
	// With runs do with the readers; where existing is set, only where there are any.
	With func(ctx context.Context, existing bool, do func(readers.Store) error) error
	File func() string // the file of readers
	Ask  error         // ends a command that does what it said with --yes
	// Usage is an error as a mistake in the command line.
	Usage func(error) error
}

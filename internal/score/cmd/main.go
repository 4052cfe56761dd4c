// Command cmd compares what the program says about an archive of ICE's lists with
// what is known to be true of them. It exits with status 1 where something was
// missed or invented.
//
//	watch287g changes --format jsonl | go run ./internal/score/cmd -truth changes.csv -pending pending.csv
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/watch287g/watch287g/internal/score"
)

func main() {
	right, err := run()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	if err != nil || !right {
		os.Exit(1)
	}
}

func run() (right bool, err error) {
	truthFile := flag.String("truth", "changes.csv", "the `file` of the changes that there were")
	pendingFile := flag.String("pending", "", "the `file` that says what became of the pending entries")
	verbose := flag.Bool("v", false, "print everything that was missed or invented")
	flag.Parse()
	changes, err := os.Open(*truthFile)
	if err != nil {
		return false, err
	}
	defer changes.Close() //nolint:errcheck // it was only read
	var pending io.Reader
	if *pendingFile != "" {
		f, err := os.Open(*pendingFile)
		if err != nil {
			return false, err
		}
		defer f.Close() //nolint:errcheck // it was only read
		pending = f
	}
	truth, err := score.ReadTruth(changes, pending)
	if err != nil {
		return false, err
	}
	result, err := truth.Score(os.Stdin)
	if err != nil {
		return false, err
	}
	fmt.Print(result)
	if wrong := slices.Concat(result.New.Wrong, result.Removed.Wrong, result.Amended.Wrong, result.Withdrawn.Wrong); *verbose && len(wrong) > 0 {
		fmt.Println(strings.Join(wrong, "\n"))
	}
	return result.Right(), nil
}

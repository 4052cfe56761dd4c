package main

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// clockFile is the variable that names a file with the time that it is for the
// program as tests run it, or after a word "in" how far its clock is ahead of the usual
// one. Without one the clock is the usual one.
const clockFile = "WATCH287G_TEST_CLOCK"

// TestMain makes this binary the program, too, under whose name scripts and
// tests run it.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "read-document" { // as the process that reads documents is started
		os.Exit(mainWithStatus(testClock))
	}
	testscript.Main(m, map[string]func(){
		lookerCommand: look,
		"watch287g": func() {
			status := mainWithStatus(testClock)
			tellPeak()
			os.Exit(status)
		},
	})
}

func testClock() time.Time {
	file := os.Getenv(clockFile)
	if file == "" {
		return time.Now()
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return time.Now()
	}
	if ahead, ok := strings.CutPrefix(string(text), "in "); ok {
		d, err := time.ParseDuration(ahead)
		if err != nil {
			panic(err)
		}
		return time.Now().Add(d)
	}
	now, err := time.Parse(time.RFC3339, strings.TrimSpace(string(text)))
	if err != nil {
		panic(err)
	}
	return now
}

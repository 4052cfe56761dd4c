// Package archivetest finds the archive of ICE's lists that some tests go further
// with, and that the repository does not hold.
package archivetest

import (
	"os"
	"path/filepath"
	"testing"
)

// Dir returns the directory of the archive, which has an index.csv: the one that
// WATCH287G_ARCHIVE names, or else the one beside the checkout. It is "" where none
// is at hand.
func Dir() string {
	dir := os.Getenv("WATCH287G_ARCHIVE")
	if dir == "" {
		dir = filepath.Join(checkout(), "..", "shared", "ice-archive")
	}
	if _, err := os.Stat(filepath.Join(dir, "index.csv")); err != nil {
		return ""
	}
	return dir
}

// Need returns the archive's directory, or skips the test.
func Need(t testing.TB) string {
	t.Helper()
	dir := Dir()
	if dir == "" {
		t.Skip("no archive of ICE's lists is at hand: set WATCH287G_ARCHIVE to a directory with an index.csv")
	}
	return dir
}

// checkout is the directory with go.mod, above the one that a test runs in.
func checkout() string {
	dir := "."
	for range 8 {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		dir = filepath.Join(dir, "..")
	}
	return dir
}

// NeedMOA returns the directory of real agreements, which has an index.csv: the one that
// WATCH287G_MOA names, or else the one beside the checkout. Where none is at hand, it skips
// the test.
func NeedMOA(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("WATCH287G_MOA")
	if dir == "" {
		dir = filepath.Join(checkout(), "..", "shared", "moa")
	}
	if _, err := os.Stat(filepath.Join(dir, "index.csv")); err != nil {
		t.Skip("no real agreements are at hand: set WATCH287G_MOA to a directory with an index.csv")
	}
	return dir
}

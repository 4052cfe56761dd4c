package main

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/cmd/watch287g/documents"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/store/bolt"
)

var (
	documentsScale = flag.Int("documents.scale", 8, "how many documents of 1 MB each TestDocumentsBackup keeps, as `number`")
	documentsOther = flag.String("documents.other", "", "`directory` on another disk for the backups of TestDocumentsBackup")
)

// keepDocuments has a state know n more made-up documents of 1 MB each.
func keepDocuments(t *testing.T, data string, from, n int) {
	t.Helper()
	random := rand.NewChaCha8([32]byte{byte(from)})
	kept := documents.On(fileOf(data), time.Now)
	s, err := bolt.Open(fileOf(data), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var b store.Batch
	body := make([]byte, 1_000_000)
	for i := range n {
		_, _ = random.Read(body)
		hash, err := kept.Put(t.Context(), body)
		if err != nil {
			t.Fatal(err)
		}
		b.Documents = append(b.Documents, roster.Document{SHA256: hash, Size: int64(len(body)), HadAt: time.Now(), ReadBy: 1, Pages: 12, Form: "tfm-2025-03-07"})
		b.Addresses = append(b.Addresses, roster.DocumentAddress{URL: fmt.Sprintf("https://www.ice.gov/doclib/287gMOA/%d.pdf", from+i),
			Versions: []roster.DocumentVersion{{From: time.Now(), SHA256: hash, Size: int64(len(body))}}})
	}
	if err := s.Commit(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestDocumentsBackup backs up and restores a state with many documents, of which all are
// there again, and says how long that takes.
func TestDocumentsBackup(t *testing.T) {
	data, backups := filepath.Join(t.TempDir(), "data"), t.TempDir()
	if *documentsOther != "" {
		var err error
		if backups, err = os.MkdirTemp(*documentsOther, "backups-"); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = os.RemoveAll(backups) })
	}
	n := *documentsScale
	run := func(what, want string, args ...string) {
		t.Helper()
		begun := time.Now()
		said := output(t, program(t, time.Time{}, args...))
		t.Logf("%s took %v", what, time.Since(begun).Round(time.Millisecond))
		if !strings.Contains(said, want) {
			t.Errorf("%s says\n%s\nand should say %q", what, said, want)
		}
	}
	begun := time.Now()
	keepDocuments(t, data, 0, n)
	t.Logf("keeping %d documents took %v", n, time.Since(begun).Round(time.Millisecond))
	run("the first backup", fmt.Sprintf("%d documents are kept in %s/documents, %d of them new there.", n, backups, n), "--data", data, "backup", filepath.Join(backups, "1.db"))
	if *documentsOther == "" {
		checkLinked(t, documents.Beside(fileOf(data)), filepath.Join(backups, "documents"))
	}
	keepDocuments(t, data, n, 3)
	run("the second one, with 3 new ones", fmt.Sprintf("%d documents are kept in %s/documents, 3 of them new there.", n+3, backups), "--data", data, "backup", filepath.Join(backups, "2.db"))
	run("listing them", fmt.Sprintf("%d documents kept in ", n+3), "--data", data, "documents", "--all")
	run("verifying them", fmt.Sprintf("%d documents in ", n+3), "--data", data, "documents", "verify")
	if err := os.RemoveAll(data); err != nil {
		t.Fatal(err)
	}
	run("restoring them", fmt.Sprintf("%d documents are whole in %s/documents, each of which was read; %d of them are new there.", n+3, data, n+3), "--data", data, "restore", "--yes", filepath.Join(backups, "2.db"))
	run("restoring them again", "0 of them are new there.", "--data", data, "restore", "--yes", filepath.Join(backups, "2.db"))
	run("verifying them", fmt.Sprintf("%d documents in ", n+3), "--data", data, "documents", "verify")
}

// checkLinked checks that a file has two names, and is not there twice.
func checkLinked(t *testing.T, one, other string) {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(one, "*", "*.pdf"))
	if err != nil || len(found) == 0 {
		t.Fatalf("there are no documents in %s (%v)", one, err)
	}
	a, errA := os.Stat(found[0])
	b, errB := os.Stat(strings.Replace(found[0], one, other, 1))
	if errA != nil || errB != nil || !os.SameFile(a, b) {
		t.Errorf("the backup on the same disk is a copy (%v, %v)", errA, errB)
	}
}

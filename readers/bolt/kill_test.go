package bolt

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/readers"
	"github.com/watch287g/watch287g/readers/readerstest"
)

// TestKilled kills a process that signs readers up, changes and erases them, again and
// again. Nothing is half done then, what was said to be done is, and who was erased is in
// the file no more.
func TestKilled(t *testing.T) {
	if path := os.Getenv("TEST_READERS_FILE"); path != "" {
		live(t, path, os.Getenv("TEST_READERS_RUN"))
	}
	path := filepath.Join(t.TempDir(), Name)
	erased, erasing := 0, 0
	for run := range 6 {
		said := lived(t, path, fmt.Sprint(run), time.Duration(60+70*run)*time.Millisecond)
		s := opened(t, path)
		readerstest.Whole(t, s)
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range said {
			what, address, _ := strings.Cut(line, " ")
			_, err := s.ReaderOf(t.Context(), address)
			switch there := bytes.Contains(content, []byte(address)); {
			case what == "erased" && (err == nil || there):
				t.Errorf("%s was erased, and is there: as a reader (%v), in the file %v", address, err, there)
			case what == "erasing" && err != nil && there:
				t.Errorf("%s is no reader anymore, and is in the file", address)
			case what == "erased":
				erased++
			case what == "erasing":
				erasing++
			case what == "signed" && err != nil && !strings.Contains(strings.Join(said, "\n"), "erasing "+address):
				t.Errorf("%s signed up, and is not there: %v", address, err)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if erased < 5 {
		t.Errorf("only %d of %d were erased before the kills", erased, erasing)
	}
}

// lived runs live for a while, kills it, and returns what it said.
func lived(t *testing.T, path, run string, long time.Duration) []string {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	child := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestKilled$")
	child.Env = append(os.Environ(), "TEST_READERS_FILE="+path, "TEST_READERS_RUN="+run)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	var said []string
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if len(said) == 0 {
			time.AfterFunc(long, cancel)
		}
		said = append(said, lines.Text())
	}
	if err := child.Wait(); err == nil || strings.Contains(strings.Join(said, "\n"), "FAIL") {
		t.Fatalf("it ended by itself (%v): %v", err, said)
	}
	return said
}

// live does what readers do until it is killed.
func live(t *testing.T, path, run string) {
	s := opened(t, path)
	ctx := t.Context()
	for i := 0; ; i++ {
		address := fmt.Sprintf("reader-%s-%d@example.org", run, i)
		r := readerstest.Signed(ctx, t, s, address, readerstest.Wish(t, "county:48201", "state:TX"))
		fmt.Println("signed", address)
		_, err := s.Update(ctx, r.ID, func(r *readers.Reader) error { r.SetCadence(notify.Daily); return nil })
		if err != nil {
			t.Fatal(err)
		}
		if i%2 == 0 {
			fmt.Println("erasing", address)
			if err := s.Erase(ctx, r.ID); err != nil {
				t.Fatal(err)
			}
			fmt.Println("erased", address)
		}
	}
}

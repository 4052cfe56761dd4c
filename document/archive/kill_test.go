package archive_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/watch287g/watch287g/document"
	"github.com/watch287g/watch287g/document/archive"
)

// childDir names the directory that a child of the test keeps files in, until it is killed.
const childDir = "WATCH287G_ARCHIVE_CHILD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		keepUntilKilled(dir)
		return
	}
	os.Exit(m.Run())
}

// keepUntilKilled says the hash of each file once it is kept.
func keepUntilKilled(dir string) {
	d, ctx := disk(dir), context.Background()
	for i := 0; ; i++ {
		hash, err := d.Put(ctx, bytes.Repeat(fmt.Appendf(nil, "file %d", i%50), 30_000))
		if err == nil {
			err = d.PutReading(ctx, document.Reading{SHA256: hash, ReadBy: i})
		}
		if err != nil {
			panic(err)
		}
		fmt.Println(hash)
	}
}

// TestKilled kills processes that keep the same files at random moments: what one said that
// it keeps is there and whole, and so is all that has the name of a file.
func TestKilled(t *testing.T) {
	dir := t.TempDir()
	said := map[string]bool{}
	for round := range 6 {
		var children []*exec.Cmd
		var outs []*bufio.Scanner
		for range 2 {
			c := exec.CommandContext(t.Context(), os.Args[0])
			c.Env = append(os.Environ(), childDir+"="+dir)
			out, err := c.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			children, outs = append(children, c), append(outs, bufio.NewScanner(out))
		}
		for i, c := range children {
			outs[i].Scan() // it has begun
			time.AfterFunc(time.Duration(100+37*(round*2+i)%200)*time.Millisecond, func() { _ = c.Process.Kill() })
		}
		for i, c := range children {
			for ok := true; ok; ok = outs[i].Scan() {
				said[outs[i].Text()] = true
			}
			_ = c.Wait() // it was killed
		}
	}
	d := disk(dir)
	wanted := map[string]string{}
	for hash := range said {
		wanted[hash] = ""
		if _, err := d.Reading(t.Context(), hash); err != nil {
			t.Error(err)
		}
	}
	v, err := archive.Verify(t.Context(), d, wanted)
	if err != nil || v.Err() != nil || len(said) < 10 {
		t.Errorf("after %d were kept: %+v (%v)", len(said), v, err)
	}
}

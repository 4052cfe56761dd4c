package bucket_test

import (
	"flag"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/watch287g/watch287g/document/archive"
)

var documentsScale = flag.Int("documents.scale", 5, "how many documents of 1 MB each TestCopyToBucket copies, as `number`")

// TestCopyToBucket copies documents from a directory to a bucket, of which only new ones are
// sent the second time, and names the ones that are altered or missing there.
func TestCopyToBucket(t *testing.T) {
	s := newService(t)
	b, d := open(t, s, nil), archive.NewDisk(t.TempDir(), 0, time.Now)
	random, body, wanted := rand.NewChaCha8([32]byte{1}), make([]byte, 1_000_000), map[string]string{}
	keep := func(n int) {
		t.Helper()
		for range n {
			_, _ = random.Read(body)
			hash, err := d.Put(t.Context(), body)
			if err != nil {
				t.Fatal(err)
			}
			wanted[hash] = ""
		}
	}
	timed := func(what string, want int, do func() (int, error)) {
		t.Helper()
		begun := time.Now()
		if got, err := do(); err != nil || got != want {
			t.Errorf("%s: %d files, want %d (%v)", what, got, want, err)
		}
		t.Logf("%s took %v", what, time.Since(begun).Round(time.Millisecond))
	}
	copied := func() (int, error) {
		c, err := archive.Copy(t.Context(), b, d)
		return c.New, err
	}
	n := *documentsScale
	keep(n)
	timed("copying them", n, copied)
	keep(2)
	timed("copying them again, with two new ones", 2, copied)
	timed("verifying them", n+2, func() (int, error) {
		v, err := archive.Verify(t.Context(), b, wanted)
		return v.Files, err
	})
	var hashes []string
	for hash := range wanted {
		hashes = append(hashes, hash)
	}
	slices.Sort(hashes)
	altered, missing := hashes[0], hashes[1]
	name := func(hash string) string { return "docs/watch287g/" + hash[:2] + "/" + hash + ".pdf" }
	s.objects[name(altered)][7] ^= 1
	delete(s.objects, name(missing))
	v, err := archive.Verify(t.Context(), b, wanted)
	if err != nil || !slices.Equal(v.Damaged, []string{altered}) || !slices.Equal(v.Missing, []string{missing}) {
		t.Errorf("found are %v damaged and %v missing, want %s and %s (%v)", v.Damaged, v.Missing, altered, missing, err)
	}
}

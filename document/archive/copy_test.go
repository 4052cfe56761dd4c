package archive_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/watch287g/watch287g/document"
	"github.com/watch287g/watch287g/document/archive"
)

// unlinked is an archive of which no file can be linked.
type unlinked struct{ archive.Archive }

func filled(t *testing.T, d archive.Archive, n int) (hashes []string) {
	t.Helper()
	for i := range n {
		hash, err := d.Put(t.Context(), fmt.Appendf(nil, "file %d", i))
		if err == nil {
			err = d.PutReading(t.Context(), document.Reading{SHA256: hash, ReadBy: 1})
		}
		if err != nil {
			t.Fatal(err)
		}
		hashes = append(hashes, hash)
	}
	return hashes
}

// TestCopy copies what is new, leaves out what is damaged, and mends what is damaged at the
// other end.
func TestCopy(t *testing.T) {
	for name, wrap := range map[string]func(archive.Archive) archive.Archive{
		"links":  func(a archive.Archive) archive.Archive { return a },
		"copies": func(a archive.Archive) archive.Archive { return unlinked{a} },
	} {
		t.Run(name, func(t *testing.T) {
			from, to := disk(t.TempDir()), disk(t.TempDir())
			hashes := filled(t, from, 5)
			want := func(what string, files, fresh int, damaged []string) {
				t.Helper()
				c, err := archive.Copy(t.Context(), to, wrap(from))
				if err != nil || c.Files != files || c.New != fresh || !slices.Equal(c.Damaged, damaged) || (c.Err() == nil) != (damaged == nil) {
					t.Errorf("%s: %+v (%v)", what, c, err)
				}
			}
			path := func(d *archive.Disk, i int) string { return filepath.Join(d.Dir(), hashes[i][:2], hashes[i]+".pdf") }
			body, err := os.ReadFile(path(from, 3))
			if err := errors.Join(err, os.Remove(path(from, 3)), os.WriteFile(path(from, 3), []byte("file x"), 0o600)); err != nil {
				t.Fatal(err)
			}
			want("at first", 4, 4, hashes[3:4])
			want("again", 4, 0, hashes[3:4])
			if err := os.WriteFile(path(from, 3), body, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(os.Remove(path(to, 1)), os.WriteFile(path(to, 1), []byte("cut"), 0o600)); err != nil {
				t.Fatal(err)
			}
			want("mended", 5, 2, nil)
			wanted := map[string]string{hashes[0]: "", archive.Hash([]byte("gone")): "https://ice.example/a.pdf"}
			v, err := archive.Verify(t.Context(), to, wanted)
			if err != nil || v.Files != 5 || v.Unnamed != 4 || len(v.Damaged) > 0 || !slices.Equal(v.Missing, []string{archive.Hash([]byte("gone"))}) {
				t.Errorf("the copy: %+v (%v)", v, err)
			}
			for _, hash := range hashes {
				if r, err := to.Reading(t.Context(), hash); err != nil || r.ReadBy != 1 {
					t.Errorf("what was read: %+v (%v)", r, err)
				}
			}
			a, errA := os.Stat(path(from, 0))
			b, errB := os.Stat(path(to, 0))
			if errA != nil || errB != nil || os.SameFile(a, b) != (name == "links") {
				t.Errorf("one file has both names: %v (%v, %v)", os.SameFile(a, b), errA, errB)
			}
		})
	}
}

func TestVerify(t *testing.T) {
	d := disk(t.TempDir())
	hashes := filled(t, d, 3)
	spoil(t, filepath.Join(d.Dir(), hashes[2][:2], hashes[2]+".pdf"))
	v, err := archive.Verify(t.Context(), d, map[string]string{hashes[0]: "", hashes[1]: "", hashes[2]: ""})
	if err != nil || v.Files != 2 || v.Unnamed != 0 || !slices.Equal(v.Damaged, hashes[2:]) || v.Missing != nil || v.Err() == nil {
		t.Errorf("%+v (%v)", v, err)
	}
}

// TestCurrent goes over to another archive while it is used.
func TestCurrent(t *testing.T) {
	a, b := disk(t.TempDir()), disk(t.TempDir())
	c := archive.NewCurrent(a)
	first := filled(t, c, 1)[0]
	c.Set(archive.NewDisk(b.Dir(), 0, time.Now))
	if there, err := c.Has(t.Context(), first); there || err != nil {
		t.Errorf("it is still in the one of before: %v (%v)", there, err)
	}
	filled(t, c, 2)
	for d, want := range map[*archive.Disk]int{a: 1, b: 2} {
		if n, _, err := archive.Sum(t.Context(), d); n != want || err != nil {
			t.Errorf("%d files, want %d (%v)", n, want, err)
		}
	}
}

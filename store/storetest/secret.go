package storetest

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/watch287g/watch287g/store"
)

// testSecret asks for secrets many times at once, again, and after the store was
// closed.
func testSecret(t *testing.T, b Backend) {
	const callers, length = 8, 32
	open := b.New(t)
	s := open(t)
	before := contents(t, s)
	revision := must[uint64](t)(s.Revision(t.Context()))
	longest := strings.Repeat("z-9", 21) + "a"
	secrets := map[string][]byte{}
	for _, name := range []string{"links", "link", longest} {
		got := make([][]byte, callers)
		var wg sync.WaitGroup
		for i := range got {
			wg.Go(func() {
				var err error
				if got[i], err = s.Secret(t.Context(), name); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			})
		}
		wg.Wait()
		secrets[name] = bytes.Clone(got[0])
		for _, secret := range got {
			if len(secret) != length || !bytes.Equal(secret, secrets[name]) {
				t.Errorf("%s is %x to one caller and %x to another", name, secret, secrets[name])
			}
		}
		clear(got[0]) // it belongs to the caller
		for other, secret := range secrets {
			if other != name && bytes.Equal(secret, secrets[name]) {
				t.Errorf("%s and %s are the same", other, name)
			}
		}
	}
	same(t, "what else is stored", before, contents(t, s))
	same(t, "the revision", revision, must[uint64](t)(s.Revision(t.Context())))
	for _, name := range []string{"", longest + "a", "Links", "links ", "li/nks", "li\x00nks", "lïnks"} {
		_, err := s.Secret(t.Context(), name)
		fails(t, fmt.Sprintf("the secret %q", name), err, store.ErrInvalid)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = closing(t, open(t))
	commit(t, s, store.Batch{})
	for name, secret := range secrets {
		same(t, name, secret, must[[]byte](t)(s.Secret(t.Context(), name)))
	}
}

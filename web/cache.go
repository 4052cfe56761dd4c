package web

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
	"golang.org/x/sync/singleflight"
)

// The bounds of what is kept in memory.
const (
	keptBytes   = 16 << 20
	keptEach    = 1 << 20 // a longer answer is made anew each time
	keptEntries = 20_000
)

// mostWait is how long a request waits for its turn before it is told to come
// back, which retryAfter says when, in seconds.
const (
	mostWait   = 5 * time.Second
	retryAfter = "5"
)

// responseCache holds the answers that were made already, by address. Those of an earlier
// epoch are never given out.
type responseCache struct {
	mu     sync.Mutex
	byKey  *simplelru.LRU[string, *response] // the least recently used goes first
	bytes  int
	most   int // bytes
	flight singleflight.Group
	gzips  sync.Pool // of *gzip.Writer, each of which takes most of a megabyte

	// Answers are made side by side, but only so many of each sort, so that those
	// who ask for what costs much make nobody else wait.
	plain turns // addresses of which there is a number, as the front page
	asked turns // those with parameters, of which there is no end
	files turns // downloads, which can take tens of megabytes while they are made
}

func newResponseCache(most int) *responseCache {
	n := runtime.GOMAXPROCS(0)
	k := &responseCache{most: most, plain: make(turns, 2*n), asked: make(turns, n), files: make(turns, 1)}
	byKey, err := simplelru.NewLRU(keptEntries, func(key string, a *response) { k.bytes -= a.size(key) })
	if err != nil { // the number of entries is above 0
		panic(err)
	}
	k.byKey = byKey
	return k
}

// overhead is about what an answer takes besides its texts, in bytes.
const overhead = 1000

func (a *response) size(key string) int { return len(a.body) + len(a.squeezed) + len(key) + overhead }

// get returns the answer that was made for an address in an epoch, or nil.
func (k *responseCache) get(key string, e epoch) *response {
	k.mu.Lock()
	defer k.mu.Unlock()
	a, ok := k.byKey.Get(key)
	if !ok || a.epoch != e {
		return nil
	}
	return a
}

// put keeps an answer, and lets go of others where there is no room.
func (k *responseCache) put(key string, a *response) {
	if a.status != http.StatusOK || a.size(key) > keptEach {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.byKey.Remove(key)
	k.bytes += a.size(key)
	k.byKey.Add(key, a)
	for k.bytes > k.most {
		k.byKey.RemoveOldest()
	}
}

// latest lists the n addresses that were asked for last, the last one at the end.
func (k *responseCache) latest(n int) []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	all := k.byKey.Keys()
	return all[max(0, len(all)-n):]
}

// squeeze is the body by gzip.
func (k *responseCache) squeeze(body []byte) []byte {
	z, ok := k.gzips.Get().(*gzip.Writer)
	if !ok {
		z = gzip.NewWriter(nil)
	}
	defer k.gzips.Put(z)
	var b bytes.Buffer
	z.Reset(&b)
	_, _ = z.Write(body) // memory takes all
	_ = z.Close()
	return bytes.Clone(b.Bytes()) // without the room to grow
}

// turns bounds how much is done at once: one token is in it for each who does it.
type turns chan struct{}

// turns are those that an answer is made in.
func (k *responseCache) turns(r route, req *http.Request, params url.Values) turns {
	switch {
	case strings.HasPrefix(r.path, "/downloads/"):
		return k.files
	case len(params) > 0 || req.URL.RawPath != "": // one address can be written in many ways
		return k.asked
	}
	return k.plain
}

// enter waits for a turn.
func (t turns) enter() error {
	select {
	case t <- struct{}{}:
		return nil
	default:
	}
	wait := time.NewTimer(mostWait)
	defer wait.Stop()
	select {
	case t <- struct{}{}:
		return nil
	case <-wait.C:
		return &problem{http.StatusServiceUnavailable, "Too many readers at once", "Please try again in a few seconds."}
	}
}

func (t turns) leave() { <-t }

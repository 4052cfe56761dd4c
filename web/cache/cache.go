// Package cache holds responses, by key, for as long as what they were made from
// stands. Whoever asks for one that is being made waits for that one.
package cache

import (
	"sync"

	"github.com/hashicorp/golang-lru/v2/simplelru"
	"golang.org/x/sync/singleflight"
)

// The bounds of one cache, besides the bytes that it is given.
const (
	maxEntries    = 20_000
	maxEntryBytes = 1 << 20 // a longer response is made anew each time
)

// Cache holds responses by key. The least recently used goes first.
type Cache struct {
	mu     sync.Mutex
	byKey  *simplelru.LRU[string, entry]
	bytes  int
	most   int // bytes
	flight singleflight.Group
	gzips  sync.Pool // of *gzip.Writer, each of which takes most of a megabyte
}

// entry is a response and the epoch that it was made in.
type entry struct {
	*Response
	epoch string
}

// New makes a cache that takes at most so many bytes.
func New(bytes int) *Cache {
	c := &Cache{most: bytes}
	byKey, err := simplelru.NewLRU(maxEntries, func(key string, e entry) { c.bytes -= e.size(key) })
	if err != nil { // the number of entries is above 0
		panic(err)
	}
	c.byKey = byKey
	return c
}

// Get returns the response that a key has in an epoch, or nil. A response of any
// other epoch is never given out.
func (c *Cache) Get(key, epoch string) *Response {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.byKey.Get(key)
	if !ok || e.epoch != epoch {
		return nil
	}
	return e.Response
}

// Do returns the response that a key has in an epoch, and has it made where there
// is none: once for all who ask for it at the same time. Of what is made, only
// responses of status 200 are kept.
func (c *Cache) Do(key, epoch string, produce func() (*Response, error)) (*Response, error) {
	made, err, _ := c.flight.Do(epoch+" "+key, func() (any, error) {
		if r := c.Get(key, epoch); r != nil { // made since this request looked
			return r, nil
		}
		r, err := produce()
		if err != nil {
			return nil, err
		}
		c.put(key, entry{r, epoch})
		return r, nil
	})
	if err != nil {
		return nil, err //nolint:wrapcheck // as produce returned it
	}
	return made.(*Response), nil //nolint:forcetypeassert // as returned above
}

// put keeps a response, and lets go of others where there is no room.
func (c *Cache) put(key string, e entry) {
	if !e.cacheable() || e.size(key) > maxEntryBytes {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.byKey.Remove(key)
	c.bytes += e.size(key)
	c.byKey.Add(key, e)
	for c.bytes > c.most {
		c.byKey.RemoveOldest()
	}
}

// Recent lists the n keys that were asked for last, the last one at the end.
func (c *Cache) Recent(n int) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := c.byKey.Keys()
	return all[max(0, len(all)-n):]
}

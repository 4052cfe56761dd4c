package cache

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Response is a response that can be sent many times, as HTTP wants it: with
// conditions, ranges and compression. It never changes.
type Response struct {
	status   int
	header   http.Header
	body     []byte
	gzipped  []byte // the body by gzip; nil where that makes no sense
	etag     string // without quotes
	modified time.Time
}

// NewResponse prepares a response that was made now. It keeps the header, from
// which it takes Last-Modified, and the body.
func (c *Cache) NewResponse(status int, header http.Header, body []byte, now time.Time) *Response {
	sum := sha256.Sum256(body)
	r := &Response{status: status, header: header, body: body, etag: hex.EncodeToString(sum[:12])}
	if t, err := http.ParseTime(header.Get("Last-Modified")); err == nil {
		r.modified = t
	}
	header.Del("Last-Modified")
	// Two versions of one second cannot be told apart by it.
	if now.Sub(r.modified) < time.Minute {
		r.modified = time.Time{}
	}
	if compressible(header.Get("Content-Type")) && len(body) > 1000 {
		r.gzipped = c.compress(body)
	}
	return r
}

// overhead is about what a response takes besides its texts, in bytes.
const overhead = 1000

func (r *Response) size(key string) int {
	return len(r.body) + len(r.gzipped) + len(key) + overhead
}

// cacheable says whether the response can be sent again.
func (r *Response) cacheable() bool { return r.status == http.StatusOK }

// compress is the body by gzip.
func (c *Cache) compress(body []byte) []byte {
	z, ok := c.gzips.Get().(*gzip.Writer)
	if !ok {
		z = gzip.NewWriter(nil)
	}
	defer c.gzips.Put(z)
	var b bytes.Buffer
	z.Reset(&b)
	_, _ = z.Write(body) // memory takes all
	_ = z.Close()
	return bytes.Clone(b.Bytes()) // without the room to grow
}

func compressible(contentType string) bool {
	kind, _, _ := strings.Cut(contentType, ";")
	return strings.HasPrefix(kind, "text/") || strings.HasSuffix(kind, "json") || strings.HasSuffix(kind, "xml")
}

// ServeHTTP sends the response.
func (r *Response) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	h := w.Header()
	maps.Copy(h, r.header)
	if r.status != http.StatusOK {
		h.Set("Content-Length", strconv.Itoa(len(r.body)))
		w.WriteHeader(r.status)
		if req.Method != http.MethodHead {
			_, _ = w.Write(r.body)
		}
		return
	}
	body, etag := r.body, r.etag
	if r.gzipped != nil {
		h.Add("Vary", "Accept-Encoding")
		if acceptsGzip(req) {
			body, etag = r.gzipped, r.etag+"-gz"
			h.Set("Content-Encoding", "gzip")
			h.Set("Content-Length", strconv.Itoa(len(body)))
		}
	}
	h.Set("ETag", `"`+etag+`"`)
	// Thousands of parts of one byte each would cost more than the whole, which may
	// always be sent instead.
	if strings.Contains(req.Header.Get("Range"), ",") {
		req.Header.Del("Range")
	}
	http.ServeContent(w, req, "", r.modified, bytes.NewReader(body))
}

// acceptsGzip says whether the reader can read gzip. Who asks for a part of a file
// means a part of the file as it is.
func acceptsGzip(req *http.Request) bool {
	if req.Header.Get("Range") != "" {
		return false
	}
	for _, line := range req.Header.Values("Accept-Encoding") {
		for part := range strings.SplitSeq(line, ",") {
			name, params, _ := strings.Cut(strings.TrimSpace(part), ";")
			if name == "gzip" || name == "*" {
				q, _ := strings.CutPrefix(strings.TrimSpace(params), "q=")
				weight, err := strconv.ParseFloat(q, 64)
				return err != nil || weight > 0
			}
		}
	}
	return false
}

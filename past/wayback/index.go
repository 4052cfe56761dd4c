package wayback

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base32"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/watch287g/watch287g/scraper"
)

const (
	maxIndex  = 8 << 20 // bytes of one answer
	askedRows = 20_000  // of one answer
	maxRows   = 200_000 // of all answers about one address
	stampForm = "20060102150405"
)

// row is a capture as the archive's index has it.
type row struct {
	at       time.Time
	stamp    string // the same, as the archive writes it
	original string // the address
	mime     string
	status   int    // of the answer; 0 where the index has "-", as of a revisit
	digest   string // SHA-1 of the bytes, in base 32
	length   int64  // bytes that it takes up in the archive, compressed
}

// lookUp reads the index about one address, or about all that begin with it, the oldest
// first. Rows that are none, and those of other sites, are counted and left out.
func (im *importer) lookUp(ctx context.Context, address string, prefix bool) ([]row, error) {
	q := url.Values{"url": {address}, "fl": {"timestamp,original,mimetype,statuscode,digest,length"}, "limit": {strconv.Itoa(askedRows)},
		"showResumeKey": {"true"}, "gzip": {"false"}}
	if prefix {
		q.Set("matchType", "prefix")
	}
	if !im.From.IsZero() {
		q.Set("from", im.From.UTC().Format(stampForm))
	}
	if !im.To.IsZero() {
		q.Set("to", im.To.UTC().Format(stampForm))
	}
	var all []row
	seen := map[string]bool{} // the keys to go on with
	for {
		at := im.base.JoinPath("cdx", "search", "cdx")
		at.RawQuery = q.Encode()
		a, err := im.client.Get(ctx, at, maxIndex)
		if err != nil {
			return nil, fmt.Errorf("reading the index about %s: %w", address, err)
		}
		if a.Status != http.StatusOK {
			return nil, fmt.Errorf("reading the index about %s: %s answered with status %d%s", address, im.base.Host, a.Status, firstLine(a.Body))
		}
		rows, key, err := im.readIndex(a.Body)
		if err != nil {
			return nil, fmt.Errorf("reading the index about %s: %w", address, err)
		}
		all = append(all, rows...)
		if key == "" || seen[key] {
			break
		}
		if len(all) > maxRows {
			return nil, fmt.Errorf("reading the index about %s: it has more than %d captures; use --from and --to", address, maxRows)
		}
		seen[key] = true
		if len(seen) > maxRows/askedRows*10 {
			return nil, fmt.Errorf("reading the index about %s: it has no end", address)
		}
		q.Set("resumeKey", key)
	}
	slices.SortStableFunc(all, func(a, b row) int { return a.at.Compare(b.at) })
	return slices.CompactFunc(all, func(a, b row) bool { return a.stamp == b.stamp && a.original == b.original }), nil
}

func firstLine(body []byte) string {
	if line, _, _ := strings.Cut(strings.TrimSpace(string(body[:min(len(body), 200)])), "\n"); line != "" {
		return fmt.Sprintf(" (%q)", line)
	}
	return ""
}

// readIndex reads one answer: a capture a line, and behind an empty line the key to go on
// with.
func (im *importer) readIndex(body []byte) (rows []row, key string, err error) {
	in := bufio.NewScanner(bytes.NewReader(body))
	in.Buffer(nil, 64<<10)
	last, understood, lines := false, 0, 0
	for in.Scan() {
		line := strings.TrimSpace(in.Text())
		switch {
		case line == "":
			last = true
			continue
		case last:
			if key, err = url.QueryUnescape(line); err != nil {
				key = line
			}
			continue
		}
		lines++
		r, ok := readRow(line)
		if !ok {
			im.report.Unread++
			continue
		}
		understood++
		if scraper.OnSite(im.Pages[0], r.original) {
			rows = append(rows, r)
		}
	}
	if err := in.Err(); err != nil {
		return nil, "", fmt.Errorf("a line of it is too long: %w", err)
	}
	if lines > 0 && understood == 0 {
		return nil, "", errors.New("what came is not an index of captures")
	}
	return rows, key, nil
}

func readRow(line string) (row, bool) {
	f := strings.Split(line, " ")
	if len(f) != 6 {
		return row{}, false
	}
	r := row{stamp: f[0], original: f[1], mime: f[2], digest: f[4]}
	var err error
	if r.at, err = time.Parse(stampForm, r.stamp); err != nil {
		return row{}, false
	}
	if sum, err := base32.StdEncoding.DecodeString(r.digest); err != nil || len(sum) != 20 {
		return row{}, false
	}
	if f[3] != "-" {
		if r.status, err = strconv.Atoi(f[3]); err != nil || r.status < 100 || r.status > 999 {
			return row{}, false
		}
	}
	r.length, _ = strconv.ParseInt(f[5], 10, 64) // "-" for some
	if u, err := url.Parse(r.original); err != nil || u.Host == "" || len(r.original) > 2000 || strings.ContainsFunc(r.original, func(c rune) bool { return c < ' ' || c == 0x7f }) {
		return row{}, false
	}
	return r, true
}

// address is ICE's address of a capture, with one way to write what does not matter.
func (r row) address() string {
	u, err := url.Parse(r.original)
	if err != nil {
		return r.original
	}
	if u.Port() == "80" || u.Port() == "443" {
		u.Host = u.Hostname()
	}
	u.Scheme, u.Host, u.User, u.Fragment = "https", strings.ToLower(u.Host), nil, ""
	return u.String()
}

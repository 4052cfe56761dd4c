package anew

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/watch287g/watch287g/notify/wire"
	"github.com/watch287g/watch287g/past/fetch"
	"github.com/watch287g/watch287g/rebuild/verify"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/sheet"
)

// The bounds on what an instance may answer, which need not be an honest one.
const (
	mostPublications = 5000
	mostAnswers      = 100       // to what is asked for in parts
	mostChain        = 512 << 20 // bytes of all lists; 466 of ICE's have 40 MiB
	tries            = 4
	longestWait      = time.Minute
	answerWithin     = time.Minute
	twoWithin        = 10 * time.Minute // two lists are checked
	chainWithin      = time.Hour        // all lists are
)

// instance is a running watch287g, which is believed nothing that can be checked.
type instance struct {
	base   string
	client *http.Client
	holds  map[string]roster.Hold
}

func newInstance(base string, transport http.RoundTripper) (*instance, error) {
	home, err := url.Parse(base)
	if err != nil || home.Host == "" || home.Scheme != "https" && home.Scheme != "http" || home.User != nil || home.RawQuery != "" || home.Fragment != "" {
		return nil, errors.New("the address of an instance is like https://example.org, with nothing else before or after it")
	}
	if transport == nil {
		transport = &http.Transport{Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, MaxIdleConns: 2, IdleConnTimeout: 30 * time.Second,
			TLSHandshakeTimeout: 15 * time.Second, MaxResponseHeaderBytes: 256 << 10}
	}
	return &instance{base: base, holds: map[string]roster.Hold{}, client: &http.Client{Timeout: answerWithin, Transport: transport,
		CheckRedirect: func(r *http.Request, via []*http.Request) error {
			if r.URL.Host != home.Host || r.URL.Scheme != home.Scheme || r.URL.User != nil || len(via) > 3 {
				return http.ErrUseLastResponse
			}
			return nil
		}}}, nil
}

// get reads what is behind a path, of at most so many bytes. A server that asks to wait for
// a while is asked again.
func (i *instance) get(ctx context.Context, path string, most int64) ([]byte, error) {
	for try := 1; ; try++ {
		body, wait, err := i.once(ctx, path, most)
		if err == nil || wait == 0 || wait > longestWait || try == tries {
			return body, err
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return nil, ended(ctx)
		}
	}
}

// ended says why nothing more is asked.
func ended(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return errors.New("the instance did not answer in time; try again later, or use --files")
	}
	return ctx.Err() //nolint:wrapcheck // the caller knows what ended
}

func (i *instance) once(ctx context.Context, path string, most int64) (body []byte, wait time.Duration, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, i.base+path, nil)
	if err != nil {
		return nil, 0, fmt.Errorf("%q is not the address of an instance", i.base)
	}
	resp, err := i.client.Do(req)
	if err != nil && ctx.Err() != nil {
		return nil, 0, ended(ctx)
	}
	if err != nil {
		return nil, 0, fmt.Errorf("asking %s: %s", req.URL.Host, wire.Unreachable(err))
	}
	defer resp.Body.Close() //nolint:errcheck // it was only read
	if resp.StatusCode != http.StatusOK {
		if resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode == http.StatusServiceUnavailable {
			wait = max(time.Second, wire.RetryAfter(resp.Header.Get("Retry-After"), time.Now()))
		}
		return nil, wait, fmt.Errorf("%s answers %s for %s", req.URL.Host, wire.StatusText(resp.StatusCode), path)
	}
	body, err = io.ReadAll(io.LimitReader(resp.Body, most+1))
	switch {
	case err != nil && ctx.Err() != nil:
		return nil, 0, ended(ctx)
	case err != nil:
		return nil, 0, fmt.Errorf("reading %s from %s: %s", path, req.URL.Host, wire.Unreachable(err))
	case int64(len(body)) > most:
		return nil, 0, fmt.Errorf("%s sends more than %d bytes for %s", req.URL.Host, most, path)
	}
	return body, 0, nil
}

func (i *instance) json(ctx context.Context, path string, into any) error {
	body, err := i.get(ctx, path, mostJSON)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(body, into); err != nil {
		return fmt.Errorf("%s is not what a watch287g answers for %s", i.base, path)
	}
	return nil
}

func (i *instance) change(ctx context.Context, id string) (c roster.Change, err error) {
	if err := i.json(ctx, "/api/v1/changes/"+url.PathEscape(id), &c); err != nil {
		return c, err
	}
	if c.ID != id {
		return c, fmt.Errorf("%s answers with another change, %q", i.base, brief(c.ID))
	}
	return c, nil
}

// publications are all that the instance knows.
func (i *instance) publications(ctx context.Context) (all []roster.Publication, err error) {
	for n, cursor := 1, ""; ; n++ {
		var page struct {
			Publications fetch.List[roster.Publication] `json:"publications"`
			Next         string                         `json:"next"`
		}
		if err := i.json(ctx, "/api/v1/publications?limit=500&cursor="+url.QueryEscape(cursor), &page); err != nil {
			return nil, err
		}
		all = append(all, page.Publications...)
		switch {
		case page.Next == "" || len(page.Publications) == 0:
			return all, nil
		case page.Next == cursor || len(all) > mostPublications || n == mostAnswers:
			return nil, fmt.Errorf("%s lists more than %d publications, or without end", i.base, mostPublications)
		}
		cursor = page.Next
	}
}

// file is a publication's file as it is given out, and both its hashes.
func (i *instance) file(ctx context.Context, hash string) (body []byte, public string, err error) {
	if raw, err := hex.DecodeString(hash); err != nil || len(raw) != sha256.Size {
		return nil, "", fmt.Errorf("%s names a publication with a hash that is none", i.base)
	}
	var about struct {
		FileSHA256   *string                 `json:"file_sha256"`
		FileWithheld string                  `json:"file_withheld"`
		Holds        fetch.List[roster.Hold] `json:"holds"`
	}
	if err := i.json(ctx, "/api/v1/publications/"+hash, &about); err != nil {
		return nil, "", err
	}
	if about.FileSHA256 == nil {
		return nil, "", fmt.Errorf("%s does not give out the file %s (%s)", i.base, hash, brief(about.FileWithheld))
	}
	for _, h := range about.Holds {
		i.holds[h.ID] = h
	}
	if body, err = i.get(ctx, "/publications/"+hash+"/file", sheet.MaxBytes); err != nil {
		return nil, "", err
	}
	sum := sha256.Sum256(body)
	if public = hex.EncodeToString(sum[:]); public != *about.FileSHA256 {
		return nil, "", fmt.Errorf("%s says that it gives out %s with the SHA-256 %s, and sends bytes with %s", i.base, hash, brief(*about.FileSHA256), public)
	}
	return body, public, nil
}

func stored(p roster.Publication) string {
	if p.KeptAs != "" {
		return p.KeptAs
	}
	return p.SHA256
}

// byTwo checks a change by the list that it names and the one in force before.
func (i *instance) byTwo(ctx context.Context, e *Env, done checked) (checked, error) {
	all, err := i.publications(ctx)
	if err != nil {
		return done, err
	}
	older, newer, err := between(all, done.claim)
	if err != nil {
		return done, err
	}
	files, own := [2]verify.File{{Publication: older}, {Publication: newer}}, false
	for n := range files {
		p := files[n].Publication
		body, public, err := i.file(ctx, stored(p))
		if err != nil {
			return done, err
		}
		files[n].Body, own = body, public == p.SHA256
		done.by = append(done.by, fmt.Sprintf("%s gave out %s of %s with the SHA-256 %s, which was checked. ICE's own file has %s, says %s: whoever has that file can check it.",
			i.base, brief(p.File), p.PublishedAt.UTC().Format(time.RFC3339), public, brief(p.SHA256), i.base))
	}
	settings, err := e.Settings()
	if err != nil {
		return done, err
	}
	if done.result, err = verify.Two(ctx, done.claim, files[0], files[1], settings); err != nil {
		return done, err //nolint:wrapcheck // it names the file
	}
	done.result = asSaid(done.result, own)
	return done, nil
}

// asSaid leaves open what an instance alone says of its lists: what they are called, where and
// when they were published, and the hash of a file of ICE's that nobody saw.
func asSaid(r verify.Result, own bool) verify.Result {
	alone := []string{"publication.file", "publication.url", "publication.published_at"}
	if !own {
		alone = append(alone, "publication.sha256")
	}
	if i := slices.Index(r.Confirmed, "publication"); i >= 0 {
		r.Confirmed = slices.Replace(r.Confirmed, i, i+1, "publication.list", "publication.row")
		if own {
			r.Confirmed = append(r.Confirmed, "publication.sha256")
		}
	}
	r.Confirmed = slices.DeleteFunc(r.Confirmed, func(m string) bool { return slices.Contains(alone, m) })
	if r.Verdict != verify.Unknown {
		r.Open = append(r.Open, alone...)
	}
	return r
}

// between are the list that a change names and the one that it followed.
func between(all []roster.Publication, c roster.Change) (older, newer roster.Publication, err error) {
	at := slices.IndexFunc(all, func(p roster.Publication) bool {
		return p.SHA256 == c.Publication.SHA256 && p.List == c.Publication.List && p.PublishedAt.Equal(c.Publication.PublishedAt)
	})
	if at < 0 {
		return older, newer, errors.New("the instance has no list like the one that the change names")
	}
	newer = all[at]
	for _, p := range all {
		if p.List == newer.List && p.Verdict == roster.VerdictAccepted && p.EffectiveAt.Before(newer.EffectiveAt) && !p.EffectiveAt.Before(older.EffectiveAt) {
			older = p
		}
	}
	if older.SHA256 == "" {
		return older, newer, errors.New("the list that the change names is the first one, and so nothing on it can be new")
	}
	return older, newer, nil
}

// byChain checks a change by all lists until it was found.
func (i *instance) byChain(ctx context.Context, e *Env, done checked) (checked, error) {
	all, err := i.publications(ctx)
	if err != nil {
		return done, err
	}
	all = slices.DeleteFunc(all, func(p roster.Publication) bool { return p.SeenAt.After(done.claim.DetectedAt) })
	bodies, size, own := map[string][]byte{}, 0, false
	for _, p := range all {
		if bodies[stored(p)] != nil {
			continue
		}
		body, public, err := i.file(ctx, stored(p))
		if err != nil {
			return done, err
		}
		if size += len(body); size > mostChain {
			return done, fmt.Errorf("the lists of %s have more than %d bytes, far more than all of ICE's", i.base, mostChain)
		}
		bodies[stored(p)] = body
		if p.SHA256 == done.claim.Publication.SHA256 {
			own = public == p.SHA256
		}
	}
	done.by = append(done.by, fmt.Sprintf("%s gave out all %d lists until then (%d files), each with the SHA-256 that it states, which was checked.", i.base, len(all), len(bodies)))
	settings, err := e.Settings()
	if err != nil {
		return done, err
	}
	chain := verify.Chain{Publications: all, Body: func(_ context.Context, hash string) ([]byte, error) { return bodies[hash], nil }}
	for _, h := range i.holds {
		chain.Holds = append(chain.Holds, h)
	}
	derived, err := chain.Derive(ctx, settings)
	if err != nil {
		return done, err //nolint:wrapcheck // it says what it was about
	}
	if done.result = verify.Among(done.claim, derived); !done.result.Missing {
		done.result = asSaid(done.result, own)
		return done, nil
	}
	// An entry can count as withdrawn at a look at ICE's page that found no new list.
	chain.Looked = []time.Time{done.claim.DetectedAt}
	if derived, err = chain.Derive(ctx, settings); err != nil {
		return done, err //nolint:wrapcheck // it says what it was about
	}
	done.result = asSaid(verify.Among(done.claim, derived), own)
	done.result.Confirmed = slices.DeleteFunc(done.result.Confirmed, func(m string) bool { return m == "detected_at" })
	done.result.Open = append(done.result.Open, "detected_at")
	return done, nil
}

package bucket_test

import (
	"bufio"
	"bytes"
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

const (
	keyID  = "AKIDOFTESTS"
	secret = "a/secret+of=tests"
	region = "us-test-1"
)

// service is a made-up S3: it checks each request's signature by Amazon's description of
// Signature Version 4, and keeps objects in memory.
type service struct {
	*httptest.Server
	mu      sync.Mutex
	objects map[string][]byte // by bucket/name
	asked   []string          // method and path
	wrong   []string          // what was wrong with requests
	// fault answers a request in the service's place, unless it returns false.
	fault func(w http.ResponseWriter, r *http.Request, body []byte) bool
}

// fail has a fault answer from now on, once the request that is being answered is over.
func (s *service) fail(by func(w http.ResponseWriter, r *http.Request, body []byte) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = by
}

func newService(t *testing.T) *service {
	t.Helper()
	s := &service{objects: map[string][]byte{}}
	s.Server = httptest.NewServer(s)
	t.Cleanup(func() {
		s.Close()
		for _, wrong := range s.wrong {
			t.Error(wrong)
		}
	})
	return s
}

func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, r.Method+" "+r.URL.Path)
	body, err := payload(r)
	if err == nil {
		err = checkSignature(r)
	}
	if err != nil {
		s.refuse(w, http.StatusForbidden, "SignatureDoesNotMatch", err)
		return
	}
	if s.fault != nil && s.fault(w, r, body) {
		return
	}
	name := strings.TrimPrefix(r.URL.Path, "/")
	bucket, object, _ := strings.Cut(name, "/")
	switch {
	case bucket != "docs":
		s.answer(w, http.StatusNotFound, "NoSuchBucket")
	case r.Method == http.MethodPut:
		if sum := md5.Sum(body); r.Header.Get("Content-Md5") != base64.StdEncoding.EncodeToString(sum[:]) {
			s.refuse(w, http.StatusBadRequest, "BadDigest", fmt.Errorf("the MD5 of %s is wrong", name))
			return
		}
		s.objects[name] = body
		w.Header().Set("ETag", `"made-up"`)
	case r.Method == http.MethodDelete:
		s.refuse(w, http.StatusForbidden, "AccessDenied", errors.New("something is to be deleted"))
	case object == "":
		s.list(w, r)
	default:
		kept, ok := s.objects[name]
		if !ok {
			s.answer(w, http.StatusNotFound, "NoSuchKey")
			return
		}
		w.Header().Set("ETag", `"made-up"`)
		w.Header().Set("Last-Modified", "Mon, 02 Jun 2025 15:04:05 GMT")
		w.Header().Set("Content-Length", strconv.Itoa(len(kept)))
		if r.Method == http.MethodGet {
			_, _ = w.Write(kept)
		}
	}
}

// refuse answers what must not come from us.
func (s *service) refuse(w http.ResponseWriter, status int, code string, why error) {
	s.wrong = append(s.wrong, why.Error())
	s.answer(w, status, code)
}

func (s *service) answer(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	fmt.Fprintf(w, "<Error><Code>%s</Code><Message>key %s, and what was signed: GET secret</Message></Error>", code, keyID)
}

// list answers ListObjectsV2, a few names at a time.
func (s *service) list(w http.ResponseWriter, r *http.Request) {
	type object struct {
		Key          string
		Size         int
		LastModified string
	}
	var out struct {
		XMLName               xml.Name `xml:"ListBucketResult"`
		IsTruncated           bool
		NextContinuationToken string
		Contents              []object
	}
	q := r.URL.Query()
	var names []string
	for name := range s.objects {
		key := strings.TrimPrefix(name, "docs/")
		if strings.HasPrefix(key, q.Get("prefix")) && key > q.Get("continuation-token") {
			names = append(names, key)
		}
	}
	slices.Sort(names)
	if len(names) > 3 {
		names, out.IsTruncated, out.NextContinuationToken = names[:3], true, names[2]
	}
	for _, name := range names {
		out.Contents = append(out.Contents, object{name, len(s.objects["docs/"+name]), "2025-06-02T15:04:05.000Z"})
	}
	w.Header().Set("Content-Type", "application/xml")
	_ = xml.NewEncoder(w).Encode(out)
}

// payload reads what a request brings, in signed chunks or as it is.
func payload(r *http.Request) ([]byte, error) {
	if !strings.HasPrefix(r.Header.Get("X-Amz-Content-Sha256"), "STREAMING-") {
		return io.ReadAll(r.Body)
	}
	var body bytes.Buffer
	for in := bufio.NewReader(r.Body); ; {
		line, err := in.ReadString('\n')
		if err != nil {
			return nil, fmt.Errorf("a chunk: %w", err)
		}
		hexSize, signature, _ := strings.Cut(strings.TrimSpace(line), ";chunk-signature=")
		size, err := strconv.ParseInt(hexSize, 16, 64)
		if err != nil || len(signature) != 64 {
			return nil, fmt.Errorf("the chunk %q has no size or signature", line)
		}
		if size == 0 {
			return body.Bytes(), nil
		}
		if _, err := io.CopyN(&body, in, size); err != nil {
			return nil, fmt.Errorf("a chunk: %w", err)
		}
		if _, err := in.Discard(len("\r\n")); err != nil {
			return nil, err
		}
	}
}

// checkSignature computes a request's signature and compares it with the one that it has.
func checkSignature(r *http.Request) error {
	var signedHeaders, signature string
	scheme, rest, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	date := r.Header.Get("X-Amz-Date")
	if len(date) < 8 {
		return fmt.Errorf("%s %s has no date", r.Method, r.URL.Path)
	}
	scope := date[:8] + "/" + region + "/s3/aws4_request"
	for field := range strings.SplitSeq(rest, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(field), "=")
		switch name {
		case "Credential":
			if value != keyID+"/"+scope {
				return fmt.Errorf("the credential is %q", value)
			}
		case "SignedHeaders":
			signedHeaders = value
		case "Signature":
			signature = value
		}
	}
	var headers strings.Builder
	for name := range strings.SplitSeq(signedHeaders, ";") {
		value := r.Header.Get(name)
		if name == "host" {
			value = r.Host
		}
		fmt.Fprintf(&headers, "%s:%s\n", name, strings.TrimSpace(value))
	}
	query := strings.ReplaceAll(r.URL.Query().Encode(), "+", "%20")
	canonical := strings.Join([]string{r.Method, (&url.URL{Path: r.URL.Path}).EscapedPath(), query, headers.String(), signedHeaders, r.Header.Get("X-Amz-Content-Sha256")}, "\n")
	sum := sha256.Sum256([]byte(canonical))
	toSign := "AWS4-HMAC-SHA256\n" + date + "\n" + scope + "\n" + hex.EncodeToString(sum[:])
	key := []byte("AWS4" + secret)
	for part := range strings.SplitSeq(scope, "/") {
		key = mac(key, part)
	}
	if scheme != "AWS4-HMAC-SHA256" || !strings.Contains(signedHeaders, "host") || signature != hex.EncodeToString(mac(key, toSign)) {
		return fmt.Errorf("%s %s is not signed", r.Method, r.URL.Path)
	}
	return nil
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	_, _ = h.Write([]byte(text))
	return h.Sum(nil)
}

// Package bucket keeps the files of documents in a bucket of Amazon S3, or of a service
// with its interface, which several machines can share.
package bucket

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/watch287g/watch287g/document"
	"github.com/watch287g/watch287g/document/archive"
	"github.com/watch287g/watch287g/store"
)

// Options say where a bucket is.
type Options struct {
	Endpoint             string // a URL that begins with https:// or http://
	Bucket               string
	Region               string // "": that of services which have none
	Prefix               string // of all names; "" or one that ends with a slash
	AccessKey, SecretKey string
	Now                  func() time.Time
}

// Bucket is an archive in a bucket. The file with the hash abcd… is ab/abcd….pdf, after the
// prefix, as in a directory.
type Bucket struct {
	o Options
	c *minio.Client
}

var _ archive.Archive = (*Bucket)(nil)

const (
	// tries is how often a request is made whose answer says that another try may help.
	tries = 3
	// longest bounds what is done with one file. It is ended earlier by the context.
	longest = 2 * time.Minute
	// usualRegion is what services without regions take for theirs.
	usualRegion = "us-east-1"
)

// Open returns the archive in a bucket. It asks the service nothing yet.
func Open(o Options) (*Bucket, error) {
	u, err := url.Parse(o.Endpoint)
	if err != nil || u.Host == "" {
		return nil, errors.New("the endpoint of the bucket for documents is not a URL; correct documents.bucket in the configuration")
	}
	if o.Region == "" {
		o.Region = usualRegion
	}
	transport := http.DefaultTransport.(*http.Transport).Clone() //nolint:forcetypeassert // it is one
	transport.ResponseHeaderTimeout, transport.MaxIdleConnsPerHost = 30*time.Second, 4
	transport.DisableCompression = true
	c, err := minio.New(u.Host, &minio.Options{Creds: credentials.NewStaticV4(o.AccessKey, o.SecretKey, ""), Secure: u.Scheme == "https",
		Region: o.Region, Transport: transport, MaxRetries: tries})
	if err != nil {
		return nil, fmt.Errorf("the bucket for documents cannot be used: %w; mend documents.bucket in the configuration", err)
	}
	return &Bucket{o: o, c: c}, nil
}

// String says which bucket it is.
func (b *Bucket) String() string { return "the bucket " + b.o.Bucket }

const (
	fileEnd    = ".pdf"
	readingEnd = ".json.gz"
)

func (b *Bucket) name(hash, end string) string { return b.o.Prefix + hash[:2] + "/" + hash + end }

// Put keeps a file, and returns its hash. One that is there is read: a damaged one is kept
// under another name, and the whole one put in its place.
func (b *Bucket) Put(ctx context.Context, body []byte) (string, error) {
	hash := archive.Hash(body)
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	kept, err := b.read(ctx, b.name(hash, fileEnd))
	switch {
	case errors.Is(err, store.ErrNotFound):
		err = b.write(ctx, b.name(hash, fileEnd), body)
	case err == nil && archive.CheckBody(hash, kept) != nil:
		aside := fmt.Sprintf("%s.damaged-%s", b.name(hash, fileEnd), b.o.Now().UTC().Format("20060102T150405.000000000Z"))
		if err = b.write(ctx, aside, kept); err == nil {
			err = b.write(ctx, b.name(hash, fileEnd), body)
		}
	}
	return hash, b.explain("keeping", hash, err)
}

func (b *Bucket) write(ctx context.Context, name string, body []byte) error {
	_, err := b.c.PutObject(ctx, b.o.Bucket, name, bytes.NewReader(body), int64(len(body)), minio.PutObjectOptions{
		ContentType: "application/octet-stream", SendContentMd5: true, DisableMultipart: true})
	return err
}

// Has says whether a file is kept.
func (b *Bucket) Has(ctx context.Context, hash string) (bool, error) {
	if !archive.IsHash(hash) {
		return false, ctx.Err()
	}
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	_, err := b.c.StatObject(ctx, b.o.Bucket, b.name(hash, fileEnd), minio.StatObjectOptions{})
	if isMissing(err) {
		return false, nil
	}
	return err == nil, b.explain("looking for", hash, err)
}

// Get returns a file.
func (b *Bucket) Get(ctx context.Context, hash string) ([]byte, error) {
	body, err := b.readOf(ctx, hash, fileEnd)
	if err == nil {
		err = archive.CheckBody(hash, body)
	}
	if errors.Is(err, archive.ErrDamaged) {
		err = fmt.Errorf("%w (%s in %s)", err, b.name(hash, fileEnd), b)
	}
	if err != nil {
		return nil, b.explain("reading", hash, err)
	}
	return body, nil
}

// readOf reads what belongs to a hash.
func (b *Bucket) readOf(ctx context.Context, hash, end string) ([]byte, error) {
	if !archive.IsHash(hash) {
		return nil, fmt.Errorf("%.70q is not the SHA-256 of a document: %w", hash, store.ErrNotFound)
	}
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	return b.read(ctx, b.name(hash, end))
}

// read reads an object. An answer that breaks off is asked for again.
func (b *Bucket) read(ctx context.Context, name string) (body []byte, err error) {
	for range tries {
		if body, err = b.readOnce(ctx, name); !errors.Is(err, io.ErrUnexpectedEOF) {
			break
		}
	}
	return body, err
}

func (b *Bucket) readOnce(ctx context.Context, name string) ([]byte, error) {
	o, err := b.c.GetObject(ctx, b.o.Bucket, name, minio.GetObjectOptions{})
	if err != nil {
		return nil, err
	}
	defer o.Close() //nolint:errcheck // it was only read
	body, err := io.ReadAll(io.LimitReader(o, archive.MaxFile+1))
	switch {
	case isMissing(err):
		return nil, store.ErrNotFound
	case err == nil && len(body) > archive.MaxFile:
		err = archive.Damaged("it has more than %d bytes", archive.MaxFile)
	}
	return body, err
}

// PutReading keeps what was read in a file.
func (b *Bucket) PutReading(ctx context.Context, r document.Reading) error {
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	packed, err := archive.PackReading(r)
	if err == nil {
		err = b.write(ctx, b.name(r.SHA256, readingEnd), packed)
	}
	return b.explain("keeping what was read in", r.SHA256, err)
}

// Reading returns what was read in a file.
func (b *Bucket) Reading(ctx context.Context, hash string) (r document.Reading, err error) {
	packed, err := b.readOf(ctx, hash, readingEnd)
	if err == nil {
		r, err = archive.UnpackReading(hash, packed)
	}
	return r, b.explain("what was read in", hash, err)
}

// All yields the files that are kept, by hash.
func (b *Bucket) All(ctx context.Context) iter.Seq2[archive.Entry, error] {
	return func(yield func(archive.Entry, error) bool) {
		if err := ctx.Err(); err != nil {
			yield(archive.Entry{}, err)
			return
		}
		for o := range b.c.ListObjectsIter(ctx, b.o.Bucket, minio.ListObjectsOptions{Prefix: b.o.Prefix, Recursive: true}) {
			if o.Err != nil {
				yield(archive.Entry{}, b.explain("listing", "", o.Err))
				return
			}
			hash, ok := b.hashOf(o.Key)
			if ok && !yield(archive.Entry{SHA256: hash, Size: o.Size}, nil) {
				return
			}
		}
	}
}

// hashOf is the hash that a file is kept by, from its name.
func (b *Bucket) hashOf(name string) (hash string, ok bool) {
	hash, ok = strings.CutSuffix(path.Base(name), fileEnd)
	return hash, ok && archive.IsHash(hash) && name == b.name(hash, fileEnd)
}

func isMissing(err error) bool {
	code := minio.ToErrorResponse(err).Code
	return code == minio.NoSuchKey || code == "NotFound"
}

// explain says what was being done, and what is wrong with the bucket, in words of ours: a
// service's own can be of any length and hold what was signed.
func (b *Bucket) explain(doing, hash string, err error) error {
	if err == nil {
		return nil
	}
	if said, ok := errors.AsType[minio.ErrorResponse](err); ok {
		switch {
		case said.Code == minio.NoSuchBucket:
			err = errors.New("there is no such bucket; make it, or mend documents.bucket in the configuration")
		case said.StatusCode == http.StatusForbidden, said.StatusCode == http.StatusUnauthorized:
			err = fmt.Errorf("it refuses the key, or what the key may not do (%.40s); mend documents.bucket in the configuration, or the key's rights", said.Code)
		default:
			err = fmt.Errorf("it answers with status %d (%.40s)", said.StatusCode, said.Code)
		}
	}
	return fmt.Errorf("%s %s in %s: %w", doing, named(hash), b, err)
}

func named(hash string) string {
	if hash == "" {
		return "documents"
	}
	return fmt.Sprintf("document %.12s", hash)
}

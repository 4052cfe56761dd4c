package config

import (
	"net/url"
	"regexp"
	"strings"
)

// Documents says what becomes of the documents that ICE links.
type Documents struct {
	Keep   Keep    `yaml:"keep" hint:"write on, off or hashes"`
	Bucket *Bucket `yaml:"bucket,private"` // nil: they are kept beside the state
}

// Keep is whether documents are fetched, and kept.
type Keep string

// What can be done with documents.
const (
	KeepOn     Keep = "on"     // they are fetched and kept
	KeepOff    Keep = "off"    // they are left alone
	KeepHashes Keep = "hashes" // they are fetched and compared with what was had by their hash, and not kept
)

func (k *Keep) parse(text string) (wrong string) {
	*k, wrong = oneOf("a way to keep documents", []Keep{KeepOn, KeepOff, KeepHashes})(text)
	return wrong
}

// Bucket is where documents are kept that several machines share: a bucket of a service
// with the interface of Amazon S3.
type Bucket struct {
	Endpoint  URL    `yaml:"endpoint,required" hint:"write the service's URL like https://s3.us-east-1.amazonaws.com, without the bucket"`
	Name      string `yaml:"name,required" hint:"write the bucket's name"`
	Region    string `yaml:"region,empty" hint:"write the region like us-east-1, or \"\" where the service has none"`
	Prefix    string `yaml:"prefix,empty" hint:"write what names in the bucket begin with, like watch287g/, or \"\""`
	AccessKey Secret `yaml:"access_key,required" hint:"write the id of the access key"`
	SecretKey Secret `yaml:"secret_key,required" hint:"write the secret of the access key"`
}

var (
	bucketName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]$`)
	regionName = regexp.MustCompile(`^[a-z0-9-]{1,40}$`)
	prefixLike = regexp.MustCompile(`^([A-Za-z0-9_-][A-Za-z0-9._-]*/){1,8}$`)
)

func (b *Bucket) validate(s *section) {
	s.check("endpoint", func(text string) string {
		u, err := url.Parse(text)
		switch {
		case err != nil || u.User != nil || u.RawQuery != "" || u.Fragment != "" || strings.Trim(u.Path, "/") != "":
			return "is more than the address of a service"
		case u.Scheme != "https" && !isLocal(u.Hostname()):
			s.d.warnings = append(s.d.warnings, s.d.errorAt(s.key("endpoint"), "documents go to their bucket over a connection that is not encrypted; write an endpoint that begins with https://"))
		}
		return ""
	})
	s.check("name", like(bucketName, "is not the name of a bucket"))
	s.check("region", like(regionName, "is not a region"))
	s.check("prefix", like(prefixLike, "is not the beginning of names, with a slash at its end"))
	s.check("access_key", oneWord)
	s.check("secret_key", oneWord)
}

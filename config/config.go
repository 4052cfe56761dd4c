// Package config reads the configuration, one YAML file, into plain structs.
// Every unknown key and every wrong value is found before anything starts, and
// each is reported in a line of its own with its place in the file.
package config

import (
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// maxBytes bounds what is read of a file that was named by mistake.
const maxBytes = 1 << 20

// Config is the whole configuration. Default has the values of what the file
// does not say.
type Config struct {
	Source  Source
	Holds   Holds
	Aliases string // path of a CSV file of aliases; "" for none
	// Channels are the places that messages go to, in the file's order.
	Channels []Channel
	Web      Web
	Store    string // "" keeps the state in the data folder
}

// Source says where ICE's lists are found, and how they are asked for.
type Source struct {
	Page    URL           // that links the lists
	Mirror  URL           // of the page and its lists, polled in ICE's stead; "" for none
	Every   time.Duration // from one poll to the next
	Contact string        // email address or URL, told to ICE in the User-Agent; "" for none
	Timeout time.Duration // of one request
	Failing time.Duration // for how long polls must fail until the operator hears of it
	Silence time.Duration // for how long ICE must publish nothing until the operator hears of it; 0 means never
}

// Holds says what becomes of a publication that was set aside.
type Holds struct {
	// Accept is for how long polls must find a held publication on end until it
	// is accepted without the operator. 0 means never.
	Accept time.Duration
}

// Web says where pages, feeds and the API are served.
type Web struct {
	Listen string // host:port; "" serves nothing
	URL    string // under which readers reach it, without a slash at its end; "" where it is not known
}

// Default is what counts where there is no file.
func Default() Config {
	return Config{
		Source: Source{
			Page:    "https://www.ice.gov/identify-and-arrest/287g",
			Every:   15 * time.Minute,
			Timeout: 30 * time.Second,
			Failing: time.Hour,
			Silence: 14 * 24 * time.Hour,
		},
		Holds: Holds{Accept: 24 * time.Hour},
		Web:   Web{Listen: ":8287"},
	}
}

//go:embed example.yaml
var example string

// Example is a configuration with every key in it, each explained. It means the
// same as no file at all.
func Example() string { return example }

// Load reads the file at path. A path in the file counts from the file's
// folder. env looks up an environment variable, as os.LookupEnv does: that of a
// secret.
//
// The error is of type Errors where it is the content that is wrong. Without the
// file it wraps fs.ErrNotExist.
func Load(path string, env func(string) (string, bool)) (Config, error) {
	body, err := read(path)
	if err != nil {
		return Config{}, err
	}
	r := reader{file: filepath.Clean(path), folder: filepath.Dir(path), env: env}
	c := Default()
	r.readFile(body, &c)
	if err := r.errors(); err != nil {
		return Config{}, err
	}
	return c, nil
}

// read returns the file's bytes, one more than maxBytes at most.
func read(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read the configuration %s: %w", path, cause(err))
	}
	defer f.Close() //nolint:errcheck // it was only read
	body, err := io.ReadAll(io.LimitReader(f, maxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("cannot read the configuration %s: %w", path, cause(err))
	}
	return body, nil
}

// cause is what went wrong with a file, without the call and the path that
// failed, since the message names the path in its own way.
func cause(err error) error {
	if e, ok := errors.AsType[*os.PathError](err); ok {
		return e.Err
	}
	return err
}

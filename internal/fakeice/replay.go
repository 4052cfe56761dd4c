package fakeice

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Step is what ICE does in one moment.
type Step struct {
	At    time.Time
	Title string // a sentence without its period; "" in an archive
	Files []File
	Fault string // spoils every answer until the next step; "" for none
}

// Moments groups files, oldest first, by the moment at which they were published.
func Moments(files []File) []Step {
	var steps []Step
	for _, f := range files {
		if last := len(steps) - 1; last >= 0 && steps[last].At.Equal(f.At) {
			steps[last].Files = append(steps[last].Files, f)
			continue
		}
		steps = append(steps, Step{At: f.At, Files: []File{f}})
	}
	return steps
}

// ReadArchive reads the lists that an index.csv names: a CSV file with at least
// the columns published_at (RFC 3339), link and file (a path beside the index),
// oldest first.
func ReadArchive(index string) ([]File, error) {
	text, err := os.ReadFile(index)
	if err != nil {
		return nil, fmt.Errorf("reading the archive: %w", err)
	}
	rows, err := csv.NewReader(strings.NewReader(string(text))).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", index, err)
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("reading %s: it is empty", index)
	}
	at, link, file := slices.Index(rows[0], "published_at"), slices.Index(rows[0], "link"), slices.Index(rows[0], "file")
	if min(at, link, file) < 0 {
		return nil, fmt.Errorf("reading %s: it lacks one of the columns published_at, link, file", index)
	}
	// The time that an archive adds to the name of a file that ICE kept overwriting.
	captured := regexp.MustCompile(`-\d{14}`)
	var files []File
	for i, row := range rows[1:] {
		f := File{Link: row[link], Name: captured.ReplaceAllString(filepath.Base(row[file]), "")}
		var wrongTime, wrongFile error
		f.At, wrongTime = time.Parse(time.RFC3339, row[at])
		f.Body, wrongFile = os.ReadFile(filepath.Join(filepath.Dir(index), filepath.FromSlash(row[file])))
		if err := errors.Join(wrongTime, wrongFile); err != nil {
			return nil, fmt.Errorf("reading %s, row %d: %w", index, i+1, err)
		}
		files = append(files, f)
	}
	return files, nil
}

// WriteArchive writes files to a directory with an index.csv, whose path it
// returns. It leaves out those without a body.
func WriteArchive(dir string, files []File) (index string, err error) {
	var rows strings.Builder
	rows.WriteString("published_at,link,file\n")
	for i, f := range files {
		if f.Body == nil {
			continue
		}
		name := fmt.Sprintf("%03d/%s", i, f.Name)
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return "", fmt.Errorf("writing an archive: %w", err)
		}
		if err := os.WriteFile(path, f.Body, 0o600); err != nil {
			return "", fmt.Errorf("writing an archive: %w", err)
		}
		fmt.Fprintf(&rows, "%s,%s,%s\n", f.At.Format(time.RFC3339), f.Link, name)
	}
	index = filepath.Join(dir, "index.csv")
	if err := os.WriteFile(index, []byte(rows.String()), 0o600); err != nil {
		return "", fmt.Errorf("writing an archive: %w", err)
	}
	return index, nil
}

// Replay is a Site that goes through steps. Time stands still until it is moved.
type Replay struct {
	Site

	moving sync.Mutex
	steps  []Step
	done   int // steps[:done] have happened
}

// NewReplay returns a Replay before its first step.
func NewReplay(steps []Step) *Replay { return &Replay{steps: steps} }

// Next takes the next step, and returns false after the last one.
func (r *Replay) Next() (Step, bool) {
	r.moving.Lock()
	defer r.moving.Unlock()
	if r.done == len(r.steps) {
		return Step{}, false
	}
	r.take(r.done + 1)
	return r.steps[r.done-1], true
}

// Goto leads the site to a moment, forward or back: all steps up to and including
// it have happened.
func (r *Replay) Goto(at time.Time) {
	r.moving.Lock()
	defer r.moving.Unlock()
	n := 0
	for n < len(r.steps) && !r.steps[n].At.After(at) {
		n++
	}
	if n < r.done {
		r.mu.Lock()
		r.files = nil
		r.mu.Unlock()
		r.done = 0
	}
	r.take(n)
}

// take takes the steps up to the n-th.
func (r *Replay) take(n int) {
	for ; r.done < n; r.done++ {
		if r.done > 0 && r.steps[r.done-1].Fault != "" {
			r.Mend()
		}
		step := r.steps[r.done]
		r.Publish(step.Files...)
		if step.Fault != "" {
			r.Spoil(Fault{Name: step.Fault}, -1)
		}
	}
}

// Now returns the time of the last step, or of an hour before the first one.
func (r *Replay) Now() time.Time {
	r.moving.Lock()
	defer r.moving.Unlock()
	switch {
	case len(r.steps) == 0:
		return time.Time{}
	case r.done == 0:
		return r.steps[0].At.Add(-time.Hour)
	}
	return r.steps[r.done-1].At
}

// controlPath is where a Replay is told what to do.
const controlPath = "/__site/"

// ServeHTTP answers as the site does and, below /__site/, to whoever replays it:
//
//	POST next?n=5                        takes one step, or n
//	POST goto?t=2025-09-22T21:00:00Z     leads the site to a moment
//	POST fault?name=block&on=page&n=3    spoils n answers, or all; without a name, ends the fault
//	GET status                           where the replay stands, as each of the others says, too
func (r *Replay) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	verb, control := strings.CutPrefix(request.URL.Path, controlPath)
	if !control {
		r.Site.ServeHTTP(w, request)
		return
	}
	if verb != "status" && request.Method != http.MethodPost {
		http.Error(w, "use POST", http.StatusMethodNotAllowed)
		return
	}
	if err := r.command(verb, request.FormValue); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(r.status())
}

func (r *Replay) command(verb string, value func(name string) string) (err error) {
	count := func(otherwise int) (n int) {
		if n = otherwise; value("n") != "" {
			n, err = strconv.Atoi(value("n"))
		}
		return n
	}
	switch verb {
	case "status":
	case "next":
		for range count(1) {
			r.Next()
		}
	case "goto":
		var at time.Time
		if at, err = time.Parse(time.RFC3339, value("t")); err == nil {
			r.Goto(at)
		}
	case "fault":
		switch name := value("name"); {
		case name == "":
			r.Mend()
		case slices.Contains(Faults(), name):
			r.Spoil(Fault{Name: name, On: value("on")}, count(-1))
		default:
			return fmt.Errorf("no fault %q; there are %s", name, strings.Join(Faults(), ", "))
		}
	default:
		return fmt.Errorf("no command %q; there are next, goto, fault and status", verb)
	}
	return err
}

// status is where the replay stands.
type status struct {
	Step    int               `json:"step"`
	Steps   int               `json:"steps"`
	Now     time.Time         `json:"now"`
	Title   string            `json:"title,omitempty"`
	Current map[string]string `json:"current"` // the name of the file behind each link
}

func (r *Replay) status() status {
	s := status{Now: r.Now(), Current: map[string]string{}}
	for link, f := range r.Current() {
		s.Current[link] = f.Name
	}
	r.moving.Lock()
	defer r.moving.Unlock()
	if s.Step, s.Steps = r.done, len(r.steps); r.done > 0 {
		s.Title = r.steps[r.done-1].Title
	}
	return s
}

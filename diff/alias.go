package diff

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/watch287g/watch287g/roster"
)

// Aliases is what an operator knows of spellings and no rule can: which are one
// agency, and which are not. The zero value knows nothing.
type Aliases struct {
	same      map[string]string  // spelling's key to another spelling's key, or to an id
	different map[[2]string]bool // pairs of keys or ids, both ways round
}

// ReadAliases reads alias files: CSV with the columns state, spelling, target (the
// agency's id or another spelling) and verdict (same or different), with # for
// comments. An error names the line and what to mend.
func ReadAliases(files ...io.Reader) (Aliases, error) {
	a := Aliases{same: map[string]string{}, different: map[[2]string]bool{}}
	for _, file := range files {
		if err := a.read(file); err != nil {
			return Aliases{}, err
		}
	}
	return a, nil
}

func (a Aliases) read(file io.Reader) error {
	in := csv.NewReader(file)
	in.Comment, in.FieldsPerRecord, in.TrimLeadingSpace = '#', -1, true
	for first := true; ; first = false {
		fields, err := in.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading aliases: %w", err)
		}
		line, _ := in.FieldPos(0)
		if first && strings.EqualFold(fields[0], "state") {
			continue
		}
		if err := a.add(fields); err != nil {
			return fmt.Errorf("aliases, line %d: %w", line, err)
		}
	}
}

func (a Aliases) add(fields []string) error {
	if len(fields) != 4 {
		return fmt.Errorf("%d columns; write state, spelling, the agency's id or another spelling, same or different", len(fields))
	}
	state, ok := roster.ParseState(fields[0])
	if !ok {
		return fmt.Errorf("%q is not a state", fields[0])
	}
	key := roster.Spelling{State: state, Name: fields[1]}.Key()
	target := fields[2]
	if !isID(target) {
		target = roster.Spelling{State: state, Name: target}.Key()
	}
	switch strings.ToLower(strings.TrimSpace(fields[3])) {
	case "same":
		if key == target {
			return fmt.Errorf("%q stands for itself", fields[1])
		}
		a.same[key] = target
	case "different":
		a.different[[2]string{key, target}] = true
		a.different[[2]string{target, key}] = true
	default:
		return fmt.Errorf("%q is neither same nor different", fields[3])
	}
	return nil
}

// isID tells an agency's id (TX-lampass-county-sheriffs-office) from a spelling.
func isID(s string) bool {
	code, rest, ok := strings.Cut(s, "-")
	_, known := roster.ParseState(code)
	return ok && known && len(code) == 2 && code == strings.ToUpper(code) && rest == strings.ToLower(rest) && !strings.Contains(rest, " ")
}

// resolve follows a spelling's key to what it stands for. A ring of aliases
// ends where it began.
func (a Aliases) resolve(key string) string {
	for range 10 {
		target, ok := a.same[key]
		if !ok {
			return key
		}
		key = target
	}
	return key
}

// distinct says whether the operator says that two spellings are two agencies.
func (a Aliases) distinct(x, y *row) bool {
	if len(a.different) == 0 {
		return false
	}
	for _, k := range []string{x.Key(), x.AgencyID} {
		for _, l := range []string{y.Key(), y.AgencyID} {
			if k != "" && l != "" && a.different[[2]string{k, l}] {
				return true
			}
		}
	}
	return false
}

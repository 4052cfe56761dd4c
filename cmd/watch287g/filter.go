package main

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/watch287g/watch287g/roster"
)

// agreementFlags choose agreements.
type agreementFlags struct {
	State  []string `help:"Only these states, by code or name." placeholder:"TX,FL"`
	Model  []string `help:"Only these models: JEM, TFM, WSO, or other for any that is none of these." placeholder:"WSO"`
	Type   []string `help:"Only these kinds of agency: county, municipality, state." placeholder:"county"`
	County []string `help:"Only this county, by name or FIPS code; can be repeated." placeholder:"NAME" sep:"none"`
	Place  []string `help:"Only the counties of this town or ZIP code; can be repeated." placeholder:"NAME" sep:"none"`
	Agency []string `help:"Only agencies of this name or id; * stands for any letters; can be repeated." placeholder:"NAME" sep:"none"`
}

// filter reads the flags. An error says which value is wrong and what there is.
func (f agreementFlags) filter() (out roster.Filter, err error) {
	if out.States, err = parseAll("state", f.State, roster.ParseState, "is not a state; write a code like TX or a name"); err != nil {
		return out, err
	}
	if out.Models, err = parseAll("model", f.Model, roster.ParseModelClass, "is none of JEM, TFM, WSO, other"); err != nil {
		return out, err
	}
	if out.Types, err = parseAll("type", f.Type, roster.ParseType, "is none of county, municipality, state"); err != nil {
		return out, err
	}
	for _, p := range f.Agency {
		if _, err := path.Match(p, ""); err != nil {
			return out, usageError{fmt.Errorf("--agency %q is not a pattern: %w", p, err)}
		}
	}
	out.Counties, out.Places, out.Agencies = f.County, f.Place, f.Agency
	return out, nil
}

// parseAll reads the values of a flag. wrong says what is the matter with one that
// parse does not know.
func parseAll[T any](flag string, values []string, parse func(string) (T, bool), wrong string) ([]T, error) {
	var all []T
	for _, v := range values {
		parsed, ok := parse(v)
		if !ok {
			return nil, usageError{fmt.Errorf("--%s %q %s", flag, v, wrong)}
		}
		all = append(all, parsed)
	}
	return all, nil
}

// oneOf parses the name of one of these, in whatever case.
func oneOf[T ~string](all ...T) func(string) (T, bool) {
	return func(name string) (found T, ok bool) {
		i := slices.IndexFunc(all, func(t T) bool { return strings.EqualFold(name, string(t)) })
		if i < 0 {
			return "", false
		}
		return all[i], true
	}
}

// atMost checks a --limit.
func atMost(limit int) error {
	if limit < 0 {
		return usageError{fmt.Errorf("--limit %d is below 0", limit)}
	}
	return nil
}

package main

import (
	"fmt"
	"path"
	"strings"

	"github.com/watch287g/watch287g/roster"
)

// agreementFlags choose agreements.
type agreementFlags struct {
	State  []string `help:"Only these states, by code or name." placeholder:"TX,FL"`
	Model  []string `help:"Only these models: JEM, TFM, WSO, or other for any that is none of these." placeholder:"WSO"`
	Type   []string `help:"Only these kinds of agency: county, municipality, state." placeholder:"county"`
	County []string `help:"Only this county; can be repeated." placeholder:"NAME" sep:"none"`
	Agency []string `help:"Only agencies of this name or id; * stands for any letters; can be repeated." placeholder:"NAME" sep:"none"`
}

// filter reads the flags. An error says which value is wrong and what there is.
func (f agreementFlags) filter() (roster.Filter, error) {
	var out roster.Filter
	for _, s := range f.State {
		state, ok := roster.ParseState(s)
		if !ok {
			return out, usageError{fmt.Errorf("--state %q is not a state; write a code like TX or a name", s)}
		}
		out.States = append(out.States, state)
	}
	for _, s := range f.Model {
		model, ok := roster.ParseModelClass(s)
		if !ok {
			return out, usageError{fmt.Errorf("--model %q is none of JEM, TFM, WSO, other", s)}
		}
		out.Models = append(out.Models, model)
	}
	for _, s := range f.Type {
		kind, ok := roster.ParseType(s)
		if !ok {
			return out, usageError{fmt.Errorf("--type %q is none of county, municipality, state", s)}
		}
		out.Types = append(out.Types, kind)
	}
	for _, p := range f.Agency {
		if _, err := path.Match(p, ""); err != nil {
			return out, usageError{fmt.Errorf("--agency %q is not a pattern: %w", p, err)}
		}
	}
	out.Counties, out.Agencies = f.County, f.Agency
	return out, nil
}

// kinds reads --kind.
func kinds(names []string) ([]roster.Kind, error) {
	var out []roster.Kind
	for _, name := range names {
		found := false
		for _, k := range roster.Kinds() {
			if strings.EqualFold(name, string(k)) {
				out, found = append(out, k), true
			}
		}
		if !found {
			return nil, usageError{fmt.Errorf("--kind %q is none of %v", name, roster.Kinds())}
		}
	}
	return out, nil
}

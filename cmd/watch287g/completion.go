package main

import (
	"embed"
	"fmt"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// completions are a script for each shell, which asks the program what a line can go on
// with: they stay as they are when a command or a flag is added.
//
//go:embed completions
var completions embed.FS

type completionCmd struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

// Run prints the script of a shell.
func (c *completionCmd) Run(a *app) error {
	script, err := completions.ReadFile("completions/watch287g." + c.Shell)
	if err != nil {
		return fmt.Errorf("reading the script: %w", err)
	}
	_, err = a.stdout.Write(script)
	return err
}

type completeCmd struct {
	Words []string `arg:"" optional:""`
}

// Run prints what the last of some words can become: a line each, with what it means
// after a tab. It prints nothing where files are wanted, which shells know themselves.
func (c *completeCmd) Run(k *kong.Context, a *app) error {
	for _, found := range complete(k.Model.Node, c.Words) {
		if _, err := fmt.Fprintln(a.stdout, found); err != nil {
			return err
		}
	}
	return nil
}

// complete returns what the last of the words after the program's name can become.
func complete(at *kong.Node, words []string) []string {
	if n := len(words); n == 0 || words[n-1] == "=" {
		words = append(words[:n:n], "")
	}
	words = slices.DeleteFunc(slices.Clone(words), func(w string) bool { return w == "=" }) // as bash cuts --format=csv
	var value *kong.Flag                                                                    // that the next word is the value of
	for _, word := range words[:len(words)-1] {
		switch {
		case value != nil:
			value = nil
		case strings.HasPrefix(word, "-"):
			if value = flagOf(at, word); value != nil && value.IsBool() {
				value = nil
			}
		default:
			at = below(at, word)
		}
	}
	last := words[len(words)-1]
	name, part, given := strings.Cut(last, "=")
	switch {
	case value != nil:
		return matches(last, "", values(value.Value))
	case given && flagOf(at, name) != nil:
		return matches(part, name+"=", values(flagOf(at, name).Value))
	case strings.HasPrefix(last, "-"):
		var all []string
		for _, f := range flags(at) {
			all = append(all, "--"+f.Name+"\t"+f.Help)
		}
		return matches(last, "", all)
	}
	var all []string
	for _, child := range at.Children {
		if !child.Hidden {
			all = append(all, child.Name+"\t"+child.Help)
		}
	}
	for _, p := range at.Positional {
		all = append(all, values(p)...)
	}
	return matches(last, "", all)
}

// below is the command that a word after another chooses, or that one itself.
func below(at *kong.Node, word string) *kong.Node {
	for _, child := range at.Children {
		if child.Name == word {
			return child
		}
	}
	return at
}

// flags are those that a command takes, with what all take; a command that stands for
// one of its own takes that one's.
func flags(at *kong.Node) []*kong.Flag {
	if at.DefaultCmd != nil {
		at = at.DefaultCmd
	}
	return slices.Concat(at.AllFlags(true)...)
}

// flagOf is the flag that a word is, nil where it is none or has its value with it.
func flagOf(at *kong.Node, word string) *kong.Flag {
	for _, f := range flags(at) {
		if word == "--"+f.Name || f.Short != 0 && word == "-"+string(f.Short) {
			return f
		}
	}
	return nil
}

// values are what a flag or an argument can be; none where it can be anything.
func values(v *kong.Value) []string {
	if v.Enum == "" {
		return nil
	}
	return v.EnumSlice()
}

// matches are those of some that begin as what was typed, after what stands before.
func matches(typed, before string, of []string) []string {
	var all []string
	for _, s := range of {
		if strings.HasPrefix(s, typed) {
			all = append(all, before+s)
		}
	}
	return all
}

package main

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

type manCmd struct{}

// manEnd is what the manual page says beyond what --help does.
//
//go:embed man.roff
var manEnd string

// Run prints the manual page, watch287g(1), made of what --help is made of.
func (manCmd) Run(k *kong.Context, a *app) error {
	var b strings.Builder
	fmt.Fprintf(&b, ".TH WATCH287G 1 \"\" \"watch287g %s\" \"User Commands\"\n", roff(version))
	fmt.Fprintf(&b, ".SH NAME\nwatch287g \\- %s\n", roff(lowerFirst(strings.TrimSuffix(k.Model.Help, "."))))
	b.WriteString(".SH SYNOPSIS\n.B watch287g\n.I command\n.RI [ flags ]\n.SH DESCRIPTION\n" + roff(k.Model.Help) + "\n.SH OPTIONS\n")
	manFlags(&b, k.Model.Flags)
	b.WriteString(".SH COMMANDS\n")
	for _, leaf := range k.Model.Leaves(true) {
		fmt.Fprintf(&b, ".SS watch287g %s\n%s\n", roff(leaf.Summary()), roff(leaf.Help))
		for _, p := range leaf.Positional {
			manItem(&b, p.ShortSummary(), p.Help)
		}
		manFlags(&b, leaf.Flags)
	}
	b.WriteString(manEnd)
	_, err := fmt.Fprint(a.stdout, b.String())
	return err
}

func manFlags(b *strings.Builder, flags []*kong.Flag) {
	for _, f := range slices.DeleteFunc(slices.Clone(flags), func(f *kong.Flag) bool { return f.Hidden }) {
		name := f.Summary()
		if f.Short != 0 {
			name = "-" + string(f.Short) + ", " + name
		}
		manItem(b, name, f.Help)
	}
}

// manItem is a name with what it means.
func manItem(b *strings.Builder, name, help string) {
	fmt.Fprintf(b, ".TP\n.B %s\n%s\n", roff(name), roff(help))
}

// roff writes a text so that none of it reads as roff's own: a hyphen stays one that
// can be copied, and no line begins with a command.
func roff(text string) string {
	return strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`, "\n.", "\n\\&.").Replace(text)
}

func lowerFirst(s string) string { return strings.ToLower(s[:1]) + s[1:] }

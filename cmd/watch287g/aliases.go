package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"io"
	"os"

	"github.com/watch287g/watch287g/diff"
)

// shippedAliases is what no rule can know of ICE's spellings.
//
//go:embed aliases.csv
var shippedAliases []byte

// aliases reads the aliases that ship with the program and the operator's own.
func aliases(path string) (diff.Aliases, error) {
	readers := []io.Reader{bytes.NewReader(shippedAliases)}
	if path != "" {
		own, err := os.ReadFile(path)
		if err != nil {
			return diff.Aliases{}, fmt.Errorf("reading the alias file: %w", err)
		}
		if _, err := diff.ReadAliases(bytes.NewReader(own)); err != nil {
			return diff.Aliases{}, fmt.Errorf("%s: %w", path, err)
		}
		readers = append(readers, bytes.NewReader([]byte("\n")), bytes.NewReader(own))
	}
	return diff.ReadAliases(io.MultiReader(readers...))
}

package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"io"
	"os"

	"github.com/watch287g/watch287g/config"
	"github.com/watch287g/watch287g/diff"
)

// shippedAliases is what no rule can know of ICE's spellings.
//
//go:embed aliases.csv
var shippedAliases []byte

// settings are what the configuration says about linking and judging.
func settings(c config.Config) (diff.Settings, error) {
	known, err := aliases(c.Aliases)
	return diff.Settings{AcceptAfter: c.Holds.Accept, Aliases: known}, err
}

// aliases reads the aliases that ship with the program and the operator's own.
func aliases(path string) (diff.Aliases, error) {
	files := []io.Reader{bytes.NewReader(shippedAliases)}
	if path != "" {
		own, err := os.ReadFile(path)
		if err != nil {
			return diff.Aliases{}, fmt.Errorf("reading the alias file: %w", err)
		}
		files = append(files, bytes.NewReader(bytes.TrimPrefix(own, []byte("\ufeff")))) // as spreadsheets write it
	}
	a, err := diff.ReadAliases(files...)
	if err != nil {
		return a, fmt.Errorf("%s: %w", path, err)
	}
	return a, nil
}

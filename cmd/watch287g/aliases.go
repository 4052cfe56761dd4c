package main

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"strings"

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
		own = bytes.TrimPrefix(own, []byte("\ufeff")) // as spreadsheets write it
		if _, err := diff.ReadAliases(bytes.NewReader(own)); err != nil {
			return diff.Aliases{}, fmt.Errorf("%s: %w", path, err)
		}
		readers = append(readers, strings.NewReader("\n"), bytes.NewReader(withoutHeading(own)))
	}
	return diff.ReadAliases(io.MultiReader(readers...))
}

// withoutHeading leaves out the line that names the columns, if there is one, so
// that the rest can follow other aliases.
func withoutHeading(file []byte) []byte {
	in := csv.NewReader(bytes.NewReader(file))
	in.Comment, in.FieldsPerRecord, in.TrimLeadingSpace = '#', -1, true
	if first, err := in.Read(); err == nil && strings.EqualFold(first[0], "state") {
		return file[in.InputOffset():]
	}
	return file
}

package store

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"io"
	"slices"

	"github.com/watch287g/watch287g/roster"
)

// Pack encodes v as compressed JSON: the rows of a roster have much in common.
func Pack(v any) ([]byte, error) {
	var packed bytes.Buffer
	z, err := gzip.NewWriterLevel(&packed, gzip.BestSpeed)
	if err != nil {
		return nil, err
	}
	if err := json.NewEncoder(z).Encode(v); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return packed.Bytes(), nil
}

// Unpack decodes what Pack returned.
func Unpack(packed []byte, v any) error {
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return err
	}
	plain, err := io.ReadAll(z)
	if err != nil {
		return err
	}
	return json.Unmarshal(plain, v)
}

// SortNewestFirst sorts holds in place, and returns them.
func SortNewestFirst(holds []roster.Hold) []roster.Hold {
	slices.SortFunc(holds, func(a, b roster.Hold) int {
		return cmp.Or(b.Since.Compare(a.Since), cmp.Compare(b.ID, a.ID))
	})
	return holds
}

package archive

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"

	"github.com/watch287g/watch287g/document"
	"github.com/watch287g/watch287g/store"
)

// maxReading bounds what a reading unpacks to, in bytes.
const maxReading = 64 << 20

// PackReading encodes a reading as archives keep it: JSON by gzip.
func PackReading(r document.Reading) ([]byte, error) {
	if !IsHash(r.SHA256) {
		return nil, notHash(r.SHA256)
	}
	packed, err := store.Pack(r)
	if err != nil {
		return nil, fmt.Errorf("packing what was read in document %s: %w", r.SHA256, err)
	}
	return packed, nil
}

// UnpackReading decodes what PackReading returned for the file with a hash.
func UnpackReading(hash string, packed []byte) (document.Reading, error) {
	r, err := unpackReading(packed)
	if err == nil && r.SHA256 != hash {
		err = fmt.Errorf("it is of document %.70q", r.SHA256)
	}
	if err != nil {
		return document.Reading{}, Damaged("what was read in document %s: %w", hash, err)
	}
	return r, nil
}

func unpackReading(packed []byte) (r document.Reading, err error) {
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return r, err
	}
	plain, err := io.ReadAll(io.LimitReader(z, maxReading+1))
	switch {
	case err != nil:
		return r, err
	case len(plain) > maxReading:
		return r, fmt.Errorf("it has more than %d bytes", maxReading)
	}
	return r, json.Unmarshal(plain, &r)
}

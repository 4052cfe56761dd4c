package fetch

import (
	"bytes"
	"encoding/json"
	"errors"
)

// mostListed is how many things one list of an answer can have; none of watch287g has more
// than 500.
const mostListed = 1000

// List is a list in another site's JSON. One that is longer than any of watch287g is refused
// before it takes up memory: a few bytes of JSON can stand for a large value.
type List[T any] []T

// UnmarshalJSON reads a list.
func (l *List[T]) UnmarshalJSON(doc []byte) error {
	if string(doc) == "null" {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(doc))
	if t, err := d.Token(); err != nil || t != json.Delim('[') {
		return errors.New("it is not a list")
	}
	for d.More() {
		if len(*l) == mostListed {
			return errors.New("it is a longer list than any")
		}
		var v T
		if err := d.Decode(&v); err != nil {
			return err //nolint:wrapcheck // the caller says what it was reading
		}
		*l = append(*l, v)
	}
	return nil
}

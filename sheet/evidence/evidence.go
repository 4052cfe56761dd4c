// Package evidence makes of ICE's files what may be given out. ICE's links hold email
// addresses of its staff, within Outlook's Safe Links, and its workbooks their names,
// accounts and printers. None of that is about an agreement.
package evidence

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
)

// File is a file as it is given out.
type File struct {
	Body    []byte
	SHA256  string // of Body, in hex
	Changed bool   // whether Body differs from what ICE published
}

// maxUnpacked bounds what a file may unpack to, in bytes; a list has some 3 MB.
const maxUnpacked = 32 << 20

// Public returns a file of ICE's as it may be given out: the same bytes where nothing
// has to go. The same file always gives the same bytes with one version of the program.
// The error says why a file cannot be given out: nothing is that was not read to its
// end.
func Public(original []byte) (File, error) {
	var body []byte
	var err error
	switch start := bytes.TrimLeft(original, "\ufeff \t\r\n"); {
	case bytes.HasPrefix(start, []byte("PK")):
		body, err = workbook(original)
	case bytes.HasPrefix(start, []byte("<")):
		body, err = page(original)
	default:
		err = errors.New("it is neither a workbook nor a page, so that nobody can say what it holds")
	}
	if err != nil {
		return File{}, err
	}
	sum := sha256.Sum256(body)
	return File{Body: body, SHA256: hex.EncodeToString(sum[:]), Changed: !bytes.Equal(body, original)}, nil
}

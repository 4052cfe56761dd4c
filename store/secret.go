package store

import (
	"crypto/rand"
	"strings"
)

const (
	secretSize        = 32 // bytes
	longestSecretName = 64 // bytes
)

// NewSecret returns random bytes for a backend to keep as a secret.
func NewSecret() []byte {
	b := make([]byte, secretSize)
	_, _ = rand.Read(b) // it never fails
	return b
}

// CheckSecretName returns an ErrInvalid where a name is not 1 to 64 of the characters
// a-z, 0-9 and "-".
func CheckSecretName(name string) error {
	if name == "" || len(name) > longestSecretName || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		return invalid("a secret cannot be called %.80q", name)
	}
	return nil
}

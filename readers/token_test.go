package readers_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/readers"
)

func TestTokens(t *testing.T) {
	t.Parallel()
	secret, other := bytes.Repeat([]byte{1}, 32), bytes.Repeat([]byte{2}, 32)
	id := readers.NewID()
	purposes := []readers.Purpose{readers.PurposeConfirm, readers.PurposeManage, readers.PurposeLeave}
	seen := map[string]bool{}
	for _, p := range purposes {
		for _, of := range []string{"", "county:48201", "agency:TX-a"} {
			token := readers.Token(secret, p, id, of)
			if seen[token] || strings.Trim(token, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
				t.Errorf("%s for %s and %q", token, p, of)
			}
			seen[token] = true
			for _, q := range purposes {
				got, what, ok := readers.ReadToken(secret, q, token)
				if ok != (p == q) || ok && (got != id || what != of) {
					t.Errorf("for %s, read as %s: %s, %q, %v", p, q, got, what, ok)
				}
			}
			if _, _, ok := readers.ReadToken(other, p, token); ok {
				t.Error("another secret will do")
			}
			for i := range token { // each letter counts
				for _, c := range "Aa0_" {
					changed := token[:i] + string(c) + token[i+1:]
					if _, _, ok := readers.ReadToken(secret, p, changed); ok && changed != token {
						t.Errorf("%s is as good as %s", changed, token)
					}
				}
			}
		}
	}
	for _, bad := range []string{"", "=", "AAAA", strings.Repeat("A", 43), strings.Repeat("A", 1000), "é"} {
		if _, _, ok := readers.ReadToken(secret, readers.PurposeLeave, bad); ok {
			t.Errorf("%q is a token", bad)
		}
	}
}

func TestCodes(t *testing.T) {
	t.Parallel()
	secret := bytes.Repeat([]byte{1}, 32)
	first := map[byte]int{}
	for range 2000 {
		id := readers.NewID()
		code := readers.Code(secret, id)
		if len(code) != 6 || strings.Trim(code, "0123456789") != "" || code != readers.Code(secret, id) {
			t.Fatalf("the code of %s is %q", id, code)
		}
		first[code[0]]++
		if got, ok := readers.ParseID(string(id)); got != id || !ok {
			t.Fatalf("%s is no ID", id)
		}
	}
	for d := byte('0'); d <= '9'; d++ {
		if n := first[d]; n < 120 || n > 290 {
			t.Errorf("%d of 2000 begin with %c", n, d)
		}
	}
	for _, bad := range []string{"", "a", strings.Repeat("a", 25), strings.Repeat("a", 27), strings.Repeat("A", 26), strings.Repeat("a", 25) + "b", strings.Repeat("1", 26)} {
		if _, ok := readers.ParseID(bad); ok {
			t.Errorf("%q is an ID", bad)
		}
	}
	at := time.Date(2025, 2, 26, 12, 0, 0, 0, time.UTC)
	r := readers.Request{At: at, Tries: readers.MostTries}
	if !r.CodeAt(at.Add(time.Hour-1)) || r.CodeAt(at.Add(time.Hour)) || !r.OpenAt(at.Add(readers.RequestLife-1)) || r.OpenAt(at.Add(readers.RequestLife)) {
		t.Error("a code, or a request, counts for too long or too short")
	}
	if r.Tries++; r.CodeAt(at) {
		t.Error("a sixth try counts")
	}
}

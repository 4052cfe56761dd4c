package signup

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"math/bits"
	"strconv"
	"strings"
	"time"
)

// A browser proves that it worked for about a second before it sends a form: it finds
// numbers whose hashes, with a challenge of ours before them, begin with zero bits. Many
// small puzzles take nearly the same time at each try, where one large one would take
// anything from nothing to ten seconds.
const (
	puzzles      = 16
	puzzleBits   = 14 // of each; both together are some 260,000 hashes
	challengeFor = time.Hour
	longestProof = 400 // bytes
)

// prover makes challenges and checks what was worked out.
type prover struct{ key []byte }

// challenge returns a new one, which counts for an hour.
func (p prover) challenge(now time.Time) string {
	var body [16]byte
	binary.BigEndian.PutUint64(body[:8], uint64(now.Add(challengeFor).Unix())) //nolint:gosec // after 1970
	_, _ = rand.Read(body[8:])                                                 // which never fails
	return base64.RawURLEncoding.EncodeToString(append(body[:], p.sign(body[:])...))
}

func (p prover) sign(body []byte) []byte {
	h := hmac.New(sha256.New, p.key)
	_, _ = h.Write(append([]byte("challenge"), body...)) // which never fails
	return h.Sum(nil)[:16]
}

// check says whether a text proves the work: "CHALLENGE:N,N,…". The challenge is for the
// caller to remember until it expires, so that it counts once.
func (p prover) check(proof string, now time.Time) (challenge string, ok bool) {
	challenge, numbers, found := strings.Cut(proof, ":")
	if !found || len(proof) > longestProof {
		return "", false
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(challenge)
	if err != nil || len(raw) != 32 || !hmac.Equal(raw[16:], p.sign(raw[:16])) {
		return "", false
	}
	if until := binary.BigEndian.Uint64(raw); now.Unix() >= int64(until) { //nolint:gosec // as challenge wrote it
		return "", false
	}
	all := strings.Split(numbers, ",")
	if len(all) != puzzles {
		return "", false
	}
	for i, n := range all {
		sum := sha256.Sum256([]byte(challenge + ":" + strconv.Itoa(i) + ":" + n))
		if bits.LeadingZeros32(binary.BigEndian.Uint32(sum[:])) < puzzleBits {
			return "", false
		}
	}
	return challenge, true
}

package roster

import (
	"slices"
	"strings"
)

// statusWords are the words for a status in the column STATUS.
var statusWords = map[string]Status{
	"active": StatusActive, "signed": StatusActive, "participating": StatusActive, "participant": StatusActive, "executed": StatusActive,
	"effective": StatusActive, "current": StatusActive,
	"pending": StatusPending, "awaiting": StatusPending, "waiting": StatusPending, "requested": StatusPending, "request": StatusPending,
	"applied": StatusPending, "applicant": StatusPending, "application": StatusPending, "proposed": StatusPending, "submitted": StatusPending,
	"unsigned":   StatusPending,
	"terminated": StatusEnded, "termination": StatusEnded, "expired": StatusEnded, "ended": StatusEnded, "withdrawn": StatusEnded, "withdrew": StatusEnded,
	"inactive": StatusEnded, "rescinded": StatusEnded, "revoked": StatusEnded, "cancelled": StatusEnded, "canceled": StatusEnded, "former": StatusEnded,
	"suspended": StatusEnded, "denied": StatusEnded,
}

// statusPhrases are those of several words, folded.
var statusPhrases = []struct {
	folded string
	status Status
}{
	{"no longer active", StatusEnded}, {"no longer participating", StatusEnded}, {"not participating", StatusEnded}, {"not active", StatusEnded},
	{"not yet signed", StatusPending}, {"not signed", StatusPending}, {"not yet executed", StatusPending}, {"in process", StatusPending},
	{"in progress", StatusPending}, {"under review", StatusPending}, {"in effect", StatusActive}, {"in force", StatusActive},
}

// ParseStatus reads a cell of the column STATUS, with one typing error allowed in a
// long word. ok is false where it names no status, or more than one, as in "Signed,
// pending training".
func ParseStatus(s string) (status Status, ok bool) {
	if len(s) > maxStatus {
		return "", false
	}
	text := " " + Fold(s) + " "
	for _, p := range statusPhrases {
		if rest := strings.Replace(text, " "+p.folded+" ", " ", 1); rest != text {
			text, status = rest, p.status
			break
		}
	}
	for word := range strings.FieldsSeq(text) {
		said := statusOf(word)
		if said != "" && status != "" && said != status || slices.Contains([]string{"no", "not", "non", "never"}, word) {
			return "", false
		}
		if said != "" {
			status = said
		}
	}
	return status, status != ""
}

// maxStatus is the longest status, in bytes; a longer text is a remark.
const maxStatus = 80

func statusOf(word string) Status {
	if s := statusWords[word]; s != "" || len(word) < 6 {
		return s
	}
	var found Status
	for known, s := range statusWords {
		if len(known) < 6 || !Within(1, known, word) {
			continue
		}
		if found != "" && found != s {
			return ""
		}
		found = s
	}
	return found
}

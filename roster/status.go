package roster

import (
	"slices"
	"strings"
)

// statusWords are the words with which a list's column STATUS says a status.
var statusWords = map[string]Status{
	"active": Active, "signed": Active, "participating": Active, "participant": Active, "executed": Active,
	"effective": Active, "current": Active,
	"pending": Waiting, "awaiting": Waiting, "waiting": Waiting, "requested": Waiting, "request": Waiting,
	"applied": Waiting, "applicant": Waiting, "application": Waiting, "proposed": Waiting, "submitted": Waiting,
	"unsigned":   Waiting,
	"terminated": Ended, "termination": Ended, "expired": Ended, "ended": Ended, "withdrawn": Ended, "withdrew": Ended,
	"inactive": Ended, "rescinded": Ended, "revoked": Ended, "cancelled": Ended, "canceled": Ended, "former": Ended,
	"suspended": Ended, "denied": Ended,
}

// statusPhrases say a status with more than one word, folded.
var statusPhrases = []struct {
	folded string
	status Status
}{
	{"no longer active", Ended}, {"no longer participating", Ended}, {"not participating", Ended}, {"not active", Ended},
	{"not yet signed", Waiting}, {"not signed", Waiting}, {"not yet executed", Waiting}, {"in process", Waiting},
	{"in progress", Waiting}, {"under review", Waiting}, {"in effect", Active}, {"in force", Active},
}

// ParseStatus reads a cell of the column STATUS, with one slip allowed in a long
// word. ok is false where it says no status, or more than one, as in "Signed,
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

// maxStatus is how long a status can be, in bytes; a longer text is a remark.
const maxStatus = 80

func statusOf(word string) Status {
	if s := statusWords[word]; s != "" || len(word) < 6 {
		return s
	}
	var found Status
	for known, s := range statusWords {
		if off := len(known) - len(word); len(known) < 6 || off < -1 || off > 1 || Distance(known, word) != 1 {
			continue
		}
		if found != "" && found != s {
			return ""
		}
		found = s
	}
	return found
}

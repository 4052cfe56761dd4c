package pdf

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/watch287g/watch287g/document"
	"github.com/watch287g/watch287g/roster"
)

// Line is one line of what the process that reads says, in JSON: first that it is ready,
// then how many pages there are, a line for each page, and that it is done; or a problem.
type Line struct {
	Ready   bool                   `json:"ready,omitempty"` // before it looks at the file
	Count   int                    `json:"count,omitempty"` // pages
	Page    *document.Page         `json:"page,omitempty"`
	Problem roster.DocumentProblem `json:"problem,omitempty"`
	Said    string                 `json:"said,omitempty"`
	Done    bool                   `json:"done,omitempty"`
}

// answer is what that process said in all.
type answer struct {
	ready, done bool
	pages       []document.Page
	problem     roster.DocumentProblem
	said        string // a sentence
}

// maxSaid is how long a sentence about a file can be, in bytes.
const maxSaid = 300

// parse reads what the process that reads has said, as far as it came. Whatever is there
// becomes an answer in order, whose pages are those that were promised where it is done.
func parse(out []byte) answer {
	var a answer
	count := 0
	for line := range bytes.Lines(out) {
		var l Line
		if !bytes.HasSuffix(line, []byte("\n")) || json.Unmarshal(line, &l) != nil {
			break // cut off
		}
		a.ready = a.ready || l.Ready
		switch {
		case !a.ready:
			return answer{}
		case l.Problem != "":
			a.problem, a.said = known(l.Problem), sentence(l.Said)
			a.pages = nil
			return a
		case l.Page != nil:
			if n := len(a.pages); len(a.pages) >= MaxPages || l.Page.Number <= 0 || n > 0 && l.Page.Number <= a.pages[n-1].Number {
				return broken
			}
			a.pages = append(a.pages, document.Page{Number: l.Page.Number, Text: clean(l.Page.Text), Scanned: l.Page.Scanned})
		case l.Count > 0:
			count = l.Count
		case l.Done:
			a.done = true
		}
	}
	if a.done && count != 0 && (len(a.pages) != count || a.pages[count-1].Number != count) {
		return broken
	}
	return a
}

// broken is the answer where the process that reads says what it cannot mean.
var broken = answer{ready: true, problem: roster.ProblemUnreadable, said: "It breaks the program that reads."}

// known returns a problem that a file can have by itself.
func known(p roster.DocumentProblem) roster.DocumentProblem {
	switch p {
	case roster.ProblemEmpty, roster.ProblemNotPDF, roster.ProblemEncrypted, roster.ProblemUnreadable:
		return p
	case roster.ProblemWebPage, roster.ProblemTooLarge, roster.ProblemOtherAgency, roster.ProblemSharedByRows, roster.ProblemElsewhere:
	}
	return roster.ProblemUnreadable
}

// sentence is a sentence as it may be printed.
func sentence(s string) string {
	if s = roster.Clean(s); s == "" {
		return "It cannot be read."
	}
	if len(s) > maxSaid {
		s = strings.ToValidUTF8(s[:maxSaid], "") + "…"
	}
	return s
}

// clean returns the text of a page with its lines ended by \n, without what no text has:
// control characters, those that turn the direction of what follows, and half characters.
func clean(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.ToValidUTF8(s, "�"))
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case unicode.IsControl(r):
			return ' '
		case r == utf8.RuneError, unicode.Is(unicode.Bidi_Control, r), r == '\ufeff', r&0xfffe == 0xfffe:
			return -1
		}
		return r
	}, s)
	return strings.TrimRight(s, " \n\t")
}

// words counts what stands between spaces.
func words(s string) int { return len(strings.Fields(s)) }

// Bounded keeps what is written up to a size, and lets go of the rest.
type Bounded struct {
	Most int    // bytes
	Full func() // called once where there is more; nil: nothing
	Over bool   // there was more
	kept []byte
}

func (b *Bounded) Write(p []byte) (int, error) {
	room := b.Most - len(b.kept)
	if len(p) > room && !b.Over {
		b.Over = true
		if b.Full != nil {
			b.Full()
		}
	}
	b.kept = append(b.kept, p[:min(len(p), room)]...)
	return len(p), nil
}

// Bytes returns what was kept.
func (b *Bounded) Bytes() []byte { return b.kept }

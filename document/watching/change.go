package watching

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"slices"
	"strings"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// Evidence is a list in force, and what stands in it.
type Evidence struct {
	Publication roster.Publication
	Rows        []roster.Row
}

// Changes are what an outcome is told as, numbered behind the last change that is known. Each
// names the list in force and the agreement's row in it.
func (o Outcome) Changes(inForce map[roster.List]Evidence, last uint64) []roster.Change {
	changes := make([]roster.Change, 0, len(o.News))
	for _, n := range o.News {
		news := n.DocumentNews
		last++
		c := roster.Change{Seq: last, Kind: roster.KindDocument, DetectedAt: n.FoundAt.UTC(), Agreement: n.Record.Now(),
			Publication: inForce[n.Record.List].ref(n.Record.Now()), Certainty: roster.Certain, Document: &news}
		news.FoundAt = news.FoundAt.UTC()
		c.ID = id(c)
		prose.WriteTexts(&c, prose.Context{})
		changes = append(changes, c)
	}
	return changes
}

// ref names an agreement's row, which stands elsewhere than in the list that it came with
// once rows before it came or went; 0 where none is like it.
func (e Evidence) ref(a roster.Agreement) roster.Evidence {
	at, most := 0, 0
	for _, r := range e.Rows {
		if r.State != a.State || r.Model.Key() != a.Model.Key() {
			continue
		}
		alike := 0
		for _, same := range []bool{roster.Fold(r.Agency) == roster.Fold(a.Agency), r.MOA == a.MOA && a.MOA != "", r.Signed == a.Signed && r.SignedAs == a.SignedAs, r.Addendum == a.Addendum, r.County == a.County} {
			alike *= 2 // the first of these count more than all that follow
			if same {
				alike++
			}
		}
		if alike > most {
			at, most = r.Number, alike
		}
	}
	if most < 8 { // neither its name nor its document
		at = 0
	}
	return e.Publication.Ref(at)
}

// id is made of what happened and when, whatever else is known.
func id(c roster.Change) string {
	n := c.Document
	what := []string{c.Agreement.ID, string(n.Part), string(n.Event), string(n.Problem), n.URL, n.SHA256, n.BeforeSHA256, fmt.Sprint(n.FoundAt.UnixNano())}
	sum := sha256.Sum256([]byte("document|" + strings.Join(slices.Clip(what), "|")))
	return "chg_01" + strings.ToLower(base32.HexEncoding.EncodeToString(sum[:])[:20])
}

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

// Changes are what an outcome is told as, numbered behind the last change that is known. Each
// names the list in force that has the agreement's row.
func (o Outcome) Changes(inForce map[roster.List]roster.Publication, last uint64) []roster.Change {
	changes := make([]roster.Change, 0, len(o.News))
	for _, n := range o.News {
		news := n.DocumentNews
		last++
		c := roster.Change{Seq: last, Kind: roster.KindDocument, DetectedAt: n.FoundAt.UTC(), Agreement: n.Record.Now(),
			Publication: inForce[n.Record.List].Ref(n.Record.Last().Row), Certainty: roster.Certain, Document: &news}
		news.FoundAt = news.FoundAt.UTC()
		c.ID = id(c)
		c.Texts = map[string]string{}
		for _, l := range prose.Languages() {
			if l == prose.English {
				c.Text = l.Text(c, prose.Context{})
				continue
			}
			c.Texts[string(l)] = l.Text(c, prose.Context{})
		}
		changes = append(changes, c)
	}
	return changes
}

// id is made of what happened and when, whatever else is known.
func id(c roster.Change) string {
	n := c.Document
	what := []string{c.Agreement.ID, string(n.Part), string(n.Event), string(n.Problem), n.URL, n.SHA256, n.BeforeSHA256, fmt.Sprint(n.FoundAt.UnixNano())}
	sum := sha256.Sum256([]byte("document|" + strings.Join(slices.Clip(what), "|")))
	return "chg_01" + strings.ToLower(base32.HexEncoding.EncodeToString(sum[:])[:20])
}

package library

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/watch287g/watch287g/document"
	"github.com/watch287g/watch287g/roster"
)

// mostUnlike is how much of the words of two texts of one form is otherwise. Of 19 agreements
// of 2019 and 2020 it is at most 0.02 within one wording, and at least 0.045 between two.
const mostUnlike = 0.03

// groups groups documents by form: by what they print, or else by how alike their texts are.
func (l *Library) groups(ctx context.Context, documents []roster.Document, rows []row, before, d *derived) ([]group, error) {
	byID := map[string]*group{}
	var undated []roster.Document
	for _, doc := range documents {
		switch {
		case doc.Form != "" && doc.Revised != "":
			g := byID[doc.Form]
			if g == nil {
				g = &group{model: doc.Model, revised: doc.Revised, id: doc.Form}
				byID[doc.Form] = g
			}
			g.members = append(g.members, doc)
		case doc.Model != "" && doc.Revised == "" && isComparable(doc):
			undated = append(undated, doc)
		}
	}
	var all []group
	for _, id := range slices.Sorted(maps.Keys(byID)) {
		all = append(all, *byID[id])
	}
	days := daysOf(rows)
	d.Undated = undatedDigest(undated, days)
	if d.Undated == before.Undated {
		return append(all, regrouped(undated, before)...), nil
	}
	more, err := l.byText(ctx, undated)
	if err != nil {
		return nil, err
	}
	name(more, before, days)
	return append(all, more...), nil
}

// undatedDigest is equal for equal documents that print no revision, and the days of their
// agreements.
func undatedDigest(undated []roster.Document, days map[string]roster.Date) string {
	h := sha256.New()
	for _, d := range undated {
		fmt.Fprintln(h, rules, d.ReadBy, d.MachineRead, d.SHA256, d.Model, days[d.SHA256])
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}

// daysOf returns the first day on which an agreement with each document was signed.
func daysOf(rows []row) map[string]roster.Date {
	days := map[string]roster.Date{}
	for _, r := range rows {
		if day := r.agreement.Signed; day != "" && (days[r.sha256] == "" || day < days[r.sha256]) {
			days[r.sha256] = day
		}
	}
	return days
}

// regrouped returns the groups as they were found before.
func regrouped(undated []roster.Document, before *derived) []group {
	bySHA := map[string]roster.Document{}
	for _, d := range undated {
		bySHA[d.SHA256] = d
	}
	var all []group
	for _, f := range before.Forms {
		if f.Revised != "" {
			continue
		}
		g := group{model: f.Model, since: f.Since, id: f.ID}
		for _, sha := range f.Documents {
			g.members = append(g.members, bySHA[sha])
		}
		all = append(all, g)
	}
	return all
}

// byText groups documents of no revision: each goes to the group whose first text is most like
// its own, or begins one.
func (l *Library) byText(ctx context.Context, undated []roster.Document) ([]group, error) {
	type leader struct {
		group
		text []document.Paragraph
	}
	var leaders []*leader
	for _, doc := range undated {
		text, err := l.paragraphs(ctx, doc)
		if err != nil {
			return nil, err
		}
		if text == nil {
			continue
		}
		var best *leader
		least := mostUnlike
		for _, x := range leaders {
			if x.model != doc.Model {
				continue
			}
			if u := document.Unlikeness(x.text, text); u < least {
				best, least = x, u
			}
			if least < document.SurelyLike {
				break // no other one is nearer
			}
		}
		if best == nil {
			best = &leader{group: group{model: doc.Model}, text: text}
			leaders = append(leaders, best)
		}
		best.members = append(best.members, doc)
	}
	all := make([]group, 0, len(leaders))
	for _, x := range leaders {
		all = append(all, x.group)
	}
	return all, nil
}

const (
	isUndated = "-undated-" // between the model and the key in an id
	keyLength = 6           // of a hash, in an id
)

// name gives groups their ids. An id has the beginning of the hash of one of the form's
// documents, so that it leads to the form whatever else comes in. It is that of before, as long
// as that document follows the form, or else that of the oldest agreement's document.
func name(groups []group, before *derived, days map[string]roster.Date) {
	old := slices.Clone(before.Forms)
	slices.SortFunc(old, byAge)
	for i := range groups {
		g := &groups[i]
		first := ""
		for _, m := range g.members {
			if day := days[m.SHA256]; day != "" && (g.since == "" || day < g.since) {
				g.since, first = day, m.SHA256
			}
		}
		prefix := strings.ToLower(g.model.Slug()) + isUndated
		if kept := slices.IndexFunc(old, func(f Form) bool {
			return f.Model == g.model && f.Revised == "" && g.has(strings.TrimPrefix(f.ID, prefix))
		}); kept >= 0 {
			g.id = old[kept].ID
			continue
		}
		g.id = prefix + cmp.Or(first, g.members[0].SHA256)[:keyLength]
	}
}

// has says whether a document whose hash begins so is in a group.
func (g *group) has(key string) bool {
	return len(key) == keyLength && slices.ContainsFunc(g.members, func(m roster.Document) bool { return strings.HasPrefix(m.SHA256, key) })
}

// formerly is what is kept of derived forms whose ids counted: documents of each.
func formerly(d derived) map[string]string {
	former := map[string]string{}
	for _, f := range d.Forms {
		if f.Revised == "" && len(f.Documents) > 0 {
			former[f.ID] = f.Documents[0]
		}
	}
	return former
}

// FormerForm returns the form to which an id of before leads: one with the hash of another of
// its documents, or one that counted the forms of a model that print no revision, the oldest
// first.
func (v *View) FormerForm(id string) (Form, bool) {
	head, key, _ := strings.Cut(id+"-", isUndated)
	key = strings.TrimSuffix(key, "-")
	nth, of := 0, []Form{}
	if n, err := strconv.Atoi(cmp.Or(key, "1")); err == nil && len(key) < keyLength {
		nth = n
	}
	for _, f := range v.forms {
		if f.Revised != "" || strings.ToLower(f.Model.Slug()) != head {
			continue
		}
		of = append(of, f)
		if slices.ContainsFunc(f.Documents, func(sha string) bool {
			return v.former[id] == sha || len(key) == keyLength && strings.HasPrefix(sha, key)
		}) {
			return f, true
		}
	}
	slices.SortFunc(of, byAge)
	if v.former[id] == "" && nth > 0 && nth <= len(of) {
		return of[nth-1], true
	}
	return Form{}, false
}

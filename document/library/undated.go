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
	d.Undated = undatedDigest(undated, rows)
	if d.Undated == before.Undated {
		return append(all, regrouped(undated, before)...), nil
	}
	more, err := l.byText(ctx, undated, rows)
	return append(all, more...), err
}

// undatedDigest is equal for equal documents that print no revision, and the days of their
// agreements.
func undatedDigest(undated []roster.Document, rows []row) string {
	days := daysOf(rows)
	h := sha256.New()
	for _, d := range undated {
		fmt.Fprintln(h, rules, d.ReadBy, d.SHA256, d.Model, days[d.SHA256])
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
		g := group{model: f.Model, id: f.ID}
		for _, sha := range f.Documents {
			g.members = append(g.members, bySHA[sha])
		}
		all = append(all, g)
	}
	return all
}

// byText groups documents of no revision: each goes to the group whose first text is most like
// its own, or begins one. Groups are numbered by the day of their oldest agreement.
func (l *Library) byText(ctx context.Context, undated []roster.Document, rows []row) ([]group, error) {
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
		}
		if best == nil {
			best = &leader{group: group{model: doc.Model}, text: text}
			leaders = append(leaders, best)
		}
		best.members = append(best.members, doc)
	}
	days := daysOf(rows)
	first := func(g group) string {
		day := "9999"
		for _, m := range g.members {
			if d := string(days[m.SHA256]); d != "" && d < day {
				day = d
			}
		}
		return day + g.members[0].SHA256
	}
	slices.SortFunc(leaders, func(a, b *leader) int { return cmp.Compare(first(a.group), first(b.group)) })
	var all []group
	of := map[roster.Model]int{}
	for _, x := range leaders {
		of[x.model]++
		x.id = strings.ToLower(x.model.Slug()) + "-undated"
		if n := of[x.model]; n > 1 {
			x.id += "-" + strconv.Itoa(n)
		}
		all = append(all, x.group)
	}
	return all, nil
}

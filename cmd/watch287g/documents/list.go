package documents

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/watch287g/watch287g/cmd/watch287g/console"
	"github.com/watch287g/watch287g/document/archive"
	"github.com/watch287g/watch287g/export"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

type listCmd struct {
	State  string         `help:"Only those in this state: had, waiting, failing, gone, or a problem like not_pdf." placeholder:"had"`
	Of     []roster.State `help:"Only of agencies in these states." placeholder:"TX"`
	All    bool           `help:"Also what rows linked once, and do no more."`
	Format string         `help:"table, csv or json." enum:"table,csv,json" default:"table"`
}

// rowJSON is an address and one agreement that links it. Names stay; docs/operating.md
// explains them. Each is always there, with null for what is not known.
type rowJSON struct {
	URL          string              `json:"url"`
	Part         roster.DocumentPart `json:"part"`
	Agreement    string              `json:"agreement"`
	USState      roster.State        `json:"us_state"`
	Agency       string              `json:"agency"`
	Model        roster.Model        `json:"model"`
	Linked       bool                `json:"linked"`
	State        string              `json:"state"`
	Pages        *int                `json:"pages"`
	Form         *string             `json:"form"`
	SHA256       *string             `json:"sha256"`
	Size         *int64              `json:"size"`
	Versions     int                 `json:"versions"`
	HadAt        *time.Time          `json:"had_at"`
	LastModified *time.Time          `json:"last_modified"`
	LookedAt     *time.Time          `json:"looked_at"`
	DueAt        *time.Time          `json:"due_at"`
	GoneSince    *time.Time          `json:"gone_since"`
}

// Run prints each address with each agreement that links it.
func (c listCmd) Run(ctx context.Context, e *Env) error {
	return e.With(func(s store.Store, kept archive.Archive) error {
		k, err := readKnown(ctx, s)
		if err != nil {
			return err
		}
		rows := c.rows(k)
		switch c.Format {
		case "json":
			return console.JSON(e.Stdout, rows)
		case "csv":
			return printCSV(e.Stdout, rows)
		}
		return printTable(ctx, e.Stdout, rows, kept)
	})
}

func (c listCmd) rows(k known) []rowJSON {
	rows := []rowJSON{}
	for _, a := range k.addresses {
		if c.State != "" && state(a) != c.State {
			continue
		}
		links := k.links[a.URL]
		if len(links) == 0 {
			links = []link{{}} // it is known all the same
		}
		for _, l := range links {
			if (l.now || c.All) && c.of(l.agreement.State) {
				rows = append(rows, k.row(a, l))
			}
		}
	}
	return rows
}

func (c listCmd) of(state roster.State) bool {
	for _, wanted := range c.Of {
		if code, ok := roster.ParseState(string(wanted)); ok && code == state {
			return true
		}
	}
	return len(c.Of) == 0
}

func (k known) row(a roster.DocumentAddress, l link) rowJSON {
	r := rowJSON{URL: a.URL, Part: l.part, Agreement: l.agreement.ID, USState: l.agreement.State, Agency: l.agreement.Agency, Model: l.agreement.Model,
		Linked: l.now, State: state(a), Versions: len(a.Versions), LookedAt: moment(a.LookedAt), DueAt: moment(a.DueAt), GoneSince: moment(a.GoneSince)}
	if v, ok := a.Last(); ok {
		r.SHA256, r.Size, r.HadAt, r.LastModified = &v.SHA256, &v.Size, moment(v.From), moment(v.Modified)
		if d := k.documents[v.SHA256]; d.ReadBy > 0 {
			r.Pages = &d.Pages
			if d.Form != "" {
				r.Form = &d.Form
			}
		}
	}
	return r
}

// moment is a time in UTC, nil where there is none.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// or is what a pointer leads to, or nothing.
func or[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

func printTable(ctx context.Context, out io.Writer, rows []rowJSON, kept archive.Archive) error {
	t := console.NewTable(out, "STATE", "AGENCY", "PART", "PAGES", "FORM", "DOCUMENT", "SHA-256", "ADDRESS")
	for _, r := range rows {
		pages := ""
		if r.Pages != nil {
			pages = strconv.Itoa(*r.Pages)
		}
		t.Row(string(r.USState), r.Agency, string(r.Part), pages, or(r.Form), r.State, fmt.Sprintf("%.12s", or(r.SHA256)), r.URL)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	files, size, err := archive.Sum(ctx, kept)
	if err != nil {
		return fmt.Errorf("counting the documents: %w", err)
	}
	line := fmt.Sprintf("%s kept in %s take %s", counted(files), Shown(kept), console.Bytes(size))
	if d := inDirectory(kept); d != nil {
		if free, err := d.Room(); err == nil {
			line += fmt.Sprintf("; its disk has %s left", console.Bytes(free))
		}
	}
	console.Sayf(out, "\n%s.\n", line)
	return nil
}

func printCSV(out io.Writer, rows []rowJSON) error {
	w := csv.NewWriter(out)
	_ = w.Write([]string{"url", "part", "agreement", "us_state", "agency", "model", "linked", "state", "pages", "form", "sha256", "size", "versions",
		"had_at", "last_modified", "looked_at", "due_at", "gone_since"}) // Error reports it
	for _, r := range rows {
		line := []string{r.URL, string(r.Part), r.Agreement, string(r.USState), r.Agency, string(r.Model), strconv.FormatBool(r.Linked), r.State,
			number(r.Pages), or(r.Form), or(r.SHA256), number(r.Size), strconv.Itoa(r.Versions),
			rfc3339(r.HadAt), rfc3339(r.LastModified), rfc3339(r.LookedAt), rfc3339(r.DueAt), rfc3339(r.GoneSince)}
		for i := range line {
			line[i] = export.Inert(strings.ToValidUTF8(line[i], "�"))
		}
		_ = w.Write(line) // likewise
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return fmt.Errorf("printing: %w", err)
	}
	return nil
}

func number[T int | int64](p *T) string {
	if p == nil {
		return ""
	}
	return strconv.FormatInt(int64(*p), 10)
}

func rfc3339(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.Format(time.RFC3339)
}

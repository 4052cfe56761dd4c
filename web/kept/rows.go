package kept

import (
	"slices"

	"github.com/watch287g/watch287g/export"
)

// Rows are all documents as a file has them, those had last first; files is the site's
// address where it keeps their files, else "". x may be nil.
func (x *Index) Rows(files string) (all []export.Document) {
	if x == nil {
		return nil
	}
	for _, d := range x.Documents {
		all = append(all, d.row(files))
	}
	return all
}

func (d *Document) row(files string) export.Document {
	out := export.Document{Document: d.Document, Gone: true}
	now, then := d.Rows()
	for i, r := range slices.Concat(now, then) {
		if a := r.Record.Now(); i == 0 {
			out.State, out.Name = a.State, a.Agency
		}
		if i < len(now) {
			out.Rows = append(out.Rows, r.ID())
		} else {
			out.Then = append(out.Then, r.ID())
		}
	}
	for _, at := range d.At {
		if at.Until().IsZero() && !at.Taken() {
			out.URLs, out.Gone = append(out.URLs, at.URL), false
		} else {
			out.Past = append(out.Past, at.URL)
		}
	}
	if d.Compared {
		out.Departs = &d.Departs
	}
	for _, c := range d.Conflicts {
		if !slices.Contains(out.Differs, c.What) {
			out.Differs = append(out.Differs, c.What)
		}
	}
	if files != "" && !d.Unkept {
		out.Kept = files + FileURL(d.SHA256)
	}
	return out
}

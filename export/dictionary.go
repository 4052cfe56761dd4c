package export

import (
	"time"

	"github.com/watch287g/watch287g/roster"
)

// Table describes one of the files of CSV.
type Table struct {
	Name  string // of the file, without its ending
	Title string // "Agreements and pending entries"
	Says  string // what a row is, in sentences
	// Fields are the columns in order. No two rows have the first in common.
	Fields []Field
}

// Field describes a column.
type Field struct {
	Name, Says, Example string
	Type                string // of the Table Schema: string, integer, number, boolean, date or datetime
	Format              string // uri, "" for the usual one
	Pattern             string // of a regular expression that the whole text fits
	Values              []string
	Required            bool // it is never empty
}

// Tables are the files of CSV that the site offers, as it writes them, with that of
// documents where there are some.
func Tables(documents bool) []Table {
	all := []Table{
		{"agreements", "Agreements and pending entries", "One row for each agreement or pending entry that ICE lists. An agency can have several.", fieldsOf(agreementColumns())},
		{"changes", "Changes", "One row for each change since the record begins, the oldest first. A row is never edited or deleted: what was wrong is corrected by a later one.", fieldsOf(changeColumns())},
		{"unplaced", "Agreements and pending entries that are not placed", "One row for each whose county is not known, with the reason. Those of a whole state are not among them.", fieldsOf(misfitColumns())},
		{"coverage", "Counties", "One row for each county of the country, with its active agreements. An agency that several counties run counts in each of them; those of a whole state, and those that are not placed, in none.", fieldsOf(countedColumns())},
	}
	if documents {
		all = append(all, Table{"documents", "Documents of agreements", "One row for each file that ICE's lists link or linked, with what was read in it. What is not certain is empty.", fieldsOf(documentColumns())})
	}
	return all
}

// fieldsOf describes columns by what they say of themselves, and by what they hold.
func fieldsOf[T row](columns []column[T]) []Field {
	fields := make([]Field, len(columns))
	for i, c := range columns {
		f := Field{Name: c.name, Says: c.says, Example: c.example, Type: "string", Pattern: c.pattern, Values: c.values, Required: c.required}
		var empty T
		switch c.value(&empty).(type) {
		case link:
			f.Format = "uri"
		case int, known:
			f.Type = "integer"
		case bool:
			f.Type = "boolean"
		case *float64:
			f.Type = "number"
		case roster.Date:
			f.Type = "date"
		case time.Time:
			f.Type = "datetime"
		}
		fields[i] = f
	}
	return fields
}

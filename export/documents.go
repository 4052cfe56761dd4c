package export

import (
	"io"
	"strings"

	"github.com/watch287g/watch287g/roster"
)

// Document is a file that ICE's lists link or linked, with whose it is.
type Document struct {
	roster.Document
	State   roster.State // of the first of the agreements
	Name    string       // of its agency, as ICE's list has it
	Rows    []string     // ids of the agreements and entries whose rows link it now
	Then    []string     // ids of those whose rows did
	URLs    []string     // addresses at which it stands, as far as is known
	Past    []string     // addresses at which it stood
	Gone    bool         // it stands nowhere anymore
	Departs *int         // paragraphs that are not those of its form; nil where they were not compared
	Differs []string     // what it contradicts its row in: agency, model, date
	Kept    string       // address of its file here; "" where it is not kept
}

func (d Document) feature() feature { return feature{"Feature", d.SHA256, nil, d} }

// WriteDocuments writes them as CSV.
func WriteDocuments(w io.Writer, all []Document) error {
	return write(w, CSV, nil, table[Document]{"documents", documentColumns(), all})
}

// documentColumns are the columns of documents.
func documentColumns() []column[Document] {
	type row = *Document
	blank := func(n int) any { return known(n) }
	return []column[Document]{
		{name: "sha256", required: true, pattern: sha256, example: exampleSHA256, says: "SHA-256 of the file's bytes: which document it is. /documents/SHA256 has more of it.", value: func(d row) any { return d.SHA256 }},
		{name: "state", values: values(roster.States()), example: "TX", says: saysState + " Empty where no row links or linked the document.", value: func(d row) any { return string(d.State) }},
		{name: "agency", example: exampleName, says: saysAgency + " Empty where no row links or linked the document.", value: func(d row) any { return d.Name }},
		{name: "agreement_ids", example: exampleAgreement, says: "Ids of the agreements and pending entries whose rows link the document now, separated by spaces.", value: func(d row) any { return strings.Join(d.Rows, " ") }},
		{name: "past_agreement_ids", example: exampleAgreement, says: "Ids of those whose rows linked it before, separated by spaces.", value: func(d row) any { return strings.Join(d.Then, " ") }},
		{name: "urls", example: exampleMOA, says: "Addresses at ICE at which it stands, as far as is known, separated by spaces.", value: func(d row) any { return strings.Join(d.URLs, " ") }},
		{name: "past_urls", example: exampleMOA, says: "Addresses at which it stood until another file did, or none, separated by spaces.", value: func(d row) any { return strings.Join(d.Past, " ") }},
		{name: "gone", required: true, example: "false", says: "Whether it stands at none of its addresses anymore.", value: func(d row) any { return d.Gone }},
		{name: "had_at", required: true, example: exampleTime, says: "When this service had it first, or others captured it before that.", value: func(d row) any { return d.HadAt }},
		{name: "size", required: true, example: "330120", says: "Size of the file in bytes.", value: func(d row) any { return int(d.Size) }},
		{name: "pages", example: "14", says: "Pages of the file. Empty where it could not be read.", value: func(d row) any { return blank(d.Pages) }},
		{name: "words", example: "4856", says: "Words of its text. Empty where none could be read.", value: func(d row) any { return blank(d.Words) }},
		{name: "scanned_pages", required: true, example: "0", says: "Pages that are pictures without text.", value: func(d row) any { return d.Scanned }},
		{name: "machine_read_pages", required: true, example: "0", says: "Pages whose text a program read from the picture: expect misreadings.", value: func(d row) any { return d.MachineRead }},
		{name: "form", example: "tfm-2025-03-07", says: "Id of the form that it follows; /forms/ID has its text. Empty where that is not certain.", value: func(d row) any { return d.Form }},
		{name: "form_model", example: "TFM", says: "Model of that form. Empty where that is not certain.", value: func(d row) any { return string(d.Model) }},
		{name: "form_revised", example: "2025-03-07", says: "Day of the form's revision, as the document prints it. Empty where it prints none.", value: func(d row) any { return d.Revised }},
		{name: "departing_paragraphs", example: "2", says: "Paragraphs that are not those of its form, without what only a scanner misreads. Empty where they were not compared.", value: func(d row) any {
			if d.Departs == nil {
				return (*float64)(nil)
			}
			n := float64(*d.Departs)
			return &n
		}},
		{name: "document_agency", example: "Lampasas County Sheriff's Office", says: "The agency as the document names it. Empty where that is not certain.", value: func(d row) any { return d.Agency }},
		{name: "document_state", values: values(roster.States()), example: "TX", says: "The state as the document names it. Empty where that is not certain.", value: func(d row) any { return string(d.Document.State) }},
		{name: "last_signed", example: "2025-06-05", says: "Day of the last signature. Empty where that is not certain.", value: func(d row) any { return d.Day() }},
		{name: "contradicts", example: "date", says: "What the document says otherwise than its row: agency, model or date, separated by spaces. It can be a slip in either, or a scanner's.", value: func(d row) any { return strings.Join(d.Differs, " ") }},
		{name: "problem", example: "encrypted", says: "Why the file could not be read. Empty where it could.", value: func(d row) any { return string(d.Problem) }},
		{name: "file_url", example: "https://287g.example.org/documents/" + exampleSHA256 + ".pdf", says: "Where the file is kept here. Empty where it is not.", value: func(d row) any { return link(d.Kept) }},
	}
}

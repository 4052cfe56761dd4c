package pdf

import (
	"bytes"
	"fmt"
	"mime"
	"net/http"

	"github.com/watch287g/watch287g/roster"
)

const saidWebPage = "It is a web page."

// atSight says what is wrong with a file that can be seen without reading it; "" for a PDF.
func atSight(body []byte) (problem roster.DocumentProblem, said string) {
	switch {
	case len(bytes.TrimSpace(body)) == 0:
		return roster.ProblemEmpty, "It is an empty file."
	case len(body) > MaxBytes:
		return roster.ProblemTooLarge, fmt.Sprintf("It has more than the %d MiB that are read.", MaxBytes>>20)
	case bytes.Contains(head(body), []byte("%PDF-")): // as PDFium looks for it
		return "", ""
	case webPage(body):
		return roster.ProblemWebPage, saidWebPage
	}
	kind, _, err := mime.ParseMediaType(http.DetectContentType(body))
	if err != nil || kind == "application/octet-stream" {
		kind = "unknown"
	}
	return roster.ProblemNotPDF, fmt.Sprintf("It is not a PDF file; its kind is %s.", kind)
}

// webPage reports whether a file is one of HTML.
func webPage(body []byte) bool {
	start := bytes.ToLower(head(body))
	kind, _, _ := mime.ParseMediaType(http.DetectContentType(body))
	return kind == "text/html" || bytes.Contains(start, []byte("<html")) || bytes.Contains(start, []byte("<!doctype html"))
}

// head is where the mark of a PDF stands, whatever is before it.
func head(body []byte) []byte { return body[:min(len(body), 1024)] }

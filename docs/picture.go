//go:build ignore

// Command picture turns a terminal's text into an SVG for the README:
//
//	watch287g changes … | go run docs/picture.go '$ watch287g changes …' > docs/changes.svg
package main

import (
	"bufio"
	"fmt"
	"html"
	"os"
	"strings"
)

func main() {
	lines := append([]string{}, os.Args[1:]...)
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		lines = append(lines, in.Text())
	}
	width := 0
	for _, l := range lines {
		width = max(width, len([]rune(l)))
	}
	w, h := width*8+40, len(lines)*20+40
	fmt.Printf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-label="A terminal with the output of watch287g">`+"\n", w, h, w, h)
	fmt.Printf(`<rect width="%d" height="%d" rx="8" fill="#14181d"/>`+"\n", w, h)
	fmt.Println(`<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="13.2" fill="#d7dde4" xml:space="preserve">`)
	for i, l := range lines {
		colour := ""
		switch {
		case strings.HasPrefix(l, "$"):
			colour = ` fill="#8ab4f8"`
		case strings.Contains(l, " removed ") || strings.Contains(l, " withdrawn "):
			colour = ` fill="#f28b82"`
		case strings.Contains(l, " new "):
			colour = ` fill="#81c995"`
		case strings.Contains(l, " amended "):
			colour = ` fill="#fdd663"`
		}
		fmt.Printf(`<text x="20" y="%d"%s>%s</text>`+"\n", 34+i*20, colour, html.EscapeString(l))
	}
	fmt.Println("</g>\n</svg>")
}

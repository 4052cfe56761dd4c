//go:build ignore

// Command slackpicture lays a message's Block Kit out as Slack shows it, as an
// HTML page to take a picture of:
//
//	go run docs/slackpicture.go notify/testdata/slack/mixed.json > message.html
//	chromium --headless --screenshot=docs/slack.png --window-size=760,560 message.html
package main

import (
	"encoding/json"
	"fmt"
	"html"
	"log"
	"os"
	"strings"
)

type message struct {
	Blocks []struct {
		Type     string
		Text     struct{ Text string }
		Elements []struct {
			Text     string
			Elements []element
		}
	}
}

type element struct {
	Type, Text, URL string
	Style           struct{ Bold bool }
}

func main() {
	b, err := os.ReadFile(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	var m message
	if err := json.Unmarshal(b, &m); err != nil {
		log.Fatal(err)
	}
	fmt.Print(`<!DOCTYPE html><meta charset="utf-8"><style>
body{margin:0;background:#fff;font:15px/1.47 Lato,"Slack-Lato","Helvetica Neue",Helvetica,Arial,sans-serif;color:#1d1c1d;padding:18px 20px}
.m{display:flex;gap:9px}.i{width:36px;height:36px;border-radius:8px;background:#1f3a5f;color:#fff;font-weight:900;font-size:12px;display:grid;place-items:center;flex:none}
.n{font-weight:900}.app{background:#ececec;color:#616061;font-size:10px;font-weight:700;border-radius:2px;padding:1px 3px;margin:0 5px;vertical-align:1px}
.t{color:#616061;font-size:12px}h1{font-size:18px;line-height:1.33;margin:6px 0 4px}.c{color:#616061;font-size:13px;margin-bottom:8px}
.r{margin:8px 0;white-space:pre-wrap}a{color:#1264a3;text-decoration:none}</style>
<div class="m"><div class="i">287g</div><div><span class="n">watch287g</span><span class="app">APP</span> <span class="t">4:02 PM</span>`)
	for _, block := range m.Blocks {
		switch block.Type {
		case "header":
			fmt.Printf("<h1>%s</h1>", html.EscapeString(block.Text.Text))
		case "context":
			for _, e := range block.Elements {
				fmt.Printf(`<div class="c">%s</div>`, html.EscapeString(e.Text))
			}
		case "rich_text":
			for _, section := range block.Elements {
				fmt.Printf(`<div class="r">%s</div>`, rich(section.Elements))
			}
		}
	}
	fmt.Println("</div></div>")
}

func rich(elements []element) string {
	var s strings.Builder
	for _, e := range elements {
		text := html.EscapeString(e.Text)
		switch {
		case e.Type == "link":
			text = fmt.Sprintf(`<a href="%s">%s</a>`, html.EscapeString(e.URL), text)
		case e.Style.Bold:
			text = "<b>" + text + "</b>"
		}
		s.WriteString(text)
	}
	return s.String()
}

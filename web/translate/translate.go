// Package translate puts the messages of a language into HTML templates while these are
// read, so that a page takes no longer in one language than in another.
//
// A template has {{say "key"}} for a message. Where a message has parts, their names and
// what stands in them follow: {{say "key" "name" .Name "agency" (agencyURL .ID)}}. A part can
// be another template, as in "links" (insert "links" .Feeds). Where a count decides,
// {{count "key" .N}} takes the message's form for it. A message is HTML, so that a link or
// an emphasis stands in the sentence: <a href="{agency}">{name}</a>. What comes in by parts
// is escaped as it would be anywhere else in a template.
//
// In a tag, {{english}} marks what is in English whatever the language of the page is.
//
// As an argument of something else, as in {{or .Signed (say "key")}}, say is a function
// that returns plain text.
package translate

import (
	"fmt"
	"html/template"
	"strings"
	"text/template/parse"

	"github.com/watch287g/watch287g/prose"
)

// Funcs are what templates in a language need beside the functions of their own.
func Funcs(l prose.Language) template.FuncMap {
	return template.FuncMap{
		"say":    l.Say,
		"n":      l.Thousands,
		"joined": prose.Joined,
		"one":    func(n int) bool { return n == 1 },
	}
}

// Add reads a template and those that it defines, in a language, and adds them to a
// template that has its functions. name is for errors.
func Add(to *template.Template, l prose.Language, name, text string) error {
	trees := map[string]*parse.Tree{}
	tree := parse.New(name)
	tree.Mode = parse.SkipFuncCheck
	if _, err := tree.Parse(text, "", "", trees); err != nil {
		return fmt.Errorf("reading the template %s: %w", name, err)
	}
	for called, tree := range trees {
		if parse.IsEmptyTree(tree.Root) {
			continue
		}
		t := translator{l: l}
		t.list(tree.Root)
		if t.err == nil {
			_, t.err = to.AddParseTree(called, tree)
		}
		if t.err != nil {
			return fmt.Errorf("reading the template %s in %s: %w", name, l, t.err)
		}
	}
	return nil
}

// translator writes messages into a tree; after an error it does nothing more.
type translator struct {
	l   prose.Language
	err error
}

func (t *translator) list(list *parse.ListNode) {
	if list == nil {
		return
	}
	var all []parse.Node
	for _, node := range list.Nodes {
		switch n := node.(type) {
		case *parse.ActionNode:
			all = append(all, t.action(n)...)
			continue
		case *parse.IfNode:
			t.list(n.List)
			t.list(n.ElseList)
		case *parse.WithNode:
			t.list(n.List)
			t.list(n.ElseList)
		case *parse.RangeNode:
			t.list(n.List)
			t.list(n.ElseList)
		}
		all = append(all, node)
	}
	list.Nodes = all
}

// action is what stands in the place of an action: the message that it says, or itself.
func (t *translator) action(n *parse.ActionNode) []parse.Node {
	if len(n.Pipe.Decl) > 0 || len(n.Pipe.Cmds) != 1 {
		return []parse.Node{n}
	}
	args := n.Pipe.Cmds[0].Args
	name, called := args[0].(*parse.IdentifierNode)
	if called && name.Ident == "english" {
		if t.l == prose.English {
			return nil
		}
		return []parse.Node{&parse.TextNode{NodeType: parse.NodeText, Text: []byte(` lang="en"`)}}
	}
	if !called || name.Ident != "say" && name.Ident != "count" || len(args) < 2 {
		return []parse.Node{n}
	}
	literal, ok := args[1].(*parse.StringNode)
	if !ok { // a key that is worked out
		return []parse.Node{n}
	}
	message, ok := t.l.Message(literal.Text)
	if !ok {
		t.fail("there is no message %q", literal.Text)
		return nil
	}
	if name.Ident == "say" {
		return t.fill(message, literal.Text, t.parts(args[2:]))
	}
	if len(args) < 3 {
		t.fail("%q is given no count", literal.Text)
		return nil
	}
	number, rest := args[2], t.parts(args[3:])
	rest["n"] = pipe(parse.NewIdentifier("n"), number)
	one, many, two := strings.Cut(message, "|")
	if !two {
		return t.fill(message, literal.Text, rest)
	}
	choice := &parse.IfNode{BranchNode: parse.BranchNode{NodeType: parse.NodeIf, Pos: n.Pos, Line: n.Line, Pipe: pipe(parse.NewIdentifier("one"), number)}}
	choice.List = &parse.ListNode{NodeType: parse.NodeList, Nodes: t.fill(one, literal.Text, rest)}
	choice.ElseList = &parse.ListNode{NodeType: parse.NodeList, Nodes: t.fill(many, literal.Text, rest)}
	return []parse.Node{choice}
}

// parts takes the names and the nodes of a message's parts apart.
func (t *translator) parts(args []parse.Node) map[string]parse.Node {
	all := map[string]parse.Node{}
	for i := 0; i < len(args); i += 2 {
		name, ok := args[i].(*parse.StringNode)
		if !ok || i+1 == len(args) {
			t.fail("parts are names, each with what stands there, not %s", args[i])
			return all
		}
		all[name.Text] = args[i+1]
	}
	return all
}

// fill is a message with its parts.
func (t *translator) fill(message, name string, parts map[string]parse.Node) []parse.Node {
	var all []parse.Node
	for {
		before, rest, found := strings.Cut(message, "{")
		if before != "" {
			all = append(all, &parse.TextNode{NodeType: parse.NodeText, Text: []byte(before)})
		}
		if !found {
			return all
		}
		part, after, _ := strings.Cut(rest, "}")
		word, of, joins := strings.Cut(part, " ")
		if !joins {
			word, of = "", part
		}
		node, ok := parts[of]
		if !ok {
			t.fail("%q has the part {%s}, which the template does not give", name, of)
			return nil
		}
		all = append(all, filled(word, node.Copy())...)
		message = after
	}
}

// filled is one part, with the word that joins it to what is before.
func filled(word string, node parse.Node) []parse.Node {
	of, ok := node.(*parse.PipeNode)
	if !ok {
		of = pipe(node)
	}
	if inserted := insertion(of); inserted != nil {
		return []parse.Node{inserted}
	}
	if word != "" {
		of = pipe(parse.NewIdentifier("joined"), &parse.StringNode{NodeType: parse.NodeString, Quoted: fmt.Sprintf("%q", word), Text: word}, of)
	}
	return []parse.Node{&parse.ActionNode{NodeType: parse.NodeAction, Pipe: of}}
}

// insertion is the template that a part inserts, nil where it does not.
func insertion(of *parse.PipeNode) *parse.TemplateNode {
	args := of.Cmds[0].Args
	if name, ok := args[0].(*parse.IdentifierNode); !ok || name.Ident != "insert" || len(args) < 2 {
		return nil
	}
	name, ok := args[1].(*parse.StringNode)
	if !ok {
		return nil
	}
	t := &parse.TemplateNode{NodeType: parse.NodeTemplate, Name: name.Text}
	if len(args) > 2 {
		t.Pipe = pipe(args[2])
	}
	return t
}

// pipe is a pipeline of one command.
func pipe(args ...parse.Node) *parse.PipeNode {
	copied := make([]parse.Node, len(args))
	for i, a := range args {
		copied[i] = a.Copy()
	}
	if of, ok := copied[0].(*parse.PipeNode); ok && len(copied) == 1 {
		return of
	}
	return &parse.PipeNode{NodeType: parse.NodePipe, Cmds: []*parse.CommandNode{{NodeType: parse.NodeCommand, Args: copied}}}
}

func (t *translator) fail(format string, args ...any) {
	if t.err == nil {
		t.err = fmt.Errorf(format, args...)
	}
}

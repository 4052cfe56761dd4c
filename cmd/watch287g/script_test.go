package main

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"net"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/watch287g/watch287g/internal/fakeice"
	"github.com/watch287g/watch287g/sheet/sheettest"
)

// TestScript runs the scripts in testdata/script; with UPDATE_SCRIPTS=1 it writes
// what the program prints into those that compare it with a file. Beside
// testscript's own commands they have:
//
//	book LIST OUT ROWS [ROWS]    makes a workbook of rows, one a line: state,
//	                             agency, kind, county, model, signed, MOA, status;
//	                             both: the two lists on a sheet each; status: on
//	                             one sheet; cells: as they stand, the first line
//	                             with the headings
//	clock T                      sets the program's clock
//	modified T FILE...           sets when files were modified
//	config [LINE...]             writes a configuration that polls the made-up
//	                             site, with further lines
//	ice publish LINK FILE T      puts a file behind a link of the site's page; LINK
//	                             may be a text of its own
//	ice point LINK ADDRESS       lets a link lead to an address
//	ice unlink LINK              takes a link away
//	ice spoil FAULT [ON] [N]     spoils the answers to come, see fault
//	ice mend                     ends that
//	ice says TEXT                lets the page say a paragraph more
//	ice asked N PATH             the program has asked N times for a path since
//	                             this was last said of any
//	fails STATUS PROGRAM ARG...  runs a program that must end with a status and
//	                             one line of complaint
//	site ADDRESS                 asks the site over ./data for an address
//	page LOG PATH PATTERN        asks the service that writes a log for a page until
//	                             the page says that, and prints it
//	await DATA                   waits until a service answers beside the data
//	end [fails STATUS]           the far end of channels, $END and $MAIL, takes
//	                             messages into files under got, by the first part
//	                             of the path; or fails at them, and says all it got
//	until PATTERN PROGRAM ARG... runs a program until it prints that
//	interrupt WORDS PROGRAM ARG... runs a program, interrupts it once it has said
//	                             that, and waits for it to end well
//	note NAME PATTERN            keeps what the pattern's group has of the last
//	                             output as a variable
//	mode PERM FILE               a file must have these permissions
//	wayback page STYLE ROWS URL T, wayback file FILE URL T [LAST-MODIFIED]
//	                             adds a capture to the played Internet Archive, of
//	                             a page of rows in one of the styles of pasttest,
//	                             or of a file
//	wayback fail N STATUS        has it answer so after N requests; mend ends that
//	wayback asked N              it was asked for so many captures so far
//	other DATA                   another watch287g serves that state at $OTHER
//	pdf FILE WORDS               makes a small document
//	have URL [TEXT]              the state in ./data knows a document
//	spoil PATTERN                changes a byte of files
func TestScript(t *testing.T) {
	params := scripts()
	params.Files, _ = scriptFiles(t)
	testscript.Run(t, params)
}

// TestScriptInSequence runs the scripts of TestScript in which nothing runs beside
// anything else: the race detector would find nothing in them, and takes its time.
func TestScriptInSequence(t *testing.T) {
	params := scripts()
	_, params.Files = scriptFiles(t)
	testscript.Run(t, params)
}

// scriptFiles are the scripts in testdata/script: those that leave a command running or
// send to the far end, and those in which one command follows the other.
func scriptFiles(t *testing.T) (beside, inSequence []string) {
	t.Helper()
	all, err := filepath.Glob(filepath.Join("testdata", "script", "*.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	concurrent := regexp.MustCompile(`(?m)&[a-z]*&?$|\$(END|ENDHOST|MAIL)\b`)
	for _, file := range all {
		script, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if concurrent.Match(script) {
			beside = append(beside, file)
		} else {
			inSequence = append(inSequence, file)
		}
	}
	if len(beside) == 0 || len(inSequence) == 0 {
		t.Fatalf("testdata/script has %d scripts of one kind and %d of the other", len(beside), len(inSequence))
	}
	return beside, inSequence
}

// scripts is what there is for scripts.
func scripts() testscript.Params {
	return testscript.Params{
		Setup: setUpScript,

		UpdateScripts: os.Getenv("UPDATE_SCRIPTS") != "",
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"book": scriptBook, "clock": scriptClock, "modified": scriptModified, "config": scriptConfig, "ice": scriptICE,
			"fails": scriptFails, "site": scriptSite, "await": scriptAwait, "mode": scriptMode, "end": scriptEnd, "until": scriptUntil, "note": scriptNote, "interrupt": scriptInterrupt,
			"wayback": scriptWayback, "pdf": scriptPDF, "other": scriptOther,
			"have": scriptHave, "spoil": scriptSpoil, "page": scriptPage,
		},
	}
}

type siteKey struct{}

func setUpScript(env *testscript.Env) error {
	site := &fakeice.Site{}
	server := httptest.NewServer(withDocuments(site, filepath.Join(env.WorkDir, "moa")))
	env.Defer(server.Close)
	env.Values[siteKey{}] = site
	env.Setenv("ICE", server.URL+fakeice.PagePath)
	env.Setenv("ICEHOST", server.URL)
	setUpArchive(env)
	end, err := newFarEnd(filepath.Join(env.WorkDir, "got"))
	if err != nil {
		return err
	}
	env.Defer(end.close)
	env.Values[endKey{}] = end
	env.Setenv("END", end.web.URL)
	env.Setenv("ENDHOST", strings.TrimPrefix(end.web.URL, "http://"))
	env.Setenv("MAIL", end.mail)
	env.Setenv("WATCH287G_SLACK_API", end.web.URL+"/slack/")
	env.Setenv("GORACE", "atexit_sleep_ms=0") // which a program with the race detector would sleep for a second
	env.Setenv("ESC", "\x1b")
	env.Setenv("LONG", strings.Repeat("a-folder-with-a-long-name/", 5))
	env.Setenv(clockFile, filepath.Join(env.WorkDir, ".clock"))
	return nil
}

// usage ends a script that calls a command wrongly.
func usage(ts *testscript.TestScript, right bool, usage string) {
	if !right {
		ts.Fatalf("usage: %s", usage)
	}
}

func scriptBook(ts *testscript.TestScript, neg bool, args []string) {
	const form = "book participating|pending|status|cells OUT ROWS | both OUT ROWS ROWS"
	usage(ts, !neg && len(args) > 2 && (len(args) == 4) == (args[0] == "both"), form)
	if args[0] == "cells" {
		ts.Check(os.WriteFile(ts.MkAbs(args[1]), cellsBook(scriptLines(ts, args[2])), 0o600))
		return
	}
	rows, statuses := scriptRows(ts, args[2])
	var sheets []sheettest.Sheet
	switch args[0] {
	case "participating":
		sheets = append(sheets, sheettest.Sheet{Rows: sheettest.List(sheettest.ParticipatingColumns(), rows...)})
	case "pending":
		sheets = append(sheets, sheettest.Sheet{Rows: sheettest.List(sheettest.PendingColumns(), rows...)})
	case "both":
		sought, _ := scriptRows(ts, args[3])
		sheets = append(sheets, sheettest.Sheet{Name: "Participating", Rows: sheettest.List(sheettest.ParticipatingColumns(), rows...)},
			sheettest.Sheet{Name: "Pending", Rows: sheettest.List(sheettest.PendingColumns(), sought...)})
	case "status":
		list := sheettest.List(append(sheettest.ParticipatingColumns(), "STATUS"), rows...)
		for i, s := range statuses {
			list[i+1][len(list[i+1])-1] = sheettest.Text(s)
		}
		sheets = append(sheets, sheettest.Sheet{Rows: list})
	default:
		usage(ts, false, form)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), sheettest.Book{Sheets: sheets}.Bytes(), 0o600))
}

// scriptRows reads the rows of a workbook, and the status of each.
func scriptRows(ts *testscript.TestScript, file string) (rows []sheettest.Row, statuses []string) {
	for _, l := range scriptLines(ts, file) {
		l = append(l, "", "", "", "", "", "", "")
		rows = append(rows, sheettest.Row{State: l[0], Agency: l[1], Type: l[2], County: l[3], Model: l[4], Signed: l[5], MOA: l[6]})
		statuses = append(statuses, l[7])
	}
	return rows, statuses
}

func scriptLines(ts *testscript.TestScript, file string) [][]string {
	in := csv.NewReader(strings.NewReader(strings.ReplaceAll(ts.ReadFile(file), `\e`, "\x1b")))
	in.FieldsPerRecord, in.Comment = -1, '#'
	lines, err := in.ReadAll()
	ts.Check(err)
	return lines
}

// cellsBook is a workbook of cells as they stand; an address is linked.
func cellsBook(lines [][]string) []byte {
	var rows [][]sheettest.Cell
	for _, l := range lines {
		var row []sheettest.Cell
		for _, text := range l {
			if strings.HasPrefix(text, "https://") {
				row = append(row, sheettest.Link("link", text))
			} else {
				row = append(row, sheettest.Text(text))
			}
		}
		rows = append(rows, row)
	}
	return sheettest.Book{Sheets: []sheettest.Sheet{{Rows: rows}}}.Bytes()
}

func scriptClock(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, !neg && len(args) == 1, "clock T")
	parsed(ts, args[0])
	// Renamed into place: a running service may be about to read it.
	next := ts.Getenv(clockFile) + ".next"
	ts.Check(os.WriteFile(next, []byte(args[0]), 0o600))
	ts.Check(os.Rename(next, ts.Getenv(clockFile)))
}

func parsed(ts *testscript.TestScript, s string) time.Time {
	at, err := time.Parse(time.RFC3339, s)
	ts.Check(err)
	return at
}

func scriptModified(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, !neg && len(args) > 1, "modified T FILE...")
	at := parsed(ts, args[0])
	for _, file := range args[1:] {
		ts.Check(os.Chtimes(ts.MkAbs(file), at, at))
	}
}

func scriptConfig(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, !neg, "config [LINE...]")
	text := "web: {listen: \"127.0.0.1:0\"}\nops: {listen: \"127.0.0.1:0\"}\nsource:\n  page: " + ts.Getenv("ICE") + "\n" + strings.Join(args, "\n") + "\n"
	if ts.Getenv("DATABASE") != "" { // see TestScriptOnPostgres
		text += "store_env: DATABASE\n"
	}
	ts.Check(os.WriteFile(ts.MkAbs("watch287g.yaml"), []byte(text), 0o600))
}

func scriptICE(ts *testscript.TestScript, neg bool, args []string) {
	const form = "ice publish LINK FILE T | point LINK ADDRESS | unlink LINK | spoil FAULT [ON] [N] | says TEXT | mend | asked N PATH"
	usage(ts, !neg && len(args) > 0, form)
	site := ts.Value(siteKey{}).(*fakeice.Site)
	switch verb, args := args[0], args[1:]; {
	case verb == "publish" && len(args) == 3:
		site.Publish(fakeice.File{Link: args[0], Name: filepath.Base(args[1]), Body: []byte(ts.ReadFile(args[1])), At: parsed(ts, args[2])})
	case verb == "point" && len(args) == 2:
		site.Publish(fakeice.File{Link: args[0], Name: args[1], Body: []byte{}})
	case verb == "unlink" && len(args) == 1:
		site.Publish(fakeice.File{Link: args[0]})
	case verb == "spoil" && len(args) > 0:
		spoilAsScripted(ts, site, args)
	case verb == "says" && len(args) == 1:
		site.Says(args[0])
	case verb == "mend" && len(args) == 0:
		site.Mend()
	case verb == "asked" && len(args) == 2:
		n := 0
		for _, a := range site.Requests() {
			if a.Path == args[1] {
				n++
			}
		}
		if strconv.Itoa(n) != args[0] {
			ts.Fatalf("%s was asked for %d times", args[1], n)
		}
	default:
		usage(ts, false, form)
	}
}

func spoilAsScripted(ts *testscript.TestScript, site *fakeice.Site, args []string) {
	what, n := fakeice.Fault{Name: args[0]}, -1
	if !slices.Contains(fakeice.Faults(), what.Name) {
		ts.Fatalf("there is no fault %s", what.Name)
	}
	for _, arg := range args[1:] {
		if arg == "page" || arg == "list" {
			what.On = arg
			continue
		}
		var err error
		n, err = strconv.Atoi(arg)
		ts.Check(err)
	}
	site.Spoil(what, n)
}

// scriptFails holds every failure of the program to one form: a status, and one
// line on standard error that begins with the program's name.
func scriptFails(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, !neg && len(args) > 1, "fails STATUS PROGRAM ARG...")
	err := ts.Exec(args[1], args[2:]...)
	exit, ok := errors.AsType[*exec.ExitError](err)
	if !ok || strconv.Itoa(exit.ExitCode()) != args[0] {
		ts.Fatalf("it ends with %v", err)
	}
	said := ts.ReadFile("stderr")
	if at := strings.LastIndex("\n"+said, "\nwatch287g: "); at < 0 || strings.Count(said[at:], "\n") != 1 ||
		strings.Count(said, "watch287g: ") != 1 {
		ts.Fatalf("it does not end with one line of complaint")
	}
}

// scriptAwait waits for a process that the script has started.
func scriptAwait(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, !neg && len(args) == 1, "await DATA")
	path := filepath.Join(ts.MkAbs(args[0]), "watch287g.sock")
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.After(patience); ; {
		if conn, err := net.Dial("unix", path); err == nil {
			ts.Check(conn.Close())
			return
		}
		select {
		case <-tick.C:
		case <-deadline:
			ts.Fatalf("no service answers")
		}
	}
}

func scriptMode(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, !neg && len(args) == 2, "mode PERM FILE")
	info, err := os.Stat(ts.MkAbs(args[1]))
	ts.Check(err)
	if got := fmt.Sprintf("%04o", info.Mode().Perm()); got != args[0] {
		ts.Fatalf("%s has the mode %s", args[1], got)
	}
}

// scriptUntil waits for what a running service is about to do.
func scriptUntil(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, !neg && len(args) > 1, "until PATTERN PROGRAM ARG...")
	pattern, err := regexp.Compile("(?m)" + args[0])
	ts.Check(err)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.After(patience); ; {
		if ts.Exec(args[1], args[2:]...) == nil && pattern.MatchString(ts.ReadFile("stdout")) {
			return
		}
		select {
		case <-tick.C:
		case <-deadline:
			ts.Fatalf("it never prints that")
		}
	}
}

func scriptNote(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, !neg && len(args) == 2, "note NAME PATTERN")
	pattern, err := regexp.Compile("(?m)" + args[1])
	ts.Check(err)
	found := pattern.FindStringSubmatch(ts.ReadFile("stdout"))
	if len(found) != 2 {
		ts.Fatalf("it does not print that")
	}
	ts.Setenv(args[0], found[1])
}

// scriptInterrupt does by itself what kill does, as it must not come too early:
// a program that has just begun does not know yet how to end well.
func scriptInterrupt(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, !neg && len(args) > 1, "interrupt WORDS PROGRAM ARG...")
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	program := exec.CommandContext(ctx, args[1], args[2:]...)
	program.Dir = ts.MkAbs(".")
	program.Env = append(os.Environ(), clockFile+"="+ts.Getenv(clockFile), "GORACE="+ts.Getenv("GORACE"))
	program.Stderr = ts.Stderr()
	out, err := program.StdoutPipe()
	ts.Check(err)
	ts.Check(program.Start())
	said := ""
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if said += lines.Text() + "\n"; strings.Contains(lines.Text(), args[0]) {
			ts.Check(program.Process.Signal(os.Interrupt))
		}
	}
	fmt.Fprint(ts.Stdout(), said)
	ts.Check(program.Wait())
}

package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"net"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/watch287g/watch287g/sheet/sheettest"
)

// TestScript runs the scripts in testdata/script; with UPDATE_SCRIPTS=1 it writes
// what the program prints into those that compare it with a file. Beside
// testscript's own commands they have:
//
//	book LIST OUT ROWS           makes a workbook of rows, one a line: state,
//	                             agency, kind, county, model, signed, MOA
//	clock T                      sets the program's clock
//	modified T FILE...           sets when files were modified
//	config [LINE...]             writes a configuration that polls the made-up
//	                             site, with further lines
//	ice publish LINK FILE T      puts a file behind a link of the site's page
//	ice spoil FAULT [ON] [N]     spoils the answers to come, see fault
//	ice mend                     ends that
//	ice asked N PATH             the program has asked N times for a path since
//	                             this was last said of any
//	fails STATUS PROGRAM ARG...  runs a program that must end with a status and
//	                             one line of complaint
//	await DATA                   waits until a service answers beside the data
//	mode PERM FILE               a file must have these permissions
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:   filepath.Join("testdata", "script"),
		Setup: setUpScript,

		UpdateScripts: os.Getenv("UPDATE_SCRIPTS") != "",
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"book": scriptBook, "clock": scriptClock, "modified": scriptModified, "config": scriptConfig, "ice": scriptICE,
			"fails": scriptFails, "await": scriptAwait, "mode": scriptMode,
		},
	})
}

type siteKey struct{}

func setUpScript(env *testscript.Env) error {
	site := &fakeICE{}
	server := httptest.NewServer(site)
	env.Defer(server.Close)
	env.Values[siteKey{}] = site
	env.Setenv("ICE", server.URL+pagePath)
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
	usage(ts, !neg && len(args) == 3, "book LIST OUT ROWS")
	in := csv.NewReader(strings.NewReader(strings.ReplaceAll(ts.ReadFile(args[2]), `\e`, "\x1b")))
	in.FieldsPerRecord, in.Comment = -1, '#'
	lines, err := in.ReadAll()
	ts.Check(err)
	workbook := map[string]func(...sheettest.Row) []byte{"participating": sheettest.Participating, "pending": sheettest.Pending}[args[0]]
	usage(ts, workbook != nil, "book participating|pending OUT ROWS")
	var rows []sheettest.Row
	for _, l := range lines {
		l = append(l, "", "", "", "", "", "")
		rows = append(rows, sheettest.Row{State: l[0], Agency: l[1], Type: l[2], County: l[3], Model: l[4], Signed: l[5], MOA: l[6]})
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), workbook(rows...), 0o600))
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
	text := "source:\n  page: " + ts.Getenv("ICE") + "\n" + strings.Join(args, "\n") + "\n"
	ts.Check(os.WriteFile(ts.MkAbs("watch287g.yaml"), []byte(text), 0o600))
}

func scriptICE(ts *testscript.TestScript, neg bool, args []string) {
	const form = "ice publish LINK FILE T | spoil FAULT [ON] [N] | mend | asked N PATH"
	usage(ts, !neg && len(args) > 0, form)
	site := ts.Value(siteKey{}).(*fakeICE)
	switch verb, args := args[0], args[1:]; {
	case verb == "publish" && len(args) == 3:
		site.publish(published{link: args[0], name: filepath.Base(args[1]), body: []byte(ts.ReadFile(args[1])), at: parsed(ts, args[2])})
	case verb == "spoil" && len(args) > 0:
		spoilAsScripted(ts, site, args)
	case verb == "mend" && len(args) == 0:
		site.mend()
	case verb == "asked" && len(args) == 2:
		n := 0
		for _, a := range site.requests() {
			if a.path == args[1] {
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

func spoilAsScripted(ts *testscript.TestScript, site *fakeICE, args []string) {
	what, n := fault{name: args[0]}, -1
	if !slices.Contains(slices.Concat(pageFaults, listFaults, anyFaults), what.name) {
		ts.Fatalf("there is no fault %s", what.name)
	}
	for _, arg := range args[1:] {
		if arg == "page" || arg == "list" {
			what.on = arg
			continue
		}
		var err error
		n, err = strconv.Atoi(arg)
		ts.Check(err)
	}
	site.spoil(what, n)
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
	for deadline := time.After(30 * time.Second); ; {
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

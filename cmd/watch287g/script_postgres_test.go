package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/watch287g/watch287g/internal/pgtest"
)

// TestScriptOnPostgres runs the scripts in testdata/postgres, and some of those in
// testdata/script once more, with the state in a database of each script's own, which
// the configuration names. They have $DATABASE, its URL, $OTHER, that of another one
// that is empty, and $BARE, the first one without its password, $PASSWORD.
func TestScriptOnPostgres(t *testing.T) {
	server := pgtest.Need(t)
	params := scripts()
	for _, pattern := range []string{"postgres/*", "script/poll_sends", "script/holds_by_time", "script/deliveries", "script/refused"} {
		files, err := filepath.Glob(filepath.Join("testdata", pattern+".txtar"))
		if err != nil || len(files) == 0 {
			t.Fatal(pattern, err)
		}
		params.Files = append(params.Files, files...)
	}
	params.Setup = func(env *testscript.Env) error {
		database := server.Database(t)
		env.Setenv("DATABASE", database)
		env.Setenv("OTHER", server.Database(t))
		env.Setenv("PASSWORD", pgtest.Password)
		env.Setenv("BARE", strings.Replace(database, ":"+pgtest.Password+"@", "@", 1))
		return setUpScript(env)
	}
	testscript.Run(t, params)
}

package web

import (
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/watch287g/watch287g/internal/archivetest"
)

// validators is where TestValidators puts the programs of others, for make validate.
var validators = flag.String("validators", "", "the folder for validators, which npm installs; none are run without one")

// validatorPackages are those programs. Their versions are fixed, so that what passes
// today passes tomorrow.
var validatorPackages = []string{"@redocly/cli@2.77.0", "@stoplight/spectral-cli@6.16.3", "datapackage@1.1.10", "geojson-validation@1.0.2",
	"openapi-typescript@7.13.0", "typescript@5.9.3", "vnu-jar@26.9.27"}

// TestValidators has programs of others read what the site serves: the description of the
// API and a client made from it, the data package with its files, the points, and the
// pages. It reads the archive where it is at hand, else the small world.
func TestValidators(t *testing.T) {
	if *validators == "" {
		t.Skip("validators are run by make validate")
	}
	v := validating{t, *validators}
	if err := os.MkdirAll(v.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	v.write("package.json", `{"private": true}`)
	v.run("npm", append([]string{"install", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts"}, validatorPackages...)...)
	world := newWorld
	if archivetest.Dir() != "" {
		world = archiveSite
	}
	w := world(t)
	site := httptest.NewServer(w)
	t.Cleanup(site.Close)
	for _, name := range []string{"openapi.json", "agreements.geojson", "changes.geojson", "coverage.geojson"} {
		address := "/downloads/" + name
		if name == "openapi.json" {
			address = "/api/v1/" + name
		}
		rec := w.get(address)
		if rec.Code != http.StatusOK {
			t.Fatalf("%s: status %d", address, rec.Code)
		}
		v.write(name, rec.Body.String())
	}
	t.Run("redocly", func(t *testing.T) { v.in(t).bin("redocly", "lint", "openapi.json") })
	t.Run("spectral", func(t *testing.T) {
		v.write(".spectral.yaml", "extends: spectral:oas\n")
		v.in(t).bin("spectral", "lint", "--fail-severity=warn", "openapi.json")
	})
	t.Run("client", func(t *testing.T) {
		v.in(t).bin("openapi-typescript", "openapi.json", "-o", "api.ts")
		v.write("client.ts", client)
		v.write("tsconfig.json", `{"compilerOptions": {"strict": true, "noEmit": true, "target": "es2022", "module": "esnext", "moduleResolution": "bundler", "types": []}, "files": ["client.ts"]}`)
		v.in(t).bin("tsc")
	})
	t.Run("data package", func(t *testing.T) {
		v.write("package.js", readPackage)
		v.in(t).run("node", "package.js", site.URL+"/downloads/datapackage.json")
	})
	t.Run("pages", func(t *testing.T) {
		v.in(t).pages(w, newWorld(t), emptyWorld(t))
	})
	t.Run("points", func(t *testing.T) {
		v.write("points.js", readPoints)
		v.in(t).run("node", "points.js", "agreements.geojson", "changes.geojson", "coverage.geojson")
	})
}

// pages has the Nu HTML Checker read a page of each kind, of the small world, of the
// archive where it is at hand, and of a store that knows nothing. It is a program in Java,
// which its package fetches.
func (v validating) pages(worlds ...*world) {
	v.t.Helper()
	if _, err := exec.LookPath("java"); err != nil {
		v.t.Skip("there is no java")
	}
	of := filepath.Join("node_modules", "vnu-jar")
	jar := filepath.Join(of, "build", "dist", "vnu.jar")
	if _, err := os.Stat(filepath.Join(v.dir, jar)); err != nil {
		v.run("node", filepath.Join(of, "vnu-java-downloader.js"))
	}
	args := []string{"-jar", jar, "--Werror"}
	for n, w := range worlds {
		paths := []string{"/", "/states", "/states/TX", "/counties", "/counties/48281", "/changes", "/coverage", "/downloads", "/publications", "/compare", "/status", "/embed/nation"}
		if !w.known().Extent().Empty() {
			paths = nil
			for _, p := range everyPage(v.t, w) {
				paths = append(paths, p.path)
			}
		}
		for i, path := range paths {
			file := fmt.Sprintf("pages-%d-%d.html", n, i)
			v.write(file, w.get(path).Body.String())
			args = append(args, file)
		}
	}
	v.run("java", args...)
}

// client is what somebody could write with the types that are made from the document.
const client = `import type { components, paths } from "./api";
type Changes = paths["/api/v1/changes"]["get"]["responses"]["200"]["content"]["application/json"];
export async function news(site: string, cursor: string): Promise<string[]> {
  const answer = await fetch(site + "/api/v1/changes?order=oldest&cursor=" + cursor);
  if (!answer.ok) {
    const problem = (await answer.json()) as components["schemas"]["Error"];
    throw new Error(problem.status + ": " + problem.detail);
  }
  const page = (await answer.json()) as Changes;
  return page.changes.map((c) => c.kind + ", signed " + (c.agreement.signed ?? "on a day that is not given") + ": " + c.text);
}
`

// readPackage reads every row of a data package as its description says.
const readPackage = `const { Package, validate } = require("datapackage");
(async () => {
  const checked = await validate(process.argv[2]);
  if (!checked.valid) throw new Error(checked.errors.join("\n"));
  const read = await Package.load(process.argv[2]);
  for (const file of read.resources) console.log(file.name, (await file.read({ keyed: true })).length, "rows");
})().catch((e) => { console.error(e, (e.errors || []).slice(0, 5).map(String)); process.exit(1); });
`

// readPoints reads files of GeoJSON by RFC 7946.
const readPoints = `const { valid } = require("geojson-validation");
for (const file of process.argv.slice(2)) {
  const read = JSON.parse(require("fs").readFileSync(file));
  const errors = valid(read, true);
  if (errors.length > 0) throw new Error(file + ": " + errors.slice(0, 5));
  console.log(file, read.features.length, "points or rows without one");
}
`

// validating runs programs in a folder.
type validating struct {
	t   *testing.T
	dir string
}

func (v validating) in(t *testing.T) validating { return validating{t, v.dir} }

func (v validating) write(name, text string) {
	v.t.Helper()
	if err := os.WriteFile(filepath.Join(v.dir, name), []byte(text), 0o644); err != nil {
		v.t.Fatal(err)
	}
}

// bin runs one of the programs that npm installed.
func (v validating) bin(name string, args ...string) {
	v.t.Helper()
	v.run(filepath.Join(v.dir, "node_modules", ".bin", name), args...)
}

func (v validating) run(name string, args ...string) {
	v.t.Helper()
	c := exec.CommandContext(v.t.Context(), name, args...)
	c.Dir = v.dir
	out, err := c.CombinedOutput()
	if err != nil {
		v.t.Fatalf("%s %s: %v\n%s", filepath.Base(name), strings.Join(args, " "), err, out)
	}
	v.t.Logf("%s: %s", filepath.Base(name), out)
}

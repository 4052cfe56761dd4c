# Everything that is done with this checkout. Only Go and make are needed; `make
# test` wants a C compiler too, for the race detector, and npm and Chromium for
# the pages.

# The linters are run from their source at these versions: nothing is installed,
# and what they depend on stays out of go.mod. The first run builds them, which
# takes some minutes; later ones find them in Go's cache.
STATICCHECK   = honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOLANGCI_LINT = github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
GOVULNCHECK   = golang.org/x/vuln/cmd/govulncheck@v1.9.0

# And so is what a release is packed with. Later versions of nfpm also make packages for
# Windows, by a module that not every proxy has.
export NFPM      = github.com/goreleaser/nfpm/v2/cmd/nfpm@v2.45.2
export CYCLONEDX = github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.10.0

# How long `make chaos` keeps a fleet under fire, and by what chance; 0 takes a new seed.
DURATION = 1h
SEED     = 0

# How long `make fuzz` gives each fuzz test.
FUZZTIME = 1m

# What the program says that it is: the tag and commit, where git knows them.
VERSION = $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)

# Static, so that it runs on any Linux and in an empty container.
BUILD = CGO_ENABLED=0 go build -trimpath -ldflags '-s -w -X main.version=$(VERSION)'

# What `make run` adds to the command, as in ARGS="--config my.yaml".
ARGS =

.PHONY: help
help: ## list what make can do
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

.PHONY: run
run: build ## build, then poll, deliver and serve until Ctrl-C
	@exec ./bin/watch287g run $(ARGS)

.PHONY: build
build: go ## build bin/watch287g
	$(BUILD) -o bin/watch287g ./cmd/watch287g

# What the image is built from is put together anew, and is all that the engine is sent.
.PHONY: image
image: go ## build the container image watch287g, for this machine's architecture
	rm -rf bin/image && mkdir -p bin/image/data && cp LICENSE bin/image
	GOOS=linux $(BUILD) -o bin/image/watch287g ./cmd/watch287g
	docker build -t watch287g -f Dockerfile bin/image

.PHONY: release
release: go ## build dist/: archives for Linux and macOS, Debian packages, SBOMs and checksums
	deploy/release

# Each test runs once. In these packages nothing runs beside anything else, so
# that the race detector has nothing to find there; internal/house makes sure of it.
SEQUENTIAL = ./cmd/watch287g/console ./config ./diff ./docs ./document ./document/watching ./export ./feed/... ./icepage ./internal/boltcheck ./internal/house ./internal/score/... ./internal/tables ./notify/outage ./notify/wire ./past ./place/... ./prose ./rebuild/... ./roster ./sheet/... ./snapshot ./web/agencies ./web/api ./web/bulk ./web/draw/shapes ./web/frame ./web/pages ./web/raster

# And in ./web nothing but what tests with one of these words in their names start.
BESIDE = AnswerOnItsWay|BrokenHandlers|DuringAReload|FarSourceByItself|TestFollow$$|ManyWant|ScannersOfMail|SearchersWait|TestTurns

# These start themselves anew as the process that reads a PDF, in which the race detector
# would take minutes, and run into the limits of time that such a process has.
PROCESSES = ./document/pdf

# In the others it watches all tests but those with one of these words in their
# names: they take too long with it and do one thing after the other, or measure time
# or memory.
LONG = Archive|Browser|ClaimsFind|EmailParts|EveryCounty|FailedPoll|KillNine|LittleMemory|MisprintsOf|TestYear|UnderFire

# These take little time without it: they do one thing after the other, too, or are
# SQLite's, whose code it slows down twentyfold.
PLAIN = InSequence|IndexOnDisk|KilledWhileIndexing|TwoIndexers|ClaimsOf|HostileInstance|IsLeftAlone|FindsDamage|FlippedBit|RebuildKilled|RebuildOnAFullDisk|WhileCopying|WhereItIsCopied|ReadOnlyFolder|TestImportOf|TestFalse|OfAFalseStory|NewerVersion

# make lint vets, so that no test needs to.
TEST = go test -vet=off -timeout 30m

.PHONY: test
test: go browser ## run all tests, those of what is concurrent with the race detector
	@$(MAKE) --no-print-directory -j2 test-plain test-race

CONCURRENT = $$(go list ./... | grep -vxF "$$(go list $(SEQUENTIAL) $(PROCESSES) ./web)")

# Those of the concurrent packages that have tests of LONG or PLAIN. No binary without
# the race detector is built for the others; internal/house keeps the list complete.
BOTH = ./cmd/watch287g ./document/search/sqlite ./notify ./store/bolt ./web/search

# Both at once. The browser's test has one package's time for itself, and what is left of
# the others then has all processors. The race detector would have each package sleep for
# a second at its end, and what it watches makes garbage that need not be collected at once.
.PHONY: test-plain
test-plain:
	$(TEST) -p 1 ./web $(SEQUENTIAL) $(PROCESSES)
	$(TEST) -run '$(LONG)|$(PLAIN)' $(BOTH)

.PHONY: test-race
test-race: export GORACE = atexit_sleep_ms=0
test-race: export GOGC = 400
test-race:
	$(TEST) -race -skip '$(LONG)|$(PLAIN)' $(CONCURRENT)
	$(TEST) -race -run '$(BESIDE)' ./web

# These start processes or a database, which takes its time.
STARTING = ./cmd/watch287g ./document/pdf ./document/search/postgres ./internal/pgtest ./jobs/river ./readers/postgres ./store/postgres

.PHONY: quick
quick: go ## run the tests that take little time, without a browser, a database, an archive and the race detector
	$(TEST) -skip '$(LONG)|$(PLAIN)' ./web $$(go list ./... | grep -vxF "$$(go list $(STARTING))")

.PHONY: screenshots
screenshots: go browser ## take pictures of the pages, into ./screenshots
	go test ./web -count=1 -run '^TestScreenshots$$' -args -screenshots '$(CURDIR)/screenshots'

# Programs of others read what the site serves to programs. npm fetches them, which
# takes a minute, so that they are not part of the tests.
.PHONY: validate
validate: go ## have validators read the API's document, the data package, GeoJSON and, by Java, the pages
	go test ./web -count=1 -v -run '^TestValidators$$' -args -validators '$(CURDIR)/bin/validators'

.PHONY: lint
lint: go ## gofmt, go vet, staticcheck and golangci-lint
	@unformatted=$$(gofmt -l .) || exit 1; \
	if [ -n "$$unformatted" ]; then echo "not formatted, run gofmt -w on:" $$unformatted >&2; exit 1; fi
	go vet ./...
	go run $(STATICCHECK) ./...
	go run $(GOLANGCI_LINT) run ./...

# The database of vulnerabilities is asked over the network. Where changes are judged it
# has to answer.
.PHONY: vulncheck
vulncheck: go ## look for known vulnerabilities in what the program calls
	@said=$$(go run $(GOVULNCHECK) ./... 2>&1) && { printf '%s\n' "$$said"; exit; }; \
	if [ "$$CI" != true ] && printf '%s' "$$said" | grep -q 'fetching vulnerabilities: Get'; then \
		echo "vuln.go.dev cannot be reached, so nothing was looked for." >&2; \
	else printf '%s\n' "$$said" >&2; exit 1; fi

# The seed that it prints repeats what is done, though not to the millisecond. It wants
# PostgreSQL, and goes through ICE's own lists where they are at hand.
.PHONY: chaos
chaos: go ## have nine processes poll and send for DURATION while all around them fails
	go test ./cmd/watch287g -count=1 -v -timeout 0 -run '^(TestFleetUnderFire|TestDocumentsOfAFleet)$$' -args -documents.fleet -fire.duration=$(DURATION) -fire.seed=$(SEED)

.PHONY: bench
bench: go ## run every benchmark once
	go test -run '^$$' -bench . -benchtime 1x ./...

.PHONY: bench-fleet
bench-fleet: go ## measure what a fleet costs, and how that grows, on a PostgreSQL of the tests
	go test ./cmd/watch287g -count=1 -v -timeout 0 -run '^TestFleetCosts' -args -fleet.costs

# A million readers are written to a PostgreSQL of the tests first, which takes minutes; so
# does importing the year.
.PHONY: bench-readers
bench-readers: go ## measure mailings to 1,000,000 readers on PostgreSQL, and to 50,000 in a file
	go test ./readers/mailing -count=1 -v -timeout 0 -run '^TestScale$$' -args -readers.scale=1000000

# Go fuzzes one test at a time. It may try to shorten each input that it finds
# of interest for a minute, which would be all the time there is.
.PHONY: fuzz
fuzz: go ## run every fuzz test for FUZZTIME each
	@set -e; for pkg in $$(go list ./...); do \
		tests=$$(go test -list '^Fuzz' "$$pkg"); \
		for test in $$(printf '%s\n' "$$tests" | grep '^Fuzz'); do \
			echo "$$pkg $$test"; \
			go test -run '^$$' -fuzz "^$$test\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 5s "$$pkg"; \
		done; \
	done

# The version wanted is that of go.mod. A go that fetches newer toolchains by
# itself answers with the one that it would use here.
.PHONY: go
go:
	@want=$$(sed -n 's/^go \([0-9]*\.[0-9]*\).*/\1/p' go.mod); \
	command -v go >/dev/null || { \
		echo "Go $$want or newer is needed, and there is no go on the PATH: see https://go.dev/doc/install" >&2; exit 1; }; \
	have=$$(go env GOVERSION 2>/dev/null || (cd / && go env GOVERSION)); \
	set -- $$(echo "$$want $$have" | sed 's/[^0-9]*\([0-9]*\)\.\([0-9]*\)[^ ]*/ \1 \2/g'); \
	if [ "$${3:-0}" -lt "$$1" ] || { [ "$$3" -eq "$$1" ] && [ "$${4:-0}" -lt "$$2" ]; }; then \
		echo "Go $$want or newer is needed, and go on the PATH is $${have#go}: see https://go.dev/doc/install" >&2; exit 1; fi

# What the tests in a browser need beside Go. Without it they are skipped, but
# where CI=true they fail.
.PHONY: browser
browser: node_modules/.package-lock.json
	@for name in "$$WATCH287G_CHROMIUM" chromium chromium-browser google-chrome /Applications/*Chrom*.app/Contents/MacOS/*Chrom*; do \
		command -v "$$name" >/dev/null && exit; done; \
	echo "There is no Chromium, so the pages are not tried in a browser: install the package chromium." >&2

node_modules/.package-lock.json: package.json package-lock.json .npmrc
	@if ! command -v npm >/dev/null; then \
		echo "There is no npm, so the pages are not tried in a browser: install the package npm." >&2; \
	elif ! npm ci --no-audit --no-fund; then \
		echo "npm could not fetch axe-core, so the pages are not tried in a browser." >&2; fi

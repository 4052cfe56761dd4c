package main

import (
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store/postgres"
)

var fleetCosts = flag.Bool("fleet.costs", false, "measure what a fleet costs, which takes minutes and checks nothing")

func needFleetCosts(t *testing.T) {
	t.Helper()
	if !*fleetCosts {
		t.Skip("it takes minutes, and checks nothing: make bench-fleet")
	}
}

// costly is how many channels have how many messages each.
const (
	costlyChannels = 60
	costlyMessages = 50
)

// costlyFleet is a fleet at peace: ICE's site and the far ends answer at once. Its
// database has a made-up year, and there are no proxies between.
func costlyFleet(t *testing.T, roles ...string) *underFire {
	t.Helper()
	u := newUnderFire(t, 1, firePace{every: time.Hour}, roles...)
	u.direct, u.channels = true, ""
	for i := range costlyChannels {
		u.channels += fmt.Sprintf("  - {name: c%d, webhook: {url: \"http://%%[6]s/c%[1]d\", allow_private: true}}\n", i)
	}
	u.site.hurry()
	u.ends.mend()
	files := yearOf(1)
	u.site.Publish(files...)
	u.jump(files[len(files)-1].At.Add(time.Hour))
	output(t, program(t, time.Time{}, "--config", configured(t, fmt.Sprintf("store: %q", u.database)), "--data", t.TempDir(), "import", archived(t, files)))
	return u
}

// cpu is how much of the processors the processes and the database have used.
func (u *underFire) cpu() (processes, database time.Duration) {
	for _, n := range u.nodes {
		processes += cpuOf(n.life.cmd.Process.Pid)
	}
	var pid int
	if u.look.QueryRow(u.Context(), "SELECT pg_backend_pid()").Scan(&pid) == nil {
		server := parentOf(pid)
		all, _ := filepath.Glob("/proc/[0-9]*")
		for _, dir := range all {
			if pid, err := strconv.Atoi(filepath.Base(dir)); err == nil && (pid == server || parentOf(pid) == server) {
				database += cpuOf(pid)
			}
		}
	}
	return processes, database
}

// statOf are the fields of a process after its name, as Linux tells them.
func statOf(pid int) []string {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	_, rest, ok := strings.Cut(string(stat), ") ")
	if fields := strings.Fields(rest); err == nil && ok && len(fields) > 14 {
		return fields
	}
	return nil
}

func parentOf(pid int) (parent int) {
	if fields := statOf(pid); fields != nil {
		parent, _ = strconv.Atoi(fields[1])
	}
	return parent
}

// cpuOf is what a process and those of its children that have ended used, in steps of a
// hundredth of a second.
func cpuOf(pid int) (used time.Duration) {
	if fields := statOf(pid); fields != nil {
		for _, field := range fields[11:15] {
			ticks, _ := strconv.Atoi(field)
			used += time.Duration(ticks) * 10 * time.Millisecond
		}
	}
	return used
}

func isThere(u *underFire, n *fireNode) func() bool {
	return func() bool { return strings.Contains(u.said(n), " version=") }
}

// said is what a node's processes have logged.
func (u *underFire) said(n *fireNode) string {
	body, _ := os.ReadFile(filepath.Join(u.dir, n.name, "log"))
	return string(body)
}

// begin starts all nodes and waits for them.
func (u *underFire) begin() {
	u.Helper()
	for _, n := range u.nodes {
		u.start(n)
	}
	for _, n := range u.nodes {
		u.until(n.name+" runs", isThere(u, n))
	}
}

// TestFleetCostsOfDeliveries measures how many messages a second 1, 2 and 4 processes
// send to channels that answer at once.
func TestFleetCostsOfDeliveries(t *testing.T) {
	needFleetCosts(t)
	for _, nodes := range []int{1, 2, 4} {
		t.Run(fmt.Sprint(nodes), func(t *testing.T) {
			u := costlyFleet(t, many(roleSend, nodes)...)
			u.begin()
			s, err := postgres.Open(t.Context(), u.database, postgres.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close() //nolint:errcheck // only the test's
			var ds []roster.Delivery
			for i := range costlyMessages {
				for c := range costlyChannels {
					ds = append(ds, roster.Delivery{ID: fmt.Sprintf("dlv_%d_%d", i, c), Channel: fmt.Sprintf("c%d", c), Changes: []uint64{uint64(1 + i%40)},
						CreatedAt: u.now(), DueAt: u.now(), State: roster.DeliveryWaiting})
				}
			}
			ours, theirs := u.cpu()
			began := time.Now()
			if err := s.Enqueue(t.Context(), ds, nil); err != nil {
				t.Fatal(err)
			}
			u.until("all is sent", u.isSent)
			took, n := time.Since(began), len(ds)
			ours2, theirs2 := u.cpu()
			t.Logf("%d messages to %d channels by %d processes on %d processors: %.0f a second; of the processors, each takes %v of the processes and %v of the database",
				n, costlyChannels, nodes, runtime.NumCPU(), float64(n)/took.Seconds(), (ours2-ours)/time.Duration(n), (theirs2-theirs)/time.Duration(n))
		})
	}
}

func many(role string, n int) (roles []string) {
	for range n {
		roles = append(roles, role)
	}
	return roles
}

var openedAt = regexp.MustCompile(`open (http://\S+/) in a browser`)

// TestFleetCostsOfPages measures how many requests a second 1, 2 and 4 processes answer,
// of pages that they know and of such that they make anew.
func TestFleetCostsOfPages(t *testing.T) {
	needFleetCosts(t)
	for _, nodes := range []int{1, 2, 4} {
		t.Run(fmt.Sprint(nodes), func(t *testing.T) {
			u := costlyFleet(t, many(roleServe, nodes)...)
			u.begin()
			var addresses []string
			for _, n := range u.nodes {
				addresses = append(addresses, openedAt.FindStringSubmatch(u.said(n))[1])
			}
			for what, page := range map[string]func(i int64) string{
				"known":     func(int64) string { return "" },
				"made anew": func(i int64) string { return fmt.Sprintf("search?q=county+%x", i) },
			} {
				const lasts = 3 * time.Second
				ours, theirs := u.cpu()
				n := ask(t, addresses, lasts, page)
				ours2, theirs2 := u.cpu()
				t.Logf("pages that are %s, from %d processes on %d processors: %.0f a second; of the processors, each takes %v of the processes and %v of the database",
					what, nodes, runtime.NumCPU(), float64(n)/lasts.Seconds(), (ours2-ours)/time.Duration(n), (theirs2-theirs)/time.Duration(n))
			}
		})
	}
}

// ask asks for pages for a while, four at a time, and returns how many there were.
func ask(t *testing.T, addresses []string, lasts time.Duration, page func(i int64) string) (n int64) {
	t.Helper()
	var asked, had atomic.Int64
	var wg sync.WaitGroup
	end := time.Now().Add(lasts)
	for i := range 4 {
		wg.Go(func() {
			for time.Now().Before(end) {
				response, err := http.Get(addresses[i%len(addresses)] + page(asked.Add(1)))
				if err != nil {
					t.Error(err)
					return
				}
				_, _ = io.Copy(io.Discard, response.Body)
				_ = response.Body.Close()
				if response.StatusCode == http.StatusOK {
					had.Add(1)
				}
			}
		})
	}
	wg.Wait()
	return max(1, had.Load())
}

// TestFleetCostsOfPolls measures polls by hand, one after another, while 1, 2 and 4
// processes run, and what these take while nothing happens.
func TestFleetCostsOfPolls(t *testing.T) {
	needFleetCosts(t)
	for _, nodes := range []int{1, 2, 4} {
		t.Run(fmt.Sprint(nodes), func(t *testing.T) {
			u := costlyFleet(t, many("all", nodes)...)
			u.begin()
			u.until("the first poll is over", func() bool { return u.count("SELECT count(*) FROM watch287g.polls") > 0 })
			const idle, polls = 10 * time.Second, 40
			time.Sleep(idle) // until what they did as they began is counted, too
			ours, theirs := u.cpu()
			before := u.count("SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()")
			time.Sleep(idle)
			ours2, theirs2 := u.cpu()
			after := u.count("SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()")
			t.Logf("%d idle processes: %.1f transactions a second, %.1f%% of a processor, and %.1f%% for the database", nodes, float64(after-before)/idle.Seconds(),
				100*(ours2-ours).Seconds()/idle.Seconds(), 100*(theirs2-theirs).Seconds()/idle.Seconds())
			ours, theirs = u.cpu()
			began := time.Now()
			for i := range polls {
				n := u.nodes[i%nodes]
				dir := filepath.Join(u.dir, n.name)
				output(t, program(t, time.Time{}, "--config", filepath.Join(dir, "watch287g.yaml"), "--data", filepath.Join(dir, "data"), "poll"))
			}
			took := time.Since(began)
			ours2, theirs2 = u.cpu()
			t.Logf("%d polls that find nothing new, one after another: %.1f a second; of the processors, each takes %v of the processes and %v of the database",
				polls, polls/took.Seconds(), (ours2-ours)/polls, (theirs2-theirs)/polls)
		})
	}
}

package main

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/watch287g/watch287g/roster"
)

// demoRow is a row of the made-up lists.
type demoRow struct{ state, agency, county, kind, model, signed string }

// scene is what the made-up ICE does next.
type scene struct {
	title   string
	active  []demoRow // nil: the list stays as it is
	pending []demoRow
	blocked bool // a block page stands in for everything
	swapped bool // each list stands behind the other one's link
	old     bool // the first list is served again
}

// demoScenes are two weeks of ICE at its usual carefulness, from a day on. The
// agencies are made up, and named so that nobody takes them for real ones.
func demoScenes(from time.Time) []scene {
	from = from.In(roster.Washington())
	signed := func(days int) string { return from.AddDate(0, 0, days).Format("1/2/2006") }
	misprinted := from.AddDate(0, 0, -4).Format("1/22006") // without its second stroke
	active := []demoRow{
		{"FLORIDA", "Mapleport Police Department", "Brevard County", "Municipality", "Task Force Model", signed(-131)},
		{"FLORIDA", "Sandhaven Beach Police Department", "Lee County", "Municipality", "Task Force Model", signed(-118)},
		{"GEORGIA", "Fernbrook Police Department", "Cobb County", "Municipality", "Task Force Model", signed(-96)},
		{"TEXAS", "Ironcrest Constable's Office Precinct 1", "Harris County", "County", "Task Force Model", signed(-89)},
		{"TEXAS", "Ironcrest Constable's Office Precinct 2", "Harris County", "County", "Warrant Service Officer", signed(-89)},
		{"TEXAS", "Larkwod Police Department", "Travis County", "Municipality", "Warrant Service Officer", signed(-62)},
		{"UTAHJ", "Glenridge Sheriff’s Office ", "Davis County", "County", "Jail Enforcement Model", misprinted},
	}
	for i := range 14 { // enough that one that leaves is no mass exodus
		active = append(active, demoRow{"TENNESSEE", fmt.Sprintf("Made-Up District %d Sheriff's Office", i+1), "Knox County", "County", "Warrant Service Officer", signed(-62)})
	}
	first := append([]demoRow(nil), active...)
	pending := []demoRow{
		{"FLORIDA", "Palmvale Police Department", "Brevard County", "Municipality", "Task Force Model", ""},
		{"WEST VIRGINIA", "Stonewell Sheriff's Office", "Mercer County", "County", "Task Force Model", ""},
	}
	scenes := []scene{{title: "The first poll of an empty store: what is there is no news", active: first, pending: pending}}
	add := func(s scene) { scenes = append(scenes, s) }
	active = append(active, demoRow{"FLORIDA", "Palmvale Police Department", "Brevard County", "Municipality", "Task Force Model", signed(1)})
	add(scene{title: "An agency moves from the pending list to the other one", active: active, pending: pending[1:]})
	add(scene{title: "ICE's servers answer with a block page and status 200", blocked: true})
	active = append([]demoRow(nil), active...)
	active[5].agency, active[6].signed, active[1].agency = "Larkwood Police Department", signed(-4), "SANDHAVEN BEACH POLICE DEPARTMENT"
	add(scene{title: "ICE mends a name and a date, and prints another name in capitals", active: active})
	add(scene{title: "ICE puts each list behind the other one's link", swapped: true})
	active = append([]demoRow(nil), active[1:]...)
	add(scene{title: "An agency is no longer on the list", active: active})
	add(scene{title: "ICE serves its first list again", old: true})
	active = append(active, demoRow{"WEST VIRGINIA", "Stonewell Sheriff's Office", "Mercer County", "County", "Task Force Model", signed(12)},
		demoRow{"FLORIDA", "Mapleport Police Department", "Brevard County", "Municipality", "Task Force Model", signed(-131)})
	add(scene{title: "The next list does not bear that out; one agency has signed, and the one that left is back", active: active, pending: []demoRow{}})
	return scenes
}

// demoSite serves the made-up lists as ICE's site would.
type demoSite struct {
	server   *http.Server
	listener net.Listener
	day      time.Time

	mu      sync.Mutex
	first   []byte
	lists   map[string][]byte // by the link's name
	at      map[string]time.Time
	blocked bool
	swapped bool
}

// demoStep is how much time passes from one scene to the next.
const demoStep = 48 * time.Hour

// newDemoSite makes the site as it is before its first scene, which begins then.
func newDemoSite(begin time.Time) (*demoSite, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // it is there for the life of the process
	if err != nil {
		return nil, fmt.Errorf("opening the made-up site: %w", err)
	}
	s := &demoSite{listener: l, day: begin.Add(-demoStep), lists: map[string][]byte{}, at: map[string]time.Time{}}
	s.server = &http.Server{Handler: http.HandlerFunc(s.serve), ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = s.server.Serve(l) }()
	return s, nil
}

func (s *demoSite) url() string { return "http://" + s.listener.Addr().String() }

func (s *demoSite) close() { _ = s.server.Close() }

// now is the demo's clock: it stands a few minutes after what was published last.
func (s *demoSite) now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.day.Add(5 * time.Minute)
}

// publish plays a scene, some days after the last one.
func (s *demoSite) publish(sc scene) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.day = s.day.Add(demoStep)
	s.blocked, s.swapped = sc.blocked, sc.swapped
	put := func(link string, body []byte) { s.lists[link], s.at[link] = body, s.day }
	if sc.old {
		put("participating", s.first)
	}
	if sc.active != nil {
		body, err := demoWorkbook(sc.active, true)
		if err != nil {
			return err
		}
		if s.first == nil {
			s.first = body
		}
		put("participating", body)
	}
	if sc.pending != nil {
		body, err := demoWorkbook(sc.pending, false)
		if err != nil {
			return err
		}
		put("pending", body)
	}
	return nil
}

func (s *demoSite) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	link := r.URL.Query().Get("list")
	switch {
	case r.URL.Path == "/robots.txt":
		http.NotFound(w, r)
	case s.blocked:
		fmt.Fprint(w, "<html><head><title>Access Denied</title></head><body><h1>Access Denied</h1>You don't have permission to access this resource. Reference #18.2d3a1702</body></html>")
	case s.lists[link] != nil:
		http.ServeContent(w, r, link+".xlsx", s.at[link], bytes.NewReader(s.lists[link]))
	default:
		one, other := "participating", "pending"
		if s.swapped {
			one, other = other, one
		}
		fmt.Fprintf(w, `<html><body><h1>287(g)</h1><a href="/doclib/%sAgencies.xlsx?list=%s">Participating Agencies</a> <a href="/doclib/%sAgencies.xlsx?list=%s">Pending Agencies</a></body></html>`, one, one, other, other)
	}
}

// demoWorkbook prints rows as ICE does.
func demoWorkbook(rows []demoRow, signed bool) ([]byte, error) {
	f := excelize.NewFile()
	head := []any{"STATE", "LAW ENFORCEMENT AGENCY", "TYPE", "COUNTY", "SUPPORT TYPE"}
	if signed {
		head = append(head, "SIGNED")
	}
	all := [][]any{head}
	for _, r := range rows {
		line := []any{r.state, r.agency, r.kind, r.county, r.model}
		if signed {
			line = append(line, r.signed)
		}
		all = append(all, line)
	}
	for i, line := range all {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &line); err != nil {
			return nil, fmt.Errorf("printing a made-up list: %w", err)
		}
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		return nil, fmt.Errorf("printing a made-up list: %w", err)
	}
	return b.Bytes(), nil
}

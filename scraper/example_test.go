package scraper_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"time"

	"github.com/watch287g/watch287g/internal/fakeice"
	"github.com/watch287g/watch287g/scraper"
)

func ExampleScraper_Visit() {
	site := fakeice.NewReplay(fakeice.Story(time.Date(2025, time.June, 2, 14, 0, 0, 0, time.UTC)))
	site.Next()
	server := httptest.NewServer(site)
	defer server.Close()
	s, err := scraper.New(scraper.Options{Mirror: server.URL, Contact: "desk@example.org"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer s.Close()

	var known []scraper.Validators
	for range 2 {
		visit := s.Visit(context.Background(), known)
		fmt.Println(visit.Outcome)
		for _, d := range visit.Documents {
			fmt.Println(" ", d.File, d.NotModified)
			// Whether it is a list, its reader says.
			known = append(known, scraper.Validators{URL: d.URL, ETag: d.ETag, LastModified: d.LastModified, SHA256: d.SHA256,
				List: d.Hint != "", CheckedAt: time.Now()})
		}
	}
	// Output:
	// changed
	//   participatingAgencies.xlsx false
	//   pendingAgencies.xlsx false
	//   287g-reimbursement.xlsx false
	// unchanged
	//   participatingAgencies.xlsx true
	//   pendingAgencies.xlsx true
}

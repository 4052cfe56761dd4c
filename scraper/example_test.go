package scraper_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"time"

	"github.com/watch287g/watch287g/scraper"
)

func ExampleScraper_Visit() {
	site := httptest.NewServer(newSite())
	defer site.Close()
	s, err := scraper.New(scraper.Options{Mirror: site.URL, Contact: "desk@example.org"})
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
	//   participatingAgencies07032025pm.xlsx false
	//   pendingAgencies07032025pm.xlsx false
	//   287g-reimbursement.xlsx false
	// unchanged
	//   participatingAgencies07032025pm.xlsx true
	//   pendingAgencies07032025pm.xlsx true
}

// Command cmd serves a made-up ICE, or an archive of ICE's lists, as ICE's own
// site does. Time stands still until it is told to move:
//
//	go run ./internal/fakeice/cmd [-archive DIR/index.csv] [-listen 127.0.0.1:8288]
//	curl -X POST 127.0.0.1:8288/__site/next
//	curl -X POST '127.0.0.1:8288/__site/goto?t=2025-09-22T21:00:00Z'
//	curl -X POST '127.0.0.1:8288/__site/fault?name=block&n=3'
//	curl 127.0.0.1:8288/__site/status
package main

import (
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/watch287g/watch287g/internal/fakeice"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	index := flag.String("archive", "", "the `index.csv` of an archive of lists; without one, two made-up weeks are served")
	listen := flag.String("listen", "127.0.0.1:8288", "the `address` to listen on")
	delay := flag.Int("crawl-delay", 0, "the `seconds` of Crawl-delay in robots.txt")
	flag.Parse()
	steps := fakeice.Story(time.Now().AddDate(0, 0, -14).Truncate(time.Second))
	if *index != "" {
		files, err := fakeice.ReadArchive(*index)
		if err != nil {
			return err
		}
		steps = fakeice.Moments(files)
	}
	site := fakeice.NewReplay(steps)
	site.CrawlDelay = *delay
	if _, ok := site.Next(); !ok {
		return errors.New("the archive names no list")
	}
	fmt.Printf("%d steps, from %s; the page is http://%s%s\n", len(steps), site.Now().Format(time.DateOnly), *listen, fakeice.PagePath)
	server := &http.Server{Addr: *listen, Handler: site, ReadHeaderTimeout: 5 * time.Second}
	return server.ListenAndServe()
}

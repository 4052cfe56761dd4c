package main

import (
	"net"
	"testing"
	"time"

	"github.com/watch287g/watch287g/config"
)

type listenerAt struct {
	net.Listener
	at net.TCPAddr
}

func (l listenerAt) Addr() net.Addr { return &l.at }

// The page that run names is one that a browser opens as it is pasted.
func TestOpening(t *testing.T) {
	mirrored := config.Default()
	mirrored.Source.Mirror, mirrored.Source.Every = "https://user:hunter2@mirror.example.org/287g", 90*time.Second
	rare := config.Default()
	rare.Source.Every = 2 * time.Hour
	const page = "polling https://www.ice.gov/identify-and-arrest/287g every "
	for _, tt := range []struct {
		config config.Config
		listen string
		roles  roles
		want   string
	}{
		{config.Default(), "[::]:8287", nil, page + "15m; open http://localhost:8287/ in a browser"},
		{config.Default(), "0.0.0.0:8287", nil, page + "15m; open http://localhost:8287/ in a browser"},
		{rare, "[::1]:80", nil, page + "2h; open http://[::1]:80/ in a browser"},
		{rare, "", roles{"all"}, page + "2h; no pages are served, since web.listen is empty"},
		{rare, "[::1]:80", roles{"send", "serve"}, "polling nothing; open http://[::1]:80/ in a browser"},
		{rare, "", roles{"poll"}, page + "2h and serving no pages"},
		{mirrored, "192.0.2.1:8287", nil, "polling https://***@mirror.example.org/287g every 1m30s; open http://192.0.2.1:8287/ in a browser"},
	} {
		var pages net.Listener
		if tt.listen != "" {
			at, err := net.ResolveTCPAddr("tcp", tt.listen)
			if err != nil {
				t.Fatal(err)
			}
			pages = listenerAt{at: *at}
		}
		if got := opening(tt.config, pages, tt.roles); got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.listen, got, tt.want)
		}
	}
}

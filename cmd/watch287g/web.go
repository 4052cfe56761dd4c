package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"syscall"
	"time"

	"github.com/watch287g/watch287g/config"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/store/postgres"
	"github.com/watch287g/watch287g/web"
	"github.com/watch287g/watch287g/web/crowd"
	"github.com/watch287g/watch287g/web/kept"
)

// readerLimits bound what a reader can do to the service.
type readerLimits struct {
	header int           // bytes of a request's
	read   time.Duration // for a request to arrive
	write  time.Duration // for an answer to be taken
	idle   time.Duration // between two requests
}

func defaultLimits() readerLimits {
	return readerLimits{header: 16 << 10, read: 10 * time.Second, idle: 90 * time.Second,
		write: 2 * time.Minute} // a list over a slow line
}

const shutdownGrace = 5 * time.Second // for what is under way when the service stops

// summaryEach is how often the log sums up what readers were refused.
const summaryEach = time.Minute

// crowdLimits bound the connections of readers. One address can be that of a whole
// office, or of all customers of a carrier.
func crowdLimits() crowd.Limits {
	return crowd.Limits{Connections: crowd.Room(2000, openFiles()), Address: 128, Wait: time.Second}
}

// openFiles is how many files and connections the process may have open.
func openFiles() int {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return 1024 // as most systems have it
	}
	return int(min(limit.Cur, 1<<20)) //nolint:gosec // it is bounded
}

// newSite makes the site that the configuration describes.
func (a *app) newSite(s store.Reader, c config.Config, log *slog.Logger) (*web.Site, error) {
	if a.refused == nil { // sites that take each other's place count together
		a.refused = crowd.NewCounts(a.monitor.Refused)
	}
	var look time.Duration // a file is asked at each request
	if _, far := s.(*postgres.Store); far {
		look = lookEvery
	}
	var papers kept.Library
	if a.papers != nil && c.Documents.Keep != config.KeepOff {
		papers = a.papers
	}
	site, err := web.New(web.Options{Source: s, Documents: papers, URL: c.Web.URL, Local: localURL(c.Web.Listen), Version: version, Contact: c.Source.Contact, SignUp: a.signUps,
		Every: c.Source.Every, Now: a.now, Log: log, Look: look, Refused: a.refused, Answered: a.monitor.Answered, Loaded: a.monitor.Loaded})
	if err != nil {
		return nil, fmt.Errorf("setting up the pages: %w", err)
	}
	if c.Web.URL == "" && c.Web.Listen != "" {
		log.Info("web.url is not set, so feeds, embed codes and citations name an address of this machine", "address", localURL(c.Web.Listen))
	}
	return site, nil
}

// addressOf is where somebody on this machine finds what is served, "" for nothing.
func addressOf(l net.Listener) string {
	if l == nil {
		return ""
	}
	return localURL(l.Addr().String())
}

// localURL is where a browser on this machine finds what listens at an address:
// host:port.
func localURL(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return "http://localhost"
	}
	if ip, err := netip.ParseAddr(host); host == "" || err == nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// listenWeb opens the address that readers come to; where it is "", there is
// none, and the listener is nil.
func listenWeb(ctx context.Context, address string) (net.Listener, error) {
	if address == "" {
		return nil, nil //nolint:nilnil // nothing is to be served
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("another program serves %s already; choose another address with web.listen in the configuration", address)
	case err != nil:
		return nil, fmt.Errorf("listening on %s, which web.listen names: %w", address, err)
	}
	return l, nil
}

// serveWeb answers readers until ctx ends; without a listener it only waits.
func serveWeb(ctx context.Context, l net.Listener, site *liveSite, c config.Web, log *slog.Logger) error {
	if l == nil {
		<-ctx.Done()
		return nil
	}
	var beside sync.WaitGroup
	defer beside.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	beside.Go(func() { site.Follow(ctx) })
	beside.Go(func() { site.site.Load().Refused().Summarize(ctx, summaryEach, log) })
	gate := crowd.NewGate(crowdLimits(), c.TrustedProxies, site.site.Load().Refused(), log)
	return serveReaders(ctx, l, site, gate, defaultLimits(), log)
}

// serveReaders answers over a listener, which it closes, until ctx ends.
func serveReaders(ctx context.Context, l net.Listener, h http.Handler, gate *crowd.Gate, limits readerLimits, log *slog.Logger) error {
	server := &http.Server{Handler: gate.Handler(h), ConnState: gate.State, ConnContext: gate.Context,
		ReadHeaderTimeout: limits.read, ReadTimeout: limits.read, WriteTimeout: limits.write,
		IdleTimeout: limits.idle, MaxHeaderBytes: limits.header, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug)}
	stopped := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(stopped)
		ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownGrace)
		defer cancel()
		if server.Shutdown(ending) != nil {
			_ = server.Close() // those who still read have had their time
		}
	})
	err := server.Serve(gate.Listener(l))
	if !stop() {
		<-stopped
	}
	if err != nil && !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serving the pages: %w", err)
	}
	return nil
}

package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"syscall"

	"github.com/watch287g/watch287g/config"
	"github.com/watch287g/watch287g/ops"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/store/postgres"
	"github.com/watch287g/watch287g/web/crowd"
)

// newMonitor makes what shows the operator how a service with this store is.
func (a *app) newMonitor(s store.Store, c config.Config, log *slog.Logger) *ops.Monitor {
	o := ops.Options{Version: version, Disk: a.data(), Log: log,
		Measure: func(ctx context.Context) (store.Measures, error) { return store.Measure(ctx, s) }}
	if shared, ok := s.(*postgres.Store); ok {
		if c.Documents.Keep != config.KeepOn || c.Documents.Bucket != nil {
			o.Disk = "" // nothing of the state is on it
		}
		o.Database = func(ctx context.Context) (ops.Database, error) { return lookAt(ctx, shared) }
	}
	m := ops.New(o)
	m.Configure(opsConfig(c))
	return m
}

// opsConfig is what the operator is shown of a configuration.
func opsConfig(c config.Config) ops.Config {
	of := ops.Config{Every: c.Source.Every}
	for _, ch := range c.Channels {
		of.Channels = append(of.Channels, ops.Channel{Name: ch.Name, Operator: ch.Operator})
	}
	return of
}

// listenOps opens the address that the operator's programs come to; where it is "",
// there is none, and the listener is nil. Nor is there where another program has the
// usual one, since that is no reason to stop: two services on one machine are told to
// choose.
func listenOps(ctx context.Context, address string, log *slog.Logger) (net.Listener, error) {
	if address == "" {
		return nil, nil //nolint:nilnil // nothing is to be shown
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	switch {
	case errors.Is(err, syscall.EADDRINUSE) && address == config.Default().Ops.Listen:
		log.Warn("another program serves "+address+" already, so that there are no metrics of this service; choose another address with ops.listen in the configuration", "address", address)
		return nil, nil //nolint:nilnil // as said
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("another program serves %s already; choose another address with ops.listen in the configuration", address)
	case err != nil:
		return nil, fmt.Errorf("listening on %s, which ops.listen names: %w", address, err)
	}
	return l, nil
}

// closeAny closes a listener, if there is one.
func closeAny(l net.Listener) error {
	if l == nil {
		return nil
	}
	return l.Close()
}

// serveOps answers the operator's programs until ctx ends; without a listener it only
// waits.
func serveOps(ctx context.Context, l net.Listener, m *ops.Monitor, log *slog.Logger) error {
	if l == nil {
		<-ctx.Done()
		return nil
	}
	gate := crowd.NewGate(crowdLimits(), nil, crowd.NewCounts(nil), log)
	return serveReaders(ctx, l, m.Handler(), gate, defaultLimits(), log)
}

package ops

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// mostScrapes is how many requests for the metrics are answered at the same time.
const mostScrapes = 4

// Handler serves /metrics, /healthz and /readyz.
func (m *Monitor) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{MaxRequestsInFlight: mostScrapes,
		ErrorHandling: promhttp.ContinueOnError, ErrorLog: slog.NewLogLogger(m.options.Log.Handler(), slog.LevelError)}))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { say(w, http.StatusOK, "alive") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if why := m.Unready(r.Context()); why != "" {
			say(w, http.StatusServiceUnavailable, "not ready: "+why)
			return
		}
		say(w, http.StatusOK, "ready")
	})
	return mux
}

// say answers in a line.
func say(w http.ResponseWriter, status int, line string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, line+"\n") // who asked may be gone
}

// Unready says why the process is not ready, and is "" where it is.
func (m *Monitor) Unready(ctx context.Context) string { return m.unready(m.state.now(ctx)) }

// lastRead says when the store was last read, for the end of a sentence.
func (r reading) lastRead() string {
	if r.at.IsZero() {
		return ""
	}
	return "; it was last read at " + r.at.UTC().Format(time.RFC3339)
}

// unready names no error: it can hold the address of a database. The log has it.
func (m *Monitor) unready(r reading) string {
	switch {
	case m.options.Measure == nil:
	case !r.stalled.IsZero():
		return "the store does not answer" + r.lastRead()
	case r.err != nil:
		return "the store cannot be read, and the log says why" + r.lastRead()
	case r.at.IsZero():
		return "the store was not read yet"
	}
	if m.serves.Load() && m.loaded.Load() == nil {
		return "what pages are made from is not loaded yet"
	}
	return ""
}

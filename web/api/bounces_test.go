package api

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"github.com/watch287g/watch287g/readers/bounce"
)

type taken struct{ events []bounce.Event }

func (t *taken) Take(_ context.Context, e bounce.Event) error {
	t.events = append(t.events, e)
	return nil
}

// What is described as the report of an event is taken as one where it is answered.
func TestReportedEventsAreTaken(t *testing.T) {
	sent := New("", "", true, nil).openAPI.Paths[Bounces].Post.RequestBody.Content["application/json"].Example
	whole := ReportedEvents{Events: []ReportedEvent{{ID: "1", Type: "soft", Address: "a@example.com", Reason: "452 4.2.2 full", At: "2026-03-02T11:00:00Z"}}}
	for _, example := range []any{sent, whole} {
		text, err := json.Marshal(example)
		if err != nil {
			t.Fatal(err)
		}
		by := &taken{}
		h := bounce.NewHandler(bounce.HandlerOptions{Taker: by, Secret: "secret", HTTP: &http.Client{}, Client: func(context.Context) netip.Addr { return netip.Addr{} }, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
		r, rec := httptest.NewRequest(http.MethodPost, Bounces, bytes.NewReader(text)), httptest.NewRecorder()
		r.Header.Set("Authorization", "Bearer secret")
		h.ServeHTTP(rec, r)
		if got := (Received{}); rec.Code != http.StatusOK || json.Unmarshal(rec.Body.Bytes(), &got) != nil || got.Received != 1 || len(by.events) != 1 {
			t.Errorf("%s is answered %d: %s", text, rec.Code, rec.Body)
		}
	}
}

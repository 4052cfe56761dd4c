package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestHealthcheck(t *testing.T) {
	t.Parallel()
	var status atomic.Int32
	status.Store(http.StatusOK)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/healthz" {
			t.Errorf("it asks for %s", r.URL.Path)
		}
		w.WriteHeader(int(status.Load()))
	}))
	defer server.Close()
	address := strings.TrimPrefix(server.URL, "http://")
	check := func(listen string) []string {
		return []string{"--config", configured(t, `ops: {listen: "`+listen+`"}`), "healthcheck"}
	}
	_, port, _ := strings.Cut(address, ":")
	for _, listen := range []string{address, ":" + port, "0.0.0.0:" + port} {
		cmd := program(t, time.Time{}, check(listen)...)
		cmd.Env = append(cmd.Env, "HTTP_PROXY=http://127.0.0.1:1") // which is not asked
		if said := output(t, cmd); said != "alive\n" {
			t.Errorf("%s: %q", listen, said)
		}
	}
	status.Store(http.StatusServiceUnavailable)
	if said := complaint(t, program(t, time.Time{}, check(address)...)); !strings.Contains(said, "answers with 503 Service Unavailable") {
		t.Error(said)
	}
	server.Close()
	if said := complaint(t, program(t, time.Time{}, check(address)...)); !strings.Contains(said, "does not answer on "+address) {
		t.Error(said)
	}
	if said := complaint(t, program(t, time.Time{}, check("")...)); !strings.Contains(said, "ops.listen is empty") {
		t.Error(said)
	}
}

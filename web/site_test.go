package web

import (
	"net/http"
	"strings"
	"testing"
)

func TestUnknownAddressShowsWaysOn(t *testing.T) {
	w := newWorld(t)
	rec := w.get("/nowhere")
	if rec.Code != http.StatusNotFound {
		t.Errorf("status %d", rec.Code)
	}
	for _, want := range []string{"There is no such page", `href="/changes"`, `href="/search"`, `name="robots" content="noindex"`} {
		if !strings.Contains(rec.Body.String(), want) {
			t.Errorf("the page lacks %s:\n%s", want, rec.Body)
		}
	}
}

package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// The document describes how readers are signed up where they can be, with an example and
// a meaning for each member, and is not answered here.
func TestSigningUpIsDescribed(t *testing.T) {
	for _, signUps := range []bool{true, false} {
		a := New("https://287g.example.org", "", signUps, nil)
		text, err := json.Marshal(a.openAPI)
		if err != nil {
			t.Fatal(err)
		}
		if got, reports := strings.Contains(string(text), Subscriptions), strings.Contains(string(text), Bounces); got != signUps || reports != signUps {
			t.Errorf("with sign-ups %v: described: %v", signUps, got)
		}
		for _, r := range a.routes {
			if strings.HasPrefix(r.Path, Subscriptions) || strings.HasPrefix(r.Path, Bounces) {
				t.Errorf("%s is answered here", r.Path)
			}
		}
	}
	doc := New("", "", true, nil).openAPI
	for path, statuses := range map[string][]string{Subscriptions: {"202", "400", "403", "404", "410", "415", "422", "429", "503"}, Subscriptions + "/{id}/confirm": {"200", "400", "403", "404", "410", "415", "422", "429", "503"},
		Bounces: {"200", "400", "401", "404", "413", "422", "429", "503"}} {
		o := doc.Paths[path].Post
		var all []string
		for status := range o.Responses {
			all = append(all, status)
		}
		if slices.Sort(all); fmt.Sprint(all) != fmt.Sprint(statuses) || o.RequestBody.Content["application/json"].Example == nil {
			t.Errorf("%s: %v", path, all)
		}
	}
	if needs := doc.Paths[Bounces].Post.Security; len(needs) != 1 || doc.Components.SecuritySchemes["bounces"] == nil {
		t.Errorf("bounces can be reported with %v", needs)
	}
	if doc.Paths[Subscriptions+"/challenge"].Get.Responses[fmt.Sprint(http.StatusOK)] == nil {
		t.Error("the challenge is not described")
	}
	for _, name := range []string{"Subscription", "Subscribed", "Code", "Confirmed", "Challenge", "ReportedEvents", "ReportedEvent", "Received"} {
		s := doc.Components.Schemas.Map()[name]
		for member, m := range s.Properties {
			if m.Description == "" || len(m.Examples)+len(m.Enum) == 0 && m.Items == nil {
				t.Errorf("%s.%s: %q, examples %v", name, member, m.Description, m.Examples)
			}
		}
	}
}

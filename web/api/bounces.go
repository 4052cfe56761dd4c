package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

// Bounces is the address to which services report what becomes of mails to readers. Package
// bounce answers there; here it is described.
const Bounces = root + "/bounces"

// ReportedEvents are what a service reports.
type ReportedEvents struct {
	Events []ReportedEvent `json:"events" doc:"All of them count, or none." minItems:"1" maxItems:"1000"`
}

// ReportedEvent is what became of one mail.
type ReportedEvent struct {
	ID      string `json:"id" doc:"Names the event, so that it counts once however often it is sent." example:"evt-1" maxLength:"200"`
	Type    string `json:"type" doc:"hard: there is no such mailbox. soft: it takes nothing now. complaint: the reader says that it is spam. delivered: it arrived." enum:"hard,soft,complaint,delivered" example:"hard"`
	Address string `json:"address,omitempty" doc:"To whom the mail went. This or return is needed." example:"reader@example.com" maxLength:"254"`
	Return  string `json:"return,omitempty" doc:"What has the mail's token in it: its envelope sender, or its header X-Watch287g-Return. With the address, too, the figures are exact." example:"bounces+TOKEN@example.org"`
	Reason  string `json:"reason,omitempty" doc:"What the other server said. The status in it is kept, and nothing else." example:"550 5.1.1 no such user"`
	At      string `json:"at,omitempty" doc:"When, by RFC 3339; now, where it is left out." example:"2026-03-02T11:00:00Z" format:"date-time"`
}

// Received says how many events were taken, whoever is known.
type Received struct {
	Received int `json:"received" doc:"How many events were taken." example:"1"`
}

// report describes how bounces and complaints are reported.
func report(api huma.API) {
	type body[T any] struct{ Body T }
	const secret = "bounces"
	example := ReportedEvents{[]ReportedEvent{{ID: "evt-1", Type: "hard", Address: "reader@example.com", Reason: "550 5.1.1 no such user"}}}
	doc := api.OpenAPI()
	if doc.Components.SecuritySchemes == nil {
		doc.Components.SecuritySchemes = map[string]*huma.SecurityScheme{}
	}
	doc.Components.SecuritySchemes[secret] = &huma.SecurityScheme{Type: "http", Scheme: "bearer", Description: "The secret that readers.bounces.secret has in the configuration."}
	huma.Register(api, huma.Operation{OperationID: "report-bounces", Method: http.MethodPost, Path: Bounces, Summary: "Report bounces, complaints and deliveries",
		Description:   "For the service that carries the mails to readers, with the secret of this site. At most 1 MiB. The answer says nothing of whether an address is known.",
		DefaultStatus: http.StatusOK, MaxBodyBytes: 1 << 20, Security: []map[string][]string{{secret: {}}}, Metadata: map[string]any{elsewhere: answered{"bounces", reportFailures, example}}},
		func(context.Context, *body[ReportedEvents]) (*body[Received], error) { return nil, nil }) //nolint:nilnil // it is not called
}

// reportFailures are the errors of reporting, by status.
var reportFailures = map[int]string{
	http.StatusBadRequest:            "The JSON cannot be read, or has a member that is not known.",
	http.StatusUnauthorized:          "The header Authorization does not have the secret.",
	http.StatusNotFound:              "This site takes no reports, as it has no secret for them.",
	http.StatusRequestEntityTooLarge: "It is more than 1 MiB.",
	http.StatusUnprocessableEntity:   "An event makes no sense, or there are none, or too many. Nothing was taken.",
	http.StatusTooManyRequests:       "Your requests were refused too often in this minute.",
}

package api

import (
	"context"
	"maps"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/watch287g/watch287g/roster"
)

// Subscriptions is the address under which readers are signed up for mail. Package signup
// answers there; here it is described.
const Subscriptions = root + "/subscriptions"

// Subscription is what somebody asks to be told by mail.
type Subscription struct {
	Address  string         `json:"address" doc:"The email address. A mail goes there that asks for a confirmation, and nothing else before it is confirmed." example:"ana@example.org" maxLength:"254"`
	Nation   bool           `json:"nation,omitempty" doc:"Everything in the United States." example:"false"`
	States   []string       `json:"states,omitempty" doc:"States by postal code." example:"[\"TX\"]"`
	Counties []string       `json:"counties,omitempty" doc:"Counties by FIPS code, or by name with their state." example:"[\"48201\"]"`
	Places   []string       `json:"places,omitempty" doc:"ZIP codes, or towns with their state: all agencies in the counties that they are in." example:"[\"Houston, TX\"]"`
	Agencies []string       `json:"agencies,omitempty" doc:"Agencies by id." example:"[\"TX-harris-county-sheriffs-office\"]"`
	Kinds    []roster.Kind  `json:"kinds,omitempty" doc:"Kinds of change; all but detail, document and page where it is left out."`
	Models   []roster.Model `json:"models,omitempty" doc:"Models; all where it is left out." example:"[\"TFM\"]"`
	Cadence  string         `json:"cadence,omitempty" doc:"How often; instant, as it happens, where it is left out." example:"daily"`
	Language string         `json:"language,omitempty" doc:"The language of the mails; en where it is left out." example:"es"`
	Proof    string         `json:"proof,omitempty" doc:"A proof of work for a challenge: the challenge, a colon, and as many numbers as there are puzzles, with commas between them. The SHA-256 of CHALLENGE:I:NUMBER, where I counts the puzzles from 0, begins with as many zero bits as the challenge asks for. Each counts once. Without one, far fewer sign-ups are taken." example:"AAAAAGkmvKQ:5023,118"`
}

// Subscribed says that a sign-up waits for its confirmation. It is the same whether or
// not the address is known.
type Subscribed struct {
	ID        string    `json:"id" doc:"What the confirmation is sent to." example:"mfrggzdfmztwq2lknnwg23tpob"`
	CodeUntil time.Time `json:"code_until" doc:"Until when the six digits of the mail count." example:"2025-06-11T15:00:00Z"`
	LinkUntil time.Time `json:"link_until" doc:"Until when the link of the mail counts. After that all of it is deleted." example:"2025-06-18T14:00:00Z"`
}

// Code is what confirms a sign-up.
type Code struct {
	Code string `json:"code" doc:"The six digits of the mail. Spaces do not matter." example:"123456" maxLength:"40"`
}

// Confirmed says what is followed from now on.
type Confirmed struct {
	Manage   string   `json:"manage" doc:"The page on which this is changed or ended. Whoever has its address can do so." example:"https://287g.example.org/subscribe/me/AAAA"`
	Follows  []string `json:"follows" doc:"What is followed, in words." example:"[\"Harris County, Texas\"]"`
	Cadence  string   `json:"cadence" doc:"How often." example:"instant"`
	Language string   `json:"language" doc:"The language of the mails." example:"en"`
}

// Challenge is what a proof of work is about.
type Challenge struct {
	Challenge string    `json:"challenge" doc:"The challenge." example:"AAAAAGkmvKQ"`
	Puzzles   int       `json:"puzzles" doc:"How many puzzles there are." example:"16"`
	Bits      int       `json:"bits" doc:"With how many zero bits each hash has to begin." example:"14"`
	Until     time.Time `json:"until" doc:"Until when it counts." example:"2025-06-11T15:00:00Z"`
}

// signUp describes how readers are signed up.
func signUp(api huma.API) {
	type body[T any] struct{ Body T }
	type confirm struct {
		ID   string `path:"id" doc:"The id of the sign-up." example:"mfrggzdfmztwq2lknnwg23tpob"`
		Body Code
	}
	operation := func(id, method, path, summary, says string, status int) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, Description: says, DefaultStatus: status, Metadata: map[string]any{elsewhere: answered{"subscriptions", signUpFailures, nil}}}
	}
	huma.Register(api, operation("subscribe", http.MethodPost, Subscriptions, "Sign a reader up for mail",
		"Asks an address for its confirmation. The answer says nothing of whether the address is known, and scripts of other sites cannot send it.", http.StatusAccepted),
		func(context.Context, *body[Subscription]) (*body[Subscribed], error) { return nil, nil }) //nolint:nilnil // it is not called
	huma.Register(api, operation("subscribe-confirm", http.MethodPost, Subscriptions+"/{id}/confirm", "Confirm a sign-up by the six digits of the mail",
		"Five codes can be tried. A link in the mail does the same.", http.StatusOK),
		func(context.Context, *confirm) (*body[Confirmed], error) { return nil, nil }) //nolint:nilnil // it is not called
	huma.Register(api, operation("subscribe-challenge", http.MethodGet, Subscriptions+"/challenge", "A challenge for a proof of work",
		"What a program works on before it signs a reader up, some 260,000 hashes.", http.StatusOK),
		func(context.Context, *struct{}) (*body[Challenge], error) { return nil, nil }) //nolint:nilnil // it is not called
}

// describeElsewhere says what those operations answer that are only described here.
func describeElsewhere(doc *huma.OpenAPI, o *huma.Operation, problem *huma.Schema) {
	by, _ := o.Metadata[elsewhere].(answered)
	o.Tags = []string{by.tag}
	delete(o.Responses, "default")
	for status, response := range o.Responses {
		if code, _ := strconv.Atoi(status); code >= http.StatusBadRequest {
			delete(o.Responses, status) // huma's own
			continue
		}
		response.Description = "What came of it."
		body := response.Content["application/json"]
		body.Example = exampleOf(doc, body.Schema)
	}
	refused := map[int]string{http.StatusServiceUnavailable: "The service cannot be reached; ask again in a minute."}
	if o.RequestBody != nil {
		sent := o.RequestBody.Content["application/json"]
		if sent.Example = by.example; by.example == nil {
			sent.Example = exampleOf(doc, sent.Schema)
		}
		maps.Copy(refused, by.failures)
	}
	for status, says := range refused {
		o.Responses[strconv.Itoa(status)] = &huma.Response{Description: says, Content: map[string]*huma.MediaType{"application/problem+json": {Schema: problem}}}
	}
}

// signUpFailures are the errors of signing up and confirming, by status.
var signUpFailures = map[int]string{
	http.StatusBadRequest:           "The JSON cannot be read, or has a member that is not known.",
	http.StatusForbidden:            "A page of another site sent it.",
	http.StatusNotFound:             "There is no such sign-up: it was confirmed already, or is older than a week.",
	http.StatusGone:                 "The digits have expired, or were tried too often. The link of the mail still counts.",
	http.StatusUnsupportedMediaType: "It is not sent as application/json.",
	http.StatusUnprocessableEntity:  "The address, a place or a value makes no sense, or the digits are wrong.",
	http.StatusTooManyRequests:      "A limit is used up: of the address, its provider, your network, or all. Retry-After says when it is not, at the latest.",
}

// saysElsewhere is what the document says of the groups of operations that are only
// described here.
var saysElsewhere = map[string]string{
	"subscriptions": "Mail to readers who signed up. What is sent here counts against the same limits as the form of the site.",
	"bounces":       "What becomes of mails to readers, reported by the service that carries them. It is for whoever runs this site.",
}

// elsewhere marks an operation that is only described here, by what it answers with.
const elsewhere = "elsewhere"

// answered says how an operation is described that is only described here.
type answered struct {
	tag      string
	failures map[int]string // by status, of those with a body
	example  any            // of what is sent; nil: what is required of it
}

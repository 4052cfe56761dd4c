package export

import (
	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// The columns of each table, and what they hold. Programs read them by their names and
// places: new ones go to the end.

// What several tables say in the same words.
const (
	saysAgreementID = "Id of the agreement or pending entry. It never changes."
	saysAgencyID    = "Id of the agency. It never changes, whatever ICE calls the agency later."
	saysState       = "Postal code of the state, of the District of Columbia and the territories, too."
	saysStateName   = "Name of the state."
	saysAgency      = "The agency as ICE spells it, with spaces and apostrophes mended."
	saysCounty      = "The county as ICE prints it. Empty where it prints none."
	saysFIPS        = "FIPS code of the county that the agency counts for. Empty for an agency of the whole state, and where the county is not known."
	saysCountyName  = "Name of that county by the Census Bureau."
	saysOthers      = "FIPS codes of further counties that the town or the agency is in, separated by spaces."
	saysPlacedBy    = "What the county is known by: ICE's county column, the agency's name, the town in it, or another row of the agency. Statewide for an agency of the whole state; empty where the county is not known."
	saysLatitude    = "Latitude of the middle of the county, in degrees north. Empty without a county."
	saysLongitude   = "Longitude of the middle of the county, in degrees east of Greenwich, negative to the west of it. Empty without a county."
	saysType        = "Kind of agency according to ICE. Empty where it gives none."
	saysModel       = "JEM (Jail Enforcement Model), TFM (Task Force Model), WSO (Warrant Service Officer), or what ICE prints where that is none of these."
	saysSigned      = "Day of signing according to ICE. Empty where it gives none, as on the pending list."
	saysMOA         = "Where ICE links the memorandum of agreement. Empty for none."
	saysLicense     = "License of the compilation, by its SPDX name."

	exampleAgreement = "TX-lampasas-county-sheriffs-office#WSO#2025-06-05"
	exampleAgency    = "TX-lampasas-county-sheriffs-office"
	exampleName      = "Lampasas County Sheriff's Office"
	exampleChange    = "chg_01b7ilcpu0bkm13frg8vvj"
	exampleSHA256    = "3c9f1dd4fa7b6b8a0e2c5d7f9a1b3c5d7e9f0a2b4c6d8e0f1a3b5c7d9e1f3a5b"
	exampleTime      = "2025-06-06T21:00:00Z"
	exampleMOA       = "https://www.ice.gov/doclib/287gMOA/LampasasCountySO.pdf"
)

// agreementColumns are the columns of agreements.
func agreementColumns() []column[agreement] {
	type row = *agreement
	return []column[agreement]{
		{name: "id", width: 46, code: true, required: true, example: exampleAgreement, says: saysAgreementID, value: func(a row) any { return a.ID }},
		{name: "agency_id", width: 38, code: true, required: true, example: exampleAgency, says: saysAgencyID, value: func(a row) any { return a.AgencyID }},
		{name: "state", width: 7, required: true, values: values(roster.States()), example: "TX", says: saysState, value: func(a row) any { return string(a.State) }},
		{name: "agency", width: 44, required: true, example: exampleName, says: saysAgency, value: func(a row) any { return a.Agency }},
		{name: "county", width: 22, example: "Lampasas", says: saysCounty, value: func(a row) any { return a.County }},
		{name: "county_fips", width: 13, pattern: fips, example: "48281", says: saysFIPS, value: func(a row) any { return a.FIPS }},
		{name: "type", width: 13, values: values(roster.Types()), example: "county", says: saysType, value: func(a row) any { return string(a.Type) }},
		{name: "model", width: 9, required: true, example: "WSO", says: saysModel, value: func(a row) any { return string(a.Model) }},
		{name: "status", width: 10, required: true, values: values(roster.Statuses()), example: "active",
			says: "Where the lists in force have it: active on the participating list, pending on the pending list, ended on neither.", value: func(a row) any { return string(a.Status) }},
		{name: "signed", width: 12, example: "2025-06-05", says: saysSigned, value: func(a row) any { return a.Signed }},
		{name: "since", width: 20, required: true, example: exampleTime, says: "When this time on the list began; for a pending entry, when its application did, which goes on where the entry was back before it was withdrawn.", value: func(a row) any { return a.Since }},
		{name: "until", width: 20, example: "2025-09-02T13:30:00Z", says: "When the last time on the list ended. Empty while it lasts.", value: func(a row) any { return a.Until }},
		{name: "pending_since", width: 20, example: "2025-05-20T13:30:00Z", says: "When the agency was first listed as pending for the model. Empty where it was not.", value: func(a row) any { return a.PendingSince }},
		{name: "rows", width: 7, required: true, example: "1", says: "Rows of ICE's list that name it.", value: func(a row) any { return 1 + a.Duplicates }},
		{name: "moa_url", width: 50, example: exampleMOA, says: saysMOA, value: func(a row) any { return link(a.MOA) }},
		{name: "addendum_url", width: 30, example: "https://www.ice.gov/doclib/287gMOA/addendum.pdf", says: "Where ICE links an addendum. Empty for none.", value: func(a row) any { return link(a.Addendum) }},
		{name: "baseline", width: 10, required: true, example: "false", says: "Whether it was on the first list of this record, so that it may have been listed before since.", value: func(a row) any { return a.Baseline }},
		{name: "county_name", width: 22, example: "Lampasas County", says: saysCountyName, value: func(a row) any { return a.Name }},
		{name: "other_county_fips", width: 18, example: "48027 48053", says: saysOthers, value: func(a row) any { return a.Others }},
		{name: "placed_by", width: 12, values: bases(), example: "county", says: saysPlacedBy, value: func(a row) any { return a.By }},
		{name: "source_sha256", origin: true, pattern: sha256, example: exampleSHA256, says: "SHA-256 of the list in force that names it; /publications/SHA256 has more of it. Empty for what is on neither list.", value: func(a row) any { return a.SHA256 }},
		{name: "licence", origin: true, required: true, values: []string{licenceID}, example: licenceID, says: saysLicense, value: func(a row) any { return a.License }},
		{name: "state_name", width: 18, required: true, example: "Texas", says: saysStateName, value: func(a row) any { return a.StateName }},
		{name: "latitude", width: 10, example: "31.196", says: saysLatitude, value: func(a row) any { return a.Latitude }},
		{name: "longitude", width: 10, example: "-98.242", says: saysLongitude, value: func(a row) any { return a.Longitude }},
	}
}

// changeColumns are the columns of changes. They name no source: a change names its
// publication anyway. One of ICE's page has no agreement.
func changeColumns() []column[change] {
	type row = *change
	return []column[change]{
		{name: "id", width: 28, code: true, required: true, example: exampleChange, says: "Id of the change, the same in messages, feeds and the API. It never changes.", value: func(c row) any { return c.ID }},
		{name: "seq", width: 8, code: true, required: true, example: "4061", says: "Number of the change, from 1 without gaps in the order of detection.", value: func(c row) any { return int(c.Seq) }},
		{name: "kind", width: 11, required: true, values: values(roster.Kinds()), example: "new", says: "What happened.", value: func(c row) any { return string(c.Kind) }},
		{name: "detected_at", width: 20, required: true, example: exampleTime, says: "When this service saw the change.", value: func(c row) any { return c.DetectedAt }},
		{name: "state", width: 7, values: values(roster.States()), example: "TX", says: saysState, value: func(c row) any { return string(c.Agreement.State) }},
		{name: "agency", width: 44, example: exampleName, says: saysAgency, value: func(c row) any { return c.Agreement.Agency }},
		{name: "agency_id", width: 38, code: true, example: exampleAgency, says: saysAgencyID, value: func(c row) any { return c.Agreement.AgencyID }},
		{name: "county", width: 22, example: "Lampasas", says: saysCounty, value: func(c row) any { return c.Agreement.County }},
		{name: "type", width: 13, values: values(roster.Types()), example: "county", says: saysType, value: func(c row) any { return string(c.Agreement.Type) }},
		{name: "model", width: 9, example: "WSO", says: saysModel, value: func(c row) any { return string(c.Agreement.Model) }},
		{name: "signed", width: 12, example: "2025-06-05", says: saysSigned, value: func(c row) any { return c.Agreement.Signed }},
		{name: "pending_since", width: 15, example: "2025-05-20", says: "Day in Washington from which the agency was listed as pending for the model. Empty where it was not.", value: func(c row) any { return c.PendingSince }},
		{name: "listed_since", width: 14, example: "2025-03-03", says: "For an end, the first day of the time on the list, or of a pending entry's application, in Washington. Empty for other kinds.", value: func(c row) any { return c.ListedSince }},
		{name: "certainty", width: 11, required: true, values: values([]roster.Certainty{roster.Certain, roster.Likely}), example: "certain",
			says: "Whether it is certain or only likely that the rows of two lists are one agreement. ICE gives no ids.", value: func(c row) any { return string(c.Certainty) }},
		{name: "fields", width: 50, example: "agency: Lampass County Sheriff's Office → Lampasas County Sheriff's Office", says: "What changed of the agreement, as name: before → after, separated by semicolons. Empty for other kinds.",
			value: func(c row) any { return amendments(c.Fields) }},
		{name: "takes_back", width: 28, code: true, example: exampleChange, says: "Id of the change that this one corrects. Empty for none.", value: func(c row) any { return c.Corrects }},
		{name: "moa_url", width: 50, example: exampleMOA, says: saysMOA, value: func(c row) any { return link(c.Agreement.MOA) }},
		{name: "agreement_id", width: 46, code: true, example: exampleAgreement, says: saysAgreementID, value: func(c row) any { return c.Agreement.ID }},
		{name: "list", width: 14, required: true, values: values(roster.Lists()), example: "participating", says: "Which of ICE's two lists is the evidence.", value: func(c row) any { return string(c.Publication.List) }},
		{name: "file", width: 38, required: true, example: "participatingAgencies06062025pm.xlsx", says: "Name of ICE's file. ICE's names are often wrong: the hash says which file it is.", value: func(c row) any { return c.Publication.File }},
		{name: "sha256", width: 66, code: true, required: true, pattern: sha256, example: exampleSHA256, says: "SHA-256 of the bytes that ICE published: which file it is. /publications/SHA256 has more of it.", value: func(c row) any { return c.Publication.SHA256 }},
		{name: "row", width: 7, required: true, example: "214", says: "Row in ICE's sheet, whose header is row 1; 0 where the news is that there is none.", value: func(c row) any { return c.Publication.Row }},
		{name: "published_at", width: 20, required: true, example: exampleTime, says: "When ICE published the list, by its server's clock where that can be right, and else when it was seen.", value: func(c row) any { return c.Publication.PublishedAt }},
		{name: "text", width: 100, required: true, example: "Texas: ICE now lists a Warrant Service Officer agreement with Lampasas County Sheriff's Office, signed June 5, 2025, according to ICE.",
			says: "The change in sentences.", value: func(c row) any { return c.Text }},
		{name: "county_fips", width: 13, pattern: fips, example: "48281", says: saysFIPS, value: func(c row) any { return c.place.FIPS }},
		{name: "at_least", width: 10, required: true, example: "false", says: "Whether pending_since or listed_since is the first day of this record, so that it may have been earlier.", value: func(c row) any { return c.SinceIsLowerBound }},
		{name: "county_name", width: 22, example: "Lampasas County", says: saysCountyName, value: func(c row) any { return c.place.Name }},
		{name: "other_county_fips", width: 18, example: "48027 48053", says: saysOthers, value: func(c row) any { return c.place.Others }},
		{name: "placed_by", width: 12, values: bases(), example: "county", says: saysPlacedBy, value: func(c row) any { return c.place.By }},
		{name: "licence", origin: true, required: true, values: []string{licenceID}, example: licenceID, says: saysLicense, value: func(c row) any { return c.License }},
		{name: "state_name", width: 18, example: "Texas", says: saysStateName, value: func(c row) any { return c.place.StateName }},
		{name: "latitude", width: 10, example: "31.196", says: saysLatitude, value: func(c row) any { return c.place.Latitude }},
		{name: "longitude", width: 10, example: "-98.242", says: saysLongitude, value: func(c row) any { return c.place.Longitude }},
		{name: "text_es", width: 100, required: true, example: "Texas: La lista de ICE incluye ahora un acuerdo del modelo de oficial de servicio de órdenes (Warrant Service Officer) con Lampasas County Sheriff's Office, firmado el 5 de junio de 2025, según ICE.",
			says: "The change in sentences, in Spanish. Shorter for changes of before there was Spanish.", value: func(c row) any { return prose.Spanish.TextOf(c.Change) }},
		{name: "document_event", width: 14, values: []string{"linked", "replaced", "moved", "gone", "back", "no_document"}, example: "replaced", says: "What happened to the document behind a link. Empty for all but documents, and where only the link of ICE's list changed.",
			value: func(c row) any { return string(documentOf(c.Change).Event) }},
		{name: "document_problem", width: 14, example: "web_page", says: "Why what is linked is not the document of the agreement. Empty for none.", value: func(c row) any { return string(documentOf(c.Change).Problem) }},
		{name: "document_url", width: 50, example: exampleMOA, says: "Address of the document that the change is about. Empty for none.", value: func(c row) any { return link(documentOf(c.Change).URL) }},
		{name: "document_sha256", width: 66, code: true, pattern: sha256, example: exampleSHA256, says: "SHA-256 of the document that was found. Empty for none.", value: func(c row) any { return documentOf(c.Change).SHA256 }},
	}
}

// documentOf is what a change says of a document; nothing where it says nothing.
func documentOf(c roster.Change) roster.DocumentNews {
	if c.Document == nil {
		return roster.DocumentNews{}
	}
	return *c.Document
}

// misfitColumns are the columns of what is not placed.
func misfitColumns() []column[Misfit] {
	type row = *Misfit
	return []column[Misfit]{
		{name: "id", required: true, example: exampleAgreement, says: saysAgreementID, value: func(m row) any { return m.ID }},
		{name: "state", values: values(roster.States()), example: "TX", says: saysState, value: func(m row) any { return string(m.State) }},
		{name: "agency", required: true, example: "Elm Creek Constables", says: saysAgency, value: func(m row) any { return m.Agency }},
		{name: "county", example: "see MOA", says: saysCounty, value: func(m row) any { return m.County }},
		{name: "type", values: values(roster.Types()), example: "county", says: saysType, value: func(m row) any { return string(m.Type) }},
		{name: "model", required: true, example: "WSO", says: saysModel, value: func(m row) any { return string(m.Model) }},
		{name: "status", required: true, values: values(roster.Statuses()), example: "active",
			says: "Where the lists in force have it.", value: func(m row) any { return string(m.Status) }},
		{name: "why", required: true, example: "names no county or town of Texas", says: "Why its county is not known.", value: func(m row) any { return m.Why }},
		{name: "state_name", example: "Texas", says: saysStateName, value: func(m row) any { return m.State.Name() }},
	}
}

// The patterns of texts, as JSON Schema has them.
const (
	fips   = "[0-9]{5}"
	sha256 = "[0-9a-f]{64}"
)

func values[T ~string](all []T) []string {
	list := make([]string, len(all))
	for i, v := range all {
		list[i] = string(v)
	}
	return list
}

func bases() []string {
	return values([]place.Basis{place.ByCell, place.ByName, place.ByTown, place.ByOther, place.Statewide})
}

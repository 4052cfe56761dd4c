package prose

import (
	"time"

	"github.com/watch287g/watch287g/roster"
)

// published is 4 p.m. on July 3, 2025, in Washington.
var published = time.Date(2025, 7, 3, 20, 0, 0, 0, time.UTC)

func agreement(state roster.State, agency, county string, typ roster.Type, model roster.Model, signed roster.Date) roster.Agreement {
	return roster.Agreement{State: state, Agency: agency, County: county, Type: typ, Model: model, Signed: signed}
}

func change(kind roster.Kind, list roster.List, a roster.Agreement) roster.Change {
	return roster.Change{Kind: kind, Publication: roster.Evidence{List: list, PublishedAt: published}, Agreement: a, Certainty: roster.Certain}
}

func lampasas() roster.Agreement {
	return agreement("TX", "Lampasas County Sheriff's Office", "Lampasas County", roster.TypeCounty, roster.WSO, "2025-06-15")
}

func morgan() roster.Agreement {
	return agreement("WV", "Morgan County Sheriff's Office", "Morgan County", roster.TypeCounty, roster.TFM, "")
}

func bartow() roster.Agreement {
	return agreement("FL", "Bartow Police Department", "Polk County", roster.TypeMunicipality, roster.TFM, "2025-04-10")
}

func palmBay() roster.Agreement {
	return agreement("FL", "Palm Bay Police Department", "Brevard County", roster.TypeMunicipality, roster.TFM, "2025-07-02")
}

package prose

// englishCoverage holds what is said of counties and residents that agreements cover.
var englishCoverage = map[key]string{
	"coverage.when":         "As of {date}, {said}",
	"coverage.some":         "ICE lists an active agreement with {agency} in {covered} of {whole}{residents}.",
	"coverage.some.past":    "ICE listed an active agreement with {agency} in {covered} of {whole}{residents}.",
	"coverage.all":          "ICE lists an active agreement with {agency} in all {all}{residents}.",
	"coverage.all.past":     "ICE listed an active agreement with {agency} in all {all}{residents}.",
	"coverage.none":         "ICE lists no active agreement with {agency} in any of {whole}.",
	"coverage.none.past":    "ICE listed no active agreement with {agency} in any of {whole}.",
	"coverage.live":         ", where {share} of {whose} residents live ({living} of {residents} in {year}, by the Census Bureau)",
	"coverage.live.all":     ", where all of {whose} residents live ({residents} in {year}, by the Census Bureau)",
	"coverage.agency":       "the sheriff or another county agency",
	"coverage.agency.LA":    "the sheriff or another parish agency",
	"coverage.agency.AK":    "a borough agency",
	"coverage.counties":     "{n} county|{n} counties",
	"coverage.equivalent":   "{n} county and county equivalents|{n} counties and county equivalents",
	"coverage.counties.AK":  "{n} borough or census area|{n} boroughs and census areas",
	"coverage.counties.LA":  "{n} parish|{n} parishes",
	"coverage.counties.VA":  "{n} county or independent city|{n} counties and independent cities",
	"coverage.nation":       "the nation's {counties}",
	"coverage.place":        "the {counties} of {place}",
	"coverage.place.all":    "{counties} of {place}",
	"coverage.whose":        "the state's",
	"coverage.whose.nation": "its",

	"coverage.portion":       "{n}%",
	"coverage.portion.least": "<0.1%",
	"coverage.portion.most":  ">99.9%",
	"coverage.of":            "{n} of {whole}",
	"coverage.unknown":       "not known",
}

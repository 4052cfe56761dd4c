package diff

import "strings"

// The words of agencies' names: what ICE abbreviates, what says nothing, and what
// merely says which kind of body an agency is.

// writtenOut are the abbreviations that agencies' names are printed with.
var writtenOut = map[string]string{
	"agcy": "agency", "atty": "attorney", "auth": "authority", "bch": "beach", "bd": "board", "bocc": "board county commissioner",
	"boro": "borough", "brgh": "borough", "bur": "bureau", "cnstbl": "constable", "cnty": "county", "co": "county",
	"comm": "commission", "commr": "commissioner", "commrs": "commissioner", "const": "constable", "corr": "correction",
	"cty": "county", "ctr": "center", "dep": "department", "dept": "department", "depts": "department", "det": "detention",
	"dist": "district", "div": "division", "doc": "department correction", "dpt": "department", "dps": "department public safety",
	"enf": "enforcement", "ft": "fort", "gov": "government", "govt": "government", "hgts": "heights", "hts": "heights",
	"hwy": "highway", "inv": "investigation", "isl": "island", "mt": "mount", "natl": "national", "ofc": "office", "off": "office",
	"pcnt": "precinct", "pct": "precinct", "pd": "police department", "prct": "precinct", "prec": "precinct", "ptl": "patrol",
	"reg": "regional", "shf": "sheriff", "so": "sheriff office", "spg": "spring", "spgs": "springs", "st": "saint", "svc": "service",
	"svcs": "service", "tnshp": "township", "twnshp": "township", "twp": "township", "univ": "university", "vlg": "village",
	"attorneys": "attorney", "commissioners": "commissioner", "constables": "constable", "correctional": "correction",
	"corrections": "correction", "investigations": "investigation", "marshals": "marshal", "officers": "officer",
	"resources": "resource", "services": "service", "sheriffs": "sheriff", "trustees": "trustee",
}

// smallWords say nothing.
var smallWords = map[string]bool{"of": true, "the": true, "and": true, "for": true, "in": true, "s": true, "at": true}

// generic are the words that agencies of one kind share.
var generic = wordSet(`agency agricultural agriculture attorney authority board bureau campus commission conservation commissioner constable correction
	county court criminal department detention district division enforcement environmental facility financial fish force general government
	guard highway homeland investigation jail judicial justice law marshal municipal national natural office officer
	parish patrol police precinct prison probation protection public regional resource safety security service sheriff state system task
	transportation trustee warden wildlife`)

// filler are the generic words that one name of an agency has and another one
// lacks: "Office", "Department".
var filler = wordSet(`agency department office`)

// commonWords are common words of names that ICE misprints, with the number of wrong
// letters that are forgiven. "Marshal" and "warden" are left out: Marshall and
// Warren are counties. So is "state", which is "Staten" or "Slate".
var commonWords = []commonWord{
	{"commissioner", 3}, {"constable", 2}, {"correction", 2}, {"county", 1}, {"department", 2},
	{"detention", 2}, {"district", 2}, {"division", 2}, {"enforcement", 2}, {"office", 1}, {"police", 1},
	{"precinct", 2}, {"sheriff", 2}, {"attorney", 2}, {"borough", 1}, {"bureau", 1}, {"college", 1},
	{"commission", 2}, {"investigation", 2}, {"patrol", 1}, {"public", 1}, {"safety", 1}, {"security", 1},
	{"township", 2}, {"trustee", 1}, {"university", 2},
}

// commonWord is a word and how many letters of it may be misprinted.
type commonWord struct {
	word  string
	slips int
}

// kinds are the bodies that a word shows. The first that fits counts.
var kinds = []struct{ word, kind string }{
	{"sheriff", "sheriff"}, {"constable", "constable"}, {"marshal", "marshal"}, {"attorney", "attorney"},
	{"correction", "jail"}, {"jail", "jail"}, {"prison", "jail"}, {"detention", "jail"}, {"commissioner", "commissioners"},
	{"trustee", "trustees"}, {"guard", "guard"}, {"police", "police"}, {"patrol", "police"}, {"safety", "police"},
}

// sideWords distinguish places of one name.
var sideWords = wordSet(`north south east west northern southern eastern western northeast northwest southeast southwest
	upper lower new old central middle great little big`)

// compass are the letters that stand for a side before the name of a place.
var compass = map[string]string{"n": "north", "s": "south", "e": "east", "w": "west"}

// forms are the kinds of municipality; two of one name are two agencies. The value
// says whether the word is one anywhere in a name: "Panama City" is a name.
var forms = map[string]bool{"city": false, "town": false, "village": false, "township": true, "borough": true}

// numbered are the words that a number or a letter follows.
var numbered = wordSet("area beat district division group post precinct region troop unit ward zone")

var ordinals = map[string]string{
	"first": "1", "second": "2", "third": "3", "fourth": "4", "fifth": "5", "sixth": "6", "seventh": "7", "eighth": "8",
	"ninth": "9", "tenth": "10", "eleventh": "11", "twelfth": "12", "thirteenth": "13", "fourteenth": "14", "fifteenth": "15",
	"sixteenth": "16", "seventeenth": "17", "eighteenth": "18", "nineteenth": "19", "twentieth": "20",
	"one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9", "ten": "10",
	"ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9",
}

func wordSet(s string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(s) {
		set[w] = true
	}
	return set
}

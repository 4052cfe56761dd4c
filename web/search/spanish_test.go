package search

import "testing"

func TestInEnglish(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"Nuevo México":                      "New Mexico",
		"nuevo mexico":                      "New Mexico",
		"carolina del norte":                "North Carolina",
		"Condado de Harris, Texas":          "Harris County, Texas",
		"condado de santa fe, nuevo méxico": "santa fe County, New Mexico",
		"Parroquia de Orleans, Luisiana":    "Orleans Parish, Louisiana",
		"sheriff Luisiana":                  "sheriff Louisiana",
		"Houston, TX":                       "Houston, TX",
		"77001":                             "77001",
		"Virginia":                          "Virginia",
		"Virginia Occidental":               "West Virginia",
		"condado de":                        "condado de",
		"  two  words ":                     "  two  words ",
		"":                                  "",
	} {
		if got := InEnglish(typed); got != want {
			t.Errorf("%q is %q, want %q", typed, got, want)
		}
	}
}

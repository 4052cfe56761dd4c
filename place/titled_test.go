package place_test

import (
	"testing"

	"github.com/watch287g/watch287g/place"
)

func TestTitled(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"houston": "Houston", "HOUSTON": "Houston", "hOUSTON": "Houston", "HoUston": "Houston", "los angeles": "Los Angeles",
		"o'fallon": "O'Fallon", "O'FALLON": "O'Fallon", "O'Fallon": "O'Fallon", "ofallon": "O'Fallon", "o'": "O'", "lee's summit": "Lee's Summit",
		"mcallen": "McAllen", "McAllen": "McAllen", "MCALLEN": "McAllen", "mc": "Mc", "mc rae": "Mc Rae",
		"d'iberville": "D'Iberville", "coeur d'alene": "Coeur d'Alene", "l'anse": "L'Anse", "isle Of palms": "Isle of Palms", "fond du lac": "Fond du Lac",
		"DeSoto": "DeSoto", "desoto": "Desoto", "DESOTO": "Desoto", "LaGrange": "LaGrange", "wilkes-barre": "Wilkes-Barre", "st. louis": "St. Louis", "cañon city": "Cañon City", "": "", "-": "-",
	} {
		if got := place.Titled(typed); got != want {
			t.Errorf("%q is written %q, want %q", typed, got, want)
		}
	}
}

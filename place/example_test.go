package place_test

import (
	"fmt"

	"github.com/watch287g/watch287g/place"
)

// Two towns in Texas are called Lakeside, each in a county of its own; Amarillo is
// in two counties, the one with most of it first.
func ExampleTowns() {
	fmt.Println(place.Towns("TX", "Lakeside"))
	fmt.Println(place.Towns("TX", "AMARILLO"))
	fmt.Println(place.Towns("TX", "Saint Hedwig"), place.Towns("TX", "St. Hedwig"))
	fmt.Println(place.Towns("TX", "Nowhere"))
	// Output:
	// [[48409] [48439]]
	// [[48375 48381]]
	// [[48029]] [[48029]]
	// []
}

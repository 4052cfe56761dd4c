package diff

import "context"

// Updated is Update where nothing stops it.
func Updated(in Input) Result {
	o, err := Update(context.Background(), in)
	if err != nil {
		panic(err)
	}
	return o
}

package roster

import (
	"sync"
	"time"
	_ "time/tzdata" // so that a day in Washington is one on machines without a zone database
)

var washington = sync.OnceValue(func() *time.Location {
	loc, err := time.LoadLocation("America/New_York")
	if err != nil { // tzdata is compiled in
		panic(err)
	}
	return loc
})

// Day is the day in Washington in which t falls.
func Day(t time.Time) Date {
	if t.IsZero() {
		return ""
	}
	return DateOf(t.In(washington()))
}

// EndOf is the last moment of the day in Washington.
func (d Date) EndOf() time.Time {
	t := d.Time()
	return time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, 0, washington()).Add(-time.Nanosecond)
}

package prose

import (
	"slices"
	"testing"
	"time"

	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/roster"
)

func TestSpanishDays(t *testing.T) {
	at := func(hour, minute int) time.Time {
		return time.Date(2025, 7, 3, hour, minute, 0, 0, roster.Washington())
	}
	for _, tt := range []struct{ got, want string }{
		{Spanish.Date("2025-07-03"), "3 de julio de 2025"},
		{Spanish.Date("2025-09-01"), "1 de septiembre de 2025"},
		{Spanish.ShortDate("2025-06-11"), "11 jun 2025"},
		{Spanish.Moment(at(15, 5)), "3 de julio de 2025, 3:05 p.\u00a0m. ET"},
		{Spanish.Moment(at(9, 0)), "3 de julio de 2025, 9 a.\u00a0m. ET"},
		{Spanish.Moment(at(12, 0)), "3 de julio de 2025, mediodía ET"},
		{Spanish.ShortMoment(at(16, 0)), "3 jul 2025, 4 p.\u00a0m. ET"},
		{Spanish.Span(at(9, 30), at(16, 0)), "3 de julio de 2025, de 9:30 a.\u00a0m. a 4 p.\u00a0m. ET"},
		{Spanish.Span(at(9, 30).AddDate(0, 0, -1), at(16, 0)), "2 al 3 de julio de 2025"},
		{Spanish.Span(at(9, 30).AddDate(0, 0, -3), at(16, 0)), "30 de junio al 3 de julio de 2025"},
		{Spanish.Span(at(9, 30).AddDate(-1, 0, 0), at(16, 0)), "3 de julio de 2024 al 3 de julio de 2025"},
		{Spanish.Days(1), "1 día"}, {Spanish.Days(1172), "1,172 días"}, {Spanish.Every(time.Hour), "cada hora"},
		{Spanish.Quoted("7/72025"), "“7/72025”"},
	} {
		if tt.got != tt.want {
			t.Errorf("%q, want %q", tt.got, tt.want)
		}
	}
}

func TestSpanishPlaces(t *testing.T) {
	in := func(fips string) string {
		c, ok := place.ByFIPS(fips)
		if !ok {
			t.Fatal(fips)
		}
		return Spanish.County(c) + ", en " + Spanish.CountyIn(c)
	}
	for _, tt := range []struct{ got, want string }{
		{in("48201"), "condado de Harris, en el condado de Harris, Texas"},
		{in("22033"), "parroquia de East Baton Rouge, en la parroquia de East Baton Rouge, Luisiana"},
		{in("24510"), "ciudad de Baltimore, en la ciudad de Baltimore, Maryland"},
		{in("11001"), "Distrito de Columbia, en el Distrito de Columbia"},
		{Spanish.State("NM") + ", " + Spanish.State("NC") + ", " + Spanish.State("VI"), "Nuevo México, Carolina del Norte, Islas Vírgenes de EE.\u00a0UU."},
	} {
		if tt.got != tt.want {
			t.Errorf("%q, want %q", tt.got, tt.want)
		}
	}
	states := slices.SortedFunc(slices.Values([]roster.State{"TX", "NC", "MI", "MN", "MS", "HI"}), Spanish.CompareStates)
	if want := []roster.State{"NC", "HI", "MI", "MN", "MS", "TX"}; !slices.Equal(states, want) {
		t.Errorf("the states are sorted %v, want %v", states, want)
	}
}

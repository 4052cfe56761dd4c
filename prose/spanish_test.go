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

func TestSpanishTexts(t *testing.T) {
	l := Spanish
	figures := Context{Figures: roster.Figures{Active: 588, States: 2, ByState: map[roster.State]int{"TX": 87, "DC": 1}}, Day: "2025-07-03", Begins: "2025-02-20"}
	signed := change(roster.KindNew, roster.ListParticipating, lampasas())
	signed.PendingSince, signed.AgencyActiveCount = "2025-06-24", 2
	gone := change(roster.KindRemoved, roster.ListParticipating, bartow())
	gone.ListedSince, gone.Holds, gone.Seeks = "2025-07-02", []roster.Instrument{{Model: roster.WSO, Signed: "2025-03-01"}}, []roster.Model{roster.JEM}
	first := change(roster.KindMilestone, roster.ListParticipating, agreement("DC", "Larkwood Police", "", roster.TypeState, "Tribal Model", "2025-07-01"))
	first.Milestone = &roster.Milestone{Name: roster.FirstOfType}
	moved := change(roster.KindAmended, roster.ListParticipating, lampasas())
	before := bartow()
	moved.Before, moved.Fields = &before, []roster.Field{{Name: "model", From: "TFM", To: "WSO"}}
	for _, tt := range []struct{ got, want string }{
		{l.Title(signed), "Texas: Lampasas County Sheriff's Office firma un acuerdo del modelo de oficial de servicio de órdenes (Warrant Service Officer)"},
		{l.Text(signed, figures), "Texas: La lista de ICE incluye ahora un acuerdo del modelo de oficial de servicio de órdenes (Warrant Service Officer) con Lampasas County Sheriff's Office, " +
			"firmado el 15 de junio de 2025, según ICE. La agencia había estado en la lista de solicitudes pendientes de ICE desde el 24 de junio de 2025 (9 días). " +
			"Es uno de los 2 acuerdos activos de la agencia. La lista de ICE incluye ahora 87 acuerdos activos en Texas."},
		{l.Line(signed), "modelo de oficial de servicio de órdenes (Warrant Service Officer), firmado el 15 de junio, pendiente 9 días; uno de los 2 acuerdos activos de la agencia"},
		{l.Line(gone), "modelo de grupo de trabajo (Task Force Model), firmado el 10 de abril, en la lista desde el 2 de julio; " +
			"la agencia tiene 1 acuerdo activo: modelo de oficial de servicio de órdenes (Warrant Service Officer); " +
			"la agencia tiene ahora pendiente: modelo de aplicación en cárceles (Jail Enforcement Model)"},
		{l.Text(gone, figures), "Florida: La lista de ICE ya no incluye el acuerdo del modelo de grupo de trabajo (Task Force Model) con Bartow Police Department (condado de Polk), " +
			"firmado el 10 de abril de 2025, según ICE. Había estado en la lista desde el 2 de julio de 2025 (1 día). " +
			"La agencia tiene activo un acuerdo del modelo de oficial de servicio de órdenes (Warrant Service Officer), firmado el 1 de marzo de 2025. " +
			"Además, tiene una solicitud pendiente para el modelo de aplicación en cárceles (Jail Enforcement Model). La lista no indica el motivo. " +
			"La lista de ICE incluye ahora 0 acuerdos activos en Florida."},
		{l.Text(first, figures), "Distrito de Columbia: La lista de ICE incluye el primer acuerdo en el Distrito con una agencia del gobierno del Distrito " +
			"desde que empezó este historial, el 20 de febrero de 2025: Larkwood Police."},
		{l.MilestoneHeadline([]roster.Change{first}), "primer acuerdo del Distrito de Columbia con una agencia del gobierno del Distrito en la lista"},
		{l.Line(moved), "modelo de oficial de servicio de órdenes (Warrant Service Officer), firmado el 15 de junio; antes figuraba en la lista de ICE con el modelo Grupo de trabajo (Task Force Model)"},
		{l.Counts([]roster.Change{signed, signed, gone, moved}), "2 nuevos, 1 ya no figura en la lista, 1 registro que ICE cambió"},
		{l.DayLine([]roster.Change{signed, signed, gone}, 0, 200), "2 acuerdos nuevos (solo servicio de órdenes), 1 ya no figura en la lista"},
		{l.DaySubject([]roster.Change{signed, gone}, 0, 200), "1 nuevo, 1 baja en Florida y Texas"},
		{l.Title(change(roster.KindNew, roster.ListParticipating, agreement("TX", "A", "", "", "Tribal Model", ""))), "Texas: A firma un acuerdo del modelo Tribal Model"},
		{l.Coverage(roster.Coverage{State: "LA", Counties: 64}, "2024-07-01", time.Time{}, false), "ICE no tiene en su lista ningún acuerdo activo con el sheriff u otra agencia de la parroquia en las 64 parroquias de Luisiana."},
		{l.Coverage(roster.Coverage{State: "FL", Counties: 67, Covered: roster.Reach{Counties: 67}}, "2024-07-01", time.Time{}, true), "ICE tenía en su lista un acuerdo activo con el sheriff u otra agencia del condado en la totalidad de los 67 condados de Florida."},
	} {
		if tt.got != tt.want {
			t.Errorf("%q\nwant %q", tt.got, tt.want)
		}
	}
}

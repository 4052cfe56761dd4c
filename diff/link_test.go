package diff_test

import (
	"testing"
)

// linking is what one participating list says, and the next.
type linking struct {
	rule   string
	before []string
	after  []string
	want   []string
}

func link(t *testing.T, tables []linking) {
	t.Helper()
	for _, tt := range tables {
		t.Run(tt.rule, func(t *testing.T) {
			w := newWorld(t)
			w.publish(tt.before...)
			w.publish(tt.after...).says(tt.want...)
		})
	}
}

func TestSameFile(t *testing.T) {
	link(t, []linking{
		{
			"the same file at another name of the place is one agreement",
			rows("FL | Pasco County Sheriff's Office | WSO | 2025-02-26 | moa=pasco-wso.pdf"),
			rows("FL | Pasco County Board of County Commissioners | WSO | 2025-02-26 | moa=pasco-wso.pdf"),
			rows("amended FL Pasco County Board of County Commissioners WSO: was Pasco County Sheriff's Office"),
		},
		{
			"the same file and date at a name that is nothing like it is likely one agreement",
			rows("FL | Pasco County Sheriff's Office | WSO | 2025-02-26 | moa=1234.pdf"),
			rows("FL | Land O' Lakes Detention Center | WSO | 2025-02-26 | moa=1234.pdf"),
			rows("amended? FL Land O' Lakes Detention Center WSO: was Pasco County Sheriff's Office"),
		},
		{
			"the same file in another state is one agreement",
			rows("NY | Lake Placid Police Department | TFM | 2025-02-28 | moa=lake-placid.pdf"),
			rows("FL | Lake Placid Police Department | TFM | 2025-02-28 | moa=lake-placid.pdf"),
			rows("amended FL Lake Placid Police Department TFM: state NY to FL"),
		},
		{
			"the same file in another state under another name is only likely one agreement",
			rows("NY | Ogden Police Department | TFM | 2025-02-28 | moa=1234.pdf"),
			rows("FL | Lake Placid Police Department | TFM | 2025-02-28 | moa=1234.pdf"),
			rows("amended? FL Lake Placid Police Department TFM: was Ogden Police Department, state NY to FL"),
		},
		{
			"the same file at a like name with another date is one agreement",
			rows("TX | Lampass County Sheriff's Office | WSO | 2025-07-05 | moa=1234.pdf"),
			rows("TX | Lampasas County Sheriff's Office | WSO | 2025-07-15 | moa=1234.pdf"),
			rows("amended TX Lampasas County Sheriff's Office WSO: was Lampass County Sheriff's Office, signed 2025-07-05 to 2025-07-15"),
		},
		{
			"a file named after the agency is that agency's, whatever else is new",
			rows("TX | Lampasas Sherif | WSO | 2025-07-05 | moa=KendallCountyTX.pdf"),
			rows("TX | Kendall County Sheriff's Office | WSO | 2025-07-15 | moa=KendallCountyTX.pdf"),
			rows("amended? TX Kendall County Sheriff's Office WSO: was Lampasas Sherif, signed 2025-07-05 to 2025-07-15"),
		},
		{
			"a file that ICE linked at another agency's row by mistake makes no agreement of two",
			rows("TX | Kendall County Sheriff's Office | WSO | 2025-07-05 | moa=1234.pdf"),
			rows("TX | Lubbock County Sheriff's Office | WSO | 2025-07-15 | moa=1234.pdf"),
			rows("removed? TX Kendall County Sheriff's Office WSO", "new? TX Lubbock County Sheriff's Office WSO"),
		},
		{
			"a file of an agency that stays listed makes a new row no older",
			rows("TX | Kendall County Sheriff's Office | WSO | 2025-07-05 | moa=1234.pdf"),
			rows("TX | Kendall County Sheriff's Office | WSO | 2025-07-05 | moa=1234.pdf",
				"TX | Lubbock County Sheriff's Office | WSO | 2025-07-15 | moa=1234.pdf"),
			rows("new TX Lubbock County Sheriff's Office WSO"),
		},
		{
			"a file of an agency that stays listed at the row of one that is respelled is a wrong link",
			rows("TX | Kendall County Sheriff's Office | WSO | 2025-07-05 | moa=KendallCounty.pdf",
				"TX | Lubock County Sheriff's Office | WSO | 2025-07-15 | moa=LubbockCounty.pdf"),
			rows("TX | Kendall County Sheriff's Office | WSO | 2025-07-05 | moa=KendallCounty.pdf",
				"TX | Lubbock County Sheriff's Office | WSO | 2025-07-15 | moa=KendallCounty.pdf"),
			rows("amended? TX Lubbock County Sheriff's Office WSO: was Lubock County Sheriff's Office",
				"document TX Lubbock County Sheriff's Office WSO: moa_url LubbockCounty.pdf to KendallCounty.pdf"),
		},
		{
			"the same file under another model is another agreement",
			rows("TX | Kendall County Sheriff's Office | WSO | 2025-07-05 | moa=1234.pdf"),
			rows("TX | Kendall County Sheriff's Office | WSO | 2025-07-05 | moa=1234.pdf",
				"TX | Kendall County Sheriff's Office | TFM | 2025-07-05 | moa=1234.pdf"),
			rows("new TX Kendall County Sheriff's Office TFM"),
		},
		{
			"the same file, agency and date under another model instead is likely one agreement",
			rows("TX | Kendall County Sheriff's Office | WSO | 2025-07-05 | moa=1234.pdf"),
			rows("TX | Kendall County Sheriff's Office | JEM | 2025-07-05 | moa=1234.pdf"),
			rows("amended? TX Kendall County Sheriff's Office JEM: model WSO to JEM"),
		},
		{
			"another model without a file is another agreement",
			rows("TX | Kendall County Sheriff's Office | WSO | 2025-07-05"),
			rows("TX | Kendall County Sheriff's Office | JEM | 2025-07-05"),
			rows("new TX Kendall County Sheriff's Office JEM", "removed TX Kendall County Sheriff's Office WSO"),
		},
	})
}

func TestOneFileHasSeveralAddresses(t *testing.T) {
	const old = "TX | Kendall County Jail | WSO | 2025-07-05 | moa=https://www.ice.gov/doclib/Kendall.pdf"
	for _, address := range []string{
		"http://www.ice.gov/doclib/Kendall.pdf", "https://ice.gov/doclib/Kendall.pdf", "https://www.ice.gov/doclib/kendall.pdf?a=1",
		"https://www.ice.gov//doclib/Kendall.pdf", "https://www.ice.gov/doclib/x/../Kendall.pdf#page=2", "https://www.ice.gov:443/doclib/Kendall.pdf",
	} {
		t.Run(address, func(t *testing.T) {
			w := newWorld(t)
			w.publish(old)
			w.publish("TX | Kendall County Jail | WSO | 2025-07-05 | moa=" + address).says()
			w.publish("TX | Kendall County Sheriff's Office | WSO | 2025-07-05 | moa=" + address).
				says("amended TX Kendall County Sheriff's Office WSO: was Kendall County Jail")
		})
	}
	w := newWorld(t)
	w.publish(old)
	w.publish("TX | Kendall County Jail | WSO | 2025-07-05 | moa=https://www.ice.gov/doclib/other/Kendall.pdf").
		says("document TX Kendall County Jail WSO: moa_url https://www.ice.gov/doclib/Kendall.pdf to https://www.ice.gov/doclib/other/Kendall.pdf")
}

func TestSameAgency(t *testing.T) {
	link(t, []linking{
		{
			"another date of the same agency and model is a correction",
			rows("FL | St. Lucie County Sheriff's Office | TFM | 2025-02-19"),
			rows("FL | St. Lucie County Sheriff's Office | TFM | 2025-02-26"),
			rows("amended FL St. Lucie County Sheriff's Office TFM: signed 2025-02-19 to 2025-02-26"),
		},
		{
			"another date with another file is only likely the same agreement",
			rows("FL | St. Lucie County Sheriff's Office | TFM | 2025-02-19 | moa=StLucie2025.pdf"),
			rows("FL | St. Lucie County Sheriff's Office | TFM | 2025-06-26 | moa=Signed_0626.pdf"),
			rows("amended? FL St. Lucie County Sheriff's Office TFM: signed 2025-02-19 to 2025-06-26",
				"document FL St. Lucie County Sheriff's Office TFM: moa_url StLucie2025.pdf to Signed_0626.pdf"),
		},
		{
			"of two agreements with two dates the nearest belong together",
			rows("TX | Kendall County Sheriff's Office | TFM | 2020-06-01", "TX | Kendall County Sheriff's Office | TFM | 2025-06-01"),
			rows("TX | Kendall County Sheriff's Office | TFM | 2025-06-03", "TX | Kendall County Sheriff's Office | TFM | 2020-07-01"),
			rows("amended TX Kendall County Sheriff's Office TFM: signed 2020-06-01 to 2020-07-01",
				"amended TX Kendall County Sheriff's Office TFM: signed 2025-06-01 to 2025-06-03"),
		},
		{
			"of two agreements the one with the same file belongs to it, however far the dates",
			rows("TX | Kendall County Sheriff's Office | TFM | 2020-06-01 | moa=old.pdf", "TX | Kendall County Sheriff's Office | TFM | 2025-06-01 | moa=new-agreement.pdf"),
			rows("TX | Kendall County Sheriff's Office | TFM | 2025-05-01 | moa=old.pdf", "TX | Kendall County Sheriff's Office | TFM | 2020-05-01 | moa=new-agreement.pdf"),
			rows("amended TX Kendall County Sheriff's Office TFM: signed 2020-06-01 to 2025-05-01",
				"amended TX Kendall County Sheriff's Office TFM: signed 2025-06-01 to 2020-05-01"),
		},
		{
			"a second agreement in the same model is new where the first stays",
			rows("TX | Kendall County Sheriff's Office | TFM | 2020-06-01"),
			rows("TX | Kendall County Sheriff's Office | TFM | 2020-06-01", "TX | Kendall County Sheriff's Office | TFM | 2025-06-01"),
			rows("new TX Kendall County Sheriff's Office TFM"),
		},
		{
			"a date that is no longer given is a correction too",
			rows("TX | Kendall County Sheriff's Office | TFM | 2020-06-01"),
			rows("TX | Kendall County Sheriff's Office | TFM"),
			rows("amended TX Kendall County Sheriff's Office TFM: signed 2020-06-01 to none"),
		},
	})
}

func TestMovedState(t *testing.T) {
	franklins := rows("OH | Franklin County Sheriff's Office | TFM | 2025-05-05", "NC | Franklin County Sheriff's Office | WSO | 2025-04-04")
	link(t, []linking{
		{
			"the same name, model and date in another state is likely one agreement",
			rows("NY | Lake Placid Police Department | TFM | 2025-02-28"),
			rows("FL | Lake Placid Police Department | TFM | 2025-02-28"),
			rows("amended? FL Lake Placid Police Department TFM: state NY to FL"),
		},
		{
			"with another date it is another agency",
			rows("OH | Franklin County Sheriff's Office | TFM | 2025-05-05"),
			rows("NC | Franklin County Sheriff's Office | TFM | 2025-06-06"),
			rows("new NC Franklin County Sheriff's Office TFM", "removed OH Franklin County Sheriff's Office TFM"),
		},
		{
			"where both counties have other agreements, one leaves as the other signs",
			append(rows("OH | Franklin County Sheriff's Office | JEM | 2025-03-03"), franklins...),
			rows("OH | Franklin County Sheriff's Office | JEM | 2025-03-03",
				"NC | Franklin County Sheriff's Office | TFM | 2025-05-05", "NC | Franklin County Sheriff's Office | WSO | 2025-04-04"),
			rows("new NC Franklin County Sheriff's Office TFM", "removed OH Franklin County Sheriff's Office TFM"),
		},
		{
			"a county that the old state does not have was never there, whoever was listed",
			rows("NY | Hillsborough County Sheriff's Office | TFM | 2025-05-05", "FL | Hillsborough County Sheriff's Office | WSO | 2025-04-04"),
			rows("FL | Hillsborough County Sheriff's Office | TFM | 2025-05-05", "FL | Hillsborough County Sheriff's Office | WSO | 2025-04-04"),
			rows("amended? FL Hillsborough County Sheriff's Office TFM: state NY to FL"),
		},
		{
			"two cities of one name in two counties are two",
			rows("MO | Springfield Police Department | TFM | 2025-05-05 | county=Greene County"),
			rows("IL | Springfield Police Department | TFM | 2025-05-05 | county=Sangamon County"),
			rows("new IL Springfield Police Department TFM", "removed MO Springfield Police Department TFM"),
		},
		{
			"two cities of one name that have other agreements are two",
			rows("MO | Springfield Police Department | JEM | 2025-03-03", "MO | Springfield Police Department | TFM | 2025-05-05", "IL | Springfield Police Department | WSO | 2025-04-04"),
			rows("MO | Springfield Police Department | JEM | 2025-03-03",
				"IL | Springfield Police Department | TFM | 2025-05-05", "IL | Springfield Police Department | WSO | 2025-04-04"),
			rows("new IL Springfield Police Department TFM", "removed MO Springfield Police Department TFM"),
		},
		{
			"with another file it is another agency",
			rows("OH | Franklin County Sheriff's Office | TFM | 2025-05-05 | moa=FranklinOH.pdf"),
			rows("NC | Franklin County Sheriff's Office | TFM | 2025-05-05 | moa=Carolina-Franklin.pdf"),
			rows("new NC Franklin County Sheriff's Office TFM", "removed OH Franklin County Sheriff's Office TFM"),
		},
	})
}

// replaced has a row replaced by one with another name, of the same state, model
// and date, neither of which has a file.
func replacedName(t *testing.T, state, old, now string) *step {
	t.Helper()
	w := newWorld(t)
	w.publish(state + " | " + old + " | TFM | 2025-06-11")
	return w.publish(state + " | " + now + " | TFM | 2025-06-11")
}

func TestNearNamesAreOneAgency(t *testing.T) {
	for _, tt := range []struct{ state, old, now, doubt string }{
		{"TX", "Dimmit Couny Sheriff's Office", "Dimmit County Sheriff's Office", ""},
		{"TX", "Lampass County Sheriff's Office", "Lampasas County Sheriff's Office", "?"},
		{"FL", "Macro Island Police Department", "Marco Island Police Department", "?"},
		{"LA", "Calacasieu Parish Sheriff's Office", "Calcasieu Parish Sheriff's Office", "?"},
		{"FL", "Gulf County BOCC", "Gulf County Board of County Commissioners", ""},
		{"FL", "Gulfport PD", "Gulfport Police Department", ""},
		{"FL", "Indian River Shores DPS", "Indian River Shores Department of Public Safety", ""},
		{"FL", "St. Lucie County Sheriff's Office", "Saint Lucie County Sheriff's Office", ""},
		{"FL", "Ft. Myers Police Dept.", "Fort Myers Police Department", ""},
		{"PA", "East Donegal Twp Constables Office", "East Donegal Township Constable's Office", ""},
		{"AK", "Department of Corrections", "Alaska Department of Corrections", ""},
		{"MT", "MT Dept of Justice", "Montana Department of Justice", ""},
		{"MT", "Montana Department of Justice", "Department of Justice, Montana", ""},
		{"FL", "Wakulla County Sheriff's Office", "Sheriff's Office of Wakulla County", ""},
		{"TX", "Clinton County Sheriff", "Clinton County Sheriff's Office", ""},
		{"TX", "Broadwater Conuty Sherrif's Office", "Broadwater County Sheriff's Office", ""},
		{"TX", "Polk County Constbale Precinct 2", "Polk County Constable Precinct 2", ""},
		{"TX", "Polk County Constable Pct.2", "Polk County Constable Precinct 2", ""},
		{"TX", "Polk County Constable Pct2", "Polk County Constable Precinct No. 2", ""},
		{"FL", "St.Lucie County Sheriff's Office", "St. Lucie County Sheriff's Office", ""},
		{"LA", "Louisina State Police", "Louisiana State Police", ""},
		{"PA", "S. Pymatuning Twp Constable", "South Pymatuning Township Constable", ""},
		{"PA", "County of Franklin Sheriff's Office", "Franklin County Sheriff's Office", ""},
		{"UT", "Spanish Fk Police Department", "Spanish Fork Police Department", "?"},
		{"AZ", "Palm Spgs Police Dept", "Palm Springs Police Department", ""},
		{"PA", "Arlington Hts Boro PD", "Arlington Heights Borough Police Department", ""},
		{"TX", "Polk County Constable, Pct. 2", "Polk County Constable Precinct Two", ""},
		{"AR", "4th Judicial District Drug Task Force", "Judicial District 4 Drug Task Force", ""},
		{"PA", "Upper Darby Police Department", "Uper Darby Police Department", "?"},
		{"WY", "Wyoming Highway Patrol", "Wyoming Highway State Patrol", "?"},
	} {
		t.Run(tt.old, func(t *testing.T) {
			replacedName(t, tt.state, tt.old, tt.now).says("amended" + tt.doubt + " " + tt.state + " " + tt.now + " TFM: was " + tt.old)
			replacedName(t, tt.state, tt.now, tt.old).says("amended" + tt.doubt + " " + tt.state + " " + tt.old + " TFM: was " + tt.now)
		})
	}
}

func TestLikeNamesAreTwoAgencies(t *testing.T) {
	for _, tt := range []struct{ state, old, now string }{
		{"TX", "Harris County Constable Precinct 1", "Harris County Constable Precinct 2"},
		{"TX", "Harris County Constable Pct.1", "Harris County Constable Pct.4"},
		{"TX", "Harris County Constable Pct1", "Harris County Constable Pct4"},
		{"TX", "Harris County Constable Precinct I", "Harris County Constable Precinct V"},
		{"TX", "Harris County Constable Precinct 1A", "Harris County Constable Precinct 1B"},
		{"AR", "4th Judicial District Drug Task Force", "14th Judicial District Drug Task Force"},
		{"PA", "North Coventry Police Department", "South Coventry Police Department"},
		{"PA", "Lower Saucon Police Department", "Upper Saucon Police Department"},
		{"FL", "Baker County Sheriff's Office", "Bay County Sheriff's Office"},
		{"FL", "Edgewater Police Department", "Edgewood Police Department"},
		{"PA", "Manheim Borough Police Department", "Manheim Township Police Department"},
		{"PA", "Borough of Manheim Police Department", "Township of Manheim Police Department"},
		{"WI", "Town of Salem Police Department", "Village of Salem Police Department"},
		{"ID", "Idaho Falls Police Department", "Twin Falls Police Department"},
		{"VA", "Virginia Beach Police Department", "Colonial Beach Police Department"},
		{"FL", "University of Florida Police Department", "Florida State University Police Department"},
		{"FL", "Florida Atlantic University Police Department", "Florida International University Police Department"},
		{"MO", "Missouri State Highway Patrol Troop A", "Missouri State Highway Patrol Troop B"},
		{"FL", "Florida Department of Law Enforcement", "Florida Department of Corrections"},
		{"TX", "Polk County Sheriff's Office", "Panola County Sheriff's Office"},
		{"FL", "Lake Wales Police Department", "Lake Mary Police Department"},
	} {
		t.Run(tt.old, func(t *testing.T) {
			for range 2 {
				s := replacedName(t, tt.state, tt.old, tt.now)
				if n := len(s.outcome.Changes); n < 2 {
					t.Errorf("%s is taken for %s: %s", tt.old, tt.now, line(s.outcome.Changes[0]))
				}
				tt.old, tt.now = tt.now, tt.old
			}
		})
	}
}

func TestAgenciesSideBySideAreTwo(t *testing.T) {
	link(t, []linking{
		{
			"a word more may be a correction",
			rows("FL | Melbourne Police Department | TFM | 2025-05-05"),
			rows("FL | Melbourne Harbor Police Department | TFM | 2025-05-05"),
			rows("amended? FL Melbourne Harbor Police Department TFM: was Melbourne Police Department"),
		},
		{
			"but not where both are towns of the state",
			rows("FL | Melbourne Police Department | TFM | 2025-05-05"),
			rows("FL | Melbourne Village Police Department | TFM | 2025-05-05"),
			rows("removed FL Melbourne Police Department TFM", "new FL Melbourne Village Police Department TFM"),
		},
		{
			"but not where both were listed before",
			rows("FL | Melbourne Police Department | TFM | 2025-05-05", "FL | Melbourne Beach Police Department | WSO | 2025-04-04"),
			rows("FL | Melbourne Beach Police Department | TFM | 2025-05-05", "FL | Melbourne Beach Police Department | WSO | 2025-04-04"),
			rows("new FL Melbourne Beach Police Department TFM", "removed FL Melbourne Police Department TFM"),
		},
		{
			"nor where the shorter name stays",
			rows("FL | Melbourne Police Department | TFM | 2025-05-05", "FL | Melbourne Police Department | WSO | 2025-05-05"),
			rows("FL | Melbourne Beach Police Department | TFM | 2025-05-05", "FL | Melbourne Police Department | WSO | 2025-05-05"),
			rows("new FL Melbourne Beach Police Department TFM", "removed FL Melbourne Police Department TFM"),
		},
		{
			"two of like names can join at once",
			rows(),
			rows("FL | Melbourne Police Department | TFM | 2025-05-05", "FL | Melbourne Beach Police Department | TFM | 2025-05-05"),
			rows("new FL Melbourne Beach Police Department TFM", "new FL Melbourne Police Department TFM"),
		},
		{
			"and leave at once",
			rows("FL | Baker County Sheriff's Office | TFM | 2025-05-05", "FL | Bay County Sheriff's Office | TFM | 2025-05-05"),
			rows("FL | Bay County Sheriff's Office | WSO | 2025-05-05"),
			rows("removed FL Baker County Sheriff's Office TFM", "removed FL Bay County Sheriff's Office TFM", "new FL Bay County Sheriff's Office WSO"),
		},
		{
			"of two rows with like names each keeps the name nearest to its own",
			rows("TX | Harlan Police Department | TFM | 2025-05-05", "TX | Marlan Police Department | TFM | 2025-05-05"),
			rows("TX | Marlann Police Department | TFM | 2025-05-05", "TX | Harlann Police Department | TFM | 2025-05-05"),
			rows("amended? TX Harlann Police Department TFM: was Harlan Police Department", "amended? TX Marlann Police Department TFM: was Marlan Police Department"),
		},
	})
}

func TestAgencyWithSeveralModels(t *testing.T) {
	link(t, []linking{
		{
			"one respelled row of three is the same agency's",
			rows("TX | Lampass County Sheriff's Office | JEM | 2025-07-15", "TX | Lampass County Sheriff's Office | TFM | 2025-07-15", "TX | Lampass County Sheriff's Office | WSO | 2025-07-15"),
			rows("TX | Lampass County Sheriff's Office | JEM | 2025-07-15", "TX | Lampasas County Sheriff's Office | TFM | 2025-07-15", "TX | Lampass County Sheriff's Office | WSO | 2025-07-15"),
			rows("amended? TX Lampasas County Sheriff's Office TFM: was Lampass County Sheriff's Office"),
		},
		{
			"all three can be respelled at once",
			rows("TX | Lampass County Sheriff's Office | JEM | 2025-07-15", "TX | Lampass County Sheriff's Office | TFM | 2025-07-15", "TX | Lampass County Sheriff's Office | WSO | 2025-07-15"),
			rows("TX | Lampasas County Sheriff's Office | WSO | 2025-07-15", "TX | Lampasas County Sheriff's Office | JEM | 2025-07-15", "TX | Lampasas County Sheriff's Office | TFM | 2025-07-15"),
			rows("amended? TX Lampasas County Sheriff's Office JEM: was Lampass County Sheriff's Office",
				"amended? TX Lampasas County Sheriff's Office TFM: was Lampass County Sheriff's Office",
				"amended? TX Lampasas County Sheriff's Office WSO: was Lampass County Sheriff's Office"),
		},
		{
			"the jail agreement can go to the county board while the sheriff keeps the others",
			rows("FL | Pasco County Sheriff's Office | WSO | 2025-02-26 | moa=wso.pdf", "FL | Pasco County Sheriff's Office | TFM | 2025-02-26 | moa=tfm.pdf"),
			rows("FL | Pasco County Board of County Commissioners | WSO | 2025-02-26 | moa=wso.pdf", "FL | Pasco County Sheriff's Office | TFM | 2025-02-26 | moa=tfm.pdf"),
			rows("amended FL Pasco County Board of County Commissioners WSO: was Pasco County Sheriff's Office"),
		},
	})
}

func TestRowsWithoutFile(t *testing.T) {
	link(t, []linking{
		{
			"one row for exactly one of the same place, model and date is likely the same agreement",
			rows("FL | Pasco County Jail | WSO | 2025-02-26"),
			rows("FL | Pasco County Board of County Commissioners | WSO | 2025-02-26"),
			rows("amended? FL Pasco County Board of County Commissioners WSO: was Pasco County Jail"),
		},
		{
			"for two of them none is",
			rows("FL | Pasco County Jail | WSO | 2025-02-26"),
			rows("FL | Pasco County Board of County Commissioners | WSO | 2025-02-26", "FL | Pasco County Department of Public Safety | WSO | 2025-02-26"),
			rows("new? FL Pasco County Board of County Commissioners WSO", "new? FL Pasco County Department of Public Safety WSO", "removed? FL Pasco County Jail WSO"),
		},
		{
			"a row that had a file is not replaced by one without",
			rows("FL | Pasco County Jail | WSO | 2025-02-26 | moa=1234.pdf"),
			rows("FL | Pasco County Board of County Commissioners | WSO | 2025-02-26"),
			rows("new? FL Pasco County Board of County Commissioners WSO", "removed? FL Pasco County Jail WSO"),
		},
		{
			"nor by one of another date",
			rows("FL | Pasco County Jail | WSO | 2025-02-26"),
			rows("FL | Pasco County Board of County Commissioners | WSO | 2025-02-27"),
			rows("new FL Pasco County Board of County Commissioners WSO", "removed FL Pasco County Jail WSO"),
		},
		{
			"nor of another place",
			rows("FL | Pasco County Jail | WSO | 2025-02-26"),
			rows("FL | Duval County Board of County Commissioners | WSO | 2025-02-26"),
			rows("new FL Duval County Board of County Commissioners WSO", "removed FL Pasco County Jail WSO"),
		},
		{
			"a name without a place is of its county",
			rows("FL | Sheriff's Office | WSO | 2025-02-26 | county=Pasco County"),
			rows("FL | Pasco County Sheriff's Office | WSO | 2025-02-26 | county=Pasco County"),
			rows("amended? FL Pasco County Sheriff's Office WSO: was Sheriff's Office"),
		},
	})
}

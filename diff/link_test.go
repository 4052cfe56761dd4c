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
			rows("removed TX Kendall County Sheriff's Office WSO", "new TX Lubbock County Sheriff's Office WSO"),
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

func TestCountiesTellAgenciesApart(t *testing.T) {
	link(t, []linking{
		{
			"one name in two counties is two agencies",
			rows("NJ | Union Township Police Department | TFM | 2025-05-05 | county=Union County | moa=union-nj-1.pdf"),
			rows("NJ | Union Township Police Department | TFM | 2025-05-05 | county=Hunterdon County | moa=hunterdon.pdf"),
			rows("new NJ Union Township Police Department TFM", "removed NJ Union Township Police Department TFM"),
		},
		{
			"also where the file is lost",
			rows("NJ | Union Township Police Department | TFM | 2025-05-05 | county=Union County | moa=union-nj-1.pdf"),
			rows("NJ | Union Township Police Department | TFM | 2025-05-05 | county=Hunterdon County"),
			rows("new NJ Union Township Police Department TFM", "removed NJ Union Township Police Department TFM"),
		},
		{
			"both can stand in one list",
			rows("NJ | Union Township Police Department | TFM | 2025-05-05 | county=Union County"),
			rows("NJ | Union Township Police Department | TFM | 2025-05-05 | county=Union County",
				"NJ | Union Township Police Department | TFM | 2025-05-05 | county=Hunterdon County"),
			rows("new NJ Union Township Police Department TFM"),
		},
		{
			"the same county, a near name and the date make one of a replaced file",
			rows("NJ | Hopatkong Police Department | TFM | 2025-05-05 | county=Sussex County | moa=first.pdf"),
			rows("NJ | Hopatcong Police Department | TFM | 2025-05-05 | county=Sussex County | moa=second-one.pdf"),
			rows("amended? NJ Hopatcong Police Department TFM: was Hopatkong Police Department",
				"document NJ Hopatcong Police Department TFM: moa_url first.pdf to second-one.pdf"),
		},
		{
			"a county's own name counts more than the column",
			rows("TX | Kendall County Sheriff's Office | TFM | 2025-05-05 | county=Kendall County"),
			rows("TX | Kendall County Sheriff's Office | TFM | 2025-05-05 | county=Kerr County"),
			rows("detail TX Kendall County Sheriff's Office TFM: county Kendall County to Kerr County"),
		},
		{
			"the column alone can be corrected",
			rows("NJ | Hopatcong Police Department | TFM | 2025-05-05 | county=Morris County"),
			rows("NJ | Hopatcong Police Department | TFM | 2025-05-05 | county=Sussex County"),
			rows("detail NJ Hopatcong Police Department TFM: county Morris County to Sussex County"),
		},
		{
			"a town that lies in two counties is one",
			rows("AL | Arab Police Department | TFM | 2025-05-05 | county=Marshall County | moa=one.pdf"),
			rows("AL | Arab Police Department | TFM | 2025-05-05 | county=Cullman County | moa=another.pdf"),
			rows("detail AL Arab Police Department TFM: county Marshall County to Cullman County",
				"document AL Arab Police Department TFM: moa_url one.pdf to another.pdf"),
		},
	})
}

func TestRowsOfOneList(t *testing.T) {
	link(t, []linking{
		{
			"a row that stands twice, misprinted, with its file and date is one agreement", rows(),
			rows("TX | Kendall County Sheriff's Office | TFM | 2025-05-05 | moa=kendall.pdf", "TX | Kendal County Sherif Office | TFM | 2025-05-05 | moa=kendall.pdf"),
			rows("new TX Kendall County Sheriff's Office TFM"),
		},
		{
			"rows with unlike names and one file and date are two", rows(),
			rows("FL | Florida Department of Environmental Protection | TFM | 2025-02-14 | moa=1.pdf", "FL | Florida Fish and Wildlife Conservation Commission | TFM | 2025-02-14 | moa=1.pdf"),
			rows("new FL Florida Department of Environmental Protection TFM", "new FL Florida Fish and Wildlife Conservation Commission TFM"),
		},
		{
			"also where one was printed under the other's name before",
			rows("FL | Florida Fish and Wildlife Conservation Commission | TFM | 2025-02-14 | moa=1.pdf"),
			rows("FL | Department of Environmental Protection | TFM | 2025-02-14 | moa=1.pdf", "FL | Florida Fish & Wildlife Conservation Commission | TFM | 2025-02-14"),
			rows("new FL Department of Environmental Protection TFM", "document FL Florida Fish & Wildlife Conservation Commission TFM: moa_url 1.pdf to none"),
		},
	})
}

func TestLikeNamesInOneListAreDoubtful(t *testing.T) {
	link(t, []linking{
		{
			"one of a like name leaves as the other comes, with other dates",
			rows("TX | Oakford Police Department | TFM | 2025-05-05"),
			rows("TX | Oakfork Police Department | TFM | 2025-06-25"),
			rows("removed? TX Oakford Police Department TFM", "new? TX Oakfork Police Department TFM"),
		},
		{
			"both come at once", rows(),
			rows("TX | Oakford Police Department | TFM | 2025-05-05", "TX | Oakfork Police Department | TFM | 2025-06-25"),
			rows("new? TX Oakford Police Department TFM", "new? TX Oakfork Police Department TFM"),
		},
		{
			"two counties that exist leave no doubt",
			rows("FL | Baker County Sheriff's Office | TFM | 2025-05-05"),
			rows("FL | Bay County Sheriff's Office | TFM | 2025-06-25"),
			rows("removed FL Baker County Sheriff's Office TFM", "new FL Bay County Sheriff's Office TFM"),
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
			rows("new FL Pasco County Board of County Commissioners WSO", "new FL Pasco County Department of Public Safety WSO", "removed FL Pasco County Jail WSO"),
		},
		{
			"a row that had a file is not replaced by one without",
			rows("FL | Pasco County Jail | WSO | 2025-02-26 | moa=1234.pdf"),
			rows("FL | Pasco County Board of County Commissioners | WSO | 2025-02-26"),
			rows("new FL Pasco County Board of County Commissioners WSO", "removed FL Pasco County Jail WSO"),
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

func TestNameOfAnotherKnownAgency(t *testing.T) {
	w := newWorld(t)
	w.publish("FL | Pasco County Sheriff's Office | WSO | 2025-02-26 | moa=wso.pdf",
		"FL | Pasco County Board of County Commissioners | JEM | 2025-02-26 | moa=jem.pdf")
	s := w.publish("FL | Pasco County Board of County Commissioners | WSO | 2025-02-26 | moa=wso.pdf",
		"FL | Pasco County Board of County Commissioners | JEM | 2025-02-26 | moa=jem.pdf")
	s.says("amended FL Pasco County Board of County Commissioners WSO: was Pasco County Sheriff's Office")
	if got, want := s.only().Agreement.AgencyID, "FL-pasco-county-board-of-county-commissioners"; got != want {
		t.Errorf("the agreement went to %s, want %s", got, want)
	}
	if got, want := s.only().Agreement.ID, "FL-pasco-county-sheriffs-office#WSO#2025-02-26"; got != want {
		t.Errorf("its id is %s now, want %s for good", got, want)
	}
}

func TestAgencyIDNeverChanges(t *testing.T) {
	w := newWorld(t)
	for _, name := range []string{"Lampass County Sheriff's Office", "Lampasas County Sheriff's Office", "LAMPASAS COUNTY SHERIFFS OFFICE",
		"Lampasas Co. Sheriff's Office", "Lampass County Sheriff's Office", "Lampasas County SO"} {
		w.publish("TX | " + name + " | WSO | 2025-07-15")
		const id = "TX-lampass-county-sheriffs-office"
		if len(w.known.Agencies) != 2 || w.known.Agencies[id] == nil {
			t.Fatalf("after %q the agencies are %v", name, text(t, w.known.Agencies))
		}
		spellings := w.known.Agencies[id].Spellings
		if last := spellings[len(spellings)-1].Name; last != name {
			t.Errorf("the spelling in use is %q, want %q", last, name)
		}
	}
}

func TestMisprintsBeyondReading(t *testing.T) {
	const kendall = "TX | Kendall County Sheriff's Office | WSO | 2025-07-05"
	link(t, []linking{
		{"a row without a model ends no agreement", rows(kendall), rows("TX | Kendall County Sheriff's Office | | 2025-07-05"), nil},
		{"a row without a state ends no agreement", rows(kendall), rows(" | Kendall County Sheriff's Office | WSO | 2025-07-05"), nil},
		{"a row without a name ends no agreement that has its file", rows(kendall + " | moa=1.pdf"), rows("TX | | WSO | 2025-07-05 | moa=1.pdf"), nil},
		{"nor the only one that it can stand for", rows(kendall), rows("TX | | WSO | 2025-07-05"), nil},
		{
			"of two that it could stand for, none is known to be listed",
			rows(kendall, "TX | Hays County Sheriff's Office | WSO | 2025-07-05"), rows("TX | | WSO | 2025-07-05"),
			rows("removed TX Hays County Sheriff's Office WSO", "removed TX Kendall County Sheriff's Office WSO"),
		},
		{
			"a row without a name stands for no agreement of another model",
			rows(kendall), rows("TX | | TFM | 2025-07-05"), rows("removed TX Kendall County Sheriff's Office WSO"),
		},
		{
			"a row without a model stands for no other agency",
			rows(kendall), rows("TX | Hays County Sheriff's Office | | 2025-07-05"), rows("removed TX Kendall County Sheriff's Office WSO"),
		},
		{
			"an unreadable row can be misspelled as well",
			rows(kendall), rows("TX | Kendal County Sheriff's Office | | 2025-07-05"),
			rows("amended? TX Kendal County Sheriff's Office WSO: was Kendall County Sheriff's Office"),
		},
		{
			"without a state too",
			rows(kendall), rows(" | Kendal County Sheriff's Office | WSO | 2025-07-05"),
			rows("amended? TX Kendal County Sheriff's Office WSO: was Kendall County Sheriff's Office"),
		},
		{"an unreadable row beside the readable one is nothing", rows(kendall), rows(kendall, "TX | Kendall County Sheriff's Office | | 2025-07-05"), nil},
		{"an unreadable row makes nothing", rows(), rows("TX | | WSO | 2025-07-05", " | | | "), nil},
	})
	play(t, []rule{
		{"until it can be read", func(w *world) {
			w.publish()
			w.publish("TX | Kendall County Sheriff's Office | | 2025-07-05").says()
			w.publish(kendall).says("new TX Kendall County Sheriff's Office WSO")
		}},
		{"what could not be read for a while is what it was", func(w *world) {
			w.publish(kendall)
			w.publish("TX | Kendall County Sheriff's Office | | 2025-07-05").says()
			w.publish("TX | Kendall County Sheriff's Office | | 2025-07-05").says()
			w.publish(kendall).says()
		}},
	})
}

func TestMisprintedDates(t *testing.T) {
	const kendall = "TX | Kendall County Sheriff's Office | WSO | "
	play(t, []rule{
		{"a misprint that is corrected is an amendment, though the date is what it was read as", func(w *world) {
			w.publish(kendall + "7/72025 (2025-07-07)")
			w.publish(kendall + "2025-07-07").says("amended TX Kendall County Sheriff's Office WSO: signed 7/72025 to 2025-07-07")
		}},
		{"a misprint that is corrected to another date shows both as printed", func(w *world) {
			w.publish(kendall + "7/72025 (2025-07-07)")
			w.publish(kendall + "2025-07-17").says("amended TX Kendall County Sheriff's Office WSO: signed 7/72025 to 2025-07-17")
		}},
		{"a date that is misprinted now is a detail", func(w *world) {
			w.publish(kendall + "2025-07-07")
			w.publish(kendall + "7/72025 (2025-07-07)").says("detail TX Kendall County Sheriff's Office WSO: signed_as none to 7/72025")
		}},
		{"a date that cannot be read keeps the known one", func(w *world) {
			w.publish(kendall + "2025-07-07")
			w.publish(kendall + "July ()").says("detail TX Kendall County Sheriff's Office WSO: signed_as none to July")
			if got := w.known.Records["TX-kendall-county-sheriffs-office#WSO#2025-07-07"].Now().Signed; got != "2025-07-07" {
				w.t.Errorf("signed %q", got)
			}
			w.publish(kendall + "2025-07-07").says("amended TX Kendall County Sheriff's Office WSO: signed July to 2025-07-07")
		}},
		{"a date that can be read at last is an amendment", func(w *world) {
			w.publish(kendall + "July ()")
			w.publish(kendall + "July ()").says()
			w.publish(kendall + "2025-07-07").says("amended TX Kendall County Sheriff's Office WSO: signed July to 2025-07-07")
		}},
		{"a misprint that is taken out leaves no date", func(w *world) {
			w.publish(kendall + "July ()")
			w.publish(kendall).says("amended TX Kendall County Sheriff's Office WSO: signed July to none")
		}},
		{"two agreements stay apart while one date cannot be read", func(w *world) {
			w.publish(kendall+"2020-07-07", kendall+"2025-07-07")
			w.publish(kendall+"2025-07-07", kendall+"July ()").says("detail TX Kendall County Sheriff's Office WSO: signed_as none to July")
			w.publish(kendall+"2020-07-07", kendall+"2025-07-07").says("amended TX Kendall County Sheriff's Office WSO: signed July to 2020-07-07")
		}},
	})
}

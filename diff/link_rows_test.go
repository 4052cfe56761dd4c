package diff_test

import (
	"testing"
)

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

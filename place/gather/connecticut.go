package main

import "strings"

// connecticut has the 169 towns of Connecticut by county (its Register and Manual), as
// the lists of townships leave that state out.
var connecticut = map[string]string{
	"09001": "Bethel, Bridgeport, Brookfield, Danbury, Darien, Easton, Fairfield, Greenwich, Monroe, New Canaan, New Fairfield, Newtown, Norwalk, Redding, Ridgefield, " +
		"Shelton, Sherman, Stamford, Stratford, Trumbull, Weston, Westport, Wilton",
	"09003": "Avon, Berlin, Bloomfield, Bristol, Burlington, Canton, East Granby, East Hartford, East Windsor, Enfield, Farmington, Glastonbury, Granby, Hartford, Hartland, " +
		"Manchester, Marlborough, New Britain, Newington, Plainville, Rocky Hill, Simsbury, Southington, South Windsor, Suffield, West Hartford, Wethersfield, Windsor, Windsor Locks",
	"09005": "Barkhamsted, Bethlehem, Bridgewater, Canaan, Colebrook, Cornwall, Goshen, Harwinton, Kent, Litchfield, Morris, New Hartford, New Milford, Norfolk, North Canaan, " +
		"Plymouth, Roxbury, Salisbury, Sharon, Thomaston, Torrington, Warren, Washington, Watertown, Winchester, Woodbury",
	"09007": "Chester, Clinton, Cromwell, Deep River, Durham, East Haddam, East Hampton, Essex, Haddam, Killingworth, Middlefield, Middletown, Old Saybrook, Portland, Westbrook",
	"09009": "Ansonia, Beacon Falls, Bethany, Branford, Cheshire, Derby, East Haven, Guilford, Hamden, Madison, Meriden, Middlebury, Milford, Naugatuck, New Haven, North Branford, " +
		"North Haven, Orange, Oxford, Prospect, Seymour, Southbury, Wallingford, Waterbury, West Haven, Wolcott, Woodbridge",
	"09011": "Bozrah, Colchester, East Lyme, Franklin, Griswold, Groton, Lebanon, Ledyard, Lisbon, Lyme, Montville, New London, North Stonington, Norwich, Old Lyme, Preston, " +
		"Salem, Sprague, Stonington, Voluntown, Waterford",
	"09013": "Andover, Bolton, Columbia, Coventry, Ellington, Hebron, Mansfield, Somers, Stafford, Tolland, Union, Vernon, Willington",
	"09015": "Ashford, Brooklyn, Canterbury, Chaplin, Eastford, Hampton, Killingly, Plainfield, Pomfret, Putnam, Scotland, Sterling, Thompson, Windham, Woodstock",
}

// addConnecticut adds them as townships.
func (t towns) addConnecticut() {
	for county, names := range connecticut {
		for name := range strings.SplitSeq(names, ", ") {
			t.add(func(column string) string {
				return map[string]string{"name": name, "county_fips": county, "fips_class": "T1"}[column]
			})
		}
	}
}

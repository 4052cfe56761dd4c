package roster

import (
	"strings"
	"testing"
)

func TestParseStatus(t *testing.T) {
	for in, want := range map[string]Status{
		"Active": Active, "ACTIVE ": Active, "Signed": Active, "Participating": Active, "Partcipating": Active,
		"Executed 6/11/2025": Active, "Active (MOA signed)": Active, "In effect": Active,
		"Pending": Waiting, "pending\u00a0signature": Waiting, "Pendng": Waiting, "Not signed": Waiting, "Not yet signed": Waiting,
		"Application under review": Waiting, "In process": Waiting, "Unsigned": Waiting, "Awaiting ICE": Waiting,
		"Terminated": Ended, "Terminatd": Ended, "Inactive": Ended, "Not active": Ended, "No longer participating": Ended, "Expired": Ended, "Withdrawn": Ended,
		"Signed, pending training": "", "Active/Pending": "", "Not pending": "", "Never signed": "", "Resigned": "", "Active - terminated": "",
		"": "", " \u00a0": "", "Yes": "", "N/A": "", "New": "", "Task Force Model": "", "TEXAS": "", "6/11/2025": "",
		"Activ": "", // too short to forgive a slip
	} {
		if got, ok := ParseStatus(in); got != want || ok != (want != "") {
			t.Errorf("ParseStatus(%q) = %q, %v, want %q", in, got, ok, want)
		}
	}
	if got, _ := ParseStatus(strings.Repeat("pending ", 20)); got != "" {
		t.Errorf("a remark is read as %q", got)
	}
}

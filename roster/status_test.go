package roster

import (
	"strings"
	"testing"
)

func TestParseStatus(t *testing.T) {
	for in, want := range map[string]Status{
		"Active": StatusActive, "ACTIVE ": StatusActive, "Signed": StatusActive, "Participating": StatusActive, "Partcipating": StatusActive,
		"Executed 6/11/2025": StatusActive, "Active (MOA signed)": StatusActive, "In effect": StatusActive,
		"Pending": StatusPending, "pending\u00a0signature": StatusPending, "Pendng": StatusPending, "Not signed": StatusPending, "Not yet signed": StatusPending,
		"Application under review": StatusPending, "In process": StatusPending, "Unsigned": StatusPending, "Awaiting ICE": StatusPending,
		"Terminated": StatusEnded, "Terminatd": StatusEnded, "Inactive": StatusEnded, "Not active": StatusEnded, "No longer participating": StatusEnded, "Expired": StatusEnded, "Withdrawn": StatusEnded,
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

package icepage

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestStated(t *testing.T) {
	for text, want := range map[string]string{
		"As of May 19, 2025, 11:59 am, ICE has signed 588 Memorandums of Agreement for 287(g) programs covering 40 states.": "588 agreements 2025-05-19; 40 states 2025-05-19",
		"ICE has signed 1,001 Memoranda of Agreement with 850 law enforcement agencies in 40 states.":                       "1001 agreements; 850 agencies; 40 states",
		"As of September 17, 2025 ICE has signed 1,000 MOAs. ICE also has 12 pending applications.":                         "1000 agreements 2025-09-17; 12 pending 2025-09-17",
		"ICE currently has 287(g) Jail Enforcement Model agreements with 60 law enforcement agencies in 16 states.":         "60 agencies JEM; 16 states JEM",
		"ICE has signed more than 1,000 agreements.":                                                                        "1000 agreements rounded",
		"As of 06/03/2025, there are 650 active agreements and 85 pending agreements.":                                      "650 agreements 2025-06-03; 85 pending 2025-06-03",
		"Total signed agreements: 1,412":                                                              "1412 agreements",
		"As of December 2024, ICE has agreements with sixteen agencies.":                              "16 agencies",
		"ICE has signed agreements in New Mexico and New York with 3 agencies.":                       "3 agencies",
		"Task Force Model: ICE has 500 agreements.\nWarrant Service Officer: ICE has 400 agreements.": "500 agreements TFM; 400 agreements WSO",
		// What counts something else, only a part, or nothing.
		"ICE has signed 588 Memorandums of Agreement, of which 300 are Task Force Model and 200 Jail Enforcement Model agreements.": "",
		"Since January 20, 2025, ICE has signed 500 agreements.":                                                                    "",
		"In fiscal year 2024, ICE signed 12 new agreements.":                                                                        "",
		"ICE trained 600 officers under its agreements.":                                                                            "",
		"ICE will provide a 90-day notice. Two agencies can share one agreement.":                                                   "",
		"Section 287(g) of the Act lets ICE delegate to agencies of states. It has 40 hours of training.":                           "",
		"In 2025 agencies of ICE signed.":                                                                                           "",
		"ICE reimburses $7,500 agreements equipment and 25% of agencies.":                                                           "",
		"Call 1-866-347-2423 agencies of ICE.":                                                                                      "",
	} {
		var got []string
		for _, c := range Stated(text) {
			s := fmt.Sprint(c.Count, " ", c.What)
			if c.Model != "" {
				s += " " + string(c.Model)
			}
			if c.Rounded {
				s += " rounded"
			}
			if c.AsOf != "" {
				s += " " + string(c.AsOf)
			}
			got = append(got, s)
		}
		if strings.Join(got, "; ") != want {
			t.Errorf("%s\n got %q\nwant %q", text, strings.Join(got, "; "), want)
		}
	}
}

func TestCompare(t *testing.T) {
	const before = "Partner with ICE\nAs of July 1, 2025, ICE has signed 777 Memorandums of Agreement in 40 states.\nNotice is given 90 days before."
	for name, test := range map[string]struct {
		now  string
		want Sameness
		diff string
	}{
		"nothing":          {before, Equal, "[] []"},
		"the day":          {strings.Replace(before, "July 1", "July 2", 1), OtherDate, "[] []"},
		"the number":       {strings.Replace(strings.Replace(before, "July 1", "July 2", 1), "777", "1,001", 1), OtherCount, "[] []"},
		"order":            {"Notice is given 90 days before.\n" + strings.TrimSuffix(before, "\nNotice is given 90 days before."), OtherDate, "[] []"},
		"another number":   {strings.Replace(before, "90", "30", 1), OtherWords, "[Notice is given 30 days before.] [Notice is given 90 days before.]"},
		"a paragraph more": {before + "\nAgencies are reimbursed.", OtherWords, "[Agencies are reimbursed.] []"},
		"one less":         {strings.Replace(before, "Partner with ICE\n", "", 1), OtherWords, "[] [Partner with ICE]"},
		"signed to sealed": {strings.Replace(before, "signed", "sealed", 1), OtherWords, "[As of July 1, 2025, ICE has sealed 777 Memorandums of Agreement in 40 states.] [As of July 1, 2025, ICE has signed 777 Memorandums of Agreement in 40 states.]"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Compare(before, test.now); got != test.want {
				t.Errorf("%d, want %d", got, test.want)
			}
			if added, removed := Difference(before, test.now); fmt.Sprint(added, " ", removed) != test.diff {
				t.Errorf("%v %v", added, removed)
			}
		})
	}
}

// Whatever the page says, numbers are read in it or not, and no text differs from itself.
func FuzzStated(f *testing.F) {
	f.Add("As of May 19, 2025, ICE has signed 588 Memorandums of Agreement.", "ICE has 1,000+ agreements: 12")
	f.Fuzz(func(t *testing.T, before, now string) {
		for _, c := range Stated(before) {
			if c.Count < 0 || c.What == "" || c.Sentence == "" || !utf8.ValidString(before) {
				t.Skipf("%+v", c)
			}
		}
		if Compare(before, before) != Equal {
			t.Error("it differs from itself")
		}
		added, removed := Difference(before, now)
		more, less := Difference(now, before)
		if fmt.Sprint(added, removed) != fmt.Sprint(less, more) {
			t.Errorf("%q %q, and the other way %q %q", added, removed, less, more)
		}
		if (Compare(before, now) == OtherWords) != (len(added)+len(removed) > 0) {
			t.Error("it is another wording, and nothing differs")
		}
	})
}

func TestExplain(t *testing.T) {
	now := Ours{Day: "2025-07-03", Agreements: 777, Agencies: 700, States: 40, Pending: 20, KnowsPending: true}
	then := Ours{Day: "2025-07-01", Agreements: 770, Agencies: 694, States: 40, Pending: 25, KnowsPending: true}
	before := []Ours{then, {Day: "2025-06-27", Agreements: 760, Agencies: 690, States: 39}}
	claim := func(w What, n int) Claim { return Claim{What: w, Count: n} }
	for name, test := range map[string]struct {
		claim Claim
		now   Ours
		then  *Ours
		want  Reason
	}{
		"the same":        {claim(Agreements, 777), now, nil, ReasonSame},
		"its day":         {claim(Agreements, 770), now, &then, ReasonSameThen},
		"an earlier list": {claim(Agreements, 760), now, &then, ReasonSameBefore},
		"agencies":        {claim(Agreements, 700), now, &then, ReasonAgencies},
		"agreements":      {claim(Agencies, 777), now, &then, ReasonAgreements},
		"with pending":    {claim(Agreements, 797), now, &then, ReasonWithPending},
		"rounded":         {Claim{What: Agreements, Count: 700, Rounded: true}, now, &then, ReasonRounded},
		"more":            {claim(States, 41), now, &then, ReasonMore},
		"fewer":           {claim(Agencies, 12), now, &then, ReasonFewer},
		"no pending list": {claim(Pending, 0), Ours{Day: "2025-07-03"}, nil, ReasonUnlisted},
		"nothing known":   {claim(Agreements, 0), Ours{}, nil, ReasonUnlisted},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Explain(test.claim, test.now, test.then, before); got.Reason != test.want {
				t.Errorf("%+v", got)
			}
		})
	}
}

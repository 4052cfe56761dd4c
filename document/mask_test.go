package document_test

import (
	"regexp"
	"testing"

	"github.com/watch287g/watch287g/document"
)

func TestMask(t *testing.T) {
	t.Parallel()
	const phone, mail = document.MaskedPhone, document.MaskedMail
	for text, want := range map[string]string{
		"call 904-555-2133 today":                                    "call " + phone + " today",
		"Chief Deputy Ann Example (334} 555-4850":                    "Chief Deputy Ann Example " + phone,
		"(352) 555-1569\nFor ICE":                                    phone + "\nFor ICE",
		"2395559203\nx":                                              phone + "\nx",
		"864.555.7626":                                               phone,
		"+1 864 555 7626, fax":                                       phone + ", fax",
		"863-555-1600 Ext. 2102\n":                                   phone + "\n",
		"863-555-1600, x21":                                          phone,
		"(Phone: 407-555-3600). The":                                 "(Phone: " + phone + "). The",
		"904-\n555-2133":                                             phone,
		"904 -555- 2133":                                             phone,
		"9O4-555-2l33":                                               phone,
		"number l-833-4ICE-OPR; or":                                  "number " + phone + "; or",
		"1-866-DHS-2-ICE":                                            phone,
		"Telephone: 555-0134.":                                       "Telephone: " + phone + ".",
		"Sheriff A. Example\n555-0134\nTexas":                        "Sheriff A. Example\n" + phone + "\nTexas",
		"+52 55 5555 0134":                                           phone,
		"at ICEOPRintake@ice.dhs.gov.":                               "at " + mail + ".",
		"at ICEOPRintake(@ice.dhs.gov.":                              "at " + mail + ".",
		"Jointintake@cbJ>,dhs.gov. Complaints":                       mail + ". Complaints",
		"(904) 555-6700 ; a.example@claysheriff.test":                phone + " ; " + mail,
		"a.example\n@longwood.test\nFor ICE":                         mail + "\nFor ICE",
		"a.exam-\nple@longwood.test\nFor ICE":                        mail + "\nFor ICE",
		"a.example@long-\nwood.org, and":                             mail + ", and",
		"a.example@longwood.\norg and":                               mail + " and",
		"a.example@longwood.org\nFor ICE":                            mail + "\nFor ICE",
		"a.example @ longwood.org":                                   mail,
		"a.example(at)longwood.org":                                  mail,
		"a.example [at] longwood.org":                                mail,
		"a example at longwood dot org":                              "a " + mail,
		"a.example©longwood.org":                                     mail,
		"audrey@famu.ed":                                             mail,
		"Timothy Example @~ Sheriff":                                 "Timothy Example @~ Sheriff",
		"INA § 287(a)(2) and 8 C.F.R. § 287.5(c)(1), 287(g)":         "INA § 287(a)(2) and 8 C.F.R. § 287.5(c)(1), 287(g)",
		"28 U.S.C. § 1346(b)(1), 2671-2680":                          "28 U.S.C. § 1346(b)(1), 2671-2680",
		"8 C.F.R. §§ 235.3, 238.1, 239.1, and 241.8":                 "8 C.F.R. §§ 235.3, 238.1, 239.1, and 241.8",
		"Giglio, 405 U.S. 150 (1972), 385 U.S. 493 (1967)":           "Giglio, 405 U.S. 150 (1972), 385 U.S. 493 (1967)",
		"Tallahassee, FL 32399-1600":                                 "Tallahassee, FL 32399-1600",
		"Revised 02/1512025, 02/26/2025, 2025.02.28":                 "Revised 02/1512025, 02/26/2025, 2025.02.28",
		"A 123 456 789, A-123456789, A200-123-456":                   "A 123 456 789, A-123456789, A200-123-456",
		"ICE Form 70-006, Pub. L. No. 107-296":                       "ICE Form 70-006, Pub. L. No. 107-296",
		"Docusign Envelope ID: 608F9A7B-0382-4831-9A71-54645AAE3C51": "Docusign Envelope ID: 608F9A7B-0382-4831-9A71-54645AAE3C51",
		"on ICE's website at www.ice.gov":                            "on ICE's website at www.ice.gov",
		"the LEA's © 2025 Example":                                   "the LEA's © 2025 Example",
		"Service Fund 555-0134 of the form":                          "Service Fund 555-0134 of the form",
	} {
		got := document.Mask(text)
		if got != want {
			t.Errorf("Mask(%q) = %q, want %q", text, got, want)
		}
		if again := document.Mask(got); again != got {
			t.Errorf("masked twice: %q", again)
		}
	}
}

// Whatever stands around a number or an address, it does not stay, and nothing else goes.
func FuzzMask(f *testing.F) {
	f.Add("For the LEA:", "For ICE: 28 U.S.C. 2671-2680", uint8(1))
	f.Add("a@", "@b.org", uint8(7))
	f.Add("-\n555-", "-\nx", uint8(3))
	spellings := []string{"904-555-2133", "(904) 555-2133", "904.555.2133", "9045552133", "1-904-555-2133", "904-555-\n2133",
		"a.example@longwood.org", "a.example(at)longwood.org", "a.example @ longwood.org", "A_EXAMPLE@ICE.DHS.GOV"}
	secret := regexp.MustCompile(`(?i)2133|longwood|example|ice\.dhs`)
	f.Fuzz(func(t *testing.T, before, after string, which uint8) {
		if secret.MatchString(before + after) {
			t.Skip()
		}
		got := document.Mask(before + "\n\n" + spellings[int(which)%len(spellings)] + "\n\n" + after)
		if found := secret.FindString(got); found != "" {
			t.Errorf("%q stayed in %q", found, got)
		}
		if document.Mask(got) != got {
			t.Errorf("masked twice: %q is %q", got, document.Mask(got))
		}
	})
}

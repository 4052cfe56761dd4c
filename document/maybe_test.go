package document

import "testing"

// What says that a text cannot have something never keeps an expression from finding it.
func FuzzMaybe(f *testing.F) {
	for _, seed := range []string{"Call (202) 555-0143.", "name at agency dot gov", "jane(at)county.gov", "jane [ A ] county.gov", "1-800-CALL-ICE", "8(88)-TIPLINE", "Phone: 555-0143", "2O2 5SS Ol43", "+44 20 7946 0958", "555\u2013\n0143", "8\u00ad00-ABCDEF", "nobody", "( a )", "(\u00a0at)"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p := masks()
		for name, missed := range map[string]bool{
			"dotted": !maybeDotted(text) && p.dotted.MatchString(text),
			"at":     !maybeAt(text) && p.at.MatchString(text),
			"vanity": !maybeVanity(text) && p.vanity.MatchString(text),
			"phone":  !maybeDigits(text, 10) && p.phone.MatchString(text),
			"local":  !maybeDigits(text, 7) && p.local.MatchString(text),
		} {
			if missed {
				t.Errorf("%s: %q", name, text)
			}
		}
	})
}

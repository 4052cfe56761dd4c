package prose

import "strings"

// SignupWords is what pages say to readers who sign themselves up, by its key behind
// "signup.", with its count and its parts. What begins with "privacy." is what the page on
// privacy says.
func (l Language) SignupWords(what string, n int, words map[string]string) string {
	if rest, ok := strings.CutPrefix(what, "privacy."); ok {
		return l.count(key("privacy."+rest), n, words)
	}
	return l.count(key("signup."+what), n, words)
}

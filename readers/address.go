package readers

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

const (
	mostAddress = 254 // bytes, as RFC 5321 bounds a path without its brackets
	mostLocal   = 64  // bytes before the @
)

// atext are the characters but letters and digits that RFC 5322 allows before the @
// without quotes.
const atext = "!#$%&'*+-/=?^_`{|}~"

// ParseAddress reads an email address as somebody typed it, and returns it as it is kept
// and written to: without spaces around it, the domain in lower case and in ASCII, the
// part before the @ as typed. Names, brackets, quotes, comments, addresses of hosts by
// number and letters outside of ASCII before the @ (which many servers do not take) are
// refused. The error is an ErrInvalid, which does not have the address in it.
func ParseAddress(typed string) (string, error) {
	typed = strings.TrimSpace(typed)
	if len(typed) > mostAddress {
		return "", invalid("the address is longer than %d bytes", mostAddress)
	}
	local, domain, ok := strings.Cut(typed, "@")
	switch {
	case typed == "":
		return "", invalid("there is no address")
	case !ok:
		return "", invalid("the address has no @")
	case strings.Contains(domain, "@"):
		return "", invalid("the address has more than one @")
	case !isLocal(local):
		return "", invalid("what stands before the @ is not what an address has there")
	}
	domain, ok = asciiDomain(domain)
	if !ok {
		return "", invalid("what stands behind the @ is not the name of a mail server")
	}
	if len(local)+1+len(domain) > mostAddress {
		return "", invalid("the address is longer than %d bytes", mostAddress)
	}
	return local + "@" + domain, nil
}

func isLocal(local string) bool {
	if local == "" || len(local) > mostLocal {
		return false
	}
	for part := range strings.SplitSeq(local, ".") {
		if part == "" || strings.ContainsFunc(part, func(r rune) bool { return !isLetterOrDigit(r) && !strings.ContainsRune(atext, r) }) {
			return false
		}
	}
	return true
}

func isLetterOrDigit(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
}

// asciiDomain returns a domain in ASCII and lower case; ok is false for what cannot be
// one in public.
func asciiDomain(domain string) (ascii string, ok bool) {
	profile := idna.New(idna.MapForLookup(), idna.BidiRule(), idna.StrictDomainName(true), idna.VerifyDNSLength(true), idna.Transitional(false))
	ascii, err := profile.ToASCII(domain)
	if err != nil || !utf8.ValidString(domain) {
		return "", false
	}
	labels := strings.Split(ascii, ".")
	last := labels[len(labels)-1]
	if len(labels) < 2 || strings.Trim(last, "0123456789") == "" {
		return "", false
	}
	for _, l := range labels {
		if l == "" || strings.ContainsFunc(l, func(r rune) bool { return !isLetterOrDigit(r) && r != '-' }) {
			return "", false
		}
	}
	return strings.ToLower(ascii), true
}

// AddressKey is the same for all ways of writing an address that ParseAddress returned:
// servers tell no case apart before the @, whatever they might. Readers and suppressions
// go by it.
func AddressKey(address string) string { return strings.ToLower(address) }

// InboxKey is the same for addresses whose mail comes to one inbox, as far as that can be
// told: those that differ only behind a "+", or, at Gmail, in dots. Some servers know of no
// such tags; what goes by it may therefore only be refused for a while.
func InboxKey(address string) string {
	local, domain, _ := strings.Cut(AddressKey(address), "@")
	if before, _, tagged := strings.Cut(local, "+"); tagged && before != "" {
		local = before
	}
	if domain == "gmail.com" || domain == "googlemail.com" {
		local, domain = strings.ReplaceAll(local, ".", ""), "gmail.com"
	}
	return local + "@" + domain
}

// DomainOf is what stands behind the @ of an address that ParseAddress returned.
func DomainOf(address string) string { return address[strings.LastIndexByte(address, '@')+1:] }

// Masked is an address as an operator may see it at a glance: "j…@e….org".
func Masked(address string) string {
	local, domain, _ := strings.Cut(address, "@")
	last := domain[strings.LastIndexByte(domain, '.')+1:]
	return first(local) + "…@" + first(domain) + "…." + last
}

func first(s string) string { return s[:min(len(s), 1)] }

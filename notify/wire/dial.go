// Package wire is the way to services that are not trusted: it dials public addresses
// only, and says in words of its own what went wrong, since the errors of net and
// net/http name the other side, with its path.
package wire

import (
	"errors"
	"net"
	"net/netip"
	"strings"
	"syscall"
	"time"

	"code.dny.dev/ssrf"
)

// ErrPrivate is why a webhook's endpoint was not even dialed.
var ErrPrivate = errors.New("its address is not on the public internet")

// guard knows which addresses IANA hands out to the internet at large. That of
// Azure, under which it tells machines about themselves, is not among the others.
var guard = ssrf.New(ssrf.WithDeniedV4Prefixes(netip.MustParsePrefix("168.63.129.16/32")))

var sixToFour = netip.MustParsePrefix("2002::/16")

// PublicDialer dials public addresses only. It looks at the address itself, after
// the name was resolved and right before the connection is made, so that a name
// that points to a private address, now or later, reaches nothing.
func PublicDialer() *net.Dialer {
	return &net.Dialer{
		Timeout: 10 * time.Second,
		Control: func(_, address string, _ syscall.RawConn) error {
			to, err := netip.ParseAddrPort(address)
			if err != nil || !public(to.Addr()) {
				return ErrPrivate
			}
			return nil
		},
	}
}

// PrivateHost says of a URL's host, before anything is dialed, that it cannot be
// public. What a name points to is seen when it is dialed.
func PrivateHost(host string) bool {
	ip, err := netip.ParseAddr(host)
	name := strings.TrimSuffix(strings.ToLower(host), ".")
	return err == nil && !public(ip) || name == "localhost" || strings.HasSuffix(name, ".localhost")
}

// public says whether an address is one of the internet at large. An IPv4 address
// inside an IPv6 one counts as itself.
func public(ip netip.Addr) bool {
	ip = ip.Unmap().WithZone("")
	raw := ip.As16()
	switch {
	case ssrf.IPv6NAT64Prefix.Contains(ip):
		ip = netip.AddrFrom4([4]byte(raw[12:16]))
	case sixToFour.Contains(ip):
		ip = netip.AddrFrom4([4]byte(raw[2:6]))
	}
	return guard.SafeAddr(ip) == nil
}

package notify

import (
	"errors"
	"net"
	"net/netip"
	"strings"
	"syscall"
	"time"
)

// errPrivate is why a webhook's endpoint was not even dialed.
var errPrivate = errors.New("its address is not on the public internet")

// reserved are the blocks of addresses that look public and are not; those that
// netip itself can tell (private, loopback, link-local, multicast) are not here.
var reserved = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),        // this network
	netip.MustParsePrefix("100.64.0.0/10"),    // shared by a carrier's customers
	netip.MustParsePrefix("168.63.129.16/32"), // where Azure tells machines about themselves
	netip.MustParsePrefix("192.0.0.0/24"),     // protocol assignments
	netip.MustParsePrefix("192.0.2.0/24"),     // documentation
	netip.MustParsePrefix("192.88.99.0/24"),   // relays of 6to4
	netip.MustParsePrefix("198.18.0.0/15"),    // benchmarks
	netip.MustParsePrefix("198.51.100.0/24"),  // documentation
	netip.MustParsePrefix("203.0.113.0/24"),   // documentation
	netip.MustParsePrefix("240.0.0.0/4"),      // future use, broadcast
	netip.MustParsePrefix("2001::/23"),        // protocol assignments, Teredo
	netip.MustParsePrefix("2001:db8::/32"),    // documentation
	netip.MustParsePrefix("3fff::/20"),        // documentation
}

var (
	globalV6  = netip.MustParsePrefix("2000::/3") // all that is handed out so far
	nat64     = netip.MustParsePrefix("64:ff9b::/96")
	sixToFour = netip.MustParsePrefix("2002::/16")
)

// publicDialer dials public addresses only. It looks at the address itself, after
// the name was resolved and right before the connection is made, so that a name
// that points to a private address, now or later, reaches nothing.
func publicDialer() *net.Dialer {
	return &net.Dialer{
		Timeout: 10 * time.Second,
		Control: func(_, address string, _ syscall.RawConn) error {
			to, err := netip.ParseAddrPort(address)
			if err != nil || !public(to.Addr()) {
				return errPrivate
			}
			return nil
		},
	}
}

// privateHost says of a URL's host, before anything is dialed, that it cannot be
// public. What a name points to is seen when it is dialed.
func privateHost(host string) bool {
	ip, err := netip.ParseAddr(host)
	name := strings.TrimSuffix(strings.ToLower(host), ".")
	return err == nil && !public(ip) || name == "localhost" || strings.HasSuffix(name, ".localhost")
}

// public says whether an address is one of the internet at large. An IPv4 address
// inside an IPv6 one counts as itself.
func public(ip netip.Addr) bool {
	ip = ip.Unmap()
	raw := ip.As16()
	switch {
	case nat64.Contains(ip):
		return public(netip.AddrFrom4([4]byte(raw[12:16])))
	case sixToFour.Contains(ip):
		return public(netip.AddrFrom4([4]byte(raw[2:6])))
	case ip.Is6() && !globalV6.Contains(ip.WithZone("")):
		return false
	}
	for _, r := range reserved {
		if r.Contains(ip) {
			return false
		}
	}
	return ip.IsGlobalUnicast() && !ip.IsPrivate()
}

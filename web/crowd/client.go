package crowd

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Proxies are the networks of the proxies whose word on who asks is taken.
type Proxies []netip.Prefix

// Trusts says whether an address is that of a trusted proxy.
func (p Proxies) Trusts(a netip.Addr) bool {
	return slices.ContainsFunc(p, func(network netip.Prefix) bool { return network.Contains(a) })
}

// client returns who asks: the one who holds the connection, or, where that is a
// trusted proxy, the last one on the way to it that is none. What stands before that
// one in the headers is the client's own word, and counts for nothing.
func (p Proxies) client(r *http.Request) netip.Addr {
	at := addressOf(r.RemoteAddr)
	if len(p) == 0 || !p.Trusts(at) {
		return at
	}
	way := r.Header.Values("X-Forwarded-For")
	read := readAddress
	if len(way) == 0 {
		way, read = r.Header.Values("Forwarded"), readForwarded
	}
	for i := len(way) - 1; i >= 0; i-- {
		for hops := way[i]; ; {
			comma := strings.LastIndexByte(hops, ',')
			hop, ok := read(hops[comma+1:])
			if !ok { // who that is nobody says: the one who told of it answers for all of them
				return at
			}
			if at = hop; !p.Trusts(at) {
				return at
			}
			if comma < 0 {
				break
			}
			hops = hops[:comma]
		}
	}
	return at
}

// readForwarded reads the client of one element of a Forwarded header (RFC 7239).
func readForwarded(element string) (netip.Addr, bool) {
	for pair := range strings.SplitSeq(element, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
		if strings.EqualFold(name, "for") {
			return readAddress(strings.Trim(value, `"`))
		}
	}
	return netip.Addr{}, false
}

// readAddress reads an IP address with or without a port.
func readAddress(text string) (netip.Addr, bool) {
	text = strings.TrimSpace(text)
	if host, _, err := net.SplitHostPort(text); err == nil {
		text = host
	}
	a, err := netip.ParseAddr(strings.Trim(text, "[]"))
	return a.Unmap().WithZone(""), err == nil
}

// addressOf is the address in host:port; that of nobody where there is none.
func addressOf(hostPort string) netip.Addr {
	a, _ := readAddress(hostPort)
	return a
}

// party returns the address that stands for all who share one: of IPv6 the network of
// 64 bits, since a client has the whole of one.
func party(a netip.Addr) netip.Addr {
	if a.Is6() {
		if network, err := a.Prefix(64); err == nil {
			return network.Addr()
		}
	}
	return a
}

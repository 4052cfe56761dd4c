package wire

import (
	"net/netip"
	"testing"
)

func TestPublic(t *testing.T) {
	for ip, want := range map[string]bool{
		"93.184.215.14":             true,
		"8.8.8.8":                   true,
		"192.0.1.1":                 true,
		"2606:4700:4700::1111":      true,
		"::ffff:8.8.8.8":            true,
		"64:ff9b::8.8.8.8":          true,
		"2002:808:808::1":           true,
		"0.0.0.0":                   false,
		"0.1.2.3":                   false,
		"10.1.2.3":                  false,
		"100.64.0.1":                false,
		"100.100.100.200":           false,
		"127.0.0.1":                 false,
		"127.8.8.8":                 false,
		"168.63.129.16":             false,
		"169.254.169.254":           false,
		"172.16.0.1":                false,
		"172.31.255.255":            false,
		"192.0.0.192":               false,
		"192.0.2.1":                 false,
		"192.168.1.1":               false,
		"198.18.0.1":                false,
		"198.51.100.1":              false,
		"203.0.113.1":               false,
		"224.0.0.1":                 false,
		"240.0.0.1":                 false,
		"255.255.255.255":           false,
		"::":                        false,
		"::1":                       false,
		"::7f00:1":                  false,
		"::ffff:127.0.0.1":          false,
		"::ffff:169.254.169.254":    false,
		"64:ff9b::10.0.0.1":         false,
		"64:ff9b::a9fe:a9fe":        false,
		"64:ff9b:1::8.8.8.8":        false,
		"100::1":                    false,
		"2001::1":                   false,
		"2001:db8::1":               false,
		"2002:7f00:1::1":            false,
		"2002:a00:1::1":             false,
		"3fff::1":                   false,
		"fc00::1":                   false,
		"fd00:ec2::254":             false,
		"fe80::1":                   false,
		"fe80::1%eth0":              false,
		"fec0::1":                   false,
		"ff02::1":                   false,
		"::ffff:0:127.0.0.1":        false,
		"2606:4700:4700::1111%eth0": true,
	} {
		if got := public(netip.MustParseAddr(ip)); got != want {
			t.Errorf("public(%s) = %v, want %v", ip, got, want)
		}
	}
}

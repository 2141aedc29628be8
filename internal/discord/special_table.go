package discord

import "net/netip"

// reserved is one block of addresses with a purpose of its own.
type reserved struct {
	block  netip.Prefix
	public bool // "Globally Reachable" is True
	name   string
}

// specialBlocks are IANA's registries of special-purpose addresses, every row; the
// newest is RFC 9780's of 2025. The longest block decides. What the registry does
// not call globally reachable (False, N/A, or no longer assigned) is not public.
//
//	https://www.iana.org/assignments/iana-ipv4-special-registry/
//	https://www.iana.org/assignments/iana-ipv6-special-registry/
//
// The rows at the end are of other registries. IPv6 outside of 2000::/3 is not
// in use as public addresses at all (isPublic), but for 64:ff9b::/96.
var specialBlocks = []reserved{
	{netip.MustParsePrefix("0.0.0.0/8"), false, "this network, RFC 791"},
	{netip.MustParsePrefix("0.0.0.0/32"), false, "this host on this network, RFC 1122"},
	{netip.MustParsePrefix("10.0.0.0/8"), false, "private use, RFC 1918"},
	{netip.MustParsePrefix("100.64.0.0/10"), false, "shared address space, RFC 6598"},
	{netip.MustParsePrefix("127.0.0.0/8"), false, "loopback, RFC 1122"},
	{netip.MustParsePrefix("169.254.0.0/16"), false, "link local, RFC 3927"},
	{netip.MustParsePrefix("172.16.0.0/12"), false, "private use, RFC 1918"},
	{netip.MustParsePrefix("192.0.0.0/24"), false, "IETF protocol assignments, RFC 6890"},
	{netip.MustParsePrefix("192.0.0.0/29"), false, "IPv4 service continuity prefix, RFC 7335"},
	{netip.MustParsePrefix("192.0.0.8/32"), false, "IPv4 dummy address, RFC 7600"},
	{netip.MustParsePrefix("192.0.0.9/32"), true, "port control protocol anycast, RFC 7723"},
	{netip.MustParsePrefix("192.0.0.10/32"), true, "TURN anycast, RFC 8155"},
	{netip.MustParsePrefix("192.0.0.170/32"), false, "NAT64/DNS64 discovery, RFC 7050"},
	{netip.MustParsePrefix("192.0.0.171/32"), false, "NAT64/DNS64 discovery, RFC 7050"},
	{netip.MustParsePrefix("192.0.2.0/24"), false, "documentation, RFC 5737"},
	{netip.MustParsePrefix("192.31.196.0/24"), true, "AS112, RFC 7535"},
	{netip.MustParsePrefix("192.52.193.0/24"), true, "AMT, RFC 7450"},
	{netip.MustParsePrefix("192.88.99.0/24"), false, "6to4 relay anycast, ended, RFC 7526"},
	{netip.MustParsePrefix("192.88.99.2/32"), false, "6a44 relay anycast, RFC 6751"},
	{netip.MustParsePrefix("192.168.0.0/16"), false, "private use, RFC 1918"},
	{netip.MustParsePrefix("192.175.48.0/24"), true, "direct delegation AS112, RFC 7534"},
	{netip.MustParsePrefix("198.18.0.0/15"), false, "benchmarking, RFC 2544"},
	{netip.MustParsePrefix("198.51.100.0/24"), false, "documentation, RFC 5737"},
	{netip.MustParsePrefix("203.0.113.0/24"), false, "documentation, RFC 5737"},
	{netip.MustParsePrefix("240.0.0.0/4"), false, "reserved, RFC 1112"},
	{netip.MustParsePrefix("255.255.255.255/32"), false, "limited broadcast, RFC 8190"},

	{netip.MustParsePrefix("::1/128"), false, "loopback, RFC 4291"},
	{netip.MustParsePrefix("::/128"), false, "unspecified, RFC 4291"},
	{netip.MustParsePrefix("::ffff:0:0/96"), false, "IPv4 mapped, RFC 4291; judged as the IPv4 address"},
	{netip.MustParsePrefix("64:ff9b::/96"), true, "IPv4 translated, RFC 6052; judged as the IPv4 address, too"},
	{netip.MustParsePrefix("64:ff9b:1::/48"), false, "IPv4 translated locally, RFC 8215"},
	{netip.MustParsePrefix("100::/64"), false, "discard only, RFC 6666"},
	{netip.MustParsePrefix("100:0:0:1::/64"), false, "dummy prefix, RFC 9780"},
	{netip.MustParsePrefix("2001::/23"), false, "IETF protocol assignments, RFC 2928"},
	{netip.MustParsePrefix("2001::/32"), false, "Teredo, RFC 4380"},
	{netip.MustParsePrefix("2001:1::1/128"), true, "port control protocol anycast, RFC 7723"},
	{netip.MustParsePrefix("2001:1::2/128"), true, "TURN anycast, RFC 8155"},
	{netip.MustParsePrefix("2001:1::3/128"), true, "DNS-SD service registration anycast, RFC 9665"},
	{netip.MustParsePrefix("2001:2::/48"), false, "benchmarking, RFC 5180"},
	{netip.MustParsePrefix("2001:3::/32"), true, "AMT, RFC 7450"},
	{netip.MustParsePrefix("2001:4:112::/48"), true, "AS112, RFC 7535"},
	{netip.MustParsePrefix("2001:10::/28"), false, "ORCHID, ended, RFC 4843"},
	{netip.MustParsePrefix("2001:20::/28"), true, "ORCHIDv2, RFC 7343"},
	{netip.MustParsePrefix("2001:30::/28"), true, "drone remote id, RFC 9374"},
	{netip.MustParsePrefix("2001:db8::/32"), false, "documentation, RFC 3849"},
	{netip.MustParsePrefix("2002::/16"), false, "6to4, RFC 3056"},
	{netip.MustParsePrefix("2620:4f:8000::/48"), true, "direct delegation AS112, RFC 7534"},
	{netip.MustParsePrefix("3fff::/20"), false, "documentation, RFC 9637"},
	{netip.MustParsePrefix("5f00::/16"), false, "segment routing, RFC 9602"},
	{netip.MustParsePrefix("fc00::/7"), false, "unique local, RFC 4193"},
	{netip.MustParsePrefix("fe80::/10"), false, "link local, RFC 4291"},

	{netip.MustParsePrefix("224.0.0.0/4"), false, "multicast, RFC 5771"},
	{netip.MustParsePrefix("::/96"), false, "IPv4 compatible, ended, RFC 4291"},
	{netip.MustParsePrefix("fec0::/10"), false, "site local, ended, RFC 3879"},
	{netip.MustParsePrefix("ff00::/8"), false, "multicast, RFC 4291"},
}

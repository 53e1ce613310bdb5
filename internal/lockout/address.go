package lockout

import "net/netip"

// Address is the key of a network address, given with or without port: an IPv4
// address, or the /64 that an IPv6 host has all addresses of. What is no address
// is its own key.
func Address(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		port, err := netip.ParseAddrPort(address)
		if err != nil {
			return address
		}
		ip = port.Addr()
	}
	ip = ip.Unmap().WithZone("")
	if ip.Is4() {
		return ip.String()
	}
	return netip.PrefixFrom(ip, 64).Masked().String()
}

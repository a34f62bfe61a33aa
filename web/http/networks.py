"""Networks: by what the requests of one subscriber are counted."""

from ipaddress import IPv4Address, IPv6Network, ip_address

_SUBSCRIBER_BITS = 64


def network_of(address: str) -> str:
    """Return the network of an address: an IPv4 address itself, or the /64 of an IPv6 one.

    A subscriber gets at least a /64 (RFC 6177, section 2). All texts that are no address share one
    network: otherwise a forged header could make up as many networks as names.
    """
    try:
        known = ip_address(address)
    except ValueError:
        return ""
    if isinstance(known, IPv4Address):
        return str(known)
    return str(known.ipv4_mapped or IPv6Network((known, _SUBSCRIBER_BITS), strict=False))

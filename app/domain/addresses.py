"""Network addresses: what is in the restaurant's own network, where plain http may be spoken."""

from ipaddress import ip_address

_LOCAL_SUFFIXES = (".local", ".lan", ".internal", ".home.arpa")


def is_local(host: str) -> bool:
    """Whether a host is this machine or in the own network: a private address, or a name no public server can have."""
    try:
        address = ip_address(host)
    except ValueError:
        # The letter keeps out 134744072, which is 8.8.8.8.
        return host[:1].isalpha() and ("." not in host or host.endswith(_LOCAL_SUFFIXES))
    return address.is_loopback or address.is_private

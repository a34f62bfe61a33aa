"""Networks: limits count by them, so tests that share a site come from networks of their own."""

import secrets


def own_network() -> str:
    """Return an address in a network that no other test uses."""
    return ".".join(["10", *(str(secrets.randbelow(256)) for _ in range(3))])


def from_network(address: str) -> dict[str, str]:
    """Return the headers of a request that a proxy forwards from an address."""
    return {"X-Forwarded-For": address}

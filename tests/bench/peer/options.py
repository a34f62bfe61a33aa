"""The options of the command that name a peer."""

from argparse import ArgumentParser, Namespace
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from tests.bench.peer.asking import Peer
from tests.bench.peer.bookings import USUAL, read_template
from web.console import Trouble

PEER = "peer"
"""What `--only` calls the table of a peer."""


def add_options(parser: ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("--peer", metavar="URL", help="another program, measured beside ours")
    parser.add_argument(
        "--peer-booking", type=Path, metavar="FILE", help="what it is sent for a booking, as JSON"
    )


def peer_of(arguments: Namespace) -> Peer | None:
    """Return the peer that the options name, where they name one."""
    if arguments.peer is None:
        if arguments.peer_booking or PEER in (arguments.only or []):
            raise Trouble("No peer is named: add --peer URL.")
        return None
    if not (find_spec("socketio") and find_spec("aiohttp")):
        raise Trouble(
            "python-socketio and aiohttp are missing: `just bench --peer URL` brings them."
        )
    template = read_template(arguments.peer_booking) if arguments.peer_booking else USUAL
    return Peer(_origin(arguments.peer), template)


def _origin(url: str) -> str:
    """Return an address with its port, and no more; one that says more can't be asked."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or 80
    except ValueError:
        host, port = None, 0
    if not host or parts.scheme != "http" or parts.path.strip("/") or parts.query:
        raise Trouble(f"--peer: {url} is not an address such as http://127.0.0.1:5000")
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"

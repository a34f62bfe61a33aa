"""The listening socket: bound once, before anything else starts, and inherited by every worker."""

import errno
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from web.console import Trouble

BACKLOG = 2048


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """Listen there; who connects before a worker is ready waits.

    Raises:
        Trouble: The address can't be listened on.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        bound = socket.create_server(address[:2], family=family, backlog=BACKLOG)
    except OSError as error:
        raise Trouble(_why_not(host, port, error)) from error
    with bound:
        bound.set_inheritable(True)
        yield bound


def _why_not(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"PORT {port} at {host} is in use: stop what listens there, or set PORT to another."
    if error.errno == errno.EACCES:
        return f"PORT {port} may not be opened by this user: set PORT to one above 1023."
    return f"HOST {host} can't be listened on ({error.strerror}): name an address of this machine."

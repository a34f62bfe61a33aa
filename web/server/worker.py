"""One worker: serves the app on the socket that the launcher has bound.

Run by the launcher as `python -m web.server.worker`; everything it needs is in its environment.
"""

import os
import resource
import socket
import sys
from contextlib import suppress

import uvicorn
from litestar import Litestar

from web.app import create_app
from web.http.heads import answering_head
from web.http.hosts import naming_a_host
from web.http.request_ids import identifying
from web.jobs import garbage
from web.server.connections import IDLE_S, BoundedConnection
from web.server.tether import end_with_launcher
from web.services import services_of
from web.settings import read_settings

GRACE_S = 3
"""How long requests in flight may take once the worker has to stop."""

_MOST_FILES = 65_536


def allow_many_connections() -> None:
    """Raise the limit on open files as far as we may: most systems begin with 1,024."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, _MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < most:
        with suppress(OSError, ValueError):  # macOS allows less than it says
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


class Server(uvicorn.Server):
    """Tells the launcher when it is ready, and ends the event streams before it stops."""

    def __init__(self, app: Litestar, config: uvicorn.Config, ready: int) -> None:
        super().__init__(config)
        self.app = app
        self.ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets)
        if self.started:
            garbage.settle()
            os.write(self.ready, b"ready")
        os.close(self.ready)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop. The server waits for open responses, and streams stay open until they are ended."""
        services_of(self.app).live.end_streams()
        await super().shutdown(sockets)


def main() -> int:
    """Serve until SIGTERM."""
    environment = os.environ
    allow_many_connections()
    end_with_launcher(int(environment["WORKER_LAUNCHER"]))
    secret_keys = environment["WORKER_SECRET_KEY"].split(",")
    app = create_app(read_settings(environment), secret_keys, environment["WORKER_DATABASE"])
    proxies = environment.get("FORWARDED_ALLOW_IPS") or "127.0.0.1,::1"
    config = uvicorn.Config(
        identifying(naming_a_host(answering_head(app)), proxies),
        interface="asgi3",
        loop="auto",  # uvloop if there is one
        http=BoundedConnection,
        lifespan="on",
        log_config=None,  # the app's own
        log_level="warning",  # that it serves is the launcher's to say
        access_log=False,
        server_header=False,
        proxy_headers=False,  # seen to where requests get their ids
        timeout_keep_alive=IDLE_S,
        timeout_graceful_shutdown=GRACE_S,
    )
    server = Server(app, config, int(environment["WORKER_READY"]))
    server.run([socket.socket(fileno=int(environment["WORKER_SOCKET"]))])
    return 0 if server.started else 1


if __name__ == "__main__":
    sys.exit(main())

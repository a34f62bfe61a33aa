"""Styles and scripts, each as one file; fonts and pictures as they are; what crawlers ask for."""

from litestar import MediaType, Response, Router, get
from litestar.file_system import BaseLocalFileSystem
from litestar.static_files import create_static_files_router
from litestar.types import PathType
from litestar.types.file_types import FileInfo

from web.assets.bundles import SCRIPTS, STATIC, STYLES, Bundle

_FOR_A_DAY = "public, max-age=86400"
_ROBOTS = """\
User-agent: *
Disallow: /bookings
Disallow: /admin
Disallow: /desk
Disallow: /slots/
Disallow: /waitlist/
Disallow: /experts/*/live
Disallow: /openings/live
"""


def _sent(bundle: Bundle) -> Response[bytes]:
    return Response(bundle.content, media_type=bundle.media_type)


@get(STYLES.path, name="styles")
async def styles() -> Response[bytes]:
    """Send the styles of all pages."""
    return _sent(STYLES)


@get(SCRIPTS.path, name="scripts")
async def scripts() -> Response[bytes]:
    """Send the scripts of all pages."""
    return _sent(SCRIPTS)


@get("/favicon.ico", name="favicon")
async def favicon() -> Response[bytes]:
    """Send the icon to programs that ask for it without having read a page."""
    return Response(
        (STATIC / "icons" / "icon-192.png").read_bytes(),
        media_type="image/png",
        headers={"Cache-Control": _FOR_A_DAY},
    )


@get("/robots.txt", name="robots", media_type=MediaType.TEXT)
async def robots() -> Response[str]:
    """Tell search engines what to leave alone: whatever is one person's, and streams."""
    return Response(_ROBOTS, headers={"Cache-Control": _FOR_A_DAY})


class _Files(BaseLocalFileSystem):
    """Files of this machine. What can be no file's name names none."""

    async def info(self, path: PathType, **options: object) -> FileInfo:
        """Return what is known of a file.

        Raises:
            FileNotFoundError: There is none.
        """
        try:
            return await super().info(path, **options)
        except (ValueError, OSError) as error:  # a NUL in it; too long; within what is no folder
            raise FileNotFoundError from error


router = Router(
    "/",
    route_handlers=[
        *(styles, scripts),
        *(favicon, robots),
        create_static_files_router(
            "/static", directories=[STATIC], file_system=_Files(), name="static"
        ),
    ],
)

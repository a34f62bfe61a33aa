"""Styles and scripts, each as one file."""

from litestar import Response, get

from web.bundles import SCRIPTS, STYLES, Bundle


def _sent(bundle: Bundle) -> Response[bytes]:
    return Response(bundle.content, media_type=bundle.media_type)


@get(STYLES.path, name="styles", opt={"no_csrf": True})
async def styles() -> Response[bytes]:
    """Send the styles of all pages."""
    return _sent(STYLES)


@get(SCRIPTS.path, name="scripts", opt={"no_csrf": True})
async def scripts() -> Response[bytes]:
    """Send the scripts of all pages."""
    return _sent(SCRIPTS)

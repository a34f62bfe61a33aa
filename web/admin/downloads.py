"""Downloads: files that an administrator takes along, each of them in the log."""

from collections.abc import AsyncIterator

from litestar.response import Stream

from domain.admin import logbook
from domain.rules.log import Action
from web.admin.access import Administration


async def download(
    admin: Administration,
    action: Action,
    name: str,
    content: AsyncIterator[str] | AsyncIterator[bytes],
    *,
    media_type: str = "text/csv",
) -> Stream:
    """Answer with a file to keep, sent while it is read.

    Args:
        admin: Whose download it is.
        action: What the log says of it.
        name: The file's.
        content: Its parts, none of which is read before the download is logged.
        media_type: The file's kind.
    """
    visit = admin.visit
    await logbook.log_download(visit.database, action, by=admin.by, now=visit.now)
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "private, no-store",
    }
    return Stream(content, media_type=media_type, headers=headers)

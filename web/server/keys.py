"""Keys that the data folder keeps, each made once: for what is signed, and for its database."""

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

from web.server.data_folder import FolderTrouble, open_folder
from web.variables import MIN_SECRET_LENGTH


def kept_secret_key(data_dir: Path) -> str:
    """Return the key kept in the folder; the first call makes it, readable by its owner alone.

    Raises:
        FolderTrouble: The folder can't be used, or the key in it is not whole.
    """
    return _kept(
        data_dir / "secret_key",
        secrets.token_urlsafe(48),
        "Remove it to have another made; everybody has to sign in again then.",
    )


def kept_database_key(data_dir: Path) -> Path:
    """Return the file with the secret that the embedded database knows the program by.

    Raises:
        FolderTrouble: The folder can't be used, or the key in it is not whole.
    """
    path = data_dir / "mongodb.key"
    _kept(path, secrets.token_hex(32), "Put it back: without it the data can't be read.")
    return path


def _kept(path: Path, new: str, way_out: str) -> str:
    open_folder(path.parent)
    if not path.exists():
        write_whole(path, new)
    key = path.read_text().strip()
    if len(key) < MIN_SECRET_LENGTH:
        raise FolderTrouble(f"DATA_DIR: {path} holds no whole key. {way_out}")
    return key


def write_whole(path: Path, text: str, *, replace: bool = False) -> None:
    """Write a file that its owner alone can read: all of it or nothing, whatever happens meanwhile.

    Args:
        path: Where it goes. What another process has put there first stays, unless replaced.
        text: What it holds.
        replace: Whether it takes the place of one that is there.
    """
    descriptor, unfinished = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if replace:
            os.replace(unfinished, path)  # noqa: PTH105 - beside os.link
        else:
            with suppress(FileExistsError):
                os.link(unfinished, path)
    finally:
        Path(unfinished).unlink(missing_ok=True)

"""Pictures that people upload, and files that only pretend to be pictures."""

import io
import struct
import zlib
from typing import Any

from PIL import Image

RED, BLUE = (200, 30, 40), (30, 40, 200)


def picture(
    kind: str = "JPEG", size: tuple[int, int] = (300, 200), *, mode: str = "RGB", **options: Any
) -> bytes:
    """A picture that is red on the left and blue on the right."""
    drawn = Image.new("RGB", size, RED)
    drawn.paste(BLUE, (size[0] // 2, 0, *size))
    written = io.BytesIO()
    drawn.convert(mode).save(written, kind, **options)
    return written.getvalue()


def with_a_place(kind: str = "JPEG", orientation: int = 1) -> bytes:
    """A picture with metadata: where it was taken, with which camera, and how that was held."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "A camera of Ann's"
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 36.0)})
    return picture(kind, exif=exif)


def animation(kind: str) -> bytes:
    """Two frames."""
    frames = [Image.new("RGB", (200, 200), colour) for colour in (RED, BLUE)]
    written = io.BytesIO()
    frames[0].save(written, kind, save_all=True, append_images=frames[1:], duration=100)
    return written.getvalue()


def png_of(width: int, height: int) -> bytes:
    """A PNG whose header says how large it is; the rest is a few bytes."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(1_000))), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def webp_of(width: int, height: int) -> bytes:
    """A WebP whose header says how large it is, around a picture that is smaller."""
    small = picture("WEBP", (128, 128), lossless=True)
    sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    canvas = b"VP8X" + struct.pack("<I", 10) + bytes(4) + sides
    body = b"WEBP" + canvas + small[12:]
    return b"RIFF" + struct.pack("<I", len(body)) + body

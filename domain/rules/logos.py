"""Logos: an SVG or a PNG that an administrator uploads, less everything but the picture."""

import io
from dataclasses import dataclass

from PIL import Image, UnidentifiedImageError

from domain.rules.drawings import BadDrawing, drawing_of, is_drawing
from domain.rules.errors import Code, Refusal, Sentence

MOST_BYTES = 2 * 1024 * 1024
MOST_PIXELS = 16_000_000
LEAST_SIDE = 32
MOST_SIDE = 1_024
"""Of what is kept, in pixels: larger ones are made smaller."""

SVG = "image/svg+xml"
PNG = "image/png"


@dataclass(frozen=True)
class Logo:
    """A logo as it is sent."""

    image: bytes
    media_type: str


def logo_of(data: bytes) -> Logo:
    """Return what an upload shows, written anew.

    It takes up to half a second and 100 MB. Safe to call in a thread.

    Raises:
        Refusal: FORM_INVALID, with a sentence for `logo`.
    """
    if len(data) > MOST_BYTES:
        raise _refusal(Sentence("Choose a picture of up to 2 MB."))
    try:
        return Logo(drawing_of(data), SVG) if is_drawing(data) else Logo(_written(data), PNG)
    except BadDrawing as error:
        raise _refusal(error.sentence) from error
    except UnidentifiedImageError as error:
        raise _refusal(Sentence("Choose an SVG or PNG picture.")) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _refusal(Sentence("Choose a picture of up to 16 megapixels.")) from error
    except Refusal:
        raise
    except Exception as error:  # a decoder raises whatever a broken file brings it to
        raise _refusal(Sentence("This picture is damaged. Choose another.")) from error


def _written(data: bytes) -> bytes:
    with Image.open(io.BytesIO(data), formats=["PNG"]) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            raise _refusal(Sentence("Choose a picture of up to 16 megapixels."))
        if min(picture.size) < LEAST_SIDE:
            raise _refusal(Sentence("Choose a picture of at least 32 by 32 pixels."))
        if getattr(picture, "is_animated", False):
            raise _refusal(Sentence("Choose a picture that doesn't move."))
        plain = picture.convert("RGBA")
    plain.thumbnail((MOST_SIDE, MOST_SIDE), Image.Resampling.LANCZOS)
    plain.info.clear()
    written = io.BytesIO()
    plain.save(written, "PNG", optimize=True)
    return written.getvalue()


def _refusal(sentence: Sentence) -> Refusal:
    return Refusal(Code.FORM_INVALID, fields={"logo": sentence})

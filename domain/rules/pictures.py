"""Pictures: what somebody uploads, made into a portrait that holds nothing else.

The files are hostile until shown otherwise. Their size is read from the header before anything is
decoded, and what comes out is encoded anew: no metadata, no second picture, nothing behind the end.
"""

import io
import warnings

from PIL import Image, UnidentifiedImageError

from domain.rules.errors import Code, Refusal, Sentence

MOST_BYTES = 8 * 1024 * 1024
MOST_PIXELS = 50_000_000
LEAST_SIDE = 128
SIDE = 512
"""Of a portrait, in pixels."""

_FORMATS = ("JPEG", "PNG", "WEBP", "AVIF")
_QUALITY = 85
_ORIENTATION = 0x0112
"""The tag of EXIF 2.3 that says how the camera was held."""

_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

Image.MAX_IMAGE_PIXELS = MOST_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)  # from there on, not from twice that


def portrait_of(data: bytes) -> bytes:
    """Return a picture's middle as a portrait: WebP, square, upright, without metadata.

    It takes up to a second and 200 MB. Safe to call in a thread.

    Raises:
        Refusal: FORM_INVALID, with a sentence for `portrait`.
    """
    if len(data) > MOST_BYTES:
        raise _refusal(Sentence("Choose a picture of up to 8 MB."))
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as picture:
            _refuse_unfit(picture)
            return _encoded(_square(picture))
    except UnidentifiedImageError as error:
        raise _refusal(Sentence("Choose a JPEG, PNG, WebP or AVIF picture.")) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _refusal(Sentence("Choose a picture of up to 50 megapixels.")) from error
    except Refusal:
        raise
    except Exception as error:  # a decoder raises whatever a broken file brings it to
        raise _refusal(Sentence("This picture is damaged. Choose another.")) from error


def _refuse_unfit(picture: Image.Image) -> None:
    """Go by the header alone: nothing is decoded yet."""
    if min(picture.size) < LEAST_SIDE:
        raise _refusal(Sentence("Choose a picture of at least 128 by 128 pixels."))
    # Cameras keep a preview behind the picture (MPO), which is no animation.
    if picture.format != "MPO" and getattr(picture, "is_animated", False):
        raise _refusal(Sentence("Choose a picture that doesn't move."))


def _square(picture: Image.Image) -> Image.Image:
    """Return the middle of a picture as it was seen when it was taken."""
    upright = _UPRIGHT.get(picture.getexif().get(_ORIENTATION, 1))
    picture.draft("RGB", (2 * SIDE, 2 * SIDE))  # a JPEG is decoded no larger than it takes
    side = min(picture.size)
    left, top = (picture.width - side) // 2, (picture.height - side) // 2
    middle = picture.crop((left, top, left + side, top + side))
    middle = middle.convert("RGBA" if middle.has_transparency_data else "RGB")
    small = middle.resize((SIDE, SIDE), Image.Resampling.LANCZOS, reducing_gap=3.0)
    return small.transpose(upright) if upright is not None else small


def _encoded(picture: Image.Image) -> bytes:
    picture.info.clear()
    written = io.BytesIO()
    picture.save(written, "WEBP", quality=_QUALITY, exif=b"", icc_profile=b"", xmp=b"")
    return written.getvalue()


def _refusal(sentence: Sentence) -> Refusal:
    return Refusal(Code.FORM_INVALID, fields={"portrait": sentence})

"""A logo is the picture and nothing else."""

import io

import pytest
from PIL import Image, PngImagePlugin

from domain.rules.errors import Refusal
from domain.rules.logos import MOST_BYTES, MOST_SIDE, PNG, SVG, logo_of
from tests.pictures import animation, picture, png_of, with_a_place

DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9"/></svg>'


def refusal_of(data: bytes) -> str:
    with pytest.raises(Refusal) as caught:
        logo_of(data)
    return str(caught.value.fields["logo"])


def test_a_drawing_stays_a_drawing():
    logo = logo_of(b'<?xml version="1.0"?>' + DRAWING)

    assert logo.media_type == SVG
    assert b"<path" in logo.image


def test_a_png_is_written_anew_without_what_was_in_and_behind_it():
    words = PngImagePlugin.PngInfo()
    words.add_text("Author", "Ann")
    written = io.BytesIO()
    Image.new("RGB", (300, 90), "red").save(written, "PNG", pnginfo=words)

    logo = logo_of(written.getvalue() + b"<script>")

    assert logo.media_type == PNG
    assert b"Ann" not in logo.image
    assert b"script" not in logo.image
    assert b"camera" not in logo_of(with_a_place("PNG")).image
    assert Image.open(io.BytesIO(logo.image)).size == (300, 90)


def test_a_large_one_becomes_smaller_and_keeps_its_shape():
    made = Image.open(io.BytesIO(logo_of(picture("PNG", (2_000, 1_000))).image))

    assert made.size == (MOST_SIDE, MOST_SIDE // 2)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (picture("PNG") + bytes(MOST_BYTES), "Choose a picture of up to 2 MB."),
        (png_of(50_000, 50_000), "Choose a picture of up to 16 megapixels."),
        (png_of(4_001, 4_000), "Choose a picture of up to 16 megapixels."),
        (picture("PNG", (31, 400)), "Choose a picture of at least 32 by 32 pixels."),
        (animation("PNG"), "Choose a picture that doesn't move."),
        (picture("JPEG"), "Choose an SVG or PNG picture."),
        (b"", "Choose an SVG or PNG picture."),
        (picture("PNG", (900, 700))[:2_000], "This picture is damaged. Choose another."),
        (DRAWING[:-4], "This SVG is damaged. Choose another."),
    ],
)
def test_what_is_no_logo_is_refused_in_words(data, words):
    assert refusal_of(data) == words

"""An upload becomes a portrait that holds a picture and nothing else, or is refused."""

import io
from typing import Any

import pytest
from PIL import Image

from domain.rules.errors import Code, Refusal
from domain.rules.pictures import MOST_BYTES, SIDE, portrait_of
from tests.pictures import BLUE, RED, animation, picture, png_of, webp_of, with_a_place

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<script>alert(1)</script>"


def made_of(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(portrait_of(data)))


def refusal_of(data: bytes) -> str:
    with pytest.raises(Refusal) as caught:
        portrait_of(data)
    assert caught.value.code is Code.FORM_INVALID
    return str(caught.value.fields["portrait"])


def colour_at(portrait: Image.Image, x: float, y: float) -> str:
    red, _, blue = portrait.convert("RGB").getpixel((int(x * SIDE), int(y * SIDE)))  # type: ignore[misc]
    return "red" if red > blue else "blue"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_every_kind_becomes_a_square_webp(kind):
    portrait = made_of(picture(kind))

    assert (portrait.format, portrait.size) == ("WEBP", (SIDE, SIDE))
    assert (colour_at(portrait, 0.2, 0.5), colour_at(portrait, 0.8, 0.5)) == ("red", "blue")


@pytest.mark.parametrize(
    ("kind", "mode"), [("PNG", "P"), ("PNG", "L"), ("PNG", "1"), ("PNG", "I;16"), ("JPEG", "CMYK")]
)
def test_every_way_of_keeping_colours_is_read(kind, mode):
    if mode == "I;16":
        drawn = io.BytesIO()
        Image.new("I;16", (200, 200), 40_000).save(drawn, "PNG")
        assert made_of(drawn.getvalue()).size == (SIDE, SIDE)
    else:
        assert made_of(picture(kind, mode=mode)).size == (SIDE, SIDE)


def test_what_is_see_through_stays_so():
    drawn = io.BytesIO()
    Image.new("RGBA", (200, 200), (0, 0, 0, 0)).save(drawn, "PNG")

    assert made_of(drawn.getvalue()).convert("RGBA").getpixel((9, 9)) == (0, 0, 0, 0)


def test_the_middle_of_a_picture_is_kept():
    drawn = Image.new("RGB", (600, 200), BLUE)
    drawn.paste(RED, (200, 0, 400, 200))
    written = io.BytesIO()
    drawn.save(written, "PNG")

    portrait = made_of(written.getvalue())

    assert {colour_at(portrait, x, 0.5) for x in (0.02, 0.5, 0.98)} == {"red"}


@pytest.mark.parametrize(
    ("orientation", "red_at"),
    [
        *((1, (0.2, 0.5)), (2, (0.8, 0.5)), (3, (0.8, 0.5)), (4, (0.2, 0.5))),
        *((5, (0.5, 0.2)), (6, (0.5, 0.2)), (7, (0.5, 0.8)), (8, (0.5, 0.8))),
    ],
)
def test_a_picture_is_upright_however_the_camera_was_held(orientation, red_at):
    portrait = made_of(with_a_place(orientation=orientation))

    assert colour_at(portrait, *red_at) == "red"
    assert colour_at(portrait, 1 - red_at[0], 1 - red_at[1]) == "blue"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_nothing_is_kept_of_where_and_with_what_it_was_taken(kind):
    taken = with_a_place(kind)
    assert b"camera of Ann" in taken

    made = portrait_of(taken)

    assert not any(sign in made for sign in (b"camera of Ann", b"EXIF", b"Exif", b"XMP", b"ICCP"))
    assert not Image.open(io.BytesIO(made)).getexif()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_what_hides_in_or_behind_a_picture_does_not_come_along(kind):
    options: dict[str, Any] = {"comment": HTML} if kind == "JPEG" else {}

    assert HTML not in portrait_of(picture(kind, **options) + HTML)


@pytest.mark.parametrize(
    "data",
    [SVG, HTML, b"", b"MZ\x90", b"%PDF-1.7", picture("GIF"), picture("BMP"), picture("TIFF")],
)
def test_what_is_no_picture_of_these_kinds_is_refused(data):
    assert refusal_of(data) == "Choose a JPEG, PNG, WebP or AVIF picture."


def test_an_svg_with_a_picture_in_front_of_it_comes_out_as_the_picture():
    assert b"<svg" not in portrait_of(picture("PNG") + SVG)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "AVIF"])
def test_what_moves_is_refused(kind):
    assert refusal_of(animation(kind)) == "Choose a picture that doesn't move."


@pytest.mark.parametrize(
    "data",
    [
        png_of(50_000, 50_000),
        png_of(7_072, 7_072),
        png_of(2**31 - 1, 1_000),
        webp_of(16_383, 16_383),
    ],
)
def test_a_picture_that_would_grow_too_large_is_refused_before_it_is_decoded(data):
    assert len(data) < 2_000
    assert refusal_of(data) == "Choose a picture of up to 50 megapixels."


def test_a_picture_of_nearly_50_megapixels_is_taken():
    assert made_of(picture("JPEG", (8_000, 6_250))).size == (SIDE, SIDE)


def test_a_file_of_more_than_8_mb_is_refused():
    assert refusal_of(picture() + bytes(MOST_BYTES)) == "Choose a picture of up to 8 MB."


def test_a_picture_that_is_too_small_is_refused():
    assert refusal_of(picture(size=(127, 400))) == "Choose a picture of at least 128 by 128 pixels."


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
@pytest.mark.parametrize("part", [0.5, 0.9])
def test_a_picture_that_was_cut_off_is_refused(kind, part):
    whole = picture(kind, (900, 700))

    assert refusal_of(whole[: int(len(whole) * part)]).startswith(("This picture", "Choose a JPEG"))


def test_a_png_that_holds_less_than_it_says_is_refused():
    assert refusal_of(png_of(4_000, 4_000)) == "This picture is damaged. Choose another."

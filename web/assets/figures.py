"""What portraits are drawn from: pieces of SVG on a canvas of 96 by 96, coloured by `$names`."""

from typing import NamedTuple


class Hair(NamedTuple):
    """What is in front of the head, and what is behind it."""

    front: str
    behind: str = ""


FRAME = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96" width="96" height="96">\
<defs>\
<linearGradient id="sky-$suffix" x1="0" y1="0" x2="1" y2="1">\
<stop stop-color="$sky"/><stop offset="1" stop-color="$ground"/></linearGradient>\
<radialGradient id="glow-$suffix"><stop stop-color="$glow" stop-opacity=".7"/>\
<stop offset=".5" stop-color="$glow" stop-opacity=".24"/>\
<stop offset="1" stop-color="$glow" stop-opacity="0"/></radialGradient>\
<radialGradient id="skin-$suffix" cx=".36" cy=".3" r=".8"><stop stop-color="$skin"/>\
<stop offset="1" stop-color="$skin_shade"/></radialGradient>\
<linearGradient id="hair-$suffix" x1="0" y1="0" x2=".7" y2="1">\
<stop stop-color="$hair_sheen"/><stop offset=".7" stop-color="$hair"/></linearGradient>\
<linearGradient id="cloth-$suffix" x1="0" y1="0" x2="1" y2="1">\
<stop stop-color="$cloth"/><stop offset="1" stop-color="$cloth_shade"/></linearGradient>\
</defs>\
<rect width="96" height="96" fill="url(#sky-$suffix)"/>\
<circle cx="24" cy="16" r="72" fill="url(#glow-$suffix)"/>\
$layers</svg>"""

BACKDROPS = (
    '<circle cx="48" cy="44" r="33" fill="$motif" opacity=".28"/>',
    (
        '<g fill="none" stroke="$motif" stroke-width="1.5"><circle cx="48" '
        'cy="44" r="27" opacity=".5"/>'
        '<circle cx="48" cy="44" r="35" opacity=".32"/><circle cx="48" cy="44" '
        'r="43" opacity=".18"/></g>'
    ),
    '<path d="M16 96V46a32 32 0 0 1 64 0v50z" fill="$motif" opacity=".24"/>',
    (
        '<path d="M0 62C20 44 34 74 56 56S84 44 96 50V96H0z" fill="$ground" opacity=".6"/>'
        '<circle cx="74" cy="24" r="11" fill="$motif" opacity=".75"/>'
    ),
    '<path d="M-4 34 62-8h22L-4 56zM-4 70 100 4v22L-4 92z" fill="$motif" opacity=".17"/>',
    (
        '<g fill="$motif"><circle cx="16" cy="22" r="2.2" opacity=".8"/>'
        '<circle cx="80" cy="16" r="3.2" opacity=".7"/>'
        '<circle cx="86" cy="44" r="1.6" opacity=".8"/>'
        '<circle cx="10" cy="54" r="1.8" opacity=".6"/></g>'
        '<ellipse cx="48" cy="40" rx="44" ry="17" fill="none" stroke="$motif" stroke-width="1.4" '
        'opacity=".5" transform="rotate(-24 48 40)"/>'
    ),
)

BODY = (
    '<path d="M41 50h14v19c0 5-14 5-14 0z" fill="$skin_shade"/>'
    '<path d="M10 98c0-18 13-27 30-29 2 4 14 4 16 0 17 2 30 11 30 29z" fill="url(#cloth-$suffix)"/>'
)

CLOTHES = (
    (
        '<path d="M39 69c2 7 16 7 18 0" fill="none" stroke="$trim" stroke-width="2.2" '
        'stroke-linecap="round"/>'
    ),
    (
        '<path d="M40 68.5 48 82l8-13.5z" fill="$skin_shade"/>'
        '<path d="M39.5 69 48 83l8.5-14" fill="none" stroke="$trim" stroke-width="2" '
        'stroke-linejoin="round"/>'
    ),
    (
        '<path d="M40 68 48 88l8-20z" fill="$trim"/>'
        '<path d="M40 67 30 74l6 5-2 4 13 13zM56 67l10 7-6 5 2 4-13 13z" fill="$cloth_shade"/>'
    ),
    (
        '<path d="M39.5 62.5c4 3 13 3 17 0l.8 9c-5 4.5-13.6 4.5-18.6 0z" fill="$cloth"/>'
        '<path d="M39 70c5 3.5 13 3.5 18 0" fill="none" stroke="$cloth_shade" stroke-width="1.2"/>'
    ),
    (
        '<path d="M14 84c20-8 48-8 68 0l2 6c-22-8-50-8-72 0z" fill="$trim" opacity=".55"/>'
        '<path d="M39 69c2 7 16 7 18 0" fill="none" stroke="$cloth_shade" stroke-width="2"/>'
    ),
)

HEAD = (
    '<g fill="$skin_shade"><ellipse cx="33.4" cy="42" rx="2.6" ry="4"/>'
    '<ellipse cx="62.6" cy="42" rx="2.6" ry="4"/></g>'
    '<path d="M41 57.5c4 4 10 4 14 0v4c-4 5-10 5-14 0z" fill="$ground" opacity=".32"/>'
    '<path d="M33 39c0-11 6-18 15-18s15 7 15 18c0 12-7 21-15 21s-15-9-15-21z" '
    'fill="url(#skin-$suffix)"/>'
)


def _strand(path: str) -> str:
    return f'<path d="{path}" fill="url(#hair-$suffix)"/>'


PARTED = Hair(
    front=_strand(
        "M32 42c-3-16 4-25 17-25 12 0 18 9 15 25-1-6-3-9-6-12-8 2-16 1-20-3-4 3-5 8-6 15z"
    )
)
QUIFF = Hair(
    front=_strand(
        "M32 41c-2-10 0-16 4-19 0-6 8-10 16-8s14 10 12 27c-1-5-2-9-4-12-7 0-15-1-20-5-4 3-7 8-8 17z"
    )
)
CURLS = Hair(
    front='<g fill="url(#hair-$suffix)"><circle cx="35" cy="30" r="6.5"/>'
    '<circle cx="39" cy="22" r="7"/><circle cx="48" cy="19" r="7.5"/>'
    '<circle cx="57" cy="22" r="7"/><circle cx="61" cy="30" r="6.5"/>'
    '<circle cx="44" cy="27" r="5"/><circle cx="53" cy="27" r="5"/></g>'
)
ROUND = Hair(
    behind='<circle cx="48" cy="34" r="25" fill="url(#hair-$suffix)"/>',
    front=_strand("M31 40c-2-14 6-22 17-22s19 8 17 22c-3-7-8-11-17-11s-14 4-17 11z"),
)
TO_THE_JAW = Hair(
    behind=_strand("M27 58c-2-26 3-42 21-42s23 16 21 42c-4 4-38 4-42 0z"),
    front=_strand("M32 41c0-14 6-22 16-22s16 8 16 22c-3-6-5-9-8-12-7 4-17 5-20 4-2 2-3 4-4 8z"),
)
LONG = Hair(
    behind=_strand(
        "M26 82c3-14-2-30 2-46 3-13 10-20 20-20s17 7 20 20c4 16-1 32 2 46-10 4-34 4-44 0z"
    ),
    front=_strand("M32 44c-1-15 5-25 16-25 12 0 17 10 16 25-3-9-8-14-15-18-3 6-13 9-17 18z"),
)
TIED_UP = Hair(
    behind='<circle cx="51" cy="13" r="8" fill="url(#hair-$suffix)"/>',
    front=_strand("M32 41c-1-14 5-23 16-23s17 9 16 23c-2-7-6-12-16-13-10 1-14 6-16 13z"),
)
SHAVED = Hair(
    front='<path d="M32.8 38.5C32 27 38 20.5 48 20.5s16 6.5 15.2 18c-1-6-2-8.5-4.2-10.5'
    '-6-2.5-16-2.5-22 0-2.2 2-3.2 4.5-4.2 10.5z" fill="$ground" opacity=".45"/>'
)
HAIR = (PARTED, QUIFF, CURLS, ROUND, TO_THE_JAW, LONG, TIED_UP, SHAVED)

GLASSES = (
    '<g fill="$motif" fill-opacity=".28" stroke="$hair" stroke-width="1.5">'
    '<circle cx="41.5" cy="41" r="5"/><circle cx="54.5" cy="41" r="5"/>'
    '<path d="M46.5 40.5c1-1 2-1 3 0M36.5 40 33 39M59.5 40l3.5-1" fill="none"/></g>'
)

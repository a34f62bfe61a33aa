"""Which requests come from another website, by what browsers say."""

import pytest

from web.http.origins import is_foreign

OURS = "book.example.org"


@pytest.mark.parametrize(
    ("headers", "foreign"),
    [
        ({"sec-fetch-site": "same-origin"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"sec-fetch-site": "same-site"}, True),
        ({"sec-fetch-site": "cross-site"}, True),
        ({"sec-fetch-site": "whatever comes next"}, True),
        ({"sec-fetch-site": "cross-site", "origin": f"https://{OURS}"}, True),
        ({"origin": f"https://{OURS}"}, False),
        ({"origin": "http://10.0.0.7:8000", "host": "10.0.0.7:8000"}, False),
        ({"origin": "http://10.0.0.7:8001", "host": "10.0.0.7:8000"}, True),
        ({"origin": "https://Book.Example.Org"}, False),
        ({"origin": f"https://{OURS}.elsewhere.example"}, True),
        ({"origin": "null", "host": "null"}, True),
        ({"origin": ""}, True),
        ({"origin": "", "host": ""}, True),
        ({"host": OURS}, False),
        ({}, False),
    ],
)
def test_what_browsers_say_decides(headers: dict[str, str], foreign: bool):
    assert is_foreign(headers, OURS) is foreign

import pytest

from domain.rules.meetings import MeetingKind, leads_to

VIDEO, PHONE, ADDRESS, NONE = (
    MeetingKind.VIDEO,
    MeetingKind.PHONE,
    MeetingKind.ADDRESS,
    MeetingKind.NONE,
)


@pytest.mark.parametrize(
    ("kind", "text", "href"),
    [
        (VIDEO, "https://meet.example.org/a?b=c#d", "https://meet.example.org/a?b=c#d"),
        (VIDEO, "http://meet.example.org", "http://meet.example.org"),
        (PHONE, "+44 (0)20 7946-0001", "tel:+4402079460001"),
        (PHONE, "030 12.34/56", "tel:030123456"),
    ],
)
def test_a_link_and_a_number_lead_somewhere(kind, text, href):
    assert leads_to(kind, text) == href


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (VIDEO, "javascript:alert(1)"),
        (VIDEO, " https://meet.example.org"),
        (VIDEO, "https://meet.example.org\njavascript:alert(1)"),
        (VIDEO, 'https://meet.example.org"onclick'),
        (VIDEO, "I send you a link"),
        (PHONE, "ask for Zoë"),
        (PHONE, "+49 30 1\n2"),
        (ADDRESS, "https://meet.example.org"),
        (NONE, "https://meet.example.org"),
        (VIDEO, ""),
        (PHONE, ""),
    ],
)
def test_anything_else_is_text(kind, text):
    assert leads_to(kind, text) == ""

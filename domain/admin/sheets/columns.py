"""The columns of a sheet, and what an expert's row says in each, as the desk's forms take it."""

from collections.abc import Mapping

from domain.admin.sheets.hours import exceptions_text, rules_text
from domain.rules.prices import price_text
from domain.store.documents import Expert

PROFILE = (
    *("name", "headline", "category", "bio", "text_language", "skills", "languages"),
    *("experience_years", "zone", "currency", "meeting_kind", "meeting_text"),
)
SESSIONS = (
    *("session_minutes", "price", "pause_before", "pause_after", "grid", "most_a_day"),
    *("most_a_week", "horizon_days", "notice", "cancel", "reschedule", "max_reschedules"),
)
HOLIDAYS = ("holidays", "holidays_opened")
COLUMNS = (
    *("slug", "status", "email"),
    *PROFILE,
    "rating",
    *SESSIONS,
    *("hours", "exceptions"),
    *HOLIDAYS,
    "stands_in",
)
NOT_PERSONAL = frozenset({"status", "category", "currency", "rating", "stands_in", *SESSIONS})
"""What the log may tell before and after."""


def texts_of(expert: Expert) -> dict[str, str]:
    """Return an expert's row, by its columns in their order."""
    texts = {
        "slug": expert.slug,
        "status": expert.status.value,
        "email": expert.email,
        **_profile_of(expert),
        **_sessions_of(expert),
        "hours": rules_text(expert),
        "exceptions": exceptions_text(expert),
        **_holidays_of(expert),
        "rating": f"{expert.rating:.1f}" if expert.rating else "",
        "stands_in": "yes" if expert.stands_in else "no",
    }
    return {column: texts[column] for column in COLUMNS}


def differs(text: str, other: str) -> bool:
    """Say whether two cells differ by more than space around them and how their lines end."""
    return _normal(text) != _normal(other)


def _normal(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _profile_of(expert: Expert) -> Mapping[str, str]:
    same = {name: str(getattr(expert, name)) for name in PROFILE if hasattr(expert, name)}
    return same | {
        "skills": "\n".join(expert.skills),
        "languages": ", ".join(expert.languages),
        "meeting_kind": expert.meeting.kind.value,
        "meeting_text": expert.meeting.text,
    }


def _sessions_of(expert: Expert) -> Mapping[str, str]:
    terms, limits = expert.terms, expert.hours.limits
    price = price_text(expert.price_minor, expert.currency) if expert.has_price else ""
    return {
        "session_minutes": str(expert.session_minutes),
        "price": price,
        "pause_before": str(limits.pause_before_minutes),
        "pause_after": str(limits.pause_after_minutes),
        "grid": str(limits.grid_minutes),
        "most_a_day": _text(limits.most_a_day),
        "most_a_week": _text(limits.most_a_week),
        "horizon_days": str(terms.horizon_days),
        "notice": str(terms.notice_minutes),
        "cancel": str(terms.cancel_before_minutes),
        "reschedule": str(terms.reschedule_before_minutes),
        "max_reschedules": _text(terms.max_reschedules),
    }


def _text(limit: int | None) -> str:
    return "" if limit is None else str(limit)


def _holidays_of(expert: Expert) -> Mapping[str, str]:
    kept = expert.hours.holidays
    place = f"{kept.country}-{kept.region}" if kept.region else kept.country
    return {"holidays": place, "holidays_opened": "\n".join(kept.opened)}

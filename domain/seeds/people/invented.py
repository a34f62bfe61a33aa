"""Invented experts, for a catalogue of any size: number 731 is the same person every time."""

from datetime import timedelta
from random import Random

from domain.rules.hours import Rule
from domain.seeds.people.person import Person, minutes, week
from domain.seeds.people.regions import REGIONS, Region
from domain.seeds.people.specialties import SPECIALTIES, Specialty

_SEED = "the invented experts"

_BASE_PRICE = {
    "Technology": 130,
    "Health": 90,
    "Finance": 110,
    "Legal": 150,
    "Education": 55,
    "Lifestyle": 70,
}
"""A session of an hour in New York, in US dollars."""

_UNITS_PER_DOLLAR = {"EUR": 1, "USD": 1, "GBP": 1, "INR": 80, "JPY": 150, "AUD": 1.5, "BRL": 5}

_WORKING_DAYS = (
    "mon tue wed thu fri",
    "mon tue wed thu",
    "mon wed fri",
    "tue thu",
    "tue wed thu fri sat",
    "wed sat sun",
)

_HOURS = (
    ("09:00-12:00", "13:00-17:00"),
    ("08:30-13:00",),
    ("13:00-18:30",),
    ("10:00-12:30", "17:00-20:00"),
    ("17:30-21:30",),
)

_BACKGROUNDS = (
    "I have done this for {years} years in {city}, and online since it became possible.",
    "After {years} years of it in {city} there is little that I have not seen.",
    "I started in {city} {years} years ago, by helping friends, and never quite stopped.",
    "My office in {city} is small, my notebook is not: {years} years of cases are in it.",
)

_METHODS = (
    "First we find out what you really need, which is often less than you feared.",
    "You talk, I ask, and halfway through we write down a plan.",
    "I prepare from what you send me, so that we can begin at once.",
    "We take one thing at a time and finish it before the next.",
    "I explain as I go, so that you can do it without me next time.",
)

_CLOSINGS = (
    "Questions that seem silly are the ones I like best.",
    "You get my notes the same day.",
    "If I'm not the right person, I will tell you who is.",
    "Come as you are, and bring something to write with.",
    "There is no need to prepare anything.",
)


def invented(number: int) -> Person:
    """Return the invented person of this number."""
    random = Random(f"{_SEED} {number}")  # noqa: S311 - repeatable, not secret
    category = random.choice(tuple(SPECIALTIES))
    specialty = random.choice(SPECIALTIES[category])
    region = random.choice(REGIONS)
    years = random.randint(3, 28)
    session = minutes(random.choice((30, 45, 50, 60)))
    return Person(
        name=f"{random.choice(region.first_names)} {random.choice(region.last_names)}",
        category=category,
        headline=specialty.headline,
        bio=_bio(random, specialty, region.city, years),
        skills=tuple(random.sample(specialty.skills, k=random.randint(4, len(specialty.skills)))),
        languages=region.languages,
        experience_years=years,
        rating=random.randint(42, 50) / 10,
        session=session,
        price=_price(random, category, region, session),
        currency=region.currency,
        zone=region.zone,
        rules=_rules(random),
        gap=minutes(random.choice((0, 5, 10, 15))),
        number=number,
    )


def _bio(random: Random, specialty: Specialty, city: str, years: int) -> str:
    return " ".join(
        (
            f"People come to me with {specialty.brings}.",
            random.choice(_BACKGROUNDS).format(years=years, city=city),
            random.choice(_METHODS),
            random.choice(_CLOSINGS),
        )
    )


def _price(random: Random, category: str, region: Region, session: timedelta) -> int:
    """Return a price in whole units of the region's currency, round as people round theirs."""
    dollars = _BASE_PRICE[category] * random.uniform(0.7, 1.3) * (session / minutes(60))
    units = dollars * region.dear * _UNITS_PER_DOLLAR[region.currency]
    step = max(5, int("1".ljust(len(f"{units:.0f}") - 1, "0")))
    return max(step, round(units / step) * step)


def _rules(random: Random) -> tuple[Rule, ...]:
    return week(random.choice(_WORKING_DAYS), *random.choice(_HOURS))

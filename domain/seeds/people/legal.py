"""Experts of the category Legal."""

from domain.seeds.people.person import Person, minutes, week

LEGAL = (
    Person(
        name="Sofía Marchetti",
        category="Legal",
        headline="Contracts for freelancers, in sentences you can read",
        bio=(
            "I rewrite contracts so that both sides understand them, and disputes get rarer. "
            "Before I opened my practice in Madrid I negotiated for a publishing house. Send the "
            "draft a day ahead and I will mark what is normal, what is risky and what to strike. "
            "You can negotiate the rest yourself, with notes."
        ),
        skills=("Contracts", "Freelance law", "Copyright", "Negotiation", "Late payment"),
        languages=("es", "it", "en"),
        experience_years=13,
        rating=4.9,
        session=minutes(45),
        price=90,
        currency="EUR",
        zone="Europe/Madrid",
        rules=week("mon tue wed thu", "10:00-14:00") + week("tue", "16:00-19:00"),
        gap=minutes(15),
    ),
    Person(
        name="Kwame Asante-Boateng",
        category="Legal",
        headline="Immigration solicitor: work, family and study visas",
        bio=(
            "My parents kept every letter from the Home Office in one biscuit tin, and that tin is "
            "why I do this. I have handled some nine hundred applications from London. We check "
            "your route, your dates and your evidence in that order. If you don't need a lawyer, I "
            "will tell you."
        ),
        skills=("Immigration", "Work visas", "Family reunion", "Appeals", "Citizenship"),
        languages=("en", "fr"),
        experience_years=16,
        rating=4.8,
        session=minutes(60),
        price=130,
        currency="GBP",
        zone="Europe/London",
        rules=week("mon tue wed thu fri", "09:00-12:00", "13:00-17:00"),
    ),
    Person(
        name="Naomi Feldstein",
        category="Legal",
        headline="Employment lawyer on severance and unfair treatment",
        bio=(
            "You have been handed a document and told to sign by Friday: that is when people ring "
            "me. I represented companies for ten years, so I know what they expect you to accept. "
            "In half an hour I can tell you whether it is fair. After that you decide, not I."
        ),
        skills=("Employment law", "Severance", "Discrimination", "Non-competes"),
        languages=("en",),
        experience_years=19,
        rating=4.7,
        session=minutes(30),
        price=140,
        currency="USD",
        zone="America/New_York",
        rules=week("mon wed fri", "12:00-16:00"),
    ),
    Person(
        name="Kenji Watanabe",
        category="Legal",
        headline="Patents and trade marks for makers and researchers",
        bio=(
            "I studied physics before law, so you won't have to explain your invention twice. I "
            "file in Japan and work with colleagues in Europe and the United States. We find out "
            "whether your idea is new, whether to keep it secret instead, and what each would "
            "cost. Please don't publish before we talk."
        ),
        skills=("Patents", "Trade marks", "Licensing", "Prior art", "Start-ups"),
        languages=("ja", "en"),
        experience_years=20,
        rating=4.8,
        session=minutes(50),
        price=18000,
        currency="JPY",
        zone="Asia/Tokyo",
        rules=week("mon tue thu fri", "09:30-12:30") + week("mon thu", "14:00-17:30"),
        gap=minutes(10),
    ),
    Person(
        name="Zofia Wiśniewska",
        category="Legal",
        headline="Data protection officer for small organisations",
        bio=(
            "Privacy rules are written for giants, but they apply to your choir's mailing list as "
            "well. I have been an external data protection officer for schools, clinics and clubs "
            "since the GDPR began. We sort out what you really have to do and skip the rest. My "
            "templates are short and yours to keep."
        ),
        skills=("GDPR", "Privacy notices", "Data breaches", "Processors", "Non-profits"),
        languages=("pl", "en", "de"),
        experience_years=11,
        rating=4.6,
        session=minutes(45),
        price=85,
        currency="EUR",
        zone="Europe/Warsaw",
        rules=week("tue wed fri", "08:00-12:30"),
    ),
)

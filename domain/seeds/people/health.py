"""Experts of the category Health."""

from domain.seeds.people.person import Person, minutes, week

HEALTH = (
    Person(
        name="Renée Fauré",
        category="Health",
        headline="Sleep coach for shift workers and new parents",
        bio=(
            "I was a night nurse for twelve years, so I know what four hours of sleep feel like. "
            "We look at your light, your timing and your habits before anything else. Most people "
            "notice a change within ten days. If what you describe needs a doctor, I will say so "
            "straight away."
        ),
        skills=("Insomnia", "Shift work", "Infant sleep", "Sleep hygiene", "Relaxation"),
        languages=("fr", "en", "de"),
        experience_years=13,
        rating=4.9,
        session=minutes(45),
        price=75,
        currency="EUR",
        zone="Europe/Paris",
        rules=week("mon tue thu fri", "09:00-12:00") + week("mon wed", "18:00-21:00"),
        gap=minutes(15),
    ),
    Person(
        name="Thandiwe Mokoena",
        category="Health",
        headline="Registered dietitian, diabetes and everyday cooking",
        bio=(
            "I grew up in my grandmother's kitchen and still start every plan from what you "
            "already like to eat. Much of my work is with people newly diagnosed with type 2 "
            "diabetes. We read labels, plan a week and keep the Sunday lunch. Numbers matter, but "
            "so does appetite."
        ),
        skills=("Nutrition", "Type 2 diabetes", "Meal planning", "Weight", "Family meals"),
        languages=("en", "zu", "af"),
        experience_years=10,
        rating=4.8,
        session=minutes(50),
        price=60,
        currency="USD",
        zone="Africa/Johannesburg",
        rules=week("mon tue wed thu", "08:00-13:00"),
        gap=minutes(10),
    ),
    Person(
        name="Rafael Teixeira",
        category="Health",
        headline="Sports physiotherapist for runners who keep getting hurt",
        bio=(
            "I have treated marathon runners in São Paulo since 2008, and I still finish one each "
            "year. Film yourself on a treadmill before we meet and we will go through it frame by "
            "frame. You get four exercises at most, because nobody does twelve. I am honest about "
            "when to stop running for a while."
        ),
        skills=("Running injuries", "Gait analysis", "Knee pain", "Strength", "Return to sport"),
        languages=("pt", "es", "en"),
        experience_years=17,
        rating=4.7,
        session=minutes(50),
        price=320,
        currency="BRL",
        zone="America/Sao_Paulo",
        rules=week("mon tue wed thu fri", "07:00-10:00", "16:00-19:00"),
        gap=minutes(10),
    ),
    Person(
        name="Mei-Ling Chow",
        category="Health",
        headline="Counsellor for burnout, grief and big decisions",
        bio=(
            "People usually come to me a little later than they wish they had. I trained in "
            "person-centred counselling in Melbourne and add tools from CBT where they help. We "
            "set the pace together, and silence is fine. My room, even on a screen, is a calm one."
        ),
        skills=("Burnout", "Grief", "Anxiety", "CBT", "Life changes"),
        languages=("en", "zh"),
        experience_years=15,
        rating=5.0,
        session=minutes(60),
        price=170,
        currency="AUD",
        zone="Australia/Sydney",
        rules=week("tue wed thu", "10:00-13:00", "14:30-17:30") + week("sat", "09:00-12:00"),
        gap=minutes(15),
    ),
    Person(
        name="Imogen Ashworth",
        category="Health",
        headline="Women's health physio: pregnancy, birth and after",
        bio=(
            "Nobody tells you half of this at the hospital, so ask me anything. I worked in the "
            "NHS for eleven years and now see women online from Leeds. We cover the pelvic floor, "
            "back pain and how to return to exercise without fear. Babies are welcome at the call."
        ),
        skills=("Pelvic floor", "Pregnancy", "Postnatal recovery", "Back pain"),
        languages=("en",),
        experience_years=14,
        rating=4.9,
        session=minutes(45),
        price=68,
        currency="GBP",
        zone="Europe/London",
        rules=week("mon wed fri", "09:30-14:00"),
        gap=minutes(15),
    ),
)

"""Experts of the category Technology."""

from domain.seeds.people.person import Person, minutes, week

TECHNOLOGY = (
    Person(
        name="Jürgen Löw",
        category="Technology",
        headline="Database architect for teams whose queries got slow",
        bio=(
            "I have spent two decades inside databases, first at a bank in Frankfurt and then on "
            "my own. Bring me a slow query, a schema you inherited or a migration you dread. We "
            "read the plan together, and you leave with two or three changes you can make this "
            "week. I would rather delete an index than add one."
        ),
        skills=("PostgreSQL", "MongoDB", "Query tuning", "Data modelling", "Migrations"),
        languages=("de", "en"),
        experience_years=21,
        rating=4.9,
        session=minutes(60),
        price=140,
        currency="EUR",
        zone="Europe/Berlin",
        rules=week("mon tue wed thu", "09:00-12:00", "13:30-17:30"),
        gap=minutes(15),
    ),
    Person(
        name="Ananya Raghunathan",
        category="Technology",
        headline="Machine learning engineer who ships small models",
        bio=(
            "Most teams that call me need a smaller model, not a bigger one. I built ranking and "
            "fraud systems for a payments company in Bengaluru and now help others put theirs "
            "into production. Show me your data first and your architecture second. I am happy to "
            "read code live."
        ),
        skills=("Machine learning", "Python", "Recommendation systems", "MLOps", "Evaluation"),
        languages=("en", "ta", "hi"),
        experience_years=11,
        rating=4.8,
        session=minutes(45),
        price=4200,
        currency="INR",
        zone="Asia/Kolkata",
        rules=week("mon tue wed thu fri", "10:00-13:00") + week("tue thu", "18:00-21:00"),
        gap=minutes(15),
    ),
    Person(
        name="Marcus Oyelaran",
        category="Technology",
        headline="Cloud costs and reliability for growing companies",
        bio=(
            "I ran infrastructure for a logistics start-up from its first server to its four "
            "hundredth. Today I help founders understand a cloud bill line by line and decide "
            "what is worth paying for. We usually find a third of it in the first hour. No slides, "
            "just your console and mine."
        ),
        skills=("AWS", "Kubernetes", "Cost reviews", "Incident response", "Terraform"),
        languages=("en", "yo"),
        experience_years=14,
        rating=4.7,
        session=minutes(50),
        price=110,
        currency="USD",
        zone="Africa/Lagos",
        rules=week("mon wed fri", "08:30-12:30", "14:00-17:00"),
        gap=minutes(10),
    ),
    Person(
        name="Haruka Ishikawa",
        category="Technology",
        headline="Accessibility engineer, from design review to screen reader",
        bio=(
            "I test with a screen reader every day and can tell you what your page sounds like. "
            "I worked on the design system of a large Tokyo retailer before I became independent. "
            "Send a link beforehand, and I will come with a list in order of what matters. "
            "Beginners are as welcome as teams preparing an audit."
        ),
        skills=("Accessibility", "WCAG", "HTML", "CSS", "Screen readers", "Design systems"),
        languages=("ja", "en"),
        experience_years=9,
        rating=5.0,
        session=minutes(60),
        price=15000,
        currency="JPY",
        zone="Asia/Tokyo",
        rules=week("tue wed thu", "10:00-12:00", "13:00-17:00"),
    ),
    Person(
        name="Caitlin Brennan",
        category="Technology",
        headline="Security reviews for products with no security team",
        bio=(
            "I used to break into hospitals' networks for a living, with permission. Now I help "
            "small product teams find the five things an attacker would try first. We walk through "
            "sign-in, payments and whatever keeps you awake. You get plain words and a short list, "
            "never a two-hundred-page report."
        ),
        skills=("Application security", "Threat modelling", "OAuth", "Privacy", "Code review"),
        languages=("en", "ga"),
        experience_years=16,
        rating=4.9,
        session=minutes(60),
        price=165,
        currency="USD",
        zone="America/Los_Angeles",
        rules=week("mon tue thu", "09:00-12:00") + week("wed", "13:00-18:00"),
    ),
)

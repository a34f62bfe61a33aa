"""Experts of the category Education."""

from domain.seeds.people.person import Person, minutes, week

EDUCATION = (
    Person(
        name="Amara Nwosu",
        category="Education",
        headline="Mathematics for people who were told they can't",
        bio=(
            "I teach maths the way my aunt taught me to sew: slowly, with the thing in your "
            "hands. Half of my pupils are sixteen and the other half are forty. We start where it "
            "last made sense and go on from there. Exam papers come later, and then they go well."
        ),
        skills=("Algebra", "Calculus", "Exam preparation", "Statistics", "Adult learners"),
        languages=("en", "ig"),
        experience_years=12,
        rating=5.0,
        session=minutes(60),
        price=45,
        currency="USD",
        zone="Africa/Lagos",
        rules=week("mon tue wed thu fri", "15:00-20:00") + week("sat", "09:00-13:00"),
    ),
    Person(
        name="Étienne Beaulieu",
        category="Education",
        headline="French conversation, from timid to talkative",
        bio=(
            "You already know more French than you dare to speak. I taught at a lycée in Lyon and "
            "now spend my days in conversation, mostly about food, films and the news. I correct "
            "one thing at a time and write the rest down for you. Preparation for DELF is possible "
            "as well."
        ),
        skills=("French", "Conversation", "DELF", "Pronunciation", "Business French"),
        languages=("fr", "en", "es"),
        experience_years=15,
        rating=4.9,
        session=minutes(30),
        price=28,
        currency="EUR",
        zone="Europe/Paris",
        rules=week("mon tue wed thu fri", "08:00-10:30", "17:00-20:00"),
    ),
    Person(
        name="Ngozi Ezekwe",
        category="Education",
        headline="College applications and essays that sound like you",
        bio=(
            "I read applications for a university in California for nine seasons, and I remember "
            "the ones about small things. We look for your subject before we look for your words. "
            "I never write a line for you, but I ask until you do. Parents may join for the last "
            "ten minutes."
        ),
        skills=("College admissions", "Personal essays", "Scholarships", "Interviews"),
        languages=("en",),
        experience_years=14,
        rating=4.8,
        session=minutes(50),
        price=125,
        currency="USD",
        zone="America/Los_Angeles",
        rules=week("mon tue wed thu", "14:00-18:00") + week("sun", "10:00-14:00"),
        gap=minutes(10),
    ),
    Person(
        name="Lachlan Whitcombe",
        category="Education",
        headline="Dyslexia specialist for children, parents and teachers",
        bio=(
            "I couldn't read until I was ten, which has turned out to be a good qualification. I "
            "assess, explain and show families what helps at the kitchen table. Schools invite me "
            "to make their worksheets kinder. The first session is always with the child and a "
            "game."
        ),
        skills=("Dyslexia", "Reading", "Learning support", "Structured literacy", "Parents"),
        languages=("en",),
        experience_years=18,
        rating=4.9,
        session=minutes(45),
        price=115,
        currency="AUD",
        zone="Australia/Sydney",
        rules=week("mon tue wed", "09:00-12:00", "15:30-18:30"),
        gap=minutes(15),
    ),
    Person(
        name="Yuki Nakagawa",
        category="Education",
        headline="Japanese for work: e-mail, meetings and polite refusals",
        bio=(
            "Textbook Japanese will get you a coffee, but not through a Monday meeting. I coached "
            "foreign staff at an Osaka trading house for eight years. Bring a real e-mail you "
            "struggled with, and we will write the answer together. You will know when a yes is "
            "a no."
        ),
        skills=("Japanese", "Business etiquette", "JLPT", "Writing", "Presentations"),
        languages=("ja", "en", "ko"),
        experience_years=10,
        rating=4.7,
        session=minutes(45),
        price=6800,
        currency="JPY",
        zone="Asia/Tokyo",
        rules=week("mon wed fri", "18:00-22:00") + week("sat sun", "09:00-12:00"),
        gap=minutes(5),
    ),
)

"""Experts of the category Lifestyle."""

from domain.seeds.people.person import Person, minutes, week

LIFESTYLE = (
    Person(
        name="Freya Lindqvist",
        category="Lifestyle",
        headline="Interior designer for small flats and rented homes",
        bio=(
            "I live with two children in forty-eight square metres, so I practise what I preach. "
            "Send me a floor plan and five honest photos. We decide what goes, what moves and the "
            "one thing worth buying. No drilling required, your landlord will never know."
        ),
        skills=("Interior design", "Small spaces", "Lighting", "Colour", "Second-hand finds"),
        languages=("sv", "en"),
        experience_years=11,
        rating=4.8,
        session=minutes(60),
        price=90,
        currency="EUR",
        zone="Europe/Stockholm",
        rules=week("mon wed thu", "09:00-12:00", "13:00-16:00"),
    ),
    Person(
        name="Tomás Echeverría",
        category="Lifestyle",
        headline="Bread and sourdough, rescued one loaf at a time",
        bio=(
            "I baked at four in the morning for fourteen years and now get up at seven like "
            "everybody else. Show me your crumb and I can usually tell you what happened. We "
            "adapt the recipe to your oven, your flour and your patience. Your starter is probably "
            "fine."
        ),
        skills=("Sourdough", "Bread", "Pizza", "Fermentation"),
        languages=("es", "en", "pt"),
        experience_years=14,
        rating=4.9,
        session=minutes(30),
        price=130,
        currency="BRL",
        zone="America/Sao_Paulo",
        rules=week("tue wed thu fri", "08:00-11:00") + week("sat", "08:00-12:00"),
    ),
    Person(
        name="Leilani Kahale",
        category="Lifestyle",
        headline="Career changes in your thirties, forties and fifties",
        bio=(
            "I left aviation at forty-one and it went better than anybody predicted. Since then I "
            "have walked some three hundred people through their own change. We write down what "
            "you need, test it cheaply and only then talk about notice periods. Expect homework "
            "and a good deal of laughter."
        ),
        skills=("Career change", "Coaching", "CV and profile", "Interviews", "Confidence"),
        languages=("en",),
        experience_years=13,
        rating=4.7,
        session=minutes(60),
        price=150,
        currency="USD",
        zone="America/Los_Angeles",
        rules=week("tue wed thu", "10:00-13:00", "14:00-17:00"),
        gap=minutes(30),
    ),
    Person(
        name="Arjun Malhotra",
        category="Lifestyle",
        headline="Slow travel through India, by train and on foot",
        bio=(
            "I have taken the night train more often than I have slept in hotels. Tell me how many "
            "days you have and what you don't want to see, and I will draw you a route. We talk "
            "about heat, food, monsoon and how to get a ticket that is sold out. I earn nothing "
            "from any place I suggest."
        ),
        skills=("Itineraries", "Rail travel", "Trekking", "Solo travel", "Food"),
        languages=("hi", "en", "pa"),
        experience_years=16,
        rating=4.8,
        session=minutes(45),
        price=2800,
        currency="INR",
        zone="Asia/Kolkata",
        rules=week("mon tue wed thu fri sat", "16:00-19:00"),
        gap=minutes(15),
    ),
    Person(
        name="Rosalind Achterberg",
        category="Lifestyle",
        headline="Garden designer for balconies, yards and shade",
        bio=(
            "Everything I know I learnt from plants I have killed, and there were many. I design "
            "small gardens around New York that survive a busy owner and a hot August. Hold your "
            "phone out of the window, and we begin with the light. You will get a planting list "
            "for your zone and your budget."
        ),
        skills=("Garden design", "Balconies", "Native plants", "Shade", "Composting"),
        languages=("en", "nl"),
        experience_years=22,
        rating=4.6,
        session=minutes(50),
        price=95,
        currency="USD",
        zone="America/New_York",
        rules=week("mon thu", "08:00-12:00") + week("sat sun", "09:00-11:30"),
        gap=minutes(10),
    ),
)

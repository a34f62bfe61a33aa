"""What invented experts work at: six specialties for each category."""

from typing import NamedTuple


class Specialty(NamedTuple):
    """A line of work: its headline, what people bring to it, and the skills it draws on."""

    headline: str
    brings: str
    skills: tuple[str, ...]


SPECIALTIES: dict[str, tuple[Specialty, ...]] = {
    "Technology": (
        Specialty(
            "Front-end developer and mentor",
            "a page that grew faster than its code",
            ("JavaScript", "TypeScript", "CSS", "React", "Web performance", "Testing"),
        ),
        Specialty(
            "Python engineer for data-heavy services",
            "a script that has become a product",
            ("Python", "APIs", "Testing", "Data pipelines", "Refactoring", "SQL"),
        ),
        Specialty(
            "Mobile apps from prototype to store",
            "an app that crashes on somebody else's phone",
            ("iOS", "Android", "Swift", "Kotlin", "App releases", "Offline sync"),
        ),
        Specialty(
            "Engineering manager and team coach",
            "a team that works late and ships little",
            ("Engineering management", "Hiring", "Mentoring", "Planning", "Feedback"),
        ),
        Specialty(
            "Data analyst who makes dashboards people read",
            "forty charts and no answer",
            ("Data analysis", "SQL", "Dashboards", "Experiments", "Statistics"),
        ),
        Specialty(
            "Home networks and personal privacy",
            "a router, a suspicion and a free evening",
            ("Home networks", "Privacy", "Passwords", "Backups", "Smart home"),
        ),
    ),
    "Health": (
        Specialty(
            "Yoga teacher for stiff backs and desk jobs",
            "a sore neck and ten minutes a day",
            ("Yoga", "Posture", "Back pain", "Breathing", "Desk work"),
        ),
        Specialty(
            "Nutritionist for busy households",
            "a full fridge and no idea for dinner",
            ("Nutrition", "Meal planning", "Allergies", "Children's meals", "Gut health"),
        ),
        Specialty(
            "Psychologist for stress and worry",
            "a head that won't go quiet",
            ("Stress", "Anxiety", "CBT", "Mindfulness", "Sleep"),
        ),
        Specialty(
            "Strength coach for people over fifty",
            "a doctor's advice to start lifting something",
            ("Strength", "Mobility", "Bone health", "Balance", "Home workouts"),
        ),
        Specialty(
            "Speech therapist for children and adults",
            "words that will not come out right",
            ("Speech therapy", "Stammering", "Voice", "Late talkers", "Swallowing"),
        ),
        Specialty(
            "Hay fever, asthma and breathing coach",
            "short breath and long springs",
            ("Asthma", "Allergies", "Breathing", "Inhaler technique", "Endurance"),
        ),
    ),
    "Finance": (
        Specialty(
            "Accountant for the self-employed",
            "a year of receipts and a deadline",
            ("Accounting", "Tax returns", "VAT", "Invoicing", "Bookkeeping"),
        ),
        Specialty(
            "Personal finance coach",
            "good wages that are gone by the twentieth",
            ("Budgeting", "Debt", "Savings", "Emergency funds", "Couples and money"),
        ),
        Specialty(
            "Plain-spoken investment planner",
            "some savings and too many opinions",
            ("Investing", "Index funds", "Retirement", "Risk", "Fees"),
        ),
        Specialty(
            "Insurance reviews without a sales pitch",
            "a folder of policies nobody has read",
            ("Insurance", "Claims", "Health cover", "Life cover", "Family protection"),
        ),
        Specialty(
            "Finance lead on call for small firms",
            "growth that the spreadsheet can't follow",
            ("Cash flow", "Forecasting", "Pricing", "Financial models", "Bank loans"),
        ),
        Specialty(
            "Property buyer's guide and mortgage reader",
            "an offer that expires on Monday",
            ("Mortgages", "First homes", "Refinancing", "Renovation budgets"),
        ),
    ),
    "Legal": (
        Specialty(
            "Tenancy lawyer for tenants and small landlords",
            "a letter about the rent",
            ("Tenancy", "Deposits", "Rent increases", "Repairs", "Notice periods"),
        ),
        Specialty(
            "Family lawyer and mediator",
            "a separation that should stay civil",
            ("Family law", "Mediation", "Custody", "Maintenance", "Prenuptials"),
        ),
        Specialty(
            "Company formation and shareholder agreements",
            "an idea, a friend and no paperwork",
            ("Company law", "Shareholders", "Contracts", "Start-ups", "Governance"),
        ),
        Specialty(
            "Wills, estates and powers of attorney",
            "a conversation they have put off for years",
            ("Wills", "Estates", "Probate", "Powers of attorney", "Trusts"),
        ),
        Specialty(
            "Consumer rights and small claims",
            "a refund that never came",
            ("Consumer law", "Small claims", "Warranties", "Travel claims"),
        ),
        Specialty(
            "Software licences and online terms",
            "terms copied from another site",
            ("Licensing", "Open source", "Privacy", "Online terms", "Copyright"),
        ),
    ),
    "Education": (
        Specialty(
            "English tutor for work and study",
            "a talk to give in a language they half trust",
            ("English", "IELTS", "Writing", "Presentations", "Pronunciation"),
        ),
        Specialty(
            "Physics and chemistry made visible",
            "a formula that means nothing yet",
            ("Physics", "Chemistry", "Exam preparation", "Experiments"),
        ),
        Specialty(
            "Piano teacher for late beginners",
            "an instrument that has been furniture for years",
            ("Piano", "Music theory", "Sight reading", "Practice plans", "Jazz"),
        ),
        Specialty(
            "Thesis coach for students who are stuck",
            "a chapter that has been nearly done since spring",
            ("Academic writing", "Research methods", "Statistics", "Time management"),
        ),
        Specialty(
            "First steps in programming",
            "curiosity and a little fear",
            ("Programming", "Python", "Scratch", "Problem solving", "Adult learners"),
        ),
        Specialty(
            "Spanish and Portuguese for travellers",
            "a ticket and three months' time",
            ("Spanish", "Portuguese", "Conversation", "Grammar", "Travel"),
        ),
    ),
    "Lifestyle": (
        Specialty(
            "Wardrobe adviser with a repair kit",
            "a full wardrobe and nothing to wear",
            ("Personal style", "Colour", "Mending", "Capsule wardrobe", "Second-hand finds"),
        ),
        Specialty(
            "Dog trainer for city flats",
            "a dog with strong opinions",
            ("Dog training", "Puppies", "Recall", "Separation anxiety", "City dogs"),
        ),
        Specialty(
            "Portrait and travel photographer",
            "a good camera set to automatic",
            ("Photography", "Portraits", "Light", "Editing", "Composition"),
        ),
        Specialty(
            "Home organiser for people who keep things",
            "a room whose door stays closed",
            ("Decluttering", "Small spaces", "Moving house", "Paperwork", "Routines"),
        ),
        Specialty(
            "Vegetable gardener, balcony to allotment",
            "one sunny windowsill",
            ("Vegetables", "Balconies", "Composting", "Seeds", "Native plants"),
        ),
        Specialty(
            "Wedding and family celebration planner",
            "a date, a budget and two families",
            ("Weddings", "Budgets", "Ceremonies", "Guest lists", "Small parties"),
        ),
    ),
}

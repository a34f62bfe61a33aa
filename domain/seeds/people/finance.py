"""Experts of the category Finance."""

from domain.seeds.people.person import Person, minutes, week

FINANCE = (
    Person(
        name="Priya Venkatesh",
        category="Finance",
        headline="Tax and money for people who moved across borders",
        bio=(
            "I have filed taxes in three countries myself, so I know where the forms contradict "
            "each other. Clients come to me after a move, a stock grant or a parent's estate in "
            "India. I explain which rule applies first and what it will cost. Bring last year's "
            "return and your questions."
        ),
        skills=("International tax", "Stock options", "NRI finance", "Double taxation", "Estates"),
        languages=("en", "hi", "kn"),
        experience_years=18,
        rating=4.9,
        session=minutes(60),
        price=6500,
        currency="INR",
        zone="Asia/Kolkata",
        rules=week("mon tue wed thu fri", "14:00-20:00") + week("sat", "10:00-13:00"),
    ),
    Person(
        name="Oliver Hargreaves",
        category="Finance",
        headline="Pensions explained, before you sign anything",
        bio=(
            "For twenty-five years I designed pension schemes, and now I help people read theirs. "
            "I sell no products and take no commission. In one session we find out what you have, "
            "what it will pay and which letter you can throw away. A pot of tea is recommended."
        ),
        skills=("Pensions", "Retirement", "ISAs", "Inheritance tax"),
        languages=("en",),
        experience_years=25,
        rating=4.8,
        session=minutes(50),
        price=95,
        currency="GBP",
        zone="Europe/London",
        rules=week("tue wed thu", "10:00-12:00", "13:00-16:00"),
        gap=minutes(10),
    ),
    Person(
        name="Camila Figueiredo",
        category="Finance",
        headline="Bookkeeping and cash flow for freelancers and studios",
        bio=(
            "I ran the books of a design studio before I ran my own, so I know what an empty "
            "account on the 28th feels like. We set up one sheet you will really open. You will "
            "learn what you can pay yourself, and when to say no to a client. Receipts in a "
            "shoebox are no reason to be shy."
        ),
        skills=("Bookkeeping", "Cash flow", "Pricing", "Invoicing", "Small business"),
        languages=("pt", "en"),
        experience_years=9,
        rating=4.6,
        session=minutes(45),
        price=210,
        currency="BRL",
        zone="America/Sao_Paulo",
        rules=week("mon wed thu", "09:00-12:00", "14:00-17:00"),
        gap=minutes(15),
    ),
    Person(
        name="Daniel Rosenthal",
        category="Finance",
        headline="Fundraising and cap tables for first-time founders",
        bio=(
            "I have been on both sides: two rounds as a founder in New York, then six years with "
            "an early-stage fund. I will read your deck the way an associate does on a Friday "
            "afternoon. Then we fix the three slides that matter and model what you are giving "
            "away. Direct, friendly, and never in a hurry."
        ),
        skills=("Fundraising", "Cap tables", "Pitch decks", "Term sheets", "Financial models"),
        languages=("en", "he"),
        experience_years=12,
        rating=4.7,
        session=minutes(30),
        price=120,
        currency="USD",
        zone="America/New_York",
        rules=week("mon tue wed thu fri", "09:00-11:00") + week("tue thu", "15:00-18:00"),
    ),
    Person(
        name="Sanne de Vries",
        category="Finance",
        headline="First-home mortgages and household budgets",
        bio=(
            "Buying a home is mostly paperwork and nerves, and I can help with both. I worked at a "
            "Utrecht mortgage desk for eight years and know why applications come back. We work "
            "out what you can afford on a bad month, not a good one. Couples who disagree about "
            "money are my favourite clients."
        ),
        skills=("Mortgages", "Budgeting", "First homes", "Debt", "Savings"),
        languages=("nl", "en", "de"),
        experience_years=12,
        rating=4.8,
        session=minutes(45),
        price=80,
        currency="EUR",
        zone="Europe/Amsterdam",
        rules=week("mon tue", "13:00-17:30") + week("wed thu", "17:30-21:30"),
    ),
)

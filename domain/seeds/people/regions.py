"""Where invented experts live: names, languages, zone and money that belong together."""

from typing import NamedTuple


class Region(NamedTuple):
    """A place to be from. `dear` is what a session costs there against one in New York."""

    city: str
    zone: str
    currency: str
    dear: float
    languages: tuple[str, ...]
    first_names: tuple[str, ...]
    last_names: tuple[str, ...]


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


REGIONS: tuple[Region, ...] = (
    Region(
        "Hamburg",
        "Europe/Berlin",
        "EUR",
        0.8,
        ("de", "en"),
        _words("Anneliese Björn Clemens Dörte Fiete Greta Henrike Jörg Käthe Lennart Maike Sören"),
        _words(
            "Ahlers Brüggemann Claasen Dittmer Feddersen Grünwald Hinrichs Köster Möller Petersen"
        ),
    ),
    Region(
        "Bordeaux",
        "Europe/Paris",
        "EUR",
        0.8,
        ("fr", "en"),
        _words("Adèle Benoît Céleste Damien Éloïse Florian Hélène Jérôme Maëlle Noé Océane Théo"),
        _words(
            "Aubert Bonnefoy Chevalier Delacroix Garnier Lefèvre Marchand Pélissier Roussel Vasseur"
        ),
    ),
    Region(
        "Bristol",
        "Europe/London",
        "GBP",
        0.75,
        ("en",),
        _words(
            "Alastair Bethan Callum Eleri Farah Gareth Harriet Imran Nadia Rhys Saoirse Winifred"
        ),
        _words(
            "Abernethy Blackwood Chaudhry Fairweather Gwynne Holloway Iqbal Llewellyn Okonjo Thorne"
        ),
    ),
    Region(
        "Boston",
        "America/New_York",
        "USD",
        1.0,
        ("en", "es"),
        _words("Alicia Bernard Dolores Elijah Felicia Gabriel Jasmine Malik Odette Simone Wesley"),
        _words(
            "Alvarado Bellamy Castellano Delgado Ferreira Greenberg Langston Moreau Pruitt Whitaker"
        ),
    ),
    Region(
        "Portland",
        "America/Los_Angeles",
        "USD",
        1.0,
        ("en",),
        _words("Autumn Bodhi Corinne Dashiell Elena Forrest Hazel Joaquin Linh Mateo Piper Sage"),
        _words("Ashby Calloway Eriksen Hathaway Kimura Lockhart Nguyen Ortega Redfield Sandoval"),
    ),
    Region(
        "Pune",
        "Asia/Kolkata",
        "INR",
        0.45,
        ("en", "hi", "mr"),
        _words(
            "Aditi Bhavesh Chitra Devika Gaurav Ishaan Kavita Lavanya Nikhil Pooja Rohan Sunita"
        ),
        _words("Agarwal Bhosale Chatterjee Deshpande Gokhale Iyer Joshi Kulkarni Menon Patwardhan"),
    ),
    Region(
        "Kyoto",
        "Asia/Tokyo",
        "JPY",
        0.8,
        ("ja", "en"),
        _words("Aoi Daichi Emiko Hiroshi Kaede Makoto Naoki Reiko Sakura Takumi Yoshiko Yuto"),
        _words(
            "Arakawa Fujimoto Hayashi Inoue Kobayashi Matsuda Nishimura Okada Shimizu Takahashi"
        ),
    ),
    Region(
        "Recife",
        "America/Sao_Paulo",
        "BRL",
        0.4,
        ("pt", "en"),
        _words(
            "Antônio Beatriz Caetano Débora Flávia Heitor Iracema João Luísa Otávio Raquel Vinícius"
        ),
        _words(
            "Albuquerque Barbosa Cavalcanti Drummond Guimarães Loureiro Magalhães Nóbrega Sampaio"
        ),
    ),
    Region(
        "Brisbane",
        "Australia/Brisbane",
        "AUD",
        0.9,
        ("en",),
        _words(
            "Anthea Bronte Darcy Evangelia Fletcher Gemma Hamish Indira Kiri Matilda Nikos Tarni"
        ),
        _words("Armitage Birdsall Costas Drayton Hollis Kaplan McAllister Papadakis Sheridan Tran"),
    ),
    Region(
        "Accra",
        "Africa/Accra",
        "USD",
        0.5,
        ("en",),
        _words("Abena Akosua Ebo Efua Kofi Kojo Kwesi Maame Nana Sena Yaa Yaw"),
        _words("Acheampong Adomako Boateng Darko Gyamfi Mensah Nkrumah Ofori Quaye Tetteh"),
    ),
)

"""Languages, zones, and how an instant is written in each."""

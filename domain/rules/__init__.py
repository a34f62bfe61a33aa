"""Rules: what holds of slots, terms, windows and words; pure, and told the time."""

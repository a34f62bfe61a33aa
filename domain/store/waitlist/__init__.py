"""The waitlist: entries, and the offers that reach them."""

"""The waitlist: places in line, and the offers that reach them."""

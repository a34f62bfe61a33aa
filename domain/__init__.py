"""What the program is about: experts, times, claims. Knows nothing of HTTP or HTML."""

"""Discovery: finding experts, and what is known of their next free times."""

"""A catalogue to begin with. No serving process imports it."""

"""Checks of a database: what it is, what it lets us do, and whether its shape is ours."""

"""Mails that are to go out, and what became of them."""

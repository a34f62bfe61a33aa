"""Checks of an installation, for `just doctor` and for administrators."""

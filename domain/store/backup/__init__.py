"""Backups: everything of one instant in one file, and back again into an empty database."""

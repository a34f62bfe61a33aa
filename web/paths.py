"""Where the program's files are."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
"""The folder with `web/`, `templates/` and `static/` in it."""

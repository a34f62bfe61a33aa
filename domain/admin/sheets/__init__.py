"""Sheets of experts: all that their pages are made of as rows of a file, to take out and put in."""

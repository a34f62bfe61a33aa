"""Experts: how they are found, and what they publish."""

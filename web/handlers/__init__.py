"""Handlers: parse, one domain call, render."""

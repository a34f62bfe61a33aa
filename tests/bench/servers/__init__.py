"""Servers that do nothing but what is measured: the floors, and a peer to try."""

"""Odd requests at every address: each is answered, none is a fault, and none claims by mistake."""

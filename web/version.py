"""The version of the program, as its changelog counts."""

VERSION = "0.1.0"

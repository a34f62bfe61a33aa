"""Slots: the guards that decide who gets one, and which days have some."""

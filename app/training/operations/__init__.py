"""Changing what this room keeps, by theme."""

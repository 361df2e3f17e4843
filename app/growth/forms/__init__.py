"""The room's forms, by theme."""

"""Everything that changes this room's rows, by theme."""

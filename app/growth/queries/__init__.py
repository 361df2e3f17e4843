"""Reading the room's rows, by theme."""

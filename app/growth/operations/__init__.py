"""What changes the room's rows, by theme."""

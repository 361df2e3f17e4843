"""What people type in this room, by theme."""

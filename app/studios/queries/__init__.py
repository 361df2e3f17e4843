"""Reading this room's rows for pages, by theme."""

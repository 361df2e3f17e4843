"""Reading what this room shows."""

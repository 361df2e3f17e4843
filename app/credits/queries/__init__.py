"""Reading claims, standings and rules for pages."""

"""The landing page: what needs doing now, by role."""

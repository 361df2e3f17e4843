"""The landing page: what needs doing now, and the figures to start from, by what a person may do.

Tables: none. Used by: everybody. Last in the line of rooms: it reads all others, and none reads it.
"""

"""A made-up county to try everything on: its schools and people, and the workbooks its offices would send.

The region code lies in the range that no real place uses, so no identity number here can be a real person's.
"""

"""Workbook to checked, diffed rows, applied in one transaction and undoable as a batch."""

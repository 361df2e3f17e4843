"""Workbook to checked, diffed rows, applied in one transaction and undoable as a batch.

Tables: import_batch (one upload), import_file (its bytes), import_staged_chunk (the checked rows), import_change_chunk
(what an applied batch wrote, for its undo and for the history of each record), remembered_mapping.
Used by: personnel officers on the pages, `flask import` in the shell; history pages read `queries.changes_for`.
"""

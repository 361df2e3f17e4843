"""Background work. The job row is the truth; a queue message only wakes a worker.

Tables: job. Used by: imports, rotation, and whoever has work longer than a request.
"""

"""Teachers and the personnel facts that rotation needs.

Tables: teacher, teacher_subject, backbone_honour, rotation_record, circumstance. Used by: personnel officers;
school administrators for their school; each teacher for themselves.
"""

"""Schools, their stages, education groups and subject posts.

Tables: school, school_stage, subject_post, education_group. Used by: personnel officers; school administrators for
their own school.
"""

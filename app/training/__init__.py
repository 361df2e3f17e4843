"""Training programmes and sessions: places, enrolment, attendance, results and certificates of completion.

Tables: training_programme, training_session, training_quota, training_enrolment, training_attendance,
training_roster, training_certificate, training_certificate_counter, training_feedback, training_budget,
training_spending. Used by: the development centre; schools for their own people, sessions and money; teachers.
"""

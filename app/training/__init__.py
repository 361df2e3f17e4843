"""Training programmes and sessions: places, enrolment, attendance, results and certificates of completion."""

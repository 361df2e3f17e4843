"""Famous-teacher studios: hosts, members, mentees, their work, lesson requests and appraisal."""

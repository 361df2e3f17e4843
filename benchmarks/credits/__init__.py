"""How long a teacher's page, a school's queue and the verification take with few claims and with millions."""

"""Qualifications and certificates: what a teacher holds, until when, and what they may teach."""

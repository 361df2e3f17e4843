"""Qualifications and certificates: what a teacher holds, until when, and what they may teach.

Tables: county_certificate_type, certificate, certificate_evidence, certificate_registration, certificate_gap,
certificate_judgement, teacher_degree, title_record, yearly_appraisal. Used by: teachers for their own; school
administrators; personnel officers and the development centre.
"""

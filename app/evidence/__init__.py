"""Scans and files that prove something: kept sealed, typed by content, shown only to those who may."""

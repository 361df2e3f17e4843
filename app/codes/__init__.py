"""Code tables: what 205 or 02 means. Codes are data, with national codes beside local ones and aliases met in files.

Tables: code_item. Used by: forms, imports and exports of all rooms; administrators edit them.
"""

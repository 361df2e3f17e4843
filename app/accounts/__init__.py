"""Accounts, role grants, sessions and second factors.

Tables: user_account, role_grant, user_session, saved_filter. Used by: everybody signs in; administrators manage.
"""

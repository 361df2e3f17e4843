"""What time it is. Moments are kept in UTC; a day is the day in China, wherever the machine stands."""

from datetime import UTC, date, datetime, timedelta, timezone

# One civil time for the whole country, without summer time.
BEIJING = timezone(timedelta(hours=8), "CST")


def utc_now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The day it is for the people who use the system.

    A server usually keeps UTC: until eight in the morning its own date is still yesterday's.
    """
    return datetime.now(BEIJING).date()

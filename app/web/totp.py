"""One-time codes that cannot be replayed. Flask-Security keeps no counter of its own."""

from typing import Any

from flask_security.totp import Totp


class SingleUseTotp(Totp):
    """One-time codes that cannot be used again: the last counter is kept with the account."""

    def get_last_counter(self, user: Any) -> int | None:
        """The counter of the code that was accepted last."""
        counter: int | None = user.tf_last_counter
        return counter

    def set_last_counter(self, user: Any, tmatch: Any) -> None:
        """Keep the counter of the code just accepted."""
        user.tf_last_counter = tmatch.counter

"""What of a Bot API update may be stored."""

from bot.reduction.updates import Received, reduce_update

__all__ = ["Received", "reduce_update"]
